//! A challenge file that was changed in its structure: against an honest ledger it never holds, and against one that lies
//! it holds only by what that ledger itself says.
//!
//! The bytes choose the file, then the changes. Files are made of true proofs: one charge of each kind under the
//! checkpoint of each ledger, and all that is found against those that lie.

use crate::changes::{self, Choices, changed};
use ledgers::honest::{Seen, honest_ledger};
use ledgers::lies::{Lie, tell};
use ledgers::{Dice, Ledger, View};
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::fraud::file::{ChallengeFile, Charge};
use protocol::fraud::{
    Accusation, Ask, AskedTree, Challenge, Fraud, LedgerView as _, ProvenEntry, ProvenHead, ProvenRecord,
    Shown, Withheld, find,
};
use protocol::heads::{chunk_of, chunks_for};
use protocol::{Address, Digest};
use serde_json::Value;
use std::sync::LazyLock;

/// A ledger with what it anchored, and whether it is honest.
struct Anchored {
    view: View,
    shown: Shown,
    hash: Digest,
    is_honest: bool,
}

/// A file, and the place of the ledger that it is brought against.
struct File {
    value: Value,
    ledger: usize,
}

struct Golden {
    ledgers: Vec<Anchored>,
    files: Vec<File>,
}

static GOLDEN: LazyLock<Golden> = LazyLock::new(|| {
    let ledgers = ledgers();
    let files = (0..).zip(&ledgers).flat_map(|(ledger, anchored)| {
        files(anchored).into_iter().map(move |file| {
            let value = serde_json::from_str(&file.to_text()).expect("JSON");
            File { value, ledger }
        })
    });
    let files = files.collect();
    Golden { ledgers, files }
});

fn origin() -> LedgerOrigin {
    let (contract, opener) = (Address::new([2; 20]), Address::new([3; 20]));
    LedgerOrigin { chain_id: 31337, contract, opener, salt: Digest::new([4; 32]) }
}

/// Two honest ledgers, and each lie told once in one of them.
fn ledgers() -> Vec<Anchored> {
    let wide = |ledger: &Ledger| ledger.size() > 20 && ledger.vouchers() > 20;
    let honest: Vec<Ledger> =
        (0..).map(|seed| honest_ledger(seed, &mut Seen::new())).filter(wide).take(2).collect();
    let lying = |lie: &Lie| (0..64).find_map(|seed| tell(*lie, &honest[0], &mut Dice::new(seed)));
    let lying: Vec<Ledger> = Lie::ALL.iter().filter_map(lying).collect();
    assert!(lying.len() > 12, "{} lies told", lying.len());
    let anchored = |ledger: &Ledger, is_honest| {
        let view = ledger.view();
        let shown = shown(&view);
        let newest = shown.newer.last().unwrap_or(&shown.checkpoint);
        let hash = newest.hash(shown.ledger);
        Anchored { view, shown, hash, is_honest }
    };
    let honest = honest.iter().map(|ledger| anchored(ledger, true));
    honest.chain(lying.iter().map(|ledger| anchored(ledger, false))).collect()
}

/// The checkpoint of the view, and one after it that the contract still has.
fn shown(view: &View) -> Shown {
    let (ledger, checkpoint) = (origin().ledger(), view.checkpoint());
    let next = Checkpoint { number: checkpoint.number + 1, previous: checkpoint.hash(ledger), ..checkpoint };
    Shown { ledger, checkpoint, newer: vec![next] }
}

fn files(anchored: &Anchored) -> Vec<ChallengeFile> {
    let Anchored { view, shown, .. } = anchored;
    let accuse = |fraud| Charge::Accusation(Accusation { shown: shown.clone(), fraud });
    let ask = |leaf| Charge::Challenge(Challenge { shown: shown.clone(), leaf });
    let found = find(view).unwrap_or_else(|never| match never {});
    let charges = frauds(view).into_iter().chain(found).map(accuse).chain(leaves(view).into_iter().map(ask));
    charges.map(|charge| ChallengeFile { origin: origin(), charge }).collect()
}

/// One accusation of each kind, by true proofs; most are not true.
fn frauds(view: &View) -> Vec<Fraud> {
    let last = view.ledger.size() - 1;
    let (x, y) = (|| view.entry_proof(last / 2), || view.entry_proof(last));
    let head = || view.head_proof(view.ledger.vouchers() / 2);
    let issue = first_batch(view);
    let record = |leaf| view.record_proof(issue, leaf);
    vec![
        Fraud::DoubleSpend { x: x(), y: y() },
        Fraud::IllegalStep { x: x(), y: y() },
        Fraud::IllegalAlone { y: y() },
        Fraud::FalseLink { x: x(), y: y() },
        Fraud::ForwardLink { y: y() },
        Fraud::StaleHead { y: y(), head: head() },
        Fraud::UncountedVoucher { y: y(), number: u64::MAX },
        Fraud::ForgedHead { x: x(), head: head() },
        Fraud::HeadPastLog { head: head() },
        Fraud::DoubleIssue { x: record(1), y: record(1) },
        Fraud::OverlappingNumbers { x: x(), y: y() },
        Fraud::ClockBack { x: x(), y: y() },
    ]
}

fn leaves(view: &View) -> Vec<Withheld> {
    let issue = view.entry_proof(first_batch(view));
    vec![Withheld::Entry { index: 0 }, Withheld::Chunk { chunk: 0 }, Withheld::Record { issue, leaf: 0 }]
}

/// A batch with a record, so that its proof can be shown.
fn first_batch(view: &View) -> u64 {
    let batches = &view.ledger.batches;
    batches.iter().find(|(_, records)| !records.is_empty()).map(|(index, _)| *index).expect("a batch")
}

pub fn check(bytes: &[u8]) {
    let mut choices = Choices::of(bytes);
    let Golden { ledgers, files } = &*GOLDEN;
    let file = &files[choices.below(files.len())];
    let value = changed(&file.value, &mut choices, |which| &files[which % files.len()].value);
    let Ok(read) = ChallengeFile::parse(&value.to_string()) else { return };
    assert_eq!(ChallengeFile::parse(&read.to_text()).as_ref(), Ok(&read), "written again it is another");
    let Anchored { view, shown, hash, is_honest } = &ledgers[file.ledger];
    match &read.charge {
        Charge::Accusation(accusation) => {
            if let Ok(rule) = accusation.judge(*hash) {
                assert!(!is_honest, "an honest operator is accused by {}: {value}", rule.name());
                assert_eq!(accusation.shown.ledger, shown.ledger, "another ledger is accused");
                assert_is_said(view, &accusation.fraud);
            }
        }
        Charge::Challenge(challenge) => {
            if let Ok(ask) = challenge.check(*hash) {
                assert_is_there(view, &ask);
            }
        }
    }
}

/// All that the accusation shows stands in the ledger, where it is shown.
fn assert_is_said(view: &View, fraud: &Fraud) {
    let entry = |shown: &ProvenEntry| assert_eq!(*shown, view.entry_proof(shown.index), "an invented entry");
    let head = |shown: &ProvenHead| assert_eq!(*shown, view.head_proof(shown.number), "an invented head");
    let record = |shown: &ProvenRecord| {
        assert_eq!(*shown, view.record_proof(shown.issue.index, shown.leaf), "an invented record");
    };
    match fraud {
        Fraud::DoubleSpend { x, y }
        | Fraud::IllegalStep { x, y }
        | Fraud::FalseLink { x, y }
        | Fraud::OverlappingNumbers { x, y }
        | Fraud::ClockBack { x, y } => [x, y].into_iter().for_each(entry),
        Fraud::IllegalAlone { y } | Fraud::ForwardLink { y } | Fraud::UncountedVoucher { y, .. } => entry(y),
        Fraud::StaleHead { y: shown, head: word } | Fraud::ForgedHead { x: shown, head: word } => {
            entry(shown);
            head(word);
        }
        Fraud::HeadPastLog { head: word } => head(word),
        Fraud::DoubleIssue { x, y } => [x, y].into_iter().for_each(record),
    }
}

/// What is asked for is a leaf of the ledger: whoever keeps it whole can show it.
fn assert_is_there(view: &View, ask: &Ask) {
    let checkpoint = view.checkpoint();
    match ask.tree {
        AskedTree::Log => {
            assert_eq!((ask.root, ask.size), (checkpoint.log_root, checkpoint.size));
            assert!(ask.index < checkpoint.size);
        }
        AskedTree::Heads => {
            assert_eq!((ask.root, ask.size), (checkpoint.head_root, checkpoint.vouchers));
            assert!(ask.index < chunks_for(checkpoint.vouchers));
            assert!(checkpoint.vouchers == 0 || ask.index <= chunk_of(checkpoint.vouchers - 1));
        }
        AskedTree::Batch => {
            let is_batch = |index: &u64| {
                let issue = &view.ledger.entries[usize::try_from(*index).expect("an index")];
                (issue.content, issue.count) == (ask.root, ask.size)
            };
            assert!(view.ledger.batches.keys().any(is_batch), "a batch that is not there");
            assert!(ask.index <= ask.size);
        }
    }
}

/// Changes of each kind, and none: the first two bytes choose a file.
pub fn seeds() -> Vec<Vec<u8>> {
    let files = u16::try_from(GOLDEN.files.len()).expect("a few hundred files");
    let whole = (0..files).map(|file| file.to_be_bytes().to_vec());
    whole.chain(changes::seeds()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unchanged_files_hold_against_each_liar_and_against_no_honest_ledger() {
        let holds = |file: &File| {
            let anchored = &GOLDEN.ledgers[file.ledger];
            match ChallengeFile::parse(&file.value.to_string()).expect("a file").charge {
                Charge::Accusation(accusation) => accusation.judge(anchored.hash).is_ok(),
                Charge::Challenge(_) => false,
            }
        };
        for (place, anchored) in GOLDEN.ledgers.iter().enumerate() {
            let accused = GOLDEN.files.iter().filter(|file| file.ledger == place).any(holds);
            assert_eq!(accused, !anchored.is_honest, "ledger {place}");
        }
    }
}

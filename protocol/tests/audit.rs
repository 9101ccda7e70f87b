//! The audit over random ledgers: honest ones are clean, each lie is found, and whatever the audit says can be proven is
//! proven. Signatures have their cases where the command is tested, on ledgers with real keys.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use ledgers::honest::{Seen, honest_ledger};
use ledgers::lies::{tamper, tell_all};
use ledgers::{Dice, Ledger, View, at, party};
use std::collections::BTreeSet;
use std::convert::Infallible;
use vouchsafe_protocol::audit::{Agreement, Batch, BatchTree, Contradiction, Given, Replay};
use vouchsafe_protocol::checkpoint::Checkpoint;
use vouchsafe_protocol::dossier::{Memo, Step};
use vouchsafe_protocol::entry::Entry;
use vouchsafe_protocol::fraud::{Lead, LedgerView as _, Rule, find};
use vouchsafe_protocol::heads::{Chunk, Head, chunks_for};
use vouchsafe_protocol::manifest::{Flags, Terms};
use vouchsafe_protocol::merkle::{Tree, TreeHash as _};
use vouchsafe_protocol::{Digest, Keccak, LedgerId};

const LEDGER: LedgerId = LedgerId::new([7; 32]);

fn ledgers() -> u64 {
    std::env::var("FRAUD_LEDGERS").map_or(1_000, |number| number.parse().expect("a number of ledgers"))
}

/// Terms that forbid nothing: what they forbid is not the shape of a history.
fn terms(count: u64) -> Terms {
    let flags = Flags { transferable: true, stamped: true, claims_after_sale: false };
    Terms::new(count, 100, flags, Vec::new(), Vec::new()).unwrap()
}

fn batch(ledger: &Ledger, index: u64, entry: &Entry) -> Batch {
    let mut tree = BatchTree::beginning_with(Keccak::leaf(&[0; 45]));
    let records: Vec<u8> =
        ledger.batches[&index].iter().flat_map(vouchsafe_protocol::voucher::Record::encode).collect();
    tree.extend(&records);
    Batch::of_parts(Some(terms(entry.count)), tree, entry.content).unwrap()
}

/// Replays the entries below the size of a checkpoint.
fn replay(replay: &mut Replay, ledger: &Ledger, under: &Checkpoint) -> Vec<Contradiction> {
    let mut found = Vec::new();
    while replay.size() < under.size {
        let index = replay.size();
        let entry = ledger.entries[at(index)];
        let shown = replay.needs_batch(&entry, under).then(|| batch(ledger, index, &entry));
        let step = Step { entry, memo: Memo::Withheld, signatures: Vec::new() };
        let earlier = |index: u64| Ok::<_, Infallible>(ledger.entries[at(index)]);
        let taken = replay.take(Given::new(step, entry.leaf()), shown, under, earlier).unwrap();
        found.extend(taken.contradictions);
    }
    found
}

/// What the heads of a checkpoint contradict.
fn dispute(replay: &mut Replay, view: &View) -> Vec<Contradiction> {
    let checkpoint = view.checkpoint();
    let tree: Tree<Keccak> =
        (0..chunks_for(checkpoint.vouchers)).map(|place| view.chunk(place).unwrap().leaf()).collect();
    let places = match replay.close(&checkpoint) {
        Agreement::Full => Vec::new(),
        Agreement::OtherLog => panic!("the log is the anchored one"),
        Agreement::OtherHeads | Agreement::HeadsUnclear => {
            replay.disputed_chunks(&checkpoint, &tree, 4).unwrap()
        }
    };
    let disputed = places.iter().flat_map(|place| {
        let chunk: Chunk = view.chunk(*place).unwrap();
        replay.dispute(&checkpoint, *place, &chunk, |index| view.entry(index)).unwrap()
    });
    disputed.collect()
}

/// All that the audit finds under one checkpoint over the whole ledger; what it says can be proven, is.
fn audit(ledger: &Ledger, what: &str) -> (Vec<Contradiction>, BTreeSet<Rule>) {
    let view = ledger.view();
    let mut replayed = Replay::new(LEDGER);
    let mut found = replay(&mut replayed, ledger, &view.checkpoint());
    found.extend(dispute(&mut replayed, &view));
    let mut rules = BTreeSet::new();
    for lead in found.iter().filter_map(|contradiction| contradiction.lead) {
        let fraud = lead.prove(&view).unwrap();
        assert_eq!(fraud.judge(&view.checkpoint()), Ok(()), "{what}: {lead:?}");
        assert_eq!(fraud.rule(), lead.rule());
        rules.insert(lead.rule());
    }
    (found, rules)
}

/// The ledger when it had so many entries.
fn prefix(ledger: &Ledger, size: u64) -> Ledger {
    let mut before = Ledger { entries: ledger.entries[..at(size)].to_vec(), ..ledger.clone() };
    let vouchers: u64 =
        before.indices(|entry| entry.kind == 1).iter().map(|i| before.entries[at(*i)].count).sum();
    before.heads.truncate(at(vouchers));
    before.settle_heads();
    before
}

#[test]
fn honest_ledger_is_clean_at_every_checkpoint_and_after_every_pause() {
    for seed in 0..ledgers() {
        let ledger = honest_ledger(seed, &mut Seen::new());
        let mut dice = Dice::new(seed);
        let mut replayed = Replay::new(LEDGER);
        let mut size = 0;
        while size < ledger.size() {
            size = (size + 1 + dice.below(9)).min(ledger.size());
            let view = prefix(&ledger, size).view();
            assert_eq!(replay(&mut replayed, &ledger, &view.checkpoint()), [], "seed {seed}");
            if dice.one_in(3) {
                replayed = Replay::from_bytes(&replayed.to_bytes()).unwrap();
            }
            assert_eq!(replayed.close(&view.checkpoint()), Agreement::Full, "seed {seed}, size {size}");
        }
        assert_eq!(replayed.vouchers(), ledger.vouchers());
    }
}

#[test]
fn every_lie_is_found_and_its_rule_named() {
    tell_all(ledgers(), |lie, damaged, name| {
        let (found, rules) = audit(damaged, name);
        assert!(lie.rules().iter().any(|rule| rules.contains(rule)), "{name}: only {rules:?} of {found:?}");
    });
}

#[test]
fn audit_and_finder_accuse_the_same_ledgers() {
    let (mut clean, mut accused) = (0, 0);
    for seed in 0..ledgers() {
        let mut dice = Dice::new(seed.rotate_left(32));
        let mut ledger = honest_ledger(seed, &mut Seen::new());
        for change in 0..3 {
            let Some(tampered) = tamper(&ledger, &mut dice) else { break };
            let (found, rules) = audit(&tampered, &format!("seed {seed}"));
            let proofs = find(&tampered.view()).unwrap();
            assert_eq!(
                rules.is_empty(),
                proofs.is_empty(),
                "seed {seed}, change {change}: {found:?}, {proofs:?}"
            );
            if proofs.is_empty() {
                clean += 1;
            } else {
                accused += 1;
            }
            ledger = tampered;
        }
    }
    assert!(clean > ledgers() / 20 && accused > ledgers(), "{clean} clean, {accused} accused");
}

#[test]
fn what_follows_a_skipped_number_is_judged_too() {
    let issue = |first, count| {
        let (prev, party, content) = (Entry::NO_PREV, party(1), Digest::ZERO);
        Entry { kind: 1, status: 1, first, count, prev, at: 0, party, content }
    };
    let mut ledger = Ledger { heads: vec![Head::PADDING; 14], ..Ledger::default() };
    ledger.append(issue(2, 1));
    // Over the number that was given out before its turn; and a voucher that nobody issued has the head of its neighbour.
    ledger.append(issue(0, 13));
    ledger.heads[13] = ledger.heads[12];
    let (found, rules) = audit(&ledger, "a skipped number");
    assert_eq!(rules, BTreeSet::from([Rule::F5, Rule::F7]), "{found:?}");

    let mut paused = Replay::new(LEDGER);
    let before = Ledger { entries: ledger.entries[..1].to_vec(), ..ledger.clone() };
    replay(&mut paused, &before, &before.view().checkpoint());
    let mut paused = Replay::from_bytes(&paused.to_bytes()).unwrap();
    let found = replay(&mut paused, &ledger, &ledger.view().checkpoint());
    assert!(
        found.iter().any(|found| found.lead == Some(Lead::OverlappingNumbers { x: 0, y: 1 })),
        "{found:?}"
    );
}

#[test]
fn damaged_replay_is_not_gone_on_with() {
    let ledger = honest_ledger(5, &mut Seen::new());
    let mut replayed = Replay::new(LEDGER);
    replay(&mut replayed, &ledger, &ledger.view().checkpoint());
    let bytes = replayed.to_bytes();
    assert_eq!(Replay::from_bytes(&bytes).unwrap().to_bytes(), bytes);
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1;
        assert!(Replay::from_bytes(&damaged).is_err(), "byte {place}");
    }
    for length in 0..bytes.len() {
        assert!(Replay::from_bytes(&bytes[..length]).is_err(), "{length} bytes");
    }
}

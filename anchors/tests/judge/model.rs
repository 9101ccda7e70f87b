//! The model check against the contract: random ledgers, honest and damaged, each accused of all sorts of things. The
//! judge's bytecode and `protocol::fraud` must accept and refuse the same, and for the same reason.
//!
//! `FRAUD_LEDGERS` sets how many ledgers are judged (1,000 unless told).

use crate::court::Court;
use ledgers::honest::{Seen, honest_ledger};
use ledgers::lies::{Lie, tamper, tell};
use ledgers::{Dice, Ledger, View};
use protocol::fraud::{Fraud, Refused, Rule, Shown, find};
use protocol::merkle::ProofError;
use std::collections::BTreeMap;
use vouchsafe_anchors::JudgeRefusal;

fn ledgers() -> u64 {
    std::env::var("FRAUD_LEDGERS").map_or(1_000, |number| number.parse().expect("a number of ledgers"))
}

/// The contract says of a path only that it leads elsewhere.
fn as_the_contract_says(refused: Refused) -> JudgeRefusal {
    let cause = ProofError::Root;
    JudgeRefusal::Unproven(match refused {
        Refused::Entry { index, .. } => Refused::Entry { index, cause },
        Refused::Chunk { chunk, .. } => Refused::Chunk { chunk, cause },
        Refused::Record { leaf, .. } => Refused::Record { leaf, cause },
        other => other,
    })
}

/// Any accusation at all: most do not hold.
fn guess(view: &View, dice: &mut Dice) -> Fraud {
    let mut index = || dice.below(view.ledger.size());
    let (x, y) = (view.entry_proof(index()), view.entry_proof(index()));
    let number = dice.below(view.ledger.vouchers());
    let head = view.head_proof(number);
    match dice.below(12) {
        0 => Fraud::DoubleSpend { x, y },
        1 => Fraud::IllegalStep { x, y },
        2 => Fraud::IllegalAlone { y },
        3 => Fraud::FalseLink { x, y },
        4 => Fraud::ForwardLink { y },
        5 => Fraud::StaleHead { y, head },
        6 => Fraud::UncountedVoucher { y, number },
        7 => Fraud::ForgedHead { x, head },
        8 => Fraud::HeadPastLog { head },
        9 => Fraud::OverlappingNumbers { x, y },
        10 => Fraud::ClockBack { x, y },
        _ => {
            let issues: Vec<u64> = view.ledger.batches.keys().copied().collect();
            let mut record = || {
                let issue = dice.pick(&issues)?;
                let leaf = 1 + dice.below(view.ledger.batches[&issue].len() as u64);
                Some(view.record_proof(issue, leaf))
            };
            match (record(), record()) {
                (Some(x), Some(y)) => Fraud::DoubleIssue { x, y },
                _ => Fraud::ForwardLink { y },
            }
        }
    }
}

/// The same accusation with something about its first path wrong.
fn spoil(fraud: &Fraud, dice: &mut Dice) -> Fraud {
    let mut fraud = fraud.clone();
    let path = match &mut fraud {
        Fraud::DoubleSpend { x, .. }
        | Fraud::IllegalStep { x, .. }
        | Fraud::FalseLink { x, .. }
        | Fraud::OverlappingNumbers { x, .. }
        | Fraud::ClockBack { x, .. } => &mut x.path,
        Fraud::IllegalAlone { y } | Fraud::ForwardLink { y } | Fraud::UncountedVoucher { y, .. } => {
            &mut y.path
        }
        Fraud::StaleHead { head, .. } | Fraud::ForgedHead { head, .. } | Fraud::HeadPastLog { head } => {
            &mut head.path
        }
        Fraud::DoubleIssue { x, .. } => &mut x.path,
    };
    match path.first().copied() {
        Some(node) if dice.one_in(2) => path.push(node),
        Some(_) => drop(path.pop()),
        None => path.push(protocol::Digest::ZERO),
    }
    fraud
}

/// What was judged, so that the check cannot pass over little.
#[derive(Debug, Default)]
struct Tally {
    honest: u64,
    damaged: u64,
    spoiled: u64,
    guessed: u64,
    /// How often each rule held.
    held: BTreeMap<Rule, u64>,
}

/// A ledger that somebody can be accused over: honest for one seed in three, else told a lie or tampered with.
fn ledger_of(seed: u64, lie: Lie, dice: &mut Dice) -> Option<Ledger> {
    let honest = honest_ledger(seed, &mut Seen::new());
    let told = match seed % 3 {
        0 => Some(honest),
        1 => tell(lie, &honest, dice),
        _ => tamper(&honest, dice),
    };
    told.filter(|ledger| ledger.size() > 0 && ledger.vouchers() > 0)
}

impl Tally {
    /// Both judges asked about each of these.
    async fn agree(&mut self, court: &mut Court, shown: &Shown, accusations: &[Fraud], what: &str) -> u64 {
        let mut refused = 0;
        for fraud in accusations {
            let in_rust = fraud.judge(&shown.checkpoint);
            let on_chain = court.judged(shown, fraud).await;
            assert_eq!(on_chain, in_rust.map_err(as_the_contract_says), "{what}: {fraud:?}");
            if on_chain.is_ok() {
                *self.held.entry(fraud.rule()).or_default() += 1;
            } else {
                refused += 1;
            }
        }
        refused
    }

    async fn judge(&mut self, court: &mut Court, ledger: &Ledger, honest: bool, dice: &mut Dice, what: &str) {
        let view = ledger.view();
        let shown = court.anchor(&view).await;
        let mut found = find(&view).expect("reads memory");
        assert!(!honest || found.is_empty(), "{what}: an honest ledger");
        *(if honest { &mut self.honest } else { &mut self.damaged }) += 1;
        found.truncate(4);
        assert_eq!(self.agree(court, &shown, &found, what).await, 0, "{what}: what was found holds");
        let spoiled: Vec<Fraud> = found.iter().map(|fraud| spoil(fraud, dice)).collect();
        let refused = self.agree(court, &shown, &spoiled, what).await;
        assert_eq!(refused, spoiled.len() as u64, "{what}: a spoiled proof holds");
        self.spoiled += refused;
        let guesses: Vec<Fraud> = (0..6).map(|_| guess(&view, dice)).collect();
        self.guessed += guesses.len() as u64;
        self.agree(court, &shown, &guesses, what).await;
    }
}

#[tokio::test]
async fn contract_and_rust_judge_alike() {
    let wanted = ledgers();
    let mut court = Court::new();
    let mut tally = Tally::default();
    for (seed, lie) in (0..2 * wanted).zip(Lie::ALL.iter().cycle()) {
        let judged = tally.honest + tally.damaged;
        if judged == wanted {
            break;
        }
        if seed % 50 == 0 {
            // A chain that has grown long is a slow one.
            court = Court::new();
        }
        let mut dice = Dice::new(seed);
        let Some(ledger) = ledger_of(seed, *lie, &mut dice) else { continue };
        let what = format!("{lie:?}, seed {seed}");
        tally.judge(&mut court, &ledger, seed % 3 == 0, &mut dice, &what).await;
    }
    assert!(tally.honest >= wanted / 4 && tally.damaged >= wanted / 2, "of both kinds: {tally:?}");
    assert!(tally.spoiled >= wanted / 2 && tally.guessed == 6 * wanted, "enough accusations: {tally:?}");
    assert_eq!(tally.held.len(), 9, "every rule but F8 took a bond: {tally:?}");
}

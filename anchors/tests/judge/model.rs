//! The model check against the contract: random ledgers, honest and damaged, each accused of all sorts of things. The
//! judge's bytecode and `protocol::fraud` must accept and refuse the same, and for the same reason.
//!
//! `FRAUD_LEDGERS` sets how many ledgers (1,000 unless told).

use crate::court::Court;
use ledgers::honest::{Seen, honest_ledger};
use ledgers::lies::{Lie, tamper, tell};
use ledgers::{Dice, View};
use protocol::fraud::{Fraud, Refused, Rule, find};
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

/// Both judges asked about each of these; how often each rule held.
async fn agree(court: &mut Court, view: &View, accusations: &[Fraud], what: &str) -> BTreeMap<Rule, u64> {
    let shown = court.anchor(view).await;
    let mut held: BTreeMap<Rule, u64> = BTreeMap::new();
    for fraud in accusations {
        let in_rust = fraud.judge(&shown.checkpoint);
        let on_chain = court.judged(&shown, fraud).await;
        assert_eq!(on_chain, in_rust.map_err(as_the_contract_says), "{what}: {fraud:?}");
        if on_chain.is_ok() {
            *held.entry(fraud.rule()).or_default() += 1;
        }
    }
    held
}

#[tokio::test]
async fn contract_and_rust_judge_alike() {
    let mut court = Court::new();
    let mut held: BTreeMap<Rule, u64> = BTreeMap::new();
    for (seed, lie) in (0..ledgers()).zip(Lie::ALL.iter().cycle()) {
        if seed % 50 == 0 {
            // A chain that has grown long is a slow one.
            court = Court::new();
        }
        let honest = honest_ledger(seed, &mut Seen::new());
        let mut dice = Dice::new(seed);
        let told = match seed % 3 {
            0 => Some(honest.clone()),
            1 => tell(*lie, &honest, &mut dice),
            _ => tamper(&honest, &mut dice),
        };
        let Some(ledger) = told.filter(|ledger| ledger.size() > 0 && ledger.vouchers() > 0) else { continue };
        let view = ledger.view();
        let mut accusations = find(&view).expect("reads memory");
        assert!(seed % 3 != 0 || accusations.is_empty(), "the honest ledger of seed {seed}");
        accusations.truncate(4);
        let spoiled: Vec<Fraud> = accusations.iter().map(|fraud| spoil(fraud, &mut dice)).collect();
        accusations.extend(spoiled);
        accusations.extend((0..6).map(|_| guess(&view, &mut dice)));
        for (rule, times) in agree(&mut court, &view, &accusations, &format!("{lie:?}, seed {seed}")).await {
            *held.entry(rule).or_default() += times;
        }
    }
    assert_eq!(held.len(), 9, "every rule but F8 took a bond: {held:?}");
}

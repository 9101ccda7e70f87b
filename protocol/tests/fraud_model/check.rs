//! The model check: random ledgers, honest and damaged. `FRAUD_LEDGERS` sets how many (2,000 unless told).

use crate::vectors;
use ledgers::honest::{Seen, honest_ledger};
use ledgers::lies::{tamper, tell_all};
use ledgers::{Dice, Ledger, View, at, record, theorem};
use std::collections::BTreeSet;
use vouchsafe_protocol::Digest;
use vouchsafe_protocol::digest::bytes_from_hex;
use vouchsafe_protocol::entry::Entry;
use vouchsafe_protocol::fraud::{Fraud, LedgerView as _, Rule, find};
use vouchsafe_protocol::heads::Head;
use vouchsafe_protocol::lifecycle::{Kind, Status};

fn ledgers() -> u64 {
    std::env::var("FRAUD_LEDGERS").map_or(2_000, |number| number.parse().expect("a number of ledgers"))
}

/// Nothing that can be said about two entries of an honest ledger, or one and a head, proves anything.
fn no_pair_accuses(view: &View) {
    let refused = |fraud: Fraud| assert!(fraud.judge(&view.checkpoint()).is_err(), "{fraud:?}");
    for y in (0..view.ledger.size()).map(|index| view.entry_proof(index)) {
        refused(Fraud::IllegalAlone { y: y.clone() });
        refused(Fraud::ForwardLink { y: y.clone() });
        for x in (0..view.ledger.size()).map(|index| view.entry_proof(index)) {
            let (x, y) = (|| x.clone(), || y.clone());
            refused(Fraud::DoubleSpend { x: x(), y: y() });
            refused(Fraud::IllegalStep { x: x(), y: y() });
            refused(Fraud::FalseLink { x: x(), y: y() });
            refused(Fraud::OverlappingNumbers { x: x(), y: y() });
            refused(Fraud::ClockBack { x: x(), y: y() });
        }
        for head in (0..view.ledger.vouchers()).map(|number| view.head_proof(number)) {
            refused(Fraud::StaleHead { y: y.clone(), head: head.clone() });
            refused(Fraud::UncountedVoucher { y: y.clone(), number: head.number });
            refused(Fraud::ForgedHead { x: y.clone(), head: head.clone() });
            refused(Fraud::HeadPastLog { head });
        }
    }
}

#[test]
fn golden_ledger_is_never_accused() {
    let vectors = vectors::load("ledger.json");
    let entries: Vec<Entry> = vectors["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| Entry::decode(&bytes_from_hex(case["encoded"].as_str().unwrap()).unwrap()).unwrap())
        .collect();
    for case in vectors["checkpoints"].as_array().unwrap() {
        let number = |name: &str| case[name].as_u64().unwrap();
        let mut ledger = Ledger { heads: vec![Head::PADDING; at(number("vouchers"))], ..Ledger::default() };
        for entry in &entries[..at(number("size"))] {
            ledger.append(*entry);
        }
        let root = |name: &str| -> Digest { vectors::digest(&case[name]) };
        let golden = ledger.view().checkpoint();
        assert_eq!((golden.log_root, golden.head_root), (root("log_root"), root("head_root")));
        // The vectors show the roots of the batches, not their records: others stand in for them.
        for index in ledger.indices(|entry| entry.kind == Kind::Issue.byte()) {
            let Entry { first, count, .. } = ledger.entries[at(index)];
            ledger.batches.insert(index, (first..first + count).map(record).collect());
        }
        let view = ledger.view();
        assert_eq!(find(&view), Ok(Vec::new()));
        if number("size") == entries.len() as u64 {
            no_pair_accuses(&view);
        }
    }
}

#[test]
fn honest_ledgers_are_never_accused() {
    let mut walked = Seen::new();
    let (mut entries, mut spread) = (0, BTreeSet::new());
    for seed in 0..ledgers() {
        let ledger = honest_ledger(seed, &mut walked);
        assert!(theorem::holds(&ledger), "seed {seed}");
        entries += ledger.size();
        spread.insert(ledger.size());
        assert_eq!(find(&ledger.view()), Ok(Vec::new()), "seed {seed}");
        if seed % 100 == 0 {
            no_pair_accuses(&ledger.view());
        }
    }
    let legal = |(status, kind): &(Status, Kind)| status.after(*kind).is_some();
    let table: Seen =
        Status::ALL.iter().flat_map(|s| Kind::ALL.iter().map(move |k| (*s, *k))).filter(legal).collect();
    assert_eq!(walked, table, "every line of the life cycle was walked, and nothing else");
    assert!(entries > 15 * ledgers() && spread.len() > 40, "{entries} entries, sizes {spread:?}");
}

/// Every proof that is found holds.
fn proven_rules(ledger: &Ledger, what: &str) -> BTreeSet<Rule> {
    let view = ledger.view();
    let frauds = find(&view).unwrap();
    for fraud in &frauds {
        assert_eq!(fraud.judge(&view.checkpoint()), Ok(()), "{what}: {fraud:?}");
    }
    frauds.iter().map(Fraud::rule).collect()
}

#[test]
fn every_structural_lie_is_accused() {
    tell_all(ledgers(), |lie, damaged, name| {
        assert!(!theorem::holds(damaged), "{name} is no lie");
        let rules = proven_rules(damaged, name);
        assert!(lie.rules().iter().any(|rule| rules.contains(rule)), "{name}: only {rules:?}");
    });
}

#[test]
fn rules_accuse_exactly_the_ledgers_without_one_legal_chain_a_voucher() {
    let (mut true_ones, mut false_ones) = (0, 0);
    for seed in 0..ledgers() {
        let mut dice = Dice::new(seed.rotate_left(32));
        let mut ledger = honest_ledger(seed, &mut Seen::new());
        for change in 0..3 {
            let Some(tampered) = tamper(&ledger, &mut dice) else { break };
            let accused = !proven_rules(&tampered, &format!("seed {seed}")).is_empty();
            assert_eq!(theorem::holds(&tampered), !accused, "seed {seed}, change {change}");
            if accused {
                false_ones += 1;
            } else {
                true_ones += 1;
            }
            ledger = tampered;
        }
    }
    assert!(true_ones > ledgers() / 20 && false_ones > ledgers(), "{true_ones} true, {false_ones} false");
}

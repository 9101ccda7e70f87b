//! Samples of the model check for another judge: whole honest ledgers, which nothing accuses, and single accusations,
//! true and false, out of damaged ones.

use super::{assert_golden, case, checkpoint};
use ledgers::honest::{Seen, honest_ledger};
use ledgers::lies::{Lie, tell};
use ledgers::story::{CLOCK_BACK, DOUBLE_SPEND, FALSE_LINK, ILLEGAL_STEP, OVERLAPPING, pair};
use ledgers::{Dice, Ledger, View};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use vouchsafe_protocol::digest::bytes_to_hex;
use vouchsafe_protocol::fraud::{Fraud, find};
use vouchsafe_protocol::voucher::Record;

#[test]
fn honest_ledgers() {
    let mut walked = Seen::new();
    let mut cases = Vec::new();
    for seed in 0.. {
        let ledger = honest_ledger(seed, &mut walked);
        if ledger.size() < 24 || ledger.batches.len() < 3 {
            continue;
        }
        let view = ledger.view();
        assert_eq!(find(&view), Ok(Vec::new()));
        let entries: Vec<String> = ledger.entries.iter().map(|entry| bytes_to_hex(&entry.encode())).collect();
        let hex = |record: &Record| bytes_to_hex(&record.encode());
        let batches: Vec<Vec<String>> =
            ledger.batches.values().map(|records| records.iter().map(hex).collect()).collect();
        cases.push(json!({ "description": format!("the honest ledger of seed {seed}"),
            "checkpoint": checkpoint(&view), "entries": entries, "records": batches }));
        if cases.len() == 4 {
            break;
        }
    }
    assert_golden("honest.json", "honest ledgers: entries, and the records of each Issue", &cases);
}

/// Some accusation against a ledger: any pair of entries, any entry and head.
fn guess(view: &View, dice: &mut Dice) -> Fraud {
    let ledger: &Ledger = &view.ledger;
    let mut entry = || view.entry_proof(dice.below(ledger.size()));
    let (x, y) = (entry(), entry());
    let number = dice.below(ledger.vouchers());
    let head = view.head_proof(number);
    match dice.below(9) {
        0 => pair(view, DOUBLE_SPEND, x.index, y.index),
        1 => pair(view, ILLEGAL_STEP, x.index, y.index),
        2 => pair(view, FALSE_LINK, x.index, y.index),
        3 => pair(view, OVERLAPPING, x.index, y.index),
        4 => pair(view, CLOCK_BACK, x.index, y.index),
        5 => Fraud::StaleHead { y, head },
        6 => Fraud::ForgedHead { x, head },
        7 => Fraud::UncountedVoucher { y, number },
        _ => Fraud::HeadPastLog { head },
    }
}

#[test]
fn sample_of_accusations() {
    let mut cases: Vec<Value> = Vec::new();
    let mut proven: BTreeMap<String, u64> = BTreeMap::new();
    for (seed, lie) in (0..160).zip(Lie::ALL.iter().cycle()) {
        let mut dice = Dice::new(seed);
        let Some(ledger) = tell(*lie, &honest_ledger(seed, &mut Seen::new()), &mut dice) else { continue };
        if ledger.size() == 0 || ledger.vouchers() == 0 {
            continue;
        }
        let view = ledger.view();
        if let Some(fraud) = dice.pick(&find(&view).unwrap().iter().collect::<Vec<_>>()) {
            let told = proven.entry(fraud.rule().name().to_owned()).or_default();
            if *told < 6 {
                *told += 1;
                cases.push(case(&format!("{lie:?} in the ledger of seed {seed}"), &view, fraud));
            }
        }
        if seed % 3 == 0 {
            let guess = guess(&view, &mut dice);
            cases.push(case(&format!("a guess at the ledger of seed {seed}"), &view, &guess));
        }
    }
    assert_eq!(proven.len(), 9, "every rule is in the sample: {proven:?}");
    assert_golden("sample.json", "accusations of random ledgers, true and false", &cases);
}

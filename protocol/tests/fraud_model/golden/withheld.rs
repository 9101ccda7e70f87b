//! F8: what is asked for, and which answers do.

use super::{assert_golden, checkpoint, entry};
use ledgers::story::story;
use serde_json::{Value, json};
use vouchsafe_protocol::fraud::{Challenge, LedgerView as _, Shown, Withheld};
use vouchsafe_protocol::{LedgerId, keccak};

#[test]
fn f8_withheld() {
    let view = story().view();
    let shown = Shown { ledger: LedgerId::new([7; 32]), checkpoint: view.checkpoint(), newer: Vec::new() };
    let anchored = shown.checkpoint.hash(shown.ledger);
    let asked = |index| Challenge { shown: shown.clone(), leaf: Withheld::Entry { index } }.check(anchored);
    let mut other_clock = view.entry_proof(7);
    other_clock.entry.at += 1;
    let mut surplus = view.entry_proof(7);
    surplus.path.push(keccak(&[b"surplus"]));
    let mut short = view.entry_proof(7);
    short.path.pop();
    let mut moved = view.entry_proof(6);
    moved.index = 7;
    let cases: Vec<Value> = [
        ("the entry", 7, view.entry_proof(7)),
        ("the first entry", 0, view.entry_proof(0)),
        ("its neighbour", 7, view.entry_proof(6)),
        ("its neighbour in its place", 7, moved),
        ("another clock", 7, other_clock),
        ("a surplus node", 7, surplus),
        ("a node too few", 7, short),
    ]
    .into_iter()
    .map(|(description, index, answer)| {
        let ask = asked(index).unwrap();
        let holds = ask.answered_by(&answer.entry.encode(), &answer.path).is_ok();
        json!({ "description": description, "checkpoint": checkpoint(&view), "index": index,
            "answer": entry(&answer), "holds": holds })
    })
    .collect();
    assert!(asked(8).is_err(), "there is no such leaf to ask for");
    assert_golden("f8.json", "F8: the leaf at an index is asked for, and an entry answers", &cases);
}

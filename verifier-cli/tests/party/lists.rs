//! Many steps in one request: whatever becomes of a list, each of its steps is told of, or none of it is lost.

use crate::ledger::Lies;
use crate::steps::{Trade, counts};
use serde_json::{Value, json};

/// Sales of so many vouchers that are no neighbours, signed by the shop in `sales.json`.
fn signed(sales: u32) -> Trade {
    let trade = Trade::of_shop(2 * sales);
    let ranges: Vec<String> = (0..sales).map(|sale| format!("--range {}", 2 * sale)).collect();
    trade.run("shop", &format!("sell {} --sign-only sales.json", ranges.join(" "))).exits(0);
    trade
}

impl Trade {
    /// Adds signatures of this role to the instruction at this place of `sales.json`.
    fn sign_more(&self, place: usize, role: &str, signatures: usize) {
        let mut file: Value = serde_json::from_str(&self.desk.read("sales.json")).unwrap();
        let list = file["instructions"][place]["signatures"].as_array_mut().unwrap();
        for key in 1..=signatures {
            let key = format!("0x{}", format!("{key:02x}").repeat(32));
            list.push(json!({ "role": role, "key": key, "signature": format!("0x{}", "07".repeat(64)) }));
        }
        self.desk.write("sales.json", &file.to_string());
    }

    /// Steps that the node was sent so far.
    pub fn posted(&self) -> usize {
        self.desk.node.as_ref().unwrap().ledger.lock().unwrap().posted.len()
    }
}

#[test]
fn a_step_for_which_a_list_is_refused_keeps_back_no_other() {
    for (place, role, signatures, reason) in
        [(1, "witness", 8, "malformed"), (0, "w".repeat(300_000).as_str(), 1, "too-large")]
    {
        let trade = signed(3);
        trade.sign_more(place, role, signatures);
        let ran = trade.run("shop", "sell --from sales.json").exits(1);
        assert_eq!(counts(&ran), (2, 0, 1));
        let refused = &ran.json["refused"][0];
        assert_eq!((&refused["first"], &refused["reason"]), (&json!(2 * place), &json!(reason)));
        assert_eq!(counts(&trade.run("shop", "sell --from sales.json").exits(1)), (0, 2, 1));
    }
}

#[test]
fn a_node_that_knows_no_lists_is_told_of_once() {
    let trade = signed(3);
    trade.desk.lie(Lies { lists_unknown: true, ..Lies::default() });
    let ran = trade.run("shop", "sell --from sales.json").exits(1);
    assert_eq!((counts(&ran), ran.err.matches("not-found").count()), ((0, 0, 0), 1), "{}", ran.err);
}

#[test]
fn a_node_without_time_is_waited_for() {
    for lies in [
        Lies { lists_overloaded: 2, ..Lies::default() },
        Lies { overloaded: 2, ..Lies::default() },
        Lies { limited: 2, ..Lies::default() },
    ] {
        let trade = signed(3);
        trade.desk.lie(lies);
        let ran = trade.run("shop", "sell --from sales.json").exits(0);
        assert_eq!(counts(&ran), (3, 0, 0), "{lies:?}");
        assert!(ran.err.contains("waiting 1 s"), "{}", ran.err);
    }
}

#[test]
fn a_node_that_takes_some_each_time_takes_all_in_the_end() {
    let trade = signed(8);
    trade.desk.lie(Lies { decides_of_a_list: Some(1), ..Lies::default() });
    assert_eq!(counts(&trade.run("shop", "sell --from sales.json").exits(0)), (8, 0, 0));
}

#[test]
fn a_node_that_never_has_time_is_given_up() {
    for lies in [
        Lies { lists_overloaded: u32::MAX, ..Lies::default() },
        Lies { decides_of_a_list: Some(0), ..Lies::default() },
    ] {
        let trade = signed(3);
        trade.desk.lie(lies);
        let ran = trade.run("shop", "sell --from sales.json").exits(3);
        assert_eq!((counts(&ran), ran.err.matches("waiting 1 s").count()), ((0, 0, 0), 4), "{}", ran.err);
        assert!(ran.err.contains("cannot answer now (overloaded)"), "{}", ran.err);
        trade.desk.lie(Lies::default());
        assert_eq!(counts(&trade.run("shop", "sell --from sales.json").exits(0)), (3, 0, 0));
    }
}

#[test]
fn answers_that_do_not_fit_the_list_are_believed_in_nothing() {
    for lies in
        [Lies { answers_missing: true, ..Lies::default() }, Lies { answers_twofold: true, ..Lies::default() }]
    {
        let trade = signed(3);
        trade.desk.lie(lies);
        let ran = trade.run("shop", "sell --from sales.json").exits(3);
        assert_eq!(counts(&ran), (0, 0, 0), "{lies:?}");
        trade.desk.lie(Lies::default());
        assert_eq!(counts(&trade.run("shop", "sell --from sales.json").exits(0)), (0, 3, 0));
    }
}

#[test]
fn receipts_are_kept_list_by_list_and_the_first_wrong_ones_stop_the_rest() {
    let trade = signed(70);
    let before = trade.posted();
    trade.desk.lie(Lies { foreign_receipts: true, ..Lies::default() });
    trade.run("shop", "sell --from sales.json --receipts kept.ndjson").exits(1);
    assert_eq!(trade.posted() - before, 64);
    assert_eq!(trade.desk.read("kept.ndjson").lines().count(), 64);
    trade.desk.lie(Lies::default());
    assert_eq!(counts(&trade.run("shop", "sell --from sales.json").exits(0)), (6, 64, 0));
}

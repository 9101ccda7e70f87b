//! The steps against a node: what is recognised, refused, kept; and what two parties sign together.

use crate::desk::{Desk, Ran};
use crate::ledger::Lies;
use protocol::PublicKey;
use serde_json::Value;

pub struct Trade {
    pub desk: Desk,
    pub shop: PublicKey,
    buyer: PublicKey,
}

impl Trade {
    /// Ten issued vouchers and three parties.
    fn new() -> Self {
        Self::of(10)
    }

    fn of(vouchers: u32) -> Self {
        Self::issued(vouchers, &[])
    }

    fn issued(vouchers: u32, options: &[&str]) -> Self {
        let desk = Desk::with_node();
        let card = |card| format!("{}----{}", 1000 + card, 881_234_560_000_u64 + u64::from(card));
        let cards: Vec<String> = (0..vouchers).map(card).collect();
        desk.write("cards.txt", &cards.join("\n"));
        desk.key("issuer.key");
        let issue = ["issue", "cards.txt", "--key", "issuer.key", "--out", "out.txt", "--product", "GC"];
        desk.run(&[&issue[..], &["--issuer-name", "A"], options].concat()).exits(0);
        let (shop, buyer) = (desk.key("shop.key"), desk.key("buyer.key"));
        Self { desk, shop, buyer }
    }

    /// With `shop` holding all of them.
    fn in_shop() -> Self {
        Self::of_shop(10)
    }

    /// With so many, all of which `shop` holds.
    pub fn of_shop(vouchers: u32) -> Self {
        let trade = Self::of(vouchers);
        trade.run("issuer", &format!("transfer --range 0:{vouchers} --to {}", trade.shop)).exits(0);
        trade
    }

    pub fn run(&self, who: &str, line: &str) -> Ran {
        let key = format!("{who}.key");
        let words: Vec<&str> = line.split_whitespace().collect();
        self.desk.run(&[&words[..], &["--key", &key, "--json"]].concat())
    }

    /// A file with the delivered line of this place.
    fn line(&self, place: usize) -> &'static str {
        self.desk.write("line.txt", &self.desk.line("out.txt", place));
        "line.txt"
    }
}

pub fn counts(ran: &Ran) -> (u64, u64, u64) {
    let sum = |name: &str| {
        let list = ran.json[name].as_array().unwrap_or_else(|| panic!("{ran:?}"));
        list.iter().map(|item| item["count"].as_u64().unwrap()).sum()
    };
    (sum("accepted"), sum("already"), sum("refused"))
}

#[test]
fn a_range_of_mixed_history_is_one_entry_a_run_and_a_repetition_does_nothing_new() {
    let trade = Trade::new();
    let part = format!("transfer --range 3-5 --to {} --price 45", trade.shop);
    assert_eq!(counts(&trade.run("issuer", &part).exits(0)), (3, 0, 0));
    let all = format!("transfer --range 0:10 --to {} --price 45", trade.shop);
    let ran = trade.run("issuer", &all).exits(0);
    assert_eq!(counts(&ran), (7, 3, 0));
    assert_eq!(ran.json["accepted"].as_array().unwrap().len(), 2);
    assert_eq!(counts(&trade.run("issuer", &all).exits(0)), (0, 10, 0));
    let receipts = trade.desk.read("vouchsafe-receipts.ndjson");
    assert_eq!(receipts.lines().count(), 3);
    let verified = |line: &str| serde_json::from_str::<Value>(line).unwrap()["verified"] == true;
    assert!(receipts.lines().all(verified));
}

#[test]
fn the_same_step_of_another_key_is_no_repetition() {
    let trade = Trade::in_shop();
    let transfer = format!("transfer --range 5 --to {}", trade.shop);
    assert_eq!(counts(&trade.run("issuer", &transfer).exits(0)), (0, 1, 0));
    for who in ["buyer", "shop"] {
        let ran = trade.run(who, &transfer).exits(1);
        assert_eq!(counts(&ran), (0, 0, 1));
        assert_eq!(ran.json["refused"][0]["reason"], "by-another");
        let detail = ran.json["refused"][0]["detail"].as_str().unwrap();
        assert_eq!(
            detail,
            "voucher 5: the same Transfer stands already, by another key's step; yours signed nothing of it"
        );
    }
    let key =
        trade.desk.run(&["transfer", "--range", "5", "--to", &trade.shop.to_string(), "--key", "buyer.key"]);
    let told = key.exits(1);
    assert!(told.err.contains(&format!("in control since then: {}", trade.shop)), "{}", told.err);
    assert!(!told.out.contains("this very command"), "{}", told.out);
}

#[test]
fn a_prepared_step_that_another_key_has_sent_is_no_repetition() {
    let trade = Trade::in_shop();
    trade.run("shop", "sell --range 2 --sign-only a.json").exits(0);
    assert_eq!(counts(&trade.run("shop", "sell --from a.json").exits(0)), (1, 0, 0));
    assert_eq!(counts(&trade.run("shop", "sell --from a.json").exits(0)), (0, 1, 0));
    let ran = trade.run("buyer", "sell --from a.json").exits(1);
    assert_eq!((counts(&ran), &ran.json["refused"][0]["reason"]), ((0, 0, 1), &"by-another".into()));
}

#[test]
fn a_second_sale_is_refused_with_the_evidence_of_the_first_and_the_same_order_is_not_sold_twice() {
    let trade = Trade::in_shop();
    let first = trade.run("shop", "sell --range 4 --order ORD-1").exits(0);
    let again = trade.run("shop", "sell --range 4 --order ORD-1").exits(0);
    assert_eq!((counts(&again), &again.json["order"]), ((0, 1, 0), &first.json["order"]));
    for line in ["sell --range 4 --order ORD-2", "sell --range 4", "sell --range 3:3 --order ORD-2"] {
        let ran = trade.run("shop", line).exits(1);
        let refused = &ran.json["refused"][0];
        assert_eq!((&refused["first"], &refused["reason"]), (&4.into(), &"transition".into()), "{line}");
        assert_eq!(refused["evidence"]["index"], first.json["accepted"][0]["index"]);
        assert_eq!(refused["detail"], "voucher 4: no Sell is possible: sold", "{line}");
    }
    let told = trade.desk.run(&["sell", "--range", "4", "--key", "shop.key"]).exits(1);
    assert!(told.err.contains("Signed by") && told.err.contains(&trade.shop.to_string()), "{}", told.err);
    trade.run("shop", "sell --range 9").exits(0);
    trade.run("shop", "sell --range 9").exits(1);
}

#[test]
fn of_two_prepared_sales_the_second_gets_the_winners_evidence() {
    let trade = Trade::in_shop();
    trade.run("shop", "sell --range 2 --order A --sign-only a.json").exits(0);
    let to_buyer = format!("sell --range 2 --to {} --sign-only b.json", trade.buyer);
    trade.run("shop", &to_buyer).exits(0);
    assert_eq!(counts(&trade.run("shop", "sell --from a.json").exits(0)), (1, 0, 0));
    let second = trade.run("shop", "sell --from b.json").exits(1);
    assert_eq!(second.json["refused"][0]["reason"], "already-moved");
    assert!(second.json["refused"][0]["detail"].as_str().unwrap().contains("incident"));
    assert_eq!(counts(&trade.run("shop", "sell --from a.json").exits(0)), (0, 1, 0));
}

#[test]
fn the_code_claims_and_redeems_once() {
    let trade = Trade::in_shop();
    trade.run("shop", "sell --range 0:2 --order ORD-1").exits(0);
    let claim = format!("claim --lines {}", trade.line(0));
    assert_eq!(counts(&trade.run("buyer", &claim).exits(0)), (1, 0, 0));
    assert_eq!(counts(&trade.run("buyer", &claim).exits(0)), (0, 1, 0));
    assert_eq!(trade.run("shop", &claim).exits(1).json["refused"][0]["reason"], "transition");
    let redeem = format!("redeem --presented --lines {} --order TILL-7", trade.line(0));
    assert_eq!(trade.run("shop", &redeem).exits(1).json["refused"][0]["reason"], "unauthorised");
    assert_eq!(counts(&trade.run("issuer", &redeem).exits(0)), (1, 0, 0));
    assert_eq!(counts(&trade.run("issuer", &redeem).exits(0)), (0, 1, 0));
    let other = format!("redeem --presented --lines {} --order TILL-8", trade.line(0));
    assert_eq!(counts(&trade.run("issuer", &other).exits(1)), (0, 0, 1));
    assert_eq!(counts(&trade.run("issuer", "redeem --range 0").exits(1)), (0, 0, 1));
}

#[test]
fn without_an_order_a_use_is_another_one_and_with_it_the_same_and_the_help_says_so() {
    let trade = Trade::issued(1, &["--uses", "3"]);
    for _ in 0..2 {
        assert_eq!(counts(&trade.run("issuer", "use --range 0").exits(0)), (1, 0, 0));
    }
    assert_eq!(counts(&trade.run("issuer", "redeem --range 0 --order A").exits(0)), (1, 0, 0));
    assert_eq!(counts(&trade.run("issuer", "redeem --range 0 --order A").exits(0)), (0, 1, 0));
    for (kind, said) in [("use", "takes one more"), ("redeem", "is refused"), ("sell", "is refused")] {
        let help = trade.desk.run(&[kind, "--help"]).exits(0);
        assert!(help.out.contains(said), "{}", help.out);
    }
}

#[test]
fn a_wrong_code_opens_nothing_and_is_never_repeated() {
    let trade = Trade::in_shop();
    let wrong = trade.desk.line("out.txt", 0).replace("881234560000", "881234560009");
    let ran = trade.desk.run_with(&["claim", "--lines", "-", "--key", "buyer.key"], &wrong).exits(1);
    assert!(!ran.err.contains("88123456") && !ran.out.contains("88123456"), "{ran:?}");
    let ran = trade.desk.run_with(&["claim", "--key", "buyer.key"], &trade.desk.line("out.txt", 0));
    ran.exits(0);
    let bare = trade.desk.line("out.txt", 1);
    let ran = trade.desk.run(&["claim", &bare, "--key", "buyer.key"]).exits(2);
    assert!(!ran.err.contains("88123456"), "{ran:?}");
}

#[test]
fn a_return_is_signed_by_owner_and_seller() {
    let trade = Trade::in_shop();
    trade.run("shop", &format!("sell --range 7 --to {}", trade.buyer)).exits(0);
    assert_eq!(trade.run("buyer", "return --range 7").exits(1).json["refused"][0]["reason"], "unauthorised");
    trade.run("buyer", "return --range 7 --reason unused --sign-only back.json").exits(0);
    trade.run("shop", "transfer --from back.json").exits(1);
    assert_eq!(counts(&trade.run("shop", "return --from back.json").exits(0)), (1, 0, 0));
    assert_eq!(counts(&trade.run("shop", "sell --range 7").exits(0)), (1, 0, 0));
    assert_eq!(trade.run("shop", "return --range 8").exits(1).json["refused"][0]["reason"], "transition");
}

#[test]
fn freezing_is_recognised_and_voiding_is_for_good() {
    let trade = Trade::new();
    assert_eq!(counts(&trade.run("issuer", "hold --range 2:3 --reason leak").exits(0)), (3, 0, 0));
    assert_eq!(counts(&trade.run("issuer", "hold --range 0:10 --reason leak").exits(0)), (7, 3, 0));
    assert_eq!(counts(&trade.run("issuer", "release --range 0:10").exits(0)), (10, 0, 0));
    assert_eq!(counts(&trade.run("issuer", "void --range 5:2").exits(0)), (2, 0, 0));
    assert_eq!(counts(&trade.run("issuer", "release --range 5:2").exits(1)), (0, 0, 2));
    assert_eq!(counts(&trade.run("issuer", "use --range 0:2").exits(1)), (0, 0, 2));
}

#[test]
fn vouchers_are_named_by_links_and_lines_too() {
    let trade = Trade::in_shop();
    trade.desk.lie(Lies { anchors_nothing: true, ..Lies::default() });
    let shop_file = trade.desk.read("out.txt");
    let links: Vec<&str> = shop_file.lines().map(|line| line.rsplit_once('#').unwrap().0).collect();
    let link = |place: usize| links[place].splitn(3, "----").nth(2).unwrap();
    let ran = trade.run("shop", &format!("sell {} {} --order ORD-1", link(3), link(4))).exits(0);
    assert_eq!((counts(&ran), ran.json["accepted"].as_array().unwrap().len()), ((2, 0, 0), 1));
    assert!(ran.err.contains("2 vouchers are not anchored yet"), "{}", ran.err);
    let delivered = shop_file.lines().nth(6).unwrap();
    trade.desk.write("some.txt", &format!("# for ORD-2\n{}\n\n{delivered}\n", link(8)));
    assert_eq!(counts(&trade.run("shop", "sell --lines some.txt --order ORD-2").exits(0)), (2, 0, 0));
    for bad in ["sell", "sell 12345678", "sell --range 5:0", "claim --range 5", "transfer --range 1"] {
        trade.run("shop", bad).exits(2);
    }
    assert!(trade.run("shop", "sell --range 8:5 --order X").exits(1).err.contains("number 10"));
}

#[test]
fn a_node_that_does_not_prove_a_number_gets_no_signature() {
    let trade = Trade::in_shop();
    trade.desk.lie(Lies { foreign_dossiers: true, ..Lies::default() });
    let ran = trade.run("shop", &format!("sell --lines {} --sign-only a.json", trade.line(0))).exits(1);
    assert!(ran.err.contains("does not prove"), "{}", ran.err);
    assert!(!trade.desk.files().contains(&"a.json".to_owned()));
}

#[test]
fn a_presented_code_redeems_its_own_voucher_and_no_other_that_the_node_names() {
    let trade = Trade::new();
    let line = trade.line(0);
    for (lies, exit, said) in [
        (Lies { told_number: Some(7), ..Lies::default() }, 1, "does not prove"),
        (Lies { told_number: Some(7), anchors_nothing: true, ..Lies::default() }, 3, "is not anchored yet"),
    ] {
        trade.desk.lie(lies);
        for kind in ["redeem", "use"] {
            let signed = format!("{kind} --presented --lines {line} --order A --sign-only a.json");
            let ran = trade.run("issuer", &signed).exits(exit);
            assert!(ran.err.contains(said), "{}", ran.err);
            assert!(!trade.desk.files().contains(&"a.json".to_owned()));
        }
    }
    trade.desk.lie(Lies::default());
    let redeem = format!("redeem --presented --lines {line} --order A");
    let ran = trade.run("issuer", &redeem).exits(0);
    assert_eq!(ran.json["accepted"][0]["first"], 0);
}

#[test]
fn a_memo_with_a_secret_is_neither_signed_nor_sent() {
    let trade = Trade::in_shop();
    trade.desk.write("code.json", r#"{"note": "sold as 8812-3456-0000"}"#);
    trade.desk.write("named.json", r#"{"stamp": "abc", "serial": "1", "secret": "x"}"#);
    trade.desk.write("other.json", r#"{"note": "sold as 8812-3456-0005"}"#);
    let line = trade.line(0);
    let posted = || trade.desk.node.as_ref().unwrap().ledger.lock().unwrap().posted.len();
    let before = posted();
    for (options, said) in [
        ("--memo code.json", "the code or stamp of voucher 0x"),
        ("--reason 881234560000", "the code or stamp of voucher 0x"),
        ("--memo named.json", "a member stamp"),
    ] {
        let ran = trade.run("shop", &format!("sell --lines {line} --order A {options}")).exits(2);
        assert!(ran.err.contains(said) && !ran.err.contains("3456"), "{}", ran.err);
        let signed = format!("sell --lines {line} --order A {options} --sign-only a.json");
        trade.run("shop", &signed).exits(2);
    }
    assert_eq!((posted(), trade.desk.files().contains(&"a.json".to_owned())), (before, false));
    trade.run("shop", &format!("sell --lines {line} --order A --memo other.json --reason x")).exits(0);
}

#[test]
fn a_line_with_another_code_is_handed_on_by_nobody() {
    let trade = Trade::in_shop();
    trade.desk.write("line.txt", &trade.desk.line("out.txt", 0).replace("881234560000", "881234560009"));
    let ran = trade.run("shop", "sell --lines line.txt --order A --sign-only a.json").exits(1);
    assert!(ran.err.contains("are not those of voucher") && !ran.err.contains("88123456"), "{}", ran.err);
}

#[test]
fn what_was_accepted_before_the_node_failed_is_told_and_not_repeated() {
    let trade = Trade::in_shop();
    let posted = trade.desk.node.as_ref().unwrap().ledger.lock().unwrap().posted.len();
    trade.run("issuer", "hold --range 4 --reason x").exits(0);
    trade.desk.lie(Lies { fails_after: Some(posted + 2), ..Lies::default() });
    let ran = trade.run("issuer", "hold --range 0:10 --reason x").exits(3);
    // The vouchers before and after the one that is on hold go out together, in their order.
    assert_eq!(counts(&ran), (4, 1, 0));
    trade.desk.lie(Lies { overloaded: 2, ..Lies::default() });
    let again = trade.run("issuer", "hold --range 0:10 --reason x").exits(0);
    assert_eq!(counts(&again), (5, 5, 0));
}

#[test]
fn a_receipt_that_does_not_hold_is_kept_and_stops_everything() {
    let trade = Trade::in_shop();
    trade.desk.lie(Lies { foreign_receipts: true, ..Lies::default() });
    let ran = trade.run("shop", "sell --range 0 --receipts kept.ndjson").exits(1);
    assert!(ran.err.contains("evidence"), "{}", ran.err);
    let kept: Value = serde_json::from_str(&trade.desk.read("kept.ndjson")).unwrap();
    assert_eq!(kept["verified"], false);
}

#[test]
fn a_step_that_was_taken_before_is_done_only_if_its_receipt_holds() {
    let trade = Trade::in_shop();
    let sell = "sell --range 0 --order A --receipts kept.ndjson";
    let verified = || -> Vec<Value> {
        let kept = trade.desk.read("kept.ndjson");
        kept.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["verified"].clone()).collect()
    };
    trade.run("shop", sell).exits(0);
    trade.desk.remove("kept.ndjson");
    trade.desk.lie(Lies { foreign_receipts: true, ..Lies::default() });
    for times in 1..3 {
        let ran = trade.run("shop", sell).exits(1);
        assert_eq!((counts(&ran), verified()), ((0, 0, 0), vec![Value::Bool(false); times]));
        assert!(ran.err.contains("evidence against the operator"), "{}", ran.err);
    }
    // What was kept wrong is got again; what was kept right is enough.
    trade.desk.lie(Lies::default());
    assert_eq!(counts(&trade.run("shop", sell).exits(0)), (0, 1, 0));
    assert_eq!(verified(), [false, false, true]);
    trade.desk.lie(Lies { foreign_receipts: true, ..Lies::default() });
    assert_eq!(counts(&trade.run("shop", sell).exits(0)), (0, 1, 0));
    assert_eq!(verified().len(), 3);
}

#[test]
fn the_same_step_of_another_voucher_makes_none_done() {
    let trade = Trade::in_shop();
    let sold = trade.run("shop", "sell --range 4 --order A").exits(0);
    let index = usize::try_from(sold.json["accepted"][0]["index"].as_u64().unwrap()).unwrap();
    trade.desk.lie(Lies { told_step: Some(index), ..Lies::default() });
    let ran = trade.run("shop", "sell --range 5 --order A").exits(1);
    assert_eq!(counts(&ran), (0, 0, 0));
    assert!(ran.err.contains("the entry is not the one"), "{}", ran.err);
}

#[test]
fn an_order_has_a_reference_that_can_be_told_in_one_line() {
    let trade = Trade::in_shop();
    for order in ["", "  ", "A\nB", "A\u{1b}[2J", "A\u{7f}"] {
        for step in ["sell", "redeem"] {
            let ran =
                trade.desk.run(&[step, "--range", "0:1", "--key", "shop.key", "--order", order]).exits(2);
            assert!(
                ran.err.contains("the order's reference is empty") && !ran.err.contains('\u{1b}'),
                "{ran:?}"
            );
        }
    }
    trade.run("shop", "sell --range 0:1 --order 订单-1").exits(0);
}

//! The paths that a user names: nothing is written over what he may miss.

use crate::steps::{Trade, counts};

/// The run leaves the file as it is, and says why.
fn spares(trade: &Trade, who: &str, line: &str, file: &str, said: &str) {
    let before = trade.desk.read(file);
    let ran = trade.run(who, line).exits(2);
    assert!(ran.err.contains(said), "{line}: {}", ran.err);
    assert!(trade.desk.read(file) == before, "{line}");
}

#[test]
fn a_key_is_written_over_by_no_option_and_nothing_is_sent() {
    let trade = Trade::of_shop(4);
    trade.desk.write("cards.key", "1000----881234560000----x\n1001----881234560001\n1002----881234560002");
    let voucher = trade.desk.line("out.txt", 0).split("/v/").nth(1).unwrap()[..43].to_owned();
    let posted = trade.posted();
    let issue = "issue cards.key --skip-bad --out other --product GC --issuer-name A";
    let issuer = trade.desk.read("issuer.key");
    trade.desk.write("other.bad.key", &issuer);
    for (line, file, said) in [
        ("sell --range 0 --sign-only buyer.key", "buyer.key", "holds a private key"),
        ("sell --range 0 --receipts buyer.key", "buyer.key", "holds no receipts"),
        ("sell --range 0 --sign-only cards.txt", "cards.txt", "is not what would be written"),
        ("sell --range 0 --receipts cards.txt", "cards.txt", "holds no receipts"),
    ] {
        spares(&trade, "shop", line, file, said);
    }
    spares(&trade, "issuer", issue, "other.bad.key", "already there");
    assert!(!trade.desk.files().contains(&"other".to_owned()));
    assert_eq!(trade.posted(), posted);
    let save = |out: &str| trade.desk.run(&["dossier", &voucher, "--force", "--out", out]);
    assert!(save("buyer.key").exits(2).err.contains("holds a private key"));
    trade.desk.key("buyer2.key");
    save("cards.txt").exits(0);
    save("cards.txt").exits(0);
    assert!(trade.desk.read("cards.txt").contains("vouchsafe/dossier@1"));
}

#[test]
fn what_is_signed_again_takes_the_place_of_what_was_signed() {
    let trade = Trade::of_shop(4);
    trade.run("shop", "sell --range 0 --sign-only a.json").exits(0);
    let first = trade.desk.read("a.json");
    trade.run("shop", "sell --range 1 --sign-only a.json").exits(0);
    assert!(trade.desk.read("a.json") != first);
}

#[test]
fn corrected_lines_of_a_file_that_was_issued_are_not_lost() {
    let trade = Trade::of_shop(1);
    let stock = "3000,771234560000\n3001,\n3002,771234560002\n3003,771234560003\n";
    trade.desk.write("stock.csv", stock);
    let issue = "issue stock.csv --skip-bad --out stock.txt --product GC --issuer-name A";
    trade.run("issuer", issue).exits(0);
    assert_eq!(trade.desk.read("stock.txt.bad.csv"), "3001,\n");
    trade.run("issuer", issue).exits(0);
    trade.desk.write("stock.txt.bad.csv", "3001,771234560001\n");
    spares(&trade, "issuer", issue, "stock.txt.bad.csv", "already there");
}

#[cfg(unix)]
#[test]
fn what_finds_no_room_leaves_nothing_in_the_way_and_is_not_said_to_be_there() {
    let trade = Trade::of_shop(2);
    let said = trade.desk.run_within(0, &["keygen", "--out", "new.key"]).exits(2);
    assert!(said.err.contains("new.key cannot be written"), "{}", said.err);
    trade.desk.key("new.key");
    let sell = ["sell", "--range", "0", "--key", "shop.key", "--sign-only", "a.json"];
    let said = trade.desk.run_within(0, &sell).exits(2);
    assert!(said.err.contains("a.json cannot be written"), "{}", said.err);
    assert!(!said.out.contains("a.json"), "{}", said.out);
    assert!(!trade.desk.files().iter().any(|name| name.starts_with("a.json")));
    assert!(trade.desk.run(&sell).exits(0).out.contains("the instructions are in a.json"));
}

#[cfg(unix)]
#[test]
fn a_step_whose_receipt_finds_no_room_stands_and_the_receipt_is_fetched_later() {
    let trade = Trade::of_shop(4);
    let sell = |range: &'static str, order: &[&'static str]| {
        let sell = ["sell", "--range", range, "--key", "shop.key", "--receipts", "kept.ndjson"];
        [&sell[..], order].concat()
    };
    trade.desk.run(&sell("0", &["--order", "A"])).exits(0);
    let kept = trade.desk.read("kept.ndjson");
    // Room for a part of another line.
    let blocks = u32::try_from(kept.len() / 512).unwrap() + 1;
    for (range, order, advice) in
        [("1", &["--order", "B"][..], "repeat the same command"), ("2", &[], "do not repeat the command")]
    {
        let posted = trade.posted();
        let ran = trade.desk.run_within(blocks, &sell(range, order)).exits(2);
        assert!(ran.err.contains("stand in the ledger") && ran.err.contains(advice), "{}", ran.err);
        assert!(
            ran.out.contains("recorded as entry") && !ran.out.contains("checked and kept"),
            "{}",
            ran.out
        );
        assert_eq!((trade.posted(), trade.desk.read("kept.ndjson")), (posted + 1, kept.clone()));
    }
    let again = trade.desk.run(&[&sell("1", &["--order", "B"])[..], &["--json"]].concat()).exits(0);
    assert_eq!(counts(&again), (0, 1, 0));
    assert_eq!(trade.desk.read("kept.ndjson").lines().count(), 2);
}

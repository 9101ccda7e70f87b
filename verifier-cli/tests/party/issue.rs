//! `issue` against a node: one batch whatever happens in between, and nothing of a code ever leaves.

use crate::desk::{Desk, Ran};
use crate::ledger::Lies;
use protocol::voucher::{CodeForm, Link, voucher_key};
use serde_json::Value;

const CARDS: &str =
    "卡号,卡密,面额\n1001,8812-3456-0001,50\n1002,8812-3456-0002,50\n1003,8812-3456-0003,50\n";

fn desk() -> Desk {
    let desk = Desk::with_node();
    desk.write("cards.csv", CARDS);
    desk.key("issuer.key");
    desk
}

fn issue(desk: &Desk, more: &[&str]) -> Ran {
    let all =
        ["issue", "cards.csv", "--key", "issuer.key", "--out", "shop.txt", "--issuer-name", "甲", "--json"];
    let product: &[&str] = if more.contains(&"--product") { &[] } else { &["--product", "GC-50"] };
    desk.run(&[&all, product, more].concat())
}

fn vouchers(desk: &Desk) -> usize {
    desk.node.as_ref().unwrap().ledger.lock().unwrap().vouchers()
}

#[test]
fn a_supplier_file_becomes_a_batch_and_a_shop_ready_file_in_the_same_order() {
    let desk = desk();
    let ran = issue(&desk, &[]).exits(0);
    assert_eq!(
        (&ran.json["first"], &ran.json["count"], &ran.json["already"]),
        (&0.into(), &3.into(), &false.into())
    );
    let sidecar: Value = serde_json::from_str(&desk.read("shop.txt.receipt.json")).unwrap();
    let issuer = sidecar["issuer"].as_str().unwrap().parse().unwrap();
    for (place, line) in desk.read("shop.txt").lines().enumerate() {
        let parts: Vec<&str> = line.splitn(3, "----").collect();
        assert_eq!(
            (parts[0], parts[1]),
            (&*format!("100{}", place + 1), &*format!("8812-3456-000{}", place + 1))
        );
        let link = Link::parse(parts[2]).unwrap();
        let (serial, code) = (CodeForm::Strip.apply(parts[0]), CodeForm::Strip.apply(parts[1]));
        let pair = voucher_key(&issuer, &link.stamp.unwrap(), &serial, &code).unwrap();
        assert_eq!(pair.public(), link.voucher);
    }
    #[cfg(unix)]
    assert_eq!((desk.mode("shop.txt"), desk.mode("issuer.key")), (0o600, 0o600));
    assert_eq!(desk.files(), ["cards.csv", "issuer.key", "shop.txt", "shop.txt.receipt.json"]);
}

#[test]
fn no_code_stamp_or_secret_reaches_the_node_or_the_sidecar() {
    let desk = desk();
    issue(&desk, &[]).exits(0);
    let key: Value = serde_json::from_str(&desk.read("issuer.key")).unwrap();
    let stamp = desk.line("shop.txt", 0).rsplit_once('#').unwrap().1.to_owned();
    let posted = desk.node.as_ref().unwrap().ledger.lock().unwrap().posted.join("\n");
    for public in [posted, desk.read("shop.txt.receipt.json")] {
        for secret in [
            "8812-3456",
            "88123456",
            &stamp,
            key["seed"].as_str().unwrap(),
            key["stamp_secret"].as_str().unwrap(),
        ] {
            assert!(!public.contains(secret), "{public}");
        }
    }
}

#[test]
fn the_same_file_again_is_the_same_batch_also_from_a_new_machine() {
    let desk = desk();
    issue(&desk, &[]).exits(0);
    let (shop, sidecar) = (desk.read("shop.txt"), desk.read("shop.txt.receipt.json"));
    for lost in [&[][..], &["shop.txt"], &["shop.txt", "shop.txt.receipt.json"]] {
        for name in lost {
            desk.remove(name);
        }
        let ran = issue(&desk, &[]).exits(0);
        assert_eq!(ran.json["already"], true);
        assert_eq!(
            (desk.read("shop.txt"), desk.read("shop.txt.receipt.json")),
            (shop.clone(), sidecar.clone())
        );
    }
    assert_eq!(vouchers(&desk), 3);
}

#[test]
fn what_nobody_could_read_or_ask_is_not_sealed() {
    let desk = desk();
    for (option, values, said) in [
        (
            "--issuer-domain",
            &["http://foo/", "Studio.example", "localhost", ""][..],
            "--issuer-domain is no domain",
        ),
        ("--title", &["", " ", "A\nB", "A\u{1b}[2J"], "--title is empty"),
        ("--product", &["", "A\tB"], "--product is empty"),
        ("--currency", &["cny", "EURO", ""], "ISO 4217"),
        ("--face", &["", "abc", "50,00", "-1", "1e2"], ""),
    ] {
        for value in values {
            let ran = issue(&desk, &[option, value]).exits(2);
            assert!(ran.err.contains(said) && !ran.err.contains('\u{1b}'), "{option} {value}: {ran:?}");
        }
    }
    let name = ["issue", "cards.csv", "--key", "issuer.key", "--out", "shop.txt", "--product", "GC-50"];
    for wrong in ["", "甲\n乙"] {
        let ran = desk.run(&[&name[..], &["--issuer-name", wrong]].concat()).exits(2);
        assert!(ran.err.contains("--issuer-name is empty"), "{ran:?}");
    }
    assert_eq!((vouchers(&desk), desk.files().len()), (0, 2), "{:?}", desk.files());
    issue(&desk, &["--issuer-domain", "studio.example", "--title", "充值卡 50 元"]).exits(0);
}

#[test]
fn an_answer_that_was_lost_is_found_again() {
    let desk = desk();
    desk.lie(Lies { lost_answer: true, ..Lies::default() });
    assert_eq!(issue(&desk, &[]).exits(0).json["already"], true);
    assert_eq!(vouchers(&desk), 3);
    assert_eq!(desk.read("shop.txt").lines().count(), 3);
}

#[test]
fn a_batch_that_is_only_said_to_stand_puts_out_no_codes() {
    let desk = desk();
    desk.lie(Lies { invents_batches: true, ..Lies::default() });
    issue(&desk, &[]).exits(1);
    assert_eq!((vouchers(&desk), desk.files().len()), (0, 2), "{:?}", desk.files());
    desk.lie(Lies::default());
    issue(&desk, &[]).exits(0);
}

#[test]
fn numbers_taken_by_another_batch_are_signed_for_again() {
    let desk = desk();
    desk.lie(Lies { batches_before: 3, ..Lies::default() });
    let ran = issue(&desk, &[]).exits(0);
    assert_eq!((&ran.json["first"], vouchers(&desk)), (&3.into(), 6));
}

#[test]
fn other_options_or_other_cards_do_not_issue_a_code_twice() {
    let desk = desk();
    issue(&desk, &[]).exits(0);
    desk.remove("shop.txt");
    desk.remove("shop.txt.receipt.json");
    for (options, word) in [(&["--product", "GC-60"][..], "product"), (&["--uses", "2"], "terms")] {
        let ran = issue(&desk, options).exits(1);
        assert!(ran.err.contains("already") && ran.err.contains(word), "{}", ran.err);
    }
    desk.write("cards.csv", &format!("{CARDS}1004,8812-3456-0004,50\n"));
    assert!(issue(&desk, &[]).exits(1).err.contains("card 1 "));
    desk.write("cards.csv", "卡号,卡密\n1009,8812-3456-0009\n1002,8812-3456-0002\n1008,8812-3456-0008\n");
    assert!(issue(&desk, &[]).exits(1).err.contains("card 2 "));
    assert_eq!(vouchers(&desk), 3);
    assert!(!desk.files().contains(&"shop.txt".to_owned()), "{:?}", desk.files());
    desk.write("cards.csv", CARDS);
    assert_eq!(issue(&desk, &["--generation", "1"]).exits(0).json["first"], 3);
}

#[test]
fn whatever_keeps_a_file_from_being_issued_is_told_as_json() {
    let desk = desk();
    let code = |ran: &Ran| ran.json["problem"]["code"].as_str().unwrap_or_default().to_owned();
    for (content, problem) in [("", "party-import-empty"), ("%PDF-1.7", "party-import-not-text")] {
        desk.write("cards.csv", content);
        let ran = issue(&desk, &[]).exits(1);
        assert_eq!((code(&ran).as_str(), &ran.json["accepted"]), (problem, &0.into()), "{}", ran.err);
    }
    desk.remove("cards.csv");
    assert_eq!(code(&issue(&desk, &[]).exits(2)), "party-file-unreadable");
    desk.write("cards.csv", &format!("{CARDS}1001,881234560001,50\n"));
    let ran = issue(&desk, &[]).exits(1);
    assert_eq!((code(&ran).as_str(), &ran.json["accepted"]), ("party-issue-bad-lines", &3.into()));
    desk.write("cards.csv", CARDS);
    let ran = issue(&desk, &["--node", "http://127.0.0.1:1"]).exits(3);
    assert_eq!(code(&ran), "error-node-out-of-reach");
    assert!(ran.json["problem"]["advice"].is_string() && vouchers(&desk) == 0);
}

#[test]
fn a_bad_line_stops_the_batch_unless_it_is_left_aside() {
    let desk = desk();
    desk.write("cards.csv", &format!("{CARDS}1004,8812-3456-0003x,50\n1001,881234560001,50\n"));
    let ran = issue(&desk, &[]).exits(1);
    assert_eq!(ran.json["refused"][1]["reason"], "duplicate");
    assert_eq!((vouchers(&desk), desk.files().len()), (0, 2));
    issue(&desk, &["--skip-bad"]).exits(0);
    assert_eq!(
        desk.read("shop.txt.bad.csv"),
        "卡号,卡密,面额\n1004,8812-3456-0003x,50\n1001,881234560001,50\n"
    );
    assert_eq!(vouchers(&desk), 3);
}

#[test]
fn a_receipt_that_does_not_hold_is_kept_and_no_shop_ready_file_appears() {
    let desk = desk();
    desk.lie(Lies { foreign_receipts: true, ..Lies::default() });
    let ran = issue(&desk, &[]).exits(1);
    assert!(ran.err.contains("evidence"), "{}", ran.err);
    assert!(desk.read("shop.txt.receipt.json").contains("\"receipt\""));
    assert_eq!(desk.files(), ["cards.csv", "issuer.key", "shop.txt.receipt.json"]);
}

#[test]
fn an_operator_who_denies_what_he_gave_a_receipt_for_is_not_issued_to_again() {
    let desk = desk();
    issue(&desk, &[]).exits(0);
    desk.lie(Lies { denies: true, ..Lies::default() });
    let ran = issue(&desk, &[]).exits(1);
    assert!(ran.err.contains("evidence against the operator"), "{}", ran.err);
    assert_eq!(desk.node.as_ref().unwrap().ledger.lock().unwrap().posted.len(), 1);
}

#[test]
fn files_of_others_are_not_overwritten_and_keys_of_others_not_used() {
    let desk = desk();
    desk.write("shop.txt", "mine");
    issue(&desk, &[]).exits(2);
    assert_eq!(desk.read("shop.txt"), "mine");
    desk.remove("shop.txt");
    desk.key("plain.key");
    let all = ["issue", "cards.csv", "--out", "shop.txt", "--product", "GC", "--issuer-name", "A", "--key"];
    assert!(desk.run(&[&all[..], &["plain.key"]].concat()).exits(2).err.contains("stamp secret"));
    let over = desk.run(&[&all[..], &["issuer.key", "--redeem-by", "2020-01-01T00:00:00Z"]].concat());
    assert!(over.exits(2).err.contains("over already"));
    let no_page = desk.run(&[&all[..], &["issuer.key", "--redeem-url", "javascript:alert(1)"]].concat());
    assert!(no_page.exits(2).err.contains("--redeem-url is not the address of a page"));
    let piped = desk.run_with(&[&all[..], &["-"]].concat(), &desk.read("issuer.key"));
    assert_eq!((piped.exit, vouchers(&desk)), (0, 3));
}

#[test]
fn long_codes_without_stamps_or_serials_are_issued_and_claimed_by_their_lines() {
    let desk = desk();
    desk.write("keys.txt", "ABCDE-FGHJK-MNPQR-STVWX-YZ234\n56789-ABCDE-FGHJK-MNPQR-STVWX\n");
    let all = [
        "issue",
        "keys.txt",
        "--key",
        "issuer.key",
        "--out",
        "shop.txt",
        "--product",
        "K",
        "--issuer-name",
        "A",
    ];
    desk.run(&[&all[..], &["--unstamped"]].concat()).exits(0);
    let line = desk.line("shop.txt", 1);
    assert!(line.starts_with("56789-ABCDE-FGHJK-MNPQR-STVWX----http://") && !line.contains('#'), "{line}");
    desk.key("buyer.key");
    let ran = desk.run_with(&["claim", "--json", "--key", "buyer.key"], &line).exits(0);
    assert_eq!(ran.json["accepted"][0]["first"], 1);
}

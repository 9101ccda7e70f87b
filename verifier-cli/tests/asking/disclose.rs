//! Disclosing one serial or one order, and judging what was disclosed.

use crate::made::{CODE, Made, SALT, SERIAL, STAMP};
use crate::run::{Folder, NOW};
use crate::server::serve;
use crate::transcripts::check;
use protocol::digest::bytes_to_hex;
use protocol::disclosure::Disclosure;
use serde_json::{Value, json};

const JUDGE: &str = "--dossier dossier.json --trusted-checkpoint trusted.json --policy policy.json";

fn salt() -> String {
    bytes_to_hex(&SALT)
}

fn sold() -> Made {
    Made::on_paper("").transferred().sold(None, "ORD-1")
}

/// A folder with the voucher's files, and its line among others.
fn folder(made: &Made) -> Folder {
    let line = Made::line("https://shop.example");
    let other = line.replace(SERIAL, "1111").replace(&Made::name(), &"A".repeat(43));
    made.folder().with("shop-ready.txt", format!("{other}\n{line}\n"))
}

/// The standing that `disclosure` gives a file.
fn judged(folder: &Folder, file: &str) -> Value {
    folder.report(&format!("disclosure {file} {JUDGE}"))
}

fn read(folder: &Folder, file: &str) -> String {
    std::fs::read_to_string(folder.path().join(file)).unwrap()
}

#[test]
fn a_serial_is_disclosed_without_stamp_and_code() {
    let folder = folder(&sold());
    let ran = folder.run("disclose serial dossier.json --lines shop-ready.txt --out s.json");
    assert_eq!(ran.exit, 0, "{ran:?}");
    let text = read(&folder, "s.json");
    let stamp = bytes_to_hex(&STAMP);
    for secret in [CODE, stamp.trim_start_matches("0x"), "g4ODg4ODg4ODg4ODg4ODgw"] {
        assert!(!text.contains(secret), "{text}");
        assert!(!ran.out.contains(secret) && !ran.err.contains(secret), "{ran:?}");
    }
    assert!(Disclosure::parse(&text).is_ok());
    let report = judged(&folder, "s.json");
    assert_eq!((&report["standing"], &report["serial"]), (&json!("proven"), &json!(SERIAL)));
    // From the line alone, by prompt or standard input, and to standard output.
    let line = Made::line("https://shop.example");
    let piped = folder.run_with("disclose serial dossier.json --out -", &line);
    assert_eq!(Disclosure::parse(&piped.out), Disclosure::parse(&text));
    let named = format!("{}.serial.json", Made::name());
    assert_eq!(folder.run_with("disclose serial dossier.json --lines -", &line).exit, 0);
    assert_eq!(read(&folder, &named), text);
    let again = folder.run_with("disclose serial dossier.json --lines -", &line);
    assert_eq!((again.exit, again.err.contains("already there")), (2, true), "{again:?}");
}

#[test]
fn a_serial_is_disclosed_from_the_key_and_the_supplier_file() {
    let folder = folder(&sold());
    // The made voucher has a stamp that follows from no key, so that another card is found under none.
    let made = folder.run("keygen --issuer --out issuer.key");
    assert_eq!(made.exit, 0);
    let folder = folder.with("cards.txt", format!("{SERIAL}----{CODE}\n1112----2223\n"));
    let ran = folder.run("disclose serial dossier.json --cards cards.txt --key issuer.key");
    assert_eq!((ran.exit, ran.err.contains("no card of that file")), (20, true), "{ran:?}");
    assert!(!ran.err.contains(CODE) && !ran.err.contains(SERIAL), "{ran:?}");
    let without_key = folder.run("disclose serial dossier.json --cards cards.txt");
    assert_eq!(without_key.exit, 2);
}

/// More than is read of a file that is read whole: lines, again and again.
fn many(line: &str) -> String {
    format!("{line}\n").repeat((64 << 20) / line.len())
}

#[test]
fn a_serial_is_found_in_a_shop_ready_file_of_any_size() {
    let line = Made::line("https://shop.example");
    let other = line.replace(SERIAL, &"1".repeat(2_000)).replace(&Made::name(), &"A".repeat(43));
    let lines = format!("{}{line}\n", many(&other));
    let folder = folder(&sold()).with("large.txt", &lines);
    let ran = folder.run("disclose serial dossier.json --lines large.txt --out s.json");
    assert_eq!(ran.exit, 0, "{}", ran.err);
    let piped = folder.run_with("disclose serial dossier.json --lines - --out -", &lines);
    assert_eq!(piped.exit, 0, "{}", piped.err);
    let folder = folder.with("long.txt", "1".repeat(300 << 10));
    let ran = folder.run("disclose serial dossier.json --lines long.txt");
    assert_eq!(
        (ran.exit, ran.err.contains("line 1 of long.txt has more than 256 KiB")),
        (2, true),
        "{ran:?}"
    );
}

#[test]
fn a_memo_is_found_in_a_file_of_receipts_of_any_size() {
    let folder = withheld(&sold());
    let kept = read(&folder, "receipts.ndjson");
    let (_, receipt) = kept.split_once('\n').unwrap();
    let other = format!("{{\"memo\":\"{}\"}}", "x".repeat(2_000));
    let folder = folder.with("large.ndjson", format!("{}{receipt}", many(&other)));
    let order = format!("--order ORD-1 --salt {} --with-memo --receipts large.ndjson", salt());
    let ran = folder.run(&format!("disclose order withheld.json {order} --out o.json"));
    assert_eq!(ran.exit, 0, "{}", ran.err);
}

#[test]
fn an_order_is_disclosed_without_the_others() {
    let folder = folder(&sold());
    let ran =
        folder.run(&format!("disclose order dossier.json --order ORD-1 --salt {} --out o.json", salt()));
    assert_eq!(ran.exit, 0, "{ran:?}");
    let report = judged(&folder, "o.json");
    assert_eq!((&report["standing"], &report["order"]), (&json!("proven"), &json!("ORD-1")));
    assert_eq!(report["entries"][0]["kind"], "Sell");
    assert!(!read(&folder, "o.json").contains("memo"));
    for (order, salt) in [("ORD-2", salt()), ("ORD-1", format!("0x{}", "00".repeat(16)))] {
        let wrong = folder.run(&format!("disclose order dossier.json --order {order} --salt {salt}"));
        assert_eq!((wrong.exit, wrong.err.contains("names this order")), (20, true), "{wrong:?}");
    }
}

/// The dossier with the memo of the sale withheld, and a receipt that kept it.
fn withheld(made: &Made) -> Folder {
    let mut dossier = serde_json::to_value(made.dossier()).unwrap();
    let memo = dossier["history"][2].as_object_mut().unwrap().remove("memo").unwrap();
    let receipt = json!({ "ledger": dossier["ledger"]["id"], "entry": "0x", "memo": memo });
    folder(made)
        .with_json("withheld.json", &dossier)
        .with("receipts.ndjson", format!("{{\"cut off\n{receipt}\n"))
}

#[test]
fn a_withheld_memo_leaves_an_order_unknown_until_it_is_brought() {
    let folder = withheld(&sold());
    let order = format!("--order ORD-1 --salt {}", salt());
    let bare = folder.run(&format!("disclose order withheld.json {order} --out bare.json"));
    assert_eq!((bare.exit, bare.err.contains("Not checked")), (0, true), "{bare:?}");
    let judge = JUDGE.replace("dossier.json", "withheld.json");
    let report = folder.report(&format!("disclosure bare.json {judge}"));
    assert_eq!((&report["standing"], &report["why"]["code"]), (&json!("unknown"), &json!("memo_withheld")));
    assert_eq!(judged(&folder, "bare.json")["standing"], "proven");
    let none = folder.run(&format!("disclose order withheld.json {order} --with-memo --out full.json"));
    assert_eq!((none.exit, none.err.contains("no memo that names this order")), (2, true), "{none:?}");
    let with = format!("disclose order withheld.json {order} --with-memo --receipts receipts.ndjson");
    assert_eq!(folder.run(&format!("{with} --out full.json")).exit, 0);
    assert_eq!(folder.report(&format!("disclosure full.json {judge}"))["standing"], "proven");
}

#[test]
fn what_is_wrong_is_never_written_and_never_proven() {
    let folder = folder(&sold());
    let other = Made::line("https://shop.example").replace(&Made::name(), &"A".repeat(43));
    let another = folder.run_with("disclose serial dossier.json --lines -", &other);
    assert_eq!((another.exit, another.err.contains("no delivered line there")), (20, true), "{another:?}");
    let typo = Made::line("https://shop.example").replace(SERIAL, "2849279424136245");
    let typo = folder.run_with("disclose serial dossier.json --lines -", &typo);
    assert_eq!((typo.exit, typo.err.contains("sealed another serial")), (20, true), "{typo:?}");
    let bare = Made::line("https://shop.example").replace(&format!("{SERIAL}----"), "");
    let bare = folder.run_with("disclose serial dossier.json --lines -", &bare);
    assert_eq!((bare.exit, bare.err.contains("no serial")), (2, true), "{bare:?}");
    assert_eq!(folder.run("disclose serial dossier.json --lines shop-ready.txt --out s.json").exit, 0);
    let altered = read(&folder, "s.json").replace(SERIAL, "2849279424136245");
    let damaged = read(&folder, "s.json").replace("label_key", "labelkey");
    let folder = folder.with("altered.json", altered).with("damaged.json", damaged);
    let report = judged(&folder, "altered.json");
    assert_eq!((&report["standing"], &report["why"]["code"]), (&json!("mismatch"), &json!("other_serial")));
    let ran = folder.run(&format!("disclosure damaged.json {JUDGE}"));
    assert_eq!((ran.exit, ran.err.contains("disclosure.serial")), (2, true), "{ran:?}");
    assert_eq!(folder.run(&format!("disclosure trusted.json {JUDGE}")).exit, 2);
}

#[test]
fn it_is_worth_what_the_dossier_is_worth() {
    let made = sold();
    let folder = folder(&made);
    assert_eq!(folder.run("disclose serial dossier.json --lines shop-ready.txt --out s.json").exit, 0);
    let exit = |line: &str| folder.run(line).exit;
    assert_eq!(exit("disclosure s.json --dossier dossier.json --policy policy.json"), 3);
    assert_eq!(exit("disclosure s.json --dossier dossier.json --trusted-checkpoint trusted.json"), 22);
    let mut forged = serde_json::to_value(made.dossier()).unwrap();
    forged["history"][1]["signatures"] = json!([]);
    let folder = folder.with_json("dossier.json", &forged);
    assert_eq!(judged(&folder, "s.json")["standing"], "refuted");
    // Without a file the node is asked for the dossier of the voucher that the disclosure names.
    let node = serve(move |_, _, _| (200, serde_json::to_vec(&made.dossier()).unwrap()));
    let line =
        format!("disclosure s.json --node {node} --trusted-checkpoint trusted.json --policy policy.json");
    assert_eq!(folder.run(&line).exit, 0);
}

#[test]
fn it_is_told_word_for_word() {
    let folder = withheld(&sold()).set("VOUCHSAFE_NOW_MS", &NOW);
    let order = format!("disclose order dossier.json --order ORD-1 --salt {} --force --out o.json", salt());
    check("disclose-order", &folder, &order);
    check(
        "disclose-serial",
        &folder,
        "disclose serial dossier.json --lines shop-ready.txt --force --out s.json",
    );
    check("disclosure-serial", &folder, &format!("disclosure s.json {JUDGE}"));
    check("disclosure-order", &folder, &format!("disclosure o.json {JUDGE}"));
    let judge = JUDGE.replace("dossier.json", "withheld.json");
    check("disclosure-withheld", &folder, &format!("disclosure o.json {judge}"));
    let altered = read(&folder, "s.json").replace(SERIAL, "2849279424136245");
    let folder = folder.with("altered.json", altered);
    check("disclosure-mismatch", &folder, &format!("disclosure altered.json {JUDGE}"));
}

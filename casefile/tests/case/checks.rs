//! A case that somebody changed: each change leads to the line that names it.

use crate::unpacked::{Unpacked, problems, trusted};
use vouchsafe_casefile::{OpenError, Opened, Trust};

#[test]
fn a_changed_byte_is_found_by_its_hash() {
    let mut members = Unpacked::golden();
    members.bytes("files/01").push(b'x');
    assert_eq!(members.problems(), ["failed file hash"]);
    let mut members = Unpacked::golden();
    members.bytes("README.txt").push(b'x');
    assert_eq!(members.problems(), ["failed hash hash", "failed derived differs"]);
}

#[test]
fn a_report_that_says_something_else_is_found_although_its_hash_is_right() {
    let members = Unpacked::golden().with("report.en.html", "Refused", "Accepted").rehashed();
    assert_eq!(members.problems(), ["failed derived differs"]);
}

#[test]
fn a_changed_dossier_is_refuted_although_its_hash_is_right() {
    let members = Unpacked::golden();
    let name = members.name("dossiers/");
    let members = members.with(&name, "\"number\":102", "\"number\":103").rehashed();
    let found = members.problems();
    assert!(found.contains(&"failed dossier step".to_owned()), "{found:?}");
    assert!(found.contains(&"failed derived differs".to_owned()), "{found:?}");
}

#[test]
fn missing_surplus_and_unlisted_members_are_named() {
    assert_eq!(Unpacked::golden().adding("notes.txt", b"x").problems(), ["failed hash unlisted"]);
    let surplus = Unpacked::golden().adding("notes.txt", b"x").rehashed();
    assert_eq!(surplus.problems(), ["failed hash surplus"]);
    let incident = Unpacked::golden();
    let name = incident.name("incidents/").replace("-1.json", "-2.json");
    assert_eq!(incident.adding(&name, b"{}").rehashed().problems(), ["failed derived differs"]);
    assert_eq!(Unpacked::golden().without("SHA256SUMS").problems(), ["failed hashes missing"]);
    assert_eq!(
        Unpacked::golden().without("report.zh-CN.pdf").problems(),
        ["failed hash missing", "failed derived missing"]
    );
    let found = Unpacked::golden().without("dossiers/").problems();
    assert!(found.starts_with(&["failed hash missing".to_owned(), "failed hash missing".to_owned()]));
    assert!(found.contains(&"failed dossier missing".to_owned()), "{found:?}");
    assert!(found.contains(&"unknown derived incomplete".to_owned()), "{found:?}");
}

#[test]
fn an_added_file_that_is_not_there_yet_is_awaited() {
    assert_eq!(Unpacked::golden().without("files/02").problems(), ["unknown file missing"]);
}

#[test]
fn a_checkpoint_is_held_against_the_askers_and_against_its_neighbours() {
    let opened = Unpacked::golden().opened();
    let mut trust = trusted();
    trust.held[1].trusted.block_time = Some(1);
    assert_eq!(problems(&opened.judge(&trust)), ["failed checkpoint other-time"]);
    let mut trust = trusted();
    trust.held[2].trusted.checkpoint.size += 1;
    let found = problems(&opened.judge(&trust));
    assert_eq!(found, ["failed dossier step", "failed dossier step", "failed checkpoint other-checkpoint"]);
    let newest_alone = Trust { held: trusted().held.split_off(2), blocks: Vec::new() };
    let found = problems(&opened.judge(&newest_alone));
    assert_eq!(found, ["unknown checkpoint linked-only"; 2], "each names the one before it");
    let middle_alone = Trust { held: vec![trusted().held[1]], blocks: Vec::new() };
    let found = problems(&opened.judge(&middle_alone));
    assert_eq!(found, ["unknown checkpoint linked-only", "unknown checkpoint not-held"]);
    let members = Unpacked::golden();
    let name = members.name("checkpoints/");
    let forged = members.with(&name, "\"vouchers\": 0", "\"vouchers\": 7").rehashed().problems();
    assert!(forged.contains(&"failed checkpoint not-linked".to_owned()), "{forged:?}");
}

#[test]
fn a_receipt_that_nobody_signed_or_that_fits_nothing_is_named() {
    let members = Unpacked::golden();
    let name = members.name("receipts/");
    let found = members.clone().with(&name, "\"anchor_by\": 1", "\"anchor_by\": 2").rehashed().problems();
    assert!(found.contains(&"failed receipt receipt-unsigned".to_owned()), "{found:?}");
    let found = members.with(&name, "\"index\": 0", "\"index\": 99").rehashed().problems();
    assert!(found.contains(&"failed index index".to_owned()), "{found:?}");
}

#[test]
fn an_index_that_leads_elsewhere_is_refused() {
    let forged = Unpacked::golden().with("case.json", "chat.pdf", "other.pdf").rehashed();
    let found = forged.problems();
    assert!(found.contains(&"failed index index".to_owned()), "{found:?}");
    let swapped =
        Unpacked::golden().with("case.json", "\"file\": \"files/01-chat.pdf\"", "\"file\": \"README.txt\"");
    assert!(swapped.rehashed().problems().contains(&"failed index index".to_owned()));
}

#[test]
fn a_case_of_another_tool_keeps_its_proofs_and_its_report_unjudged() {
    let other = Unpacked::golden().with("case.json", "vouchsafe 0.1.0", "vouchsafe 9.9.9").rehashed();
    assert_eq!(other.problems(), ["unknown derived other-tool"; 4]);
}

#[test]
fn another_format_or_none_is_said_in_one_line() {
    let other = Unpacked::golden().with("case.json", "vouchsafe/case@1", "vouchsafe/case@2");
    let error = Opened::read(&other.zip()).unwrap_err().to_string();
    assert!(error.contains("another version of the format"), "{error}");
    let none = Unpacked::golden().without("case.json");
    assert_eq!(Opened::read(&none.zip()).unwrap_err(), OpenError::NoIndex);
    let garbled = Unpacked::golden().with("case.json", "\"tool\"", "\"tool\":1,\"tool\"");
    assert!(matches!(Opened::read(&garbled.zip()).unwrap_err(), OpenError::Index(_)));
}

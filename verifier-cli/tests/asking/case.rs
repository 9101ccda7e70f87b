//! `vouchsafe case`, `case add` and `case open`.

use crate::made::{BUYER, Made, pair};
use crate::run::Folder;
use serde_json::Value;

/// A voucher that its shop sold twice, in a folder with its dossier and checkpoint.
fn folder() -> Folder {
    let made = Made::on_paper("").transferred().sold(Some(pair(BUYER).public()), "A-1").with_incident("A-2");
    made.folder().with("chat.txt", "he sold it to me, too").with("receipt.txt", "paid")
}

fn made(folder: &Folder) -> &Folder {
    let line =
        "case dossier.json --trusted-checkpoint trusted.json --files chat.txt --by Buyer --out case.zip";
    let ran = folder.run(line);
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.out.contains("vouchers: 1, added files: 1"), "{ran:?}");
    folder
}

fn problems(folder: &Folder, line: &str) -> Vec<String> {
    let ran = folder.run(&format!("{line} --json"));
    let told: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
    assert_eq!(told["exit"], ran.exit, "{ran:?}");
    let checks = told["checks"].as_array().unwrap().iter().filter(|check| check["result"] != "passed");
    let line = |check: &Value| format!("{} {} {}", check["result"], check["subject"], check["problem"]);
    checks.map(line).map(|line| line.replace('"', "")).collect()
}

#[test]
fn a_case_is_made_from_a_dossier_alone_and_holds_against_the_chains_checkpoint() {
    let folder = folder();
    made(&folder);
    let ran = folder.run("case open case.zip --trusted-checkpoint trusted.json");
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.out.contains("✔ Made again from the evidence: report.zh-CN.pdf"), "{ran:?}");
    assert!(ran.out.contains("Everything holds"), "{ran:?}");
    let chinese = folder.run("case open case.zip --trusted-checkpoint trusted.json --lang zh");
    assert!(chinese.out.contains("✔ 由证据重新生成：report.zh-CN.pdf"), "{chinese:?}");
}

#[test]
fn the_same_evidence_is_the_same_file() {
    let folder = folder();
    made(&folder);
    let again = folder.run(
        "case dossier.json --trusted-checkpoint trusted.json --files chat.txt --by Buyer --out again.zip",
    );
    assert_eq!(again.exit, 0, "{again:?}");
    let read = |name| std::fs::read(folder.path().join(name)).unwrap();
    assert!(read("case.zip") == read("again.zip"));
}

#[test]
fn without_a_source_of_trust_the_checkpoint_is_unknown() {
    let folder = folder();
    made(&folder);
    assert_eq!(folder.run("case open case.zip").exit, 3);
    assert_eq!(problems(&folder, "case open case.zip"), ["unknown checkpoint not-held"]);
}

#[test]
fn another_checkpoint_of_the_chain_refutes_it() {
    let other = Made::on_paper("").transferred();
    let folder = folder().with_json("other.json", &other.trusted());
    made(&folder);
    let line = "case open case.zip --trusted-checkpoint other.json";
    assert_eq!(folder.run(line).exit, 30);
    assert_eq!(problems(&folder, line), ["failed dossier step", "failed checkpoint other-checkpoint"]);
}

#[test]
fn the_other_party_adds_files_and_the_evidence_stays() {
    let folder = folder();
    made(&folder);
    let ran = folder.run("case add case.zip --files receipt.txt chat.txt --by Shop --out both.zip");
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.out.contains("added files: 2"), "{ran:?}");
    let extracted = folder.run("case open both.zip --trusted-checkpoint trusted.json --extract both");
    assert_eq!(extracted.exit, 0, "{extracted:?}");
    let read = |name: &str| std::fs::read_to_string(folder.path().join("both").join(name)).unwrap();
    assert_eq!(read("files/01-chat.txt"), "he sold it to me, too");
    assert_eq!(read("files/02-receipt.txt"), "paid");
    let report = read("report.en.html");
    assert!(report.contains("Buyer") && report.contains("Shop"));
    assert!(report.contains("held the voucher by entry #1"), "{report}");
    let twice = folder.run("case open both.zip --extract both");
    assert_eq!(twice.exit, 2, "{twice:?}");
}

#[test]
fn wrong_usage_and_unusable_files_are_told() {
    let folder = folder().with("empty.zip", "").with("not.json", "{}");
    made(&folder);
    for (line, word) in [
        ("case", "no voucher is named"),
        ("case not.json", "not a dossier"),
        ("case dossier.json dossier.json --out x.zip", "twice"),
        ("case dossier.json --trusted-checkpoint trusted.json --out case.zip", "already there"),
        ("case dossier.json --files none.txt --by Me --out x.zip", "no file none.txt"),
        ("case dossier.json --files chat.txt --out x.zip", "--by"),
        ("case open none.zip", "no file none.zip"),
        ("case open empty.zip", "no ZIP archive"),
        ("case open dossier.json", "no ZIP archive"),
        ("case add case.zip --by Me --out x.zip", "--files"),
        ("case open case.zip --block-hash 0x12", "--block-hash"),
    ] {
        let ran = folder.run(line);
        assert_eq!(ran.exit, 2, "{line}: {ran:?}");
        assert!(ran.err.contains(word), "{line}: {ran:?}");
    }
    let unheld = folder.run("case dossier.json --out x.zip");
    assert_eq!(unheld.exit, 0, "{unheld:?}");
    assert!(unheld.err.contains("held against nothing"), "{unheld:?}");
}

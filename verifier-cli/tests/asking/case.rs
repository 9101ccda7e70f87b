//! `vouchsafe case`, `case add` and `case open`.

use crate::block::proven;
use crate::made::{BUYER, Made, SALT, SERIAL, pair};
use crate::run::Folder;
use protocol::digest::bytes_to_hex;
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
    let same = folder.run("case add both.zip --files receipt.txt --by Buyer --out same.zip");
    assert!(same.exit == 0 && same.err.contains("receipt.txt is in the case already"), "{same:?}");
    assert!(same.out.contains("added files: 2"), "{same:?}");
    let twice = folder.run("case open both.zip --extract both");
    assert_eq!(twice.exit, 2, "{twice:?}");
}

#[test]
fn whoever_makes_a_case_of_what_does_not_hold_is_told_so() {
    let folder = folder();
    let dossier = std::fs::read_to_string(folder.path().join("dossier.json")).unwrap();
    let mut altered: Value = serde_json::from_str(&dossier).unwrap();
    altered["voucher"]["number"] = 1.into();
    let folder = folder.with("altered.json", altered.to_string());
    for (dossier, failed) in [("dossier.json", false), ("altered.json", true)] {
        let ran =
            folder.run(&format!("case {dossier} --trusted-checkpoint trusted.json --out {dossier}.zip"));
        assert!(ran.exit == 0 && ran.err.contains("do not hold") == failed, "{ran:?}");
    }
    assert_eq!(folder.run("case open altered.json.zip").exit, 30);
}

#[test]
fn a_private_key_stays_out_of_a_case_and_codes_are_not_put_in_in_silence() {
    let bare = format!("{}\n", "5a".repeat(32));
    let folder = folder()
        .with("account.key", &bare)
        .with("shop.txt", format!("{0}\n{0}\n", Made::line("https://shop.example")))
        .with("receipt.txt", "paid");
    assert_eq!(folder.run("keygen --out issuer.key --issuer").exit, 0);
    made(&folder);
    let files = "receipt.txt shop.txt --by Shop --out both.zip";
    for key in ["issuer.key", "account.key"] {
        for command in ["case dossier.json", "case add case.zip"] {
            let ran = folder.run(&format!("{command} --files {key} {files}"));
            assert_eq!(ran.exit, 2, "{ran:?}");
            assert!(ran.err.contains(&format!("{key} holds a private key")), "{ran:?}");
            assert!(!ran.err.contains(&bare[..8]) && !folder.path().join("both.zip").exists(), "{ran:?}");
        }
    }
    let ran = folder.run(&format!("case add case.zip --files {files}"));
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(
        ran.err.contains("shop.txt holds 2 delivered lines") && !ran.err.contains("receipt.txt"),
        "{ran:?}"
    );
    assert!(!ran.err.contains(crate::made::CODE), "{ran:?}");
}

/// A case with these added files beside the dossier of a voucher that was sold under ORD-1.
fn with_disclosures(files: &str) -> Folder {
    let made = Made::on_paper("").transferred().sold(None, "ORD-1");
    let folder = made.folder().with("lines.txt", Made::line("https://shop.example"));
    let salt = bytes_to_hex(&SALT);
    for line in [
        "disclose serial dossier.json --lines lines.txt --out serial.json".to_owned(),
        format!("disclose order dossier.json --order ORD-1 --salt {salt} --out order.json"),
    ] {
        let ran = folder.run(&line);
        assert_eq!(ran.exit, 0, "{ran:?}");
    }
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    let (serial, order) = (read("serial.json"), read("order.json"));
    let stranger = order.replace(&made.dossier().voucher.key.to_string(), &pair(BUYER).public().to_string());
    let folder = folder
        .with("lie.json", serial.replace(SERIAL, "2849279424136245"))
        .with("other-order.json", order.replace("ORD-1", "ORD-2"))
        .with("stranger.json", stranger)
        .with("damaged.json", serial.replace("label_key", "labelkey"))
        .with("own.json", r#"{"format":"a shop's own"}"#);
    let line = format!(
        "case dossier.json --trusted-checkpoint trusted.json --files {files} --by Shop --out case.zip"
    );
    assert_eq!(folder.run(&line).exit, 0);
    folder
}

const OPEN: &str = "case open case.zip --trusted-checkpoint trusted.json";

#[test]
fn disclosures_among_the_added_files_say_what_they_prove() {
    let folder = with_disclosures("serial.json order.json own.json");
    let ran = folder.run(OPEN);
    assert_eq!(ran.exit, 0, "{ran:?}");
    for words in [
        "✔ Disclosure files/01-serial.json".to_owned(),
        format!("proves: the issuer sealed the serial {SERIAL} into voucher 0x"),
        "✔ Disclosure files/02-order.json".to_owned(),
        "proves: whoever signed #2 of voucher 0x".to_owned(),
    ] {
        assert!(ran.out.contains(&words), "{words}: {}", ran.out);
    }
    assert!(!ran.out.contains("Disclosure files/03"), "what is something else is no disclosure");
    let chinese = folder.run(&format!("{OPEN} --lang zh"));
    assert!(chinese.out.contains("✔ 披露文件 files/01-serial.json"), "{chinese:?}");
    assert!(chinese.out.contains(&format!("时封存的卡号就是 {SERIAL}")), "{chinese:?}");
    let told: Value = serde_json::from_str(&folder.run(&format!("{OPEN} --json")).out).unwrap();
    let disclosed = |member: &str| {
        let checks = told["checks"].as_array().unwrap();
        let found = checks.iter().find(|check| check["subject"] == "disclosure" && check["member"] == member);
        found.unwrap()["disclosed"].clone()
    };
    assert_eq!(disclosed("files/01-serial.json")["serial"], SERIAL);
    assert_eq!(disclosed("files/02-order.json")["entries"], serde_json::json!([2]));
}

#[test]
fn a_wrong_disclosure_in_a_case_is_told_by_its_own_line() {
    let folder = with_disclosures("lie.json other-order.json stranger.json damaged.json");
    assert_eq!(
        problems(&folder, OPEN),
        [
            "failed disclosure unopened",
            "failed disclosure unopened",
            "unknown disclosure other-voucher",
            "failed disclosure unreadable",
        ]
    );
    let ran = folder.run(OPEN);
    assert_eq!(ran.exit, 30, "{ran:?}");
    assert!(ran.out.contains("claims: voucher 0x"), "{}", ran.out);
    assert!(ran.out.contains("The issuer sealed another serial for this voucher"), "{}", ran.out);
    assert!(ran.out.contains("No step of the voucher names this order"), "{}", ran.out);
}

#[test]
fn a_disclosure_is_worth_no_more_than_the_dossier_that_it_is_about() {
    let other = Made::on_paper("").transferred();
    let folder = with_disclosures("serial.json").with_json("other.json", &other.trusted());
    let found = problems(&folder, "case open case.zip --trusted-checkpoint other.json");
    assert!(found.contains(&"unknown disclosure dossier-open".to_owned()), "{found:?}");
}

/// A case of a dossier that nobody held against anything when it was made.
fn unheld(folder: Folder) -> Folder {
    let ran = folder.run("case dossier.json --out case.zip");
    assert_eq!(ran.exit, 0, "{ran:?}");
    folder
}

#[test]
fn the_chain_proof_in_a_case_holds_by_the_hash_of_a_block_alone() {
    let (dossier, made, block) = proven();
    let folder = unheld(made.folder().with_json("dossier.json", &dossier));
    let right = format!("case open case.zip --block-hash {block}");
    assert_eq!(problems(&folder, &right), Vec::<String>::new());
    let told = folder.run(&right);
    assert!(told.out.contains("✔ Chain proof of dossiers/"), "{told:?}");
    let wrong = format!("case open case.zip --block-hash 0x{}", "09".repeat(32));
    assert_eq!(folder.run(&wrong).exit, 3);
    assert!(problems(&folder, &wrong).contains(&"unknown chain-proof other-block".to_owned()));
    assert!(folder.run(&wrong).out.contains(&block.to_string()), "the block that would do is named");
    // Without a hash the proof holds by itself, and nobody said whose block it is.
    assert_eq!(folder.run("case open case.zip").exit, 3);
    assert!(folder.run("case open case.zip --extract out").out.contains("✔ Chain proof of dossiers/"));
    for (report, words) in [
        ("report.en.html", ["The block that the dossier shows holds the checkpoint", "--block-hash"]),
        ("report.zh-CN.html", ["档案所示的区块里有这个检查点", "链上证明所指的区块确实在链上"]),
    ] {
        let text = std::fs::read_to_string(folder.path().join("out").join(report)).unwrap();
        let hash = block.to_string();
        for word in words.into_iter().chain([hash.as_str()]) {
            assert!(text.contains(word), "{word} in {report}");
        }
    }
}

#[test]
fn a_case_without_a_chain_proof_or_with_a_broken_one_is_unknown_under_any_block() {
    let (mut dossier, made, block) = proven();
    let line = format!("case open case.zip --block-hash {block}");
    let without = unheld(made.folder());
    assert_eq!(without.run(&line).exit, 3);
    assert!(problems(&without, &line).contains(&"unknown chain-proof no-chain-proof".to_owned()));
    dossier.checkpoint.proof.as_mut().unwrap().slot.pop();
    let broken = unheld(made.folder().with_json("dossier.json", &dossier));
    assert_eq!(broken.run(&line).exit, 3);
    assert!(problems(&broken, &line).contains(&"unknown chain-proof unproven".to_owned()));
}

#[test]
fn a_chain_proof_of_another_checkpoint_refutes_the_case() {
    let (dossier, made, block) = proven();
    let forged = Made::issued(made.origin, "").after(protocol::Digest::new([1; 32]));
    let mut lie = forged.dossier();
    lie.checkpoint.proof = dossier.checkpoint.proof;
    let folder = unheld(forged.folder().with_json("dossier.json", &lie));
    let typed = format!("case open case.zip --block-hash {block}");
    assert_eq!(folder.run(&typed).exit, 30);
    assert!(problems(&folder, &typed).contains(&"failed chain-proof shown-other".to_owned()));
}

#[test]
fn the_steps_that_the_report_names_can_be_repeated() {
    let folder = folder();
    made(&folder);
    assert_eq!(folder.run("case open case.zip --trusted-checkpoint trusted.json --extract out").exit, 0);
    let out = folder.path().join("out");
    let mut sums = std::process::Command::new("sha256sum");
    let sums = sums.args(["--quiet", "-c", "SHA256SUMS"]).current_dir(&out).output().unwrap();
    assert!(sums.status.success(), "{sums:?}");
    let report = std::fs::read_to_string(out.join("report.en.html")).unwrap();
    let step = |begins: &str| {
        let found = report.split("<pre>").skip(1).find(|rest| rest.starts_with(begins)).unwrap();
        found.split("</pre>").next().unwrap().trim_start_matches("vouchsafe ").to_owned()
    };
    let version = folder.run(&step("vouchsafe --version"));
    assert!(report.contains(&format!("Take {}, from its source", version.out.trim())), "{version:?}");
    let judged = step("vouchsafe verify");
    let judged = judged.replace("dossiers/", "out/dossiers/").replace("checkpoints/", "out/checkpoints/");
    // Two sales of one thing, by the same report; no policy was brought, and none is needed for that.
    let ran = folder.report(&judged);
    assert_eq!(ran["verdict"], "resale_suspected", "{ran:#}");
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

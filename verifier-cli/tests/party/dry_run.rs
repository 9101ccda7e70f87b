//! `issue --dry-run`: the supplier files that are kept with the project give what is expected of them.

use crate::desk::Desk;
use serde_json::Value;
use std::path::Path;

fn supplier_files() -> Vec<std::path::PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/supplier");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.with_added_extension("expect.json").exists()).collect();
    files.sort();
    files
}

#[test]
fn every_supplier_file_gives_what_is_expected_without_key_and_node() {
    let desk = Desk::without_node();
    let files = supplier_files();
    assert!(files.len() >= 6, "{files:?}");
    for path in files {
        let expected = std::fs::read(path.with_added_extension("expect.json")).unwrap();
        let expected: Value = serde_json::from_slice(&expected).unwrap();
        let ran = desk.run(&["issue", "--dry-run", "--json", path.to_str().unwrap()]);
        assert_eq!(ran.json["accepted"], expected["accepted"], "{}", path.display());
        assert_eq!(ran.json["refused"], expected["refused"], "{}", path.display());
        let bad = !expected["refused"].as_array().unwrap().is_empty();
        assert_eq!(ran.exit, i32::from(bad), "{}", path.display());
        let skipped = desk.run(&["issue", "--dry-run", "--skip-bad", "--json", path.to_str().unwrap()]);
        assert_eq!(skipped.exit, 0, "{}", path.display());
    }
    assert_eq!(desk.files(), Vec::<String>::new());
}

#[test]
fn short_codes_without_stamps_are_refused_with_the_estimate() {
    let desk = Desk::without_node();
    desk.write("short.txt", "1001----12345678\n1002----12345679\n1003----22345671\n");
    let ran = desk.run(&["issue", "--dry-run", "--unstamped", "short.txt"]);
    assert_eq!(ran.exit, 1);
    assert!(ran.err.contains("at most 2^2") && ran.err.contains("8 characters"), "{}", ran.err);
    assert!(!ran.err.contains("12345678"), "a code is told: {}", ran.err);
    desk.write("long.txt", "ABCDE-FGHJK-MNPQR-STVWX-YZ234\n56789-ABCDE-FGHJK-MNPQR-STVWX\n");
    assert_eq!(desk.run(&["issue", "--dry-run", "--unstamped", "long.txt"]).exit, 0);
}

#[test]
fn what_is_no_supplier_file_is_told_in_both_languages() {
    let desk = Desk::without_node();
    desk.write("cards.zip", "PK\u{3}\u{4}rest");
    for (language, word) in [("en", "not text"), ("zh", "不是文本")] {
        let ran = desk.run(&["issue", "--dry-run", "--lang", language, "cards.zip"]);
        assert_eq!(ran.exit, 1);
        assert!(ran.err.contains(word), "{}", ran.err);
    }
    assert_eq!(desk.run(&["issue", "--dry-run", "nothing.txt"]).exit, 2);
    assert_eq!(desk.run(&["issue", "cards.zip"]).exit, 2);
}

#[test]
fn a_file_that_is_half_bad_is_not_what_it_was_taken_for() {
    let desk = Desk::without_node();
    let broken: Vec<String> =
        (0..40).map(|card| format!("{},\"88123456\n{:04}\",50\n", 1000 + card, card * 7)).collect();
    desk.write("broken.csv", &format!("serial,secret,face\n{}", broken.concat()));
    let half: Vec<String> =
        (0..10).map(|card| format!("{}----8812345600{card:02}\n----\n", 1000 + card)).collect();
    let half = half.concat();
    desk.write("half.txt", &half);
    desk.write("less.txt", &format!("{half}1010----881234560010\n"));
    desk.write("twice.txt", &half.replace("----\n", "").repeat(2));
    let run =
        |file: &str, more: &[&str]| desk.run(&[&["issue", "--dry-run", "--skip-bad", file], more].concat());
    let ran = run("half.txt", &[]).exits(2);
    assert!(ran.err.contains("10 of 20 lines are bad") && ran.err.contains("--separator"), "{ran:?}");
    run("half.txt", &["--json"]).exits(2);
    run("less.txt", &[]).exits(0);
    let twice = run("twice.txt", &["--json"]).exits(0);
    assert_eq!(twice.json["accepted"], 10, "a card that stands twice was read well: {twice:?}");
    let ran = run("broken.csv", &["--json"]);
    assert_eq!((ran.exit, &ran.json["accepted"]), (1, &0.into()), "{ran:?}");
    let told = run("broken.csv", &[]);
    assert!(told.err.contains("a quoted field cannot hold a line break"), "{told:?}");
}

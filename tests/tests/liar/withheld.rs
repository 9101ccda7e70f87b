//! F8: what the operator does not show, or cannot, takes the bond when its time is over. What an honest node shows does
//! not: `e2e/challenged.rs`.

use crate::taken::is_out;
use ledgers::published::{Published, word};
use protocol::fraud::Withheld;
use protocol::fraud::file::{ChallengeFile, Charge};
use serde_json::json;
use std::path::Path;
use vouchsafe_tests::Anvil;
use vouchsafe_tests::liar::{BOND_WEI, DEPOSIT_WEI, Liar, named};

/// Asks for the leaf of the file, waits three days, and takes the bond.
pub async fn is_never_shown(anvil: &Anvil, liar: &Liar, file: &Path) {
    let typed = ["--yes", "--json"];
    let raised = liar.challenge(file, &typed).end().await.exits(0).json();
    assert_eq!(raised["outcome"], "pending");
    let waiting = liar.challenge(file, &["--yes"]).end().await.exits(0);
    assert!(waiting.stdout.contains("The operator has until"), "{}", waiting.stdout);

    anvil.pass(3 * 86_400 + 1).await;
    let taken = liar.challenge(file, &typed).end().await.exits(0).json();
    assert_eq!(taken["outcome"], "taken");
    assert_eq!(taken["collected_wei"], (BOND_WEI / 2 + DEPOSIT_WEI).to_string());
    is_out(liar).await;
    let again = liar.challenge(file, &typed).end().await.exits(0).json();
    assert_eq!((&again["outcome"], &again["collected_wei"]), (&json!("taken"), &json!("0")));
}

/// Publishes all but some files, which the audit says it cannot have.
async fn withholds(
    lie: impl FnOnce(&mut Published),
    gone: &str,
    code: &str,
    is_due: impl FnOnce(&Withheld) -> bool,
) {
    let anvil = Anvil::start().await;
    let mut liar = Liar::open(&anvil).await;
    let mut told = liar.story();
    lie(&mut told);
    liar.anchor(&told).await;
    let path = liar.data().join(gone);
    if path.is_dir() {
        std::fs::remove_dir_all(path).unwrap();
    } else {
        std::fs::remove_file(path).unwrap();
    }
    let copied = liar.audited(&[], 3).await;
    assert_eq!(named(&copied, "unchecked"), [(code, None, None)], "a copy accuses nobody: {copied:#}");
    let report = liar.audited_online(3).await;
    assert_eq!(named(&report, "contradictions"), [], "{report:#}");
    let [(found, Some("F8"), Some(file))] = named(&report, "unchecked")[..] else { panic!("{report:#}") };
    assert_eq!(found, code);
    let text = std::fs::read_to_string(liar.kept(file)).unwrap();
    let Charge::Challenge(challenge) = ChallengeFile::parse(&text).unwrap().charge else { panic!("{text}") };
    assert!(is_due(&challenge.leaf), "{text}");
    is_never_shown(&anvil, &liar, &liar.kept(file)).await;
}

#[tokio::test]
async fn an_entry_that_nobody_shows_takes_the_bond_after_three_days() {
    let first = |leaf: &Withheld| *leaf == Withheld::Entry { index: 0 };
    withholds(|_| {}, "tile/entries", "entry_withheld", first).await;
}

#[tokio::test]
async fn records_that_nobody_shows_take_the_bond() {
    let record = |leaf: &Withheld| matches!(leaf, Withheld::Record { leaf: 1, .. });
    withholds(|_| {}, "batch/0/records", "record_withheld", record).await;
}

#[tokio::test]
async fn terms_that_nobody_shows_take_the_bond() {
    let terms = |leaf: &Withheld| matches!(leaf, Withheld::Record { leaf: 0, .. });
    withholds(|_| {}, "batch/0/terms", "record_withheld", terms).await;
}

#[tokio::test]
async fn heads_that_are_false_and_that_nobody_shows_take_the_bond() {
    let hiding = |told: &mut Published| {
        told.heads[3] = word(2, 2);
        told.anchor();
    };
    let chunk = |leaf: &Withheld| *leaf == Withheld::Chunk { chunk: 0 };
    withholds(hiding, "head/5/chunks", "chunk_withheld", chunk).await;
}

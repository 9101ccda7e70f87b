//! What else the command meets: wrong input of each kind, nobody to ask, a kill in between, somebody who was first.

use anchors::Phase;
use ledgers::published::pair;
use protocol::lifecycle::Kind;
use serde_json::Value;
use std::path::PathBuf;
use vouchsafe_tests::liar::{BOND_WEI, Liar, named};
use vouchsafe_tests::{Anvil, Run};

/// A ledger whose clock goes back, anchored, and the file that says so.
async fn lied(anvil: &Anvil) -> (Liar, PathBuf) {
    let mut liar = Liar::open(anvil).await;
    let mut told = liar.story();
    told.take(Kind::Transfer, 1, 5..6, 1, &pair("shop", 1), None, &[pair("shop", 0)]);
    told.steps[6].entry.at = 0;
    told.anchor();
    liar.anchor(&told).await;
    let report = liar.audited(&[], 30).await;
    let [("clock_back", Some("F9"), Some(file))] = named(&report, "contradictions")[..] else {
        panic!("{report:#}")
    };
    let file = liar.kept(file);
    (liar, file)
}

#[tokio::test]
async fn a_kill_between_commitment_and_report_loses_nothing() {
    let anvil = Anvil::start().await;
    let (liar, file) = lied(&anvil).await;
    let mut killed = liar.challenge(&file, &["--yes"]).begin();
    killed.says("Waiting for two blocks").await;
    killed.kill().await;
    assert_eq!(liar.judge().bond(liar.ledger()).await.unwrap().phase, Phase::Open);
    let kept = std::fs::read_to_string(file.with_extension("json.commitment")).expect("the salt is kept");
    let salt: Value = serde_json::from_str(&kept).unwrap();

    let done = liar.challenge(&file, &["--yes", "--json"]).end().await.exits(0);
    let told: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(told["collected_wei"], (BOND_WEI / 2).to_string(), "by the commitment of the first run");
    assert!(!done.stderr.contains("Committing"), "{}", done.stderr);
    assert!(!done.stderr.contains(salt["salt"].as_str().unwrap()));
}

#[tokio::test]
async fn nothing_is_sent_without_a_key_or_a_word() {
    let anvil = Anvil::start().await;
    let (liar, file) = lied(&anvil).await;
    let before = anvil.balance(Liar::reporter()).await;
    let shown = liar.challenge(&file, &["--dry-run"]).end().await.exits(0);
    for said in
        ["F9 clock set back", "At stake: 1 ether", "0.5 ether is burned", " gas, ", "Nothing was sent"]
    {
        assert!(shown.stdout.contains(said), "{said} in {}", shown.stdout);
    }
    let chinese = liar.challenge(&file, &["--dry-run", "--lang", "zh"]).end().await.exits(0);
    assert!(chinese.stdout.contains("押金") && !chinese.stdout.contains("At stake"), "{}", chinese.stdout);
    let unasked = liar.challenge(&file, &[]).end().await.exits(2);
    assert!(unasked.stderr.contains("--yes"), "{}", unasked.stderr);
    assert_eq!(anvil.balance(Liar::reporter()).await, before);
    assert_eq!(liar.judge().bond(liar.ledger()).await.unwrap().phase, Phase::Open);
}

#[tokio::test]
async fn who_comes_second_is_told_so() {
    let anvil = Anvil::start().await;
    let (liar, file) = lied(&anvil).await;
    liar.challenge(&file, &["--yes"]).end().await.exits(0);
    let again = liar.challenge(&file, &["--yes"]).end().await.exits(1);
    assert!(again.stdout.contains("was taken before"), "{}", again.stdout);
}

#[tokio::test]
async fn wrong_input_is_named_and_costs_nothing() {
    let anvil = Anvil::start().await;
    let (liar, file) = lied(&anvil).await;
    let good = std::fs::read_to_string(&file).unwrap();
    let written = |name: &str, text: &str| {
        let path = liar.folder().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let told = async |run: Run, exit, said: &str| {
        let done = run.end().await.exits(exit);
        assert!(done.stderr.contains(said), "{said:?} in {}", done.stderr);
    };
    let yes = ["--yes"];
    told(liar.challenge(&written("none.json", "{}"), &yes), 2, "is no challenge file").await;
    told(liar.challenge(&written("cut.json", &good[..good.len() / 2]), &yes), 2, "is no challenge file")
        .await;
    told(liar.challenge(&liar.folder().join("missing.json"), &yes), 2, "missing.json").await;
    // Another clock for the later entry: its path leads elsewhere.
    let mut value: Value = serde_json::from_str(&good).unwrap();
    let entry =
        value["proof"]["y"]["entry"].as_str().unwrap().replacen("0000000000000000", "0000000000000001", 1);
    value["proof"]["y"]["entry"] = entry.into();
    told(liar.challenge(&written("damaged.json", &value.to_string()), &yes), 1, "does not hold").await;
    let mut value: Value = serde_json::from_str(&good).unwrap();
    value["checkpoint"]["vouchers"] = 25.into();
    told(liar.challenge(&written("other.json", &value.to_string()), &yes), 1, "not the one that this ledger")
        .await;

    told(liar.challenge(&file, &["--yes", "--judge", "0x12"]), 2, "no address").await;
    let nobody = format!("0x{}", "11".repeat(20));
    told(liar.challenge(&file, &["--yes", "--judge", &nobody]), 3, "no judge of the ledgers").await;
    told(liar.challenge(&file, &yes).env("VOUCHSAFE_REPORTER_KEY", "12"), 2, "64 hex digits").await;
    let key = written("reporter.key", &"11".repeat(32));
    let exposed = ["--yes", "--key-file", key.to_str().unwrap()];
    told(liar.challenge(&file, &exposed), 2, "reporter.key").await;
    let down = Run::vouchsafe(["challenge"]).args([&file]).args(["--rpc", "http://127.0.0.1:1", "--dry-run"]);
    told(down, 3, "out of reach").await;
    told(Run::vouchsafe(["challenge"]).args([&file]).args(["--dry-run"]), 2, "no chain").await;
    assert_eq!(liar.judge().bond(liar.ledger()).await.unwrap().phase, Phase::Open);
}

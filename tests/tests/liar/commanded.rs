//! What else the command meets: wrong input of each kind, nobody to ask, a kill in between, somebody who was first.

use anchors::Phase;
use anchors::devnet::DEVELOPMENT_KEYS;
use ledgers::published::pair;
use protocol::entry::Entry;
use protocol::lifecycle::Kind;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
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

/// An endpoint in front of the chain, and all that it is sent.
async fn listening(anvil: &Anvil) -> (String, Arc<Mutex<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (to, heard) = (anvil.url().trim_start_matches("http://").to_owned(), Arc::<Mutex<String>>::default());
    let all = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((here, _)) = listener.accept().await {
            let there = TcpStream::connect(&to).await.unwrap();
            let ((mut questions, mut back), (mut answers, mut on)) = (here.into_split(), there.into_split());
            tokio::spawn(async move { tokio::io::copy(&mut answers, &mut back).await });
            let all = Arc::clone(&all);
            tokio::spawn(async move {
                let mut bytes = vec![0; 1 << 16];
                while let Ok(read @ 1..) = questions.read(&mut bytes).await {
                    all.lock().unwrap().push_str(&String::from_utf8_lossy(&bytes[..read]));
                    on.write_all(&bytes[..read]).await.unwrap();
                }
            });
        }
    });
    (url, heard)
}

#[tokio::test]
async fn no_endpoint_sees_the_proof_before_it_is_committed_to() {
    let anvil = Anvil::start().await;
    let (_liar, file) = lied(&anvil).await;
    let text = std::fs::read_to_string(&file).unwrap();
    let entries: Vec<&str> = text.split('"').filter_map(|text| text.strip_prefix("0x")).collect();
    let shown = entries.iter().filter(|hex| hex.len() == 2 * Entry::WIDTH).collect::<Vec<_>>();
    assert_eq!(shown.len(), 2, "{text}");
    let (url, heard) = listening(&anvil).await;
    let run = |options: &[&str]| {
        let run = Run::vouchsafe(["challenge"]).args([&file]).args(["--rpc", &url]).args(options);
        run.env("VOUCHSAFE_REPORTER_KEY", DEVELOPMENT_KEYS[2])
    };
    run(&["--dry-run"]).end().await.exits(0);
    let mut begun = run(&["--yes"]).begin();
    begun.says("Waiting for two blocks").await;
    let before = heard.lock().unwrap().clone();
    assert!(before.contains("eth_estimateGas") && shown.iter().all(|entry| !before.contains(**entry)));
    begun.kill().await;
    run(&["--yes"]).end().await.exits(0);
    let after = heard.lock().unwrap().clone();
    assert!(shown.iter().all(|entry| after.contains(**entry)), "the report itself");
}

#[tokio::test]
async fn a_judge_of_other_code_is_shown_nothing_unless_it_is_named() {
    let anvil = Anvil::start().await;
    let (liar, file) = lied(&anvil).await;
    let judge = liar.judge().address().to_string();
    let code = anvil.ask("eth_getCode", json!([judge, "latest"])).await;
    let other = format!("{}00", code.as_str().unwrap());
    anvil.ask("anvil_setCode", json!([judge, other])).await;
    let refused = liar.challenge(&file, &["--yes"]).end().await.exits(1);
    assert!(refused.stderr.contains("has no judge that this version knows"), "{}", refused.stderr);
    let named = liar.challenge(&file, &["--yes", "--judge", &judge]).end().await.exits(0);
    assert!(named.stderr.contains("its code is another"), "{}", named.stderr);
}

#[tokio::test]
async fn an_account_without_money_is_told_so() {
    let anvil = Anvil::start().await;
    let (liar, file) = lied(&anvil).await;
    let reporter = Liar::reporter().to_string();
    let balance = anvil.ask("eth_getBalance", json!([reporter, "latest"])).await;
    anvil.ask("anvil_setBalance", json!([reporter, "0x1"])).await;
    let poor = liar.challenge(&file, &["--yes"]).end().await.exits(1);
    assert!(poor.stderr.contains("has 1 wei") && poor.stderr.contains("Send it more"), "{}", poor.stderr);
    anvil.ask("anvil_setBalance", json!([reporter, balance])).await;
    liar.challenge(&file, &["--yes"]).end().await.exits(0);
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
    let another = Anvil::start().await;
    let elsewhere = Run::vouchsafe(["challenge"]).args([&file]).args(["--rpc", another.url(), "--dry-run"]);
    told(elsewhere, 3, "there is no Anchors contract").await;
    told(Run::vouchsafe(["challenge"]).args([&file]).args(["--dry-run"]), 2, "no chain").await;
    assert_eq!(liar.judge().bond(liar.ledger()).await.unwrap().phase, Phase::Open);
}

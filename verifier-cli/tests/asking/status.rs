//! What the state was at a time: from files, from a node with trusted checkpoints, and from the chain.

use crate::made::{Made, OPERATOR, pair};
use crate::run::{Folder, NOW};
use crate::server::{nowhere, serve};
use crate::transcripts::check;
use anchors::{AnchorWriter as _, Clock, DEVELOPMENT_MINIMUM_BOND_WEI, Devnet, Opening};
use protocol::Digest;
use protocol::checkpoint::Checkpoint;
use protocol::dossier::Dossier;
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The golden ledger begins here.
const BEGAN: u64 = 1_790_000_000_000;

fn golden() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/status.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A folder with the golden dossiers under checkpoints 2 to 5 as `d2.json`, the trusted ones as `t2.json`, a policy.
fn folder(file: &Value) -> Folder {
    let origin = &file["ledger"];
    let policy = json!({
        "chains": [{ "chain_id": origin["chain_id"], "contract": origin["contract"], "ledgers": [origin["id"]] }],
        "issuers": [{ "key": file["issuer"], "name": "Studio" }],
    });
    let folder = Folder::new().with_json("policy.json", &policy).set("VOUCHSAFE_NOW_MS", &(BEGAN + 310_000));
    let folder = (0..6).fold(folder, |folder, number| {
        folder.with_json(&format!("t{number}.json"), &file["trusted"][number.to_string()])
    });
    (2..6).fold(folder, |folder, number| {
        folder.with_json(&format!("d{number}.json"), &file["dossiers"][number.to_string()])
    })
}

fn trusting(numbers: &[u8]) -> String {
    let trusted: Vec<String> =
        numbers.iter().map(|number| format!(" --trusted-checkpoint t{number}.json")).collect();
    trusted.concat()
}

/// `status` of two files, with a time in seconds after the beginning.
fn of_files(numbers: [u8; 2], seconds: u64) -> String {
    let [one, other] = numbers;
    let at = BEGAN + seconds * 1000;
    format!("status d{one}.json d{other}.json --at {at} --policy policy.json{}", trusting(&numbers))
}

#[test]
fn the_exit_code_is_that_of_the_verdict_then() {
    let file = golden();
    let folder = folder(&file);
    for (line, verdict, exit, certainty) in [
        (of_files([2, 3], 125), "genuine_unclaimed", 0, "operators_clock"),
        (of_files([2, 3], 150), "sold", 11, "operators_clock"),
        (of_files([3, 4], 200), "sold", 11, "chain"),
        (of_files([4, 5], 250), "spent", 10, "operators_clock"),
        (of_files([4, 5], 300), "spent", 10, "chain"),
        (of_files([2, 3], 65), "not_found", 21, "operators_clock"),
        (of_files([3, 4], 10_000), "spent", 10, "operators_clock"),
    ] {
        let report = folder.report(&line);
        let found = (report["verdict"].as_str(), report["exit"].as_u64(), report["certainty"].as_str());
        assert_eq!(found, (Some(verdict), Some(exit), Some(certainty)), "{line}");
    }
    let without_policy = of_files([2, 3], 125).replace(" --policy policy.json", "");
    assert_eq!(folder.run(&without_policy).exit, 22);
    let mine = format!("{} --my-key {}", of_files([2, 3], 125), pair(1).public());
    assert_eq!(folder.run(&mine).exit, 0);
}

#[test]
fn it_is_told_word_for_word() {
    let file = golden();
    let folder = folder(&file);
    check("status-between", &folder, &of_files([2, 3], 150));
    check("status-certain", &folder, &of_files([3, 4], 200));
    check("status-not-issued", &folder, &of_files([2, 3], 65));
    let other = folder.with_json("other.json", &file["dossiers"]["5, of another history"]);
    let other = other.with_json("t-other.json", &file["trusted"]["5, of another history"]);
    let other = other.with_json("d3.json", &file["dossiers"]["3, before the Redeem"]);
    check("status-future", &other, &of_files([2, 3], 10_000));
    let line = format!("status d3.json other.json --at {} --policy policy.json", BEGAN + 250_000);
    let line = format!("{line} --trusted-checkpoint t3.json --trusted-checkpoint t-other.json");
    check("status-contradiction", &other, &line);
    let damaged = other.with_json("d3.json", &file["dossiers"]["3, unsigned"]);
    check("status-refuted", &damaged, &of_files([2, 3], 150));
}

#[test]
fn what_cannot_be_judged_is_said() {
    let file = golden();
    let folder = folder(&file).with_json("other.json", &file["dossiers"]["5, of voucher 0"]);
    let at = "--at 2026-09-21T14:00:00Z";
    for (line, exit, says) in [
        ("status d2.json --at yesterday".to_owned(), 2, "--at is not a time"),
        ("status d2.json".to_owned(), 2, "--at"),
        (format!("status d2.json {at}"), 3, "nothing says when checkpoint 2"),
        (format!("status d2.json other.json {at}{}", trusting(&[2, 5])), 2, "not dossiers of one voucher"),
        (format!("status d2.json {} {at}", Made::key()), 2, "not dossiers of one voucher"),
        (format!("status d2.json {at} --rpc {}", nowhere()), 3, "out of reach"),
        (format!("status missing.json {at}"), 2, "there is no file"),
    ] {
        let ran = folder.run(&line);
        assert_eq!(ran.exit, exit, "{line}: {ran:?}");
        assert!(ran.err.contains(says), "{line}: {ran:?}");
    }
}

#[test]
fn a_node_gives_the_dossiers_under_the_trusted_checkpoints() {
    let file = golden();
    let folder = folder(&file);
    let key = file["dossiers"]["5"]["voucher"]["key"].as_str().unwrap().to_owned();
    let node = serve(move |_, path, _| {
        let number = path.split_once("?checkpoint=").map_or("5", |(_, number)| number);
        (200, file["dossiers"][number].to_string().into_bytes())
    });
    let line = |seconds: u64, numbers: &[u8]| {
        let at = BEGAN + seconds * 1000;
        format!("status {key} --node {node} --at {at} --policy policy.json{}", trusting(numbers))
    };
    let report = folder.report(&line(150, &[0, 1, 2, 3, 4, 5]));
    assert_eq!((&report["verdict"], &report["before"]["checkpoint"]), (&json!("sold"), &json!(2)));
    assert_eq!(report["after"]["checkpoint"], 3);
    // Neither side covers the Issue: the newest dossier shows that it came later.
    let report = folder.report(&line(30, &[0, 1, 5]));
    assert_eq!((&report["verdict"], &report["certainty"]), (&json!("not_found"), &json!("chain")));
    let ran = folder.run(&line(30, &[]));
    assert_eq!((ran.exit, ran.err.contains("nothing was given")), (2, true), "{ran:?}");
}

/// A development chain on which a ledger was opened half an hour ago, and a made voucher anchored a minute ago.
fn anchored() -> (Arc<Devnet>, Made) {
    let time = Arc::new(AtomicU64::new(NOW - 1_800_000));
    let clock = Arc::clone(&time);
    let chain = Devnet::in_memory(Clock::new(move || clock.load(Ordering::Relaxed)));
    let writer = chain.client().signing_with(Devnet::development_key(0).unwrap());
    let salt = Digest::new([7; 32]);
    let genesis = Checkpoint::genesis(pair(OPERATOR).public());
    let origin = writer.origin(salt);
    let made = Made::issued(origin, "").after(genesis.hash(origin.ledger()));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let opening =
            Opening { salt, operator_key: genesis.operator_key, bond_wei: DEVELOPMENT_MINIMUM_BOND_WEI };
        writer.open(&opening).await.unwrap();
        time.store(NOW - 60_000, Ordering::Relaxed);
        writer.anchor(origin.ledger(), &genesis, &made.checkpoint(), &[]).await.unwrap();
    });
    (chain, made)
}

#[test]
fn the_chain_says_which_checkpoints_are_beside_the_time() {
    let (chain, made) = anchored();
    let rpc = serve(move |_, _, body| (200, chain.answer(body)));
    let dossier = made.dossier();
    let node = serve(move |_, _, _| (200, serde_json::to_vec(&dossier).unwrap()));
    let folder = made.folder();
    let line =
        |at: u64| format!("status {} --node {node} --rpc {rpc} --at {at} --policy policy.json", Made::key());
    let began = crate::made::BEGAN;
    for (at, verdict, certainty, before, after) in [
        (began - 1, "not_found", "chain", Value::Null, json!(0)),
        (NOW - 120_000, "genuine_unclaimed", "operators_clock", json!(0), json!(1)),
        (NOW - 60_000, "genuine_unclaimed", "operators_clock", json!(1), Value::Null),
        (NOW + 1, "unknown", "nobody", json!(1), Value::Null),
    ] {
        let report = folder.report(&line(at));
        let found = (report["verdict"].as_str().unwrap(), report["certainty"].as_str().unwrap());
        assert_eq!(found, (verdict, certainty), "{at}: {report:#}");
        let bounds = (&report["before"]["checkpoint"], &report["after"]["checkpoint"]);
        assert_eq!(bounds, (&before, &after), "{at}");
    }
    // The file in hand is held against the same chain.
    let at = NOW - 120_000;
    let report = folder.report(&format!("status dossier.json --rpc {rpc} --at {at} --policy policy.json"));
    assert_eq!(
        (&report["verdict"], &report["before"]["checkpoint"]),
        (&json!("genuine_unclaimed"), &json!(0))
    );
    assert!(Dossier::parse(&std::fs::read_to_string(folder.path().join("dossier.json")).unwrap()).is_ok());
}

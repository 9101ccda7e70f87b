//! Holding a dossier against a chain: the development chain over HTTP, as any chain is asked.

use crate::made::{Made, OPERATOR, pair};
use crate::run::{Folder, NOW};
use crate::server::{nowhere, serve};
use anchors::{AnchorWriter as _, Clock, DEVELOPMENT_MINIMUM_BOND_WEI, Devnet, Opening};
use protocol::Digest;
use protocol::checkpoint::Checkpoint;
use serde_json::{Value, json};
use std::sync::Arc;

/// A development chain whose ledger holds a made voucher under checkpoint 1.
pub fn anchored() -> (Arc<Devnet>, Made) {
    let chain = Devnet::in_memory(Clock::new(|| NOW - 60_000));
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
        writer.anchor(origin.ledger(), &genesis, &made.checkpoint(), &[]).await.unwrap();
    });
    (chain, made)
}

fn folder(made: &Made) -> Folder {
    made.folder().with("trusted.json", "")
}

const VERIFY: &str = "verify dossier.json --policy policy.json";

#[test]
fn a_dossier_is_held_against_the_chain() {
    let (chain, made) = anchored();
    let rpc = serve(move |_, _, body| (200, chain.answer(body)));
    let folder = folder(&made);
    let report = folder.report(&format!("{VERIFY} --rpc {rpc}"));
    assert_eq!(report["verdict"], "genuine_unclaimed", "{report:#}");
    assert_eq!((&report["held_against"], &report["finality"]), (&json!("chain"), &json!("final")));
    assert_eq!(report["as_of"], (NOW - 60_000) / 1000 * 1000);
    let told = folder.run(&format!("{VERIFY} --rpc {rpc}")).out;
    assert!(told.contains("development chain (id 31337)"), "{told}");
    let fall_over = folder.report(&format!("{VERIFY} --rpc {} --rpc {rpc}", nowhere()));
    assert_eq!(fall_over["verdict"], "genuine_unclaimed");
}

#[test]
fn what_the_chain_gave_is_kept_for_a_day_without_network() {
    let (chain, made) = anchored();
    let rpc = serve(move |_, _, body| (200, chain.answer(body)));
    let folder = folder(&made);
    let keeping = folder.run(&format!("{VERIFY} --rpc {rpc} --save-checkpoint kept.json"));
    assert!(keeping.err.contains("kept.json"), "{}", keeping.err);
    let report = folder.report(&format!("{VERIFY} --trusted-checkpoint kept.json"));
    assert_eq!((&report["verdict"], &report["held_against"]), (&json!("genuine_unclaimed"), &json!("file")));
    let again = folder.run(&format!("{VERIFY} --rpc {rpc} --save-checkpoint kept.json"));
    assert!(again.err.contains("already there"), "{}", again.err);
    let without = folder.run(&format!("{VERIFY} --save-checkpoint other.json"));
    assert!(without.err.contains("no chain gave a checkpoint"), "{}", without.err);
}

#[test]
fn another_checkpoint_on_the_chain_refutes() {
    let (chain, made) = anchored();
    let rpc = serve(move |_, _, body| (200, chain.answer(body)));
    // The same ledger with a history that the chain does not have.
    let forged = Made::issued(made.origin, "").after(Digest::new([1; 32]));
    let report = folder(&forged).report(&format!("{VERIFY} --rpc {rpc}"));
    assert_eq!(report["verdict"], "refuted");
    assert_eq!(report["steps"][2]["reason"], "other_checkpoint");
}

#[test]
fn a_block_that_is_not_final_yet_makes_it_pending() {
    let (chain, made) = anchored();
    // The chain says that nothing after its first block is final.
    let rpc = serve(move |_, _, body| {
        let text = String::from_utf8_lossy(body).replace("\"finalized\"", "\"0x0\"");
        (200, chain.answer(text.as_bytes()))
    });
    let folder = folder(&made);
    let report = folder.report(&format!("{VERIFY} --rpc {rpc}"));
    assert_eq!((&report["verdict"], &report["exit"]), (&json!("genuine_pending"), &json!(0)));
    let report = folder.report(&format!("{VERIFY} --rpc {rpc} --final"));
    assert_eq!((&report["verdict"], &report["exit"]), (&json!("genuine_pending"), &json!(3)));
}

#[test]
fn a_chain_that_cannot_say_makes_it_unknown_never_refuted() {
    let (chain, made) = anchored();
    let empty = Devnet::in_memory(Clock::new(|| NOW - 60_000));
    let other = Made::on_paper("");
    let real = serve(move |_, _, body| (200, chain.answer(body)));
    let without = serve(move |_, _, body| (200, empty.answer(body)));
    let broken = serve(|_, _, _| (500, b"no".to_vec()));
    for (dossier, rpc, code) in [
        (&made, nowhere(), "chain-out-of-reach"),
        (&made, broken, "chain-out-of-reach"),
        (&made, without, "chain-no-ledger"),
        (&other, real, "chain-wrong"),
    ] {
        let report = folder(dossier).report(&format!("{VERIFY} --rpc {rpc}"));
        let found = (&report["verdict"], &report["problem"]["code"]);
        assert_eq!(found, (&json!("unknown"), &json!(code)), "{report:#}");
        assert_eq!(report["exit"], 3);
    }
}

#[test]
fn an_absence_is_held_against_the_chain_too() {
    let (chain, made) = anchored();
    let rpc = serve(move |_, _, body| (200, chain.answer(body)));
    let origin = made.origin;
    let ledger = origin.ledger();
    let asked = pair(3).public();
    let hash = made.checkpoint().hash(ledger);
    let absence = protocol::receipt::Absence::sign(&pair(OPERATOR), ledger, asked, hash, NOW);
    let node = serve(move |_, path, _| {
        if path == "/v1/ledger" {
            let view = json!({
                "ledger": { "id": ledger, "chain_id": origin.chain_id, "contract": origin.contract,
                    "opener": origin.opener, "salt": origin.salt },
                "operator_key": pair(OPERATOR).public(), "size": 1, "vouchers": 1, "site": "http://127.0.0.1",
                "development_chain": true, "anchor_interval_s": 60, "checkpoint": null, "now": NOW,
            });
            return (200, view.to_string().into_bytes());
        }
        let problem = json!({ "type": "urn:vouchsafe:problem:no-such-voucher", "title": "none", "status": 404,
            "absence": absence, "checkpoint": { "number": 1 } });
        (404, problem.to_string().into_bytes())
    });
    let report: Value = folder(&made).report(&format!("verify {asked} --node {node} --rpc {rpc}"));
    assert_eq!((&report["verdict"], &report["exit"]), (&json!("not_found"), &json!(21)), "{report:#}");
    let told = folder(&made).run(&format!("verify {asked} --node {node} --rpc {rpc}")).out;
    assert!(told.contains("development chain (id 31337)"), "{told}");
    let report = folder(&made).report(&format!("verify {asked} --node {node} --rpc {}", nowhere()));
    assert_eq!(report["problem"]["code"], "chain-out-of-reach");
}

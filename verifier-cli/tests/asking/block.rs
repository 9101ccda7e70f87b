//! Holding a dossier against the hash of a block, with no chain node at hand.

use crate::chain::anchored;
use crate::made::Made;
use crate::run::Folder;
use anchors::AnchorReader as _;
use protocol::Digest;
use protocol::dossier::Dossier;
use serde_json::{Value, json};

/// The dossier with its proof, as a node gives it, and the hash of the block that proves it.
pub fn proven() -> (Dossier, Made, Digest) {
    let (chain, made) = anchored();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (proof, block) = runtime.block_on(async {
        let client = chain.client();
        let proof = client.proof(&made.origin, 1).await.unwrap();
        (proof, client.head().await.unwrap().latest.hash)
    });
    let mut dossier = made.dossier();
    dossier.checkpoint.proof = Some(Box::new(proof));
    (dossier, made, block)
}

fn folder(made: &Made, dossier: &impl serde::Serialize) -> Folder {
    made.folder().with_json("dossier.json", dossier)
}

/// Verdict and problem of a dossier held against a block.
fn judged(folder: &Folder, block: &Digest) -> (Value, Value) {
    let report = folder.report(&format!("verify dossier.json --policy policy.json --block-hash {block}"));
    (report["verdict"].clone(), report["problem"]["code"].clone())
}

#[test]
fn a_block_hash_is_enough() {
    let (dossier, made, block) = proven();
    let folder = folder(&made, &dossier);
    let typed = format!("verify dossier.json --policy policy.json --block-hash {block}");
    let report = folder.report(&typed);
    assert_eq!(report["verdict"], "genuine_unclaimed", "{report:#}");
    assert_eq!((&report["held_against"], &report["finality"]), (&json!("block"), &json!("final")));
    assert_eq!(report["proven"]["block"]["hash"], block.to_string());
    assert!(report["as_of"].is_u64(), "{report:#}");
    let told = folder.run(&typed).out;
    assert!(told.contains("whose hash you gave") && told.contains(&block.to_string()), "{told}");
}

#[test]
fn what_proves_nothing_is_unknown_and_says_why() {
    let (dossier, made, block) = proven();
    let unknown = |code: &str| (json!("unknown"), json!(code));
    assert_eq!(judged(&folder(&made, &dossier), &Digest::new([9; 32])), unknown("block-other"));
    assert_eq!(judged(&folder(&made, &made.dossier()), &block), unknown("block-no-proof"));
    for part in ["account", "tip", "slot"] {
        let mut damaged = serde_json::to_value(&dossier).unwrap();
        damaged["checkpoint"]["proof"][part].as_array_mut().unwrap().pop();
        assert_eq!(judged(&folder(&made, &damaged), &block), unknown("block-unproven"), "{part}");
    }
    let mut other_header = serde_json::to_value(&dossier).unwrap();
    other_header["checkpoint"]["proof"]["header"] = json!("0xc0");
    assert_eq!(judged(&folder(&made, &other_header), &block), unknown("block-other"));
    // A ledger that this block does not hold: another contract, and so another name.
    let elsewhere = Made::on_paper("");
    let mut borrowed = elsewhere.dossier();
    borrowed.checkpoint.proof = dossier.checkpoint.proof;
    assert_eq!(judged(&folder(&elsewhere, &borrowed), &block), unknown("block-unproven"));
}

#[test]
fn another_checkpoint_in_the_block_refutes() {
    let (dossier, made, block) = proven();
    let forged = Made::issued(made.origin, "").after(Digest::new([1; 32]));
    let mut lie = forged.dossier();
    lie.checkpoint.proof = dossier.checkpoint.proof;
    let report = folder(&forged, &lie);
    let report = report.report(&format!("verify dossier.json --policy policy.json --block-hash {block}"));
    assert_eq!(report["verdict"], "refuted");
    assert_eq!(report["steps"][2]["reason"], "other_checkpoint");
}

#[test]
fn no_hash_and_two_sources_are_wrong_usage() {
    let (dossier, made, block) = proven();
    let folder = folder(&made, &dossier);
    let said = folder.run("verify dossier.json --block-hash 0x12");
    assert!(said.err.contains("--block-hash is not the hash of a block"), "{}", said.err);
    let said = folder.run(&format!("verify dossier.json --block-hash {block} --rpc http://127.0.0.1:9"));
    assert!(said.err.contains("--rpc"), "{}", said.err);
}

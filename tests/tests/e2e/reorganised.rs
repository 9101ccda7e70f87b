//! A chain that changes its mind, and a stranger who has nothing but the hash of one of its blocks.

use crate::scene::Scene;
use protocol::chain_proof::Header;
use protocol::dossier::Dossier;
use protocol::verify::Verdict;
use serde_json::{Value, json};
use vouchsafe_tests::{Anvil, until};

/// The checkpoints, the opening first.
async fn checkpoints(scene: &Scene) -> Vec<Value> {
    let said = scene.node.http().get("/v1/checkpoints").await.is(200).json();
    said["checkpoints"].as_array().unwrap().clone()
}

/// Waits until the node says so of its checkpoints.
async fn once(scene: &Scene, what: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    until("the checkpoints are so", async || Some(checkpoints(scene).await).filter(|now| what(now))).await
}

#[tokio::test]
async fn a_checkpoint_that_disappears_is_sent_again_with_the_same_content() {
    // Blocks stay in reach of a reorganisation for long.
    let anvil = Anvil::with(&["--slots-in-an-epoch", "50"]).await;
    let scene = Scene::on_anvil(&anvil).await;
    scene.issuer().await;
    let batch = scene.issue("stock", 3, "").await;
    scene.anchored(&batch.vouchers[0], "dossier.json").await;
    scene.types("sell --range 0 --order ORDER-1 --key issuer.key", 0).await;
    scene.anchored(&batch.vouchers[0], "dossier.json").await;
    let receipt = scene.node.http().get("/v1/receipts/1").await.is(200).json();
    anvil.mine(2).await;
    let deep = |now: &[Value]| now[1..].iter().all(|one| one["confirmations"].as_u64() >= Some(3));
    let before = once(&scene, deep).await;
    assert!(before.iter().all(|one| one["finality"] == "pending"), "{before:#?}");
    let report = scene.verdict(&batch.vouchers[1].to_string(), Verdict::GenuinePending).await;
    assert!(report["confirmations"].as_u64() >= Some(3), "{report}");

    // All blocks since the opening, and its own: the contract's deployment stays.
    let opened = before[0]["anchored"]["block_number"].as_u64().unwrap();
    let newest = anvil.ask("eth_blockNumber", json!([])).await;
    let newest = u64::from_str_radix(newest.as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
    anvil.ask("anvil_reorg", json!([newest - opened + 1, []])).await;
    let moved = |now: &[Value]| {
        let place = |one: &Value| (!one["anchored"].is_null()).then(|| one["anchored"]["block_hash"].clone());
        now.iter().zip(&before).all(|(now, before)| place(now).is_some() && place(now) != place(before))
    };
    let after = once(&scene, moved).await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before["hash"], after["hash"], "the same content");
    }
    assert_eq!(scene.node.http().get("/v1/receipts/1").await.is(200).json(), receipt);
    let metrics = scene.node.http().get("/metrics").await.is(200).text();
    let vanished = metrics.lines().find(|line| line.starts_with("vouchsafe_checkpoints_vanished_total"));
    assert!(vanished.is_some_and(|line| !line.ends_with(" 0")), "{vanished:?}");
    anvil.mine(110).await;
    once(&scene, |now| now.iter().all(|one| one["finality"] == "final" && one["confirmations"].is_null()))
        .await;
    scene.verdict(&batch.vouchers[1].to_string(), Verdict::GenuineUnclaimed).await;
    scene.in_order().await;
}

#[tokio::test]
async fn a_dossier_with_its_proof_is_judged_by_a_block_hash_when_node_and_chain_are_gone() {
    let anvil = Anvil::start().await;
    let scene = Scene::on_anvil(&anvil).await;
    scene.issuer().await;
    let batch = scene.issue("stock", 2, "").await;
    scene.anchored(&batch.vouchers[0], "without.json").await;
    anvil.mine(3).await;
    let typed = format!("dossier {} --with-proof --out with.json", batch.vouchers[0]);
    let said = scene.types(&typed, 0).await;
    let dossier = Dossier::parse(&scene.read("with.json")).unwrap();
    let Header { number, hash, .. } = dossier.checkpoint.proof.unwrap().header().unwrap();
    // The asker looks it up himself.
    let block = anvil.ask("eth_getBlockByNumber", json!([format!("{number:#x}"), false])).await;
    assert_eq!(block["hash"], hash.to_string());
    assert!(said.stdout.contains(&hash.to_string()), "{}", said.stdout);
    anvil.kill().await;
    let by_block = |file: &str, hash: &str| format!("verify {file} --policy policy.json --block-hash {hash}");
    let hash = hash.to_string();
    scene.judged(&by_block("with.json", &hash), Verdict::GenuineUnclaimed, 0).await;
    let other = format!("0x{}", "11".repeat(32));
    for (file, hash, code) in
        [("without.json", &hash, "block-no-proof"), ("with.json", &other, "block-other")]
    {
        let report = scene.judged(&by_block(file, hash), Verdict::Unknown, 3).await;
        assert_eq!(report["problem"]["code"], code, "{report}");
    }
    // The node has none to give now, and says so; the dossier is saved all the same.
    let typed = format!("dossier {} --with-proof --out later.json", batch.vouchers[1]);
    let said = scene.types(&typed, 3).await;
    assert!(said.stderr.contains("without one"), "{}", said.stderr);
    assert!(Dossier::parse(&scene.read("later.json")).unwrap().checkpoint.proof.is_none());
}

#[tokio::test]
async fn the_embedded_chain_proves_by_a_block_hash_too() {
    let scene = Scene::on_devnet().await;
    scene.issuer().await;
    let batch = scene.issue("stock", 2, "").await;
    scene.anchored(&batch.vouchers[0], "dossier.json").await;
    scene.types(&format!("dossier {} --with-proof --out with.json", batch.vouchers[0]), 0).await;
    let dossier = Dossier::parse(&scene.read("with.json")).unwrap();
    let hash = dossier.checkpoint.proof.unwrap().header().unwrap().hash;
    let typed = format!("verify with.json --policy policy.json --block-hash {hash}");
    scene.judged(&typed, Verdict::GenuineUnclaimed, 0).await;
    scene.in_order().await;
}

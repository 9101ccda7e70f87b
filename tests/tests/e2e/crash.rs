//! A node that is killed as a power cut would, again and again while parties take steps: what it gave a receipt for
//! stands, and who repeats his command gets the rest done.

use crate::scene::{Batch, Scene};
use protocol::verify::Verdict;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Duration;
use vouchsafe_tests::{Anvil, until};

const CARDS: u64 = 120;

#[tokio::test]
async fn receipts_are_honoured_by_a_node_that_was_killed_in_the_middle() {
    let anvil = Anvil::start().await;
    let mut scene = Scene::on_anvil(&anvil).await;
    scene.issuer().await;
    let buyer = scene.key("buyer", "").await;
    let batch = scene.issue("stock", CARDS, "").await;
    scene.write("all.txt", &(batch.lines.join("\n") + "\n"));
    let claim = "claim --lines all.txt --key buyer.key --receipts receipts.ndjson";

    let mut interrupted = 0;
    for enough in [10, 35, 70] {
        let mut claiming = scene.begins(claim);
        until_receipts(&scene, enough).await;
        scene.node.kill().await;
        let ended = claiming.ended().await;
        // All of them may have come through before the kill.
        assert!(matches!(ended.code(), Some(0 | 3)), "{ended:?}:\n{}", claiming.said());
        interrupted += u64::from(ended.code() == Some(3));
        assert!(!claiming.said().contains("panicked"), "{}", claiming.said());
        scene.node.start().await;
        honoured(&scene).await;
    }
    assert!(interrupted > 0, "no command was interrupted");
    scene.types(claim, 0).await;
    assert_eq!(honoured(&scene).await as u64, CARDS, "a receipt for each");
    assert_eq!(scene.size().await, 1 + CARDS, "nothing stands twice");
    claimed_on_the_chain(&scene, &anvil, &batch, &format!("--my-key {buyer}")).await;
    scene.in_order().await;
}

async fn until_receipts(scene: &Scene, enough: usize) {
    let receipts =
        || std::fs::read_to_string(scene.file("receipts.ndjson")).unwrap_or_default().lines().count();
    until(&format!("{enough} receipts"), async || (receipts() >= enough).then_some(())).await;
}

/// Every receipt that anybody holds is for the entry that stands at its index. Gives how many entries have one.
async fn honoured(scene: &Scene) -> usize {
    let mut indices = HashSet::new();
    for line in scene.read("receipts.ndjson").lines() {
        let Ok(kept) = serde_json::from_str::<Value>(line) else { continue };
        let receipt = &kept["receipt"];
        let index = receipt["index"].as_u64().unwrap();
        let stands = scene.node.http().get(&format!("/v1/entries/{index}")).await.is(200).json();
        assert_eq!(stands["entry"], kept["entry"], "entry {index}");
        assert_eq!(stands["receipt"]["leaf"], receipt["leaf"], "entry {index}");
        indices.insert(index);
    }
    indices.len()
}

async fn claimed_on_the_chain(scene: &Scene, anvil: &Anvil, batch: &Batch, options: &str) {
    let last = batch.vouchers.last().unwrap();
    scene.anchored(last, "last.json").await;
    anvil.mine(3).await;
    for voucher in [&batch.vouchers[0], last] {
        scene.verdict(&format!("{voucher} {options}"), Verdict::Genuine).await;
    }
}

/// Sells number 5, and kills the node when the checkpoint of it was cut and sent.
async fn killed_while_a_checkpoint_waits_for_its_block(scene: &mut Scene, anvil: &Anvil) {
    // What is on its way from before must not be what is waited for.
    until("an anchored checkpoint", async || newest(scene).await["anchored"].is_object().then_some(())).await;
    anvil.ask("evm_setAutomine", json!([false])).await;
    scene.types("sell --range 5 --order ORDER-5 --key issuer.key", 0).await;
    until("a checkpoint that is sent", async || {
        let waiting = anvil.ask("txpool_status", json!([])).await["pending"].clone();
        (newest(scene).await["anchored"].is_null() && waiting == "0x1").then_some(())
    })
    .await;
    let cut = newest(scene).await;
    scene.node.kill().await;
    scene.node.start().await;
    let kept = newest(scene).await;
    assert!(kept["anchored"].is_null(), "{kept}");
    assert_eq!(kept["hash"], cut["hash"], "a checkpoint that was sent is cut anew");
    anvil.ask("evm_setAutomine", json!([true])).await;
    anvil.mine(1).await;
}

/// The newest checkpoint.
async fn newest(scene: &Scene) -> Value {
    let said = scene.node.http().get("/v1/checkpoints").await.is(200).json();
    said["checkpoints"].as_array().unwrap().last().unwrap().clone()
}

#[tokio::test]
async fn a_node_that_is_killed_while_it_anchors_ends_in_one_chain_of_checkpoints() {
    let anvil = Anvil::start().await;
    let mut scene = Scene::on_anvil(&anvil).await;
    scene.issuer().await;
    let batch = scene.issue("stock", 10, "").await;
    for (number, pause) in [(0, 0), (1, 30), (2, 200), (3, 700), (4, 1500)] {
        scene.types(&format!("sell --range {number} --order ORDER-{number} --key issuer.key"), 0).await;
        tokio::time::sleep(Duration::from_millis(pause)).await;
        scene.node.kill().await;
        scene.node.start().await;
    }
    killed_while_a_checkpoint_waits_for_its_block(&mut scene, &anvil).await;
    scene.anchored(&batch.vouchers[5], "dossier.json").await;
    anvil.mine(3).await;
    for voucher in &batch.vouchers[..6] {
        scene.verdict(&voucher.to_string(), Verdict::Sold).await;
    }
    let checkpoints = scene.node.http().get("/v1/checkpoints").await.is(200).json();
    let checkpoints = checkpoints["checkpoints"].as_array().unwrap();
    let hashes: HashSet<&str> =
        checkpoints.iter().map(|checkpoint| checkpoint["hash"].as_str().unwrap()).collect();
    assert_eq!(hashes.len(), checkpoints.len());
    for pair in checkpoints.windows(2) {
        assert_eq!(pair[1]["previous"], pair[0]["hash"]);
    }
    scene.in_order().await;
}

//! `vouchsafe status --at TIME`: what a voucher's state was, from a node and an independent chain; and with the node gone.

use crate::scene::Scene;
use protocol::dossier::Dossier;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};
use vouchsafe_tests::{Anvil, until};

fn now() -> u64 {
    u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// Waits until this clock is past a time: a chain's blocks may be some seconds ahead of it.
async fn until_after(time: u64) {
    until("a later time", async || (now() > time).then_some(())).await;
}

/// When the block of a dossier's checkpoint was made.
fn block_time(dossier: &Dossier) -> u64 {
    dossier.checkpoint.anchored.unwrap().block_time
}

/// Asks for the state at a time, against the chain.
async fn state_at(scene: &Scene, anvil: &Anvil, what: &str, at: u64, exit: i32) -> Value {
    let typed = format!("status {what} --at {at} --rpc {} --policy policy.json --json", anvil.url());
    scene.types(&typed, exit).await.json()
}

#[tokio::test]
async fn the_state_at_a_time_is_told_from_the_blocks_on_both_sides_of_it() {
    let anvil = Anvil::start().await;
    let mut scene = Scene::on_anvil(&anvil).await;
    scene.issuer().await;
    let batch = scene.issue("stock", 2, "").await;
    let voucher = batch.vouchers[0].to_string();
    let issued = scene.anchored(&batch.vouchers[0], "issued.json").await;
    let issued_in = block_time(&issued);
    until_after(issued_in + 1_000).await;
    scene.types("sell --range 0 --key issuer.key", 0).await;
    let sold = scene.anchored(&batch.vouchers[0], "sold.json").await;
    let (sold_at, sold_in) = (sold.history[1].step.entry.at, block_time(&sold));
    until_after(sold_in + 1_000).await;
    scene.types("sell --range 1 --key issuer.key", 0).await;
    let later = scene.anchored(&batch.vouchers[1], "other.json").await;
    until_after(block_time(&later)).await;
    anvil.mine(3).await;

    let before = sold.history[0].step.entry.at - 3_600_000;
    let state = state_at(&scene, &anvil, &voucher, before, 21).await;
    assert_eq!((&state["verdict"], &state["certainty"]), (&json!("not_found"), &json!("chain")), "{state:#}");

    // Between the block of the Issue and the Sell: the operator's clock alone says that the Sell came later.
    let state = state_at(&scene, &anvil, &voucher, issued_in, 0).await;
    assert_eq!((&state["verdict"], &state["status"]), (&json!("genuine_unclaimed"), &json!(1)));
    assert_eq!(state["certainty"], "operators_clock");
    assert_eq!(state["before"]["checkpoint"], issued.checkpoint.checkpoint.number, "{state:#}");
    assert_eq!(state["after"]["checkpoint"], sold.checkpoint.checkpoint.number, "{state:#}");
    // After the Sell by that clock, before its block.
    let state = state_at(&scene, &anvil, &voucher, sold_at, 11).await;
    assert_eq!((&state["verdict"], &state["certainty"]), (&json!("sold"), &json!("operators_clock")));
    assert_eq!(state["accepted"].as_array().unwrap().len(), 1, "{state:#}");
    // From its block on the chain says it.
    let state = state_at(&scene, &anvil, &voucher, sold_in, 11).await;
    assert_eq!((&state["verdict"], &state["certainty"]), (&json!("sold"), &json!("chain")), "{state:#}");
    assert_eq!(state["after"]["checkpoint"], later.checkpoint.checkpoint.number, "{state:#}");
    scene.types(&format!("status {voucher} --at tomorrow"), 2).await;

    // The files are enough when the node is gone, and nothing is without either.
    scene.ends_in_order().await;
    let files = "issued.json sold.json";
    let state = state_at(&scene, &anvil, files, sold_at, 11).await;
    assert_eq!((&state["verdict"], &state["certainty"]), (&json!("sold"), &json!("operators_clock")));
    let gone = scene.types(&format!("status {voucher} --at {sold_at} --rpc {}", anvil.url()), 3).await;
    assert!(gone.stderr.contains("out of reach"), "{}", gone.stderr);
    let url = anvil.url().to_owned();
    anvil.kill().await;
    scene.types(&format!("status {files} --at {sold_at} --rpc {url} --policy policy.json"), 3).await;
}

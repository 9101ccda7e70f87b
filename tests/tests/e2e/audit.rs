//! A whole ledger, audited: from the node that keeps it, and from a mirror when the node is gone.

use crate::scene::Scene;
use serde_json::Value;
use vouchsafe_tests::{Anvil, Http};

#[tokio::test]
async fn ledger_of_an_honest_node_is_clean_from_the_node_and_from_a_mirror() {
    let anvil = Anvil::start().await;
    let mut scene = Scene::on_anvil(&anvil).await;
    scene.issuer().await;
    let batch = scene.issue("stock", 300, "--uses 3").await;
    let shop = scene.key("shop", "").await;
    scene.types(&format!("transfer --range 0:100 --to {shop} --key issuer.key"), 0).await;
    for number in [3, 40] {
        scene.types(&format!("sell --range {number} --order ORDER-{number} --key shop.key"), 0).await;
    }
    scene.types("use --range 200 --key issuer.key", 0).await;
    scene.types("redeem --range 3 --key issuer.key", 0).await;
    scene.types("hold --range 250:10 --key issuer.key", 0).await;
    scene.anchored(&batch.vouchers[250], "dossier.json").await;
    std::fs::create_dir(scene.file("words")).unwrap();
    std::fs::copy(scene.file("vouchsafe-receipts.ndjson"), scene.file("words/receipts.ndjson")).unwrap();

    let rpc = anvil.url();
    let typed = format!("audit --rpc {rpc} --receipts words --out audit --json");
    let report = scene.types(&typed, 0).await.json();
    assert_eq!(
        (&report["result"], &report["vouchers"]),
        (&Value::from("clean"), &Value::from(300)),
        "{report}"
    );
    assert_eq!(report["entries"].as_u64(), Some(scene.size().await), "{report}");
    assert_eq!(
        (&report["signatures"], &report["receipts"]),
        (&report["entries"], &Value::from(6)),
        "{report}"
    );
    assert_eq!(report["ledger"], scene.node.ledger.as_str());

    scene.types(&format!("mirror copy --rpc {rpc}"), 0).await;
    scene.ends_in_order().await;
    let report = scene.types(&format!("audit --from copy --rpc {rpc} --out again --json"), 0).await.json();
    assert_eq!(report["signatures"], report["entries"], "{report}");
    let gone = scene.types(&typed, 3).await;
    assert!(gone.stderr.contains("out of reach"), "{}", gone.stderr);
}

#[tokio::test]
async fn monitor_sees_a_ledger_grow_and_ends_in_order_when_asked() {
    let scene = Scene::on_devnet().await;
    scene.issuer().await;
    let rpc = format!("{}/rpc", scene.node.url());
    let typed = format!("audit --follow --interval 1 --metrics 127.0.0.1:0 --rpc {rpc} --out audit");
    let mut monitor = scene.begins(&typed);
    let said = monitor.says("Metrics at ").await;
    let metrics = Http::new(said.split_whitespace().last().unwrap().trim_end_matches("/metrics"));
    let batch = scene.issue("stock", 5, "").await;
    scene.anchored(&batch.vouchers[0], "dossier.json").await;
    monitor.says("1 entries, nothing contradicts").await;
    assert!(metrics.get("/metrics").await.is(200).text().contains("vouchsafe_audit_vouchers 5"));
    assert!(monitor.stop().await.success());
    let report: Value = serde_json::from_str(&scene.read("audit/report.json")).unwrap();
    assert_eq!((&report["result"], &report["entries"]), (&Value::from("clean"), &Value::from(1)), "{report}");
    scene.in_order().await;
}

//! The embedded development chain, read by an independent client through the node, and there again after a restart.

use crate::scene::Scene;
use protocol::verify::Verdict;
use vouchsafe_tests::{Program, Run};

async fn cast(arguments: &[&str]) -> String {
    Run::new(Program::Cast, arguments).end().await.exits(0).stdout.trim().to_owned()
}

#[tokio::test]
async fn cast_reads_through_the_node_what_the_node_anchored() {
    let mut scene = Scene::on_devnet().await;
    scene.issuer().await;
    let batch = scene.issue("stock", 40, "").await;
    scene.types("sell --range 7 --order ORDER-1 --key issuer.key", 0).await;
    let dossier = scene.anchored(&batch.vouchers[7], "dossier.json").await;
    let (ledger, number) = (dossier.ledger.id.to_string(), dossier.checkpoint.checkpoint.number.to_string());
    let hash = dossier.checkpoint.checkpoint.hash(dossier.ledger.id).to_string();
    let rpc = format!("{}/rpc", scene.node.url());
    let contract = scene.node.contract.clone();

    assert_eq!(cast(&["chain-id", "--rpc-url", &rpc]).await, "31337");
    let question = "checkpointHash(bytes32,uint64)(bytes32)";
    let asked = ["call", "--rpc-url", &rpc, &contract, question, &ledger, &number];
    assert_eq!(cast(&asked).await, hash);
    let events = cast(&["logs", "--rpc-url", &rpc, "--from-block", "0", "--address", &contract]).await;
    assert!(events.contains(ledger.trim_start_matches("0x")), "{events}");

    assert!(scene.node.stop().await.success());
    scene.node.start().await;
    assert_eq!(cast(&asked).await, hash, "the chain is there again");
    let report = scene.verdict(&batch.vouchers[7].to_string(), Verdict::Sold).await;
    assert_eq!(report["voucher"]["development_chain"], true, "{report}");
    scene.in_order().await;
}

#[tokio::test]
async fn the_node_gives_the_same_report_as_the_command() {
    let scene = Scene::on_devnet().await;
    scene.issuer().await;
    let batch = scene.issue("stock", 3, "").await;
    scene.types("sell --range 1 --order ORDER-1 --key issuer.key", 0).await;
    let voucher = batch.vouchers[1];
    scene.anchored(&voucher, "dossier.json").await;
    let ours = scene.verdict(&voucher.to_string(), Verdict::Sold).await;
    let policy: serde_json::Value = serde_json::from_str(&scene.read("policy.json")).unwrap();
    let question = serde_json::json!({ "voucher": voucher, "policy": policy });
    let theirs = scene.node.http().post("/v1/verify", &question).await.is(200).json();
    for member in ["verdict", "exit", "steps", "voucher"] {
        assert_eq!(theirs[member], ours[member], "{member}");
    }
    let dossier: serde_json::Value = serde_json::from_str(&scene.read("dossier.json")).unwrap();
    let question = serde_json::json!({ "dossier": dossier, "policy": policy });
    let theirs = scene.node.http().post("/v1/verify", &question).await.is(200).json();
    assert_eq!(theirs["verdict"], "sold");
    scene.in_order().await;
}

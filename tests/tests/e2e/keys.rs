//! The key that anchors and the key that signs receipts are changed while the ledger stays the same; a backup has the old one,
//! too.

use crate::scene::Scene;
use anchors::AnchoringKey;
use anchors::devnet::DEVELOPMENT_KEYS;
use protocol::verify::Verdict;
use serde_json::json;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use vouchsafe_tests::{Anvil, Program, Run};

#[tokio::test]
async fn another_key_anchors_after_it_was_named_by_the_opener() {
    let anvil = Anvil::start().await;
    let mut scene = Scene::on_anvil(&anvil).await;
    scene.issuer().await;
    let batch = scene.issue("stock", 3, "").await;
    scene.anchored(&batch.vouchers[0], "before.json").await;
    let folder = scene.node.data();
    let set = async |key: &str, exit: i32| {
        let run = Run::new(Program::Node, ["set-anchorer", "--data"]).args([&folder]);
        run.args(["--new-key", key]).end().await.exits(exit)
    };
    let fresh = scene.file("fresh.key").to_str().unwrap().to_owned();
    std::fs::write(&fresh, DEVELOPMENT_KEYS[3]).unwrap();
    set(&fresh, 1).await;
    std::fs::set_permissions(&fresh, Permissions::from_mode(0o600)).unwrap();
    let said = set(&fresh, 1).await.stderr;
    assert!(said.contains("in use"), "{said}");
    assert!(scene.node.stop().await.success());
    let old = std::fs::read_to_string(folder.join("anchoring.key")).unwrap();
    let said = set(&fresh, 0).await.stdout;
    assert!(!said.contains(DEVELOPMENT_KEYS[3]) && !said.contains(&old), "a key was printed");
    assert_eq!(std::fs::read_to_string(folder.join("opener.key")).unwrap(), old);
    // The same again, and back: the opener's key is found where it was kept.
    set(&fresh, 0).await;
    let backup = scene.file("backup");
    Run::new(Program::Node, ["backup", "--data"]).args([&folder, &backup]).end().await.exits(0);
    for key in ["operator.key", "anchoring.key", "opener.key"] {
        // Compared without showing them.
        let is_there = std::fs::read(backup.join(key))
            .is_ok_and(|copy| copy == std::fs::read(folder.join(key)).unwrap());
        assert!(is_there, "{key} is not in the backup");
        assert_eq!(backup.join(key).metadata().unwrap().permissions().mode() & 0o777, 0o600, "{key}");
    }
    scene.node.start().await;
    scene.types("sell --range 0 --order ORDER-0 --key issuer.key", 0).await;
    let after = scene.anchored(&batch.vouchers[0], "after.json").await;
    let tx = anvil.ask("eth_getTransactionByHash", json!([after.checkpoint.anchored.unwrap().tx])).await;
    let key = AnchoringKey::from_hex(DEVELOPMENT_KEYS[3]).unwrap();
    assert_eq!(tx["from"], key.address().to_string());
    scene.in_order().await;
}

#[tokio::test]
async fn another_key_signs_receipts_once_the_chain_has_named_it() {
    let mut scene = Scene::on_devnet().await;
    scene.issuer().await;
    let batch = scene.issue("stock", 3, "").await;
    scene.types("sell --range 0 --order ORDER-0 --key issuer.key", 0).await;
    let named = async |scene: &Scene| {
        scene.node.http().get("/v1/ledger").await.is(200).json()["operator_key"].as_str().unwrap().to_owned()
    };
    let before = named(&scene).await;
    let folder = scene.node.data();
    let set = async |exit: i32| {
        Run::new(Program::Node, ["set-operator-key", "--data"]).args([&folder]).end().await.exits(exit)
    };
    let said = set(1).await.stderr;
    assert!(said.contains("in use"), "{said}");
    assert!(scene.node.stop().await.success());
    let said = set(0).await.stdout;
    assert_eq!(set(0).await.stdout, said, "the same change");
    let next = said.lines().find_map(|line| line.strip_prefix("next      ")).unwrap().to_owned();
    assert!(said.contains(&before) && next != before, "{said}");
    let file = folder.join("operator-next.key");
    let secret = std::fs::read_to_string(&file).unwrap();
    assert!(!said.contains(&secret), "a key was printed");
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let backup = scene.file("backup");
    Run::new(Program::Node, ["backup", "--data"]).args([&folder, &backup]).end().await.exits(0);
    assert!(std::fs::read_to_string(backup.join("operator-next.key")).is_ok_and(|copy| copy == secret));

    scene.node.start().await;
    assert_eq!(named(&scene).await, next);
    assert!(!file.exists());
    assert!(std::fs::read_to_string(folder.join("operator.key")).is_ok_and(|now| now == secret));
    scene.types("sell --range 1 --order ORDER-1 --key issuer.key", 0).await;
    // What was done before is done still, by a receipt of the old key or the new one.
    let again = scene.types("sell --range 0 --order ORDER-0 --key issuer.key", 0).await;
    assert!(again.stdout.contains("recorded before"), "{}", again.stdout);
    let dossier = scene.anchored(&batch.vouchers[1], "sold.json").await;
    assert_eq!(dossier.checkpoint.checkpoint.operator_key.to_string(), next);
    scene.verdict("sold.json", Verdict::Sold).await;
    scene.verdict(&batch.vouchers[2].to_string(), Verdict::GenuineUnclaimed).await;
    std::fs::create_dir(scene.file("words")).unwrap();
    std::fs::copy(scene.file("vouchsafe-receipts.ndjson"), scene.file("words/receipts.ndjson")).unwrap();
    let typed = format!("audit --rpc {}/rpc --receipts words --out audit --json", scene.node.url());
    let report = scene.types(&typed, 0).await.json();
    assert_eq!(report["contradictions_total"], 0, "{report}");
    assert_eq!(report["receipts"], 2, "one by each key: {report}");
    scene.in_order().await;
}

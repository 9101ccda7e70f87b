//! The key that anchors is changed while the ledger stays the same; a backup has the old one, too.

use crate::scene::Scene;
use anchors::AnchoringKey;
use anchors::devnet::DEVELOPMENT_KEYS;
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

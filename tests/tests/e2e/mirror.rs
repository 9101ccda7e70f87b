//! The public data in other hands: mirrors of a node at work, of a mirror, of a web server; and a node that lost its store
//! and gets it back from one.

use crate::scene::Scene;
use std::path::Path;
use std::time::Duration;
use vouchsafe_tests::{Anvil, Finished, Program, Run, serve};

/// How many files there are, at any depth.
fn files_below(folder: &Path) -> usize {
    let items = std::fs::read_dir(folder).into_iter().flatten().flatten();
    items.map(|item| if item.path().is_dir() { files_below(&item.path()) } else { 1 }).sum()
}

impl Scene {
    /// Mirrors from there into a folder, and gives the report.
    async fn mirror(&self, to: &str, from: &str, anvil: &Anvil, exit: i32) -> serde_json::Value {
        let typed = format!("mirror {to} --from {from} --rpc {} --json", anvil.url());
        self.types(&typed, exit).await.json()
    }

    /// `vouchsafe-node` on the data folder.
    async fn operates(&self, command: &str, arguments: &[&Path]) -> Finished {
        let run = Run::new(Program::Node, [command, "--data"]).args([self.node.data()]);
        run.args(arguments).folder(self.folder.path()).end().await
    }
}

/// Batches handed on to `shop`, all of it anchored.
async fn busy(anvil: &Anvil) -> Scene {
    let scene = Scene::on_anvil(anvil).await;
    scene.issuer().await;
    let shop = scene.key("shop", "").await;
    let batch = scene.issue("cards", 300, "").await;
    scene.issue("more", 20, "").await;
    for number in 0..5 {
        scene.types(&format!("transfer --range {number} --to {shop} --key issuer.key"), 0).await;
    }
    scene.anchored(&batch.vouchers[4], "four.json").await;
    scene
}

#[tokio::test]
async fn a_mirror_is_killed_resumed_mended_and_mirrored() {
    let anvil = Anvil::start().await;
    let scene = busy(&anvil).await;
    let node = scene.node.url().to_owned();
    let mut kills = 0;
    for files in [0, 1, 2, 4, 8] {
        let mut run = scene.begins(&format!("mirror copy --from {node} --rpc {} --jobs 1", anvil.url()));
        while run.is_running() && files_below(&scene.file("copy")) < files {
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        if run.is_running() {
            run.kill().await;
            kills += 1;
        }
    }
    let report = scene.mirror("copy", &node, &anvil, 0).await;
    assert!(kills >= 3, "only {kills} runs were killed");
    assert!(report["kept"].as_u64() > Some(0), "nothing was left to resume: {report}");
    assert_eq!(
        (&report["damaged_count"], &report["contradictions_count"]),
        (&0.into(), &0.into()),
        "{report}"
    );
    assert_eq!(report["checkpoint"], report["newest"]);
    assert_eq!(report["vouchers"], 320);
    let copy = scene.file("copy");
    // From here on the mirror is all there is.
    let mut scene = scene;
    scene.ends_in_order().await;
    scene.types("mirror copy --from copy --rpc http://127.0.0.1:1", 2).await;
    let behind_server = serve(copy.clone()).await;
    let second = scene.mirror("second", &behind_server, &anvil, 0).await;
    assert_eq!(second["size"], report["size"]);
    let spoiled = scene.file("second/batch/0/manifest");
    let mut bytes = std::fs::read(&spoiled).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&spoiled, bytes).unwrap();
    let mended = scene.mirror("second", copy.to_str().unwrap(), &anvil, 0).await;
    assert_eq!(mended["damaged"], serde_json::json!(["batch/0/manifest"]));
    assert_eq!(mended["fetched"], 1);
    for wrong in ["mirror second --from nowhere", "mirror second --from http://127.0.0.1:1"] {
        let told = scene.vouchsafe(&format!("{wrong} --rpc {}", anvil.url())).end().await;
        assert!(matches!(told.exit, Some(2 | 3)) && told.stderr.contains('→'), "{}", told.stderr);
    }
    let unheld = scene.vouchsafe("mirror second --from copy").env("VOUCHSAFE_RPC", "").end().await;
    assert!(unheld.exits(2).stderr.contains("nothing was given to hold it against"));
}

#[tokio::test]
async fn a_lost_store_is_rebuilt_from_a_mirror_and_the_node_goes_on() {
    let anvil = Anvil::start().await;
    let mut scene = busy(&anvil).await;
    let node = scene.node.url().to_owned();
    scene.mirror("copy", &node, &anvil, 0).await;
    let size = scene.size().await;
    scene.ends_in_order().await;
    std::fs::remove_dir_all(scene.node.data().join("store")).unwrap();
    let from = scene.file("copy");
    let nowhere = scene.file("nowhere");
    let refused = scene.operates("rebuild", &["--from".as_ref(), &nowhere]).await;
    assert!(refused.exits(1).stderr.contains("ledger.json"));
    let rebuilt = scene.operates("rebuild", &["--from".as_ref(), &from]).await.exits(0);
    assert!(rebuilt.stdout.contains("vouchers     320"), "{}", rebuilt.stdout);
    scene.node.fsck().await.exits(0);
    scene.node.start().await;
    assert_eq!(scene.size().await, size);
    let batch = scene.batch("cards", 0);
    scene.types("sell --range 0 --order ORDER-0 --key shop.key", 0).await;
    let dossier = scene.anchored(&batch.vouchers[0], "sold.json").await;
    assert_eq!(dossier.history.len(), 3);
    scene.in_order().await;
}

#[tokio::test]
async fn a_backup_that_became_old_is_refused_and_brought_up_from_a_mirror() {
    let anvil = Anvil::start().await;
    let mut scene = busy(&anvil).await;
    let node = scene.node.url().to_owned();
    let backup = scene.file("backup");
    scene.operates("backup", &[&backup]).await.exits(0);
    assert!(scene.operates("backup", &[&backup]).await.exits(1).stderr.contains("already"));
    Run::new(Program::Node, ["fsck", "--data"]).args([&backup]).end().await.exits(0);
    let batch = scene.batch("cards", 0);
    scene.types("sell --range 1 --order ORDER-1 --key shop.key", 0).await;
    scene.anchored(&batch.vouchers[1], "sold.json").await;
    scene.mirror("copy", &node, &anvil, 0).await;
    let size = scene.size().await;
    scene.ends_in_order().await;
    let store = scene.node.data().join("store");
    std::fs::remove_dir_all(&store).unwrap();
    std::fs::rename(backup.join("store"), &store).unwrap();
    assert!(!scene.node.comes_up().await);
    let said = scene.node.process().said();
    assert!(said.contains("vouchsafe mirror") && said.contains("vouchsafe-node rebuild"), "{said}");
    let copy = scene.file("copy");
    let rebuilt = scene.operates("rebuild", &["--from".as_ref(), &copy]).await.exits(0);
    assert!(rebuilt.stdout.contains(&format!("entries      {size}")), "{}", rebuilt.stdout);
    scene.node.fsck().await.exits(0);
    scene.node.start().await;
    assert_eq!(scene.size().await, size);
    scene.types("sell --range 2 --order ORDER-2 --key shop.key", 0).await;
    scene.anchored(&batch.vouchers[2], "sold-too.json").await;
    // A node that is not at work is backed up too.
    scene.ends_in_order().await;
    let cold = scene.file("cold");
    scene.operates("backup", &[&cold]).await.exits(0);
    Run::new(Program::Node, ["fsck", "--data"]).args([&cold]).end().await.exits(0);
}

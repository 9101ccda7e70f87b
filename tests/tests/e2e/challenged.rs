//! An honest node that is challenged on a real `anvil`: it shows every kind of leaf, and keeps its bond.

use crate::scene::Scene;
use anchors::devnet::DEVELOPMENT_KEYS;
use protocol::dossier::Dossier;
use protocol::fraud::file::{ChallengeFile, Charge};
use protocol::fraud::{Challenge, ProvenEntry, Shown, Withheld};
use serde_json::Value;
use vouchsafe_tests::{Anvil, Finished, Program, Run, until};

/// Each kind of leaf that the dossier's checkpoint stands for.
fn leaves(dossier: &Dossier) -> Vec<(&'static str, Withheld)> {
    let first = &dossier.history[0];
    let issue = ProvenEntry { index: first.index, entry: first.step.entry, path: first.path.clone() };
    let record = |leaf| Withheld::Record { issue: issue.clone(), leaf };
    vec![
        ("entry", Withheld::Entry { index: 0 }),
        ("chunk", Withheld::Chunk { chunk: 1 }),
        ("record", record(17)),
        ("terms", record(0)),
    ]
}

impl Scene {
    /// What backs the ledger, once the node has put it under its judge.
    async fn backed(&self) -> Value {
        until("a judge", async || {
            let bond = self.node.http().get("/v1/ledger").await.is(200).json()["bond"].clone();
            bond["judges"].as_array().is_some_and(|judges| !judges.is_empty()).then_some(bond)
        })
        .await
    }

    async fn challenge(&self, rpc: &str, file: &str, exit: i32) -> Finished {
        let typed = format!("challenge {file} --rpc {rpc} --yes --json");
        let run = self.vouchsafe(&typed).env("VOUCHSAFE_REPORTER_KEY", DEVELOPMENT_KEYS[1]);
        run.end().await.exits(exit)
    }

    /// Waits until the judge says that the leaf was shown; gives it.
    async fn answered(&self, rpc: &str, file: &str) {
        until(&format!("{file} is answered"), async || {
            let run = self.vouchsafe(&format!("challenge {file} --rpc {rpc} --dry-run --json")).end().await;
            let told: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
            (told["outcome"] == "answered").then_some(())
        })
        .await;
    }
}

#[tokio::test]
async fn a_challenged_node_shows_every_kind_of_leaf_and_keeps_its_bond() {
    let anvil = Anvil::start().await;
    let mut scene = Scene::on_anvil(&anvil).await;
    scene.issuer().await;
    let batch = scene.issue("A", 40, "").await;
    let dossier = scene.anchored(&batch.vouchers[0], "a.json").await;
    assert_eq!(scene.backed().await["phase"], "open");
    let checkpoint = dossier.checkpoint.checkpoint;
    let leaves = leaves(&dossier);
    for (name, leaf) in &leaves {
        let shown = Shown { ledger: dossier.ledger.id, checkpoint, newer: Vec::new() };
        let charge = Charge::Challenge(Challenge { shown, leaf: leaf.clone() });
        let file = ChallengeFile { origin: dossier.ledger.origin, charge };
        scene.write(&format!("{name}.json"), &file.to_text());
    }
    let rpc = anvil.url();
    for (name, _) in &leaves[..2] {
        scene.challenge(rpc, &format!("{name}.json"), 0).await;
    }
    // What is raised while the node is down is found when it is back.
    scene.node.kill().await;
    for (name, _) in &leaves[2..] {
        scene.challenge(rpc, &format!("{name}.json"), 0).await;
    }
    scene.node.start().await;
    for (name, _) in &leaves {
        scene.answered(rpc, &format!("{name}.json")).await;
    }
    anvil.pass(4 * 86_400).await;
    for (name, _) in &leaves {
        scene.challenge(rpc, &format!("{name}.json"), 1).await;
    }
    assert_eq!(scene.backed().await["phase"], "open");
    let bond = async |what: &str, exit: i32| {
        let run = Run::new(Program::Node, ["bond", what, "--data"]).args([scene.node.data()]);
        run.end().await.exits(exit)
    };
    let owed = |said: &Finished| -> u128 {
        let line = said.stdout.lines().find_map(|line| line.strip_prefix("deposits ")).expect("deposits");
        line.trim().split(' ').next().expect("an amount").parse().expect("a number")
    };
    let all = owed(&bond("show", 0).await);
    assert!(all > 0 && all.is_multiple_of(leaves.len() as u128), "one for each: {all}");
    let collected = bond("collect", 0).await;
    assert!(collected.stdout.contains(&format!("collected {all} wei")), "{}", collected.stdout);
    assert_eq!(owed(&collected), 0);
    assert!(bond("collect", 1).await.stderr.contains("no deposit is owed"));
    let metrics = scene.node.http().get("/metrics").await.is(200).text();
    assert!(metrics.contains("vouchsafe_challenges_unanswerable 0"), "{metrics}");
}

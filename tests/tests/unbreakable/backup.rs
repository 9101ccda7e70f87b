//! Backups of a node that is at work: each is a whole ledger, and nothing that was promised before it began is missing.

use crate::world::World;
use crate::{choices, rounds};
use std::path::Path;
use tempfile::TempDir;
use vouchsafe_tests::{Given, Http, Process, Program, Run, free_port, until};

const STEPS: u64 = 60;

/// The node of a copy, on a port of its own.
async fn served(copy: &Path) -> (Process, Http) {
    let address = format!("127.0.0.1:{}", free_port());
    let serve = Run::new(Program::Node, ["serve", "--listen", &address, "--data"]).args([copy]);
    let (process, http) = (serve.begin(), Http::new(format!("http://{address}")));
    until("the copy is ready", async || http.answers("/readyz").await.then_some(())).await;
    (process, http)
}

/// The copy has all of what was promised before it was begun, and of the rest it has nothing else.
async fn holds(copy: &Path, before: &[Given], since: &[Given]) {
    Run::new(Program::Node, ["fsck", "--data"]).args([copy]).end().await.exits(0);
    let (process, http) = served(copy).await;
    let size = http.get("/v1/ledger").await.is(200).json()["size"].as_u64().unwrap();
    for given in before.iter().chain(since.iter().filter(|given| given.index < size)) {
        given.honoured(&http).await.unwrap();
    }
    assert!(process.stop().await.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_of_a_node_at_work_has_all_that_was_promised_before_it_began() {
    let mut random = choices();
    let mut world = World::in_peace().await;
    world.node.start().await;
    world.load(&mut random, STEPS).await;
    for _ in 0..rounds("VOUCHSAFE_BACKUP_ROUNDS", 3) {
        let before = world.promised.len();
        let place = TempDir::new().unwrap();
        let copy = place.path().join("copy");
        let backing = Run::new(Program::Node, ["backup", "--data"]).args([&world.node.data(), &copy]);
        let backing = tokio::spawn(backing.end());
        loop {
            world.load(&mut random, STEPS).await;
            if backing.is_finished() {
                break;
            }
        }
        backing.await.unwrap().exits(0);
        let (before, since) = world.promised.split_at(before);
        assert!(!since.is_empty(), "the node was not at work meanwhile");
        holds(&copy, before, since).await;
    }
    assert!(world.honours(0).await, "a node at peace gives no answer");
    assert!(world.node.stop().await.success());
    world.node.fsck().await.exits(0);
}

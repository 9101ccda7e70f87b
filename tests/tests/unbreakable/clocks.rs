//! A machine whose clock is years off when the node starts: what stands already says so, and nothing is taken.

use crate::choices;
use crate::world::World;
use vouchsafe_tests::{Anvil, Faults, Node};

const YEAR_MILLIS: i64 = 365 * 86_400_000;

/// The node does not start, and says so with these words.
async fn is_refused(node: &mut Node, words: &[&str]) {
    assert!(!node.comes_up().await, "a node by a wrong clock takes steps");
    let said = node.process().said();
    for word in words.iter().chain(&["vouchsafe-node: this machine's clock says ", "set the clock by NTP"]) {
        assert!(said.contains(word), "no {word:?} in {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_behind_the_log_is_refused_and_a_right_one_goes_on() {
    let mut random = choices();
    let mut world = World::on_devnet().await;
    world.node.start().await;
    world.load(&mut random, 30).await;
    assert!(world.node.stop().await.success());
    world.faults.shift_clock(-YEAR_MILLIS);
    is_refused(&mut world.node, &["of the log was accepted at", "backup"]).await;
    world.faults.shift_clock(0);
    world.node.start().await;
    assert!(world.honours(0).await, "a node at peace gives no answer");
    world.load(&mut random, 30).await;
    assert!(world.node.stop().await.success());
    world.node.fsck().await.exits(0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_that_is_not_the_chains_is_refused_and_a_right_one_goes_on() {
    let anvil = Anvil::with(&["--chain-id", "5777"]).await;
    let mut node = Node::on_chain(anvil.url(), 5777, &[]).await;
    let faults = Faults::new();
    node.under(&faults, None);
    faults.shift_clock(-YEAR_MILLIS);
    is_refused(&mut node, &["of the chain is of", "time that is over"]).await;
    faults.shift_clock(YEAR_MILLIS);
    is_refused(&mut node, &["the chain's newest block", "endpoint"]).await;
    faults.shift_clock(0);
    node.start().await;
    assert!(node.stop().await.success());
    node.fsck().await.exits(0);
}

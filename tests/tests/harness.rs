//! The harness itself: what it starts is ready when it says so, is heard, and ends.

use anchors::AnchorReader as _;
use protocol::LedgerId;
use serde_json::json;
use tokio::process::Command;
use vouchsafe_tests::{Anvil, Node, Process, Run};

fn shell(script: &str) -> Process {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    Process::start(command)
}

#[tokio::test]
async fn a_process_is_heard_on_both_outputs_and_stopped() {
    let mut process = shell("echo one; echo two >&2; exec sleep 600");
    assert_eq!(process.says("one").await, "one");
    assert_eq!(process.says("tw").await, "two");
    assert!(process.is_running());
    assert!(process.stop().await.code().is_none(), "a signal ended it");
}

#[tokio::test]
#[should_panic(expected = "did not say \"ready\":\nno such luck")]
async fn a_process_that_ends_early_fails_the_test_with_its_words() {
    shell("echo no such luck").says("ready").await;
}

#[tokio::test]
async fn a_run_gives_its_exit_code_and_what_it_printed() {
    let version = Run::vouchsafe(["--version"]).end().await.exits(0);
    assert!(version.stdout.starts_with("vouchsafe "), "{version:?}");
    Run::vouchsafe(["no-such-command"]).end().await.exits(2);
}

#[tokio::test]
async fn anvil_runs_the_contract() {
    let anvil = Anvil::start().await;
    let chain = anvil.deploy(1).await;
    let reader = anvil.reader(chain);
    assert!(reader.ledger(LedgerId::new([7; 32])).await.is_err(), "no such ledger");
    let before = anvil.ask("eth_blockNumber", json!([])).await;
    anvil.mine(3).await;
    assert_ne!(anvil.ask("eth_blockNumber", json!([])).await, before);
}

#[tokio::test]
async fn a_node_starts_stops_and_comes_back_after_a_kill() {
    let mut node = Node::on_devnet(&[]).await;
    node.start().await;
    let ledger = node.http().get("/v1/ledger").await.is(200).json();
    assert_eq!(ledger["ledger"]["id"], node.ledger.as_str());
    node.kill().await;
    node.start().await;
    assert!(node.stop().await.success());
    node.fsck().await.exits(0);
}

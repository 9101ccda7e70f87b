//! What lies behind a ledger, from the first look to the day on which it goes back to its opener.

use crate::scene::Scene;
use protocol::LedgerId;
use vouchsafe_tests::{Anvil, Finished, Node, Program, Run};

const FIFTEEN_DAYS_S: u64 = 15 * 86_400;

/// Wei at stake, as the command says.
fn wei(said: &Finished) -> u128 {
    let line = said.stdout.lines().find_map(|line| line.strip_prefix("bond ")).expect("the bond");
    line.trim().strip_suffix(" wei").expect("an amount").parse().expect("a number")
}

#[tokio::test]
async fn a_ledger_ends_when_all_that_it_promised_is_kept_and_its_bond_goes_back() {
    let anvil = Anvil::start().await;
    let node = Node::on_anvil(&anvil, &["--anchor-interval", "3600"]).await;
    let folder = node.data();
    let bond = async |typed: &str, exit: i32| {
        let run = Run::new(Program::Node, ["bond"]).args(typed.split_whitespace());
        run.args(["--data".as_ref(), folder.as_os_str()]).end().await.exits(exit)
    };
    let mut scene = Scene::of(node, anvil.url().to_owned()).await;
    scene.issuer().await;
    scene.issue("stock", 3, "").await;
    scene.node.is_anchored(1).await;
    let shown = bond("show", 0).await;
    assert!(shown.stdout.contains("open, opened by 0x"), "{}", shown.stdout);
    assert_eq!(wei(&bond("top-up --wei 1000", 0).await), wei(&shown) + 1000);

    // A step is promised an anchor that has not come yet.
    scene.types("sell --range 0 --order ORDER-0 --key issuer.key", 0).await;
    let ledger = scene.node.ledger.clone();
    let close = format!("close --ledger {ledger}");
    assert!(bond(&close, 1).await.stderr.contains("in use"));
    assert!(scene.node.stop().await.success());
    let other = bond(&format!("close --ledger {}", LedgerId::new([7; 32])), 1).await.stderr;
    assert!(other.contains(&ledger), "{other}");
    let early = bond(&close, 1).await.stderr;
    assert!(early.contains("1 entries wait for an anchor"), "{early}");
    scene.node.configure(|line| line.starts_with("interval_s = ").then(|| "interval_s = 1".to_owned()));
    scene.node.start().await;
    scene.node.is_anchored(2).await;
    assert!(scene.node.stop().await.success());

    let early = bond("withdraw", 1).await.stderr;
    assert!(early.contains("is open"), "{early}");
    let early = bond(&close, 1).await.stderr;
    assert!(early.contains("is not final yet"), "{early}");
    anvil.mine(100).await;
    let closed = bond(&close, 0).await.stdout;
    assert!(closed.contains("closed, opened by") && closed.contains("taken back from"), "{closed}");
    let early = bond("withdraw", 1).await.stderr;
    assert!(early.contains("fraud is heard until"), "{early}");
    // What nobody will anchor is not promised, and the node goes on answering for what it anchored.
    assert!(scene.node.comes_up().await);
    scene.node.is_unready().await;
    scene.types("sell --range 1 --order ORDER-1 --key issuer.key", 3).await;
    assert!(scene.node.stop().await.success());

    anvil.pass(FIFTEEN_DAYS_S).await;
    let gone = bond("withdraw", 0).await;
    assert_eq!(wei(&gone), 0);
    assert!(gone.stdout.contains("withdrawn"), "{}", gone.stdout);
    assert!(bond("top-up --wei 1", 1).await.stderr.contains("withdrawn"));
}

#[tokio::test]
async fn what_needs_a_chain_of_its_own_or_a_first_start_says_so() {
    let devnet = Node::on_devnet(&[]).await;
    let run = Run::new(Program::Node, ["bond", "show", "--data"]).args([devnet.data()]);
    assert!(run.end().await.exits(1).stderr.contains("nothing is at stake"));

    let anvil = Anvil::start().await;
    let node = Node::on_anvil(&anvil, &[]).await;
    let key = node.data().join("anchoring.key");
    let run = Run::new(Program::Node, ["set-anchorer", "--data"]).args([node.data()]);
    let early = run.args(["--new-key".as_ref(), key.as_os_str()]).end().await.exits(1).stderr;
    assert!(early.contains("not under its judge") && early.contains("start the node once"), "{early}");
}

//! F8: what nobody can show takes the bond when its time is over. What an honest node shows does not: `e2e/challenged.rs`.

use anchors::Phase;
use ledgers::story::story;
use protocol::fraud::file::Charge;
use protocol::fraud::{Challenge, Withheld};
use serde_json::{Value, json};
use vouchsafe_tests::liar::{BOND_WEI, DEPOSIT_WEI, Liar};
use vouchsafe_tests::{Anvil, Finished};

fn told(done: &Finished) -> Value {
    serde_json::from_str(&done.stdout).expect("JSON")
}

#[tokio::test]
async fn an_entry_that_nobody_shows_takes_the_bond_after_three_days() {
    let anvil = Anvil::start().await;
    let mut liar = Liar::open(&anvil).await;
    let checkpoint = liar.anchor(&story().view(), &[]).await;
    let challenge = Challenge { shown: liar.shown(checkpoint), leaf: Withheld::Entry { index: 5 } };
    let file = liar.charge("withheld.json", Charge::Challenge(challenge));

    let raised = told(&liar.challenge(&file, &["--yes", "--json"]).end().await.exits(0));
    assert_eq!(raised["outcome"], "pending");
    let waiting = liar.challenge(&file, &["--yes"]).end().await.exits(0);
    assert!(waiting.stdout.contains("The operator has until"), "{}", waiting.stdout);

    anvil.pass(3 * 86_400 + 1).await;
    let taken = told(&liar.challenge(&file, &["--yes", "--json"]).end().await.exits(0));
    assert_eq!(taken["outcome"], "taken");
    assert_eq!(taken["collected_wei"], (BOND_WEI / 2 + DEPOSIT_WEI).to_string());
    assert_eq!(liar.judge().bond(liar.ledger()).await.unwrap().phase, Phase::Slashed);
    liar.tries_to_go_on().await.expect_err("a slashed ledger anchors nothing");
    let again = told(&liar.challenge(&file, &["--yes", "--json"]).end().await.exits(0));
    assert_eq!((&again["outcome"], &again["collected_wei"]), (&json!("taken"), &json!("0")));
}

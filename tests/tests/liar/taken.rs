//! What follows a proof: the bond is gone, half of it is the reporter's, and nothing is anchored any more.

use anchors::{AnchorError, Phase, Refusal};
use protocol::fraud::Rule;
use serde_json::json;
use std::path::Path;
use vouchsafe_tests::liar::{BOND_WEI, Liar};
use vouchsafe_tests::{Anvil, Finished};

/// The reporter takes the bond with the file and is paid half of it; the operator never anchors again.
pub async fn takes_the_bond(anvil: &Anvil, liar: &Liar, rule: Rule, file: &Path) -> Finished {
    let before = anvil.balance(Liar::reporter()).await;
    let done = liar.challenge(file, &["--yes", "--json"]).end().await.exits(0);
    let told = done.json();
    assert_eq!((&told["outcome"], &told["rule"]), (&json!("taken"), &json!(rule.code())));
    assert_eq!(told["collected_wei"], json!((BOND_WEI / 2).to_string()));
    let earned = anvil.balance(Liar::reporter()).await - before;
    assert!((BOND_WEI / 2 - BOND_WEI / 50..BOND_WEI / 2).contains(&earned), "half but for gas: {earned}");
    assert!(!file.with_extension("json.commitment").exists(), "nothing is left to remember");
    is_out(liar).await;
    done
}

/// The bond is gone, and the next checkpoint is refused because of it.
pub async fn is_out(liar: &Liar) {
    let bond = liar.judge().bond(liar.ledger()).await.unwrap();
    assert_eq!((bond.phase, bond.wei), (Phase::Slashed, 0));
    let refused = liar.tries_to_go_on().await.expect_err("a slashed ledger anchors nothing");
    let slashed = matches!(refused, AnchorError::Reverted(Refusal::WrongPhase { phase: Phase::Slashed, .. }));
    assert!(slashed, "{refused:?}");
}

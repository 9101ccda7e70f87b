//! F1 to F7 and F9: anchored, found, reported, taken.

use anchors::{AnchorError, Phase, Refusal};
use ledgers::honest::{Seen, honest_ledger};
use ledgers::lies::{Lie, tell};
use ledgers::story::{REDEEMED, story};
use ledgers::{Dice, View};
use protocol::fraud::file::Charge;
use protocol::fraud::{Accusation, Fraud, Rule, find};
use protocol::heads::Head;
use serde_json::json;
use vouchsafe_tests::Anvil;
use vouchsafe_tests::liar::{BOND_WEI, Liar};

/// The first random ledger in which this lie is told and breaks this rule, with the proof.
fn lied(lie: Lie, rule: Rule) -> (View, Fraud) {
    let mut seeds = 0..1000;
    let found = seeds.find_map(|seed| {
        let honest = honest_ledger(seed, &mut Seen::new());
        let view = tell(lie, &honest, &mut Dice::new(seed))?.view();
        let fraud = find(&view).unwrap().into_iter().find(|fraud| fraud.rule() == rule)?;
        Some((view, fraud))
    });
    found.unwrap_or_else(|| panic!("{lie:?} in no ledger breaks {rule:?}"))
}

/// The reporter takes the bond and is paid half of it; the operator never anchors again.
async fn takes_the_bond(anvil: &Anvil, liar: &Liar, accusation: Accusation) {
    let rule = accusation.fraud.rule();
    let file = liar.charge("charge.json", Charge::Accusation(accusation));
    let before = anvil.balance(Liar::reporter()).await;
    let done = liar.challenge(&file, &["--yes", "--json"]).end().await.exits(0);
    let told: serde_json::Value = serde_json::from_str(&done.stdout).expect("JSON");
    assert_eq!((&told["outcome"], &told["rule"]), (&json!("taken"), &json!(rule.code())));
    assert_eq!(told["collected_wei"], json!((BOND_WEI / 2).to_string()));
    let earned = anvil.balance(Liar::reporter()).await - before;
    assert!((BOND_WEI / 2 - BOND_WEI / 50..BOND_WEI / 2).contains(&earned), "half but for gas: {earned}");

    let bond = liar.judge().bond(liar.ledger()).await.unwrap();
    assert_eq!((bond.phase, bond.wei), (Phase::Slashed, 0));
    let refused = liar.tries_to_go_on().await.expect_err("a slashed ledger anchors nothing");
    let slashed = matches!(refused, AnchorError::Reverted(Refusal::WrongPhase { phase: Phase::Slashed, .. }));
    assert!(slashed, "{refused:?}");
    assert!(!file.with_extension("json.commitment").exists(), "nothing is left to remember");
}

async fn loses_his_bond(lie: Lie, rule: Rule) {
    let (view, fraud) = lied(lie, rule);
    let anvil = Anvil::start().await;
    let mut liar = Liar::open(&anvil).await;
    let checkpoint = liar.anchor(&view, &[]).await;
    let accusation = Accusation { shown: liar.shown(checkpoint), fraud };
    takes_the_bond(&anvil, &liar, accusation).await;
}

#[tokio::test]
async fn f1_double_spend_loses_the_bond() {
    loses_his_bond(Lie::DoubleSpend, Rule::F1).await;
}

#[tokio::test]
async fn f2_illegal_step_loses_the_bond() {
    loses_his_bond(Lie::ReplacedParty, Rule::F2).await;
}

#[tokio::test]
async fn f2a_illegal_alone_loses_the_bond() {
    loses_his_bond(Lie::IllegalAlone, Rule::F2a).await;
}

#[tokio::test]
async fn f3_false_link_loses_the_bond() {
    loses_his_bond(Lie::WiderRange, Rule::F3).await;
}

#[tokio::test]
async fn f4_stale_head_loses_the_bond() {
    loses_his_bond(Lie::StaleHead, Rule::F4).await;
}

#[tokio::test]
async fn f5_forged_head_loses_the_bond() {
    loses_his_bond(Lie::InventedVoucher, Rule::F5).await;
}

#[tokio::test]
async fn f6_double_issue_loses_the_bond() {
    loses_his_bond(Lie::KeyTwice, Rule::F6).await;
}

#[tokio::test]
async fn f7_overlapping_numbers_lose_the_bond() {
    loses_his_bond(Lie::OverlappingNumbers, Rule::F7).await;
}

#[tokio::test]
async fn f9_clock_set_back_loses_the_bond() {
    loses_his_bond(Lie::ClockBack, Rule::F9).await;
}

/// For a moment the head of a spent voucher says that it is for sale; then all is as it should be, 70 checkpoints long.
#[tokio::test]
async fn a_redemption_hidden_before_the_ring_loses_the_bond() {
    let honest = story();
    let mut hidden = honest.clone();
    assert_eq!(hidden.heads[3].status(), REDEEMED);
    hidden.heads[3] = Head::new(1, 2).unwrap();
    let lie = hidden.view();
    let fraud = find(&lie).unwrap().into_iter().find(|fraud| fraud.rule() == Rule::F4).expect("F4");

    let anvil = Anvil::start().await;
    let mut liar = Liar::open(&anvil).await;
    let checkpoint = liar.anchor(&lie, &[]).await;
    liar.anchor(&honest.view(), &[]).await;
    for _ in 0..70 {
        liar.heartbeat().await;
    }
    let shown = liar.shown(checkpoint);
    takes_the_bond(&anvil, &liar, Accusation { shown, fraud }).await;
}

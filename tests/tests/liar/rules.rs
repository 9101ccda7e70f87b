//! F1 to F7 and F9, by every kind of proof: anchored, published, audited, reported, taken. The audit names the told lie and
//! nothing else.

use crate::taken::takes_the_bond;
use ledgers::published::{Published, ShownBatch, issuer, pair, word};
use protocol::fraud::Rule;
use protocol::lifecycle::Kind;
use vouchsafe_tests::Anvil;
use vouchsafe_tests::liar::{Liar, named};

/// Tells a lie in an honest ledger, from nothing to the lost bond.
async fn loses_his_bond(rule: Rule, code: &str, lie: impl FnOnce(&mut Published)) {
    let anvil = Anvil::start().await;
    let mut liar = Liar::open(&anvil).await;
    let mut told = liar.story();
    lie(&mut told);
    liar.anchor(&told).await;
    let report = liar.audited(&[], 30).await;
    let [(found, Some(of), Some(file))] = named(&report, "contradictions")[..] else { panic!("{report:#}") };
    assert_eq!((found, of), (code, rule.code()), "{report:#}");
    assert_eq!(named(&report, "unchecked"), [], "{report:#}");
    takes_the_bond(&anvil, &liar, rule, &liar.kept(file)).await;
}

/// The same where the lie is in an entry, before its checkpoint is made.
async fn writes_down(rule: Rule, code: &str, lie: impl FnOnce(&mut Published)) {
    let told = |told: &mut Published| {
        lie(told);
        told.anchor();
    };
    loses_his_bond(rule, code, told).await;
}

#[tokio::test]
async fn an_honest_ledger_is_clean() {
    let anvil = Anvil::start().await;
    let mut liar = Liar::open(&anvil).await;
    let told = liar.story();
    liar.anchor(&told).await;
    let report = liar.audited(&[], 0).await;
    assert_eq!((&report["result"], &report["entries"]), (&"clean".into(), &told.size().into()));
}

#[tokio::test]
async fn f1_double_spend_loses_the_bond() {
    let sold_again = |told: &mut Published| {
        told.take(Kind::Sell, 2, 3..4, 1, &pair("buyer", 1), None, &[pair("shop", 0)]);
    };
    writes_down(Rule::F1, "double_spend", sold_again).await;
}

#[tokio::test]
async fn f2_illegal_step_loses_the_bond() {
    let spent_and_handed_on = |told: &mut Published| {
        told.take(Kind::Transfer, 1, 3..4, 5, &pair("shop", 1), None, &[pair("buyer", 0)]);
    };
    writes_down(Rule::F2, "illegal_step", spent_and_handed_on).await;
}

#[tokio::test]
async fn f2a_illegal_alone_loses_the_bond() {
    let two_used_at_once = |told: &mut Published| {
        told.take(Kind::Use, 1, 22..24, 0, &issuer(), None, &[issuer()]);
    };
    writes_down(Rule::F2a, "illegal_alone", two_used_at_once).await;
}

#[tokio::test]
async fn f3_false_link_loses_the_bond() {
    let more_than_he_had = |told: &mut Published| {
        told.take(Kind::Transfer, 1, 19..25, 1, &pair("shop", 1), None, &[pair("shop", 0)]);
    };
    writes_down(Rule::F3, "false_link", more_than_he_had).await;
}

#[tokio::test]
async fn f3_forward_link_loses_the_bond() {
    let after_itself = |told: &mut Published| {
        told.take(Kind::Transfer, 1, 30..31, told.size(), &pair("shop", 1), None, &[issuer()]);
    };
    writes_down(Rule::F3, "forward_link", after_itself).await;
}

#[tokio::test]
async fn f4_stale_head_loses_the_bond() {
    writes_down(Rule::F4, "stale_head", |told| told.heads[3] = word(2, 2)).await;
}

#[tokio::test]
async fn f4_uncounted_voucher_loses_the_bond() {
    let kept_out_of_the_count = |told: &mut Published| {
        let counted = told.vouchers();
        told.issue(10);
        told.heads.truncate(40);
        told.anchor_counting(counted);
    };
    loses_his_bond(Rule::F4, "uncounted_voucher", kept_out_of_the_count).await;
}

#[tokio::test]
async fn f5_forged_head_loses_the_bond() {
    writes_down(Rule::F5, "forged_head", |told| told.heads[39] = word(4, 5)).await;
}

#[tokio::test]
async fn f5_invented_voucher_loses_the_bond() {
    writes_down(Rule::F5, "forged_head", |told| told.heads.push(word(1, 0))).await;
}

#[tokio::test]
async fn f5_head_past_the_log_loses_the_bond() {
    writes_down(Rule::F5, "head_past_log", |told| told.heads[39] = word(1, told.size())).await;
}

#[tokio::test]
async fn f6_double_issue_loses_the_bond() {
    let the_same_codes_again = |told: &mut Published| {
        told.issue_as(40..50, ShownBatch::of(30..40));
    };
    writes_down(Rule::F6, "double_issue", the_same_codes_again).await;
}

#[tokio::test]
async fn f7_overlapping_numbers_lose_the_bond() {
    let numbers_given_twice = |told: &mut Published| {
        told.issue_as(30..40, ShownBatch::of(100..110));
    };
    writes_down(Rule::F7, "overlapping_numbers", numbers_given_twice).await;
}

#[tokio::test]
async fn f9_clock_set_back_loses_the_bond() {
    let backdated = |told: &mut Published| {
        told.claim(30, 0);
        told.steps[6].entry.at = told.step(5).entry.at - 1;
    };
    writes_down(Rule::F9, "clock_back", backdated).await;
}

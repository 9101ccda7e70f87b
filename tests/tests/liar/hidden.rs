//! A redemption that was hidden long ago: for one checkpoint the head of a spent voucher says that it is for sale; then all
//! is as it should be, until that checkpoint has left the ring, and until the way to it is too long for one transaction.

use crate::taken::takes_the_bond;
use anchors::fraud::WALK_LIMIT;
use ledgers::published::word;
use protocol::fraud::Rule;
use protocol::fraud::file::ChallengeFile;
use serde_json::json;
use vouchsafe_tests::Anvil;
use vouchsafe_tests::liar::{Liar, named};

/// Hides the redemption so many checkpoints ago, and loses the bond by it. Gives how many walks went before the report.
async fn hidden_for(checkpoints: usize) -> usize {
    let anvil = Anvil::start().await;
    let mut liar = Liar::open(&anvil).await;
    let mut told = liar.story();
    let redeemed = std::mem::replace(&mut told.heads[3], word(2, 2));
    let hiding = told.anchor();
    told.heads[3] = redeemed;
    for _ in 0..checkpoints {
        told.anchor();
    }
    liar.anchor(&told).await;
    let report = liar.audited(&[], 30).await;
    let [("stale_head", Some("F4"), Some(file))] = named(&report, "contradictions")[..] else {
        panic!("{report:#}")
    };
    assert_eq!(report["contradictions"][0]["checkpoint"], json!(hiding.number));
    let text = std::fs::read_to_string(liar.kept(file)).unwrap();
    let shown = ChallengeFile::parse(&text).unwrap().charge.shown().clone();
    assert_eq!((shown.checkpoint, shown.anchored_number()), (hiding, told.newest().number - 32));
    let done = takes_the_bond(&anvil, &liar, Rule::F4, &liar.kept(file)).await;
    done.stderr.matches("Walking to checkpoint").count()
}

#[tokio::test]
async fn a_redemption_hidden_before_the_ring_loses_the_bond() {
    assert_eq!(hidden_for(64).await, 1, "before the report: from there on nothing holds it up");
}

#[tokio::test]
async fn a_redemption_hidden_too_far_for_one_transaction_loses_the_bond() {
    assert_eq!(hidden_for(WALK_LIMIT + 64).await, 2);
}

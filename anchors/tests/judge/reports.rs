//! From commitment to reward.

use crate::common::{mined, salted};
use crate::court::{Court, OPERATOR_ACCOUNT, REPORTER, STRANGER, judge_refusal};
use ledgers::story::{CLOCK_BACK, pair, story};
use protocol::checkpoint::Checkpoint;
use protocol::fraud::{Accusation, Refused, Shown};
use protocol::{Digest, LedgerId};
use vouchsafe_anchors::fraud::proof_hash;
use vouchsafe_anchors::{
    AnchorError, AnchorReader as _, AnchorWriter as _, DEVELOPMENT_MINIMUM_BOND_WEI as BOND, JudgeRefusal,
    Phase, Refusal,
};

/// A ledger that lies about its clock, anchored, and the accusation.
async fn lied() -> (Court, Accusation) {
    let mut ledger = story();
    ledger.entries[7].at = 0;
    let view = ledger.view();
    let mut court = Court::new();
    let shown = court.anchor(&view).await;
    let fraud = pair(&view, CLOCK_BACK, 6, 7);
    (court, Accusation { shown, fraud })
}

#[tokio::test]
async fn a_committed_report_earns_half_of_the_bond() {
    let (court, accusation) = lied().await;
    let (judge, ledger) = (court.judge(REPORTER), accusation.shown.ledger);
    assert!(judge.is_judge_of(ledger).await.unwrap());
    let bond = judge.bond(ledger).await.unwrap();
    assert_eq!((bond.wei, bond.phase, bond.is_there()), (BOND, Phase::Open, true));

    court.commit(REPORTER, salted(5), proof_hash(&accusation)).await;
    let call = judge.accuse(&accusation, salted(5));
    let cost = judge.cost(&call, judge.account()).await.unwrap();
    assert!((100_000..400_000).contains(&cost.gas), "{cost:?}");
    court.send(REPORTER, call.clone()).await.expect("is proven");

    let bond = judge.bond(ledger).await.unwrap();
    assert_eq!((bond.wei, bond.phase, bond.is_there()), (0, Phase::Slashed, false));
    assert_eq!(judge.reward_wei(judge.account()).await.unwrap(), BOND / 2);
    court.send(REPORTER, judge.collect_reward()).await.expect("is paid");
    assert_eq!(judge.reward_wei(judge.account()).await.unwrap(), 0);

    // A slashed ledger anchors nothing more, is slashed once, and pays once.
    let writer = court.judge(OPERATOR_ACCOUNT).chain().clone();
    let before = accusation.shown.checkpoint;
    let next = Checkpoint { number: 2, previous: before.hash(ledger), ..before };
    let slashed =
        |error| matches!(error, AnchorError::Reverted(Refusal::WrongPhase { phase: Phase::Slashed, .. }));
    assert!(slashed(writer.anchor(ledger, &before, &next, &[]).await.expect_err("refused")));
    assert!(slashed(judge.simulate(&call, judge.account()).await.expect_err("refused")));
    let unpaid = judge.simulate(&judge.collect_reward(), judge.account()).await.expect_err("refused");
    assert_eq!(judge_refusal(unpaid), JudgeRefusal::NothingOwed);
}

#[tokio::test]
async fn an_uncommitted_copy_burns_all() {
    let (court, accusation) = lied().await;
    court.commit(REPORTER, salted(5), proof_hash(&accusation)).await;
    let thief = court.judge(STRANGER);
    court.send(STRANGER, thief.accuse(&accusation, salted(5))).await.expect("is proven");
    assert_eq!(thief.reward_wei(thief.account()).await.unwrap(), 0);
    let reporter = court.judge(REPORTER).account();
    assert_eq!(thief.reward_wei(reporter).await.unwrap(), 0);
    assert_eq!(thief.bond(accusation.shown.ledger).await.unwrap().phase, Phase::Slashed);
}

#[tokio::test]
async fn a_commitment_is_one_block_too_young() {
    let (court, accusation) = lied().await;
    let judge = court.judge(REPORTER);
    let commitment =
        vouchsafe_anchors::fraud::commitment(judge.account(), salted(5), proof_hash(&accusation));
    assert_eq!(judge.committed_at(commitment).await.unwrap(), None);
    court.send(REPORTER, judge.commit(commitment)).await.unwrap();
    let at = judge.committed_at(commitment).await.unwrap().expect("committed");
    assert_eq!(judge.chain().head().await.unwrap().latest.number, at);
    let early = court.send(REPORTER, judge.accuse(&accusation, salted(5))).await;
    let too_young = JudgeRefusal::TooYoung { committed: at };
    assert!(
        matches!(early, Err(AnchorError::Reverted(Refusal::Judge(why))) if why == too_young),
        "{early:?}"
    );
    court.send(REPORTER, judge.commit(commitment)).await.unwrap();
    court.send(REPORTER, judge.accuse(&accusation, salted(5))).await.expect("is proven");
    assert!(judge.reward_wei(judge.account()).await.unwrap() > 0, "nothing was lost by it");
}

#[tokio::test]
async fn what_is_not_anchored_is_refused_by_name() {
    let (court, accusation) = lied().await;
    let other = Checkpoint { vouchers: 25, ..accusation.shown.checkpoint };
    let shown = Shown { checkpoint: other, ..accusation.shown.clone() };
    let refused = court.judged(&shown, &accusation.fraud).await;
    assert_eq!(refused, Err(JudgeRefusal::Unproven(Refused::Checkpoint { number: 1 })));

    // Of a ledger that nobody opened, nothing is anchored; of one without this judge, nothing is taken.
    let shown = Shown { ledger: LedgerId::new([9; 32]), ..accusation.shown.clone() };
    let judge = court.judge(REPORTER);
    let call = judge.accuse(&Accusation { shown, fraud: accusation.fraud.clone() }, Digest::ZERO);
    let error = judge.simulate(&call, judge.account()).await.expect_err("refused");
    assert!(matches!(error, AnchorError::Reverted(Refusal::NotInRing { number: 1, latest: 0 })), "{error:?}");
}

#[tokio::test]
async fn a_checkpoint_that_left_the_ring_is_shown_with_those_after_it() {
    let (court, accusation) = lied().await;
    let ledger = accusation.shown.ledger;
    let writer = court.judge(OPERATOR_ACCOUNT).chain().clone();
    let mut tip = accusation.shown.checkpoint;
    for _ in 0..70 {
        let next = Checkpoint { number: tip.number + 1, previous: tip.hash(ledger), ..tip };
        mined(&writer, writer.anchor(ledger, &tip, &next, &[]).await.expect("a heartbeat")).await;
        tip = next;
    }
    let judge = court.judge(REPORTER);
    let stale = judge.simulate(&judge.accuse(&accusation, Digest::ZERO), judge.account()).await;
    let gone = AnchorError::Reverted(Refusal::NotInRing { number: 1, latest: 71 });
    assert_eq!(format!("{:?}", stale.expect_err("refused")), format!("{gone:?}"));

    let shown = judge.up_to_date(&accusation.shown).await.expect("reads the events");
    assert_eq!((shown.newer.len(), shown.anchored_number()), (22, 23), "it stays in the ring for 16 more");
    assert_eq!(court.judged(&shown, &accusation.fraud).await, Ok(()));
    court.send(STRANGER, judge.reach(&shown)).await.expect("walks");
    assert!(judge.is_reached(shown.checkpoint.hash(ledger)).await.unwrap());
    let shown = judge.up_to_date(&shown).await.unwrap();
    assert!(shown.newer.is_empty(), "somebody was there");
    assert_eq!(court.judged(&shown, &accusation.fraud).await, Ok(()));
}

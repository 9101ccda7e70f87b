//! The chain in memory fails as it is told to, so that what stands on it can be tested.

use crate::common::{BEGINNING_MS, Log, Time, opening, salted};
use std::sync::Arc;
use std::time::Duration;
use vouchsafe_anchors::{
    AnchorError, AnchorReader as _, AnchorWriter as _, Fault, Finality, MemoryChain, Phase, Refusal,
    Submission, TxState, checkpoints_around, follow,
};

async fn opened() -> (MemoryChain, Log) {
    let chain = MemoryChain::new(Time::begin().clock());
    let log = Log::open(&chain, 1).await;
    (chain, log)
}

fn out_of_reach<T>(result: Result<T, AnchorError>) {
    let error = result.err();
    assert!(matches!(error, Some(AnchorError::OutOfReach { .. })), "{error:?}");
}

#[tokio::test]
async fn a_write_lost_on_the_way_can_be_repeated() {
    let (chain, mut log) = opened().await;
    chain.fail(1, Fault::Before);
    let (next, proof) = log.grow(3);
    out_of_reach(chain.anchor(log.ledger, &log.tip, &next, &proof).await);
    assert_eq!((chain.latest(log.ledger).await.unwrap().number, chain.transactions()), (0, 1));
    let again = chain.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    assert!(matches!(again, Submission::Sent { .. }), "{again:?}");
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_stands() {
    let (chain, mut log) = opened().await;
    chain.fail(2, Fault::After);
    log.anchor(&chain, 1).await;
    let (next, proof) = log.grow(3);
    out_of_reach(chain.anchor(log.ledger, &log.tip, &next, &proof).await);
    // Another client of the same chain, as after a restart.
    let restarted = chain.clone();
    let again = restarted.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    assert_eq!((again, chain.transactions()), (Submission::AlreadyAnchored, 3));
}

#[tokio::test]
async fn an_unreachable_chain_answers_nothing() {
    let (chain, mut log) = opened().await;
    chain.set_unreachable(true);
    let (next, proof) = log.grow(1);
    out_of_reach(chain.head().await);
    out_of_reach(chain.latest(log.ledger).await);
    out_of_reach(chain.ledger(log.ledger).await);
    out_of_reach(chain.checkpoint(log.ledger, 0).await);
    out_of_reach(chain.transaction(salted(1)).await);
    out_of_reach(chain.open(&opening(2)).await);
    out_of_reach(chain.anchor(log.ledger, &log.tip, &next, &proof).await);
    chain.set_unreachable(false);
    chain.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
}

#[tokio::test]
async fn what_is_held_is_pending_until_it_is_mined() {
    let (chain, mut log) = opened().await;
    chain.hold();
    let (next, proof) = log.grow(2);
    let Submission::Sent { tx } = chain.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap() else {
        panic!()
    };
    assert_eq!(chain.transaction(tx).await.unwrap(), TxState::Pending);
    let again = chain.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    assert_eq!(again, Submission::InFlight { nonce: 1 });
    let waited = follow(&chain, tx, Duration::from_millis(1), Duration::from_millis(5)).await.unwrap();
    assert_eq!(waited, TxState::Pending);
    chain.mine();
    assert!(matches!(chain.transaction(tx).await.unwrap(), TxState::Mined { finality: Finality::Final, .. }));
}

#[tokio::test]
async fn what_is_dropped_is_unknown() {
    let (chain, mut log) = opened().await;
    chain.hold();
    let (next, proof) = log.grow(2);
    let Submission::Sent { tx } = chain.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap() else {
        panic!()
    };
    assert_eq!(chain.drop_pending(), 1);
    assert_eq!(chain.transaction(tx).await.unwrap(), TxState::Unknown);
    let again = chain.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    assert!(matches!(again, Submission::Sent { tx: other } if other != tx), "{again:?}");
}

#[tokio::test]
async fn a_reorganisation_takes_back_what_is_not_final() {
    let (chain, mut log) = opened().await;
    chain.hold_finality();
    let before = log.tip;
    let (next, proof) = log.grow(2);
    let Submission::Sent { tx } = chain.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap() else {
        panic!()
    };
    chain.pass_block();
    let read = chain.checkpoint(log.ledger, 1).await.unwrap();
    assert_eq!(read.finality, Finality::Pending { confirmations: 2 });
    assert_eq!(chain.reorganise(), 2);
    assert_eq!(chain.transaction(tx).await.unwrap(), TxState::Unknown);
    let tip = chain.latest(log.ledger).await.unwrap();
    assert_eq!((tip.number, tip.hash), (0, before.hash(log.ledger)));
    chain.anchor(log.ledger, &before, &next, &proof).await.unwrap();
    let moved = chain.checkpoint(log.ledger, 1).await.unwrap();
    assert_ne!(moved.place.block_hash, read.place.block_hash, "another block");
    chain.finalise();
    assert_eq!(chain.reorganise(), 0);
    assert_eq!(chain.checkpoint(log.ledger, 1).await.unwrap().finality, Finality::Final);
}

#[tokio::test]
async fn a_transaction_that_lost_its_ground_fails_in_its_block() {
    let chain = MemoryChain::new(Time::begin().clock());
    chain.hold_finality();
    let mut log = Log::open(&chain, 1).await;
    chain.hold();
    let (next, proof) = log.grow(2);
    let Submission::Sent { tx } = chain.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap() else {
        panic!()
    };
    // The opening leaves the chain with its block while the checkpoint still waits.
    assert_eq!(chain.reorganise(), 1);
    chain.mine();
    let TxState::Failed { reason, .. } = chain.transaction(tx).await.unwrap() else {
        panic!("it did not fail")
    };
    assert_eq!(reason, Refusal::WrongPhase { ledger: log.ledger, phase: Phase::Unopened });
}

#[tokio::test]
async fn it_is_used_through_the_traits() {
    let (chain, log) = opened().await;
    let writer: Arc<dyn vouchsafe_anchors::AnchorWriter> = Arc::new(chain);
    let reader: Arc<dyn vouchsafe_anchors::AnchorReader> = writer;
    assert_eq!(reader.latest(log.ledger).await.unwrap().number, 0);
}

#[tokio::test]
async fn the_checkpoints_beside_any_time_are_found() {
    let time = Time::begin();
    let chain = MemoryChain::new(time.clock());
    let mut log = Log::open(&chain, 1).await;
    let origin = chain.origin(salted(1));
    // Checkpoint n is anchored n minutes after the opening.
    for _ in 0..9 {
        time.pass(60_000);
        log.anchor(&chain, 1).await;
    }
    let minute = |number: u64| BEGINNING_MS + number * 60_000;
    let found = async |at| {
        let around = checkpoints_around(&chain, &origin, at).await.unwrap();
        [around.before, around.after].map(|facts| facts.map(|facts| facts.checkpoint.number))
    };
    assert_eq!(found(minute(0) - 1).await, [None, Some(0)]);
    for number in 0..9 {
        assert_eq!(found(minute(number)).await, [Some(number), Some(number + 1)]);
        assert_eq!(found(minute(number + 1) - 1).await, [Some(number), Some(number + 1)]);
    }
    assert_eq!(found(minute(9)).await, [Some(9), None]);
    assert_eq!(found(u64::MAX).await, [Some(9), None]);
}

//! What every chain does. Each case gets a chain that nobody has used.

use super::Subject;
use crate::common::{BEGINNING_MS, Log, OPERATOR, mined, opening, salted};
use protocol::checkpoint::Checkpoint;
use protocol::{Address, Digest, LedgerId};
use std::sync::Arc;
use std::time::Duration;
use vouchsafe_anchors::{
    AnchorError, AnchorReader, AnchorWriter, DEVELOPMENT_MINIMUM_BOND_WEI, Finality, Missing, Opening, Phase,
    Refusal, Submission, TxState, follow, trusted_checkpoint,
};

fn reverted<T: std::fmt::Debug>(result: Result<T, AnchorError>) -> Refusal {
    match result {
        Err(AnchorError::Reverted(refusal)) => refusal,
        other => panic!("not a refusal by the contract: {other:?}"),
    }
}

async fn anchor(
    writer: &dyn AnchorWriter,
    log: &Log,
    next: &Checkpoint,
    proof: &[Digest],
) -> Result<Submission, AnchorError> {
    writer.anchor(log.ledger, &log.tip, next, proof).await
}

pub(super) async fn a_ledger_is_opened_once(chain: impl Subject) {
    let writer = chain.writer(0);
    let tx = mined(&*writer, writer.open(&opening(1)).await.unwrap()).await;
    chain.settle().await;
    let origin = writer.origin(salted(1));
    let facts = writer.ledger(origin.ledger()).await.unwrap();
    assert_eq!(facts.origin, origin);
    assert_eq!(facts.operator_key, OPERATOR);
    assert_eq!((facts.anchorer, facts.phase), (writer.account(), Phase::Open));
    assert_eq!(facts.bond_wei, DEVELOPMENT_MINIMUM_BOND_WEI);
    assert_eq!((facts.opened.tx, facts.finality), (tx, Finality::Final));
    assert!(facts.opened.block_time >= BEGINNING_MS / 2, "milliseconds: {}", facts.opened.block_time);

    let ledger = origin.ledger();
    let again = reverted(writer.open(&opening(1)).await);
    assert_eq!(again, Refusal::WrongPhase { ledger, phase: Phase::Open });
    // Another account, or another salt, opens another ledger.
    Log::open(&*chain.writer(1), 1).await;
    Log::open(&*writer, 2).await;
    assert_eq!(writer.ledger(ledger).await.unwrap(), facts);
}

pub(super) async fn an_opening_needs_its_bond(chain: impl Subject) {
    let minimum = DEVELOPMENT_MINIMUM_BOND_WEI;
    let short = Opening { bond_wei: minimum - 1, ..opening(1) };
    let refusal = reverted(chain.writer(0).open(&short).await);
    assert_eq!(refusal, Refusal::BondTooSmall { given: minimum - 1, minimum });
}

pub(super) async fn nothing_is_there_before_it_is_opened(chain: impl Subject) {
    let writer = chain.writer(0);
    let ledger = LedgerId::new([9; 32]);
    let missing = Missing::Ledger { ledger, chain_id: writer.chain().chain_id };
    let said = [
        writer.ledger(ledger).await.err(),
        writer.latest(ledger).await.err(),
        writer.checkpoint(ledger, 0).await.err(),
    ];
    for error in said {
        assert!(matches!(&error, Some(AnchorError::NotFound(what)) if *what == missing), "{error:?}");
    }
    let mut log = Log::of(ledger);
    let (next, proof) = log.grow(1);
    let refusal = reverted(anchor(&*writer, &log, &next, &proof).await);
    assert_eq!(refusal, Refusal::WrongPhase { ledger, phase: Phase::Unopened });
}

pub(super) async fn checkpoints_follow_each_other(chain: impl Subject) {
    let writer = chain.writer(0);
    let mut log = Log::open(&*writer, 1).await;
    assert_eq!(writer.latest(log.ledger).await.unwrap().hash, log.tip.hash(log.ledger));
    for entries in [1, 1, 5, 1, 100, 27] {
        let (next, proof) = log.grow(entries);
        mined(&*writer, anchor(&*writer, &log, &next, &proof).await.unwrap()).await;
        log.tip = next;
        let tip = writer.latest(log.ledger).await.unwrap();
        assert_eq!((tip.number, tip.hash), (next.number, next.hash(log.ledger)));
    }
}

pub(super) async fn a_heartbeat_extends_nothing_and_is_anchored(chain: impl Subject) {
    let writer = chain.writer(0);
    let mut log = Log::open(&*writer, 1).await;
    log.anchor(&*writer, 0).await;
    log.anchor(&*writer, 3).await;
    let quiet = log.anchor(&*writer, 0).await;
    assert_eq!((quiet.number, quiet.size), (3, 3));
    assert_eq!(writer.latest(log.ledger).await.unwrap().number, 3);
}

pub(super) async fn another_previous_is_refused(chain: impl Subject) {
    let writer = chain.writer(0);
    let mut log = Log::open(&*writer, 1).await;
    let before = log.tip;
    log.anchor(&*writer, 3).await;
    let latest = log.tip.hash(log.ledger);

    // A second history that parts after the opening.
    let mut fork = Log { tip: before, ..Log::of(log.ledger) };
    let (next, proof) = fork.grow(4);
    let refusal = reverted(anchor(&*writer, &fork, &next, &proof).await);
    assert_eq!(refusal, Refusal::NotLatest { given: before.hash(log.ledger), latest });

    let (next, proof) = log.grow(1);
    let stray = Checkpoint { previous: salted(5), ..next };
    let refusal = reverted(anchor(&*writer, &log, &stray, &proof).await);
    assert_eq!(refusal, Refusal::PreviousMismatch { given: salted(5), expected: latest });
}

pub(super) async fn another_number_is_refused(chain: impl Subject) {
    let writer = chain.writer(0);
    let mut log = Log::open(&*writer, 1).await;
    let (next, proof) = log.grow(2);
    let skipped = Checkpoint { number: 2, ..next };
    let refusal = reverted(anchor(&*writer, &log, &skipped, &proof).await);
    assert_eq!(refusal, Refusal::NumberNotNext { given: 2, expected: 1 });
}

pub(super) async fn a_shrinking_log_is_refused(chain: impl Subject) {
    let writer = chain.writer(0);
    let mut log = Log::open(&*writer, 1).await;
    log.anchor(&*writer, 8).await;
    let (next, _) = log.grow(0);
    let shorter = Checkpoint { size: 7, ..next };
    let refusal = reverted(anchor(&*writer, &log, &shorter, &[]).await);
    assert_eq!(refusal, Refusal::SizeShrank { from: 8, to: 7 });
    let fewer = Checkpoint { vouchers: 79, ..next };
    let refusal = reverted(anchor(&*writer, &log, &fewer, &[]).await);
    assert_eq!(refusal, Refusal::VouchersShrank { from: 80, to: 79 });
    let (size, vouchers) = (1 << 48, next.vouchers);
    let refusal = reverted(anchor(&*writer, &log, &Checkpoint { size, ..next }, &[]).await);
    assert_eq!(refusal, Refusal::TooLarge { size, vouchers });
}

pub(super) async fn a_false_proof_is_refused(chain: impl Subject) {
    let writer = chain.writer(0);
    let mut log = Log::open(&*writer, 1).await;
    log.anchor(&*writer, 5).await;
    let (next, proof) = log.grow(6);
    let not = |nodes| Refusal::NotAnExtension { from: 5, to: 11, nodes };
    for at in 0..proof.len() {
        let mut forged = proof.clone();
        forged[at] = salted(0xEE);
        let nodes = proof.len() as u64;
        assert_eq!(reverted(anchor(&*writer, &log, &next, &forged).await), not(nodes));
    }
    assert_eq!(reverted(anchor(&*writer, &log, &next, &proof[1..]).await), not(proof.len() as u64 - 1));
    let rewritten = Checkpoint { log_root: salted(0xEE), ..next };
    let refusal = reverted(anchor(&*writer, &log, &rewritten, &proof).await);
    assert_eq!(refusal, not(proof.len() as u64));
    // The same size with another root is a rewrite, too.
    let rewritten = Checkpoint { size: 5, ..rewritten };
    let refusal = reverted(anchor(&*writer, &log, &rewritten, &[]).await);
    assert_eq!(refusal, Refusal::NotAnExtension { from: 5, to: 5, nodes: 0 });
    mined(&*writer, anchor(&*writer, &log, &next, &proof).await.unwrap()).await;
}

pub(super) async fn only_the_opener_anchors(chain: impl Subject) {
    let writer = chain.writer(0);
    let mut log = Log::open(&*writer, 1).await;
    let (next, proof) = log.grow(2);
    let stranger = chain.writer(1);
    let refusal = reverted(anchor(&*stranger, &log, &next, &proof).await);
    let (sender, anchorer) = (stranger.account(), writer.account());
    assert_eq!(refusal, Refusal::NotAnchorer { sender, anchorer });
}

pub(super) async fn a_repeated_anchor_says_that_it_stands(chain: impl Subject) {
    let writer = chain.writer(0);
    let mut log = Log::open(&*writer, 1).await;
    let (next, proof) = log.grow(2);
    mined(&*writer, anchor(&*writer, &log, &next, &proof).await.unwrap()).await;
    for _ in 0..2 {
        let again = anchor(&*writer, &log, &next, &proof).await.unwrap();
        assert_eq!(again, Submission::AlreadyAnchored);
    }
    assert_eq!(writer.latest(log.ledger).await.unwrap().number, 1);
    // Another checkpoint of the same number does not pass for it.
    let other = Checkpoint { head_root: salted(0xEE), ..next };
    assert!(matches!(reverted(anchor(&*writer, &log, &other, &proof).await), Refusal::NotLatest { .. }));
}

pub(super) async fn an_older_checkpoint_that_stands_is_recognised(chain: impl Subject) {
    let writer = chain.writer(0);
    let mut log = Log::open(&*writer, 1).await;
    let genesis = log.tip;
    let (first, proof) = log.grow(2);
    mined(&*writer, anchor(&*writer, &log, &first, &proof).await.unwrap()).await;
    log.tip = first;
    log.anchor(&*writer, 2).await;
    let again = writer.anchor(log.ledger, &genesis, &first, &proof).await.unwrap();
    assert_eq!(again, Submission::AlreadyAnchored);
}

pub(super) async fn checkpoints_are_read_back_by_number(chain: impl Subject) {
    let writer = chain.writer(0);
    let mut log = Log::open(&*writer, 1).await;
    // Another ledger's events lie between.
    let mut other = Log::open(&*chain.writer(1), 1).await;
    let mut anchored = vec![log.tip];
    for entries in [3, 4, 0] {
        chain.wait().await;
        anchored.push(log.anchor(&*writer, entries).await);
        other.anchor(&*chain.writer(1), 1).await;
    }
    let mut times = Vec::new();
    for (number, expected) in anchored.iter().enumerate() {
        let read = writer.checkpoint(log.ledger, number as u64).await.unwrap();
        assert_eq!(read.checkpoint, *expected);
        assert_eq!(read.hash, expected.hash(log.ledger));
        let TxState::Mined { place, .. } = writer.transaction(read.place.tx).await.unwrap() else {
            panic!("the transaction of checkpoint {number} is not mined")
        };
        assert_eq!(place, read.place);
        times.push((read.place.block_time, read.superseded_at));
    }
    for pair in times.windows(2) {
        assert_eq!(pair[0].1, Some(pair[1].0), "superseded when the next one came");
        assert!(pair[1].0 >= pair[0].0 + 2_000, "time passed between blocks: {times:?}");
    }
    assert_eq!(times[3].1, None);
    assert_eq!(writer.latest(log.ledger).await.unwrap().block_time, times[3].0);

    let error = writer.checkpoint(log.ledger, 4).await.unwrap_err();
    let missing = Missing::Checkpoint { ledger: log.ledger, number: 4, latest: 3 };
    assert!(matches!(&error, AnchorError::NotFound(what) if *what == missing), "{error:?}");
    assert!(writer.checkpoint(log.ledger, u64::MAX).await.is_err());
}

pub(super) async fn old_checkpoints_are_read_after_the_ring_moved_on(chain: impl Subject) {
    let writer = chain.writer(0);
    let mut log = Log::open(&*writer, 1).await;
    let (genesis, (first, proof)) = (log.tip, log.grow(3));
    mined(&*writer, anchor(&*writer, &log, &first, &proof).await.unwrap()).await;
    log.tip = first;
    for _ in 0..63 {
        log.anchor(&*writer, 1).await;
    }
    let again = writer.anchor(log.ledger, &genesis, &first, &proof).await.unwrap();
    assert_eq!(again, Submission::AlreadyAnchored, "the ring holds 64");
    log.anchor(&*writer, 1).await;
    let refusal = reverted(writer.anchor(log.ledger, &genesis, &first, &proof).await);
    assert!(matches!(refusal, Refusal::NotLatest { .. }), "{refusal:?}");
    log.anchor(&*writer, 1).await;
    let read = writer.checkpoint(log.ledger, 1).await.unwrap();
    assert_eq!(read.checkpoint, first);
    assert_eq!(writer.checkpoint(log.ledger, 0).await.unwrap().checkpoint.number, 0);
    assert_eq!(writer.checkpoint(log.ledger, 66).await.unwrap().checkpoint, log.tip);
}

pub(super) async fn finality_comes_and_stays(chain: impl Subject) {
    let writer = chain.writer(0);
    let mut log = Log::open(&*writer, 1).await;
    log.anchor(&*writer, 3).await;
    chain.settle().await;
    let read = writer.checkpoint(log.ledger, 1).await.unwrap();
    assert_eq!(read.finality, Finality::Final);
    let head = writer.head().await.unwrap();
    assert!(head.finalized.is_some_and(|block| block.number >= read.place.block_number), "{head:?}");
    let state =
        follow(&*writer, read.place.tx, Duration::from_millis(1), Duration::from_secs(5)).await.unwrap();
    assert_eq!(state, TxState::Mined { place: read.place, finality: Finality::Final });
}

pub(super) async fn an_unknown_transaction_is_unknown(chain: impl Subject) {
    let state = chain.writer(0).transaction(salted(0xAB)).await.unwrap();
    assert_eq!(state, TxState::Unknown);
}

pub(super) async fn trusted_facts_are_those_of_the_chain(chain: impl Subject) {
    let writer = chain.writer(0);
    let mut log = Log::open(&*writer, 1).await;
    let first = log.anchor(&*writer, 3).await;
    chain.wait().await;
    log.anchor(&*writer, 1).await;
    chain.settle().await;
    let facts = trusted_checkpoint(&*writer, &writer.origin(salted(1)), 1).await.unwrap();
    let next = writer.latest(log.ledger).await.unwrap();
    assert_eq!((facts.ledger, facts.checkpoint, facts.finality), (log.ledger, first, Finality::Final));
    assert_eq!(facts.superseded_at, Some(next.block_time));
    assert_eq!((facts.chain, facts.block_time), (writer.chain(), facts.place.block_time));
    assert!(facts.chain.development);
}

pub(super) async fn trusted_facts_come_from_the_right_chain_only(chain: impl Subject) {
    let writer = chain.writer(0);
    Log::open(&*writer, 1).await;
    let mut origin = writer.origin(salted(1));
    origin.chain_id += 1;
    let error = trusted_checkpoint(&*writer, &origin, 0).await.unwrap_err();
    assert!(matches!(error, AnchorError::WrongChain { .. }), "{error:?}");
    let mut origin = writer.origin(salted(1));
    origin.contract = Address::new([3; 20]);
    let error = trusted_checkpoint(&*writer, &origin, 0).await.unwrap_err();
    assert!(matches!(error, AnchorError::NoContract { .. }), "{error:?}");
}

pub(super) async fn a_development_chain_says_so(chain: impl Subject) {
    let writer = chain.writer(0);
    assert_eq!((writer.chain().chain_id, writer.chain().development), (31337, true));
    let reader: Arc<dyn AnchorReader> = writer;
    assert!(reader.chain().development, "a writer is a reader, too");
}

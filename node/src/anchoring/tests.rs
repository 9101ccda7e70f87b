//! The job against a chain that fails in every way it can, and a node that stops at every point.

use super::{Anchoring, Next, Timing, TurnError};
use crate::fixture::{Fixture, key, opening};
use crate::store::{MemoryStore, Snapshot, Store, StoreError, WriteSet};
use anchors::{AnchorError, AnchorReader as _, Clock, Fault, MemoryChain, Refusal};
use protocol::Address;
use protocol::lifecycle::Kind;
use protocol::manifest::Flags;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::watch;

async fn tip(fixture: &Fixture) -> u64 {
    fixture.chain.latest(fixture.ledger.facts().id).await.expect("a tip").number
}

async fn hand_on(fixture: &Fixture, first: u64) {
    let to = key(2).public();
    let step = fixture.step(Kind::Transfer, first, 1, to, &[&fixture.issuer]);
    fixture.ledger.submit(step).await.expect("handed on");
}

#[tokio::test]
async fn a_batch_is_anchored_at_once_and_steps_by_interval() {
    let fixture = Fixture::new().await;
    fixture.issued(20).await;
    fixture.anchor().await;
    assert_eq!(tip(&fixture).await, 1);
    hand_on(&fixture, 3).await;
    fixture.anchor().await;
    assert_eq!(tip(&fixture).await, 1, "not before the interval is over");
    fixture.pass(60);
    fixture.anchor().await;
    assert_eq!(tip(&fixture).await, 2);
    fixture.pass(120);
    fixture.anchor().await;
    assert_eq!(tip(&fixture).await, 2, "a quiet ledger anchors nothing");
    fixture.pass(3600);
    fixture.anchor().await;
    assert_eq!(tip(&fixture).await, 3, "until its heartbeat is due");
}

#[tokio::test]
async fn a_lost_answer_or_a_lost_transaction_ends_in_one_checkpoint() {
    for fault in [Fault::Before, Fault::After] {
        let fixture = Fixture::new().await;
        let before = fixture.chain.transactions();
        fixture.issued(20).await;
        fixture.chain.fail(1, fault);
        assert_eq!(fixture.anchoring.turn().await.expect("cut"), Next::Again);
        match fixture.anchoring.turn().await {
            Err(TurnError::Chain(AnchorError::OutOfReach { .. })) => {}
            other => panic!("{fault:?}: {other:?}"),
        }
        fixture.anchor().await;
        assert_eq!(tip(&fixture).await, 1, "{fault:?}");
        assert_eq!(fixture.chain.transactions(), before + 1, "{fault:?}: sent once");
    }
}

#[tokio::test]
async fn a_chain_that_is_down_keeps_nobody_from_stepping_and_loses_nothing() {
    let fixture = Fixture::new().await;
    let cards = fixture.issued(20).await;
    fixture.chain.set_unreachable(true);
    fixture.anchoring.turn().await.expect("cut");
    for first in 0..5 {
        hand_on(&fixture, first).await;
        fixture.pass(60);
        let error = fixture.anchoring.turn().await.expect_err("out of reach");
        assert!(matches!(error, TurnError::Chain(AnchorError::OutOfReach { .. })), "{error}");
    }
    fixture.chain.set_unreachable(false);
    fixture.anchor().await;
    assert_eq!(tip(&fixture).await, 2, "one for the batch, one for all steps since");
    let report = fixture.judge(&cards.keys[4], None).await;
    assert_eq!(report.failed_step(), None);
    assert!(report.voucher.expect("facts").history.iter().all(|line| line.anchored));
}

#[tokio::test]
async fn a_store_that_is_older_than_the_chain_anchors_nothing() {
    let fixture = Fixture::new().await;
    fixture.issued(20).await;
    fixture.anchor().await;
    fixture.anchoring.check_store_is_new().await.expect("as new as the chain");
    let empty = Fixture::on_chain(fixture.chain.clone(), fixture.now(), fixture.ledger.facts()).await;
    match empty.anchoring.check_store_is_new().await {
        Err(TurnError::StoreIsOld { theirs: 1, ours: 0 }) => {}
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_old_store_takes_no_step_while_a_newer_one_s_checkpoint_is_on_its_way() {
    let fixture = Fixture::new().await;
    fixture.issued(20).await;
    fixture.chain.hold();
    fixture.anchoring.turn().await.expect("cut");
    fixture.anchoring.turn().await.expect("sent");
    fixture.anchoring.begin().await.expect("its own");
    assert_eq!(fixture.ledger.halted(), None);

    let old = Fixture::on_chain(fixture.chain.clone(), fixture.now(), fixture.ledger.facts()).await;
    old.anchoring.begin().await.expect("starts");
    assert!(old.ledger.halted().expect("why").contains("old backup"));
    fixture.chain.mine();
    match old.anchoring.begin().await {
        Err(TurnError::StoreIsOld { theirs: 1, ours: 0 }) => {}
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn pending_is_told_from_anchored_and_anchored_from_final() {
    let fixture = Fixture::new().await;
    fixture.issued(20).await;
    fixture.chain.hold();
    fixture.chain.hold_finality();
    let newest = || fixture.ledger.view().expect("a view").checkpoint(1).expect("read").expect("cut");
    fixture.anchoring.turn().await.expect("cut");
    fixture.anchoring.turn().await.expect("sent");
    assert_eq!(fixture.anchoring.turn().await.expect("waits"), Next::Poll);
    assert!(newest().anchored.is_none());
    fixture.chain.mine();
    fixture.anchoring.turn().await.expect("found");
    assert!(newest().anchored.is_some() && !newest().is_final);
    assert_eq!(fixture.anchoring.standing().borrow().unsettled, 1);
    fixture.chain.finalise();
    fixture.anchor().await;
    assert!(newest().is_final);
    assert_eq!(fixture.anchoring.standing().borrow().unsettled, 0);
}

#[tokio::test]
async fn a_checkpoint_whose_block_vanishes_is_sent_again_unchanged() {
    let fixture = Fixture::new().await;
    fixture.issued(20).await;
    fixture.chain.hold_finality();
    for _ in 0..4 {
        fixture.anchoring.turn().await.expect("a turn");
    }
    let before = fixture.ledger.view().expect("a view").checkpoint(1).expect("read").expect("cut");
    assert!(before.anchored.is_some());
    assert!(fixture.chain.reorganise() > 0);
    fixture.anchoring.turn().await.expect("sent again");
    fixture.chain.finalise();
    fixture.anchor().await;
    let after = fixture.ledger.view().expect("a view").checkpoint(1).expect("read").expect("cut");
    assert_eq!(after.checkpoint, before.checkpoint);
    assert!(after.is_final);
    assert_eq!(tip(&fixture).await, 1);
}

#[tokio::test]
async fn all_that_a_deep_reorganisation_took_is_anchored_again_the_same() {
    let fixture = Fixture::unsettled().await;
    let turns = async || {
        for _ in 0..8 {
            fixture.anchoring.turn().await.expect("a turn");
        }
    };
    let checkpoints = || fixture.ledger.view().expect("a view").checkpoints(0, 10).expect("read");
    fixture.issued(20).await;
    turns().await;
    for first in 0..3 {
        hand_on(&fixture, first).await;
        fixture.pass(60);
        turns().await;
    }
    let before = checkpoints();
    assert_eq!(before.len(), 5);
    assert!(before.iter().all(|one| one.anchored.is_some() && !one.is_final));
    let receipt =
        |view: &crate::ledger::View, index| view.receipt(&view.entry(index).expect("read").expect("there"));
    let promised = receipt(&fixture.ledger.view().expect("a view"), 2);

    // Everything goes, the opening of the ledger too.
    fixture.pass(600);
    assert!(fixture.chain.reorganise() > 4);
    assert!(fixture.chain.latest(fixture.ledger.facts().id).await.is_err());
    assert_eq!(fixture.anchoring.turn().await.expect("opens again"), Next::Poll);
    fixture.anchoring.turn().await.expect("found");
    let pending = checkpoints();
    assert!(pending[1..].iter().all(|one| one.anchored.is_none()), "pending again");
    turns().await;
    turns().await;
    fixture.chain.finalise();
    turns().await;
    let after = checkpoints();
    assert_eq!(tip(&fixture).await, 4);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.checkpoint, after.checkpoint, "the same content");
        assert!(after.is_final && after.anchored != before.anchored, "{after:?}");
    }
    // What was promised counts from when it was accepted.
    assert_eq!(receipt(&fixture.ledger.view().expect("a view"), 2), promised);
}

#[tokio::test]
async fn what_was_final_and_vanished_is_anchored_again_the_same() {
    let fixture = Fixture::new().await;
    fixture.issued(20).await;
    fixture.anchor().await;
    for first in 0..3 {
        hand_on(&fixture, first).await;
        fixture.pass(60);
        fixture.anchor().await;
    }
    let checkpoints = || fixture.ledger.view().expect("a view").checkpoints(0, 10).expect("read");
    let before = checkpoints();
    assert!(before.len() == 5 && before.iter().all(|one| one.is_final));
    fixture.chain.break_finality(3);
    assert_eq!(tip(&fixture).await, 1);
    hand_on(&fixture, 3).await;
    fixture.pass(60);
    fixture.anchoring.turn().await.expect("cut");

    // As far as the chain shows, it has not come so far yet.
    let behind = fixture.anchoring.turn().await;
    assert!(matches!(behind, Err(TurnError::Behind { latest: 1, next: 2 })), "{behind:?}");
    assert_eq!(checkpoints()[..5], before[..]);
    for _ in 0..3 {
        fixture.chain.pass_block();
    }
    fixture.anchoring.turn().await.expect("found out");
    assert!(checkpoints()[2..].iter().all(|one| !one.is_final && one.anchored.is_none()));
    fixture.anchor().await;
    assert_eq!(tip(&fixture).await, 5);
    let after = checkpoints();
    assert!(after.iter().all(|one| one.is_final && one.anchored.is_some()));
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before.checkpoint, after.checkpoint, "the same content");
    }
}

#[tokio::test]
async fn where_nothing_becomes_final_two_looks_are_enough_for_all() {
    let fixture = Fixture::unsettled().await;
    fixture.issued(20).await;
    for first in 0..8 {
        hand_on(&fixture, first).await;
        fixture.pass(60);
        for _ in 0..3 {
            fixture.anchoring.turn().await.expect("a turn");
        }
    }
    let standing = fixture.anchoring.standing();
    let unsettled = standing.borrow().unsettled;
    assert!(unsettled > 7, "{unsettled}");
    let before = fixture.chain.checkpoints_read();
    fixture.anchoring.turn().await.expect("a turn");
    assert_eq!(fixture.chain.checkpoints_read() - before, 2, "of {unsettled}");
    assert_eq!(standing.borrow().unsettled, unsettled);
    // Whatever turned final is written down, though the newest may not be.
    fixture.chain.finalise();
    fixture.chain.hold_finality();
    hand_on(&fixture, 9).await;
    fixture.pass(60);
    for _ in 0..3 {
        fixture.anchoring.turn().await.expect("a turn");
    }
    assert_eq!(standing.borrow().unsettled, 1);
}

#[tokio::test]
async fn confirmations_are_counted_while_a_checkpoint_can_vanish() {
    let fixture = Fixture::new().await;
    fixture.chain.hold_finality();
    fixture.issued(20).await;
    for _ in 0..3 {
        fixture.anchoring.turn().await.expect("a turn");
    }
    let block = fixture.ledger.view().expect("a view").checkpoint(1).expect("read").expect("cut");
    let block = block.anchored.expect("in a block").block_number;
    let standing = fixture.anchoring.standing();
    assert_eq!(standing.borrow().newest_block, Some(block));
    fixture.chain.pass_block();
    fixture.chain.pass_block();
    fixture.anchoring.turn().await.expect("a turn");
    assert_eq!(standing.borrow().newest_block, Some(block + 2));
    fixture.chain.finalise();
    fixture.anchor().await;
    assert_eq!(standing.borrow().newest_block, None);
}

#[tokio::test]
async fn a_ledger_that_the_chain_contradicts_takes_nothing_more() {
    let fixture = Fixture::new().await;
    fixture.issued(20).await;
    fixture.anchor().await;
    // The chain is down when an old backup is started, so nobody can know yet.
    let old = Fixture::on_chain(fixture.chain.clone(), fixture.now(), fixture.ledger.facts()).await;
    let cards = old.cards(2, 5, 0, Flags::default());
    let transfer = fixture.step(Kind::Transfer, 0, 1, key(2).public(), &[&fixture.issuer]);
    fixture.chain.set_unreachable(true);
    old.issue(&cards).await.expect("taken");
    let (stop, stopped) = watch::channel(false);
    let mut standing = old.anchoring.standing();
    let job = tokio::spawn(old.anchoring.run(stopped));
    standing.wait_for(|now| now.problem.is_some()).await.expect("out of reach");
    fixture.chain.set_unreachable(false);
    let old_backup =
        |now: &super::Standing| now.problem.as_ref().is_some_and(|text| text.contains("old backup"));
    standing.wait_for(old_backup).await.expect("found out");
    match old.ledger.submit(transfer).await {
        Err(crate::ledger::Refused::Stopped) => {}
        other => panic!("{other:?}"),
    }
    let halted = old.ledger.halted().expect("why");
    for word in ["newer backup", "vouchsafe mirror", "vouchsafe-node rebuild"] {
        assert!(halted.contains(word), "no {word:?} in {halted}");
    }
    stop.send_replace(true);
    job.await.expect("ended");
}

#[tokio::test]
async fn a_store_of_another_history_is_told_from_the_chain_s() {
    let fixture = Fixture::new().await;
    let other = Fixture::on_chain(fixture.chain.clone(), fixture.now(), fixture.ledger.facts()).await;
    fixture.issued(20).await;
    fixture.anchor().await;
    other.issued(30).await;
    assert_eq!(other.anchoring.turn().await.expect("cut"), Next::Again);
    match other.anchoring.check_store_is_new().await {
        Err(error @ TurnError::OtherHistory { number: 1, .. }) => {
            let said = error.to_string();
            for word in ["stop this node", "newest backup", "vouchsafe mirror", "vouchsafe-node rebuild"] {
                assert!(said.contains(word), "no {word:?} in {said}");
            }
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_the_contract_no_longer_takes_is_promised_no_longer() {
    let fixture = Fixture::new().await;
    let stranger = fixture.chain.seen_from(Address::new([9; 20]));
    let job = on_a_chain_that_ticks(&fixture, stranger);
    fixture.issued(20).await;
    job.turn().await.expect("cut");
    let turned = job.turn().await;
    assert!(matches!(turned, Err(TurnError::Chain(AnchorError::Reverted(Refusal::NotAnchorer { .. })))));
    assert_eq!(fixture.ledger.halted(), None);
    job.note(&turned);
    assert!(fixture.ledger.halted().expect("why").contains("does not anchor this ledger"));
    // As soon as the account may anchor, it goes on.
    fixture.anchor().await;
    job.note(&job.turn().await);
    assert_eq!(fixture.ledger.halted(), None);
}

/// The job of this ledger on a chain whose blocks come by themselves, by this clock.
fn on_a_chain_that_ticks(fixture: &Fixture, chain: MemoryChain) -> Anchoring {
    let timing = Timing {
        interval: Duration::from_mins(1),
        heartbeat: Duration::from_hours(1),
        poll: Duration::from_millis(10),
    };
    Anchoring::new(fixture.ledger.clone(), Arc::new(chain), opening(), timing)
}

#[tokio::test]
async fn a_clock_that_is_not_the_chains_takes_no_step_until_it_is() {
    let fixture = Fixture::new().await;
    let now = fixture.now();
    let year = 365 * 86_400_000;
    for (block, fits) in [(now, true), (now - 300_000, true), (now + year, false), (now - year, false)] {
        let chain = MemoryChain::with_id(1, Clock::new(move || block));
        let checked = on_a_chain_that_ticks(&fixture, chain).check_clock().await;
        assert_eq!(checked.is_ok(), fits, "{checked:?}");
        assert!(fits || matches!(checked, Err(TurnError::WrongClock(_))), "{checked:?}");
    }
    // Nobody's clock: its blocks come when they are asked for.
    let idle = MemoryChain::new(Clock::new(move || now - year));
    on_a_chain_that_ticks(&fixture, idle).check_clock().await.expect("a development chain");

    // Found out at work, because the chain could not be asked at the start.
    let late = MemoryChain::with_id(1, Clock::new(move || now - year));
    let job = on_a_chain_that_ticks(&fixture, late);
    let turned = job.check_clock().await.map(|()| Next::Rest);
    job.note(&turned);
    assert!(fixture.ledger.halted().expect("why").contains("NTP"));
    job.note(&Ok(Next::Rest));
    assert_eq!(fixture.ledger.halted(), None);
}

#[tokio::test]
async fn a_batch_behind_one_on_its_way_waits_for_it_without_asking_on_and_on() {
    let looks = Arc::new(AtomicUsize::new(0));
    let store = Counted { below: MemoryStore::new().expect("a store"), looks: Arc::clone(&looks) };
    let fixture = Fixture::on(Arc::new(store)).await;
    fixture.issued(20).await;
    fixture.chain.hold();
    fixture.anchoring.turn().await.expect("cut");
    let cards = fixture.cards(2, 5, 20, Flags::default());
    fixture.issue(&cards).await.expect("issued");
    let (stop, stopped) = watch::channel(false);
    let before = looks.load(Ordering::SeqCst);
    let job = tokio::spawn(fixture.anchoring.run(stopped));
    tokio::time::sleep(Duration::from_millis(400)).await;
    let looked = looks.load(Ordering::SeqCst) - before;
    assert!((1..400).contains(&looked), "the store was asked {looked} times: a look at the chain each 10 ms");
    stop.send_replace(true);
    job.await.expect("ended");
}

/// A store that counts how often it was looked into.
struct Counted {
    below: MemoryStore,
    looks: Arc<AtomicUsize>,
}

impl Store for Counted {
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        self.looks.fetch_add(1, Ordering::SeqCst);
        self.below.snapshot()
    }
    fn commit(&self, writes: WriteSet) -> Result<(), StoreError> {
        self.below.commit(writes)
    }
    fn stage(&self, writes: WriteSet) -> Result<(), StoreError> {
        self.below.stage(writes)
    }
}

#[tokio::test]
async fn a_chain_that_lost_the_ledger_is_no_chain_to_promise_by() {
    let fixture = Fixture::new().await;
    fixture.issued(20).await;
    let other = MemoryChain::new(Clock::system());
    let timing = Timing {
        interval: Duration::from_mins(1),
        heartbeat: Duration::from_hours(1),
        poll: Duration::from_millis(10),
    };
    let job = Anchoring::new(fixture.ledger.clone(), Arc::new(other), opening(), timing);
    match job.check_store_is_new().await {
        Err(TurnError::LedgerGone(ledger)) => assert_eq!(ledger, fixture.ledger.facts().id),
        outcome => panic!("{outcome:?}"),
    }
}

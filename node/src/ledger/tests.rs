//! What the ledger takes, what it refuses, what it shows, from the outside.

use super::Refused;
use crate::fixture::{Fixture, key};
use crate::fsck::fsck;
use crate::store::{MemoryStore, Order, Rows, Snapshot, Span, Store, StoreError, Table, WriteSet};
use protocol::PublicKey;
use protocol::lifecycle::{Kind, Role};
use protocol::manifest::Flags;
use protocol::verify::Verdict;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Duration;

fn assert_in_order(fixture: &Fixture) {
    let snapshot = fixture.store.snapshot().expect("a snapshot");
    let found = fsck(&*snapshot, fixture.ledger.facts().id, |_, _| ()).expect("read");
    assert_eq!(found.faults, Vec::<String>::new());
}

#[tokio::test]
async fn a_voucher_lives_from_issue_to_redemption_and_every_verdict_holds() {
    let fixture = Fixture::new().await;
    let cards = fixture.issued(300).await;
    fixture.anchor().await;
    let voucher = cards.keys[17];
    assert_eq!(fixture.judge(&voucher, None).await.verdict, Verdict::GenuineUnclaimed);

    let (shop, owner) = (key(2), key(3));
    let wholesale = fixture.step(Kind::Transfer, 0, 100, shop.public(), &[&fixture.issuer]);
    fixture.ledger.submit(wholesale).await.expect("handed on");
    let sale = fixture.step(Kind::Sell, 17, 1, PublicKey::NOBODY, &[&shop]);
    fixture.ledger.submit(sale).await.expect("sold");
    assert_eq!(fixture.judge(&voucher, None).await.verdict, Verdict::Sold, "pending entries count");

    let code = fixture.voucher_key(&cards, 17);
    let claim = fixture.step(Kind::Claim, 17, 1, owner.public(), &[&code, &owner]);
    fixture.ledger.submit(claim).await.expect("claimed");
    assert_eq!(fixture.judge(&voucher, Some(owner.public())).await.verdict, Verdict::Genuine);
    assert_eq!(fixture.judge(&voucher, Some(shop.public())).await.verdict, Verdict::ResaleSuspected);

    fixture.pass(61);
    fixture.anchor().await;
    let redemption = fixture.step(Kind::Redeem, 17, 1, owner.public(), &[&fixture.issuer]);
    fixture.ledger.submit(redemption).await.expect("redeemed");
    assert_eq!(fixture.judge(&voucher, Some(owner.public())).await.verdict, Verdict::Spent);
    fixture.pass(61);
    fixture.anchor().await;
    let report = fixture.judge(&voucher, None).await;
    assert_eq!(report.verdict, Verdict::Spent);
    assert!(report.voucher.expect("facts").history.iter().all(|line| line.anchored));
    for other in [0, 16, 18, 99, 100, 299] {
        let untouched = fixture.judge(&cards.keys[other], None).await;
        assert_eq!(untouched.verdict, Verdict::GenuineUnclaimed, "voucher {other}");
    }
    assert_in_order(&fixture);
}

#[tokio::test]
async fn a_second_sale_is_refused_with_the_first_and_kept_as_an_incident() {
    let fixture = Fixture::new().await;
    let cards = fixture.issued(20).await;
    fixture.anchor().await;
    let buyers = [key(4), key(5)];
    let sales = buyers
        .each_ref()
        .map(|buyer| fixture.step_after(0, Kind::Sell, 3, 1, buyer.public(), None, &[&fixture.issuer]));
    let [first, second] = sales;
    let won = fixture.ledger.submit(first.clone()).await.expect("sold");
    match fixture.ledger.submit(second).await {
        Err(Refused::AlreadyMoved { number: 3, prev: 0, winner, incident: true }) => {
            assert_eq!(*winner, won.accepted);
        }
        other => panic!("{other:?}"),
    }
    let again = fixture.ledger.submit(first).await.expect("the same again");
    assert!(again.repeated);
    assert_eq!(again.accepted, won.accepted);
    let report = fixture.judge(&cards.keys[3], Some(buyers[0].public())).await;
    assert_eq!(report.verdict, Verdict::ResaleSuspected);
    assert_eq!(report.voucher.expect("facts").incidents, 1);
    let neighbour = fixture.judge(&cards.keys[4], None).await;
    assert_eq!(neighbour.verdict, Verdict::GenuineUnclaimed);
}

#[tokio::test]
async fn a_refused_range_accuses_only_the_vouchers_that_were_handed_on() {
    let fixture = Fixture::new().await;
    let cards = fixture.issued(20).await;
    let buyer = key(4).public();
    let sale = fixture.step_after(0, Kind::Sell, 5, 5, buyer, None, &[&fixture.issuer]);
    fixture.ledger.submit(sale).await.expect("sold");
    let whole = fixture.step_after(0, Kind::Sell, 0, 20, buyer, None, &[&fixture.issuer]);
    assert!(matches!(fixture.ledger.submit(whole).await, Err(Refused::AlreadyMoved { incident: true, .. })));
    let rest = fixture.step_after(0, Kind::Sell, 0, 5, buyer, None, &[&fixture.issuer]);
    fixture.ledger.submit(rest).await.expect("sold");
    fixture.anchor().await;
    assert_eq!(fixture.judge(&cards.keys[7], Some(buyer)).await.verdict, Verdict::ResaleSuspected);
    assert_eq!(fixture.judge(&cards.keys[3], Some(buyer)).await.verdict, Verdict::Genuine);
    assert_eq!(fixture.judge(&cards.keys[12], None).await.verdict, Verdict::GenuineUnclaimed);
}

#[tokio::test]
async fn a_sale_that_lost_against_a_hold_accuses_nobody() {
    let fixture = Fixture::new().await;
    let cards = fixture.issued(20).await;
    let (shop, buyer) = (key(2), key(4).public());
    let wholesale = fixture.step(Kind::Transfer, 0, 20, shop.public(), &[&fixture.issuer]);
    fixture.ledger.submit(wholesale).await.expect("handed on");
    let sale = fixture.step(Kind::Sell, 3, 1, buyer, &[&shop]);
    let hold = fixture.step(Kind::Hold, 3, 1, shop.public(), &[&fixture.issuer]);
    fixture.ledger.submit(hold).await.expect("held");
    assert!(matches!(fixture.ledger.submit(sale).await, Err(Refused::AlreadyMoved { .. })));
    let release = fixture.step(Kind::Release, 3, 1, shop.public(), &[&fixture.issuer]);
    fixture.ledger.submit(release).await.expect("released");
    let sale = fixture.step(Kind::Sell, 3, 1, buyer, &[&shop]);
    fixture.ledger.submit(sale).await.expect("sold");
    fixture.anchor().await;
    assert_eq!(fixture.judge(&cards.keys[3], Some(buyer)).await.verdict, Verdict::Genuine);
}

#[tokio::test]
async fn a_stranger_s_attempt_is_refused_and_no_incident() {
    let fixture = Fixture::new().await;
    fixture.issued(20).await;
    let stranger = key(9);
    let theft = fixture.step_after(0, Kind::Sell, 3, 1, stranger.public(), None, &[&stranger]);
    match fixture.ledger.submit(theft.clone()).await {
        Err(Refused::Unauthorised { role: Role::Holder }) => {}
        other => panic!("{other:?}"),
    }
    let sale = fixture.step_after(0, Kind::Sell, 3, 1, PublicKey::NOBODY, None, &[&fixture.issuer]);
    fixture.ledger.submit(sale).await.expect("sold");
    match fixture.ledger.submit(theft).await {
        Err(Refused::AlreadyMoved { incident: false, .. }) => {}
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn of_many_that_race_one_wins_and_all_others_are_shown_it() {
    let fixture = Fixture::new().await;
    fixture.issued(4).await;
    let attempts = (10..42).map(|seed| {
        let sale = fixture.step_after(0, Kind::Sell, 2, 1, key(seed).public(), None, &[&fixture.issuer]);
        let ledger = fixture.ledger.clone();
        tokio::spawn(async move { ledger.submit(sale).await })
    });
    let mut winners = Vec::new();
    let mut shown = Vec::new();
    for attempt in attempts.collect::<Vec<_>>() {
        match attempt.await.expect("no panic") {
            Ok(outcome) => winners.push(outcome.accepted),
            Err(Refused::AlreadyMoved { winner, .. }) => shown.push(*winner),
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((winners.len(), shown.len()), (1, 31));
    assert!(shown.iter().all(|winner| *winner == winners[0]));
    let kept = fixture.ledger.view().expect("a view").incidents(None, 100, usize::MAX).expect("read");
    assert_eq!(kept.len(), 16, "no more than are kept against one entry");
    assert_in_order(&fixture);
}

#[tokio::test]
async fn each_wrong_instruction_has_its_own_refusal() {
    let fixture = Fixture::new().await;
    fixture.issued(20).await;
    let to = key(2).public();
    let submit = async |change: &dyn Fn(&mut super::StepRequest)| {
        let mut step = fixture.step(Kind::Transfer, 0, 5, to, &[&fixture.issuer]);
        change(&mut step);
        fixture.ledger.submit(step).await.expect_err("refused").to_string()
    };
    let said = |text: String, expected: &str| assert!(text.contains(expected), "{text}");
    said(submit(&|step| step.entry.at = 5).await, "at = 0");
    said(submit(&|step| step.entry.kind = 77).await, "kind 77");
    said(submit(&|step| step.entry.kind = 1).await, "/v1/batches");
    said(submit(&|step| step.entry.prev = 9).await, "entry 9, which does not exist");
    said(submit(&|step| step.entry.first = 18).await, "number 20 is not issued");
    said(submit(&|step| step.entry.count = u64::MAX).await, "is not issued");
    said(submit(&|step| step.entry.count = 0).await, "covers no voucher");
    said(submit(&|step| step.entry.status = 4).await, "status 4");
    said(submit(&|step| step.entry.party = PublicKey::NOBODY).await, "party");
    said(submit(&|step| step.memo = Some("{}".to_owned())).await, "hash of the memo");
    said(submit(&|step| step.memo = Some("x".repeat(20_000))).await, "20000 bytes");
    said(submit(&|step| step.signatures.clear()).await, "signature of the holder");
    said(submit(&|step| step.entry.count = 6).await, "signature of the holder");
    let late = r#"{"not_after": 1}"#;
    let expired = fixture.step_after(0, Kind::Transfer, 0, 5, to, Some(late), &[&fixture.issuer]);
    said(fixture.ledger.submit(expired).await.expect_err("refused").to_string(), "good until 1");
    assert_eq!(fixture.ledger.view().expect("a view").size().expect("read"), 1, "nothing was written");
}

#[tokio::test]
async fn a_range_with_mixed_history_is_refused_as_such() {
    let fixture = Fixture::new().await;
    fixture.issued(20).await;
    let shop = key(2);
    let part = fixture.step(Kind::Transfer, 5, 5, shop.public(), &[&fixture.issuer]);
    fixture.ledger.submit(part).await.expect("handed on");
    let whole = fixture.step_after(0, Kind::Transfer, 0, 20, shop.public(), None, &[&fixture.issuer]);
    match fixture.ledger.submit(whole).await {
        Err(Refused::AlreadyMoved { number: 5, prev: 0, .. }) => {}
        other => panic!("{other:?}"),
    }
    let later = fixture.step_after(1, Kind::Transfer, 4, 2, shop.public(), None, &[&shop]);
    match fixture.ledger.submit(later).await {
        Err(Refused::Unlinked { number: 4, prev: 1, latest: 0 }) => {}
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_batch_stands_once_however_often_it_is_sent() {
    let fixture = Fixture::new().await;
    let cards = fixture.issued(50).await;
    let again = fixture.issue(&cards).await.expect("the same again");
    assert!(again.repeated);
    let other = fixture.cards(2, 10, 0, Flags::default());
    match fixture.issue(&other).await {
        Err(Refused::FirstMoved { first: 50, signed: 0 }) => {}
        outcome => panic!("{outcome:?}"),
    }
    let signed_again = fixture.cards(2, 10, 50, Flags::default());
    fixture.issue(&signed_again).await.expect("issued");
    let known = fixture.cards(1, 30, 60, Flags::default());
    match fixture.issue(&known).await {
        Err(Refused::DuplicateVoucher { position: 0, in_ledger: true, voucher }) => {
            assert_eq!(voucher, cards.keys[0]);
        }
        outcome => panic!("{outcome:?}"),
    }
    assert_in_order(&fixture);
}

#[tokio::test]
async fn wrong_batches_leave_nothing_behind() {
    let fixture = Fixture::new().await;
    let whole = fixture.cards(1, 40, 0, Flags::default());
    let attempt = async |change: &dyn Fn(&mut crate::fixture::Cards)| {
        let mut cards = fixture.cards(1, 40, 0, Flags::default());
        change(&mut cards);
        fixture.issue(&cards).await.expect_err("refused").to_string()
    };
    let said = |text: String, expected: &str| assert!(text.contains(expected), "{text}");
    said(attempt(&|cards| cards.records.truncate(64 * 39)).await, "39 records came");
    said(attempt(&|cards| cards.records.truncate(100)).await, "no multiple of 64");
    said(attempt(&|cards| cards.records[70] ^= 1).await, "another batch root");
    said(attempt(&|cards| cards.header.manifest = "{}".to_owned()).await, "code_form");
    said(attempt(&|cards| cards.header.entry.count = 39).await, "the entry of 39");
    said(attempt(&|cards| cards.header.signatures.clear()).await, "signature of the issuer");
    said(attempt(&|cards| cards.header.entry.prev = 0).await, "no prev");
    fixture.issue(&whole).await.expect("issued after all");
    assert_in_order(&fixture);
}

#[tokio::test]
async fn a_restart_finds_everything_where_it_was() {
    let store = MemoryStore::new().expect("a store");
    let disk = store.disk();
    let fixture = Fixture::on(Arc::new(store)).await;
    let cards = fixture.issued(33).await;
    let shop = key(2);
    let step = fixture.step(Kind::Transfer, 1, 30, shop.public(), &[&fixture.issuer]);
    let receipt = fixture.ledger.submit(step).await.expect("handed on").accepted;
    let now = fixture.now();
    let Fixture { ledger, store, chain, anchoring, .. } = fixture;
    let facts = ledger.facts();
    drop((ledger, store, anchoring));
    // The sequencer's thread lets go of the store a moment after its last sender.
    let reopened = (0..100).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        disk.open().ok()
    });
    let fixture = Fixture::reopened(Arc::new(reopened.expect("free")), chain, now, facts);
    let entry = fixture.ledger.view().expect("a view").entry(1).expect("read");
    assert_eq!(entry, Some(receipt));
    fixture.anchor().await;
    assert_eq!(fixture.judge(&cards.keys[32], None).await.verdict, Verdict::GenuineUnclaimed);
    assert_in_order(&fixture);
}

#[tokio::test]
async fn a_batch_whose_sender_goes_away_is_taken_in_whole_before_the_next_one() {
    let [staging, go_on] = [Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2))];
    let held = Held {
        below: MemoryStore::new().expect("a store"),
        is_first: AtomicBool::new(true),
        staging: Arc::clone(&staging),
        go_on: Arc::clone(&go_on),
    };
    let fixture = Fixture::on(Arc::new(held)).await;
    let left = fixture.cards(1, 200, 0, Flags::default());
    // Cancelled while its rows are staged.
    tokio::select! {
        answer = fixture.issue(&left) => panic!("answered before its rows were staged: {answer:?}"),
        _ = tokio::task::spawn_blocking(move || staging.wait()) => {}
    }
    let next = fixture.cards(2, 200, 0, Flags::default());
    let (answer, _) = tokio::join!(
        fixture.issue(&next),
        // The next one has come as far as it can by then, or fails the test the milder way.
        tokio::task::spawn_blocking(move || {
            std::thread::sleep(Duration::from_millis(50));
            go_on.wait()
        })
    );
    let first = match answer {
        Ok(_) => panic!("the turn was given up: both batches were staged at number 0"),
        Err(Refused::FirstMoved { first, .. }) => first,
        Err(other) => panic!("{other}"),
    };
    assert_eq!(first, 200);
    let view = fixture.ledger.view().expect("a view");
    for (n, voucher) in left.keys.iter().enumerate() {
        assert_eq!(view.voucher(voucher).expect("read").expect("there").number, n as u64);
    }
}

/// A store whose first staging says that it has begun, and waits until it may go on.
struct Held {
    below: MemoryStore,
    is_first: AtomicBool,
    staging: Arc<Barrier>,
    go_on: Arc<Barrier>,
}

impl Store for Held {
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        self.below.snapshot()
    }
    fn commit(&self, writes: WriteSet) -> Result<(), StoreError> {
        self.below.commit(writes)
    }
    fn stage(&self, writes: WriteSet) -> Result<(), StoreError> {
        if self.is_first.swap(false, Ordering::SeqCst) {
            self.staging.wait();
            self.go_on.wait();
        }
        self.below.stage(writes)
    }
}

/// A store that counts its open snapshots, and the most of them that were open while rows were staged.
struct Watched {
    below: MemoryStore,
    open: Arc<AtomicUsize>,
    while_staging: Arc<AtomicUsize>,
}

struct WatchedSnapshot(Box<dyn Snapshot>, Arc<AtomicUsize>);

impl Store for Watched {
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        self.open.fetch_add(1, Ordering::SeqCst);
        Ok(Box::new(WatchedSnapshot(self.below.snapshot()?, Arc::clone(&self.open))))
    }
    fn commit(&self, writes: WriteSet) -> Result<(), StoreError> {
        self.below.commit(writes)
    }
    fn stage(&self, writes: WriteSet) -> Result<(), StoreError> {
        self.while_staging.fetch_max(self.open.load(Ordering::SeqCst), Ordering::SeqCst);
        self.below.stage(writes)
    }
}

impl Snapshot for WatchedSnapshot {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.get(table, key)
    }
    fn rows(&self, table: Table, span: Span, order: Order) -> Rows {
        self.0.rows(table, span, order)
    }
}

impl Drop for WatchedSnapshot {
    fn drop(&mut self) {
        self.1.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn no_view_is_open_while_a_batch_is_staged() {
    let below = MemoryStore::new().expect("a store");
    let (open, while_staging) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let watched = Watched { below, open, while_staging: Arc::clone(&while_staging) };
    let fixture = Fixture::on(Arc::new(watched)).await;
    fixture.issued(300).await;
    assert_eq!(while_staging.load(Ordering::SeqCst), 0, "what a view pins, a store keeps in memory");
}

#[tokio::test]
async fn what_is_settled_is_final_unless_that_is_stale() {
    let fixture = Fixture::new().await;
    fixture.issued(20).await;
    fixture.anchor().await;
    let settled = || {
        let view = fixture.ledger.view().expect("a view");
        let (under, superseded_at) = view.latest_settled(fixture.now()).expect("read").expect("a checkpoint");
        (under.checkpoint.number, under.is_final, superseded_at.is_some())
    };
    assert_eq!(settled(), (1, true, false));
    fixture.chain.hold_finality();
    let step = fixture.step(Kind::Transfer, 0, 1, key(2).public(), &[&fixture.issuer]);
    fixture.ledger.submit(step).await.expect("handed on");
    fixture.pass(60);
    for _ in 0..8 {
        fixture.anchoring.turn().await.expect("a turn");
    }
    assert_eq!(settled(), (1, true, true));
    fixture.pass(601);
    assert_eq!(settled(), (2, false, false));
}

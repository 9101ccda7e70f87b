//! A store that was taken in again from what is public is the store that gave it.

use super::{PublicBatch, Replay, ReplayError};
use crate::fixture::{Fixture, key};
use crate::fsck::fsck;
use crate::ledger::View;
use crate::ledger::outbox::record_opening;
use crate::store::{MemoryStore, Order, Row, Snapshot, Span, Store, Table};
use anchors::Finality;
use protocol::checkpoint::Checkpoint;
use protocol::dossier::{Memo, Step};
use protocol::entry::Entry;
use protocol::lifecycle::Kind;
use protocol::manifest::Flags;
use protocol::public_data::{
    DataPath, Part, decode_bundle, decode_checkpoint, decode_manifest, decode_terms, record_files,
};
use std::io::Write as _;

const PROMISE_MS: u64 = 3_600_000;

/// Two batches, handed on and sold with memos, under four checkpoints.
async fn busy() -> Fixture {
    let fixture = Fixture::new().await;
    fixture.issued(40).await;
    fixture.anchor().await;
    for number in 0..30 {
        let step = fixture.step(Kind::Transfer, number, 1, key(2).public(), &[&fixture.issuer]);
        fixture.ledger.submit(step).await.expect("accepted");
    }
    let sale = fixture.step_after(1, Kind::Sell, 0, 1, key(3).public(), Some("{\"p\":1}"), &[&key(2)]);
    fixture.ledger.submit(sale).await.expect("accepted");
    fixture.pass(60);
    fixture.anchor().await;
    let more = fixture.cards(2, 100, 40, Flags::default());
    fixture.issue(&more).await.expect("issued");
    fixture.anchor().await;
    fixture.pass(3600);
    fixture.anchor().await;
    fixture
}

fn file<T>(view: &View, path: DataPath, decode: impl FnOnce(&[u8]) -> T) -> T {
    decode(&view.public_data(path).expect("read").expect("there"))
}

fn checkpoint(view: &View, number: u64) -> Checkpoint {
    file(view, DataPath::Checkpoint(number), |bytes| decode_checkpoint(bytes, number)).expect("a checkpoint")
}

fn steps(view: &View, size: u64) -> Vec<Step> {
    let bundle = |part| file(view, DataPath::Entries(part), |bytes| decode_bundle(bytes, part));
    Part::all(size).flat_map(|part| bundle(part).expect("a bundle")).collect()
}

fn batch(view: &View, index: u64, entry: &Entry) -> PublicBatch {
    let mut records = tempfile::tempfile().expect("a file");
    for number in 0..record_files(entry.count) {
        let path = DataPath::Records { batch: index, file: number };
        file(view, path, |bytes| records.write_all(bytes)).expect("written");
    }
    let manifest = file(view, DataPath::Manifest(index), |bytes| decode_manifest(bytes).map(str::to_owned));
    let terms = file(view, DataPath::Terms(index), decode_terms);
    PublicBatch { manifest: manifest.expect("a text"), terms: terms.expect("terms"), records }
}

/// A store that knows the opening alone.
fn fresh(fixture: &Fixture) -> MemoryStore {
    let store = MemoryStore::new().expect("a store");
    let genesis = fixture.ledger.view().expect("a view").checkpoint(0).expect("read").expect("the opening");
    let opened = genesis.anchored.expect("anchored");
    record_opening(&store, genesis.checkpoint, Some((&opened, Finality::Final))).expect("recorded");
    store
}

/// Takes in checkpoints `from..=to`.
fn take_in(fixture: &Fixture, store: &dyn Store, to: u64) -> Result<(), ReplayError> {
    let view = fixture.ledger.view().expect("a view");
    let mut replay = Replay::open(store, fixture.ledger.facts().id, PROMISE_MS)?;
    let newest = checkpoint(&view, to);
    let all = steps(&view, newest.size);
    for number in replay.newest().number + 1..=to {
        let due = checkpoint(&view, number);
        let range = usize::try_from(replay.size()).expect("small")..usize::try_from(due.size).expect("small");
        replay.take(&all[range], |index, entry| Ok::<_, ReplayError>(batch(&view, index, entry)))?;
        replay.checkpoint(&due, None)?;
    }
    replay.finish()
}

fn rows(store: &dyn Store, table: Table) -> Vec<Row> {
    let snapshot: Box<dyn Snapshot> = store.snapshot().expect("a snapshot");
    snapshot.rows(table, Span::all(), Order::Ascending).collect::<Result<_, _>>().expect("read")
}

#[tokio::test]
async fn what_is_public_makes_the_same_store() {
    let fixture = busy().await;
    let store = fresh(&fixture);
    take_in(&fixture, &store, 4).expect("taken in");
    let found = fsck(&*store.snapshot().expect("a snapshot"), fixture.ledger.facts().id, |_, _| ());
    assert_eq!(found.expect("read").faults, Vec::<String>::new());
    for table in Table::ALL {
        // When a checkpoint was cut, and where it was anchored, is not public.
        if table != Table::Checkpoints {
            assert_eq!(rows(&store, table), rows(&*fixture.store, table), "{}", table.name());
        }
    }
}

#[tokio::test]
async fn a_store_that_stopped_earlier_is_brought_up() {
    let fixture = busy().await;
    for stop in 0..4 {
        let store = fresh(&fixture);
        take_in(&fixture, &store, stop).expect("taken in");
        take_in(&fixture, &store, 4).expect("brought up");
        assert_eq!(rows(&store, Table::Entries), rows(&*fixture.store, Table::Entries), "{stop}");
        let found = fsck(&*store.snapshot().expect("a snapshot"), fixture.ledger.facts().id, |_, _| ());
        assert_eq!(found.expect("read").faults, Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_log_that_a_node_would_refuse_makes_no_store() {
    let fixture = busy().await;
    let view = fixture.ledger.view().expect("a view");
    let all = steps(&view, 2);
    let spoil = |change: &dyn Fn(&mut Vec<Step>)| {
        let mut steps = all.clone();
        change(&mut steps);
        let store = fresh(&fixture);
        let mut replay = Replay::open(&store, fixture.ledger.facts().id, PROMISE_MS).expect("opened");
        replay.take(&steps, |index, entry| Ok::<_, ReplayError>(batch(&view, index, entry)))
    };
    spoil(&|_| ()).expect("as it was");
    for (what, change) in [
        ("no signature", (&|steps: &mut Vec<Step>| steps[1].signatures.clear()) as &dyn Fn(&mut Vec<Step>)),
        ("a party of another", &|steps| steps[1].entry.party = key(9).public()),
        ("a clock set back", &|steps| steps[1].entry.at = 1),
        ("a status of its own", &|steps| steps[1].entry.status = 2),
        ("twice", &|steps| steps.push(steps[1].clone())),
    ] {
        match spoil(change) {
            Err(ReplayError::Refused { index, .. }) => assert!((1..=2).contains(&index), "{what}"),
            other => panic!("{what}: {other:?}"),
        }
    }
    // A memo is not what decides, its hash is; the mirror holds the one against the other.
    spoil(&|steps| steps[1].memo = Memo::None).expect("as it was");
    let store = fresh(&fixture);
    let mut replay = Replay::open(&store, fixture.ledger.facts().id, PROMISE_MS).expect("opened");
    replay.take(&all, |index, entry| Ok::<_, ReplayError>(batch(&view, index, entry))).expect("taken in");
    let due = Checkpoint { size: 2, ..checkpoint(&view, 1) };
    assert!(matches!(replay.checkpoint(&due, None), Err(ReplayError::Checkpoint { number: 1 })));
}

//! One suite over every implementation of [`Store`]: what the contract promises, each promise a test.
//!
//! Not here: crashes, which each implementation suffers in its own way.

#![expect(clippy::unwrap_used, reason = "tests")]

mod model;

use std::thread;

pub(super) use model::agrees_with_a_sorted_map;

use super::format::FORMAT_KEY;
use super::{MAX_KEY_BYTES, MAX_VALUE_BYTES, Order, Row, Snapshot, Span, Store, StoreError, Table, WriteSet};

/// Somewhere a store can be opened again and again; what one opening stored, the next one finds.
pub(super) trait Place {
    fn open(&self) -> Result<Box<dyn Store>, StoreError>;
}

/// Makes a test of each promise, with a place of its own.
macro_rules! conformance {
    ($place:expr) => {
        $crate::store::conformance::conformance!($place;
            a_new_store_holds_its_format_alone,
            tables_are_apart,
            a_set_replaces_and_deletes,
            a_set_is_seen_whole_or_not_at_all,
            rows_come_in_byte_order_from_either_end,
            spans_keep_their_bounds,
            floor_finds_what_was_in_force,
            pages_join_to_the_whole,
            a_snapshot_never_changes,
            staged_sets_are_visible_and_ordered,
            what_is_loaded_lies_between_what_was_there,
            reopening_keeps_what_was_written,
            a_second_opening_is_refused_until_all_is_dropped,
            rows_outside_the_limits_are_refused_and_change_nothing,
            another_format_is_refused,
            agrees_with_a_sorted_map,
        );
    };
    ($place:expr; $($promise:ident,)*) => {
        $(
            #[test]
            fn $promise() {
                $crate::store::conformance::$promise(&$place);
            }
        )*
    };
}
pub(super) use conformance;

/// `None` deletes.
type Change<'a> = (Table, &'a [u8], Option<&'a [u8]>);

fn set(rows: &[Change]) -> WriteSet {
    let mut writes = WriteSet::new();
    for (table, key, value) in rows {
        match value {
            Some(value) => writes.put(*table, *key, *value),
            None => writes.delete(*table, *key),
        }
    }
    writes
}

fn put(table: Table, key: &[u8], value: &[u8]) -> WriteSet {
    set(&[(table, key, Some(value))])
}

fn keys(store: &dyn Store, table: Table, span: Span, order: Order) -> Vec<Vec<u8>> {
    let rows = store.snapshot().unwrap().rows(table, span, order);
    rows.map(|row| row.unwrap().key).collect()
}

fn get(store: &dyn Store, table: Table, key: &[u8]) -> Option<Vec<u8>> {
    store.snapshot().unwrap().get(table, key).unwrap()
}

pub(super) fn a_new_store_holds_its_format_alone(place: &dyn Place) {
    let store = place.open().unwrap();
    for table in Table::ALL {
        let mut keys = keys(&*store, table, Span::all(), Order::Ascending);
        // The store's own rows.
        keys.retain(|key| table != Table::Meta || key[0] != 0);
        assert_eq!(keys, Vec::<Vec<u8>>::new(), "{table:?}");
    }
    assert_eq!(get(&*store, Table::Meta, FORMAT_KEY), Some(vec![0, 0, 0, 1]));
}

pub(super) fn tables_are_apart(place: &dyn Place) {
    let store = place.open().unwrap();
    let mut writes = WriteSet::new();
    for table in Table::ALL {
        writes.put(table, b"key", table.name());
    }
    store.commit(writes).unwrap();
    store.commit(set(&[(Table::Runs, b"key", None)])).unwrap();
    for table in Table::ALL {
        let expected = (table != Table::Runs).then(|| table.name().as_bytes().to_vec());
        assert_eq!(get(&*store, table, b"key"), expected);
    }
}

pub(super) fn a_set_replaces_and_deletes(place: &dyn Place) {
    let store = place.open().unwrap();
    store.commit(set(&[(Table::Entries, b"a", Some(b"1")), (Table::Entries, b"b", Some(b""))])).unwrap();
    assert_eq!(get(&*store, Table::Entries, b"b"), Some(Vec::new()), "an empty value is a value");
    let writes = set(&[
        (Table::Entries, b"a", None),
        (Table::Entries, b"a", Some(b"2")),
        (Table::Entries, b"b", Some(b"3")),
        (Table::Entries, b"b", None),
        (Table::Entries, b"never there", None),
    ]);
    store.commit(writes).unwrap();
    assert_eq!(get(&*store, Table::Entries, b"a"), Some(b"2".to_vec()), "the last call for a key wins");
    assert_eq!(get(&*store, Table::Entries, b"b"), None);
    store.commit(WriteSet::new()).unwrap();
    assert_eq!(keys(&*store, Table::Entries, Span::all(), Order::Ascending), [b"a"]);
}

/// A writer moves one number through three tables while readers look: no snapshot ever shows two numbers.
pub(super) fn a_set_is_seen_whole_or_not_at_all(place: &dyn Place) {
    const LAST: u32 = 200;
    const SPREAD: [Table; 3] = [Table::Entries, Table::Runs, Table::HeadChunks];
    let store = place.open().unwrap();
    let seen = |snapshot: &dyn Snapshot| -> Vec<Option<Vec<u8>>> {
        SPREAD.iter().map(|table| snapshot.get(*table, b"number").unwrap()).collect()
    };
    thread::scope(|scope| {
        scope.spawn(|| {
            for number in 0..=LAST {
                let mut writes = WriteSet::new();
                for table in SPREAD {
                    writes.put(table, b"number", number.to_be_bytes());
                }
                if number % 2 == 0 { store.commit(writes) } else { store.stage(writes) }.unwrap();
            }
        });
        for _ in 0..2 {
            scope.spawn(|| {
                let mut before = None;
                while before != Some(LAST.to_be_bytes().to_vec()) {
                    let numbers = seen(&*store.snapshot().unwrap());
                    assert!(numbers.iter().all(|number| *number == numbers[0]), "torn: {numbers:?}");
                    assert!(numbers[0] >= before, "went back: {before:?} to {:?}", numbers[0]);
                    before.clone_from(&numbers[0]);
                }
            });
        }
    });
}

pub(super) fn rows_come_in_byte_order_from_either_end(place: &dyn Place) {
    let store = place.open().unwrap();
    let sorted: [&[u8]; 7] = [&[0], &[0, 0], &[0, 255], &[1], &[127], &[128, 0], &[255, 255]];
    for place in [3, 0, 6, 2, 5, 1, 4] {
        store.commit(put(Table::Batches, sorted[place], &[7])).unwrap();
    }
    assert_eq!(keys(&*store, Table::Batches, Span::all(), Order::Ascending), sorted);
    let reversed: Vec<_> = sorted.iter().rev().copied().collect();
    assert_eq!(keys(&*store, Table::Batches, Span::all(), Order::Descending), reversed);
}

pub(super) fn spans_keep_their_bounds(place: &dyn Place) {
    let store = place.open().unwrap();
    for key in ["a", "b", "ba", "bb", "c", "d"] {
        store.commit(put(Table::Records, key.as_bytes(), b"")).unwrap();
    }
    let cases: [(Span, &[&str]); 11] = [
        (Span::all().at_least(b"bb"), &["bb", "c", "d"]),
        (Span::all().above(b"bb"), &["c", "d"]),
        (Span::all().at_most(b"b"), &["a", "b"]),
        (Span::all().below(b"b"), &["a"]),
        (Span::all().above(b"a").below(b"c"), &["b", "ba", "bb"]),
        (Span::prefix(b"b"), &["b", "ba", "bb"]),
        (Span::prefix(b"b").above(b"ba"), &["bb"]),
        (Span::prefix(b"x"), &[]),
        (Span::all().at_least(b"c").at_most(b"c"), &["c"]),
        (Span::all().above(b"c").at_most(b"c"), &[]),
        (Span::all().at_least(b"d").at_most(b"a"), &[]),
    ];
    for (span, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|key| key.as_bytes().to_vec()).collect();
        assert_eq!(keys(&*store, Table::Records, span.clone(), Order::Ascending), expected, "{span:?}");
        let snapshot = store.snapshot().unwrap();
        let ends =
            [snapshot.first(Table::Records, span.clone()), snapshot.last(Table::Records, span.clone())];
        let ends = ends.map(|row| row.unwrap().map(|row| row.key));
        assert_eq!(ends, [expected.first().cloned(), expected.last().cloned()], "{span:?}");
    }
}

pub(super) fn floor_finds_what_was_in_force(place: &dyn Place) {
    let store = place.open().unwrap();
    for first in [10_u64, 20, 30] {
        store.commit(put(Table::Runs, &first.to_be_bytes(), &first.to_be_bytes())).unwrap();
    }
    store.commit(set(&[(Table::Runs, &20_u64.to_be_bytes(), None)])).unwrap();
    let snapshot = store.snapshot().unwrap();
    for (at, expected) in [(9, None), (10, Some(10)), (29, Some(10)), (30, Some(30)), (u64::MAX, Some(30))] {
        let row = snapshot.floor(Table::Runs, &at.to_be_bytes()).unwrap();
        let expected = expected.map(|first: u64| first.to_be_bytes().to_vec());
        assert_eq!(row, expected.map(|bytes| Row { key: bytes.clone(), value: bytes }), "at {at}");
    }
}

pub(super) fn pages_join_to_the_whole(place: &dyn Place) {
    let store = place.open().unwrap();
    let mut writes = WriteSet::new();
    for number in 0..100_u16 {
        writes.put(Table::Vouchers, number.to_be_bytes(), b"");
    }
    store.commit(writes).unwrap();
    let snapshot = store.snapshot().unwrap();
    let mut joined = Vec::new();
    let mut span = Span::all();
    loop {
        let page = snapshot.page(Table::Vouchers, span.clone(), Order::Descending, 33).unwrap();
        let Some(last) = page.last() else { break };
        assert!(page.len() <= 33);
        span = span.below(&last.key);
        joined.extend(page.into_iter().map(|row| row.key));
    }
    assert_eq!(joined, keys(&*store, Table::Vouchers, Span::all(), Order::Descending));
    assert_eq!(joined.len(), 100);
}

pub(super) fn a_snapshot_never_changes(place: &dyn Place) {
    let store = place.open().unwrap();
    for key in [b"a", b"b", b"c"] {
        store.commit(put(Table::HeadTiles, key, b"old")).unwrap();
    }
    let snapshot = store.snapshot().unwrap();
    let mut rows = snapshot.rows(Table::HeadTiles, Span::all(), Order::Ascending);
    assert_eq!(rows.next().unwrap().unwrap().key, b"a");
    store.commit(set(&[(Table::HeadTiles, b"b", Some(b"new")), (Table::HeadTiles, b"c", None)])).unwrap();
    store.stage(put(Table::HeadTiles, b"d", b"new")).unwrap();

    assert_eq!(snapshot.get(Table::HeadTiles, b"b").unwrap().unwrap(), b"old");
    let rest: Vec<_> = rows.map(|row| row.unwrap()).collect();
    let old = |key: &[u8]| Row { key: key.to_vec(), value: b"old".to_vec() };
    assert_eq!(rest, [old(b"b"), old(b"c")]);
    assert_eq!(snapshot.last(Table::HeadTiles, Span::all()).unwrap(), Some(old(b"c")));
    assert_eq!(keys(&*store, Table::HeadTiles, Span::all(), Order::Ascending), [b"a", b"b", b"d"]);
}

pub(super) fn staged_sets_are_visible_and_ordered(place: &dyn Place) {
    let store = place.open().unwrap();
    store.stage(put(Table::Records, b"a", b"staged")).unwrap();
    assert_eq!(get(&*store, Table::Records, b"a"), Some(b"staged".to_vec()));
    store.commit(put(Table::Records, b"a", b"committed")).unwrap();
    assert_eq!(get(&*store, Table::Records, b"a"), Some(b"committed".to_vec()));
    store.stage(set(&[(Table::Records, b"a", None)])).unwrap();
    assert_eq!(get(&*store, Table::Records, b"a"), None);
}

pub(super) fn reopening_keeps_what_was_written(place: &dyn Place) {
    let store = place.open().unwrap();
    store.commit(set(&[(Table::Entries, b"a", Some(b"1")), (Table::LogTiles, b"a", Some(b"2"))])).unwrap();
    store.commit(set(&[(Table::Entries, b"a", None), (Table::Entries, b"b", Some(b"3"))])).unwrap();
    store.stage(put(Table::Records, b"staged", b"4")).unwrap();
    drop(store);
    for _ in 0..2 {
        let store = place.open().unwrap();
        assert_eq!(keys(&*store, Table::Entries, Span::all(), Order::Ascending), [b"b"]);
        assert_eq!(get(&*store, Table::LogTiles, b"a"), Some(b"2".to_vec()));
        assert_eq!(get(&*store, Table::Records, b"staged"), Some(b"4".to_vec()), "closed in good order");
    }
}

pub(super) fn a_second_opening_is_refused_until_all_is_dropped(place: &dyn Place) {
    let refused = || match place.open() {
        Err(StoreError::Locked { holder, .. }) => assert_eq!(holder, Some(std::process::id())),
        Err(other) => panic!("refused for another reason: {other}"),
        Ok(_) => panic!("opened twice"),
    };
    let store = place.open().unwrap();
    store.commit(put(Table::Outbox, b"a", b"1")).unwrap();
    refused();
    let snapshot = store.snapshot().unwrap();
    drop(store);
    refused();
    let mut rows = snapshot.rows(Table::Outbox, Span::all(), Order::Ascending);
    drop(snapshot);
    refused();
    assert_eq!(rows.next().unwrap().unwrap().key, b"a");
    drop(rows);
    assert_eq!(get(&*place.open().unwrap(), Table::Outbox, b"a"), Some(b"1".to_vec()));
}

pub(super) fn what_is_loaded_lies_between_what_was_there(place: &dyn Place) {
    let key = |number: u32| number.to_be_bytes();
    // Few go with everything else, many into files of their own.
    for (first, count) in [(1, 100), (1_000_000, 70_000)] {
        let store = place.open().unwrap();
        let even = |number| Row { key: key(first + 2 * number).to_vec(), value: b"even".to_vec() };
        store.stage(put(Table::Vouchers, &key(first + 1), b"odd")).unwrap();
        let before = store.snapshot().unwrap();
        store.load(Table::Vouchers, &mut (0..count).map(even).collect::<Vec<_>>().into_iter()).unwrap();
        store.commit(put(Table::Vouchers, &key(first + 3), b"odd")).unwrap();
        assert_eq!(before.get(Table::Vouchers, &key(first)).unwrap(), None, "a snapshot never changes");
        let span = Span::all().at_least(&key(first)).at_most(&key(first + 2 * count));
        drop((before, store));
        let store = place.open().unwrap();
        let rows = store.snapshot().unwrap().rows(Table::Vouchers, span, Order::Ascending);
        let values: Vec<_> = rows.map(|row| row.unwrap().value).collect();
        assert_eq!(values.len(), count as usize + 2);
        assert_eq!(
            values[..5],
            [b"even".to_vec(), b"odd".to_vec(), b"even".to_vec(), b"odd".to_vec(), b"even".to_vec()]
        );
        assert!(values[5..].iter().all(|value| value == b"even"));
    }
    let store = place.open().unwrap();
    store.load(Table::Vouchers, &mut std::iter::empty()).unwrap();
}

pub(super) fn rows_outside_the_limits_are_refused_and_change_nothing(place: &dyn Place) {
    let store = place.open().unwrap();
    let too_large = vec![1; MAX_VALUE_BYTES + 1];
    let cases: [(&[u8], &[u8]); 3] = [(b"", b"1"), (&[1; MAX_KEY_BYTES + 1], b"1"), (b"a", &too_large)];
    for (key, value) in cases {
        let mut writes = put(Table::Incidents, key, value);
        writes.put(Table::Incidents, b"beside", b"1");
        for outcome in [store.commit(writes.clone()), store.stage(writes)] {
            let Err(StoreError::RowSize { table, key_bytes, value_bytes }) = outcome else {
                panic!("a key of {} and a value of {} bytes: {outcome:?}", key.len(), value.len())
            };
            assert_eq!((table, key_bytes, value_bytes), (Table::Incidents, key.len(), value.len()));
        }
    }
    assert_eq!(keys(&*store, Table::Incidents, Span::all(), Order::Ascending), [b""; 0]);
    let largest = put(Table::Incidents, &[1; MAX_KEY_BYTES], &too_large[1..]);
    store.commit(largest).unwrap();
    assert_eq!(get(&*store, Table::Incidents, &[1; MAX_KEY_BYTES]).unwrap().len(), MAX_VALUE_BYTES);
}

pub(super) fn another_format_is_refused(place: &dyn Place) {
    let store = place.open().unwrap();
    store.commit(put(Table::Meta, FORMAT_KEY, &7_u32.to_be_bytes())).unwrap();
    drop(store);
    let error = place.open().map(drop).unwrap_err();
    assert!(matches!(error, StoreError::UnknownFormat { found: 7, known: 1 }), "{error}");
    for word in ["of format 7, this program knows none after 1", "run the release that wrote it"] {
        assert!(error.to_string().contains(word), "no {word:?} in {error}");
    }
}

//! Kills a writing process again and again: what it was told is stored must be there, and every set whole.
//!
//! Not a test of power cuts: the system keeps what a killed process handed to it.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use vouchsafe_node::store::{
    FjallOptions, FjallStore, Order, Row, Snapshot, Span, Store, StoreError, Table, WriteSet,
};

/// Names the folder to the writing process.
const FOLDER: &str = "VOUCHSAFE_TEST_STORE";
/// Rows of one set; large enough that sets span many pages of the journal.
const ROWS: u16 = 40;

/// Tables so small that they are written out and merged while the process dies.
fn open(folder: &Path) -> Result<FjallStore, StoreError> {
    FjallStore::open_with(folder, &FjallOptions { memtable_bytes: 64 << 10, ..FjallOptions::default() })
}

/// Set `number`: puts its rows, takes away half of the rows of the set before, and counts itself.
fn numbered(number: u32) -> WriteSet {
    let mut writes = WriteSet::new();
    for row in 0..ROWS {
        writes.put(Table::Records, row_key(number, row), vec![number.to_le_bytes()[0]; 300]);
        if let Some(before) = number.checked_sub(1).filter(|_| row % 2 == 1) {
            writes.delete(Table::Records, row_key(before, row));
        }
    }
    writes.put(Table::Entries, number.to_be_bytes(), b"");
    writes.put(Table::Meta, b"last", number.to_be_bytes());
    writes
}

fn row_key(number: u32, row: u16) -> Vec<u8> {
    [&number.to_be_bytes()[..], &row.to_be_bytes()].concat()
}

fn last(snapshot: &dyn Snapshot) -> Option<u32> {
    let bytes = snapshot.get(Table::Meta, b"last").unwrap()?;
    Some(u32::from_be_bytes(bytes.try_into().unwrap()))
}

/// Checks that the store holds sets 0 to `last` and nothing of another, and returns `last`.
fn check_whole_sets(store: &FjallStore) -> Option<u32> {
    let snapshot = store.snapshot().unwrap();
    let last = last(&*snapshot);
    let numbers = 0..last.map_or(0, |last| last + 1);
    let entries = snapshot.rows(Table::Entries, Span::all(), Order::Ascending).map(|row| row.unwrap().key);
    assert!(entries.eq(numbers.clone().map(|number| number.to_be_bytes().to_vec())), "entries have gaps");
    let expected = numbers.flat_map(|number| {
        let kept = move |row: &u16| row.is_multiple_of(2) || Some(number) == last;
        (0..ROWS)
            .filter(kept)
            .map(move |row| Row { key: row_key(number, row), value: vec![number.to_le_bytes()[0]; 300] })
    });
    let rows = snapshot.rows(Table::Records, Span::all(), Order::Ascending).map(Result::unwrap);
    assert!(rows.eq(expected), "a set is torn");
    last
}

#[test]
fn a_killed_writer_loses_nothing_confirmed_and_tears_nothing() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("store");
    let mut confirmed_before = None;
    for millis in [15, 40, 90, 160, 60, 120] {
        let mut writer = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "writes_until_killed", "--ignored", "--nocapture"])
            .env(FOLDER, &folder)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines().map(Result::unwrap);
        // The first line that is a number says that the store is open; from then on the clock runs.
        let mut confirmed =
            lines.find_map(|line| line.parse::<u32>().ok()).expect("the writer confirms a commit");
        match open(&folder).map(drop) {
            Err(StoreError::Locked { holder, .. }) => assert_eq!(holder, Some(writer.id())),
            other => panic!("opened beside the writer: {other:?}"),
        }
        thread::sleep(Duration::from_millis(millis));
        writer.kill().unwrap();
        confirmed = lines.filter_map(|line| line.parse().ok()).last().unwrap_or(confirmed);
        writer.wait().unwrap();

        let found = check_whole_sets(&open(&folder).unwrap()).expect("something was confirmed");
        assert!(found >= confirmed, "set {confirmed} was confirmed, the last one found is {found}");
        assert!(Some(confirmed) > confirmed_before, "each life adds to the one before");
        confirmed_before = Some(confirmed);
    }
}

/// Not a test by itself: the process that gets killed. Commits every third set, stages the others, and confirms on
/// standard output what a commit made durable.
#[test]
#[ignore = "run by the test that kills it"]
fn writes_until_killed() {
    let store = open(Path::new(&std::env::var_os(FOLDER).unwrap())).unwrap();
    let mut number = last(&*store.snapshot().unwrap()).map_or(0, |last| last + 1);
    let mut output = std::io::stdout().lock();
    writeln!(output).unwrap();
    loop {
        store.stage(numbered(number)).unwrap();
        store.stage(numbered(number + 1)).unwrap();
        store.commit(numbered(number + 2)).unwrap();
        writeln!(output, "{}", number + 2).unwrap();
        number += 3;
    }
}

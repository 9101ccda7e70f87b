//! What the embedded store promises beyond the common contract: folders, locks, damage, a full disk.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use tempfile::TempDir;

use super::super::conformance::{Place, conformance};
use super::*;

/// A folder, with tables so small that they are written out and merged all the time.
struct TempFolder(TempDir, FjallOptions);

impl TempFolder {
    fn new() -> Self {
        Self(
            tempfile::tempdir().unwrap(),
            FjallOptions { memtable_bytes: 4 << 10, ..FjallOptions::default() },
        )
    }
}

impl Place for TempFolder {
    fn open(&self) -> Result<Box<dyn Store>, StoreError> {
        Ok(Box::new(FjallStore::open_with(&self.0.path().join("store"), &self.1)?))
    }
}

conformance!(TempFolder::new());

pub(super) fn put(table: Table, key: &[u8], value: &[u8]) -> WriteSet {
    let mut writes = WriteSet::new();
    writes.put(table, key, value);
    writes
}

fn get(store: &FjallStore, table: Table, key: &[u8]) -> Option<Vec<u8>> {
    store.snapshot().unwrap().get(table, key).unwrap()
}

pub(super) fn refusal(path: &Path) -> StoreError {
    match FjallStore::open(path) {
        Ok(_) => panic!("opened {}", path.display()),
        Err(error) => error,
    }
}

#[test]
fn a_missing_folder_is_created_for_its_owner_alone() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("a/b/store");
    drop(FjallStore::open(&path).unwrap());
    for created in [place.path().join("a"), path] {
        assert_eq!(
            fs::metadata(&created).unwrap().permissions().mode() & 0o777,
            0o700,
            "{}",
            created.display()
        );
    }
}

#[test]
fn what_is_not_a_store_is_left_alone() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "precious").unwrap();
    for (path, found) in [
        (file.clone(), "is a file: choose"),
        (file.join("store"), "lies below a file: choose"),
        (place.path().to_owned(), "holds other files: choose"),
    ] {
        let error = refusal(&path);
        assert!(matches!(error, StoreError::NotAStore { .. }), "{error:?}");
        assert!(error.to_string().contains(found), "{error}");
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "nothing was left behind");
    assert_eq!(fs::read(&file).unwrap(), b"precious");
}

/// `/sys` takes no folder from anybody, the superuser included, whom permissions would not stop.
#[cfg(target_os = "linux")]
#[test]
fn a_place_that_cannot_be_written_is_named() {
    let error = refusal(Path::new("/sys/vouchsafe-store"));
    assert!(matches!(error, StoreError::NotWritable { .. }), "{error:?}");
    assert!(error.to_string().starts_with("cannot write in /sys/vouchsafe-store: give this user"), "{error}");
}

#[test]
fn an_interrupted_creation_begins_anew() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store");
    fs::create_dir_all(path.join("engine.new/keyspaces")).unwrap();
    fs::write(path.join("engine.new/0.jnl"), "half a journal").unwrap();
    let store = FjallStore::open(&path).unwrap();
    store.commit(put(Table::Entries, b"a", b"1")).unwrap();
    drop(store);
    assert!(!path.join("engine.new").exists());
    assert_eq!(get(&FjallStore::open(&path).unwrap(), Table::Entries, b"a"), Some(b"1".to_vec()));
}

/// All files below a folder.
fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

#[test]
fn a_disk_without_reserve_refuses_writes_in_good_order() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store");
    FjallStore::open(&path).unwrap().commit(put(Table::Entries, b"a", b"1")).unwrap();

    let options = FjallOptions { reserve_bytes: u64::MAX / 2, ..FjallOptions::default() };
    let store = FjallStore::open_with(&path, &options).unwrap();
    for outcome in
        [store.commit(put(Table::Entries, b"b", b"2")), store.stage(put(Table::Entries, b"b", b"2"))]
    {
        let error = outcome.unwrap_err();
        assert!(matches!(error, StoreError::Full { needed, .. } if needed == u64::MAX / 2 + 2), "{error:?}");
        assert!(error.to_string().ends_with("free some space"), "{error}");
    }
    assert!(matches!(store.check_room(1), Err(StoreError::Full { .. })));
    // Of a bulk load that there is no room for, nothing is begun.
    let many = u64::try_from(INGESTED_FROM).unwrap();
    let row = |number: u64| Row { key: number.to_be_bytes().to_vec(), value: vec![7; 8] };
    let files = || walk(&path).len();
    let before = files();
    let refused = store.load(Table::Records, &mut (0..many).map(row).collect::<Vec<_>>().into_iter());
    let needed = u64::MAX / 2 + 16 * many;
    assert!(matches!(refused, Err(StoreError::Full { needed: said, .. }) if said == needed), "{refused:?}");
    assert_eq!(files(), before);
    assert_eq!(get(&store, Table::Entries, b"a"), Some(b"1".to_vec()), "reading goes on");
    assert_eq!(get(&store, Table::Entries, b"b"), None);
    drop(store);
    FjallStore::open(&path).unwrap().commit(put(Table::Entries, b"b", b"2")).unwrap();
}

/// Commits that each set `number` and eight rows of their own; closed, so that all is in one journal file.
pub(super) const COMMITS: u8 = 12;

pub(super) fn numbered_commits(path: &Path, value_bytes: usize) {
    let store = FjallStore::open(path).unwrap();
    // Noise, since the journal would pack a value of one byte repeated.
    let mut noise = 0x9e37_79b9_7f4a_7c15_u64;
    for number in 0..COMMITS {
        let mut writes = put(Table::Runs, b"number", &[number]);
        for row in 0..8 {
            let value = std::iter::repeat_with(|| {
                noise ^= noise << 13;
                noise ^= noise >> 7;
                noise ^= noise << 17;
                noise.to_le_bytes()[0]
            });
            writes.put(Table::Entries, [number, row], value.take(value_bytes).collect::<Vec<_>>());
        }
        store.commit(writes).unwrap();
    }
}

/// Copies a closed store, the written part of its journal changed by `damage`.
pub(super) fn copy_damaged(from: &Path, to: &Path, damage: &dyn Fn(&mut [u8])) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let source = entry.unwrap().path();
        let target = to.join(source.file_name().unwrap());
        if source.is_dir() {
            copy_damaged(&source, &target, damage);
        } else {
            let mut bytes = fs::read(&source).unwrap();
            if source.extension().is_some_and(|extension| extension == "jnl") {
                let written = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
                damage(&mut bytes[..written]);
                bytes.truncate(written + 4096);
            }
            fs::write(target, bytes).unwrap();
        }
    }
}

/// The last commit that is there; it and all before it are whole, or this panics.
pub(super) fn last_commit(store: &FjallStore) -> Option<u8> {
    let snapshot = store.snapshot().unwrap();
    let last = snapshot.get(Table::Runs, b"number").unwrap().map(|number| number[0]);
    let rows = snapshot.rows(Table::Entries, Span::all(), Order::Ascending).map(|row| row.unwrap().key);
    let expected =
        (0..last.map_or(0, |last| last + 1)).flat_map(|number| (0..8).map(move |row| vec![number, row]));
    assert!(rows.eq(expected), "a set is torn");
    last
}

/// The record of what was confirmed is gone, as if it had never reached the disk.
pub(super) fn unconfirm(path: &Path) {
    let record = path.join("engine/confirmed");
    if record.exists() {
        fs::remove_file(record).unwrap();
    }
}

/// What a power cut does to a journal that was not synced to its end: the rest of the file reads as zeros, and nobody was
/// told of what stood there.
#[test]
fn a_journal_cut_anywhere_yields_a_prefix_of_whole_sets() {
    let place = tempfile::tempdir().unwrap();
    let whole = place.path().join("whole");
    numbered_commits(&whole, 200);
    let mut before = Some(COMMITS - 1);
    for (trial, cut) in (1..40_000).step_by(1231).enumerate() {
        let path = place.path().join(trial.to_string());
        copy_damaged(&whole, &path, &|journal| {
            let kept = journal.len().saturating_sub(cut);
            journal[kept..].fill(0);
        });
        unconfirm(&path);
        // The format row is in the same journal: without it there is no store.
        let Ok(store) = FjallStore::open(&path) else { break };
        let last = last_commit(&store);
        assert!(last < Some(COMMITS - 1) && last <= before, "cut {cut}: {last:?} after {before:?}");
        before = last;
        store.commit(put(Table::Runs, b"number", &[200])).unwrap();
        drop(store);
        let reopened = FjallStore::open(&path).unwrap();
        assert_eq!(get(&reopened, Table::Runs, b"number"), Some(vec![200]), "written after the repair");
        drop(reopened);
        fs::remove_dir_all(path).unwrap();
    }
    assert_eq!(before, None, "cut to the first commit");
}

/// A page of a large value that never reached the disk: fjall's checksum sees it, and the store is refused.
#[test]
fn a_hole_in_a_large_value_is_refused_and_never_misread() {
    let place = tempfile::tempdir().unwrap();
    let (whole, holed) = (place.path().join("whole"), place.path().join("holed"));
    numbered_commits(&whole, 20_000);
    copy_damaged(&whole, &holed, &|journal| {
        let hole = journal.len() - 10_000;
        journal[hole..hole + 4096].fill(0);
    });
    let error = refusal(&holed);
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert!(error.to_string().contains("restore a backup"), "{error}");
}

#[test]
fn a_damaged_table_file_is_reported_where_it_is_read() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store");
    let options = FjallOptions { memtable_bytes: 4 << 10, ..FjallOptions::default() };
    let store = FjallStore::open_with(&path, &options).unwrap();
    let keyspace = store.engine.table(Table::Records).clone();
    for number in 0..64_u8 {
        store.commit(put(Table::Records, &[number], &[number; 512])).unwrap();
    }
    keyspace.rotate_memtable_and_wait().unwrap();
    let tables = keyspace.path().join("tables");
    drop((keyspace, store));

    for file in fs::read_dir(tables).unwrap() {
        let file = file.unwrap().path();
        let mut bytes = fs::read(&file).unwrap();
        bytes[600] ^= 1;
        fs::write(file, bytes).unwrap();
    }
    let store = FjallStore::open_with(&path, &options).unwrap();
    let mut rows = store.snapshot().unwrap().rows(Table::Records, Span::all(), Order::Ascending);
    let error = rows.find_map(Result::err).expect("the damage goes unseen");
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    assert!(rows.next().is_none(), "after an error come no more rows");
}

/// A closed store whose tables are in table files, all of them; the last commit is in the journal alone.
pub(super) fn flushed(path: &Path) {
    let store = FjallStore::open(path).unwrap();
    for table in Table::ALL {
        for number in 0..40_u8 {
            store.commit(put(table, &[1, number], &[number; 64])).unwrap();
        }
        store.engine.table(table).rotate_memtable_and_wait().unwrap();
    }
    store.commit(put(Table::Runs, &[2], b"last")).unwrap();
}

/// All that a store holds, or why it can not be read.
fn everything(path: &Path) -> Result<Vec<(Table, Row)>, StoreError> {
    let store = FjallStore::open(path)?;
    let snapshot = store.snapshot()?;
    let rows = |table| snapshot.rows(table, Span::all(), Order::Ascending).map(move |row| Ok((table, row?)));
    Table::ALL.into_iter().flat_map(rows).collect()
}

pub(super) fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let inside = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> =
        inside.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    found.sort();
    found
}

/// What is read is what was written, or it is refused.
#[test]
fn a_flipped_bit_anywhere_is_never_read_as_something_else() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store");
    flushed(&path);
    let whole = everything(&path).unwrap();
    let (mut refused, mut same, mut tables) = (0, 0, 0);
    for file in files(&path.join("engine")) {
        let bytes = fs::read(&file).unwrap();
        let Some(last) = bytes.iter().rposition(|byte| *byte != 0) else { continue };
        tables += usize::from(file.parent().is_some_and(|folder| folder.ends_with("tables")));
        for at in (0..=last).step_by((last / 7).max(1)) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(&file, &flipped).unwrap();
            match everything(&path) {
                Err(StoreError::Corrupt { .. } | StoreError::UnknownFormat { .. }) => refused += 1,
                Ok(rows) if rows == whole => same += 1,
                other => panic!("{}, byte {at}: {other:?}", file.display()),
            }
            fs::write(&file, &bytes).unwrap();
        }
    }
    assert!(tables >= Table::ALL.len() - 1, "{tables} table files: not every table was written out");
    assert!(refused > same, "{refused} flips were refused, {same} changed nothing");
    assert_eq!(everything(&path).unwrap(), whole, "put back");
}

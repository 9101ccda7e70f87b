//! A store in memory, for tests: it keeps the contract, fails on demand and crashes on demand.
//!
//! Not for data that matters, nor for large amounts: a commit while a snapshot lives copies the tables it touches.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Order, Row, Rows, Snapshot, Span, Store, StoreError, Table, WriteSet, check_sizes, format};

/// Rows of one table. Shared with snapshots, copied when written while shared.
type Rowset = Arc<BTreeMap<Vec<u8>, Vec<u8>>>;

/// Stands in for the path of a store in messages.
const PATH: &str = "memory";

/// How a write shall fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Fails with [`StoreError::Stopped`]; the set never reached the disk.
    Before,
    /// Fails with [`StoreError::Stopped`]; the set did reach the disk and shows when the store is opened anew.
    After,
    /// Fails with [`StoreError::Full`]; nothing has changed and the store goes on.
    Full,
}

/// Decides which write fails. Clones act on the same store.
#[derive(Clone, Debug, Default)]
pub struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    written: u64,
    due: BTreeMap<u64, Fault>,
}

impl Faults {
    /// Lets the `nth` write from now fail, commits and stages counted alike; 1 is the next one.
    pub fn fail(&self, nth: u64, fault: Fault) {
        let mut plan = lock(&self.0);
        let at = plan.written.saturating_add(nth);
        plan.due.insert(at, fault);
    }

    /// Writes tried so far, failed ones included: the format row of a new store is the first.
    pub fn written(&self) -> u64 {
        lock(&self.0).written
    }

    fn next(&self) -> Option<Fault> {
        let mut plan = lock(&self.0);
        plan.written += 1;
        let at = plan.written;
        plan.due.remove(&at)
    }
}

/// What outlives the process that writes to it. Clones are the same disk.
#[derive(Clone, Debug, Default)]
pub struct MemoryDisk(Arc<Mutex<Disk>>);

#[derive(Debug, Default)]
struct Disk {
    in_use: bool,
    tables: [Rowset; Table::ALL.len()],
    /// How to take back each staged set, oldest first.
    undo: Vec<WriteSet>,
    /// A set that reached the disk although its write failed: not shown before the next opening.
    unseen: Option<WriteSet>,
    /// The same of a stage: it reached no more than the system's buffers.
    unseen_staged: Option<WriteSet>,
    stopped: Option<&'static str>,
    faults: Faults,
}

impl MemoryDisk {
    /// An empty disk.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens the store on this disk, and creates it on an empty one.
    ///
    /// Fails with [`StoreError::Locked`] while one is open, and as opening any store does.
    pub fn open(&self) -> Result<MemoryStore, StoreError> {
        let is_new = {
            let mut disk = lock(&self.0);
            if disk.in_use {
                return Err(StoreError::Locked { path: PATH.into(), holder: Some(std::process::id()) });
            }
            disk.in_use = true;
            disk.stopped = None;
            disk.tables.iter().all(|rows| rows.is_empty())
        };
        let store = MemoryStore { lease: Arc::new(Lease(self.clone())) };
        if is_new {
            format::stamp(&store)?;
        }
        format::bring_up(&store, Path::new(PATH))?;
        Ok(store)
    }

    /// The faults to come on this disk, also across openings.
    pub fn faults(&self) -> Faults {
        lock(&self.0).faults.clone()
    }
}

/// A [`Store`] in memory.
#[derive(Debug)]
pub struct MemoryStore {
    lease: Arc<Lease>,
}

/// Keeps the disk in use until the store, its snapshots and their rows are gone.
#[derive(Debug)]
struct Lease(MemoryDisk);

impl MemoryStore {
    /// An empty store on a disk of its own.
    pub fn new() -> Result<Self, StoreError> {
        MemoryDisk::new().open()
    }

    /// The disk below, to open the store again after it was closed.
    pub fn disk(&self) -> MemoryDisk {
        self.lease.0.clone()
    }

    /// The faults to come.
    pub fn faults(&self) -> Faults {
        self.lease.0.faults()
    }

    /// Ends the store as a crash does: of the sets staged since the last commit the oldest `kept` survive.
    pub fn crash(self, kept: usize) -> MemoryDisk {
        let memory_disk = self.disk();
        let mut disk = lock(&memory_disk.0);
        if disk.undo.len() >= kept {
            disk.unseen_staged = None;
        }
        while disk.undo.len() > kept {
            if let Some(inverse) = disk.undo.pop() {
                apply(&mut disk.tables, inverse);
            }
        }
        drop(disk);
        memory_disk
    }

    fn write(&self, writes: WriteSet, durable: bool) -> Result<(), StoreError> {
        check_sizes(&writes)?;
        let mut disk = lock(&self.lease.0.0);
        if let Some(cause) = disk.stopped {
            return Err(StoreError::Stopped { cause: cause.to_owned() });
        }
        let fault = disk.faults.next();
        if fault == Some(Fault::Full) {
            return Err(StoreError::Full { path: PATH.into(), free: 0, needed: writes.bytes() as u64 });
        }
        if fault == Some(Fault::Before) {
            return Err(disk.stop("injected fault before the write"));
        }
        if fault == Some(Fault::After) {
            if durable {
                disk.undo.clear();
                disk.unseen = Some(writes);
            } else {
                disk.unseen_staged = Some(writes);
            }
            return Err(disk.stop("injected fault after the write"));
        }
        let inverse = apply(&mut disk.tables, writes);
        if durable {
            disk.undo.clear();
        } else {
            disk.undo.push(inverse);
        }
        Ok(())
    }
}

impl Disk {
    fn stop(&mut self, cause: &'static str) -> StoreError {
        self.stopped = Some(cause);
        StoreError::Stopped { cause: cause.to_owned() }
    }
}

impl Store for MemoryStore {
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let tables = lock(&self.lease.0.0).tables.clone();
        Ok(Box::new(View { tables, lease: Arc::clone(&self.lease) }))
    }

    fn commit(&self, writes: WriteSet) -> Result<(), StoreError> {
        self.write(writes, true)
    }

    fn stage(&self, writes: WriteSet) -> Result<(), StoreError> {
        self.write(writes, false)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let mut disk = lock(&self.0.0);
        disk.undo.clear();
        if let Some(writes) = disk.unseen.take().or_else(|| disk.unseen_staged.take()) {
            apply(&mut disk.tables, writes);
        }
        disk.in_use = false;
    }
}

/// The tables as they were.
struct View {
    tables: [Rowset; Table::ALL.len()],
    lease: Arc<Lease>,
}

impl View {
    fn table(&self, table: Table) -> &Rowset {
        &self.tables[table.index()]
    }
}

impl Snapshot for View {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.table(table).get(key).cloned())
    }

    fn rows(&self, table: Table, span: Span, order: Order) -> Rows {
        Box::new(ViewRows {
            rows: Arc::clone(self.table(table)),
            rest: span,
            order,
            _lease: Arc::clone(&self.lease),
        })
    }
}

/// Looks each row up anew, from the key of the one before.
struct ViewRows {
    rows: Rowset,
    rest: Span,
    order: Order,
    _lease: Arc<Lease>,
}

impl Iterator for ViewRows {
    type Item = Result<Row, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let bounds: (Bound<Vec<u8>>, Bound<Vec<u8>>) = self.rest.clone().into_bounds();
        let mut rows = self.rows.range(bounds);
        let (key, value) = match self.order {
            Order::Ascending => rows.next()?,
            Order::Descending => rows.next_back()?,
        };
        let rest = self.rest.clone();
        self.rest = match self.order {
            Order::Ascending => rest.above(key),
            Order::Descending => rest.below(key),
        };
        Some(Ok(Row { key: key.clone(), value: value.clone() }))
    }
}

/// Applies `writes` and returns the set that takes them back.
fn apply(tables: &mut [Rowset; Table::ALL.len()], writes: WriteSet) -> WriteSet {
    let mut inverse = WriteSet::new();
    for (table, key, value) in writes.into_rows() {
        let rows = Arc::make_mut(&mut tables[table.index()]);
        let before = match value {
            Some(value) => rows.insert(key.clone(), value),
            None => rows.remove(&key),
        };
        match before {
            Some(before) => inverse.put(table, key, before),
            None => inverse.delete(table, key),
        }
    }
    inverse
}

/// Every change under these locks is complete when a panic elsewhere unwinds, so a poisoned one is as good.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::super::conformance::{Place, conformance};
    use super::*;

    impl Place for MemoryDisk {
        fn open(&self) -> Result<Box<dyn Store>, StoreError> {
            Ok(Box::new(Self::open(self)?))
        }
    }

    conformance!(MemoryDisk::new());

    fn put(key: &[u8]) -> WriteSet {
        let mut writes = WriteSet::new();
        writes.put(Table::Entries, key, b"");
        writes
    }

    fn keys(store: &MemoryStore) -> Vec<Vec<u8>> {
        let rows = store.snapshot().unwrap().rows(Table::Entries, Span::all(), Order::Ascending);
        rows.map(|row| row.unwrap().key).collect()
    }

    #[test]
    fn a_crash_loses_staged_sets_from_the_newest_on() {
        for kept in 0..3 {
            let store = MemoryStore::new().unwrap();
            store.stage(put(b"a")).unwrap();
            store.commit(put(b"b")).unwrap();
            store.stage(put(b"c")).unwrap();
            store.stage(put(b"d")).unwrap();
            let store = store.crash(kept).open().unwrap();
            let expected: [&[u8]; 4] = [b"a", b"b", b"c", b"d"];
            assert_eq!(keys(&store), expected[..2 + kept]);
        }
    }

    #[test]
    fn a_write_that_failed_shows_only_if_it_reached_the_disk() {
        for (fault, after_reopening) in [(Fault::Before, &[b"a"][..]), (Fault::After, &[b"a", b"b"][..])] {
            let store = MemoryStore::new().unwrap();
            store.faults().fail(2, fault);
            store.commit(put(b"a")).unwrap();
            for refused in [put(b"b"), put(b"c")] {
                assert!(matches!(store.commit(refused), Err(StoreError::Stopped { .. })));
            }
            assert_eq!(keys(&store), [b"a"], "snapshots show the state before the failure");
            let store = store.crash(0).open().unwrap();
            assert_eq!(keys(&store), after_reopening);
            store.commit(put(b"d")).unwrap();
        }
    }

    #[test]
    fn a_failed_commit_that_reached_the_disk_brought_the_staged_sets_along() {
        let store = MemoryStore::new().unwrap();
        store.stage(put(b"a")).unwrap();
        store.faults().fail(1, Fault::After);
        store.commit(put(b"b")).unwrap_err();
        assert_eq!(keys(&store.crash(0).open().unwrap()), [b"a", b"b"]);
    }

    #[test]
    fn a_failed_stage_is_lost_in_a_crash_and_kept_otherwise() {
        for (crash, expected) in [(true, &[][..]), (false, &[b"a"][..])] {
            let store = MemoryStore::new().unwrap();
            store.faults().fail(1, Fault::After);
            store.stage(put(b"a")).unwrap_err();
            let disk = store.disk();
            if crash {
                drop(store.crash(0));
            } else {
                drop(store);
            }
            assert_eq!(keys(&disk.open().unwrap()), expected);
        }
    }

    #[test]
    fn a_full_disk_refuses_one_write_and_takes_the_next() {
        let store = MemoryStore::new().unwrap();
        assert_eq!(store.faults().written(), 1);
        store.faults().fail(1, Fault::Full);
        assert!(matches!(store.commit(put(b"a")), Err(StoreError::Full { .. })));
        store.commit(put(b"b")).unwrap();
        assert_eq!(keys(&store), [b"b"]);
    }
}

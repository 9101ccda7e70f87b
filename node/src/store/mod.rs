//! Where the node keeps everything it must not lose: ordered tables of bytes with atomic, durable commits.
//!
//! In scope: the contract ([`Store`], [`Snapshot`]), an embedded implementation ([`FjallStore`]) and one in memory that
//! fails on demand ([`MemoryStore`]). Not in scope: what the bytes mean (the ledger's encodings) and asynchrony: every
//! call blocks, so async code runs it on a thread of its own.

mod error;
mod fjall;
mod format;
mod memory;
mod span;
mod table;
mod writes;

#[cfg(test)]
mod conformance;

pub use error::StoreError;
pub use fjall::{FjallOptions, FjallStore};
#[cfg(test)]
pub(crate) use format::FORMAT;
pub use memory::{Fault, Faults, MemoryDisk, MemoryStore};
pub use span::{Order, Span};
pub use table::Table;
pub use writes::WriteSet;

/// Longest key, in bytes. The shortest is one byte.
pub const MAX_KEY_BYTES: usize = 1024;
/// Longest value, in bytes: 16 MiB. A value is read as a whole.
pub const MAX_VALUE_BYTES: usize = 16 << 20;

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The key.
    pub key: Vec<u8>,
    /// The value.
    pub value: Vec<u8>,
}

/// Rows of one snapshot, read as they are asked for. Drop it early: it keeps the snapshot alive.
pub type Rows = Box<dyn Iterator<Item = Result<Row, StoreError>> + Send>;

/// Ordered tables of bytes.
///
/// # Contract
///
/// 1. **Atomic.** A [`WriteSet`] is seen whole or not at all, over all its tables, by every snapshot and after every
///    crash.
/// 2. **Durable.** When [`commit`](Self::commit) returns `Ok`, its set and every set before it survive a crash of the
///    process, of the system and of the power. Where a disk loses such a set all the same, the store does not open.
/// 3. **Ordered.** Sets take effect one after the other, those of one thread in the order of its calls. After a crash
///    the store holds a prefix of that order: it never has a set without all that came before it.
/// 4. **Staged.** When [`stage`](Self::stage) returns `Ok`, its set is visible and ordered but not yet durable: a crash
///    may lose it and what followed, up to the next commit that returned. Closing the store in good order keeps it.
/// 5. **Consistent reads.** A [`Snapshot`] shows every set whose call had returned when it was taken, and never changes.
///    Reading and writing do not wait for each other.
/// 6. **Unknown after failure.** When a write fails with [`StoreError::Stopped`], its set is on disk whole or not at all,
///    and which of the two is known only after the store was opened anew. Until then snapshots show the state
///    before it, and every further write fails in the same way. Other errors of a write ([`StoreError::Full`],
///    [`StoreError::RowSize`]) come before anything is written: nothing has changed and the next write is taken.
/// 7. **One writer.** A store is open at most once; another attempt fails with [`StoreError::Locked`]. It is closed when
///    the store, its snapshots and their rows have been dropped, and when the process ends, however it ends.
///    Calls from several threads are safe and run one after the other.
/// 8. **Limits.** Keys of 1 to [`MAX_KEY_BYTES`] bytes, values to [`MAX_VALUE_BYTES`]. Keys in [`Table::Meta`] that begin
///    with a zero byte belong to the store.
pub trait Store: Send + Sync {
    /// A view of all tables as of now. Cheap; what it shows cannot be reclaimed while it lives, so keep it for a
    /// request, not for a day.
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError>;

    /// Applies `writes` and returns once they, and all before them, are on the disk.
    fn commit(&self, writes: WriteSet) -> Result<(), StoreError>;

    /// Applies `writes` without waiting for the disk: for bulk loads whose rows count only once a small final commit
    /// says so.
    fn stage(&self, writes: WriteSet) -> Result<(), StoreError>;

    /// Stages many rows of one table, whose keys ascend and are not there yet, in parts of the store's choice: like
    /// [`stage`](Self::stage), and whichever part was applied when it fails or the process ends is there.
    fn load(&self, table: Table, rows: &mut dyn ExactSizeIterator<Item = Row>) -> Result<(), StoreError> {
        in_sets(self, table, rows)
    }

    /// Fails with [`StoreError::Full`] where so many bytes more, by whomever, would leave its disk without the room that it
    /// needs. A store that is on no disk has room.
    fn check_room(&self, bytes: u64) -> Result<(), StoreError> {
        let _ = bytes;
        Ok(())
    }
}

/// Stages rows in sets of a good size.
fn in_sets<S: Store + ?Sized>(
    store: &S,
    table: Table,
    rows: &mut dyn ExactSizeIterator<Item = Row>,
) -> Result<(), StoreError> {
    let mut writes = WriteSet::new();
    for Row { key, value } in rows {
        writes.put(table, key, value);
        if writes.bytes() >= WriteSet::BULK_BYTES {
            store.stage(std::mem::take(&mut writes))?;
        }
    }
    store.stage(writes)
}

/// An unchanging view of all tables.
pub trait Snapshot: Send + Sync {
    /// The value at `key`.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The rows of `span`, one after the other; memory does not grow with their number. After an error come no more.
    fn rows(&self, table: Table, span: Span, order: Order) -> Rows;

    /// The row with the smallest key of `span`.
    fn first(&self, table: Table, span: Span) -> Result<Option<Row>, StoreError> {
        self.rows(table, span, Order::Ascending).next().transpose()
    }

    /// The row with the greatest key of `span`.
    fn last(&self, table: Table, span: Span) -> Result<Option<Row>, StoreError> {
        self.rows(table, span, Order::Descending).next().transpose()
    }

    /// The row with the greatest key that is at most `key`: what was in force at `key`.
    fn floor(&self, table: Table, key: &[u8]) -> Result<Option<Row>, StoreError> {
        self.last(table, Span::all().at_most(key))
    }

    /// The first `limit` rows of `span` in `order`. The next page begins [`above`](Span::above) (or
    /// [`below`](Span::below)) the last key.
    fn page(&self, table: Table, span: Span, order: Order, limit: usize) -> Result<Vec<Row>, StoreError> {
        self.rows(table, span, order).take(limit).collect()
    }
}

/// Refuses rows that no store takes.
fn check_sizes(writes: &WriteSet) -> Result<(), StoreError> {
    writes.iter().try_for_each(|(table, key, value)| check_size(table, key, value.unwrap_or_default()))
}

fn check_size(table: Table, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
    let (key_bytes, value_bytes) = (key.len(), value.len());
    if key_bytes == 0 || key_bytes > MAX_KEY_BYTES || value_bytes > MAX_VALUE_BYTES {
        return Err(StoreError::RowSize { table, key_bytes, value_bytes });
    }
    Ok(())
}

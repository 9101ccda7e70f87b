//! The version of the stored format, checked whenever a store is opened.

use std::path::Path;

use super::{Snapshot, Store, StoreError, Table, WriteSet};

/// The format this program reads and writes. It grows by one with every change that an older program would misread.
pub(super) const FORMAT: u32 = 1;

/// Row of [`Table::Meta`] that holds the format as four big-endian bytes.
pub(super) const FORMAT_KEY: &[u8] = b"\0format";

/// Writes the format into a store that was just created.
pub(super) fn stamp(store: &dyn Store) -> Result<(), StoreError> {
    let mut writes = WriteSet::new();
    writes.put(Table::Meta, FORMAT_KEY, FORMAT.to_be_bytes());
    store.commit(writes)
}

/// Checks the format of a store that was there before; `path` is for the message.
pub(super) fn check(snapshot: &dyn Snapshot, path: &Path) -> Result<(), StoreError> {
    let damaged = |detail| StoreError::Corrupt { path: path.to_owned(), detail };
    let stored =
        snapshot.get(Table::Meta, FORMAT_KEY)?.ok_or_else(|| damaged("it has no format row".to_owned()))?;
    match <[u8; 4]>::try_from(stored.as_slice()).map(u32::from_be_bytes) {
        Ok(FORMAT) => Ok(()),
        Ok(found) => Err(StoreError::UnknownFormat { found, known: FORMAT }),
        Err(_) => Err(damaged(format!("its format row has {} bytes, expected 4", stored.len()))),
    }
}

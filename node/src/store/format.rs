//! The version of the stored format, checked whenever a store is opened, and the way from older ones to this.

use std::path::Path;

use super::{Store, StoreError, Table, WriteSet};

/// The format of the first release.
const FIRST: u32 = 1;

/// Rewrites the rows that the next format has otherwise. It stages what it writes and can be done again: a crash in the
/// middle leaves the old format's number, and the next start begins anew.
type Upgrade = fn(&dyn Store) -> Result<(), StoreError>;

/// From each format to the next, beginning with [`FIRST`]. A change that an older program would misread adds one, and a
/// store of the format before it to `node/tests/stores` (`node/src/ledger/released.rs`).
const UPGRADES: &[Upgrade] = &[];

/// The format this program reads and writes.
#[expect(clippy::cast_possible_truncation, reason = "a list typed by hand")]
pub(crate) const FORMAT: u32 = FIRST + UPGRADES.len() as u32;

/// Row of [`Table::Meta`] that holds the format as four big-endian bytes.
pub(super) const FORMAT_KEY: &[u8] = b"\0format";

/// Writes the format into a store that was just created.
pub(super) fn stamp(store: &dyn Store) -> Result<(), StoreError> {
    stamp_as(store, FORMAT)
}

fn stamp_as(store: &dyn Store, format: u32) -> Result<(), StoreError> {
    let mut writes = WriteSet::new();
    writes.put(Table::Meta, FORMAT_KEY, format.to_be_bytes());
    store.commit(writes)
}

/// Checks the format of a store that was there before, and brings an older one up to this; `path` is for the message.
pub(super) fn bring_up(store: &dyn Store, path: &Path) -> Result<(), StoreError> {
    bring_up_by(store, path, UPGRADES)
}

fn bring_up_by(store: &dyn Store, path: &Path, upgrades: &[Upgrade]) -> Result<(), StoreError> {
    let damaged = |detail| StoreError::Corrupt { path: path.to_owned(), detail };
    let stored = store.snapshot()?.get(Table::Meta, FORMAT_KEY)?;
    let stored = stored.ok_or_else(|| damaged("it has no format row".to_owned()))?;
    let width = || damaged(format!("its format row has {} bytes, expected 4", stored.len()));
    let found = u32::from_be_bytes(stored.as_slice().try_into().map_err(|_| width())?);
    let known = FIRST.saturating_add(u32::try_from(upgrades.len()).unwrap_or(u32::MAX));
    let Some(begin) = found.checked_sub(FIRST).filter(|_| found <= known) else {
        return Err(StoreError::UnknownFormat { found, known });
    };
    let begin = usize::try_from(begin).unwrap_or(usize::MAX);
    for (format, upgrade) in (found.saturating_add(1)..).zip(upgrades.iter().skip(begin)) {
        upgrade(store)?;
        // Commit point: what was staged before is durable with it, and the store is of the next format.
        stamp_as(store, format)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::MemoryStore;

    fn double(store: &dyn Store) -> Result<(), StoreError> {
        rewrite(store, |value| value * 2)
    }

    fn add_one(store: &dyn Store) -> Result<(), StoreError> {
        rewrite(store, |value| value + 1)
    }

    fn fail(store: &dyn Store) -> Result<(), StoreError> {
        double(store)?;
        Err(StoreError::Stopped { cause: "power".to_owned() })
    }

    /// Marks what it wrote, so that it can be done again.
    fn rewrite(store: &dyn Store, change: impl Fn(u8) -> u8) -> Result<(), StoreError> {
        let from = store.snapshot()?.get(Table::Runs, b"from")?.expect("a row");
        let mut writes = WriteSet::new();
        writes.put(Table::Runs, b"to".as_slice(), vec![change(from[0])]);
        store.stage(writes)
    }

    fn store_of(format: u32) -> MemoryStore {
        let store = MemoryStore::new().expect("a store");
        let mut writes = WriteSet::new();
        writes.put(Table::Runs, b"from".as_slice(), vec![20]);
        store.commit(writes).expect("written");
        stamp_as(&store, format).expect("stamped");
        store
    }

    fn row(store: &dyn Store, table: Table, key: &[u8]) -> Option<Vec<u8>> {
        store.snapshot().expect("a snapshot").get(table, key).expect("read")
    }

    #[test]
    fn every_older_format_goes_through_each_step_that_it_lacks() {
        let place = Path::new("there");
        for (format, result) in [(1, Some(vec![21])), (2, Some(vec![21])), (3, None)] {
            let store = store_of(format);
            bring_up_by(&store, place, &[double, add_one]).expect("brought up");
            assert_eq!(row(&store, Table::Runs, b"to"), result, "{format}");
            assert_eq!(row(&store, Table::Meta, FORMAT_KEY), Some(3_u32.to_be_bytes().to_vec()));
            bring_up_by(&store, place, &[double, add_one]).expect("nothing to do");
        }
        let store = store_of(1);
        bring_up_by(&store, place, &[double]).expect("brought up");
        assert_eq!(row(&store, Table::Runs, b"to"), Some(vec![40]));
    }

    #[test]
    fn an_upgrade_that_broke_off_begins_anew() {
        let store = store_of(1);
        assert!(bring_up_by(&store, Path::new("there"), &[fail]).is_err());
        assert_eq!(row(&store, Table::Meta, FORMAT_KEY), Some(1_u32.to_be_bytes().to_vec()));
        bring_up_by(&store, Path::new("there"), &[double]).expect("brought up");
        assert_eq!(row(&store, Table::Runs, b"to"), Some(vec![40]));
    }

    #[test]
    fn a_format_from_the_future_or_before_the_first_is_refused() {
        for format in [0, 3, u32::MAX] {
            let refused = bring_up_by(&store_of(format), Path::new("there"), &[double]);
            match refused {
                Err(StoreError::UnknownFormat { found, known }) => assert_eq!((found, known), (format, 2)),
                other => panic!("{other:?}"),
            }
        }
    }
}

//! What one commit changes.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::Table;

/// Puts and deletes over any tables, applied all together or not at all.
///
/// The last call for a key wins. Rows are kept sorted, which is the order that storage takes fastest. A set is
/// held in memory: for bulk loads cut it at [`WriteSet::BULK_BYTES`] and [`stage`](super::Store::stage) each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WriteSet {
    rows: BTreeMap<(Table, Vec<u8>), Option<Vec<u8>>>,
    bytes: usize,
}

impl WriteSet {
    /// A good size for one of many sets of a bulk load: 8 MiB, about 30,000 records of 250 bytes.
    pub const BULK_BYTES: usize = 8 << 20;

    /// A set that changes nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes `value` at `key`, whatever was there.
    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.set(table, key.into(), Some(value.into()));
    }

    /// Removes `key`; to remove what is not there is no error.
    pub fn delete(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.set(table, key.into(), None);
    }

    /// Adds the changes of `later`, which win over those already here.
    pub fn append(&mut self, later: Self) {
        for ((table, key), value) in later.rows {
            self.set(table, key, value);
        }
    }

    /// Rows changed: a put and a delete count one each.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True if committing this would change nothing.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Bytes of keys and values.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// The changes by table and key; `None` is a delete.
    pub fn iter(&self) -> impl Iterator<Item = (Table, &[u8], Option<&[u8]>)> {
        self.rows.iter().map(|((table, key), value)| (*table, key.as_slice(), value.as_deref()))
    }

    /// The changes themselves, for an implementation of the store.
    pub(crate) fn into_rows(self) -> impl Iterator<Item = (Table, Vec<u8>, Option<Vec<u8>>)> {
        self.rows.into_iter().map(|((table, key), value)| (table, key, value))
    }

    fn set(&mut self, table: Table, key: Vec<u8>, value: Option<Vec<u8>>) {
        let value_bytes = value.as_ref().map_or(0, Vec::len);
        match self.rows.entry((table, key)) {
            Entry::Vacant(row) => {
                self.bytes += row.key().1.len() + value_bytes;
                row.insert(value);
            }
            Entry::Occupied(mut row) => {
                let replaced = row.insert(value).map_or(0, |old| old.len());
                self.bytes = self.bytes - replaced + value_bytes;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_call_for_a_key_wins_and_the_size_follows() {
        let mut writes = WriteSet::new();
        writes.put(Table::Meta, b"key", b"first");
        writes.put(Table::Runs, b"key", b"other table");
        writes.delete(Table::Meta, b"key");
        assert_eq!((writes.len(), writes.bytes()), (2, 3 + 3 + 11));
        writes.put(Table::Meta, b"key", b"second");
        assert_eq!((writes.len(), writes.bytes()), (2, 3 + 6 + 3 + 11));
        assert_eq!(writes.iter().next(), Some((Table::Meta, &b"key"[..], Some(&b"second"[..]))));
    }

    #[test]
    fn appended_changes_win() {
        let mut writes = WriteSet::new();
        writes.put(Table::Meta, b"a", b"1");
        let mut later = WriteSet::new();
        later.delete(Table::Meta, b"a");
        later.put(Table::Meta, b"b", b"2");
        writes.append(later);
        let rows: Vec<_> = writes.iter().collect();
        assert_eq!(rows, [(Table::Meta, &b"a"[..], None), (Table::Meta, &b"b"[..], Some(&b"2"[..]))]);
        assert_eq!(writes.bytes(), 3);
    }
}

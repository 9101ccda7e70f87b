//! The closed list of tables. What the bytes in them mean is the ledger's business, not the store's.

/// A named, ordered map of byte keys to byte values.
///
/// The names are part of the stored format: a variant may be added, never renamed or reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Table {
    /// Facts about the whole store and ledger: format version, ledger identity, sizes. Few rows.
    Meta,
    /// Log entries by index.
    Entries,
    /// The log tree, in tiles.
    LogTiles,
    /// Runs of neighbouring vouchers that share their latest entry, by their first voucher.
    Runs,
    /// Chunks of the head array.
    HeadChunks,
    /// The tree over the head chunks, in tiles.
    HeadTiles,
    /// Batches by their first voucher: manifest, terms, root, Issue entry.
    Batches,
    /// The batch trees, in tiles.
    BatchTiles,
    /// Voucher records, in blocks of as many as a tile has leaves.
    Records,
    /// Voucher key to its number.
    Vouchers,
    /// Checkpoints and what the chain said of them.
    Checkpoints,
    /// Checkpoints that are to be published and followed to finality.
    Outbox,
    /// Signed attempts that were refused.
    Incidents,
    /// Batch root to the batch's first voucher, so that a batch sent again gets the same answer.
    Requests,
    /// How many vouchers of each batch are in which state.
    Censuses,
}

impl Table {
    /// Every table, in the order of the enum.
    pub const ALL: [Self; 15] = [
        Self::Meta,
        Self::Entries,
        Self::LogTiles,
        Self::Runs,
        Self::HeadChunks,
        Self::HeadTiles,
        Self::Batches,
        Self::BatchTiles,
        Self::Records,
        Self::Vouchers,
        Self::Checkpoints,
        Self::Outbox,
        Self::Incidents,
        Self::Requests,
        Self::Censuses,
    ];

    /// The name under which the table is stored.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Meta => "meta",
            Self::Entries => "entries",
            Self::LogTiles => "log-tiles",
            Self::Runs => "runs",
            Self::HeadChunks => "head-chunks",
            Self::HeadTiles => "head-tiles",
            Self::Batches => "batches",
            Self::BatchTiles => "batch-tiles",
            Self::Records => "records",
            Self::Vouchers => "vouchers",
            Self::Checkpoints => "checkpoints",
            Self::Outbox => "outbox",
            Self::Incidents => "incidents",
            Self::Requests => "requests",
            Self::Censuses => "censuses",
        }
    }

    /// The place of the table in [`Table::ALL`].
    pub(crate) const fn index(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Table;

    #[test]
    fn all_lists_every_table_once_and_in_order() {
        for (place, table) in Table::ALL.into_iter().enumerate() {
            assert_eq!(table.index(), place, "{table:?}");
        }
        let names: BTreeSet<_> = Table::ALL.iter().map(|table| table.name()).collect();
        assert_eq!(names.len(), Table::ALL.len());
    }
}

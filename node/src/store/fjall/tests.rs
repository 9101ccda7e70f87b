//! What the embedded store promises beyond the common contract: folders, locks, damage, a full disk.

#![expect(clippy::unwrap_used, reason = "tests")]

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

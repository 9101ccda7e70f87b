//! Numbers of write sets, by which a store finds out at its start that a confirmed one is gone.
//!
//! Every write set carries a [`Mark`] as a row. Beside the journal a file of 24 bytes holds which of them were confirmed
//! ([`Confirmed`]); it is written after the sync of a set and never synced itself, so it costs no commit a second
//! wait. After a power cut it may lag behind, and is never ahead of the journal.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use xxhash_rust::xxh3::xxh3_64;

/// Row of `Table::Meta` that holds the mark of the newest write set.
pub(super) const MARK_KEY: &[u8] = b"\0write-set";

/// Name of the file that says what was confirmed, beside the journal.
const CONFIRMED: &str = "confirmed";

/// The bytes of a mark, and of what was confirmed.
pub(super) const MARK_BYTES: usize = 24;

/// Drawn for each store, so that no row that a stranger chooses looks like a mark.
pub(super) type StoreName = [u8; 8];

/// What a write set says of itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// Of which store.
    pub store: StoreName,
    /// Its own number, from 1 upwards.
    pub number: u64,
    /// The newest number that was on the disk when this set was written.
    pub durable: u64,
}

impl Mark {
    pub(super) fn encode(self) -> [u8; MARK_BYTES] {
        words(self.store, self.number, self.durable)
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (store, number, durable) = from_words(bytes)?;
        Some(Self { store, number, durable })
    }
}

/// The newest write set that was confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Confirmed {
    /// Of which store.
    pub store: StoreName,
    /// Its number.
    pub number: u64,
}

impl Confirmed {
    /// What the file beside the journal says; none where there is no file, or one that is damaged itself.
    pub(super) fn read(engine: &Path) -> io::Result<Option<Self>> {
        match std::fs::read(engine.join(CONFIRMED)) {
            Ok(bytes) => Ok(Self::decode(&bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (store, number, sum) = from_words(bytes)?;
        (sum == Self { store, number }.sum()).then_some(Self { store, number })
    }

    fn encode(self) -> [u8; MARK_BYTES] {
        words(self.store, self.number, self.sum())
    }

    fn sum(self) -> u64 {
        xxh3_64(words(self.store, self.number, 0).split_at(16).0)
    }
}

/// The file that says what was confirmed, open for writing.
#[derive(Debug)]
pub(super) struct ConfirmedFile(File);

impl ConfirmedFile {
    pub(super) fn open(engine: &Path) -> io::Result<Self> {
        let path = engine.join(CONFIRMED);
        OpenOptions::new().write(true).create(true).truncate(false).open(path).map(Self)
    }

    /// Notes what was confirmed. A note that can not be taken changes nothing for the set, which is on the disk already:
    /// it only tells less at the next start.
    pub(super) fn note(&self, confirmed: Confirmed) {
        let _noted = self.0.write_all_at(&confirmed.encode(), 0);
    }

    /// Brings the last note to the disk, where a store closes in good order.
    pub(super) fn sync(&self) {
        let _synced = self.0.sync_data();
    }
}

fn words(store: StoreName, second: u64, third: u64) -> [u8; MARK_BYTES] {
    let mut bytes = [0; MARK_BYTES];
    let parts = store.into_iter().chain(second.to_be_bytes()).chain(third.to_be_bytes());
    bytes.iter_mut().zip(parts).for_each(|(to, byte)| *to = byte);
    bytes
}

fn from_words(bytes: &[u8]) -> Option<(StoreName, u64, u64)> {
    let (store, rest) = bytes.split_first_chunk()?;
    let (second, rest) = rest.split_first_chunk()?;
    let third = rest.try_into().ok()?;
    Some((*store, u64::from_be_bytes(*second), u64::from_be_bytes(third)))
}

//! fjall's journal, read before fjall reads it: a confirmed write set that is not whole any more stops the start.
//!
//! fjall takes the first place that it can not read for the end, cuts the file there and goes on. After a power cut that is
//! right: what was being written is torn. A flipped bit looks the same and takes every later set away with it. The marks
//! of the sets tell the two apart: a set that was durable when a later one was written, or that was confirmed, is not torn.
//!
//! In scope: the format of fjall 3 (`journal/entry.rs` and `journal/writer.rs` there), as far as this needs. Nothing is
//! changed here, so that whoever has the right bytes can put them back. Out of scope: table files, each block of which has a
//! checksum that fjall checks.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_64;

use super::mark::{Confirmed, MARK_BYTES, MARK_KEY, Mark, StoreName};

/// A confirmed write set is gone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Lost {
    /// Something in the journal can not be read, and it is not its torn end.
    #[error(
        "{journal} can not be read from byte {at} on, and confirmed write sets from number {number} on lie there"
    )]
    Unreadable {
        /// The file's name.
        journal: String,
        /// Where the first set that is not whole begins.
        at: usize,
        /// The first that is not whole.
        number: u64,
    },
    /// The journal reads well and lacks sets.
    #[error("write sets {from} to {to} were confirmed and are not there")]
    Missing {
        /// The first that is missing.
        from: u64,
        /// The last that is known of.
        to: u64,
    },
    /// A set claims another place in the order than the one it was written in.
    #[error("{journal}: the write sets before and at byte {at} are out of order")]
    Order {
        /// The file's name.
        journal: String,
        /// Where the later one begins.
        at: usize,
    },
}

/// Holds the journals in this folder against their own marks and against what was confirmed.
pub(super) fn check(engine: &Path, confirmed: Option<Confirmed>) -> io::Result<Result<(), Lost>> {
    let mut walk = Walk { confirmed, ..Walk::default() };
    let mut bytes = Vec::new();
    for (name, path) in journals(engine)? {
        bytes.clear();
        let mut file = fs::File::open(path)?;
        forget(&file)?;
        io::Read::read_to_end(&mut file, &mut bytes)?;
        if let Err(lost) = walk.journal(&name, &bytes) {
            return Ok(Err(lost));
        }
    }
    Ok(walk.end())
}

/// Has what the system remembers of a file read from the disk anew. Where a sync failed, what was to be written stays in
/// memory and counts as written: read from there it would be taken for durable, and be gone with the next power cut.
fn forget(file: &fs::File) -> io::Result<()> {
    file.sync_data()?;
    // Only what is on the disk can be forgotten, so nothing that was written since is lost by this.
    #[cfg(target_os = "linux")]
    rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed)?;
    Ok(())
}

/// The journals' names and paths, oldest first. What fjall can not name it refuses itself.
fn journals(engine: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(engine)? {
        let path = entry?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if let Some(number) = name.strip_suffix(".jnl").and_then(|number| number.parse::<u64>().ok()) {
            found.push((number, name.to_owned(), path.clone()));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(_, name, path)| (name, path)).collect())
}

/// What the journals said so far.
#[derive(Default)]
struct Walk {
    confirmed: Option<Confirmed>,
    /// Of the newest whole set that has one.
    last: Option<Mark>,
    /// fjall's number of the newest whole set: it must grow, and no checksum covers it.
    order: Option<u64>,
    /// The first place that can not be read: the journal, the byte, and the marks behind it.
    unreadable: Option<(String, usize)>,
    behind: Vec<Mark>,
}

impl Walk {
    fn journal(&mut self, name: &str, bytes: &[u8]) -> Result<(), Lost> {
        let mut at = 0;
        while let Some(set) = bytes.get(at..).and_then(WriteSet::read) {
            if self.order.is_some_and(|order| set.order <= order) || set.order >> 63 != 0 {
                return Err(Lost::Order { journal: name.to_owned(), at });
            }
            self.order = Some(set.order);
            if let Some(mark) = set.mark {
                self.follow(mark)?;
            }
            at = at.saturating_add(set.length);
        }
        let rest = bytes.get(at..).unwrap_or_default();
        if rest.iter().any(|byte| *byte != 0) {
            self.unreadable.get_or_insert_with(|| (name.to_owned(), at));
            if let Some(store) = self.store() {
                self.behind.extend(marks_in(rest, store));
            }
        }
        Ok(())
    }

    /// Sets follow each other without a gap, from one journal to the next.
    fn follow(&mut self, mark: Mark) -> Result<(), Lost> {
        if let Some(last) = self.last.filter(|last| last.number.saturating_add(1) != mark.number) {
            return Err(self.lost(last.number.saturating_add(1), mark.number.saturating_sub(1)));
        }
        self.last = Some(mark);
        Ok(())
    }

    /// The store that the marks are of, as far as it is known.
    fn store(&self) -> Option<StoreName> {
        self.last.map(|last| last.store).or(self.confirmed.map(|confirmed| confirmed.store))
    }

    fn end(&self) -> Result<(), Lost> {
        let confirmed = self.confirmed.filter(|confirmed| Some(confirmed.store) == self.store());
        let noted = confirmed.map_or(0, |confirmed| confirmed.number);
        let durable = self.behind.iter().map(|mark| mark.durable).fold(noted, u64::max);
        // Without a whole set only the marks behind the damage say which ones were in this journal.
        let first_lost = match self.last {
            Some(last) => Some(last.number.saturating_add(1)),
            None => self.behind.iter().map(|mark| mark.number).min(),
        };
        match first_lost {
            Some(first) if first <= durable => Err(self.lost(first, durable)),
            _ => Ok(()),
        }
    }

    fn lost(&self, from: u64, to: u64) -> Lost {
        match &self.unreadable {
            Some((journal, at)) => Lost::Unreadable { journal: journal.clone(), at: *at, number: from },
            None => Lost::Missing { from, to },
        }
    }
}

/// Every mark of this store in bytes that are not whole.
fn marks_in(bytes: &[u8], store: StoreName) -> impl Iterator<Item = Mark> {
    let begin = [MARK_KEY, &store].concat();
    let places: Vec<usize> =
        bytes.windows(begin.len()).enumerate().filter(|(_, here)| *here == begin).map(|(at, _)| at).collect();
    places.into_iter().filter_map(move |at| {
        let mark = at.saturating_add(MARK_KEY.len());
        bytes.get(mark..mark.saturating_add(MARK_BYTES)).and_then(Mark::decode)
    })
}

/// One write set of a journal.
struct WriteSet {
    order: u64,
    mark: Option<Mark>,
    length: usize,
}

const START: u8 = 1;
const ITEM: u8 = 2;
const END: u8 = 3;
const CLEAR: u8 = 4;
const TRAILER: [u8; 4] = *b"FJL\x03";

impl WriteSet {
    /// The set that begins here; none where there is no whole one.
    fn read(bytes: &[u8]) -> Option<Self> {
        let mut from = Reader(bytes);
        if from.byte()? != START {
            return None;
        }
        let count = from.u32()?;
        let order = from.u64()?;
        let items = from.0;
        let mut mark = None;
        for _ in 0..count {
            if let Item::Mark(found) = from.item()? {
                mark = Some(found);
            }
        }
        let content = items.get(..items.len().checked_sub(from.0.len())?)?;
        let is_end = from.byte()? == END && from.u64()? == xxh3_64(content);
        let is_whole = is_end && from.take(TRAILER.len())? == TRAILER;
        let length = bytes.len().checked_sub(from.0.len())?;
        is_whole.then_some(Self { order, mark, length })
    }
}

/// One change of a write set.
enum Item {
    Mark(Mark),
    Other,
}

/// Takes fields off the front, little-endian.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The next item; none where there is no whole one.
    fn item(&mut self) -> Option<Item> {
        match self.byte()? {
            CLEAR => self.u64().map(|_table| Item::Other),
            ITEM => {
                let (_kind, is_packed, _table) = (self.byte()?, self.byte()? != 0, self.u64()?);
                let (key, _value, stored) = (self.u16()?, self.u32()?, self.u32()?);
                let key = self.take(usize::from(key))?;
                let value = self.take(usize::try_from(stored).ok()?)?;
                let mark = if key == MARK_KEY && !is_packed { Mark::decode(value) } else { None };
                Some(mark.map_or(Item::Other, Item::Mark))
            }
            _ => None,
        }
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn chunk<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.chunk().map(u8::from_le_bytes)
    }

    fn u16(&mut self) -> Option<u16> {
        self.chunk().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.chunk().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.chunk().map(u64::from_le_bytes)
    }
}

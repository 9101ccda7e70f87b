//! Where each file lies: the paths of docs/protocol.md section 16, written and read in exactly one way.

use super::Part;
use super::tile::LEVELS;
use crate::digest::Digest;
use crate::json::INTEGER_LIMIT;
use std::fmt;
use std::str::FromStr;

/// One file of a ledger's public data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DataPath {
    /// Which ledger it is.
    Ledger,
    /// An anchored checkpoint, by its number.
    Checkpoint(u64),
    /// A tile of the log tree.
    LogTile {
        /// Counts tiles upwards from the leaves.
        level: u8,
        /// Which part of the level.
        part: Part,
    },
    /// Entries with their memos and signatures.
    Entries(Part),
    /// The manifest's text of the batch with this Issue entry.
    Manifest(u64),
    /// The terms' bytes of the batch with this Issue entry.
    Terms(u64),
    /// Records of a batch.
    Records {
        /// Index of its Issue entry.
        batch: u64,
        /// Which file: 65,536 records in each.
        file: u64,
    },
    /// A tile of the head tree under a checkpoint.
    HeadTile {
        /// Number of the checkpoint.
        checkpoint: u64,
        /// Counts tiles upwards from the leaves.
        level: u8,
        /// Which part of the level.
        part: Part,
    },
    /// Chunks of the head array under a checkpoint.
    HeadChunks {
        /// Number of the checkpoint.
        checkpoint: u64,
        /// Which part of the array of chunks.
        part: Part,
    },
}

/// A text that is no path of public data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no path of public data: see docs/protocol.md section 16")]
pub struct PathError;

impl DataPath {
    /// The same part of the log with so many items, if these are more: it begins with the bytes of this one. None of what
    /// does not grow: a head tree has the parts that its size gives, and no others.
    pub fn wider(self, width: u64) -> Option<Self> {
        let wider = |part: Part| {
            let wider = Part::new(part.index(), u16::try_from(width).ok()?)?;
            (wider.width() > part.width()).then_some(wider)
        };
        match self {
            Self::LogTile { level, part } => Some(Self::LogTile { level, part: wider(part)? }),
            Self::Entries(part) => wider(part).map(Self::Entries),
            _ => None,
        }
    }

    /// The bytes of this file, cut from those of a wider part; none where these end before it.
    pub fn cut(self, wider: &[u8]) -> Option<&[u8]> {
        match self {
            Self::LogTile { part, .. } => {
                wider.get(..Digest::WIDTH.checked_mul(usize::try_from(part.width()).ok()?)?)
            }
            Self::Entries(part) => {
                let mut ends = wider.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
                let last = usize::try_from(part.width()).ok()?.checked_sub(1)?;
                let (last, _) = ends.nth(last)?;
                wider.get(..=last)
            }
            _ => None,
        }
    }
}

impl fmt::Display for DataPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ledger => f.write_str("ledger.json"),
            Self::Checkpoint(number) => write!(f, "checkpoint/{number}"),
            Self::LogTile { level, part } => write!(f, "tile/{level}/{part}"),
            Self::Entries(part) => write!(f, "tile/entries/{part}"),
            Self::Manifest(batch) => write!(f, "batch/{batch}/manifest"),
            Self::Terms(batch) => write!(f, "batch/{batch}/terms"),
            Self::Records { batch, file } => write!(f, "batch/{batch}/records/{file}"),
            Self::HeadTile { checkpoint, level, part } => write!(f, "head/{checkpoint}/tile/{level}/{part}"),
            Self::HeadChunks { checkpoint, part } => write!(f, "head/{checkpoint}/chunks/{part}"),
        }
    }
}

impl FromStr for DataPath {
    type Err = PathError;

    fn from_str(text: &str) -> Result<Self, PathError> {
        let segments: Vec<&str> = text.split('/').collect();
        // What reads as a path and would be written otherwise is none: one content has one address.
        read(&segments).filter(|path| path.to_string() == text).ok_or(PathError)
    }
}

fn read(segments: &[&str]) -> Option<DataPath> {
    Some(match segments {
        ["ledger.json"] => DataPath::Ledger,
        ["checkpoint", number] => DataPath::Checkpoint(count(number)?),
        ["tile", "entries", part @ ..] => DataPath::Entries(Part::parse(part)?),
        ["tile", level, part @ ..] => DataPath::LogTile { level: height(level)?, part: Part::parse(part)? },
        ["batch", batch, "manifest"] => DataPath::Manifest(count(batch)?),
        ["batch", batch, "terms"] => DataPath::Terms(count(batch)?),
        ["batch", batch, "records", file] => DataPath::Records { batch: count(batch)?, file: count(file)? },
        ["head", checkpoint, "tile", level, part @ ..] => {
            let (checkpoint, level) = (count(checkpoint)?, height(level)?);
            DataPath::HeadTile { checkpoint, level, part: Part::parse(part)? }
        }
        ["head", checkpoint, "chunks", part @ ..] => {
            DataPath::HeadChunks { checkpoint: count(checkpoint)?, part: Part::parse(part)? }
        }
        _ => return None,
    })
}

fn count(digits: &str) -> Option<u64> {
    digits.parse().ok().filter(|number| *number < INTEGER_LIMIT)
}

fn height(digits: &str) -> Option<u8> {
    digits.parse().ok().filter(|level| *level < LEVELS)
}

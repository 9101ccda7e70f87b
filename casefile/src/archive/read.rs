//! Reading bytes that anybody may have made: bounded before anything is unpacked, and refused where two programs could
//! read two different things from them.

use super::{MAX_ARCHIVE_BYTES, MAX_MEMBER_BYTES, MAX_MEMBERS};
use crate::plain::cut;
use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipSliceEntry};
use std::collections::HashSet;
use std::io::{self, Read};

/// Characters of a foreign name that an error repeats.
const NAME_CHARS: usize = 120;

/// A member as it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its bytes, or why there are none.
    pub content: Result<Vec<u8>, Damage>,
}

/// Why a member cannot be unpacked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Damage(pub String);

/// Why bytes are no archive that is read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveError {
    /// The archive itself is too large.
    #[error("{0} bytes are more than the {MAX_ARCHIVE_BYTES} of a case file")]
    Large(u64),
    /// No ZIP, or one that is cut off.
    #[error("it is no ZIP archive, or it is cut off: {0}")]
    NotZip(String),
    /// The directory names another count than it holds.
    #[error("its directory announces {announced} members and holds {found}")]
    Count {
        /// What it announces.
        announced: u64,
        /// What is there.
        found: u64,
    },
    /// More members than are read.
    #[error("it has more than {MAX_MEMBERS} members")]
    Members,
    /// A name that leads out of the archive, or that is none.
    #[error("the member name {0:?} is not one of a case: it could lead elsewhere")]
    Name(String),
    /// One name twice.
    #[error("the member {0:?} is there twice")]
    Twice(String),
    /// A member that unpacks to too much.
    #[error("the member {name:?} unpacks to {size} bytes, more than {MAX_MEMBER_BYTES}")]
    Bomb {
        /// Its name.
        name: String,
        /// What it would unpack to.
        size: u64,
    },
    /// All of them unpack to too much.
    #[error("its members unpack to {0} bytes, more than {MAX_ARCHIVE_BYTES}")]
    Total(u64),
    /// Two members share bytes.
    #[error("the member {0:?} shares its bytes with another")]
    Overlap(String),
    /// The member's own header says something else than the directory.
    #[error("the member {0:?} has another name in its own header than in the directory")]
    TwoNames(String),
    /// Bytes that no member accounts for.
    #[error("there are bytes before the first member")]
    Prefix,
}

/// The members of an archive, in the order of its directory. Nothing is written anywhere.
pub fn read(bytes: &[u8]) -> Result<Vec<Member>, ArchiveError> {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length > MAX_ARCHIVE_BYTES {
        return Err(ArchiveError::Large(length));
    }
    let not_zip = |error: rawzip::Error| ArchiveError::NotZip(error.to_string());
    let archive = ZipArchive::from_slice(bytes).map_err(not_zip)?;
    let mut seen = Seen::default();
    let mut entries = archive.entries();
    let mut members = Vec::new();
    let mut folders: u64 = 0;
    while let Some(header) = entries.next_entry().map_err(not_zip)? {
        if members.len() == MAX_MEMBERS || folders > MAX_MEMBERS as u64 {
            return Err(ArchiveError::Members);
        }
        // A folder is no member: programs that pack folders add them, ours does not.
        if header.is_dir() {
            folders = folders.saturating_add(1);
            continue;
        }
        let name = seen.name(header.file_path().as_bytes())?;
        let size = header.uncompressed_size_hint();
        seen.size(&name, size)?;
        let damaged = |what: &str| Err(Damage(what.to_owned()));
        let content = match archive.get_entry(header.wayfinder()) {
            Err(error) => Err(Damage(error.to_string())),
            Ok(entry) => {
                seen.place(&name, header.local_header_offset(), &entry)?;
                match header.compression_method() {
                    _ if header.flags().is_encrypted() => damaged("it is encrypted"),
                    CompressionMethod::STORE => unpacked(&entry, entry.data(), size),
                    CompressionMethod::DEFLATE => unpacked(&entry, DeflateDecoder::new(entry.data()), size),
                    _ => damaged("it is packed in a way that case files are not"),
                }
            }
        };
        members.push(Member { name, content });
    }
    let found = u64::try_from(members.len()).unwrap_or(u64::MAX).saturating_add(folders);
    if archive.entries_hint() != found {
        return Err(ArchiveError::Count { announced: archive.entries_hint(), found });
    }
    if seen.first_byte.is_some_and(|first| first != 0) {
        return Err(ArchiveError::Prefix);
    }
    Ok(members)
}

fn unpacked(entry: &ZipSliceEntry<'_>, packed: impl Read, size: u64) -> Result<Vec<u8>, Damage> {
    let mut bytes = Vec::new();
    // One byte more than announced is enough for the reader to see that there is more.
    let read = entry.verifying_reader(packed).take(size.saturating_add(1)).read_to_end(&mut bytes);
    let failed = |error: io::Error| Damage(error.to_string());
    read.map_err(failed)?;
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if length == size { Ok(bytes) } else { Err(Damage(format!("{length} bytes instead of {size}"))) }
}

/// What was found so far, so that nothing is there twice.
#[derive(Default)]
struct Seen {
    names: HashSet<String>,
    total: u64,
    ranges: Vec<(u64, u64)>,
    first_byte: Option<u64>,
}

impl Seen {
    /// The name, if it can only mean a file below the archive. Names that a file system takes for one are one.
    fn name(&mut self, raw: &[u8]) -> Result<String, ArchiveError> {
        let shown = || cut(&String::from_utf8_lossy(raw), NAME_CHARS);
        let name = std::str::from_utf8(raw).map_err(|_| ArchiveError::Name(shown()))?;
        let leads_out = name.split('/').any(|part| matches!(part, "" | "." | ".."));
        let odd = |character: char| character.is_control() || matches!(character, '\\' | ':');
        if leads_out || name.contains(odd) || name.len() > 1_024 {
            return Err(ArchiveError::Name(shown()));
        }
        if self.names.insert(name.to_lowercase()) {
            Ok(name.to_owned())
        } else {
            Err(ArchiveError::Twice(shown()))
        }
    }

    fn size(&mut self, name: &str, size: u64) -> Result<(), ArchiveError> {
        if size > MAX_MEMBER_BYTES {
            return Err(ArchiveError::Bomb { name: cut(name, NAME_CHARS), size });
        }
        self.total = self.total.saturating_add(size);
        if self.total > MAX_ARCHIVE_BYTES { Err(ArchiveError::Total(self.total)) } else { Ok(()) }
    }

    /// Whether the member's bytes are its own, and its own header has the same name.
    fn place(&mut self, name: &str, begin: u64, entry: &ZipSliceEntry<'_>) -> Result<(), ArchiveError> {
        let local = entry.local_header();
        if local.file_path().as_bytes() != name.as_bytes() {
            return Err(ArchiveError::TwoNames(cut(name, NAME_CHARS)));
        }
        let (_, end) = entry.compressed_data_range();
        if self.ranges.iter().any(|(other, other_end)| *other < end && begin < *other_end) {
            return Err(ArchiveError::Overlap(cut(name, NAME_CHARS)));
        }
        self.ranges.push((begin, end));
        self.first_byte = Some(self.first_byte.map_or(begin, |first| first.min(begin)));
        Ok(())
    }
}

//! The other files: the ledger's name, checkpoints, manifests, terms, records and head chunks; and what can be wrong with
//! the bytes of any.

use super::Part;
use crate::checkpoint::Checkpoint;
use crate::dossier::{Ledger, read_checkpoint, read_ledger};
use crate::heads::{CHUNK_BYTES, Chunk};
use crate::json::{At, JsonError, parse};
use crate::manifest::{Terms, TermsError};
use crate::voucher::Record;
use serde::Serialize;

/// The `format` of public data, in `ledger.json`.
pub const FORMAT: &str = "vouchsafe/data@1";

/// Records in a full file: 4 MiB.
pub const RECORDS_PER_FILE: u64 = 65_536;

/// Why bytes are not the file that they should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Cut off, or with something behind its end.
    #[error("{actual} bytes where {expected} are due")]
    Width {
        /// As its path says.
        expected: u64,
        /// As it is.
        actual: usize,
    },
    /// A bundle with too few or too many lines, or without the last line feed.
    #[error("{actual} lines where {expected} are due, each ended by a line feed")]
    Lines {
        /// As its path says.
        expected: u64,
        /// As it is.
        actual: usize,
    },
    /// Not a text.
    #[error("byte {at} is not UTF-8")]
    Text {
        /// The first byte that is none.
        at: usize,
    },
    /// A line that is no entry.
    #[error("entry {index}: {source}")]
    Entry {
        /// Its place in the log.
        index: u64,
        /// What is wrong.
        source: JsonError,
    },
    /// Not the JSON that is due.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// Not terms.
    #[error(transparent)]
    Terms(#[from] TermsError),
}

impl FormatError {
    /// Refuses bytes that are not `count` items of `width` bytes.
    pub(super) fn check_width(bytes: &[u8], count: u64, width: usize) -> Result<(), Self> {
        let expected = u64::try_from(width).unwrap_or(u64::MAX).saturating_mul(count);
        let fits = u64::try_from(bytes.len()).ok() == Some(expected);
        if fits { Ok(()) } else { Err(Self::Width { expected, actual: bytes.len() }) }
    }

    pub(super) fn text(bytes: &[u8]) -> Result<&str, Self> {
        std::str::from_utf8(bytes).map_err(|error| Self::Text { at: error.valid_up_to() })
    }
}

#[derive(Serialize)]
struct LedgerFile<'a> {
    format: &'static str,
    ledger: &'a Ledger,
}

/// The bytes of `ledger.json`.
pub fn encode_ledger(ledger: &Ledger) -> Vec<u8> {
    line(&LedgerFile { format: FORMAT, ledger })
}

/// The ledger of `ledger.json`; its name is recomputed.
pub fn decode_ledger(bytes: &[u8]) -> Result<Ledger, FormatError> {
    let value = parse(FormatError::text(bytes)?)?;
    let root = At::root(&value, "data");
    let format = root.member("format")?;
    if format.text()? != FORMAT {
        return Err(format.error(format!("{FORMAT:?} is due")).into());
    }
    Ok(read_ledger(&root.member("ledger")?)?)
}

/// The bytes of a checkpoint's file.
pub fn encode_checkpoint(checkpoint: &Checkpoint) -> Vec<u8> {
    line(checkpoint)
}

/// The checkpoint of the file of checkpoint `number`.
pub fn decode_checkpoint(bytes: &[u8], number: u64) -> Result<Checkpoint, FormatError> {
    let value = parse(FormatError::text(bytes)?)?;
    let root = At::root(&value, "checkpoint");
    let checkpoint = read_checkpoint(&root)?;
    if checkpoint.number == number {
        Ok(checkpoint)
    } else {
        Err(root.member("number")?.error(format!("{number} is due")).into())
    }
}

/// A manifest's exact text.
pub fn decode_manifest(bytes: &[u8]) -> Result<&str, FormatError> {
    FormatError::text(bytes)
}

/// A batch's terms.
pub fn decode_terms(bytes: &[u8]) -> Result<Terms, FormatError> {
    Ok(Terms::decode(bytes)?)
}

/// How many files hold the records of a batch of `count` vouchers.
pub const fn record_files(count: u64) -> u64 {
    count.div_ceil(RECORDS_PER_FILE)
}

/// How many records are in file `file` of a batch of `count` vouchers: 0 where there is no such file.
pub fn record_file(file: u64, count: u64) -> u64 {
    count.saturating_sub(file.saturating_mul(RECORDS_PER_FILE)).min(RECORDS_PER_FILE)
}

/// The bytes of a file of records.
pub fn encode_records(records: &[Record]) -> Vec<u8> {
    records.iter().flat_map(Record::encode).collect()
}

/// The records of a file of `count` records.
pub fn decode_records(bytes: &[u8], count: u64) -> Result<Vec<Record>, FormatError> {
    FormatError::check_width(bytes, count, Record::WIDTH)?;
    Ok(bytes.chunks_exact(Record::WIDTH).filter_map(Record::decode).collect())
}

/// The bytes of a file of head chunks.
pub fn encode_chunks(chunks: &[Chunk]) -> Vec<u8> {
    chunks.iter().flat_map(|chunk| *chunk.encode()).collect()
}

/// The head chunks of a file of this width.
pub fn decode_chunks(bytes: &[u8], part: Part) -> Result<Vec<Chunk>, FormatError> {
    FormatError::check_width(bytes, part.width(), CHUNK_BYTES)?;
    Ok(bytes.chunks_exact(CHUNK_BYTES).filter_map(Chunk::decode).collect())
}

fn line<T: Serialize>(value: &T) -> Vec<u8> {
    // Fails only on maps whose keys are no text, of which there are none.
    let mut bytes = serde_json::to_vec(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

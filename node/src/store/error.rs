//! What can go wrong with a store, and what to do about it.

use std::io;
use std::path::PathBuf;

use super::Table;

/// Why the store could not be opened, read or written.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process, or another part of this one, has the store open.
    #[error(
        "the store in {} is in use by {}: stop that one first, or choose another data folder", .path.display(),
        .holder.map_or_else(|| "another process".to_owned(), |pid| format!("process {pid}"))
    )]
    Locked {
        /// Folder of the store.
        path: PathBuf,
        /// The process that holds it, where known.
        holder: Option<u32>,
    },
    /// The folder cannot be created or written by this user.
    #[error(
        "cannot write in {}: give this user the right to write there, or choose another data folder", .path.display()
    )]
    NotWritable {
        /// Folder of the store.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The path leads to something that is not a store and must not be overwritten.
    #[error("{} {found}: choose an empty or new folder", .path.display())]
    NotAStore {
        /// The path.
        path: PathBuf,
        /// What is there, as the rest of a sentence: "is a file".
        found: &'static str,
    },
    /// The disk has too little room. Nothing of the refused write set was written.
    #[error("the disk of {} is full: {free} bytes free, {needed} needed: free some space", .path.display())]
    Full {
        /// Folder of the store.
        path: PathBuf,
        /// Bytes that this user may still write.
        free: u64,
        /// Bytes asked for: the write set and the reserve that background work needs.
        needed: u64,
    },
    /// The store was written by another version of this program.
    #[error(
        "the store is of format {found}, this program knows none after {known}: run the release that wrote it, or a newer \
         one; nothing was changed"
    )]
    UnknownFormat {
        /// Format of the store.
        found: u32,
        /// Format of this program.
        known: u32,
    },
    /// What is stored is damaged.
    #[error("the store in {} is damaged ({detail}): keep a copy of the folder and restore a backup", .path.display())]
    Corrupt {
        /// Folder of the store.
        path: PathBuf,
        /// What did not hold.
        detail: String,
    },
    /// Reading or writing failed for another reason.
    #[error("the store in {} could not {doing}: check the disk, then start again", .path.display())]
    Io {
        /// Folder of the store.
        path: PathBuf,
        /// What was being done, as the rest of a sentence.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A write failed, this one or one before it. What is on disk is known only after the store was opened anew.
    #[error(
        "the store takes no more writes since one failed ({cause}): start again, nothing confirmed is lost"
    )]
    Stopped {
        /// What made the first one fail.
        cause: String,
    },
    /// A key or value is outside the limits of every store.
    #[error(
        "a row of table {} is outside the limits: key of {key_bytes} bytes (1 to {}), value of {value_bytes} (to {})",
        .table.name(), super::MAX_KEY_BYTES, super::MAX_VALUE_BYTES
    )]
    RowSize {
        /// Table of the row.
        table: Table,
        /// Bytes of the key.
        key_bytes: usize,
        /// Bytes of the value.
        value_bytes: usize,
    },
}

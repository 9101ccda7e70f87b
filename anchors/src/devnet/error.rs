//! Why the file of a development chain can not be used.

use std::io;
use std::path::PathBuf;

/// What keeps a development chain from starting, or a block from being kept.
#[derive(Debug, thiserror::Error)]
pub enum DevnetError {
    /// The system refused.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another process has it open.
    #[error("{} is in use by another process: stop that one first", .path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// It is no file of this version of a development chain.
    #[error("{} is no development chain of this version: {what}; move it away to begin a new chain", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is different.
        what: String,
    },
    /// It was damaged.
    #[error("{} is damaged in line {line}: {what}; restore a copy, or move it away to begin a new chain", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        what: String,
    },
    /// An earlier block could be written only in part, and the part not be taken back.
    #[error("{} takes no more blocks since a write failed: make room, then start again", .path.display())]
    Stopped {
        /// The file.
        path: PathBuf,
    },
}

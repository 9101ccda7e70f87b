//! What can keep a file of public data away, told apart by what it means: withheld, out of reach, or not what it should be.

use crate::failure::Failure;
use protocol::merkle::NoSuchNode;
use protocol::public_data::DataPath;

/// Why a file could not be had.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Whoever was asked answered, and has no such file.
    #[error("{whence} has no {path}")]
    Missing {
        /// The file.
        path: DataPath,
        /// Who was asked.
        whence: String,
    },
    /// No answer came, or one that says nothing about the file.
    #[error("{whence} is out of reach: {cause}")]
    Unreachable {
        /// Who was asked.
        whence: String,
        /// What happened.
        cause: String,
    },
    /// What came is not the file that it should be.
    #[error("{path} of {whence} is damaged: {problem}")]
    Damaged {
        /// The file.
        path: DataPath,
        /// Who gave it.
        whence: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A tree was asked for a node that it does not have.
    #[error(transparent)]
    NoSuchNode(#[from] NoSuchNode),
}

impl DataError {
    /// A file that is not what it should be.
    pub fn damaged(path: DataPath, whence: String, problem: impl std::fmt::Display) -> Self {
        Self::Damaged { path, whence, problem: problem.to_string() }
    }

    /// Whether asking for other files is as little use.
    pub const fn is_out_of_reach(&self) -> bool {
        matches!(self, Self::Unreachable { .. })
    }

    /// Whether the file is not there, by the word of whoever was asked.
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing { .. })
    }
}

impl From<DataError> for Failure {
    fn from(error: DataError) -> Self {
        match error {
            DataError::Missing { path, whence } => Self::unknown("error-data-missing")
                .with("path", path.to_string())
                .with_foreign("whence", whence),
            DataError::Unreachable { whence, cause } => Self::unknown("error-data-unreachable")
                .with_foreign("whence", whence)
                .with_foreign("cause", cause),
            DataError::Damaged { path, whence, problem } => Self::unknown("error-data-damaged")
                .with("path", path.to_string())
                .with_foreign("whence", whence)
                .with_foreign("problem", problem),
            DataError::NoSuchNode(node) => {
                Self::unknown("error-data-tree").with("node", node.0.index).with("level", node.0.level)
            }
        }
    }
}

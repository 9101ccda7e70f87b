//! What can keep a node from giving a result, and the words for it.

use crate::failure::{Failure, REFUSED, UNKNOWN, USAGE};
use std::fmt;

/// Why a node gave no result.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// Not an address of a node.
    #[error("not the address of a node: write http://HOST:PORT or https://HOST")]
    Address,
    /// No answer came.
    #[error("the node {address} is out of reach: {cause}")]
    OutOfReach {
        /// Whom was asked.
        address: String,
        /// What happened.
        cause: String,
    },
    /// What came is no answer of a node.
    #[error("{address} does not answer as a node does: {cause}")]
    Unreadable {
        /// Whom was asked.
        address: String,
        /// What is wrong with it.
        cause: String,
    },
    /// The node understood, and refuses or has nothing.
    #[error("the node {address} refuses: {problem}")]
    Problem {
        /// Whom was asked.
        address: String,
        /// What it said.
        problem: Box<Problem>,
    },
}

/// A problem as a node tells it (RFC 9457).
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    /// What follows `urn:vouchsafe:problem:` in its type; empty where it has another type.
    pub name: String,
    /// HTTP status.
    pub status: u16,
    /// In the node's words.
    pub detail: String,
    /// Seconds after which to ask again, where the node says so.
    pub retry_after_s: Option<u64>,
    /// All members.
    pub members: serde_json::Value,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (HTTP {}): {}", self.name, self.status, self.detail)
    }
}

impl NodeError {
    /// The problem of this name, if it is one.
    pub fn problem(&self, name: &str) -> Option<&Problem> {
        match self {
            Self::Problem { problem, .. } if problem.name == name => Some(problem),
            _ => None,
        }
    }
}

impl From<NodeError> for Failure {
    fn from(error: NodeError) -> Self {
        match error {
            NodeError::Address => Self::new(USAGE, "error-node-address"),
            NodeError::OutOfReach { address, cause } => Self::new(UNKNOWN, "error-node-out-of-reach")
                .with("node", address)
                .with_foreign("cause", cause),
            NodeError::Unreadable { address, cause } => {
                Self::new(UNKNOWN, "error-node-unreadable").with("node", address).with_foreign("cause", cause)
            }
            NodeError::Problem { address, problem } => {
                let waits = matches!(problem.status, 429 | 500..);
                let (exit, id) =
                    if waits { (UNKNOWN, "error-node-busy") } else { (REFUSED, "error-node-refuses") };
                Self::new(exit, id)
                    .with("node", address)
                    .with_foreign("problem", &problem.name)
                    .with_foreign("detail", &problem.detail)
            }
        }
    }
}

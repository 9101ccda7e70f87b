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

impl Problem {
    /// From its members; none where they are those of something else.
    pub(super) fn read(status: u16, retry_after_s: Option<u64>, members: serde_json::Value) -> Option<Self> {
        let kind = members.get("type")?.as_str()?;
        let name = kind.strip_prefix("urn:vouchsafe:problem:").unwrap_or_default().to_owned();
        let text = |member: &str| members.get(member).and_then(serde_json::Value::as_str);
        let detail = text("detail").or_else(|| text("title")).unwrap_or_default().to_owned();
        Some(Self { name, status, detail, retry_after_s, members })
    }
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

/// How often a node is asked in all that asks for patience each time.
pub(super) const TRIES: u32 = 5;
/// The longest wait that it is granted.
const LONGEST_WAIT_S: u64 = 60;

impl NodeError {
    /// Seconds to wait before the same is asked again, where it was asked too often and waiting helps.
    pub(super) fn patience_s(&self) -> Option<u64> {
        let wait_s = self.problem("rate-limited")?.retry_after_s?.max(1);
        (wait_s <= LONGEST_WAIT_S).then_some(wait_s)
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

#[cfg(test)]
mod tests {
    use super::{NodeError, Problem};

    fn limited(name: &str, retry_after_s: Option<u64>) -> NodeError {
        let (name, detail) = (name.to_owned(), String::new());
        let problem = Problem { name, status: 429, detail, retry_after_s, members: serde_json::Value::Null };
        NodeError::Problem { address: String::new(), problem: Box::new(problem) }
    }

    #[test]
    fn a_node_that_was_asked_too_often_is_waited_for_within_reason() {
        assert_eq!(limited("rate-limited", Some(3)).patience_s(), Some(3));
        assert_eq!(limited("rate-limited", Some(3600)).patience_s(), None, "nobody waits an hour");
        assert_eq!(limited("rate-limited", None).patience_s(), None);
        assert_eq!(limited("storage", Some(3)).patience_s(), None, "that is for the asker to decide");
        assert_eq!(NodeError::Address.patience_s(), None);
    }
}

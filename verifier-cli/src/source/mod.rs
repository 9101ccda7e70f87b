//! Where a command takes what it judges with: the dossier, the trusted checkpoint, the code, the policy.
//!
//! In scope: files, standard input, the prompt, the node, the chain. Out of scope: judging (`protocol::verify`) and
//! telling (`report`).

mod absence;
mod asked;
mod domain;
mod dossier;
mod file;
mod line;
mod trust;

pub use absence::{Absent, Unproven, judge_absence};
pub use asked::{Asked, InHand, key_from_text};
pub use domain::{DomainWord, PATH as DOMAIN_PATH, ask_domain, is_domain};
pub use dossier::{Fetched, NODE_VARIABLE, NodeArgs, fetch};
pub(crate) use file::read_limited;
pub use file::{
    MAX_CASE_BYTES, find_in_lines, read_at_most, read_file, read_input, read_supplier_file, read_text,
};
pub use line::{DeliveredLine, LineError, read_line};
pub(crate) use line::{SEPARATOR, divide};
pub(crate) use trust::chain_failure;
pub use trust::{Sides, TrustArgs, TrustSource, Trusted, read_checkpoint};

use std::io;
use tokio::runtime::{Builder, Runtime};

/// A runtime for the calls of one command, on the thread that waits for them.
pub(crate) fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

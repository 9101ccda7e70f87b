//! Where a command takes what it judges with: the dossier, the trusted checkpoint, the code, the policy.
//!
//! In scope: files, standard input, the prompt, the node, the chain. Out of scope: judging (`protocol::verify`) and
//! telling (`report`).

use std::io;
use tokio::runtime::{Builder, Runtime};

/// A runtime for the calls of one command, on the thread that waits for them.
pub(crate) fn runtime() -> io::Result<Runtime> {
    Builder::new_current_thread().enable_all().build()
}

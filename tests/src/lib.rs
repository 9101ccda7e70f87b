//! The harness of the suites that use Vouchsafe as its users do: real processes, files, sockets and chains.
//!
//! In scope: finding the programs, starting and ending them, what they print, HTTP, waiting. Whatever goes wrong ends
//! the test with a message that holds what the program said. Out of scope: what Vouchsafe should do; the suites say it.

#![forbid(unsafe_code)]
#![expect(clippy::missing_panics_doc, reason = "a harness speaks by panics: that is how a test fails")]
#![expect(clippy::return_self_not_must_use, reason = "a demand is often the last word on an answer")]

mod anvil;
mod faults;
mod http;
pub mod liar;
mod node;
mod parties;
mod process;
mod program;
mod random;
mod run;
mod waiting;
mod web;

pub use anvil::Anvil;
pub use faults::{Act, Effect, Faults};
pub use http::{Answer, Http};
pub use node::Node;
pub use parties::{Attempt, Batch, Given, Issuer, Outcome};
pub use process::{Footprint, Process};
pub use program::{Program, path};
pub use random::Random;
pub use run::{Finished, Run};
pub use waiting::{left_out, until};
pub use web::serve;

use std::path::PathBuf;
use std::time::Duration;

/// How long anything may take that a test waits for: two busy cores included.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The root of the repository.
pub fn repository() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).canonicalize().expect("the repository")
}

/// A port of this machine that nobody listens on now.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}

//! Asking for a voucher, through the binary as its users run it: verdicts, exit codes, transcripts, refusals, the chain
//! and the node.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod block;
mod case;
mod chain;
mod disclose;
mod domain;
mod files;
mod idle;
mod installed;
mod made;
mod node;
mod refusals;
mod run;
#[path = "../common/server.rs"]
mod server;
mod status;
mod transcripts;
mod vectors;
mod verdicts;

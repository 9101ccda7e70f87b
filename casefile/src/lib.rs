//! The case file: what an arbitrator needs of one or several vouchers, in one ZIP that anybody can check again
//! (docs/protocol.md section 18).
//!
//! In scope: evidence in, bytes out, and back: the archive, its index and hashes, the report in two languages as HTML and
//! PDF, the check of a case that somebody hands over. Out of scope: fetching evidence, asking a chain, reading clocks and
//! files; who calls does that. The same evidence gives the same bytes.

#![forbid(unsafe_code)]

pub mod archive;
pub mod evidence;
mod findings;
mod index;
pub mod lang;
mod members;
mod open;
mod plain;
mod report;
mod write;

pub use evidence::{
    CaseDossier, CheckpointSource, Evidence, EvidenceError, LedgerReceipt, PartyFile, ReadCheckpoint,
    first_checkpoint_with,
};
pub use members::{read_sha256, sha256};
pub use open::{Check, Disclosed, Finding, Held, OpenError, Opened, Problem, Said, Subject, Trust};
pub use write::{Case, CaseError};

/// The program and version that makes reports of this look. Another version may say the same in other words, so only
/// reports of the same version are made again and compared.
pub const TOOL: &str = concat!("vouchsafe ", env!("CARGO_PKG_VERSION"));

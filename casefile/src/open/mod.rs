//! A case that somebody hands over, checked again: every hash, every dossier, checkpoint and receipt, and whether the
//! report is what the evidence says.
//!
//! `read` takes the archive apart, `judge` goes through it line by line, `disclosures` holds what parties disclosed against
//! the dossiers, `finding` is what a line says.

mod disclosures;
mod finding;
mod judge;
mod read;

pub use disclosures::{Disclosed, Said};
pub use finding::{Check, Finding, Problem, Subject};
pub use judge::{Held, Trust};
pub use read::{OpenError, Opened};

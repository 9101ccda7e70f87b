//! A case that somebody hands over, checked again: every hash, every dossier, checkpoint and receipt, and whether the
//! report is what the evidence says.
//!
//! `read` takes the archive apart, `judge` goes through it line by line, `finding` is what a line says.

mod finding;
mod judge;
mod read;

pub use finding::{Check, Finding, Problem, Subject};
pub use judge::{Held, Trust};
pub use read::{OpenError, Opened};

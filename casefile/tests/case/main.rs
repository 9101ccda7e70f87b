//! The case file against a golden case, and against everything that somebody could do to one.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod checks;
mod golden;
mod hostile;
mod unpacked;

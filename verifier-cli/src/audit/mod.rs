//! Auditing a whole ledger against its anchored checkpoints (`vouchsafe audit`).
//!
//! In scope: what is fetched in which order, on how many threads; what is kept to go on later; evidence and reports.
//! Out of scope: judging entries and heads (`protocol::audit`), and what a person reads (`commands::audit`).

mod anchored;
mod auditor;
mod batches;
mod evidence;
mod folder;
mod intake;
mod promises;
mod receipts;
mod report;
mod settling;
mod signatures;
mod view;

pub use anchored::Anchored;
pub use auditor::{Auditor, Round};
pub use evidence::MOST_FILES;
pub use folder::Folder;
pub use receipts::Receipts;
pub use report::{Audited, Found, MOST_NAMED, Outcome, Report};

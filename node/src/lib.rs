//! The service: takes steps, keeps the ledger, anchors it, answers for it.

pub mod all_cores;
pub mod anchoring;
pub mod answering;
pub mod api;
pub mod backup;
pub mod chain;
pub mod clock;
pub mod config;
pub mod control;
pub mod demo;
pub mod fsck;
pub mod init;
pub mod key_change;
pub mod ledger;
pub mod observe;
pub mod opener;
pub mod page;
pub mod rebuild;
pub mod run;
pub mod serve;
pub mod store;

#[cfg(test)]
#[expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what it did not expect")]
mod fixture;

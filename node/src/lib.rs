//! The service: takes steps, keeps the ledger, anchors it, answers for it.

pub mod ledger;
pub mod store;

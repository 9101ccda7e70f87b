//! `vouchsafe audit` over folders of public data that an operator made, honest or not, against a checkpoint that the auditor
//! trusts. What a chain and a node add is in the suites over real processes.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod contradictions;
mod follow;
mod interrupted;
mod made;
mod mirrored;
mod run;
#[path = "../common/server.rs"]
mod server;
mod silent;
mod unchecked;
mod usage;

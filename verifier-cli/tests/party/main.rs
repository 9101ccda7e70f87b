//! The parties' commands as processes. The node is a double that keeps the ledger in memory by the protocol's own rules and
//! lies on demand; whole runs with the real one are the workspace's tests.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod desk;
mod disclose;
mod dossier;
mod dry_run;
#[path = "../common/server.rs"]
mod http;
mod input;
mod issue;
mod ledger;
mod lists;
mod paths;
mod server;
mod steps;

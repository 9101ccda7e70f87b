//! The `vouchsafe` command as a library: what the binary does, open to tests and fuzzing.
//!
//! In scope: asking for a voucher and judging it (`verify`, `history`, `dossier`), the parties' steps, supplier files.
//! Out of scope: the protocol itself (`protocol`), the chain (`anchors`), the node, on which this crate never depends.

#![forbid(unsafe_code)]

pub mod audit;
pub mod cli;
pub mod commands;
pub mod console;
pub mod failure;
pub mod import;
pub mod keys;
pub mod lang;
pub mod mirror;
pub mod node_client;
pub mod party;
pub mod public_data;
pub mod report;
pub mod source;

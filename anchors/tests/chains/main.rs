//! The chains, held to their contracts. In files of their own: what all of them do (`conformance`), what the EVM client
//! makes of bad endpoints (`endpoints`), of several that contradict each other (`witnesses`), of a chain that takes its time
//! (`outcomes`) or takes no transaction (`stuck`), what a chain proves (`proofs`), faults on demand (`memory`), and other
//! people's tools (`cast`).

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

mod cast;
#[path = "../common/mod.rs"]
mod common;
mod conformance;
mod endpoints;
mod memory;
mod outcomes;
mod proofs;
mod stuck;
mod witnesses;

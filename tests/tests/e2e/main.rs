//! Vouchsafe from end to end, as its users meet it: real processes, real files and sockets, an independent chain.
//!
//! In scope: what must hold across programs, and what each of them says when its surroundings fail. Out of scope: what a
//! crate's own suite can show.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at what it did not expect")]

mod audit;
mod bodies;
mod bond;
mod chain;
mod challenged;
mod crash;
mod devnet;
mod disclosed;
mod keys;
mod machine;
mod mirror;
mod observed;
mod past;
mod reorganised;
mod scene;
mod stopping;
mod supplier_files;
mod verdicts;

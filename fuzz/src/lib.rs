//! Every parser of bytes that come from strangers, as a function that must hold for any bytes.
//!
//! In scope: the targets, what must hold in each beyond not panicking, and the inputs to begin with. `fuzz/run` runs them
//! under libFuzzer; `cargo test` runs each over its seeds and over `fuzz/corpus`, which keeps what once failed.
//! A new target is a line of [`TARGETS`] and a folder in `fuzz/corpus`.

#![forbid(unsafe_code)]

mod answers;
mod bytes;
mod case;
mod chain_proof;
mod challenge;
mod changes;
mod dossier;
mod ledger_on_chain;
mod mutated;
mod public_data;
mod requests;
mod rpc;
mod seeds;
mod supplier;
mod texts;

/// A parser under test.
pub struct Target {
    /// Its name: of its folder in `fuzz/corpus`, and on the command line.
    pub name: &'static str,
    /// Panics if what must hold does not.
    pub check: fn(&[u8]),
    /// Inputs to begin with: they reach what noise never would.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target { name: "answers", check: answers::check, seeds: answers::seeds },
    Target { name: "bytes", check: bytes::check, seeds: bytes::seeds },
    Target { name: "case", check: case::check, seeds: case::seeds },
    Target { name: "chain_proof", check: chain_proof::check, seeds: chain_proof::seeds },
    Target { name: "challenge", check: challenge::check, seeds: challenge::seeds },
    Target { name: "dossier", check: dossier::check, seeds: dossier::seeds },
    Target { name: "mutated", check: mutated::check, seeds: mutated::seeds },
    Target { name: "public_data", check: public_data::check, seeds: public_data::seeds },
    Target { name: "requests", check: requests::check, seeds: requests::seeds },
    Target { name: "rpc", check: rpc::check, seeds: rpc::seeds },
    Target { name: "supplier", check: supplier::check, seeds: supplier::seeds },
    Target { name: "texts", check: texts::check, seeds: texts::seeds },
];

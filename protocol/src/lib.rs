//! The Vouchsafe protocol, version 1: bytes in, verdict out.
//!
//! In scope: every byte of `docs/protocol.md` but for the contract's, section 12. Out of scope: input and output, clocks,
//! randomness, concurrency; nothing here does any of it, and nothing panics on any input. The only `unsafe` is the vector
//! hash, `keccak::x86`.

#![cfg_attr(
    not(test),
    warn(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic, clippy::expect_used)
)]

pub mod audit;
pub mod chain_proof;
pub mod checkpoint;
pub mod digest;
pub mod disclosure;
pub mod dossier;
pub mod entry;
pub mod fraud;
pub mod heads;
pub mod json;
pub mod keccak;
pub mod lifecycle;
pub mod manifest;
pub mod merkle;
pub mod public_data;
pub mod receipt;
pub mod signing;
pub mod time;
pub mod verify;
pub mod voucher;

pub use digest::{Address, Digest, LedgerId, PublicKey, Signature};
pub use keccak::{Keccak, keccak};

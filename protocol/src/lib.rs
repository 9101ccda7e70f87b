//! The Vouchsafe protocol, version 1: bytes in, verdict out.
//!
//! In scope: every byte of `docs/protocol.md` sections 1 to 11 and 13. Out of scope: input and output, clocks,
//! randomness, concurrency; nothing here does any of it, and nothing panics on any input.

#![forbid(unsafe_code)]
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects, clippy::panic, clippy::expect_used)]
#![cfg_attr(
    test,
    expect(
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        reason = "a test may stop at what it did not expect"
    )
)]

pub mod checkpoint;
pub mod digest;
pub mod keccak;
pub mod merkle;

pub use digest::{Address, Digest, LedgerId, PublicKey, Signature};
pub use keccak::{Keccak, keccak};

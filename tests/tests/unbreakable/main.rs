//! What tries to break the node that users run: kills at any moment, disks and clocks that fail, races, overload.
//!
//! In scope: what must hold whatever happens: every receipt is honoured at its index, `fsck` finds nothing, no checkpoint
//! has two contents, the contract agrees, memory is bounded. Out of scope: what the ledger decides in peace (`e2e`).

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test stops at what it did not expect")]

mod backup;
mod clocks;
mod faults;
mod history;
mod kill;
mod large;
mod load;
mod races;
mod soak;
mod world;

use vouchsafe_tests::Random;

/// How much of a suite to run: the number in this variable, or a few for every day.
fn rounds(variable: &str, everyday: u64) -> u64 {
    std::env::var(variable).ok().map_or(everyday, |text| text.parse().unwrap())
}

/// Choices of this run, and what shows them again.
#[expect(clippy::print_stderr, reason = "a failure is seen again by its seed")]
fn choices() -> Random {
    let seed = Random::seed();
    eprintln!("VOUCHSAFE_SEED={seed} makes the same choices again");
    Random::new(seed)
}

//! The judge as Rust speaks to it: the model check of the very bytecode (`model`), reports from commitment to reward
//! (`reports`), challenges (`challenges`).

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

mod challenges;
#[path = "../common/mod.rs"]
mod common;
mod court;
mod model;
mod reports;

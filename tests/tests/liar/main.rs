//! An operator who lies loses his bond: each rule of docs/protocol.md section 13 from nothing, on a real `anvil`, by the
//! command that a reporter types.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod commanded;
mod rules;
mod withheld;

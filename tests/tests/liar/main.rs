//! An operator who lies loses his bond, or is named: each rule of docs/protocol.md section 13, and each lie that no rule
//! hears of, from nothing, on a real `anvil`, by the commands that an auditor and a reporter type.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at what it did not expect"
)]

mod commanded;
mod hidden;
mod named;
mod rules;
mod taken;
mod withheld;

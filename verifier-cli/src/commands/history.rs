//! The history command.

use crate::console::Console;
use crate::failure::Failure;

/// Its options.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs it.
pub fn run(_args: &Args, _console: &mut Console) -> Result<u8, Failure> {
    Ok(0)
}

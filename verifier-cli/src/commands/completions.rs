//! `vouchsafe completions`: what a shell needs to complete commands and options.

use crate::cli;
use crate::console::Console;
use clap_complete::Shell;

/// The options of `completions`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The shell: bash, zsh, fish, elvish or powershell.
    #[arg(value_enum, hide_possible_values = true)]
    pub shell: Shell,
}

/// Prints the script.
pub fn run(args: &Args, console: &mut Console) -> u8 {
    let mut command = cli::command(&console.texts);
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command, cli::NAME, &mut script);
    console.raw(&script);
    0
}

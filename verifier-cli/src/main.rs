//! The `vouchsafe` binary: reads the command line, runs one command, gives its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    vouchsafe_cli::commands::run(std::env::args_os().collect())
}

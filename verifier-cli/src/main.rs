//! The `vouchsafe` binary: reads the command line, runs one command, gives its exit code.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    vouchsafe_cli::commands::run(&arguments)
}

//! One file a command. Each has its `Args` and a `run` that gives the exit code or a [`Failure`].

pub mod audit;
pub mod case;
pub mod challenge;
pub mod completions;
pub mod disclose;
pub mod disclosure;
pub mod dossier;
pub mod history;
pub mod issue;
pub mod keygen;
pub mod man;
pub mod mirror;
mod progress;
mod signals;
pub mod status;
pub mod steps;
pub mod verify;
pub mod vouch;
mod watch;

use crate::cli::{self, Command, Stop};
use crate::console::Console;
use crate::failure::Failure;
use crate::lang::spoken;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs the command of these arguments (the first is the program's name) in the surroundings of this process.
pub fn run(arguments: &[OsString]) -> ExitCode {
    let language = spoken(arguments, |name| std::env::var(name).ok());
    let mut console = Console::of_process(language);
    let exit = match cli::parse(arguments, &console.texts) {
        Ok(cli) => dispatch(cli.command, &mut console).unwrap_or_else(|failure| {
            console.fail(&failure);
            failure.exit
        }),
        Err(Stop::Asked(text)) => {
            console.line(text.trim_end());
            0
        }
        Err(Stop::Wrong(failure)) => {
            console.fail(&failure);
            failure.exit
        }
    };
    ExitCode::from(console.finish(exit))
}

fn dispatch(command: Command, console: &mut Console) -> Result<u8, Failure> {
    match command {
        Command::Verify(args) => verify::run(&args, console),
        Command::History(args) => history::run(&args, console),
        Command::Status(args) => status::run(&args, console),
        Command::Disclose(args) => disclose::run(&args, console),
        Command::Disclosure(args) => disclosure::run(&args, console),
        Command::Dossier(args) => dossier::run(&args, console),
        Command::Challenge(args) => challenge::run(&args, console),
        Command::Mirror(args) => mirror::run(&args, console),
        Command::Audit(args) => audit::run(&args, console),
        Command::Case(args) => case::run(&args, console),
        Command::Keygen(args) => keygen::run(&args, console),
        Command::Vouch(args) => vouch::run(&args, console),
        Command::Issue(args) => issue::run(&args, console),
        Command::Transfer(args) => steps::transfer(&args, console),
        Command::Sell(args) => steps::sell(&args, console),
        Command::Claim(args) => steps::claim(&args, console),
        Command::Use(args) => steps::use_once(&args, console),
        Command::Redeem(args) => steps::redeem(&args, console),
        Command::Void(args) => steps::void(&args, console),
        Command::Hold(args) => steps::hold(&args, console),
        Command::Release(args) => steps::release(&args, console),
        Command::Return(args) => steps::take_back(&args, console),
        Command::Completions(args) => Ok(completions::run(&args, console)),
        Command::Man(args) => man::run(&args, console),
    }
}

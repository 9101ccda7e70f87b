//! The demo: the whole job on 1,000 cards, with real processes only. It types the commands of the parties, holds every
//! verdict and exit code against what it tells, and fails at the first that is otherwise.
//!
//! In scope: the story, and cleaning up after it. Out of scope: doing anything that `vouchsafe` or `vouchsafe-node` does.

mod offline;
mod stage;
mod story;
mod supplier;
mod transcript;
mod verdicts;

use crate::config::ConfigError;
use crate::run;
use anchors::AnchorError;
use casefile::lang::Language;
use stage::Stage;
use std::path::PathBuf;
use std::process::ExitCode;

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub struct DemoArgs {
    /// Keep the node running at the end, and say where it is and how to stop it.
    #[arg(long)]
    stay: bool,
    /// The language to tell it in; without it the locale decides.
    #[arg(long, value_enum, value_name = "zh|en")]
    lang: Option<Language>,
}

/// Why the demo did not come to its end. Nothing runs on, and its files are removed, unless it was to stay.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The command is not there.
    #[error("{name} is not in {}: build it with `cargo build --bins`, or run `make demo`, which does it", .folder.display())]
    NotBuilt {
        /// The program.
        name: &'static str,
        /// Where this program lies.
        folder: PathBuf,
    },
    /// Something did not come out as it is told.
    #[error("`{typed}` did not come out as it is told: {what}\n{printed}")]
    Otherwise {
        /// The command.
        typed: String,
        /// What was otherwise.
        what: String,
        /// What it printed.
        printed: String,
    },
    /// Somebody stopped it.
    #[error("stopped before its end; nothing was left behind")]
    Interrupted,
    /// The node's folder.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The chain gave no checkpoint.
    #[error(transparent)]
    Chain(#[from] AnchorError),
    /// A file, a process or standard output.
    #[error("the demo can not go on: {0}")]
    Io(#[from] std::io::Error),
}

impl DemoError {
    fn otherwise(typed: &str, what: impl Into<String>, printed: &str) -> Self {
        Self::Otherwise { typed: typed.to_owned(), what: what.into(), printed: printed.trim_end().to_owned() }
    }
}

/// Tells the story.
pub async fn run(args: DemoArgs) -> Result<ExitCode, DemoError> {
    let language = args.lang.unwrap_or_else(|| Language::of_locale(|name| std::env::var(name).ok()));
    let mut stage = Stage::new(language)?;
    let stop = run::stop_signal()?;
    let told = tokio::select! {
        told = story::tell(&mut stage, args.stay) => told,
        () = stop => Err(DemoError::Interrupted),
    };
    if args.stay && told.is_ok() {
        stage.leave();
    } else {
        let cleared = stage.clear().await;
        told?;
        cleared?;
    }
    Ok(ExitCode::SUCCESS)
}

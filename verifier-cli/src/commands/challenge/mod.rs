//! `challenge`: brings a challenge file before the contract, which takes the operator's bond (docs/protocol.md section 13).
//!
//! In scope: judging the file before anything is paid for, what it costs and brings, commitment and report, and for F8 the
//! days in between. Each run looks where the contract stands and does the next thing, so a run that was broken off is
//! carried on by the next one. Out of scope: finding contradictions, which is `audit`.

mod account;
mod commitment;
mod court;
mod figures;
mod report;
mod withheld;

use crate::console::Console;
use crate::failure::Failure;
use crate::source::{read_text, runtime};
use court::Court;
use protocol::fraud::file::{ChallengeFile, Charge};
use std::path::{Path, PathBuf};

/// Its options.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The challenge file that `vouchsafe audit` wrote.
    pub file: PathBuf,
    /// The JSON-RPC address of a chain node that you trust; of several, all that answer must say the same. Without it the
    /// environment's `VOUCHSAFE_RPC` counts.
    #[arg(long, value_name = "URL")]
    pub rpc: Vec<String>,
    /// The judge to bring it before; without it the first of the ledger's judges that is one of this version.
    #[arg(long, value_name = "ADDRESS")]
    pub judge: Option<String>,
    /// No block before this one holds events of the contract: spares the search on a long chain.
    #[arg(long, value_name = "BLOCK", default_value_t = 0)]
    pub from_block: u64,
    /// The file with the private key of the account that pays and is rewarded, 64 hex digits, mode 600; - reads standard
    /// input. Without it the environment's `VOUCHSAFE_REPORTER_KEY` counts; without either, nothing is sent.
    #[arg(long, value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// Send without asking.
    #[arg(long)]
    pub yes: bool,
    /// Show what would be sent, and send nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Print the outcome as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Brings the charge.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let file = read(&args.file)?;
    let key = if args.dry_run { None } else { account::read(args.key_file.as_deref())? };
    let runtime = runtime().map_err(|cause| {
        Failure::unknown("chain-out-of-reach").with("endpoint", "this machine").with_foreign("cause", cause)
    })?;
    runtime.block_on(async {
        let mut court = Court::enter(args, file.origin, file.charge.shown(), key, console).await?;
        match file.charge {
            Charge::Accusation(accusation) => report::bring(&mut court, accusation).await,
            Charge::Challenge(challenge) => withheld::bring(&mut court, challenge).await,
        }
    })
}

/// Reads the file and judges what it shows: a charge that does not hold is not worth its gas.
fn read(path: &Path) -> Result<ChallengeFile, Failure> {
    let parsed = ChallengeFile::parse(&read_text(path)?);
    let file = parsed.map_err(|error| {
        Failure::usage("challenge-file").with_foreign("path", path.display()).with_foreign("cause", error)
    })?;
    let judged = match &file.charge {
        Charge::Accusation(accusation) => accusation.fraud.judge(&accusation.shown.checkpoint),
        Charge::Challenge(challenge) => challenge.ask().map(|_| ()),
    };
    judged.map_err(|refused| Failure::refused("challenge-does-not-hold").with_foreign("cause", refused))?;
    Ok(file)
}

//! `vouchsafe disclosure`: judge what somebody disclosed of a voucher, beside its dossier.

use super::history::fetched;
use super::verify::read_policy;
use crate::console::Console;
use crate::failure::Failure;
use crate::node_client::NodeClient;
use crate::report::DisclosureTelling;
use crate::source::{NodeArgs, TrustArgs, Trusted, read_text};
use protocol::disclosure::{Disclosure, judge};
use protocol::dossier::Dossier;
use protocol::verify::Question;
use std::path::PathBuf;

/// The options of `disclosure`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The disclosure.
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The voucher's dossier; without it the node is asked for it.
    #[arg(long, value_name = "FILE")]
    pub dossier: Option<PathBuf>,
    /// What the dossier is held against.
    #[command(flatten)]
    pub trust: TrustArgs,
    /// The node to ask.
    #[command(flatten)]
    pub node: NodeArgs,
    /// A file that names the ledgers and issuers whom you trust.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Print the judgement as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Judges, tells, and gives the exit code.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let policy = read_policy(args.policy.as_deref())?;
    let disclosure = Disclosure::parse(&read_text(&args.file)?).map_err(|error| {
        Failure::usage("error-disclosure-file")
            .with_foreign("path", args.file.display())
            .with_foreign("cause", error)
    })?;
    let text = match &args.dossier {
        Some(path) => read_text(path)?,
        None => fetched(&NodeClient::new(args.node.address(None)?)?, &disclosure.voucher, None, false)?,
    };
    // What is no dossier is judged as that, and told by its step.
    let trusted = match Dossier::parse(&text) {
        Ok(dossier) => args.trust.checkpoint(&dossier.ledger.origin, dossier.checkpoint.checkpoint.number)?,
        Err(_) => Trusted::nothing(),
    };
    let judged = judge(
        &disclosure,
        &Question {
            trusted: trusted.checkpoint.as_ref(),
            finality: trusted.finality,
            policy: policy.as_ref(),
            // What was sealed or signed once stays so, however old the checkpoint is.
            as_of: true,
            ..Question::of(&text, console.times.now())
        },
    );
    let telling = DisclosureTelling { disclosure: &disclosure, judged: &judged, trusted: &trusted };
    if args.json {
        console.json(&telling.json());
    } else {
        telling.tell(console);
    }
    Ok(judged.standing.exit())
}

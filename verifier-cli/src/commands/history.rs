//! `vouchsafe history`: through whose hands a voucher went.

use super::verify::read_policy;
use crate::console::{Console, Tone};
use crate::failure::{Failure, UNKNOWN};
use crate::lang::Text;
use crate::node_client::NodeClient;
use crate::report::{detail_text, hands, is_held, step_name};
use crate::source::{Asked, Fetched, NodeArgs, TrustArgs, Trusted, fetch};
use protocol::PublicKey;
use protocol::dossier::Dossier;
use protocol::verify::{HistoryLine, Question, Report, StepReport, Verdict, VoucherFacts, verify};
use serde::Serialize;
use std::path::PathBuf;

/// The options of `history`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A dossier file, a voucher's key, or its link without the part after #. Without it, or with -, it is read from
    /// standard input.
    pub what: Option<String>,
    /// What the history is held against.
    #[command(flatten)]
    pub trust: TrustArgs,
    /// The node to ask.
    #[command(flatten)]
    pub node: NodeArgs,
    /// A file that names the ledgers and issuers whom you trust.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Print the history as JSON.
    #[arg(long)]
    pub json: bool,
}

/// The history for machines.
#[derive(Serialize)]
struct JsonHistory<'a> {
    voucher: PublicKey,
    number: u64,
    refuted: bool,
    as_of: Option<u64>,
    steps: &'a [StepReport],
    history: &'a [HistoryLine],
}

/// Prints the table. The exit code is 0, or that of `refuted` where a proof does not hold.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let policy = read_policy(args.policy.as_deref())?;
    let text = dossier(args, console)?;
    let parsed = Dossier::parse(&text)
        .map_err(|error| Failure::usage("error-not-json-dossier").with_foreign("cause", error))?;
    let trusted = args.trust.checkpoint(&parsed.ledger.origin, parsed.checkpoint.checkpoint.number)?;
    let report = verify(&Question {
        trusted: trusted.checkpoint.as_ref(),
        finality: trusted.finality,
        policy: policy.as_ref(),
        as_of: true,
        ..Question::of(&text, console.times.now())
    });
    let Some(voucher) = &report.voucher else {
        return Err(Failure::usage("error-not-json-dossier").with("cause", "manifest"));
    };
    if args.json {
        console.json(&JsonHistory {
            voucher: voucher.key,
            number: voucher.number,
            refuted: report.verdict == Verdict::Refuted,
            as_of: report.as_of,
            steps: &report.steps,
            history: &voucher.history,
        });
    } else {
        tell(voucher, &report, &trusted, console);
    }
    Ok(if report.verdict == Verdict::Refuted { report.exit } else { 0 })
}

fn tell(voucher: &VoucherFacts, report: &Report, trusted: &Trusted, console: &mut Console) {
    let title = Text::new("history-title").with("key", voucher.key.to_string());
    let title = console.texts.say(&title.with("number", voucher.number.to_string()));
    console.line(&console.paint.paint(Tone::Strong, &title));
    let (tone, standing) = standing(voucher, report, console);
    let standing = console.texts.say(&standing);
    console.line(&console.paint.paint(tone, &standing));
    if let Some(problem) = &trusted.problem {
        console.say(&problem.text.clone());
    }
    if voucher.incidents > 0 {
        console.say(&Text::new("history-incidents").with("incidents", voucher.incidents));
    }
    console.line("");
    hands(&voucher.history, voucher, console);
    if voucher.development_chain {
        console.line("");
        console.say(&Text::new("note-development"));
    }
}

/// How far the history can be relied on.
fn standing(voucher: &VoucherFacts, report: &Report, console: &Console) -> (Tone, Text) {
    if let Some((step, detail)) = report.failed_step().and_then(|step| Some((step, step.detail()?)))
        && report.verdict == Verdict::Refuted
    {
        let text = Text::new("history-refuted").with("step", step_name(step.code));
        return (Tone::Bad, text.with("detail", detail_text(detail, &console.texts)));
    }
    match (is_held(report), report.as_of) {
        (false, _) => (Tone::Care, Text::new("history-unheld")),
        (true, Some(at)) => (Tone::Quiet, Text::new("history-held").with("asof", console.times.both(at))),
        (true, None) => {
            let text = Text::new("history-held-checkpoint");
            (Tone::Quiet, text.with("number", voucher.checkpoint.to_string()))
        }
    }
}

fn dossier(args: &Args, console: &Console) -> Result<String, Failure> {
    let (key, site) = match Asked::read(args.what.as_deref(), &console.texts)? {
        Asked::Dossier(in_hand) => return in_hand.into_text(),
        Asked::Voucher { key, site } => (key, site),
        Asked::Line(line) => (line.link.voucher, Some(line.link.site)),
    };
    let client = NodeClient::new(args.node.address(site.as_deref())?)?.telling(console.waiting());
    fetched(&client, &key, None, false)
}

/// The dossier, or why there is none.
pub(super) fn fetched(
    client: &NodeClient,
    voucher: &PublicKey,
    checkpoint: Option<u64>,
    with_proof: bool,
) -> Result<String, Failure> {
    match fetch(client, voucher, checkpoint, with_proof) {
        Fetched::Dossier(text) => Ok(text),
        // Its word is not checked here, so it is no `not_found`.
        Fetched::Absent(_) => {
            Err(Failure::unknown("error-no-such-voucher").with("node", client.address().to_string()))
        }
        Fetched::NotAnchored { retry_after_s } => {
            Err(Failure::unknown("not-anchored").with("seconds", retry_after_s.unwrap_or(0)))
        }
        // What a node refuses to give is no answer; the other exit code is for steps.
        Fetched::NoDossier(failure) | Fetched::Failed(failure) => Err(Failure { exit: UNKNOWN, ..failure }),
    }
}

//! `vouchsafe verify`: judge a voucher.

use crate::console::Console;
use crate::failure::Failure;
use crate::lang::Text;
use crate::node_client::{NodeClient, Problem};
use crate::party::files::{Over, Readers, write};
use crate::report::{JsonReport, Telling, detail_text};
use crate::source::{
    Absent, Asked, DeliveredLine, Fetched, NodeArgs, TrustArgs, Trusted, Unproven, ask_domain, fetch,
    judge_absence, key_from_text, read_text,
};
use protocol::dossier::Dossier;
use protocol::verify::{
    Detail, Opening, Order, Outcome, Policy, Question, Reason, Report, StepCode, StepReport, Verdict, verify,
};
use protocol::{Digest, PublicKey};
use std::path::{Path, PathBuf};

/// The options of `verify`.
#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line of its own")]
pub struct Args {
    /// A dossier file, a voucher's key, or its link without the part after #. Without it, or with -, a delivered line
    /// `serial----code----link` is asked for, or read from standard input: a secret is never an argument.
    pub what: Option<String>,
    /// A file that holds the delivered line and nothing else.
    #[arg(long, value_name = "FILE", conflicts_with = "opening")]
    pub line_file: Option<PathBuf>,
    /// What the dossier is held against.
    #[command(flatten)]
    pub trust: TrustArgs,
    /// The hash of a block of the ledger's chain, from a source that you trust, such as an explorer: the proof in the dossier
    /// shows what that block holds, and no chain node is asked.
    #[arg(long, value_name = "HASH", conflicts_with_all = ["rpc", "trusted_checkpoint", "save_checkpoint"])]
    pub block_hash: Option<String>,
    /// The node to ask.
    #[command(flatten)]
    pub node: NodeArgs,
    /// A file with serial, code and stamp, to see whether they are this voucher's.
    #[arg(long, value_name = "FILE")]
    pub opening: Option<PathBuf>,
    /// A file that names the ledgers and issuers whom you trust.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The reference of the order under which you bought it.
    #[arg(long, value_name = "REF", requires = "salt")]
    pub order: Option<String>,
    /// The salt that the shop gave you with the order: 32 hex digits.
    #[arg(long, value_name = "HEX", requires = "order")]
    pub salt: Option<String>,
    /// Your public key, to see whether the voucher is recorded as yours.
    #[arg(long, value_name = "KEY")]
    pub my_key: Option<String>,
    /// Ask the domain that the issuer calls his own whether it vouches for his key: it learns your address, and nothing
    /// of the voucher. What it says changes no verdict.
    #[arg(long)]
    pub check_domain: bool,
    /// Take nothing but a checkpoint that is final on its chain.
    #[arg(long = "final")]
    pub require_final: bool,
    /// Judge the state as of the checkpoint, however old it is.
    #[arg(long)]
    pub as_of: bool,
    /// Keep the checkpoint that the chain gave in this file, for --trusted-checkpoint on a day without network.
    #[arg(long, value_name = "FILE", conflicts_with = "trusted_checkpoint")]
    pub save_checkpoint: Option<PathBuf>,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Everything that a question needs beside the dossier and the trusted checkpoint.
struct Beside {
    opening: Option<Opening>,
    /// The opening is that of a line whose link has no stamp.
    stampless_line: bool,
    policy: Option<Policy>,
    order: Option<Order>,
    my_key: Option<PublicKey>,
    block_hash: Option<Digest>,
}

/// Judges, tells, and gives the verdict's exit code.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let asked = match (&args.what, &args.line_file) {
        (None, Some(path)) => Asked::line_file(path)?,
        (what, _) => Asked::read(what.as_deref(), &console.texts)?,
    };
    let beside = beside(args, &asked)?;
    let telling = match asked {
        Asked::Dossier(in_hand) => judge(args, &beside, in_hand.bytes(), console)?,
        Asked::Voucher { key, site } => ask(args, &beside, &key, site.as_deref(), console)?,
        Asked::Line(line) => ask(args, &beside, &line.link.voucher, Some(&line.link.site), console)?,
    };
    let telling =
        Telling { my_key: beside.my_key, as_of: args.as_of, require_final: args.require_final, ..telling };
    if args.json {
        console.json(&JsonReport::of(&telling));
    } else {
        telling.tell(console);
    }
    if let Some(path) = &args.save_checkpoint {
        save_checkpoint(path, telling.trusted.as_ref(), console)?;
    }
    Ok(telling.report.exit)
}

/// Keeps what the chain gave. That it gave nothing is said, and changes no verdict.
fn save_checkpoint(path: &Path, trusted: Option<&Trusted>, console: &mut Console) -> Result<(), Failure> {
    let shown = crate::console::plain(&path.display().to_string(), 200);
    let Some(checkpoint) = trusted.and_then(|trusted| trusted.checkpoint) else {
        console.remark(&Text::new("checkpoint-not-saved").with("path", shown));
        return Ok(());
    };
    let text = serde_json::to_string_pretty(&checkpoint).unwrap_or_default();
    write(path, Readers::Any, Over::Nothing, text.as_bytes())?;
    console.remark(&Text::new("checkpoint-saved").with("path", shown));
    Ok(())
}

fn beside(args: &Args, asked: &Asked) -> Result<Beside, Failure> {
    let line = match (asked, &args.line_file, &args.opening) {
        (Asked::Line(line), _, None) => Some(line.clone()),
        (_, Some(path), _) if args.what.is_some() => Some(DeliveredLine::in_file(path)?),
        _ => None,
    };
    let opening = match (&line, &args.opening) {
        (Some(line), _) => Some(line.opening()),
        (None, Some(path)) => Some(parse_file(path, "error-opening-file", Opening::parse)?),
        (None, None) => None,
    };
    let order = match (&args.order, &args.salt) {
        (Some(reference), Some(salt)) => {
            Some(Order::from_hex(reference, salt).ok_or_else(|| Failure::usage("error-salt"))?)
        }
        _ => None,
    };
    let hash = |text: &String| {
        text.to_ascii_lowercase().parse::<Digest>().map_err(|_| Failure::usage("error-block-hash"))
    };
    let key = |text: &String| key_from_text(text).ok_or_else(|| Failure::usage("error-my-key"));
    Ok(Beside {
        opening,
        stampless_line: line.is_some_and(|line| line.link.stamp.is_none()),
        policy: read_policy(args.policy.as_deref())?,
        order,
        my_key: args.my_key.as_ref().map(key).transpose()?,
        block_hash: args.block_hash.as_ref().map(hash).transpose()?,
    })
}

/// The policy of the file, if one is named.
pub(super) fn read_policy(path: Option<&Path>) -> Result<Option<Policy>, Failure> {
    path.map(|path| parse_file(path, "error-policy-file", Policy::parse)).transpose()
}

fn parse_file<T, E: std::fmt::Display>(
    path: &Path,
    id: &'static str,
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> Result<T, Failure> {
    let text = zeroize::Zeroizing::new(read_text(path)?);
    parse(&text)
        .map_err(|error| Failure::usage(id).with_foreign("path", path.display()).with_foreign("cause", error))
}

/// Fetches the dossier of a voucher and judges it.
fn ask(
    args: &Args,
    beside: &Beside,
    voucher: &PublicKey,
    site: Option<&str>,
    console: &Console,
) -> Result<Telling, Failure> {
    let client = NodeClient::new(args.node.address(site)?)?.telling(console.waiting());
    let node = Some(client.address().to_string());
    let unknown = |cause: Failure| {
        let report = Report::without_dossier(Verdict::Unknown, None);
        Telling { cause: Some(cause), node: node.clone(), ..Telling::of(report) }
    };
    Ok(match fetch(&client, voucher, None, beside.block_hash.is_some()) {
        Fetched::Dossier(text) => {
            let telling = judge(args, beside, text.as_bytes(), console)?;
            Telling { node, ..telling }
        }
        Fetched::Absent(problem) => match absent(args, beside, &client, voucher, &problem, console)? {
            Ok(telling) => Telling { node, ..telling },
            Err(cause) => unknown(cause),
        },
        Fetched::NotAnchored { retry_after_s } => {
            unknown(Failure::unknown("not-anchored").with("seconds", retry_after_s.unwrap_or(0)))
        }
        Fetched::NoDossier(failure) | Fetched::Failed(failure) => unknown(failure),
    })
}

/// What the node's word that there is no such voucher is worth: `not_found`, or why it is not.
fn absent(
    args: &Args,
    beside: &Beside,
    client: &NodeClient,
    voucher: &PublicKey,
    problem: &Problem,
    console: &Console,
) -> Result<Result<Telling, Failure>, Failure> {
    let (policy, now) = (beside.policy.as_ref(), console.times.now());
    let judged = judge_absence(client, voucher, problem, &args.trust, policy, args.as_of, now)?;
    Ok(match judged {
        Absent::Proven { trusted, absence, development } => {
            let report = Report::without_dossier(Verdict::NotFound, trusted.block_time);
            Ok(Telling { absence: Some((absence, *trusted)), development, ..Telling::of(report) })
        }
        Absent::Unproven(Unproven::Said(text)) => Err(Failure { exit: crate::failure::UNKNOWN, text }),
        Absent::Unproven(Unproven::Chain(failure)) => Err(failure),
        Absent::Unproven(Unproven::Judged(detail)) => {
            let reason = detail_text(&detail, &console.texts);
            Err(Failure::unknown("absence-unproven").with("reason", reason))
        }
    })
}

/// Judges a dossier.
fn judge(args: &Args, beside: &Beside, bytes: &[u8], console: &Console) -> Result<Telling, Failure> {
    let nothing = Trusted::nothing();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            let report = malformed(&format!("byte {at} is not UTF-8: another encoding, or no text"));
            return Ok(Telling { trusted: Some(nothing), ..Telling::of(report) });
        }
    };
    let dossier = Dossier::parse(text);
    let trusted = match &dossier {
        Ok(dossier) => match beside.block_hash {
            Some(hash) => Trusted::of_block(hash, dossier),
            None => args.trust.checkpoint(&dossier.ledger.origin, dossier.checkpoint.checkpoint.number)?,
        },
        Err(_) => nothing,
    };
    let report = verify(&Question {
        dossier: text,
        trusted: trusted.checkpoint.as_ref(),
        proven: trusted.proven.as_ref(),
        finality: trusted.finality,
        opening: beside.opening.as_ref(),
        order: beside.order.as_ref(),
        my_key: beside.my_key,
        policy: beside.policy.as_ref(),
        as_of: args.as_of,
        require_final: args.require_final,
        now: console.times.now(),
    });
    if beside.stampless_line && is_stamp_unfit(&report) {
        return Err(Failure::usage("error-line-cut"));
    }
    // A refuted file's domain is anybody's.
    let is_asked = args.check_domain && report.verdict != Verdict::Refuted;
    let domain = dossier.ok().filter(|_| is_asked).as_ref().and_then(ask_domain);
    Ok(Telling { trusted: Some(trusted), domain, ..Telling::of(report) })
}

/// Whether everything holds until the code, which has a stamp where its batch has none, or none where it has one. From a
/// line whose link has none it was cut off, which is no sign against voucher or seller.
fn is_stamp_unfit(report: &Report) -> bool {
    let step = report.steps.iter().find(|step| step.code == StepCode::CodeOpens);
    step.and_then(StepReport::detail).is_some_and(|detail| detail.reason == Reason::StampUnfit)
}

/// The report on what is no dossier at all: `format.valid` failed.
fn malformed(problem: &str) -> Report {
    let step = |code: &StepCode| {
        let failed = || Outcome::Failed(Detail::with(Reason::Malformed, [&problem]));
        let outcome = if *code == StepCode::FormatValid { failed() } else { Outcome::Skipped };
        StepReport { code: *code, outcome }
    };
    let steps = StepCode::ALL.iter().map(step).collect();
    Report { steps, ..Report::without_dossier(Verdict::Refuted, None) }
}

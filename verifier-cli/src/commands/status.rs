//! `vouchsafe status`: what a voucher's state was at a time, from the checkpoints before and after it.

use super::history::fetched;
use super::verify::read_policy;
use crate::console::Console;
use crate::failure::Failure;
use crate::node_client::NodeClient;
use crate::report::PastTelling;
use crate::source::{Asked, NodeArgs, Sides, TrustArgs, Trusted, key_from_text, read_checkpoint};
use protocol::PublicKey;
use protocol::checkpoint::LedgerOrigin;
use protocol::dossier::Dossier;
use protocol::verify::{PastError, PastQuestion, Question, TrustedCheckpoint, status_at};
use std::path::PathBuf;

/// The options of `status`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Dossier files of one voucher, saved under a checkpoint before the time and one after it; or the voucher's key, or its
    /// link without the part after #, for which the node is asked. Without it, or with -, it is read from standard input.
    pub what: Vec<String>,
    /// The time: 2026-09-21T08:00:00+08:00, 2026-09-21 (its first moment), or Unix milliseconds. Without a zone it is yours.
    #[arg(long, value_name = "TIME")]
    pub at: String,
    /// A file with a checkpoint, from somebody whom you trust; one for each dossier.
    #[arg(long, value_name = "FILE")]
    pub trusted_checkpoint: Vec<PathBuf>,
    /// The JSON-RPC address of a chain node that you trust; of several, all that answer must say the same. One that holds an
    /// access key is better kept off the command line: the environment's `VOUCHSAFE_RPC` counts where none is given.
    #[arg(long, value_name = "URL")]
    pub rpc: Vec<String>,
    /// The node to ask.
    #[command(flatten)]
    pub node: NodeArgs,
    /// A file that names the ledgers and issuers whom you trust.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// Your public key, to see whether the voucher was recorded as yours.
    #[arg(long, value_name = "KEY")]
    pub my_key: Option<String>,
    /// Print the state as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What the state is judged from.
#[derive(Default)]
struct Gathered {
    dossiers: Vec<(String, Trusted)>,
    checkpoints: Vec<TrustedCheckpoint>,
}

/// Where checkpoints come from: files by their number, else the chain.
struct Sources {
    files: Vec<TrustedCheckpoint>,
    chain: TrustArgs,
    at: u64,
}

/// Judges, tells, and gives the verdict's exit code.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let at =
        console.times.read(&args.at).ok_or_else(|| Failure::usage("error-time").with("option", "--at"))?;
    let policy = read_policy(args.policy.as_deref())?;
    let my_key = match &args.my_key {
        Some(text) => Some(key_from_text(text).ok_or_else(|| Failure::usage("error-my-key"))?),
        None => None,
    };
    let files: Result<Vec<_>, Failure> =
        args.trusted_checkpoint.iter().map(|path| read_checkpoint(path)).collect();
    let chain = TrustArgs { trusted_checkpoint: None, rpc: args.rpc.clone() };
    let sources = Sources { files: files?, chain, at };
    let gathered = match asked(args, console)? {
        What::Dossiers(texts) => sources.beside(texts)?,
        What::Voucher { key, site } => {
            let client = NodeClient::new(args.node.address(site.as_deref())?)?;
            sources.asked_of(&client, &key)?
        }
    };
    let questions: Vec<Question<'_>> = gathered
        .dossiers
        .iter()
        .map(|(dossier, trusted)| Question {
            trusted: trusted.checkpoint.as_ref(),
            finality: trusted.finality,
            my_key,
            policy: policy.as_ref(),
            as_of: true,
            ..Question::of(dossier, console.times.now())
        })
        .collect();
    let past = PastQuestion {
        at,
        dossiers: &questions,
        checkpoints: &gathered.checkpoints,
        now: console.times.now(),
    };
    let past = status_at(&past).map_err(|error| misfit(&error))?;
    let telling = PastTelling { past: &past, my_key };
    if args.json {
        console.json(&telling.json());
    } else {
        telling.tell(console);
    }
    Ok(past.exit)
}

/// What the arguments name.
enum What {
    Dossiers(Vec<String>),
    Voucher { key: PublicKey, site: Option<String> },
}

fn asked(args: &Args, console: &Console) -> Result<What, Failure> {
    if args.what.len() < 2 {
        return Ok(match Asked::read(args.what.first().map(String::as_str), &console.texts)? {
            Asked::Dossier(in_hand) => What::Dossiers(vec![in_hand.into_text()?]),
            Asked::Voucher { key, site } => What::Voucher { key, site },
            Asked::Line(line) => What::Voucher { key: line.link.voucher, site: Some(line.link.site) },
        });
    }
    let dossier = |what: &String| match Asked::read(Some(what), &console.texts)? {
        Asked::Dossier(in_hand) => in_hand.into_text(),
        Asked::Voucher { .. } | Asked::Line(_) => Err(Failure::usage("error-one-voucher")),
    };
    Ok(What::Dossiers(args.what.iter().map(dossier).collect::<Result<_, _>>()?))
}

impl Sources {
    /// For dossiers in hand: the checkpoint of each.
    fn beside(&self, texts: Vec<String>) -> Result<Gathered, Failure> {
        let mut gathered = Gathered { checkpoints: self.files.clone(), ..Gathered::default() };
        for text in texts {
            // What is no dossier is judged as that, and told by its step.
            let Ok(dossier) = Dossier::parse(&text) else {
                gathered.dossiers.push((text, Trusted::nothing()));
                continue;
            };
            let origin = dossier.ledger.origin;
            if gathered.dossiers.is_empty() {
                let sides = self.chain.around(&origin, self.at)?;
                gathered.checkpoints.extend(sides.iter().flat_map(Sides::checkpoints));
            }
            let trusted = self.trusted(&origin, dossier.checkpoint.checkpoint.number)?;
            gathered.dossiers.push((text, trusted));
        }
        Ok(gathered)
    }

    /// For a voucher: the dossiers under the checkpoints beside the time, or the newest where it was not issued then.
    fn asked_of(&self, client: &NodeClient, key: &PublicKey) -> Result<Gathered, Failure> {
        let newest = fetched(client, key, None, false)?;
        let dossier = Dossier::parse(&newest)
            .map_err(|error| Failure::unknown("error-not-json-dossier").with_foreign("cause", error))?;
        let origin = dossier.ledger.origin;
        let issue = dossier.history.first().map_or(0, |issue| issue.index);
        let sides = match self.chain.around(&origin, self.at)? {
            Some(sides) => sides,
            None => match self.files_of(&origin) {
                files if files.is_empty() => return Err(Failure::usage("error-no-trust")),
                files => Sides::of_files(&files, self.at),
            },
        };
        let mut gathered = Gathered { checkpoints: self.files.clone(), ..Gathered::default() };
        gathered.checkpoints.extend(sides.checkpoints());
        for trusted in [sides.before, sides.after].into_iter().flatten() {
            let Some(checkpoint) = trusted.checkpoint else { continue };
            if checkpoint.checkpoint.size > issue {
                let number = checkpoint.checkpoint.number;
                gathered.dossiers.push((fetched(client, key, Some(number), false)?, trusted));
            }
        }
        if gathered.dossiers.is_empty() {
            let trusted = self.trusted(&origin, dossier.checkpoint.checkpoint.number)?;
            gathered.dossiers.push((newest, trusted));
        }
        Ok(gathered)
    }

    /// The files on the ledger that was opened there.
    fn files_of(&self, origin: &LedgerOrigin) -> Vec<TrustedCheckpoint> {
        let ledger = origin.ledger();
        self.files.iter().filter(|file| file.ledger == ledger).copied().collect()
    }

    /// The checkpoint of this number. A chain that can not say is told, for without it the time is nobody's.
    fn trusted(&self, origin: &LedgerOrigin, number: u64) -> Result<Trusted, Failure> {
        let of_number = |file: &TrustedCheckpoint| file.checkpoint.number == number;
        if let Some(file) = self.files_of(origin).into_iter().find(of_number) {
            return Ok(Trusted::of_file(file));
        }
        let trusted = self.chain.checkpoint(origin, number)?;
        match trusted.problem {
            Some(problem) => Err(problem),
            None => Ok(trusted),
        }
    }
}

/// What was given does not belong together, or has no place in time.
fn misfit(error: &PastError) -> Failure {
    match error {
        PastError::Nothing | PastError::Mixed => Failure::usage("error-one-voucher"),
        PastError::Untimed { number } => Failure::unknown("error-untimed").with("number", number.to_string()),
        PastError::Disordered { earlier, later } => Failure::usage("error-disordered")
            .with("earlier", earlier.to_string())
            .with("later", later.to_string()),
    }
}

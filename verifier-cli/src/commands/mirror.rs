//! `vouchsafe mirror`: keep a copy of a ledger's public data, held against the chain.

use crate::commands::progress::bar;
use crate::console::{Console, plain};
use crate::failure::Failure;
use crate::lang::Text;
use crate::mirror::{Contradiction, Mirror, MirrorReport, newest_there};
use crate::public_data::{DataArgs, DataError, PublicData};
use crate::source::TrustArgs;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::public_data::DataPath;
use protocol::verify::TrustedCheckpoint;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A node hears of its anchored checkpoint a moment after the chain has it: so often it is asked again.
const PATIENCE: u32 = 3;

/// The options of `mirror`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The folder of the mirror; what it has already is checked and kept.
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// Where it is copied from.
    #[command(flatten)]
    pub data: DataArgs,
    /// What it is held against.
    #[command(flatten)]
    pub trust: TrustArgs,
    /// How many files are on the way at a time, 1 to 64.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub jobs: u8,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Copies, and tells what came of it.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let source = args.data.open()?;
    refuse_itself(&args.dir, &*source)?;
    let ledger = source.ledger()?;
    let mirror = Mirror::open(&args.dir)?;
    mirror.check_ledger(&ledger)?;
    let newest = args.trust.newest(&ledger.origin)?;
    refuse_other(&newest, &ledger.origin)?;
    let of_source = available(&*source, newest.checkpoint.number)?;
    // A mirror that is further than its source stays where it is.
    let reached = mirror.reached().filter(|reached| *reached <= newest.checkpoint.number);
    let number = of_source.max(reached.unwrap_or_default());
    let checkpoint = if number == newest.checkpoint.number {
        newest.checkpoint
    } else {
        of_number(&args.trust, &ledger.origin, number)?
    };
    let bar = bar(console, checkpoint.size.saturating_add(checkpoint.vouchers), "mirror-progress");
    let copied = mirror.copy(&*source, &ledger, &checkpoint, usize::from(args.jobs), &|items| bar.inc(items));
    bar.finish_and_clear();
    let report = MirrorReport { newest: newest.checkpoint.number, source: of_source, ..copied? };
    if args.json {
        console.json(&report);
    } else {
        tell(&report, &args.dir, console);
    }
    Ok(report.exit())
}

/// A folder that is its own source would lose its damaged files, not mend them.
fn refuse_itself(dir: &Path, source: &dyn PublicData) -> Result<(), Failure> {
    let canonical = |path: &Path| path.canonicalize().ok();
    let same = canonical(dir).is_some_and(|dir| canonical(Path::new(&source.whence())) == Some(dir));
    if same { Err(Failure::usage("error-mirror-itself").with_foreign("path", dir.display())) } else { Ok(()) }
}

/// A checkpoint that was brought may be of another ledger.
fn refuse_other(newest: &TrustedCheckpoint, origin: &LedgerOrigin) -> Result<(), Failure> {
    if newest.ledger == origin.ledger() {
        return Ok(());
    }
    Err(Failure::usage("error-mirror-checkpoint")
        .with("trusted", newest.ledger.to_string())
        .with("ledger", origin.ledger().to_string()))
}

/// The newest checkpoint up to `newest` that the source has.
fn available(source: &dyn PublicData, newest: u64) -> Result<u64, Failure> {
    for _ in 0..PATIENCE {
        match source.checkpoint(newest) {
            Ok(_) => return Ok(newest),
            Err(error) if error.is_missing() => std::thread::sleep(Duration::from_secs(1)),
            Err(error) => return Err(error.into()),
        }
    }
    let missing = || DataError::Missing { path: DataPath::Checkpoint(0), whence: source.whence() };
    Ok(newest_there(source, newest)?.ok_or_else(missing)?)
}

/// The checkpoint of this number by the word of the chain.
fn of_number(trust: &TrustArgs, origin: &LedgerOrigin, number: u64) -> Result<Checkpoint, Failure> {
    let trusted = trust.checkpoint(origin, number)?;
    match (trusted.checkpoint, trusted.problem) {
        (Some(found), _) if found.checkpoint.number == number => Ok(found.checkpoint),
        (None, Some(problem)) => Err(problem),
        // A file vouches for its own checkpoint alone.
        _ => Err(Failure::unknown("error-mirror-behind").with("number", number.to_string())),
    }
}

fn tell(report: &MirrorReport, dir: &Path, console: &mut Console) {
    let foreign = |text: &str| plain(text, 300);
    let text = if report.is_whole() { "mirror-whole" } else { "mirror-not-whole" };
    console.say(
        &Text::new(text)
            .with("path", foreign(&dir.display().to_string()))
            .with("ledger", report.ledger.to_string())
            .with("number", report.checkpoint.to_string())
            .with("entries", report.size.to_string())
            .with("vouchers", report.vouchers.to_string()),
    );
    console.say(
        &Text::new("mirror-files")
            .with("fetched", report.fetched)
            .with("kept", report.kept)
            .with("bytes", report.bytes.to_string()),
    );
    for path in &report.damaged {
        console.say(&Text::new("mirror-damaged").with("path", path.as_str()));
    }
    more(report.damaged_count, report.damaged.len(), console);
    for missing in &report.unavailable {
        console.say(&Text::new("mirror-unavailable").with("problem", foreign(&missing.problem)));
    }
    more(report.unavailable_count, report.unavailable.len(), console);
    for Contradiction { what, checkpoint, voucher } in &report.contradictions {
        let text = match (*what, voucher) {
            ("log", _) => Text::new("mirror-contradicted-log"),
            (_, Some(voucher)) => Text::new("mirror-contradicted-heads").with("voucher", voucher.to_string()),
            (_, None) => Text::new("mirror-contradicted-heads-hidden"),
        };
        console.say(&text.with("number", checkpoint.to_string()));
    }
    more(report.contradictions_count, report.contradictions.len(), console);
    if report.source < report.newest {
        let text = Text::new("mirror-behind").with("source", report.source.to_string());
        console.say(&text.with("newest", report.newest.to_string()));
    }
    if !report.is_whole() {
        console.say(&Text::new("mirror-again"));
    }
}

fn more(all: usize, shown: usize, console: &mut Console) {
    if all > shown {
        console.say(&Text::new("mirror-more").with("count", all - shown));
    }
}

//! `vouchsafe mirror`: keep a copy of a ledger's public data, held against the chain.

mod follow;

use crate::commands::progress::bar;
use crate::console::{Console, plain};
use crate::failure::{Failure, UNKNOWN};
use crate::lang::Text;
use crate::mirror::{Contradiction, Mirror, MirrorReport, newest_there};
use crate::public_data::{DataArgs, DataError, PublicData};
use crate::source::TrustArgs;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::dossier::Ledger;
use protocol::public_data::DataPath;
use protocol::verify::TrustedCheckpoint;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
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
    /// Keep up with the ledger until it is asked to stop: what each new checkpoint brings is copied and checked, and once a
    /// day all of the folder.
    #[arg(long)]
    pub follow: bool,
    /// Seconds between two looks at the chain.
    #[arg(long, value_name = "SECONDS", default_value = "60", requires = "follow", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub interval: u64,
}

/// Copies, and tells what came of it.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    if args.follow {
        return follow::run(args, console);
    }
    let source = args.data.open()?;
    let ledger = source.ledger()?;
    let mut copier = Copier::open(args, source, ledger)?;
    let report = copier.copy(&copier.due()?, &AtomicBool::new(false), console)?;
    let Some(report) = report else { return Ok(UNKNOWN) };
    copier.tell(&report, console);
    Ok(report.exit())
}

/// A source, and the folder that it is copied to.
struct Copier<'a> {
    args: &'a Args,
    source: Box<dyn PublicData>,
    ledger: Ledger,
    mirror: Mirror,
}

/// What is to be copied.
struct Due {
    /// Up to here.
    checkpoint: Checkpoint,
    /// Number of the newest that the chain has.
    newest: u64,
    /// Number of the newest that the source has.
    of_source: u64,
}

impl Due {
    /// A report, with how far chain and source are.
    fn of(&self, report: MirrorReport) -> MirrorReport {
        MirrorReport { newest: self.newest, source: self.of_source, ..report }
    }
}

impl<'a> Copier<'a> {
    fn open(args: &'a Args, source: Box<dyn PublicData>, ledger: Ledger) -> Result<Self, Failure> {
        refuse_itself(&args.dir, &*source)?;
        let mirror = Mirror::open(&args.dir)?;
        mirror.check_ledger(&ledger)?;
        Ok(Self { args, source, ledger, mirror })
    }

    fn due(&self) -> Result<Due, Failure> {
        let origin = &self.ledger.origin;
        let newest = self.args.trust.newest(origin)?;
        refuse_other(&newest, origin)?;
        let of_source = available(&*self.source, newest.checkpoint.number)?;
        // A mirror that is further than its source stays where it is.
        let reached = self.mirror.reached().filter(|reached| *reached <= newest.checkpoint.number);
        let number = of_source.max(reached.unwrap_or_default());
        let checkpoint = if number == newest.checkpoint.number {
            newest.checkpoint
        } else {
            of_number(&self.args.trust, origin, number)?
        };
        Ok(Due { checkpoint, newest: newest.checkpoint.number, of_source })
    }

    /// None where somebody asked to stop.
    fn copy(
        &mut self,
        due: &Due,
        stop: &AtomicBool,
        console: &Console,
    ) -> Result<Option<MirrorReport>, Failure> {
        let Due { checkpoint, .. } = due;
        let bar = bar(console, checkpoint.size.saturating_add(checkpoint.vouchers), "mirror-progress");
        let jobs = usize::from(self.args.jobs);
        let copied =
            self.mirror.copy(&*self.source, &self.ledger, checkpoint, jobs, stop, &|items| bar.inc(items));
        bar.finish_and_clear();
        Ok(copied?.map(|report| due.of(report)))
    }

    fn tell(&self, report: &MirrorReport, console: &mut Console) {
        if self.args.json {
            console.json(report);
        } else {
            tell(report, &self.args.dir, console);
        }
    }
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

//! `vouchsafe audit`: check a whole ledger against the chain, once or for good.

mod follow;
mod metrics;
mod telling;
mod webhook;

use crate::audit::{Anchored, Auditor, Folder, Receipts, Report};
use crate::commands::{progress, signals};
use crate::console::{Console, plain};
use crate::failure::Failure;
use crate::lang::Text;
use crate::public_data::{DataArgs, PublicData};
use crate::source::TrustArgs;
use protocol::LedgerId;
use protocol::dossier::Ledger;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

/// The options of `audit`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the ledger's public data is read.
    #[command(flatten)]
    pub data: DataArgs,
    /// What the ledger is held against.
    #[command(flatten)]
    pub trust: TrustArgs,
    /// The ledger that you mean, so that no other one is audited in its place.
    #[arg(long, value_name = "ID")]
    pub ledger: Option<LedgerId>,
    /// A folder with receipts, dossiers with pending steps and reports of vouchers not found: the operator's own word, to be
    /// held against the log.
    #[arg(long, value_name = "DIR")]
    pub receipts: Option<PathBuf>,
    /// The folder for the report, for evidence, and for what is needed to go on later; without it audit-LEDGER in this
    /// folder.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Begin with the first entry, whatever an earlier audit in the folder has done.
    #[arg(long)]
    pub fresh: bool,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
    /// Keep watching until something contradicts.
    #[arg(long)]
    pub follow: bool,
    /// Seconds between two looks at the chain.
    #[arg(long, value_name = "SECONDS", default_value = "60", requires = "follow", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub interval: u64,
    /// Serve Prometheus metrics at this address, like 127.0.0.1:9187.
    #[arg(long, value_name = "ADDRESS", requires = "follow")]
    pub metrics: Option<SocketAddr>,
    /// Post the report to this address at the first contradiction. One that holds an access key is better kept in the
    /// environment's `VOUCHSAFE_WEBHOOK`.
    #[arg(long, value_name = "URL", requires = "follow")]
    pub webhook: Option<String>,
}

/// Audits, tells, and gives the exit code of the outcome.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let receipts = match &args.receipts {
        Some(folder) => Receipts::read(folder)?,
        None => Receipts::default(),
    };
    let stop = signals::stop_when_asked()?;
    if args.follow {
        return follow::run(args, receipts, &stop, console);
    }
    let data = args.data.open()?;
    let ledger = data.ledger()?;
    let mut auditor = open(args, data, ledger, receipts, console)?;
    let bar = progress::bar(console, u64::MAX, "audit-progress");
    let round = auditor.round(&stop, &mut |done, of| {
        bar.set_length(of);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let round = round?;
    if let Some(failure) = &round.failure {
        console.fail(failure);
    }
    let report = Report::of(&auditor, &round, console.times.now());
    write_report(&auditor, &report)?;
    tell(args, &auditor, &report, console);
    Ok(report.result.exit())
}

/// The audit in its folder, as far as an earlier one came.
fn open(
    args: &Args,
    data: Box<dyn PublicData>,
    ledger: Ledger,
    receipts: Receipts,
    console: &mut Console,
) -> Result<Auditor, Failure> {
    if let Some(asked) = args.ledger.filter(|asked| *asked != ledger.id) {
        return Err(Failure::usage("error-other-ledger")
            .with("asked", asked.to_string())
            .with("given", ledger.id.to_string()));
    }
    let anchored = Anchored::open(&args.trust, &ledger.origin)?;
    let short: String = ledger.id.to_string().chars().skip(2).take(8).collect();
    let folder = Folder::open(&args.out.clone().unwrap_or_else(|| format!("audit-{short}").into()))?;
    if args.fresh {
        folder.forget();
    }
    let (auditor, why) = Auditor::open(Arc::from(data), anchored, folder, ledger.origin, receipts);
    if let Some(why) = why {
        console.remark(&Text::new("audit-state-unusable").with("why", plain(&why, 200)));
    } else if auditor.sizes().0 > 0 {
        console.remark(&Text::new("audit-goes-on").with("entries", auditor.sizes().0));
    }
    Ok(auditor)
}

fn write_report(auditor: &Auditor, report: &Report) -> Result<(), Failure> {
    // Texts, integers and lists: nothing in it can fail to be written.
    auditor.folder().write_report(&serde_json::to_string_pretty(report).unwrap_or_default())
}

fn tell(args: &Args, auditor: &Auditor, report: &Report, console: &mut Console) {
    if args.json {
        console.json(report);
    } else {
        telling::tell(report, auditor.folder().path(), console);
    }
}

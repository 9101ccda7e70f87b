//! `vouchsafe case`: all evidence on vouchers in one file for an arbitrator; `case add` adds files to it, `case open`
//! checks one that somebody hands over.

mod add;
mod checkpoints;
mod collect;
mod files;
mod open;

use crate::console::{Console, plain};
use crate::failure::Failure;
use crate::lang::Text;
use crate::party::files::{Over, Readers};
use crate::source::{NodeArgs, TrustArgs};
use casefile::{Case, CaseError, Finding, Opened, Trust};
use std::path::{Path, PathBuf};

/// The options of `case`.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub struct Args {
    /// What to do with a case that is there.
    #[command(subcommand)]
    pub with: Option<With>,
    /// Make a case.
    #[command(flatten)]
    pub make: MakeArgs,
}

/// What can be done with a case.
#[derive(Debug, clap::Subcommand)]
pub enum With {
    /// Check a case again, line by line: every hash, proof, signature and receipt, and that its report is what the
    /// evidence says.
    Open(open::Args),
    /// Add files to a case, and make its report anew.
    Add(add::Args),
}

/// The options for making one.
#[derive(Debug, clap::Args)]
pub struct MakeArgs {
    /// The vouchers: dossier files, keys, or links without the part after #.
    pub vouchers: Vec<String>,
    /// Files to add: receipts, chats, pictures.
    #[arg(long, value_name = "FILE", num_args = 1.., requires = "by")]
    pub files: Vec<PathBuf>,
    /// Who adds these files, in your own words.
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    /// The node to ask.
    #[command(flatten)]
    pub node: NodeArgs,
    /// Where the checkpoints are read; without it they are the node's word.
    #[command(flatten)]
    pub trust: TrustArgs,
    /// The file to write, - for standard output; without it case-KEY.zip in this folder.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Replace the file if it is there.
    #[arg(long)]
    pub force: bool,
}

/// Makes, adds to, or checks a case.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    match &args.with {
        Some(With::Open(args)) => open::run(args, console),
        Some(With::Add(args)) => add::run(args, console),
        None => make(&args.make, console),
    }
}

fn make(args: &MakeArgs, console: &mut Console) -> Result<u8, Failure> {
    if args.vouchers.is_empty() {
        return Err(Failure::usage("error-case-no-voucher"));
    }
    let contents = files::read(&args.files, console)?;
    let mut evidence = collect::collect(args, console)?;
    evidence.files = files::named(&args.files, &contents, args.by.as_deref().unwrap_or_default());
    let case = Case::of(evidence).map_err(failed)?;
    let path = args.out.clone().unwrap_or_else(|| default_name(&case));
    write(&case, &contents, &path, args.force, console)?;
    Ok(0)
}

/// `case-` and the first letters of the first voucher.
fn default_name(case: &Case) -> PathBuf {
    let first = case.evidence().dossiers.first().map(|item| protocol::voucher::link_name(&item.key()));
    let letters: String = first.unwrap_or_default().chars().take(8).collect();
    format!("case-{letters}.zip").into()
}

fn write(
    case: &Case,
    contents: &[Vec<u8>],
    path: &Path,
    force: bool,
    console: &mut Console,
) -> Result<(), Failure> {
    let bytes = case.zip(contents).map_err(failed)?;
    remark_what_fails(&bytes, console);
    if path == Path::new("-") {
        console.raw(&bytes);
        return Ok(());
    }
    crate::party::files::write(path, Readers::Any, Over::forced(force), &bytes)?;
    let evidence = case.evidence();
    console.say(
        &Text::new("case-saved")
            .with("path", plain(&path.display().to_string(), 200))
            .with("bytes", bytes.len().to_string())
            .with("vouchers", evidence.dossiers.len())
            .with("files", evidence.files.len()),
    );
    console.say(&Text::new("case-fingerprint").with("fingerprint", case.fingerprint()));
    Ok(())
}

/// Evidence that does not hold is evidence, too; but whoever makes the case hears of it before an arbitrator does.
fn remark_what_fails(bytes: &[u8], console: &mut Console) {
    let Ok(opened) = Opened::read(bytes) else { return };
    let checks = opened.judge(&Trust::default());
    let failed = checks.iter().filter(|check| matches!(check.finding, Finding::Failed(_))).count();
    if failed > 0 {
        let text = Text::new("case-made-refuted").with("lines", checks.len());
        console.remark(&text.with("failed", failed));
    }
}

fn failed(error: CaseError) -> Failure {
    Failure::usage("error-case").with_foreign("cause", error)
}

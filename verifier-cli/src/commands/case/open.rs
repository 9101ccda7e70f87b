//! `vouchsafe case open`: a case that somebody hands over, checked again line by line. Nothing is written anywhere unless
//! `--extract` asks for it.

use crate::console::{Console, Tone, plain};
use crate::failure::{Failure, UNKNOWN};
use crate::lang::Text;
use crate::source::{MAX_CASE_BYTES, TrustArgs, read_at_most};
use casefile::lang::Texts;
use casefile::{Check, Finding, Held, Opened, Trust};
use protocol::Digest;
use protocol::verify::Finality;
use serde::Serialize;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// The options of `case open`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The case.
    pub case: PathBuf,
    /// What its checkpoints are held against.
    #[command(flatten)]
    pub trust: TrustArgs,
    /// The hash of a block of the ledger's chain that you trust: dossiers that show what it holds are held against it,
    /// without network.
    #[arg(long, value_name = "HASH")]
    pub block_hash: Vec<Digest>,
    /// Unpack the case into this new folder.
    #[arg(long, value_name = "FOLDER")]
    pub extract: Option<PathBuf>,
    /// Print the lines as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Checks, tells, and gives 0, 30 where something does not hold, 3 where something could not be checked.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    let opened = opened(&args.case)?;
    let trust = trust(args, &opened, console)?;
    let checks = opened.judge(&trust);
    let exit = exit(&checks);
    if args.json {
        console.json(&Told {
            exit,
            fingerprint: opened.fingerprint(),
            made_by: opened.tool(),
            checks: &checks,
        });
    } else {
        tell(&opened, &checks, console);
    }
    if let Some(folder) = &args.extract {
        extract(&opened, folder, console)?;
    }
    Ok(exit)
}

/// A case taken apart, or why it cannot be.
pub(super) fn opened(path: &Path) -> Result<Opened, Failure> {
    let bytes = read_at_most(path, MAX_CASE_BYTES)?;
    Opened::read(&bytes).map_err(|error| {
        Failure::usage("error-case-file").with_foreign("path", path.display()).with_foreign("cause", error)
    })
}

/// What the asker trusts of the checkpoints that the case speaks of. A chain that cannot be asked is told once.
fn trust(args: &Args, opened: &Opened, console: &mut Console) -> Result<Trust, Failure> {
    let mut trust = Trust { held: Vec::new(), blocks: args.block_hash.clone() };
    if let Some(trusted) = args.trust.of_file()? {
        trust.held.push(Held { trusted, finality: Finality::Final });
        return Ok(trust);
    }
    for (origin, number) in opened.checkpoints() {
        match args.trust.facts(&origin, number) {
            Ok(None) => break,
            Ok(Some(facts)) => {
                trust.held.push(Held { trusted: (&facts).into(), finality: facts.finality.into() });
            }
            Err(failure) if failure.exit == UNKNOWN => {
                console.fail(&failure);
                break;
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(trust)
}

fn exit(checks: &[Check]) -> u8 {
    let refuted = protocol::verify::Verdict::Refuted.exit();
    let any = |wanted: fn(&Finding) -> bool| checks.iter().any(|check| wanted(&check.finding));
    if any(|finding| matches!(finding, Finding::Failed(_))) {
        refuted
    } else if any(|finding| matches!(finding, Finding::Unknown(_))) {
        UNKNOWN
    } else {
        0
    }
}

/// The lines for machines.
#[derive(Serialize)]
struct Told<'a> {
    exit: u8,
    fingerprint: Option<String>,
    made_by: &'a str,
    checks: &'a [Check],
}

fn tell(opened: &Opened, checks: &[Check], console: &mut Console) {
    let words = Texts::new(console.texts.language());
    for check in checks {
        let (mark, tone) = match check.finding {
            Finding::Passed => ("✔", None),
            Finding::Failed(_) => ("✖", Some(Tone::Bad)),
            Finding::Unknown(_) => ("?", Some(Tone::Care)),
        };
        let line = format!("{mark} {}", check.say(&words));
        let line = tone.map_or_else(|| line.clone(), |tone| console.paint.paint(tone, &line));
        console.line(&line);
        if let Some(disclosed) = check.say_disclosed(&words) {
            console.line(&format!("    {disclosed}"));
        }
        if let Some(problem) = check.problem() {
            console.line(&format!("    {}", problem.say(&words)));
        }
    }
    console.line("");
    if let Some(fingerprint) = opened.fingerprint() {
        console.say(&Text::new("case-fingerprint").with("fingerprint", fingerprint));
    }
    let (id, tone) = match exit(checks) {
        0 => ("case-holds", Tone::Good),
        UNKNOWN => ("case-unknown", Tone::Care),
        _ => ("case-refuted", Tone::Bad),
    };
    let failed = checks.iter().filter(|check| matches!(check.finding, Finding::Failed(_))).count();
    let unknown = checks.iter().filter(|check| matches!(check.finding, Finding::Unknown(_))).count();
    let text = Text::new(id).with("lines", checks.len()).with("failed", failed).with("unknown", unknown);
    let said = console.texts.say(&text);
    console.line(&console.paint.paint(tone, &said));
    if let Some(advice) = console.texts.attribute(&text, "advice") {
        console.line(&format!("  → {advice}"));
    }
}

/// Writes the members below a folder that was not there before. Their names cannot lead out of it: what could was refused
/// when the archive was read.
fn extract(opened: &Opened, folder: &Path, console: &mut Console) -> Result<(), Failure> {
    let failed = |path: &Path, error: std::io::Error| {
        Failure::usage("error-out-unwritable")
            .with_foreign("path", path.display())
            .with_foreign("cause", error)
    };
    fs::create_dir(folder).map_err(|error| failed(folder, error))?;
    for (name, bytes) in opened.contents() {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| failed(parent, error))?;
        let written = fs::File::create_new(&path).and_then(|mut file| file.write_all(bytes));
        written.map_err(|error| failed(&path, error))?;
    }
    let shown = plain(&folder.display().to_string(), 200);
    console.remark(&Text::new("case-extracted").with("path", shown));
    Ok(())
}

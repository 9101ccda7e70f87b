//! The supplier file as `issue` sees it: read, reported, its bad lines told.

use super::args::Args;
use crate::console::Console;
use crate::failure::Failure;
use crate::import::{self, Import, ImportError, Reason, Refused};
use crate::lang::Text;
use crate::party::code_space::CodeSpace;
use crate::source::read_supplier_file;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use zeroize::Zeroizing;

/// Refused lines that are listed; `--json` lists them all.
const LISTED: usize = 50;

/// What a supplier file gave.
pub struct Supply {
    /// SHA-256 of its bytes, which are not kept.
    pub sha256: [u8; 32],
    /// Its bad lines, as a file of their own.
    pub bad_lines: Zeroizing<Vec<u8>>,
    /// Its cards; if every line is bad, those lines.
    pub import: Result<Import, Vec<Refused>>,
}

impl Supply {
    /// Reads the file.
    pub fn read(args: &Args) -> Result<Self, Failure> {
        let file = read_supplier_file(&args.file)?;
        let sha256 = Sha256::digest(&file).into();
        match import::read(&file, &args.reading.options()) {
            Ok(import) => Ok(Self { sha256, bad_lines: import.bad_lines(&file), import: Ok(import) }),
            Err(ImportError::EveryLineBad { refused }) => {
                Ok(Self { sha256, bad_lines: Zeroizing::default(), import: Err(refused) })
            }
            Err(error) => Err(failure(&error, &args.file)),
        }
    }

    /// The refused lines.
    pub fn refused(&self) -> &[Refused] {
        match &self.import {
            Ok(import) => &import.refused,
            Err(refused) => refused,
        }
    }

    /// How many lines could not be read as cards. One that repeats an earlier card was read well.
    fn unread(&self) -> usize {
        let is_unread = |refused: &&Refused| !matches!(refused.reason, Reason::Duplicate { .. });
        self.refused().iter().filter(is_unread).count()
    }

    /// How many cards can be issued.
    pub fn accepted(&self) -> usize {
        self.import.as_ref().map_or(0, |import| import.cards.len())
    }

    /// For machines: `accepted`, and `refused` with line and reason.
    pub fn json(&self) -> Value {
        let line = |refused: &Refused| json!({ "line": refused.line, "reason": refused.reason.name() });
        let mut value = json!({
            "accepted": self.accepted(),
            "refused": self.refused().iter().map(line).collect::<Vec<_>>(),
        });
        if let Ok(import) = &self.import {
            value["encoding"] = import.encoding.name().into();
            value["separator"] = import.separator.as_ref().map(ToString::to_string).into();
            value["layout"] = import.layout.map(|layout| layout.to_string()).into();
            value["repeated_serials"] = import.repeated_serials.into();
        }
        value
    }

    /// Lists the refused lines.
    pub fn list_refused(&self, console: &mut Console) {
        for refused in self.refused().iter().take(LISTED) {
            console.remark(&line_text(refused));
        }
        if self.refused().len() > LISTED {
            console.remark(&Text::new("party-lines-more").with("count", self.refused().len() - LISTED));
        }
    }

    /// Says how the file was read.
    pub fn describe(&self, console: &mut Console) {
        let Ok(import) = &self.import else { return };
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        console.remark(
            &Text::new("party-file-read")
                .with("count", import.cards.len())
                .with("encoding", import.encoding.name())
                .with("separator", or_dash(import.separator.as_ref().map(ToString::to_string)))
                .with("layout", or_dash(import.layout.map(|layout| layout.to_string()))),
        );
        if import.repeated_serials > 0 {
            console.remark(&Text::new("party-repeated-serials").with("count", import.repeated_serials));
        }
    }

    /// What keeps the file from being issued under these options, if anything does.
    pub fn obstacle(&self, args: &Args) -> Option<Failure> {
        if self.accepted() == 0 {
            return Some(Failure::refused("party-issue-no-card").with("count", self.refused().len()));
        }
        if !self.refused().is_empty() && !args.reading.skip_bad {
            return Some(Failure::refused("party-issue-bad-lines").with("count", self.refused().len()));
        }
        let unread = self.unread();
        if unread * 2 >= self.accepted() + unread {
            let failure = Failure::usage("party-issue-mostly-bad").with("count", unread);
            return Some(failure.with("lines", self.accepted() + unread));
        }
        let import = self.import.as_ref().ok().filter(|_| args.batch.unstamped)?;
        let space = CodeSpace::of(import.cards.iter().map(|card| args.reading.code_form.apply(card.code)));
        let refused = Failure::refused("party-issue-guessable")
            .with("bits", format!("{:.0}", space.bits))
            .with("length", space.length)
            .with("free", space.free_places)
            .with("alphabet", space.alphabet);
        (!space.suffices()).then_some(refused)
    }
}

/// Reports a file without sealing anything. The exit code is that which `issue` would end with.
pub fn dry_run(supply: &Supply, args: &Args, console: &mut Console) -> u8 {
    let obstacle = supply.obstacle(args);
    if args.json {
        let mut value = supply.json();
        let said = obstacle.as_ref().map(|failure| console.texts.say(&failure.text));
        value["obstacle"] = said.into();
        console.json(&value);
        return obstacle.map_or(0, |failure| failure.exit);
    }
    supply.describe(console);
    supply.list_refused(console);
    console.say(
        &Text::new("party-dry-run")
            .with("accepted", supply.accepted())
            .with("refused", supply.refused().len()),
    );
    match obstacle {
        Some(failure) => {
            console.fail(&failure);
            failure.exit
        }
        None => 0,
    }
}

fn line_text(refused: &Refused) -> Text {
    let text = Text::new(format!("party-line-{}", refused.reason.name()));
    let text = match refused.reason {
        Reason::Columns { found, expected } => text.with("found", found).with("expected", expected),
        Reason::Length { field, found, expected } => {
            let field = match field {
                import::Field::Serial => "party-field-serial",
                import::Field::Code => "party-field-code",
            };
            text.with("field", Text::new(field)).with("found", found).with("expected", expected)
        }
        Reason::Duplicate { first } => text.with("first", first.to_string()),
        _ => text,
    };
    Text::new("party-line").with("line", refused.line.to_string()).with("reason", text)
}

/// Why a whole file cannot be read as cards.
fn failure(error: &ImportError, path: &Path) -> Failure {
    let named = |id| Failure::refused(id).with("file", path.display().to_string());
    match error {
        ImportError::Empty => named("party-import-empty"),
        ImportError::NotText { kind, .. } => named("party-import-not-text").with("kind", *kind),
        ImportError::TooLarge { limit, .. } => named("party-import-too-large").with("limit", limit >> 20),
        ImportError::Encoding(name) => named("party-import-encoding").with("encoding", *name),
        ImportError::NotNdjson => named("party-import-not-ndjson"),
        ImportError::NoSecretColumn { line } => {
            named("party-import-no-secret").with("line", line.to_string())
        }
        ImportError::TwoSecretColumns { line } => {
            named("party-import-two-secrets").with("line", line.to_string())
        }
        ImportError::UnknownHeader { line } => named("party-import-header").with("line", line.to_string()),
        ImportError::UnclearColumns => named("party-import-unclear"),
        ImportError::EveryLineBad { refused } => named("party-issue-no-card").with("count", refused.len()),
    }
}

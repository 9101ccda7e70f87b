//! Telling what was found: the verdict first, then what is known, then why, then what to do.
//!
//! In scope: the words and their order. Out of scope: the verdict itself, which `protocol::verify` decides.

mod advice;
mod disclosure;
mod facts;
mod hands;
mod json;
mod names;
mod past;
mod steps;
mod verdict;

pub use disclosure::DisclosureTelling;
pub use hands::hands;
pub use json::{JsonReport, Problem};
pub use names::short;
pub use past::PastTelling;
pub use steps::{detail_text, step_name};

use crate::console::{Console, Tone};
use crate::failure::Failure;
use crate::lang::Text;
use crate::source::{DomainWord, Trusted};
use protocol::PublicKey;
use protocol::receipt::Absence;
use protocol::verify::{Outcome, Reason, Report, StepCode, TrustedCheckpoint};

/// A report with what is known beside it.
#[derive(Debug)]
pub struct Telling {
    /// The judgement.
    pub report: Report,
    /// What the dossier was held against; none where there was no dossier.
    pub trusted: Option<Trusted>,
    /// The node that gave the dossier; none for one in hand.
    pub node: Option<String>,
    /// Why there was no dossier.
    pub cause: Option<Failure>,
    /// The operator's word that there is no such voucher, and the checkpoint that it was held against.
    pub absence: Option<(Absence, TrustedCheckpoint)>,
    /// The chain that was asked about it is one for development.
    pub development: bool,
    /// What the issuer's domain says, where it was asked.
    pub domain: Option<DomainWord>,
    /// The asker's key.
    pub my_key: Option<PublicKey>,
    /// The asker wanted the state as of the checkpoint.
    pub as_of: bool,
    /// The asker takes nothing but a final checkpoint.
    pub require_final: bool,
}

impl Telling {
    /// Of a report alone.
    pub const fn of(report: Report) -> Self {
        Self {
            report,
            trusted: None,
            node: None,
            cause: None,
            absence: None,
            development: false,
            domain: None,
            my_key: None,
            as_of: false,
            require_final: false,
        }
    }

    /// Whether the trusted source has the dossier's checkpoint, fresh or not.
    fn is_held(&self) -> bool {
        is_held(&self.report)
    }

    /// Tells it to a person.
    pub fn tell(&self, console: &mut Console) {
        verdict::tell(self, console);
        facts::tell(self, console);
        steps::tell(self, console);
        advice::tell(self, console);
    }
}

/// Whether the trusted source has the dossier's checkpoint. A stale one still proves what was true at its time.
pub fn is_held(report: &Report) -> bool {
    let step = report.steps.iter().find(|step| step.code == StepCode::CheckpointAnchored);
    step.is_some_and(|step| match &step.outcome {
        Outcome::Passed => true,
        Outcome::Unknown(detail) => matches!(detail.reason, Reason::Superseded | Reason::TooOld),
        Outcome::Failed(_) | Outcome::Skipped => false,
    })
}

/// A heading with an empty line before it.
fn heading(console: &mut Console, id: &'static str) {
    let text = console.texts.get(id);
    let text = console.paint.paint(Tone::Strong, &text);
    console.line("");
    console.line(&text);
}

/// `Name:` and a value, the names padded to one width.
fn labelled(console: &mut Console, rows: Vec<(&'static str, Text)>) {
    let cells = rows.into_iter().map(|(name, value)| {
        let name = Text::new("label").with("name", Text::new(name));
        vec![format!("  {}", console.texts.say(&name)), console.texts.say(&value)]
    });
    let cells: Vec<Vec<String>> = cells.collect();
    for line in crate::console::columns(&cells) {
        console.line(&line);
    }
}

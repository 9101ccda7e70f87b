//! The report for machines: the protocol's own, with where things came from beside it. In English, whatever the language.

use super::Telling;
use crate::failure::Failure;
use crate::lang::{Language, Texts};
use crate::source::{DomainWord, TrustSource};
use protocol::chain_proof::Proven;
use protocol::receipt::Absence;
use protocol::verify::{Finality, Report, TrustedCheckpoint};
use serde::Serialize;

/// `verdict`, `exit`, `as_of`, `steps`, `voucher` as docs/protocol.md sections 10 and 11 name them, and what the command
/// adds.
#[derive(Debug, Serialize)]
pub struct JsonReport<'a> {
    #[serde(flatten)]
    report: &'a Report,
    /// The node that gave the dossier; null for one in hand.
    node: Option<&'a str>,
    /// What it was held against: `none`, `file`, `chain` or `block`.
    held_against: TrustSource,
    /// Whether the trusted checkpoint can still vanish.
    finality: Option<&'static str>,
    /// Blocks upon the trusted checkpoint and its own, while it can.
    confirmations: Option<u64>,
    /// The block that was given, and what it is proven to hold.
    proven: Option<&'a Proven>,
    /// Why the node or the chain gave no answer.
    problem: Option<Problem>,
    /// What the issuer's domain says, where it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<&'a DomainWord>,
    /// The operator's signed word that there is no such voucher.
    absence: Option<&'a Absence>,
    /// The checkpoint that it was held against.
    absence_checkpoint: Option<&'a TrustedCheckpoint>,
}

/// A problem by its stable code.
#[derive(Debug, Serialize)]
pub struct Problem {
    code: String,
    detail: String,
    advice: Option<String>,
}

impl<'a> JsonReport<'a> {
    /// Of this telling.
    pub fn of(telling: &'a Telling) -> Self {
        let trusted = telling.trusted.as_ref();
        let found = trusted.filter(|trusted| trusted.is_found());
        let problem = telling.cause.as_ref().or_else(|| trusted.and_then(|trusted| trusted.problem.as_ref()));
        Self {
            report: &telling.report,
            node: telling.node.as_deref(),
            held_against: found.map_or(TrustSource::None, |trusted| trusted.source),
            finality: found.map(|trusted| match trusted.finality {
                Finality::Final => "final",
                Finality::NotFinal => "pending",
            }),
            confirmations: found.and_then(|trusted| trusted.confirmations),
            proven: found.and_then(|trusted| trusted.proven.as_ref()),
            problem: problem.map(Problem::of),
            domain: telling.domain.as_ref(),
            absence: telling.absence.as_ref().map(|(absence, _)| absence),
            absence_checkpoint: telling.absence.as_ref().map(|(_, trusted)| trusted),
        }
    }
}

impl Problem {
    /// Of what kept a command from its result.
    pub fn of(failure: &Failure) -> Self {
        let english = Texts::new(Language::English);
        Self {
            code: failure.text.id().to_owned(),
            detail: english.say(&failure.text),
            advice: english.attribute(&failure.text, "advice"),
        }
    }
}

//! What the evidence says, in no language yet: per voucher the judgement, the chain of hands with its bounds in time, and
//! what contradicts what.

mod bounds;
mod contradictions;
mod hands;
mod shown;

pub use bounds::{Bounds, Promise};
pub use contradictions::Contradiction;
pub use contradictions::refused_signers;
pub use hands::{Hand, Hands, short};
pub use shown::Shown;

use crate::evidence::{CaseDossier, Evidence, ReadCheckpoint};
use protocol::chain_proof::Proven;
use protocol::dossier::{Dossier, Step};
use protocol::entry::Entry;
use protocol::lifecycle::Kind;
use protocol::manifest::Manifest;
use protocol::verify::{HistoryLine, Question, Report, TrustedCheckpoint, VoucherFacts, verify};

/// What a case says.
pub struct Findings<'a> {
    /// The evidence.
    pub evidence: &'a Evidence,
    /// One a voucher, in the evidence's order.
    pub vouchers: Vec<Found<'a>>,
    /// Everybody with a key.
    pub hands: Hands,
}

/// What it says of one voucher.
pub struct Found<'a> {
    /// Its dossier.
    pub dossier: &'a Dossier,
    /// Its batch's manifest.
    pub manifest: Manifest,
    /// The case's own reading of the checkpoint that the dossier is under.
    pub under: Option<&'a ReadCheckpoint>,
    /// What the dossier shows of that checkpoint on the chain.
    pub shown: Shown,
    /// The judgement under it, as of it.
    pub report: Report,
    /// What the dossier says of the voucher.
    pub facts: VoucherFacts,
    /// One an entry, oldest first.
    pub rows: Vec<Row<'a>>,
    /// What contradicts what.
    pub contradictions: Vec<Contradiction<'a>>,
}

/// One entry of a voucher's life.
pub struct Row<'a> {
    /// As the verifier lists it.
    pub line: HistoryLine,
    /// The entry and what travels beside it.
    pub step: &'a Step,
    /// Between which checkpoints it came in.
    pub bounds: Bounds<'a>,
    /// The operator's promise.
    pub promise: Option<Promise>,
}

impl Row<'_> {
    /// Its kind, where it is one.
    pub fn kind(&self) -> Option<Kind> {
        self.step.entry.kind()
    }
}

impl<'a> Findings<'a> {
    /// Of this evidence.
    pub fn of(evidence: &'a Evidence) -> Self {
        let vouchers: Vec<Found<'a>> =
            evidence.dossiers.iter().filter_map(|item| Found::of(item, evidence)).collect();
        let hands = Hands::of(&vouchers);
        Self { evidence, vouchers, hands }
    }
}

impl<'a> Found<'a> {
    /// None for what a reader of dossiers would have refused.
    fn of(item: &'a CaseDossier, evidence: &'a Evidence) -> Option<Self> {
        let dossier = item.dossier();
        let manifest = Manifest::read(&dossier.manifest.text).ok()?;
        let under = evidence.checkpoint_under(dossier);
        let report = judge(item, under.map(|read| (&read.trusted, read.finality())), None, evidence.made_at);
        let facts = report.voucher.clone()?;
        let checkpoints = evidence.checkpoints_of(dossier.ledger.id);
        let steps = dossier.history.iter().map(|item| &item.step);
        let steps = steps.chain(dossier.pending.iter().map(|item| &item.step));
        let rows: Vec<Row<'a>> = facts
            .history
            .iter()
            .zip(steps)
            .map(|(line, step)| Row {
                line: line.clone(),
                step,
                bounds: Bounds::of(line.index, &checkpoints),
                promise: Promise::of(line.index, dossier, evidence),
            })
            .collect();
        let contradictions = contradictions::find(dossier, &report, &rows);
        let shown = Shown::by(dossier);
        Some(Self { dossier, manifest, under, shown, report, facts, rows, contradictions })
    }

    /// The row of the entry at this index.
    pub fn row(&self, index: u64) -> Option<&Row<'a>> {
        self.rows.iter().find(|row| row.line.index == index)
    }
}

/// Judges a dossier of a case as of its checkpoint, at the time when the case was made: the judgement must be the same
/// whoever makes it again, and whenever.
pub fn judge(
    item: &CaseDossier,
    trusted: Option<(&TrustedCheckpoint, protocol::verify::Finality)>,
    proven: Option<&Proven>,
    made_at: u64,
) -> Report {
    verify(&Question {
        trusted: trusted.map(|(checkpoint, _)| checkpoint),
        proven,
        finality: trusted.map_or(protocol::verify::Finality::Final, |(_, finality)| finality),
        as_of: true,
        ..Question::of(item.text(), made_at)
    })
}

/// The entry that a step was signed against, and the place of it.
pub fn before<'a>(dossier: &'a Dossier, entry: &Entry) -> Option<&'a Entry> {
    let history = dossier.history.iter().map(|item| (item.index, &item.step.entry));
    let pending = dossier.pending.iter().map(|item| (item.index, &item.step.entry));
    history.chain(pending).find(|(index, _)| *index == entry.prev).map(|(_, before)| before)
}

//! The steps of docs/protocol.md section 10, one function each. Each goes over the whole list before the next begins.
//! One room a subject: `trust`, `vouched`, `included`, `chain`, `opening`; `memo` reads what the parties wrote.

mod chain;
mod included;
mod memo;
mod opening;
mod trust;
mod vouched;

pub use chain::incident_stands;
pub use memo::{memo_order, not_after};
pub use vouched::Vouched;

use super::detail::{Detail, Reason};
use super::question::Question;
use crate::digest::{Digest, PublicKey};
use crate::dossier::{Dossier, HistoryItem};
use crate::entry::{Entry, signers};
use crate::lifecycle::State;
use crate::manifest::Manifest;
use crate::merkle::TreeHead;
use std::cell::OnceCell;

/// Ten minutes: what clocks and anchoring may be late by before it counts.
pub const GRACE_MS: u64 = 600_000;

/// What a step found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not hold.
    Failed(Detail),
    /// Nothing was given to judge, or an earlier step failed.
    Skipped,
    /// It could not be checked.
    Unknown(Detail),
}

impl Outcome {
    fn failed<const N: usize>(reason: Reason, args: [&dyn std::fmt::Display; N]) -> Self {
        Self::Failed(Detail::with(reason, args))
    }
}

/// `Err` holds what a step found instead of passing.
type Judged = Result<(), Outcome>;

impl From<Judged> for Outcome {
    fn from(judged: Judged) -> Self {
        judged.err().unwrap_or(Self::Passed)
    }
}

/// A dossier of the right shape, and what it is judged with.
pub struct Case<'a> {
    pub question: &'a Question<'a>,
    pub dossier: &'a Dossier,
    pub manifest: &'a Manifest,
    signed_by: OnceCell<Vec<Vec<PublicKey>>>,
}

impl<'a> Case<'a> {
    /// What is judged, nothing of it yet.
    pub const fn new(question: &'a Question<'a>, dossier: &'a Dossier, manifest: &'a Manifest) -> Self {
        Self { question, dossier, manifest, signed_by: OnceCell::new() }
    }

    /// Who signed the step at this place, counted through the history and then what is pending. Each signature is checked
    /// once, however often this is asked.
    pub fn signed_by(&self, place: usize) -> &[PublicKey] {
        let check = || {
            let history = self.dossier.history.iter().map(|item| &item.step);
            let steps = history.chain(self.dossier.pending.iter().map(|item| &item.step));
            let with_before = steps.scan(Digest::ZERO, |prev_leaf, step| {
                let before = std::mem::replace(prev_leaf, step.entry.leaf());
                Some(signers(&step.signatures, &step.entry.instruction(self.dossier.ledger.id, before)))
            });
            with_before.collect()
        };
        self.signed_by.get_or_init(check).get(place).map_or(&[], Vec::as_slice)
    }

    fn log(&self) -> TreeHead<Digest> {
        let checkpoint = &self.dossier.checkpoint.checkpoint;
        TreeHead { size: checkpoint.size, root: checkpoint.log_root }
    }

    fn batch(&self, issue: &Entry) -> TreeHead<Digest> {
        let size = self.dossier.manifest.terms.tree_size().unwrap_or(0);
        TreeHead { size, root: issue.content }
    }

    fn issue(&self) -> Option<&HistoryItem> {
        self.dossier.history.first()
    }

    /// The voucher's key, if `entry` covers this voucher alone.
    fn voucher_of(&self, entry: &Entry) -> Option<&PublicKey> {
        (entry.count == 1).then_some(&self.dossier.voucher.key)
    }

    /// The fold of the anchored history; the entries of a legal one.
    pub fn history_state(&self) -> Option<State> {
        let (issue, later) = self.dossier.history.split_first()?;
        let state = State::issued(&issue.step.entry, issue.index).ok()?;
        later.iter().try_fold(state, |state, item| self.next(&state, &item.step.entry, item.index).ok())
    }

    /// The fold of history and pending: the state that a verdict speaks of.
    pub fn latest_state(&self) -> Option<State> {
        let pending = self.dossier.pending.iter();
        let state = self.history_state()?;
        Some(
            pending
                .fold(state, |state, item| self.next(&state, &item.step.entry, item.index).unwrap_or(state)),
        )
    }

    fn next(&self, state: &State, entry: &Entry, index: u64) -> Result<State, Outcome> {
        state
            .step(entry, index, &self.dossier.manifest.terms, self.voucher_of(entry))
            .map_err(|why| Outcome::Failed(Detail::illegal(index, why)))
    }
}

const fn minutes(millis: u64) -> u64 {
    millis / 60_000
}

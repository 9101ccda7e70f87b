//! Between which blocks of the chain an entry came in, and what the operator promised about it.

use crate::evidence::{Evidence, ReadCheckpoint};
use protocol::dossier::Dossier;
use protocol::receipt::Receipt;
use protocol::verify::GRACE_MS;

/// The checkpoints of a case around an entry. Checkpoints only grow, and the contract takes none that does not continue
/// the one before; so an entry is in every one whose size is above its index, and in no other.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds<'a> {
    /// The last one that does not hold it.
    pub not_in: Option<&'a ReadCheckpoint>,
    /// The first one that holds it.
    pub first_in: Option<&'a ReadCheckpoint>,
}

impl<'a> Bounds<'a> {
    /// Of the entry at this index. The checkpoints are of its ledger, by their numbers.
    pub fn of(index: u64, checkpoints: &[&'a ReadCheckpoint]) -> Self {
        let holds = |read: &&&ReadCheckpoint| read.checkpoint().size > index;
        Self {
            not_in: checkpoints.iter().rfind(|read| !holds(read)).copied(),
            first_in: checkpoints.iter().find(holds).copied(),
        }
    }

    /// Whether the case shows the two neighbours: no checkpoint lies between them.
    pub fn are_tight(&self) -> bool {
        match (self.not_in, self.first_in) {
            (Some(not_in), Some(first_in)) => {
                not_in.checkpoint().number.checked_add(1) == Some(first_in.checkpoint().number)
            }
            _ => false,
        }
    }
}

/// The operator's receipt for an entry, and what it is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// The receipt.
    pub receipt: Receipt,
    /// An operator key of the case's checkpoints, or of the dossier's, signed it.
    pub is_signed: bool,
    /// It speaks of the very entry at its place.
    pub is_of_entry: bool,
}

impl Promise {
    /// The receipt that the case or the dossier has for the entry at this index.
    pub fn of(index: u64, dossier: &Dossier, evidence: &Evidence) -> Option<Self> {
        let ledger = dossier.ledger.id;
        let pending = dossier.pending.iter().find(|item| item.index == index);
        let added = evidence
            .receipts
            .iter()
            .find(|item| item.ledger == ledger && item.receipt.index == index)
            .map(|item| item.receipt);
        let receipt = added.or_else(|| pending.map(|item| item.receipt))?;
        let history = dossier.history.iter().find(|item| item.index == index).map(|item| &item.step);
        let entry = history.or_else(|| pending.map(|item| &item.step)).map(|step| &step.entry)?;
        let checkpoints = evidence.checkpoints_of(ledger);
        let own = dossier.checkpoint.checkpoint.operator_key;
        let mut keys = checkpoints.iter().map(|read| read.checkpoint().operator_key).chain([own]);
        Some(Self {
            receipt,
            is_signed: keys.any(|key| receipt.is_signed_by(&key, ledger)),
            is_of_entry: receipt.leaf == entry.leaf(),
        })
    }

    /// Whether it was kept, as far as a block's time says: in a block by then, or ten minutes later at most.
    pub fn is_late(&self, first_in: &ReadCheckpoint) -> bool {
        let due = self.receipt.anchor_by.saturating_add(GRACE_MS);
        first_in.block_time().is_some_and(|time| time > due)
    }
}

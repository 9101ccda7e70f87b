//! Taking the log in again, entry by entry, from what is public: through the same decisions as the first time, so a store
//! is never made of what this node would refuse.
//!
//! In scope: entries, batches and checkpoints in the order of the log, onto a store that holds a beginning of it. Out of
//! scope: where they are read, and the chain.

use super::batch::{BatchHeader, stage};
use super::cut::{CutError, cut, latest};
use super::decide::{Clocks, Decision, Instruction, Tip, decide, decided};
use super::outbox::{record_chain, record_settled};
use super::reads::{Overlay, Reads as _};
use super::refused::Refused;
use super::rows::ReadError;
use super::sequencer::load_tip;
use crate::store::{Snapshot, Store, StoreError, WriteSet};
use anchors::AnchoredCheckpoint;
use protocol::checkpoint::Checkpoint;
use protocol::dossier::Step;
use protocol::entry::{Entry, signers};
use protocol::lifecycle::Kind;
use protocol::manifest::Terms;
use protocol::{Digest, LedgerId, PublicKey};
use std::fs::File;

/// Why the log is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The store failed or is damaged.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A checkpoint could not be cut.
    #[error(transparent)]
    Cut(#[from] CutError),
    /// An entry that this node would not have accepted.
    #[error("entry {index} is not one that a node accepts: {source}")]
    Refused {
        /// Its place in the log.
        index: u64,
        /// Why.
        source: Box<Refused>,
    },
    /// An entry that the store has otherwise.
    #[error("entry {index} is another than the one in the store: this is the store of another history")]
    Differs {
        /// Its place in the log.
        index: u64,
    },
    /// A checkpoint that does not follow from the entries.
    #[error("checkpoint {number} does not follow from the entries before it")]
    Checkpoint {
        /// Its number.
        number: u64,
    },
}

/// A batch as it is public: what an Issue entry needs beside itself.
pub struct PublicBatch {
    /// The manifest's exact text.
    pub manifest: String,
    /// The terms.
    pub terms: Terms,
    /// All records, one after the other.
    pub records: File,
}

/// A store that the log is taken into.
pub struct Replay<'a> {
    store: &'a dyn Store,
    ledger: LedgerId,
    promise_ms: u64,
    tip: Tip,
    checkpoint: Checkpoint,
}

impl<'a> Replay<'a> {
    /// Goes on where the store ends. It knows its opening.
    pub fn open(store: &'a dyn Store, ledger: LedgerId, promise_ms: u64) -> Result<Self, ReplayError> {
        let snapshot = store.snapshot()?;
        let tip = load_tip(&*snapshot)?;
        let checkpoint = latest(&*snapshot)?.checkpoint;
        Ok(Self { store, ledger, promise_ms, tip, checkpoint })
    }

    /// Entries in the store.
    pub fn size(&self) -> u64 {
        self.tip.log.size()
    }

    /// The newest checkpoint in the store.
    pub fn newest(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Holds entries that the store has already against what is public.
    pub fn compare(&self, first: u64, steps: &[Step]) -> Result<(), ReplayError> {
        let snapshot = self.store.snapshot()?;
        for (index, step) in (first..self.size()).zip(steps) {
            if snapshot.known_entry(index)?.state.entry != step.entry {
                return Err(ReplayError::Differs { index });
            }
        }
        Ok(())
    }

    /// Takes in the entries that follow. `batch` gives what belongs to the Issue entry at an index.
    pub fn take<E: From<ReplayError>>(
        &mut self,
        steps: &[Step],
        mut batch: impl FnMut(u64, &Entry) -> Result<PublicBatch, E>,
    ) -> Result<(), E> {
        let mut rest = steps;
        while let Some(first) = rest.first() {
            if first.entry.kind() == Some(Kind::Issue) {
                let public = batch(self.size(), &first.entry)?;
                self.issue(first, public)?;
                rest = rest.get(1..).unwrap_or_default();
                continue;
            }
            // A batch shows in the store before anything that follows it is decided.
            let until = rest.iter().position(|step| step.entry.kind() == Some(Kind::Issue));
            let (group, later) = rest.split_at(until.unwrap_or(rest.len()));
            self.group(group)?;
            rest = later;
        }
        Ok(())
    }

    fn issue(&mut self, step: &Step, public: PublicBatch) -> Result<(), ReplayError> {
        let index = self.size();
        let PublicBatch { manifest, terms, mut records } = public;
        let refused = |source| ReplayError::Refused { index, source: Box::new(source) };
        let entry = step.entry.without_clock();
        let header = BatchHeader { manifest, terms, entry, signatures: step.signatures.clone() };
        let instruction = entry.instruction(self.ledger, Digest::ZERO);
        let signers = signers(&step.signatures, &instruction);
        let count = records.metadata().map(|facts| facts.len() / 64).unwrap_or_default();
        header.check(count).map_err(refused)?;
        let instruction = stage(self.store, &header, &mut records, signers).map_err(refused)?;
        let snapshot = self.store.snapshot()?;
        let mut overlay = Overlay::over(&*snapshot);
        self.accept(&mut overlay, step, &instruction)?;
        self.store.stage(decided(overlay, &mut self.tip))?;
        Ok(())
    }

    fn group(&mut self, steps: &[Step]) -> Result<(), ReplayError> {
        let snapshot = self.store.snapshot()?;
        let signers = self.signers(&*snapshot, steps)?;
        let mut overlay = Overlay::over(&*snapshot);
        for (step, signers) in steps.iter().zip(signers) {
            let (memo, signatures) = (step.memo.text().map(str::to_owned), step.signatures.clone());
            let entry = step.entry.without_clock();
            let instruction = Instruction { entry, memo, signatures, signers, batch: None };
            self.accept(&mut overlay, step, &instruction)?;
        }
        self.store.stage(decided(overlay, &mut self.tip))?;
        Ok(())
    }

    /// Decides one entry at the time that stands in it; it must come out as it is.
    fn accept(
        &mut self,
        overlay: &mut Overlay<'_>,
        step: &Step,
        instruction: &Instruction,
    ) -> Result<(), ReplayError> {
        let index = self.size();
        let clocks = Clocks { now: step.entry.at, promise: self.promise_ms };
        let decided = decide(overlay, &mut self.tip, clocks, instruction);
        match decided.map_err(|source| ReplayError::Refused { index, source: Box::new(source) })? {
            Decision::Accepted(accepted) if accepted.state.entry == step.entry => Ok(()),
            Decision::Accepted(_) | Decision::Repeated(_) => {
                let why = "its clock goes back, or it stands in the log before".to_owned();
                Err(ReplayError::Refused { index, source: Box::new(Refused::Malformed(why)) })
            }
        }
    }

    /// Who truly signed each of these entries, checked on all cores: the leaf at `prev` is known of each.
    fn signers(&self, snapshot: &dyn Snapshot, steps: &[Step]) -> Result<Vec<Vec<PublicKey>>, ReplayError> {
        let first = self.size();
        let mut asked = Vec::with_capacity(steps.len());
        for (index, step) in (first..).zip(steps) {
            let prev = step.entry.prev;
            let here = prev.checked_sub(first).and_then(|place| steps.get(usize::try_from(place).ok()?));
            let before = match here {
                Some(before) if prev < index => Some(before.entry),
                _ => snapshot.entry(prev)?.map(|before| before.state.entry),
            };
            let missing = || Refused::Malformed(format!("prev names entry {prev}, which does not exist"));
            let before = before.ok_or_else(|| ReplayError::Refused { index, source: Box::new(missing()) })?;
            let leaf = before.leaf();
            asked.push((step, step.entry.instruction(self.ledger, leaf)));
        }
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let share = asked.len().div_ceil(cores).max(1);
        let check = |part: &[(&Step, Vec<u8>)]| -> Vec<Vec<PublicKey>> {
            part.iter().map(|(step, instruction)| signers(&step.signatures, instruction)).collect()
        };
        Ok(std::thread::scope(|scope| {
            let parts: Vec<_> = asked.chunks(share).map(|part| scope.spawn(move || check(part))).collect();
            // A thread that broke off found no signers, so nothing of its share is accepted.
            parts.into_iter().flat_map(|part| part.join().unwrap_or_default()).collect()
        }))
    }

    /// Cuts the next checkpoint here; it must be this one. `said` is what the chain has of it, none where it has been
    /// final for long.
    pub fn checkpoint(
        &mut self,
        due: &Checkpoint,
        said: Option<&AnchoredCheckpoint>,
    ) -> Result<(), ReplayError> {
        let number = due.number;
        let cut_at = said.map_or(self.tip.at, |said| said.place.block_time);
        let published = cut(self.store, self.ledger, due.operator_key, cut_at, true)?;
        let published = published.filter(|published| published.checkpoint == *due);
        let published = published.ok_or(ReplayError::Checkpoint { number })?;
        match said {
            Some(said) => record_chain(self.store, &published, Some(said))?,
            None => record_settled(self.store, &published)?,
        };
        self.checkpoint = *due;
        Ok(())
    }

    /// Makes all of it durable.
    pub fn finish(self) -> Result<(), ReplayError> {
        Ok(self.store.commit(WriteSet::new())?)
    }
}

#[cfg(test)]
mod tests;

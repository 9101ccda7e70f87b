//! Writing down what an audit found and how far it came.

use super::auditor::{Auditor, Open};
use super::evidence::{Evidence, Lacking, Leaf, MOST_FILES};
use super::report::{Found, MOST_LISTED};
use super::view::View;
use crate::failure::Failure;
use protocol::audit::Contradiction;
use protocol::checkpoint::Checkpoint;
use std::cmp::Reverse;
use std::time::{Duration, Instant};

/// How often what was done is written down, so that little is done again after a crash.
const KEEP_EVERY: Duration = Duration::from_mins(1);

impl Auditor {
    fn evidence<'a>(&'a self, newest: &'a Checkpoint) -> Evidence<'a> {
        Evidence { folder: &self.folder, origin: self.origin, data: &*self.data, newest }
    }

    /// The checkpoints that lead from one to the ring: none for one that will be in it for a while.
    fn newer(
        &mut self,
        headers: &[Checkpoint],
        than: &Checkpoint,
        tip: u64,
    ) -> Result<Vec<Checkpoint>, Failure> {
        // Half of the ring: whoever sends the file has as many checkpoints of time.
        let until = tip.saturating_sub(32);
        let mut newer = Vec::new();
        for number in than.number.saturating_add(1)..=until {
            let known = headers.iter().find(|header| header.number == number).copied();
            match known {
                Some(header) => newer.push(header),
                None => newer.extend(self.anchored.checkpoint(number)?),
            }
        }
        Ok(newer)
    }

    /// Writes down what was found, files first, then how far it came. What could not be written waits for the next round.
    pub(super) fn settle(
        &mut self,
        headers: &[Checkpoint],
        newest: &Checkpoint,
        tip: u64,
    ) -> Result<(), Failure> {
        // The last is taken first.
        self.open.sort_by_key(|open| {
            let Contradiction { index, checkpoint, voucher, .. } = &open.contradiction;
            Reverse((index.is_none(), *index, *checkpoint, *voucher))
        });
        let mut dropped = false;
        let mut written = Ok(());
        let mut unwritten = Vec::new();
        while let Some(item) = self.open.pop() {
            match self.write_down(&item, headers, newest, tip) {
                Ok(is_anchored) => dropped |= !is_anchored,
                Err(failure) => {
                    unwritten.push(item);
                    written = written.and(Err(failure));
                }
            }
        }
        self.open = unwritten;
        self.progress
            .found
            .sort_by_key(|found| (found.index.is_none(), found.index, found.checkpoint, found.voucher));
        self.progress.found.truncate(MOST_LISTED);
        if dropped {
            self.begin_anew();
            return written;
        }
        written.and_then(|()| self.keep())
    }

    /// Writes down one contradiction; false where it stands in what was shown, and not in what is anchored.
    fn write_down(
        &mut self,
        item: &Open,
        headers: &[Checkpoint],
        newest: &Checkpoint,
        tip: u64,
    ) -> Result<bool, Failure> {
        let mut found = Found::of(&item.contradiction);
        let is_known = |known: &Found| {
            (&known.code, known.index, known.voucher, known.checkpoint)
                == (&found.code, found.index, found.voucher, found.checkpoint)
        };
        if self.progress.found.iter().any(is_known) {
            return Ok(true);
        }
        // What stands above the last root that agreed may be something else than what was anchored.
        if let Some(index) = found.index.filter(|index| *index >= self.progress.size && *index < newest.size)
            && !View::new(&*self.data, *newest, newest).shows_anchored(index)?
        {
            return Ok(false);
        }
        if self.files < MOST_FILES {
            let under = item.under.unwrap_or(*newest);
            let newer = self.newer(headers, &under, tip)?;
            found.file =
                self.evidence(newest).write(&item.contradiction, item.word.as_ref(), &under, &newer)?;
            self.files += 1;
        }
        self.progress.audited.contradictions += 1;
        self.progress.found.push(found);
        Ok(true)
    }

    fn keep(&mut self) -> Result<(), Failure> {
        self.kept_at = Instant::now();
        self.folder.keep(&self.progress, &self.replay)
    }

    /// Keeps how far it came while nothing waits to be written down.
    pub(super) fn keep_now_and_then(&mut self, newest: &Checkpoint) -> Result<(), Failure> {
        let is_whole = self.whole.is_none() && self.open.is_empty();
        if self.kept_at.elapsed() < KEEP_EVERY || !is_whole || newest.size < self.replay.size() {
            return Ok(());
        }
        self.finish_checks();
        if self.open.is_empty() { self.keep() } else { Ok(()) }
    }

    /// Tells what can not be had, with challenges for it. Of what a copy alone lacks there is none: the operator may show it
    /// to whoever asks him, and would keep the deposit.
    pub(super) fn tell_lacking(
        &mut self,
        headers: &[Checkpoint],
        newest: &Checkpoint,
        tip: u64,
        told: &mut Vec<Found>,
    ) -> Result<(), Failure> {
        let mut result = Ok(());
        for Lacking { leaf, under, is_nowhere } in std::mem::take(&mut self.lacking) {
            let found = leaf.found(&under);
            if self.data.is_copy() && !is_nowhere {
                told.push(Found { rule: None, ..found });
                continue;
            }
            match self.challenge(leaf, &under, headers, newest, tip) {
                Ok(file) => told.push(Found { file, ..found }),
                Err(failure) => {
                    told.push(found);
                    result = result.and(Err(failure));
                }
            }
        }
        result
    }

    fn challenge(
        &mut self,
        leaf: Leaf,
        header: &Checkpoint,
        headers: &[Checkpoint],
        newest: &Checkpoint,
        tip: u64,
    ) -> Result<Option<String>, Failure> {
        // Entries and records are under every later root, too; a chunk is under its own alone.
        let under = if matches!(leaf, Leaf::Chunk { .. }) { header } else { newest };
        let newer = self.newer(headers, under, tip)?;
        self.evidence(newest).challenge(&leaf.detail(header), &leaf, under, &newer)
    }
}

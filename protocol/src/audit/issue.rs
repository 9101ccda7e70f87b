//! An Issue entry: the numbers that it gives out, and the batch behind it.

use super::batch::{Batch, IssuedBatch};
use super::{Contradiction, Demanded, Given, Replay, Taken};
use crate::checkpoint::Checkpoint;
use crate::entry::Entry;
use crate::fraud::rules::{self, Logged};
use crate::fraud::{Lead, RecordPlace};
use crate::heads::Head;
use crate::lifecycle::{State, issue_demand};
use crate::verify::{Detail, Reason};

impl Replay {
    /// Whether the batch of this entry is read: an Issue that gives out the next numbers, all of which the checkpoint
    /// counts. An invented range is no reason to read on for ever.
    pub fn needs_batch(&self, entry: &Entry, under: &Checkpoint) -> bool {
        let in_order = super::is_issue(entry) && entry.first == self.heads.len() && self.gap.is_none();
        in_order && entry.count > 0 && entry.end() <= u128::from(under.vouchers)
    }

    pub(super) fn take_issue(&mut self, given: Given, batch: Option<Batch>, under: &Checkpoint) -> Taken {
        let entry = given.step.entry;
        let mut found = self.alone(&given);
        match batch.filter(|_| self.needs_batch(&entry, under)) {
            Some(batch) => self.issue(&entry, batch, &mut found),
            None => found.extend(self.misnumbered(&entry, under)),
        }
        let demanded = Demanded {
            index: self.size,
            ledger: self.ledger,
            entry,
            prev: None,
            demands: vec![issue_demand(&entry)],
            signatures: given.step.signatures,
        };
        Taken { contradictions: found, demanded: Some(demanded) }
    }

    /// What an entry contradicts by itself, by the clock, or by its memo.
    pub(super) fn alone(&self, given: &Given) -> Vec<Contradiction> {
        let (entry, index) = (given.step.entry, self.size);
        let logged = Logged { index, entry };
        let mut found = Vec::new();
        if rules::illegal_alone(&logged).is_ok() {
            found.push(Contradiction::led(&entry, index, Lead::IllegalAlone { y: index }));
        }
        if let Some((x, before)) = index.checked_sub(1).zip(self.before)
            && rules::clock_back(&Logged { index: x, entry: before }, &logged).is_ok()
        {
            found.push(Contradiction::led(&entry, index, Lead::ClockBack { x, y: index }));
        }
        let memo = given.memo.map(|reason| Detail::with(reason, [&index]));
        found.extend(memo.map(|detail| Contradiction::of_entry(index, Some(entry.first), detail)));
        found
    }

    /// Numbers that are not the next ones. From then on nobody can say which voucher has which head.
    fn misnumbered(&mut self, entry: &Entry, under: &Checkpoint) -> Vec<Contradiction> {
        let (y, next) = (self.size, self.heads.len());
        let mut found = Vec::new();
        if entry.end() > u128::from(under.vouchers) && entry.count > 0 {
            let number = entry.first.max(under.vouchers);
            found.push(Contradiction::led(entry, y, Lead::UncountedVoucher { y, number }));
        }
        if let Some(more) = entry.count.checked_sub(1) {
            let issued = self.batches.of(entry.first).map(|batch| batch.index);
            let last = entry.first.saturating_add(more);
            let lead = issued.or_else(|| self.astray.take(entry.first, last, y));
            let lead = lead.map(|x| Lead::OverlappingNumbers { x, y });
            found.extend(lead.map(|lead| Contradiction::led(entry, y, lead)));
        }
        if entry.first > next {
            let detail = Detail::with(Reason::SkippedNumber, [&y, &entry.first, &next]);
            found.push(Contradiction::of_entry(y, Some(next), detail));
        }
        if entry.count > 0 {
            self.gap.get_or_insert(next);
        }
        found
    }

    fn issue(&mut self, entry: &Entry, batch: Batch, found: &mut Vec<Contradiction>) {
        let index = self.size;
        let faults = batch.faults(index, entry.count).into_iter();
        found.extend(faults.map(|detail| Contradiction::of_entry(index, Some(entry.first), detail)));
        let Batch { keys, hidden, terms, .. } = batch;
        self.names.reserve(keys.len());
        let mut twice = None;
        let mut leaf = 0_u64;
        for key in keys.into_iter().take(usize::try_from(entry.count).unwrap_or(usize::MAX)) {
            leaf = leaf.saturating_add(1);
            if let Some(number) = self.names.push(key)
                && twice.is_none()
            {
                twice = self.place_of(number, entry).map(|x| (x, RecordPlace { issue: index, leaf }));
            }
        }
        self.names.pass_over(hidden);
        leaf = leaf.saturating_add(hidden);
        if let Some((x, y)) = twice {
            found.push(Contradiction::led(entry, index, Lead::DoubleIssue { x, y }));
        }
        // Fewer records than the entry says: their numbers were given out, but nobody knows to which vouchers.
        if leaf < entry.count {
            self.gap.get_or_insert(self.heads.len().saturating_add(leaf));
            let last = entry.first.saturating_add(entry.count).saturating_sub(1);
            self.astray.take(entry.first.saturating_add(leaf), last, index);
        }
        let state = State::issued(entry, index).ok();
        self.heads.push(leaf, Head::new(entry.status & 15, index).unwrap_or_default());
        self.latest.insert(index, *entry, state.as_ref(), leaf);
        let (first, issuer) = (entry.first, entry.party);
        self.batches.push(IssuedBatch { first, count: leaf, index, issuer, terms });
    }

    /// Where the record of a number stands, the batch in hand included.
    fn place_of(&self, number: u64, in_hand: &Entry) -> Option<RecordPlace> {
        let (issue, first) = match self.batches.of(number) {
            Some(batch) => (batch.index, batch.first),
            None => (self.size, in_hand.first),
        };
        let leaf = number.checked_sub(first)?.checked_add(1)?;
        Some(RecordPlace { issue, leaf })
    }
}

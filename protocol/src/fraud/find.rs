//! Finding the contradictions of a whole ledger: the same rules, asked of the few candidates that can break them.
//!
//! If the ledger contradicts itself anywhere, at least one proof is found; where many proofs show one lie, not all are.
//! Work: O(log n) for an entry, O(1) amortised for a record and a head. Memory: about 60 bytes an entry and 80 a record.

use super::rules::{self, Issued, Logged};
use super::{Fraud, Lead, RecordPlace, head_lead};
use crate::checkpoint::Checkpoint;
use crate::digest::{Digest, PublicKey};
use crate::entry::Entry;
use crate::heads::{Chunk, Head, chunk_of};
use crate::voucher::Record;
use std::collections::{BTreeMap, BinaryHeap, btree_map};

/// All that one checkpoint stands for, as a node, a mirror or a test holds it.
///
/// What it gives is what the checkpoint's roots are made of, else the proofs made from it will be refused: whoever
/// holds a stranger's copy recomputes the roots first. Only places that the checkpoint has are asked for: indices below
/// `size`, chunks below `chunks_for(vouchers)`, leaves from 1 to the `count` of an Issue entry.
pub trait LedgerView {
    /// Why something could not be read.
    type Error;
    /// The checkpoint S of section 13.
    fn checkpoint(&self) -> Checkpoint;
    /// The entry at a log index.
    fn entry(&self, index: u64) -> Result<Entry, Self::Error>;
    /// Its inclusion proof among the first `size` entries.
    fn entry_path(&self, index: u64) -> Result<Vec<Digest>, Self::Error>;
    /// A chunk of the head array.
    fn chunk(&self, chunk: u64) -> Result<Chunk, Self::Error>;
    /// Its inclusion proof under `head_root`.
    fn chunk_path(&self, chunk: u64) -> Result<Vec<Digest>, Self::Error>;
    /// The record at a leaf of the batch of the Issue entry at index `issue`.
    fn record(&self, issue: u64, leaf: u64) -> Result<Record, Self::Error>;
    /// Its inclusion proof under that entry's content.
    fn record_path(&self, issue: u64, leaf: u64) -> Result<Vec<Digest>, Self::Error>;
}

/// Every contradiction of a ledger, in the order of the log, then of the heads; empty if there is none.
/// Where a ledger may be long and rotten, [`LogCheck`] and [`HeadCheck`] give the same a piece at a time.
pub fn find<V: LedgerView>(view: &V) -> Result<Vec<Fraud>, V::Error> {
    let mut found = Vec::new();
    let mut log = LogCheck::default();
    while let Some(frauds) = log.next_entry(view)? {
        found.extend(frauds);
    }
    let mut heads = HeadCheck::new(view)?;
    while let Some(frauds) = heads.next_chunk(view)? {
        found.extend(frauds);
    }
    Ok(found)
}

/// F1, F2, F2a, F3, F6, F7, F9 and the count of F4, entry by entry. It may go on with a view of a later checkpoint, and
/// after an error it tries the same entry again.
#[derive(Debug, Clone, Default)]
pub struct LogCheck {
    next: u64,
    /// Per (prev, first): one past the last number, and the index of the entry. Issue entries stand under
    /// [`Entry::NO_PREV`]. No two ranges under one prev overlap: the later of two that would is accused, not kept.
    ranges: BTreeMap<(u64, u64), (u128, u64)>,
    /// Per voucher key: the index of its Issue entry, and its leaf.
    records: BTreeMap<PublicKey, (u64, u64)>,
}

impl LogCheck {
    /// What the next entry contradicts; `None` when all entries of the checkpoint were asked.
    pub fn next_entry<V: LedgerView>(&mut self, view: &V) -> Result<Option<Vec<Fraud>>, V::Error> {
        let checkpoint = view.checkpoint();
        if self.next >= checkpoint.size {
            return Ok(None);
        }
        let y = logged(view, self.next)?;
        let mut found = Vec::new();
        if rules::illegal_alone(&y).is_ok() {
            found.push(Lead::IllegalAlone { y: y.index });
        }
        link_frauds(view, &y, &mut found)?;
        if let Some(before) = y.index.checked_sub(1) {
            let x = logged(view, before)?;
            if rules::clock_back(&x, &y).is_ok() {
                found.push(Lead::ClockBack { x: before, y: y.index });
            }
        }
        found.extend(self.range_fraud(view, &y)?);
        let number = y.entry.first.max(checkpoint.vouchers);
        if rules::uncounted_voucher(&y, number, checkpoint.vouchers).is_ok() {
            found.push(Lead::UncountedVoucher { y: y.index, number });
        } else if y.is_issue() {
            // Only a batch whose numbers are counted is read: an invented count is no reason to read on for ever.
            found.extend(self.record_fraud(view, &y)?);
        }
        let found = found.iter().map(|lead| lead.prove(view)).collect::<Result<_, _>>()?;
        self.next = self.next.saturating_add(1);
        Ok(Some(found))
    }

    /// F1 and F7: the neighbours of the range among those that leave the same entry.
    fn range_fraud<V: LedgerView>(&mut self, view: &V, y: &Logged) -> Result<Option<Lead>, V::Error> {
        let prev = if y.is_issue() { Entry::NO_PREV } else { y.entry.prev };
        if y.entry.count == 0 || !y.is_issue() && prev == Entry::NO_PREV {
            return Ok(None);
        }
        let (place, end) = ((prev, y.entry.first), y.entry.end());
        let left = self.ranges.range(..=place).next_back();
        let right = self.ranges.range(place..).next();
        for ((of, first), (until, index)) in left.into_iter().chain(right) {
            if *of != prev || u128::from(*first) >= end || u128::from(place.1) >= *until {
                continue;
            }
            let x = logged(view, *index)?;
            if rules::double_spend(&x, y).is_ok() {
                return Ok(Some(Lead::DoubleSpend { x: x.index, y: y.index }));
            }
            if rules::overlapping_numbers(&x, y).is_ok() {
                return Ok(Some(Lead::OverlappingNumbers { x: x.index, y: y.index }));
            }
        }
        self.ranges.insert(place, (end, y.index));
        Ok(None)
    }

    /// F6: the first key of the batch that stands at another number already.
    fn record_fraud<V: LedgerView>(&mut self, view: &V, y: &Logged) -> Result<Option<Lead>, V::Error> {
        let mut found = None;
        for leaf in 1..=y.entry.count {
            let record = view.record(y.index, leaf)?;
            match self.records.entry(record.key) {
                btree_map::Entry::Vacant(place) => {
                    place.insert((y.index, leaf));
                }
                btree_map::Entry::Occupied(place) if found.is_none() => {
                    let (issue, earlier) = *place.get();
                    let x = Issued::new(logged(view, issue)?, earlier, record);
                    let again = Issued::new(*y, leaf, record);
                    let twice = x.and_then(|x| rules::double_issue(&x, &again?));
                    if twice.is_ok() {
                        let x = RecordPlace { issue, leaf: earlier };
                        found = Some(Lead::DoubleIssue { x, y: RecordPlace { issue: y.index, leaf } });
                    }
                }
                btree_map::Entry::Occupied(_) => {}
            }
        }
        Ok(found)
    }
}

/// F2 and F3: what the entry says of the one that it follows. An Issue follows nothing, which F2a holds it to.
fn link_frauds<V: LedgerView>(view: &V, y: &Logged, found: &mut Vec<Lead>) -> Result<(), V::Error> {
    if y.is_issue() {
        return Ok(());
    }
    if rules::forward_link(y).is_ok() {
        found.push(Lead::ForwardLink { y: y.index });
        return Ok(());
    }
    let x = logged(view, y.entry.prev)?;
    if rules::false_link(&x, y).is_ok() {
        found.push(Lead::FalseLink { x: x.index, y: y.index });
    }
    if rules::illegal_step(&x, y).is_ok() {
        found.push(Lead::IllegalStep { x: x.index, y: y.index });
    }
    Ok(())
}

/// F4 and F5, chunk by chunk: each voucher's head against the latest entry that covers it. An error ends the check.
///
/// An auditor who replays a ledger need not ask at each checkpoint: where the head root that he computes is the
/// anchored one, there is nothing to find.
#[derive(Debug, Clone)]
pub struct HeadCheck {
    next: u64,
    /// First and last number covered and the index of each entry; the lowest first numbers at the end.
    ahead: Vec<(u64, u64, u64)>,
    /// Index and last number covered of the entries that begin at or below the voucher in hand.
    begun: BinaryHeap<(u64, u64)>,
    /// Word and latest entry of the voucher before: a run of vouchers with one lie gives one proof.
    last: Option<(Head, Option<u64>)>,
}

impl HeadCheck {
    /// Reads all entries of the checkpoint.
    pub fn new<V: LedgerView>(view: &V) -> Result<Self, V::Error> {
        let mut ahead = Vec::new();
        for index in 0..view.checkpoint().size {
            let entry = view.entry(index)?;
            if let Some(more) = entry.count.checked_sub(1) {
                ahead.push((entry.first, entry.first.saturating_add(more), index));
            }
        }
        ahead.sort_unstable_by(|one, other| other.cmp(one));
        Ok(Self { next: 0, ahead, begun: BinaryHeap::new(), last: None })
    }

    /// What the heads of the next chunk contradict; `None` when all were asked. `view` is the one of [`HeadCheck::new`].
    pub fn next_chunk<V: LedgerView>(&mut self, view: &V) -> Result<Option<Vec<Fraud>>, V::Error> {
        let checkpoint = view.checkpoint();
        if self.next >= checkpoint.vouchers {
            return Ok(None);
        }
        let place = chunk_of(self.next);
        let chunk = view.chunk(place)?;
        let mut found = Vec::new();
        while self.next < checkpoint.vouchers && chunk_of(self.next) == place {
            let number = self.next;
            let seen = (chunk.word_of(number), self.latest(number));
            if self.last.replace(seen) != Some(seen) {
                let (word, latest) = seen;
                let lead = head_lead(number, word, latest, checkpoint.size, |index| view.entry(index))?;
                found.extend(lead.map(|lead| lead.prove(view)).transpose()?);
            }
            self.next = self.next.saturating_add(1);
        }
        Ok(Some(found))
    }

    /// The index of the latest entry that covers a voucher. Numbers are asked in rising order.
    fn latest(&mut self, number: u64) -> Option<u64> {
        while let Some((_, last, index)) = self.ahead.pop_if(|(first, _, _)| *first <= number) {
            self.begun.push((index, last));
        }
        while let Some((index, last)) = self.begun.peek() {
            if *last >= number {
                return Some(*index);
            }
            self.begun.pop();
        }
        None
    }
}

fn logged<V: LedgerView>(view: &V, index: u64) -> Result<Logged, V::Error> {
    Ok(Logged { index, entry: view.entry(index)? })
}

//! An entry that is no Issue: what it follows, whether it may, and who must sign.

use super::{Contradiction, Demanded, Given, Replay, Taken};
use crate::checkpoint::Checkpoint;
use crate::digest::PublicKey;
use crate::entry::Entry;
use crate::fraud::Lead;
use crate::fraud::rules::{self, Logged};
use crate::heads::Head;
use crate::lifecycle::State;
use crate::manifest::Terms;
use crate::verify::{Detail, Reason};
use std::ops::Range;

/// Entries that are walked back at most to find the one that left a state first. Longer histories are named without
/// their first step.
const WALK: usize = 100_000;

impl Replay {
    pub(super) fn take_step<E>(
        &mut self,
        given: Given,
        under: &Checkpoint,
        earlier: impl Fn(u64) -> Result<Entry, E>,
    ) -> Result<Taken, E> {
        let (entry, y) = (given.step.entry, self.size);
        let mut found = self.alone(&given);
        let structural = self.structure(&entry, under, &earlier)?;
        let sound = structural.is_empty();
        found.extend(structural);
        let numbers = covered(&entry);
        let mut after = None;
        let mut demanded = None;
        if let Some((state, terms)) = self.before(&entry) {
            let voucher = self.voucher_of(&entry).copied();
            // What was illegal goes on from where it says it is, so that one lie is not told of all that follows.
            let stepped = state.step(&entry, y, terms, voucher.as_ref());
            if let Err(why) = &stepped
                && found.iter().all(|contradiction| contradiction.lead.is_none())
            {
                found.push(Contradiction::of_entry(y, Some(entry.first), Detail::illegal(y, *why)));
            }
            after = Some(stepped.unwrap_or(State { entry, index: y, ..state }));
            demanded = sound.then(|| Demanded {
                index: y,
                ledger: self.ledger,
                entry,
                prev: Some(state.entry),
                demands: state.demands(&entry, terms, voucher.as_ref()),
                signatures: given.step.signatures,
            });
        }
        self.leave(&numbers);
        let existing = self.heads.len().min(numbers.end).saturating_sub(numbers.start);
        self.heads.fill(numbers, Head::new(entry.status & 15, y).unwrap_or_default());
        self.latest.insert(y, entry, after.as_ref(), existing);
        Ok(Taken { contradictions: found, demanded })
    }

    /// The state that the entry leaves, and the terms that hold for it; none where they are not known.
    fn before(&self, entry: &Entry) -> Option<(State, &Terms)> {
        let batch = self.batches.of(entry.first)?;
        let state = self.latest.state(entry.prev, batch.issuer)?;
        Some((state, batch.terms.as_ref()?))
    }

    /// The key of the covered voucher, where one is covered.
    fn voucher_of(&self, entry: &Entry) -> Option<&PublicKey> {
        if entry.count == 1 { self.names.key(entry.first) } else { None }
    }

    /// What the entry contradicts by its place in the history of its vouchers.
    fn structure<E>(
        &self,
        entry: &Entry,
        under: &Checkpoint,
        earlier: &impl Fn(u64) -> Result<Entry, E>,
    ) -> Result<Vec<Contradiction>, E> {
        let (logged, y) = (Logged { index: self.size, entry: *entry }, self.size);
        let mut leads = Vec::new();
        if rules::forward_link(&logged).is_ok() {
            leads.push(Lead::ForwardLink { y });
        } else {
            let x = Logged { index: entry.prev, entry: self.entry(entry.prev, earlier)? };
            if rules::false_link(&x, &logged).is_ok() {
                leads.push(Lead::FalseLink { x: x.index, y });
            }
            if rules::illegal_step(&x, &logged).is_ok() {
                leads.push(Lead::IllegalStep { x: x.index, y });
            }
        }
        let number = entry.first.max(under.vouchers);
        if rules::uncounted_voucher(&logged, number, under.vouchers).is_ok() {
            leads.push(Lead::UncountedVoucher { y, number });
        }
        let mut found: Vec<_> = leads.into_iter().map(|lead| Contradiction::led(entry, y, lead)).collect();
        if let Some((number, latest)) = self.moved(entry) {
            let lead = self.first_to_leave(entry, number, latest, earlier)?;
            match lead {
                Some(x) => found.push(Contradiction::led(entry, y, Lead::DoubleSpend { x, y })),
                None if found.is_empty() => {
                    let detail = Detail::with(Reason::NotLatest, [&y, &entry.prev, &number]);
                    found.push(Contradiction::of_entry(y, Some(number), detail));
                }
                None => {}
            }
        }
        Ok(found)
    }

    /// The first voucher of the range whose latest entry is not the one that is left, and that latest entry.
    fn moved(&self, entry: &Entry) -> Option<(u64, u64)> {
        let numbers = covered(entry);
        let words = self.heads.range(numbers.clone()).iter();
        let mut heads = (numbers.start..=u64::MAX).zip(words.map(|word| word.index()));
        heads.find(|(_, latest)| *latest != entry.prev)
    }

    /// Of the history of a voucher that ends at `latest`: the entry that left the state that `entry` leaves, too.
    fn first_to_leave<E>(
        &self,
        entry: &Entry,
        number: u64,
        latest: u64,
        earlier: &impl Fn(u64) -> Result<Entry, E>,
    ) -> Result<Option<u64>, E> {
        let mut at = latest;
        for _ in 0..WALK {
            if at <= entry.prev {
                break;
            }
            let x = Logged { index: at, entry: self.entry(at, earlier)? };
            let y = Logged { index: self.size, entry: *entry };
            if x.entry.covers(number) && rules::double_spend(&x, &y).is_ok() {
                return Ok(Some(at));
            }
            if x.entry.prev >= at {
                break;
            }
            at = x.entry.prev;
        }
        Ok(None)
    }

    /// An entry that was taken: from memory where it is some voucher's latest.
    fn entry<E>(&self, index: u64, earlier: &impl Fn(u64) -> Result<Entry, E>) -> Result<Entry, E> {
        match self.latest.get(index) {
            Some(latest) => Ok(latest.entry),
            None => earlier(index),
        }
    }

    /// The vouchers of a range leave the entries that were their latest.
    fn leave(&mut self, numbers: &Range<u64>) {
        let words = self.heads.range(numbers.clone());
        for run in words.chunk_by(|one, other| one.index() == other.index()) {
            if let Some(head) = run.first() {
                self.latest.leave(head.index(), u64::try_from(run.len()).unwrap_or(u64::MAX));
            }
        }
    }
}

/// The numbers of a range, as far as numbers go.
fn covered(entry: &Entry) -> Range<u64> {
    entry.first..entry.first.saturating_add(entry.count)
}

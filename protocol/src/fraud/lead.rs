//! Where a ledger contradicts itself, by places alone: what a finder knows before it has fetched a single path.

use super::rules::{self, Logged};
use super::{Fraud, LedgerView, ProvenEntry, ProvenHead, ProvenRecord};
use crate::entry::Entry;
use crate::heads::{Head, chunk_of};
use crate::verify::{Detail, Reason};

/// The place of a record: the index of its Issue entry, and its leaf in that batch, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordPlace {
    /// Index of the Issue entry.
    pub issue: u64,
    /// Leaf of the batch tree.
    pub leaf: u64,
}

/// A [`Fraud`] without its proofs: log indices, voucher numbers, leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each variant is the one of `Fraud`, with indices for entries")]
pub enum Lead {
    DoubleSpend { x: u64, y: u64 },
    IllegalStep { x: u64, y: u64 },
    IllegalAlone { y: u64 },
    FalseLink { x: u64, y: u64 },
    ForwardLink { y: u64 },
    StaleHead { y: u64, number: u64 },
    UncountedVoucher { y: u64, number: u64 },
    ForgedHead { x: u64, number: u64 },
    HeadPastLog { number: u64 },
    DoubleIssue { x: RecordPlace, y: RecordPlace },
    OverlappingNumbers { x: u64, y: u64 },
    ClockBack { x: u64, y: u64 },
}

impl Lead {
    /// In words.
    pub fn detail(&self) -> Detail {
        match self {
            Self::DoubleSpend { x, y } => Detail::with(Reason::DoubleSpend, [y, x]),
            Self::IllegalStep { x, y } => Detail::with(Reason::IllegalStep, [y, x]),
            Self::IllegalAlone { y } => Detail::with(Reason::IllegalAlone, [y]),
            Self::FalseLink { x, y } => Detail::with(Reason::FalseLink, [y, x]),
            Self::ForwardLink { y } => Detail::with(Reason::ForwardLink, [y]),
            Self::StaleHead { y, number } => Detail::with(Reason::StaleHead, [number, y]),
            Self::UncountedVoucher { y, number } => Detail::with(Reason::UncountedVoucher, [y, number]),
            Self::ForgedHead { x, number } => Detail::with(Reason::ForgedHead, [number, x]),
            Self::HeadPastLog { number } => Detail::with(Reason::HeadPastLog, [number]),
            Self::DoubleIssue { x, y } => Detail::with(Reason::DoubleIssue, [&y.issue, &x.issue]),
            Self::OverlappingNumbers { x, y } => Detail::with(Reason::OverlappingNumbers, [y, x]),
            Self::ClockBack { y, .. } => Detail::with(Reason::ClockBack, [y]),
        }
    }

    /// With the proofs of a view. Whether they hold is [`Fraud::judge`]'s to say.
    pub fn prove<V: LedgerView + ?Sized>(&self, view: &V) -> Result<Fraud, V::Error> {
        let entry = |index: u64| proven(view, index);
        let head = |number: u64| {
            let place = chunk_of(number);
            Ok(ProvenHead { number, chunk: view.chunk(place)?, path: view.chunk_path(place)? })
        };
        Ok(match *self {
            Self::DoubleSpend { x, y } => Fraud::DoubleSpend { x: entry(x)?, y: entry(y)? },
            Self::IllegalStep { x, y } => Fraud::IllegalStep { x: entry(x)?, y: entry(y)? },
            Self::IllegalAlone { y } => Fraud::IllegalAlone { y: entry(y)? },
            Self::FalseLink { x, y } => Fraud::FalseLink { x: entry(x)?, y: entry(y)? },
            Self::ForwardLink { y } => Fraud::ForwardLink { y: entry(y)? },
            Self::StaleHead { y, number } => Fraud::StaleHead { y: entry(y)?, head: head(number)? },
            Self::UncountedVoucher { y, number } => Fraud::UncountedVoucher { y: entry(y)?, number },
            Self::ForgedHead { x, number } => Fraud::ForgedHead { x: entry(x)?, head: head(number)? },
            Self::HeadPastLog { number } => Fraud::HeadPastLog { head: head(number)? },
            Self::DoubleIssue { x, y } => {
                Fraud::DoubleIssue { x: proven_record(view, x)?, y: proven_record(view, y)? }
            }
            Self::OverlappingNumbers { x, y } => Fraud::OverlappingNumbers { x: entry(x)?, y: entry(y)? },
            Self::ClockBack { x, y } => Fraud::ClockBack { x: entry(x)?, y: entry(y)? },
        })
    }
}

/// What the anchored word of a voucher contradicts, in a log of `size` entries of which `latest` is the last that covers
/// the voucher.
pub fn head_lead<E>(
    number: u64,
    word: Head,
    latest: Option<u64>,
    size: u64,
    entry: impl Fn(u64) -> Result<Entry, E>,
) -> Result<Option<Lead>, E> {
    if rules::head_past_log(number, word, size).is_ok() {
        return Ok(Some(Lead::HeadPastLog { number }));
    }
    let logged = |index: u64| Ok(Logged { index, entry: entry(index)? });
    let x = word.index();
    if rules::forged_head(&logged(x)?, number, word).is_ok() {
        return Ok(Some(Lead::ForgedHead { x, number }));
    }
    let Some(y) = latest else { return Ok(None) };
    let stale = rules::stale_head(&logged(y)?, number, word).is_ok();
    Ok(stale.then_some(Lead::StaleHead { y, number }))
}

fn proven<V: LedgerView + ?Sized>(view: &V, index: u64) -> Result<ProvenEntry, V::Error> {
    Ok(ProvenEntry { index, entry: view.entry(index)?, path: view.entry_path(index)? })
}

fn proven_record<V: LedgerView + ?Sized>(view: &V, at: RecordPlace) -> Result<ProvenRecord, V::Error> {
    let RecordPlace { issue, leaf } = at;
    Ok(ProvenRecord {
        issue: proven(view, issue)?,
        leaf,
        record: view.record(issue, leaf)?,
        path: view.record_path(issue, leaf)?,
    })
}

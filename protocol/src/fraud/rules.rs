//! What each rule asks of entries, heads and records that are proven already: the finder and the judge share it.
//!
//! `Ok` says that the contradiction is there. Ranges are compared in 128 bits where the contract has 256: the end of a
//! range is the sum of two 64-bit numbers, so it stays below 2^65 and neither can overflow. A range of no voucher is
//! illegal alone (F2a); what the comparisons say of it is the same formula in both languages.

use super::Refused;
use crate::digest::PublicKey;
use crate::entry::Entry;
use crate::heads::Head;
use crate::lifecycle::{Kind, Status};
use crate::voucher::Record;

/// An entry at its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Logged {
    pub(crate) index: u64,
    pub(crate) entry: Entry,
}

impl Logged {
    pub(crate) fn is_issue(&self) -> bool {
        self.entry.kind == Kind::Issue.byte()
    }
}

/// A record and the number that it gives its voucher.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Issued {
    number: u128,
    record: Record,
}

impl Issued {
    pub(crate) fn new(issue: Logged, leaf: u64, record: Record) -> Result<Self, Refused> {
        ensure(issue.is_issue(), Refused::NotIssue { index: issue.index })?;
        let place = leaf.checked_sub(1).ok_or(Refused::NotRecord)?;
        Ok(Self { number: u128::from(issue.entry.first).saturating_add(u128::from(place)), record })
    }
}

pub(crate) fn ensure(holds: bool, otherwise: Refused) -> Result<(), Refused> {
    if holds { Ok(()) } else { Err(otherwise) }
}

fn ensure_two(x: &Logged, y: &Logged) -> Result<(), Refused> {
    ensure(x.index != y.index, Refused::SameEntry { index: x.index })
}

fn ensure_overlap(x: &Logged, y: &Logged) -> Result<(), Refused> {
    ensure(x.entry.overlaps(&y.entry), Refused::Apart { x: x.index, y: y.index })
}

fn ensure_link(x: &Logged, y: &Logged) -> Result<(), Refused> {
    let prev = y.entry.prev;
    ensure(prev == x.index, Refused::NotLinked { x: x.index, y: y.index, prev })
}

fn ensure_covered(y: &Logged, number: u64) -> Result<(), Refused> {
    ensure(y.entry.covers(number), Refused::NotCovered { index: y.index, number })
}

/// F1.
pub(crate) fn double_spend(x: &Logged, y: &Logged) -> Result<(), Refused> {
    ensure_two(x, y)?;
    for entry in [x, y] {
        ensure(!entry.is_issue(), Refused::Issue { index: entry.index })?;
    }
    ensure(x.entry.prev == y.entry.prev, Refused::OtherPrev { x: x.index, y: y.index })?;
    ensure_overlap(x, y)
}

/// F2. A kind or status that section 6 does not list leads nowhere, so whatever is stated is illegal.
pub(crate) fn illegal_step(x: &Logged, y: &Logged) -> Result<(), Refused> {
    ensure_link(x, y)?;
    ensure_overlap(x, y)?;
    let (before, step) = (&x.entry, &y.entry);
    let due = before.status().zip(step.kind()).and_then(|(status, kind)| status.after(kind));
    let misstated = due.map(Status::byte) != Some(step.status);
    let another = step.party != before.party;
    let replaced = match step.kind() {
        Some(Kind::Use | Kind::Redeem | Kind::Void | Kind::Hold | Kind::Release) => another,
        Some(Kind::Claim) => {
            let named = before.party != PublicKey::NOBODY;
            another && named && before.status() == Some(Status::Sold)
        }
        Some(Kind::Issue | Kind::Transfer | Kind::Sell | Kind::Return) | None => false,
    };
    ensure(misstated || replaced, Refused::Legal { x: x.index, y: y.index })
}

/// F2a.
pub(crate) fn illegal_alone(y: &Logged) -> Result<(), Refused> {
    let entry = &y.entry;
    let no_range = entry.count == 0 || entry.end() > 1 << 64;
    let by_kind = match entry.kind() {
        Some(Kind::Issue) => entry.prev != Entry::NO_PREV || entry.status() != Some(Status::InTrade),
        Some(Kind::Transfer) => entry.party == PublicKey::NOBODY,
        Some(Kind::Claim) => entry.party == PublicKey::NOBODY || entry.count > 1,
        Some(Kind::Use) => entry.count > 1,
        Some(Kind::Sell | Kind::Redeem | Kind::Void | Kind::Hold | Kind::Release | Kind::Return) | None => {
            false
        }
    };
    ensure(no_range || by_kind, Refused::LegalAlone { index: y.index })
}

/// F3, the range.
pub(crate) fn false_link(x: &Logged, y: &Logged) -> Result<(), Refused> {
    ensure_link(x, y)?;
    ensure(!y.entry.is_inside(&x.entry), Refused::Inside { x: x.index, y: y.index })
}

/// F3, the direction.
pub(crate) fn forward_link(y: &Logged) -> Result<(), Refused> {
    let (index, prev) = (y.index, y.entry.prev);
    ensure(!y.is_issue(), Refused::Issue { index })?;
    ensure(prev >= index, Refused::LinksBack { index, prev })
}

/// F4, the head.
pub(crate) fn stale_head(y: &Logged, number: u64, head: Head) -> Result<(), Refused> {
    ensure_covered(y, number)?;
    ensure(head.index() < y.index, Refused::Current { number, head: head.index(), index: y.index })
}

/// F4, the count.
pub(crate) fn uncounted_voucher(y: &Logged, number: u64, vouchers: u64) -> Result<(), Refused> {
    ensure_covered(y, number)?;
    ensure(number >= vouchers, Refused::Counted { number, vouchers })
}

/// F5, the entry.
pub(crate) fn forged_head(x: &Logged, number: u64, head: Head) -> Result<(), Refused> {
    let index = x.index;
    ensure(head.index() == index, Refused::OtherHead { number, head: head.index(), index })?;
    let holds = x.entry.covers(number) && head.status() == x.entry.status;
    ensure(!holds, Refused::TrueHead { number, index })
}

/// F5, the log's end.
pub(crate) fn head_past_log(number: u64, head: Head, size: u64) -> Result<(), Refused> {
    ensure(head.index() >= size, Refused::InLog { number, head: head.index(), size })
}

/// F6.
pub(crate) fn double_issue(x: &Issued, y: &Issued) -> Result<(), Refused> {
    ensure(x.number != y.number, Refused::SameNumber { number: x.number })?;
    ensure(x.record.key == y.record.key, Refused::OtherVoucher { x: x.number, y: y.number })
}

/// F7.
pub(crate) fn overlapping_numbers(x: &Logged, y: &Logged) -> Result<(), Refused> {
    ensure_two(x, y)?;
    for entry in [x, y] {
        ensure(entry.is_issue(), Refused::NotIssue { index: entry.index })?;
    }
    ensure_overlap(x, y)
}

/// F9.
pub(crate) fn clock_back(x: &Logged, y: &Logged) -> Result<(), Refused> {
    ensure(x.index < y.index, Refused::NotLater { x: x.index, y: y.index })?;
    ensure(y.entry.at < x.entry.at, Refused::Clock { x: x.entry.at, y: y.entry.at })
}

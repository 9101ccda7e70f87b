//! The hand-made ledger in which each rule's cases are told, and how its proofs are put together.

use super::{Ledger, View, party};
use crate::spoiled::assert_spoiled_proofs_are_refused;
use std::ops::Range;
use vouchsafe_protocol::entry::Entry;
use vouchsafe_protocol::fraud::{Fraud, LedgerView as _, ProvenEntry, Refused, Rule};
use vouchsafe_protocol::lifecycle::Kind;
use vouchsafe_protocol::{PublicKey, keccak};

pub const NOBODY: PublicKey = PublicKey::NOBODY;
pub const IN_TRADE: u8 = 1;
pub const SOLD: u8 = 2;
pub const CLAIMED: u8 = 3;
pub const REDEEMED: u8 = 4;

pub fn add(
    ledger: &mut Ledger,
    kind: Kind,
    status: u8,
    range: Range<u64>,
    prev: u64,
    party: PublicKey,
) -> u64 {
    let (first, count, at) = (range.start, range.end - range.start, ledger.now() + 10);
    let content = keccak(&[&ledger.size().to_be_bytes()]);
    ledger.append(Entry { kind: kind.byte(), status, first, count, prev, at, party, content })
}

/// The honest beginning of every case: two batches, two wholesales that touch, sales, a redemption, a use.
pub fn story() -> Ledger {
    let mut ledger = Ledger::default();
    ledger.issue(20, party(0), 10);
    ledger.issue(4, party(1), 20);
    assert_eq!(add(&mut ledger, Kind::Transfer, IN_TRADE, 0..10, 0, party(2)), 2);
    assert_eq!(add(&mut ledger, Kind::Transfer, IN_TRADE, 10..20, 0, party(2)), 3);
    assert_eq!(add(&mut ledger, Kind::Sell, SOLD, 3..4, 2, party(3)), 4);
    assert_eq!(add(&mut ledger, Kind::Redeem, REDEEMED, 3..4, 4, party(3)), 5);
    assert_eq!(add(&mut ledger, Kind::Use, IN_TRADE, 21..22, 1, party(1)), 6);
    assert_eq!(add(&mut ledger, Kind::Sell, SOLD, 12..14, 3, NOBODY), 7);
    ledger
}

/// The proof holds, as the rule's, and no spoiled copy of it does.
pub fn assert_proves(view: &View, fraud: &Fraud, rule: Rule) {
    assert_eq!(fraud.judge(&view.checkpoint()), Ok(()), "{fraud:?}");
    assert_eq!(fraud.rule(), rule);
    assert_spoiled_proofs_are_refused(fraud, &view.checkpoint());
}

pub fn judge(view: &View, fraud: &Fraud) -> Result<(), Refused> {
    fraud.judge(&view.checkpoint())
}

pub type Pair = fn(ProvenEntry, ProvenEntry) -> Fraud;
pub const DOUBLE_SPEND: Pair = |x, y| Fraud::DoubleSpend { x, y };
pub const ILLEGAL_STEP: Pair = |x, y| Fraud::IllegalStep { x, y };
pub const FALSE_LINK: Pair = |x, y| Fraud::FalseLink { x, y };
pub const OVERLAPPING: Pair = |x, y| Fraud::OverlappingNumbers { x, y };
pub const CLOCK_BACK: Pair = |x, y| Fraud::ClockBack { x, y };

pub fn pair(view: &View, of: Pair, x: u64, y: u64) -> Fraud {
    of(view.entry_proof(x), view.entry_proof(y))
}

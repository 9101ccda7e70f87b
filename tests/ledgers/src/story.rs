//! The hand-made ledger in which each rule's cases are told, and how its proofs are put together.

use super::{Ledger, View, party};
use protocol::entry::Entry;
use protocol::fraud::{Fraud, LedgerView as _, ProvenEntry, Refused};
use protocol::lifecycle::Kind;
use protocol::{PublicKey, keccak};
use std::ops::Range;

/// Nobody named.
pub const NOBODY: PublicKey = PublicKey::NOBODY;
/// Status 1.
pub const IN_TRADE: u8 = 1;
/// Status 2.
pub const SOLD: u8 = 2;
/// Status 3.
pub const CLAIMED: u8 = 3;
/// Status 4.
pub const REDEEMED: u8 = 4;

/// Appends a step, true or not, ten milliseconds after the one before.
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

/// Whether the accusation holds under the checkpoint of the view.
pub fn judge(view: &View, fraud: &Fraud) -> Result<(), Refused> {
    fraud.judge(&view.checkpoint())
}

/// A rule about two entries.
pub type Pair = fn(ProvenEntry, ProvenEntry) -> Fraud;
/// F1.
pub const DOUBLE_SPEND: Pair = |x, y| Fraud::DoubleSpend { x, y };
/// F2.
pub const ILLEGAL_STEP: Pair = |x, y| Fraud::IllegalStep { x, y };
/// F3.
pub const FALSE_LINK: Pair = |x, y| Fraud::FalseLink { x, y };
/// F7.
pub const OVERLAPPING: Pair = |x, y| Fraud::OverlappingNumbers { x, y };
/// F9.
pub const CLOCK_BACK: Pair = |x, y| Fraud::ClockBack { x, y };

/// An accusation of two entries, with their paths.
pub fn pair(view: &View, of: Pair, x: u64, y: u64) -> Fraud {
    of(view.entry_proof(x), view.entry_proof(y))
}

//! What the rules are for, said without them: every voucher has exactly one legal chain, and it ends at its head.
//! Slow and plain, voucher by voucher, so that the finder has something to be compared with.

use super::{Ledger, at};
use protocol::PublicKey;
use protocol::entry::Entry;
use protocol::heads::Head;
use protocol::lifecycle::{Kind, Status};
use std::collections::BTreeMap;

/// Whether the shape of the ledger's history is true.
pub fn holds(ledger: &Ledger) -> bool {
    let vouchers = u128::from(ledger.vouchers());
    let in_range = ledger.entries.iter().all(|entry| entry.count > 0 && entry.end() <= vouchers);
    in_range
        && ledger.entries.is_sorted_by_key(|entry| entry.at)
        && keys_are_unique(ledger)
        && (0..ledger.vouchers()).all(|number| chain_ends_at_head(ledger, number))
}

fn chain_ends_at_head(ledger: &Ledger, number: u64) -> bool {
    let chain = ledger.covering(number);
    let entry = |index: u64| &ledger.entries[at(index)];
    let Some(first) = chain.first().map(|index| entry(*index)) else { return false };
    let issued = (first.kind, first.status, first.prev)
        == (Kind::Issue.byte(), Status::InTrade.byte(), Entry::NO_PREV);
    let linked = chain.windows(2).all(|pair| {
        let (x, y) = (entry(pair[0]), entry(pair[1]));
        y.prev == pair[0] && y.first >= x.first && y.end() <= x.end() && follows(x, y)
    });
    let last = chain[chain.len() - 1];
    let head = Head::new(entry(last).status, last);
    issued && linked && head == Some(ledger.heads[at(number)])
}

fn follows(x: &Entry, y: &Entry) -> bool {
    let (Some(before), Some(kind)) = (Status::from_byte(x.status), Kind::from_byte(y.kind)) else {
        return false;
    };
    let party = match kind {
        Kind::Issue => false,
        Kind::Transfer => !y.party.is_zero(),
        Kind::Sell | Kind::Return => true,
        Kind::Claim => {
            !y.party.is_zero() && (before != Status::Sold || x.party.is_zero() || x.party == y.party)
        }
        Kind::Use | Kind::Redeem | Kind::Void | Kind::Hold | Kind::Release => x.party == y.party,
    };
    let alone = y.count == 1 || !matches!(kind, Kind::Claim | Kind::Use);
    party && alone && before.after(kind).map(Status::byte) == Some(y.status)
}

fn keys_are_unique(ledger: &Ledger) -> bool {
    let mut numbers: BTreeMap<PublicKey, u64> = BTreeMap::new();
    ledger.batches.iter().all(|(index, records)| {
        let first = ledger.entries[at(*index)].first;
        (first..).zip(records).all(|(number, record)| *numbers.entry(record.key).or_insert(number) == number)
    })
}

//! How many vouchers of a batch are in which state: kept with each entry, because counting them would read every run.

use super::reads::Reads as _;
use super::rows::{Batch, ReadError, decode, encode, key_number, number_key};
use crate::store::{Order, Snapshot, Span, Store, Table, WriteSet};
use protocol::lifecycle::Status;
use serde::{Deserialize, Serialize};

/// The vouchers of a batch by state, by its first voucher number. Together they are the batch's count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Census {
    /// In trade.
    pub in_trade: u64,
    /// Sold and not claimed.
    pub sold: u64,
    /// Claimed.
    pub claimed: u64,
    /// Redeemed.
    pub redeemed: u64,
    /// Voided.
    pub voided: u64,
    /// On hold, from whatever state.
    pub on_hold: u64,
}

impl Census {
    /// Of a batch that was just issued.
    pub fn issued(count: u64) -> Self {
        Self { in_trade: count, ..Self::default() }
    }

    /// From its row.
    pub fn decode(first: u64, value: &[u8]) -> Result<Self, ReadError> {
        decode(Table::Censuses, first, value)
    }

    /// Its row.
    pub fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    /// So many vouchers went from one state to another.
    pub fn moved(&mut self, count: u64, from: Status, to: Status) {
        let left = self.of(from);
        *left = left.saturating_sub(count);
        self.joined(count, to);
    }

    /// So many more vouchers are in a state.
    pub fn joined(&mut self, count: u64, status: Status) {
        let joined = self.of(status);
        *joined = joined.saturating_add(count);
    }

    fn of(&mut self, status: Status) -> &mut u64 {
        match status {
            Status::InTrade => &mut self.in_trade,
            Status::Sold => &mut self.sold,
            Status::Claimed => &mut self.claimed,
            Status::Redeemed => &mut self.redeemed,
            Status::Voided => &mut self.voided,
            Status::InTradeOnHold | Status::SoldOnHold | Status::ClaimedOnHold => &mut self.on_hold,
        }
    }
}

/// Counts a batch from the runs of its vouchers.
pub fn counted(snapshot: &dyn Snapshot, first: u64, batch: &Batch) -> Result<Census, ReadError> {
    let mut census = Census::default();
    let end = first.saturating_add(batch.count);
    let mut number = first;
    while number < end {
        let run = snapshot.run_of(number)?;
        let (_, run) = run.ok_or_else(|| ReadError::damaged(Table::Runs, format!("for voucher {number}")))?;
        let status = snapshot.known_entry(run.index)?.state.status;
        let last = run.end.min(end);
        census.joined(last.saturating_sub(number), status);
        number = last;
    }
    Ok(census)
}

/// Counts the batches that have no row: a store that was written before there were such rows, or made from a mirror.
pub fn complete(store: &dyn Store) -> Result<(), ReadError> {
    let snapshot = store.snapshot()?;
    let mut writes = WriteSet::new();
    for row in snapshot.rows(Table::Batches, Span::all(), Order::Ascending) {
        let row = row?;
        let first = key_number(Table::Batches, &row.key)?;
        if snapshot.get(Table::Censuses, &row.key)?.is_none() {
            let batch: Batch = decode(Table::Batches, first, &row.value)?;
            writes.put(Table::Censuses, number_key(first), counted(&*snapshot, first, &batch)?.encode());
        }
    }
    if !writes.is_empty() {
        store.commit(writes)?;
    }
    Ok(())
}

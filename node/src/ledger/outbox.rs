//! Checkpoints between their cut and their finality: what must be sent, and what the chain said last.

use super::rows::{OutboxRow, Published, ReadError, anchored_at, decode, key_number, number_key};
use crate::store::{Order, Snapshot, Span, Store, StoreError, Table, WriteSet};
use anchors::{AnchoredCheckpoint, Finality, Place};
use protocol::Digest;
use protocol::checkpoint::Checkpoint;

/// A checkpoint that is not final yet.
#[derive(Debug, Clone)]
pub struct Unsettled {
    /// The checkpoint and where the chain had it last.
    pub published: Published,
    /// The proof that the contract asks for.
    pub consistency: Vec<Digest>,
}

/// All checkpoints that are not final yet, the oldest first.
pub fn unsettled(snapshot: &dyn Snapshot) -> Result<Vec<Unsettled>, ReadError> {
    let mut found = Vec::new();
    for row in snapshot.rows(Table::Outbox, Span::all(), Order::Ascending) {
        let row = row?;
        let number = key_number(Table::Outbox, &row.key)?;
        let OutboxRow { consistency } = decode(Table::Outbox, number, &row.value)?;
        found.push(Unsettled {
            published: known(snapshot, number)?,
            consistency: consistency.into_iter().map(Digest::new).collect(),
        });
    }
    Ok(found)
}

/// The checkpoint of this number, which another row speaks of.
pub fn known(snapshot: &dyn Snapshot, number: u64) -> Result<Published, ReadError> {
    let value = snapshot.get(Table::Checkpoints, &number_key(number))?;
    Published::decode(&value.ok_or_else(|| ReadError::damaged(Table::Checkpoints, number))?)
}

/// The first checkpoints after this number that are final, at most [`AT_ONCE`] of them.
pub fn final_after(snapshot: &dyn Snapshot, number: u64) -> Result<Vec<Published>, ReadError> {
    let span = Span::all().at_least(&number_key(number.saturating_add(1)));
    let mut found = Vec::new();
    for row in snapshot.rows(Table::Checkpoints, span, Order::Ascending).take(AT_ONCE) {
        let published = Published::decode(&row?.value)?;
        if !published.is_final {
            break;
        }
        found.push(published);
    }
    Ok(found)
}

/// The newest checkpoint that is final, if there is one.
pub fn latest_final(snapshot: &dyn Snapshot) -> Result<Option<Published>, ReadError> {
    for row in snapshot.rows(Table::Checkpoints, Span::all(), Order::Descending) {
        let published = Published::decode(&row?.value)?;
        if published.is_final {
            return Ok(Some(published));
        }
    }
    Ok(None)
}

/// Checkpoints that are sent again in one piece of work.
const AT_ONCE: usize = 64;

/// Writes down the opening of the ledger: checkpoint 0, which the contract made itself. `opened` is where and how settled
/// it stands; `None` where the chain does not have it (any more).
pub fn record_opening(
    store: &dyn Store,
    genesis: Checkpoint,
    opened: Option<(&Place, Finality)>,
) -> Result<(), StoreError> {
    let published = Published {
        checkpoint: genesis,
        cut_at: opened.map_or(0, |(place, _)| place.block_time),
        anchored: opened.map(|(place, _)| anchored_at(place)),
        is_final: opened.is_some_and(|(_, finality)| finality == Finality::Final),
    };
    let (key, row) = (number_key(0), published.encode());
    if store.snapshot()?.get(Table::Checkpoints, &key)?.as_deref() == Some(&row[..]) {
        return Ok(());
    }
    let mut writes = WriteSet::new();
    writes.put(Table::Checkpoints, key, row);
    store.commit(writes)
}

/// Writes down that a checkpoint is final, without where: a later one that is final names it.
pub fn record_settled(store: &dyn Store, published: &Published) -> Result<Published, StoreError> {
    let now = Published { is_final: true, ..*published };
    let mut writes = WriteSet::new();
    let key = number_key(now.checkpoint.number);
    writes.put(Table::Checkpoints, key, now.encode());
    writes.delete(Table::Outbox, key);
    store.commit(writes)?;
    Ok(now)
}

/// Writes down what the chain says of a checkpoint now; `None` where it does not have it (any more). A final one leaves
/// the outbox.
pub fn record_chain(
    store: &dyn Store,
    published: &Published,
    said: Option<&AnchoredCheckpoint>,
) -> Result<Published, StoreError> {
    let now = Published {
        anchored: said.map(|said| anchored_at(&said.place)),
        is_final: said.is_some_and(|said| said.finality == Finality::Final),
        ..*published
    };
    if now == *published {
        return Ok(now);
    }
    let mut writes = WriteSet::new();
    let key = number_key(now.checkpoint.number);
    writes.put(Table::Checkpoints, key, now.encode());
    if now.is_final {
        writes.delete(Table::Outbox, key);
    }
    store.commit(writes)?;
    Ok(now)
}

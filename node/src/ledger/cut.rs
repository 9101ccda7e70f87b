//! Cutting a checkpoint: the state after exactly the first n entries, computed from the log alone, read back and checked,
//! and written down together with what must be sent. The chain is not spoken to here.

use super::heads::{HeadTree, changes};
use super::rows::{Accepted, OutboxRow, Published, ReadError, encode, key_number, log_node_key, number_key};
use super::sequencer::{LogNodes, load_tip};
use crate::store::{Order, Snapshot, Span, Store, StoreError, Table, WriteSet};
use protocol::checkpoint::Checkpoint;
use protocol::merkle::{Frontier, NodeId, TreeHead, consistency_path, root_of, verify_consistency};
use protocol::{Digest, Keccak, LedgerId, PublicKey};
use std::collections::BTreeMap;

/// Why no checkpoint was cut.
#[derive(Debug, thiserror::Error)]
pub enum CutError {
    /// The store failed or is damaged.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// What would be published contradicts the log. Nothing was written.
    #[error("the checkpoint would be wrong: {0}; it is not published, stop the node and run fsck")]
    Wrong(String),
}

impl From<StoreError> for CutError {
    fn from(error: StoreError) -> Self {
        Self::Read(error.into())
    }
}

/// Cuts the next checkpoint if the log has grown, or if `heartbeat` asks for one of the same size. When it returns, the
/// checkpoint and its outbox row are on disk; a crash before leaves nothing that counts.
pub fn cut(
    store: &dyn Store,
    ledger: LedgerId,
    operator_key: PublicKey,
    now: u64,
    heartbeat: bool,
) -> Result<Option<Published>, CutError> {
    let snapshot = store.snapshot()?;
    let before = latest(&*snapshot)?.checkpoint;
    let tip = load_tip(&*snapshot)?;
    let (size, vouchers) = (tip.log.size(), tip.vouchers);
    if size == before.size && !heartbeat {
        return Ok(None);
    }
    let number = before.number.saturating_add(1);
    let changed = changes(&*snapshot, number, before.size, size, vouchers)?;
    changed.stage(store, number)?;
    let snapshot = store.snapshot()?;
    changed.check_staged(&*snapshot, number)?;
    check_log(&*snapshot, before.size, size)?;
    let nodes = LogNodes(&*snapshot);
    let next = Checkpoint {
        number,
        size,
        vouchers,
        log_root: root_of::<Keccak, _>(&nodes, size)?,
        head_root: HeadTree::at(&*snapshot, number).root(vouchers)?,
        operator_key,
        previous: before.hash(ledger),
    };
    let consistency = consistency_path::<Keccak, _>(&nodes, before.size, size)?;
    check_extension(&before, &next, &consistency)?;
    let published = Published { checkpoint: next, cut_at: now, anchored: None, is_final: false };
    let row = OutboxRow { consistency: consistency.iter().map(|node| *node.as_bytes()).collect() };
    let mut writes = WriteSet::new();
    writes.put(Table::Checkpoints, number_key(number), published.encode());
    writes.put(Table::Outbox, number_key(number), encode(&row));
    store.commit(writes)?;
    // Commit point: from here on this and no other is checkpoint `number`, whoever sends it and how often.
    Ok(Some(published))
}

/// The newest checkpoint that was cut; the opening where there is no other.
pub fn latest(snapshot: &dyn Snapshot) -> Result<Published, ReadError> {
    let row = snapshot.last(Table::Checkpoints, Span::all())?;
    let row = row.ok_or_else(|| ReadError::damaged(Table::Checkpoints, "of the opening"))?;
    Published::decode(&row.value)
}

fn check_extension(before: &Checkpoint, next: &Checkpoint, path: &[Digest]) -> Result<(), CutError> {
    let from = TreeHead { size: before.size, root: before.log_root };
    let to = TreeHead { size: next.size, root: next.log_root };
    verify_consistency::<Keccak>(from, to, path).map_err(|error| {
        let sizes = format!("the log of {} entries does not extend that of {}", to.size, from.size);
        CutError::Wrong(format!("{sizes} ({error})"))
    })
}

/// Entries whose nodes are held in memory at a time.
const PART: u64 = 1 << 16;

/// Holds the stored nodes over the entries `from..to` against the entries and against each other. Rows are read in their
/// order: to ask for each would take several times as long.
fn check_log(snapshot: &dyn Snapshot, from: u64, to: u64) -> Result<(), CutError> {
    let mut log = Frontier::<Keccak>::load(&LogNodes(snapshot), from)?;
    let mut begin = from;
    while begin < to {
        let end = begin.saturating_add(PART).min(to);
        let mut due: BTreeMap<u8, Vec<(NodeId, Digest)>> = BTreeMap::new();
        log.extend(&leaves(snapshot, begin, end)?, |at, node| {
            due.entry(at.level).or_default().push((at, node));
        });
        for row in due.values() {
            check_row(snapshot, row)?;
        }
        begin = end;
    }
    Ok(())
}

/// The leaves of the entries `from..to`.
fn leaves(snapshot: &dyn Snapshot, from: u64, to: u64) -> Result<Vec<Digest>, ReadError> {
    let span = Span::all().at_least(&number_key(from)).below(&number_key(to));
    let mut leaves = Vec::new();
    for (row, index) in snapshot.rows(Table::Entries, span, Order::Ascending).zip(from..) {
        let row = row?;
        if key_number(Table::Entries, &row.key)? != index {
            break;
        }
        leaves.push(Accepted::decode(index, &row.value)?.state.entry.leaf());
    }
    let missing = from.saturating_add(leaves.len() as u64);
    if missing == to { Ok(leaves) } else { Err(ReadError::damaged(Table::Entries, missing)) }
}

/// Holds neighbouring nodes of one level against what is stored of them.
fn check_row(snapshot: &dyn Snapshot, due: &[(NodeId, Digest)]) -> Result<(), CutError> {
    let [(first, _), ..] = due else { return Ok(()) };
    let span = Span::prefix(&[first.level]).at_least(&log_node_key(*first));
    let mut stored = snapshot.rows(Table::LogNodes, span, Order::Ascending);
    for (at, node) in due {
        let row = stored.next().transpose()?;
        if row.is_none_or(|row| row.key != log_node_key(*at) || row.value != *node.as_bytes()) {
            let NodeId { level, index } = at;
            return Err(CutError::Wrong(format!(
                "log node {index} on level {level} contradicts what is below it"
            )));
        }
    }
    Ok(())
}

//! Cutting a checkpoint: the state after exactly the first n entries, computed from the log alone, read back and checked,
//! and written down together with what must be sent. The chain is not spoken to here.

use super::heads::{HeadTree, changes};
use super::reads::Reads as _;
use super::rows::{OutboxRow, Published, ReadError, encode, log_node_key, number_key};
use super::sequencer::{LogNodes, load_tip};
use crate::store::{Snapshot, Span, Store, StoreError, Table, WriteSet};
use protocol::checkpoint::Checkpoint;
use protocol::merkle::{
    NodeId, Nodes as _, TreeHash as _, TreeHead, consistency_path, root_of, verify_consistency,
};
use protocol::{Digest, Keccak, LedgerId, PublicKey};

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

/// Holds the stored nodes over the entries `from..to` against the entries and against each other.
fn check_log(snapshot: &dyn Snapshot, from: u64, to: u64) -> Result<(), CutError> {
    let nodes = LogNodes(snapshot);
    let wrong = |at: NodeId| {
        CutError::Wrong(format!("log node {} on level {} contradicts what is below it", at.index, at.level))
    };
    for index in from..to {
        let mut at = NodeId::leaf(index);
        if nodes.node(at)? != snapshot.known_entry(index)?.state.entry.leaf() {
            return Err(wrong(at));
        }
        // The nodes that this leaf completed: one for each trailing one of its index.
        for _ in 0..index.trailing_ones() {
            let (left, right) = (NodeId { index: at.index & !1, ..at }, at);
            let due = Keccak::node(&nodes.node(left)?, &nodes.node(right)?);
            at = at.parent();
            if snapshot.get(Table::LogNodes, &log_node_key(at))?.as_deref() != Some(due.as_bytes()) {
                return Err(wrong(at));
            }
        }
    }
    Ok(())
}

//! Cutting a checkpoint: the state after exactly the first n entries, computed from the log alone, read back and checked,
//! and written down together with what must be sent. The chain is not spoken to here.

use super::heads::{HeadChanges, HeadTree};
use super::outbox::known;
use super::rows::{OutboxRow, Published, ReadError, decode_entry, encode, key_number, number_key};
use super::sequencer::{LogTree, load_tip};
use super::tiles::{Growing, Tiled, Tiles as _};
use crate::all_cores::AllCores;
use crate::store::{Order, Snapshot, Span, Store, StoreError, Table, WriteSet};
use protocol::checkpoint::Checkpoint;
use protocol::entry::Entry;
use protocol::merkle::{TreeHash as _, TreeHead, consistency_path, root_of, verify_consistency};
use protocol::{Keccak, LedgerId, PublicKey};
use rayon::prelude::*;

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
    let changed = follow(&*snapshot, &before, size)?.hashed(vouchers)?;
    changed.stage(store, number)?;
    drop(snapshot);
    let snapshot = store.snapshot()?;
    changed.check_staged(&*snapshot, number)?;
    let nodes = Tiled(LogTree(&*snapshot));
    let next = Checkpoint {
        number,
        size,
        vouchers,
        log_root: root_of::<Keccak, _>(&nodes, size)?,
        head_root: HeadTree::at(&*snapshot, number).root(vouchers)?,
        operator_key,
        previous: before.hash(ledger),
    };
    let row = extension(&*snapshot, &before, &next)?;
    let published = Published { checkpoint: next, cut_at: now, anchored: None, is_final: false };
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

/// Checkpoints that are to be sent again, the same, although the chain had called them final.
pub fn to_send_again(store: &dyn Store, lost: &[Published]) -> Result<(), CutError> {
    let snapshot = store.snapshot()?;
    let mut writes = WriteSet::new();
    for published in lost {
        let number = published.checkpoint.number;
        let before = known(&*snapshot, number.saturating_sub(1))?.checkpoint;
        let row = extension(&*snapshot, &before, &published.checkpoint)?;
        let pending = Published { anchored: None, is_final: false, ..*published };
        writes.put(Table::Checkpoints, number_key(number), pending.encode());
        writes.put(Table::Outbox, number_key(number), encode(&row));
    }
    Ok(store.commit(writes)?)
}

/// What the contract asks for with `next`: the proof that its log extends that of `before`, checked.
fn extension(snapshot: &dyn Snapshot, before: &Checkpoint, next: &Checkpoint) -> Result<OutboxRow, CutError> {
    let path = consistency_path::<Keccak, _>(&Tiled(LogTree(snapshot)), before.size, next.size)?;
    let from = TreeHead { size: before.size, root: before.log_root };
    let to = TreeHead { size: next.size, root: next.log_root };
    verify_consistency::<Keccak>(from, to, &path).map_err(|error| {
        let sizes = format!("the log of {} entries does not extend that of {}", to.size, from.size);
        CutError::Wrong(format!("{sizes} ({error})"))
    })?;
    Ok(OutboxRow { consistency: path.iter().map(|node| *node.as_bytes()).collect() })
}

/// Entries that are held in memory at a time: about 16 MiB.
const PART: u64 = 1 << 16;

/// What the entries since checkpoint `before`, up to `size` of them, change of the heads. On the way the stored tiles of the
/// log are held against the entries and against each other.
fn follow<'a>(
    snapshot: &'a dyn Snapshot,
    before: &Checkpoint,
    size: u64,
) -> Result<HeadChanges<'a>, CutError> {
    let tree = LogTree(snapshot);
    let mut log = Growing::<AllCores<Keccak>>::load(&tree, before.size)?;
    let mut heads = HeadChanges::since(snapshot, before.number);
    while log.size() < size {
        let begin = log.size();
        let entries = entries(snapshot, begin, begin.saturating_add(PART).min(size))?;
        heads.take(begin, &entries)?;
        let bytes: Vec<u8> = entries.iter().flat_map(Entry::encode).collect();
        let mut due = Vec::new();
        log.append(&AllCores::<Keccak>::leaves(&bytes, Entry::WIDTH), |at, nodes| {
            due.push((at, nodes.to_vec()));
        });
        if log.size() == size {
            log.give_rest(|at, nodes| due.push((at, nodes.to_vec())));
        }
        due.par_iter().try_for_each(|(at, nodes)| {
            let wrong = || CutError::Wrong(format!("tile {at} of the log contradicts what is below it"));
            if tree.tile(*at)? == *nodes { Ok(()) } else { Err(wrong()) }
        })?;
    }
    Ok(heads)
}

/// The entries `from..to`, each core reading a piece of them.
fn entries(snapshot: &dyn Snapshot, from: u64, to: u64) -> Result<Vec<Entry>, ReadError> {
    let pieces: Vec<u64> = (from..to).step_by(1 << 12).collect();
    let read = pieces.par_iter().map(|begin| {
        let end = begin.saturating_add(1 << 12).min(to);
        let span = Span::all().at_least(&number_key(*begin)).below(&number_key(end));
        let mut piece = Vec::new();
        for (row, index) in snapshot.rows(Table::Entries, span, Order::Ascending).zip(*begin..end) {
            let row = row?;
            if key_number(Table::Entries, &row.key)? != index {
                break;
            }
            piece.push(decode_entry(index, &row.value)?);
        }
        let missing = begin.saturating_add(piece.len() as u64);
        if missing == end { Ok(piece) } else { Err(ReadError::damaged(Table::Entries, missing)) }
    });
    Ok(read.collect::<Result<Vec<_>, _>>()?.concat())
}

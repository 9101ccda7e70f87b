//! The head tree at each checkpoint: what of it changed is stored under the checkpoint's number, so that a voucher can be
//! proven under any checkpoint, and a cut that was broken off is simply made again.

use super::rows::{Accepted, ReadError, chunk_key, head_node_key, key_number, number_key};
use crate::store::{Order, Snapshot, Span, Store, Table, WriteSet};
use protocol::heads::{CHUNK_WORDS, Chunk, Head, chunk_of, chunks_for};
use protocol::merkle::{NodeId, Nodes, TreeHash as _, root_of};
use protocol::{Digest, Keccak};
use std::collections::BTreeMap;

/// The head tree as of one checkpoint.
pub struct HeadTree<'a> {
    snapshot: &'a dyn Snapshot,
    number: u64,
}

impl<'a> HeadTree<'a> {
    /// The tree as of checkpoint `number`.
    pub fn at(snapshot: &'a dyn Snapshot, number: u64) -> Self {
        Self { snapshot, number }
    }

    /// A chunk; one that was never written is padding.
    pub fn chunk(&self, chunk: u64) -> Result<Chunk, ReadError> {
        let key = chunk_key(chunk, self.number);
        let row = self.snapshot.floor(Table::HeadChunks, &key)?;
        match row.filter(|row| row.key.starts_with(&number_key(chunk))) {
            Some(row) => {
                Chunk::decode(&row.value).ok_or_else(|| ReadError::damaged(Table::HeadChunks, chunk))
            }
            None => Ok(Chunk::default()),
        }
    }

    /// The root over the chunks of so many vouchers.
    pub fn root(&self, vouchers: u64) -> Result<Digest, ReadError> {
        root_of::<Keccak, _>(self, chunks_for(vouchers))
    }
}

impl Nodes<Digest> for HeadTree<'_> {
    type Error = ReadError;

    fn node(&self, at: NodeId) -> Result<Digest, ReadError> {
        let key = head_node_key(at, self.number);
        let place = key.len() - number_key(self.number).len();
        let row = self.snapshot.floor(Table::HeadNodes, &key)?;
        let row = row.filter(|row| row.key.get(..place) == key.get(..place));
        let node = row.and_then(|row| Digest::from_slice(&row.value).ok());
        node.ok_or_else(|| {
            ReadError::damaged(Table::HeadNodes, format!("{} on level {}", at.index, at.level))
        })
    }
}

/// What one cut changes of the head tree.
#[derive(Debug, Default)]
pub struct HeadChanges {
    chunks: BTreeMap<u64, Chunk>,
    nodes: BTreeMap<NodeId, Digest>,
}

/// The changes that the entries `from..to` make to the tree of checkpoint `number - 1`, which covers exactly the first
/// `from` entries. Depends on nothing but the log, so it comes out the same however often it is done.
pub fn changes(
    snapshot: &dyn Snapshot,
    number: u64,
    from: u64,
    to: u64,
    vouchers: u64,
) -> Result<HeadChanges, ReadError> {
    let base = HeadTree::at(snapshot, number.saturating_sub(1));
    let mut chunks = BTreeMap::new();
    let span = Span::all().at_least(&number_key(from)).below(&number_key(to));
    for row in snapshot.rows(Table::Entries, span, Order::Ascending) {
        let row = row?;
        let index = key_number(Table::Entries, &row.key)?;
        let entry = Accepted::decode(index, &row.value)?.state.entry;
        let head = Head::new(entry.status, index).ok_or_else(|| ReadError::damaged(Table::Entries, index))?;
        let end = entry.first.saturating_add(entry.count);
        for chunk in chunk_of(entry.first)..chunks_for(end) {
            let words = match chunks.entry(chunk) {
                std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
                std::collections::btree_map::Entry::Vacant(unknown) => unknown.insert(base.chunk(chunk)?),
            };
            let begin = (chunk * CHUNK_WORDS).max(entry.first);
            let stop = ((chunk + 1) * CHUNK_WORDS).min(end);
            (begin..stop).for_each(|voucher| words.set(voucher, head));
        }
    }
    let nodes = changed_nodes(&base, &chunks, chunks_for(vouchers))?;
    Ok(HeadChanges { chunks, nodes })
}

/// The perfect subtrees over the changed chunks, level by level.
fn changed_nodes(
    base: &HeadTree<'_>,
    chunks: &BTreeMap<u64, Chunk>,
    size: u64,
) -> Result<BTreeMap<NodeId, Digest>, ReadError> {
    let mut level: Vec<(NodeId, Digest)> =
        chunks.iter().map(|(chunk, words)| (NodeId::leaf(*chunk), words.leaf())).collect();
    let mut nodes: BTreeMap<NodeId, Digest> = BTreeMap::new();
    while !level.is_empty() {
        nodes.extend(level.iter().copied());
        let mut above: Vec<(NodeId, Digest)> = Vec::with_capacity(level.len() / 2 + 1);
        for (at, _) in &level {
            let parent = at.parent();
            let complete = (parent.index + 1) << parent.level <= size;
            if !complete || above.last().is_some_and(|(last, _)| *last == parent) {
                continue;
            }
            let child = |index| {
                let at = NodeId { level: at.level, index };
                nodes.get(&at).copied().map_or_else(|| base.node(at), Ok)
            };
            let (left, right) = (child(parent.index << 1)?, child(parent.index << 1 | 1)?);
            above.push((parent, Keccak::node(&left, &right)));
        }
        level = above;
    }
    Ok(nodes)
}

impl HeadChanges {
    /// Stages the changes under checkpoint `number`.
    pub fn stage(&self, store: &dyn Store, number: u64) -> Result<(), ReadError> {
        let mut writes = WriteSet::new();
        for (chunk, words) in &self.chunks {
            writes.put(Table::HeadChunks, chunk_key(*chunk, number), words.encode().to_vec());
            flush_full(store, &mut writes)?;
        }
        for (at, node) in &self.nodes {
            writes.put(Table::HeadNodes, head_node_key(*at, number), node.as_bytes().to_vec());
            flush_full(store, &mut writes)?;
        }
        Ok(store.stage(writes)?)
    }

    /// Reads back what was staged and holds it against itself: each changed chunk against its leaf, each changed node
    /// against its children. A root that is published wrong can never be taken back.
    pub fn check_staged(&self, snapshot: &dyn Snapshot, number: u64) -> Result<(), ReadError> {
        let tree = HeadTree::at(snapshot, number);
        // What changed has a row of this very checkpoint, and a level comes before the one above it.
        let mut held: BTreeMap<NodeId, Digest> = BTreeMap::new();
        for at in self.nodes.keys() {
            let due = if at.level == 0 {
                let chunk = snapshot.get(Table::HeadChunks, &chunk_key(at.index, number))?;
                let chunk = chunk.and_then(|chunk| Chunk::decode(&chunk));
                chunk.ok_or_else(|| ReadError::damaged(Table::HeadChunks, at.index))?.leaf()
            } else {
                let child = |index| {
                    let at = NodeId { level: at.level - 1, index };
                    held.get(&at).copied().map_or_else(|| tree.node(at), Ok)
                };
                Keccak::node(&child(at.index << 1)?, &child(at.index << 1 | 1)?)
            };
            held.insert(*at, due);
            if snapshot.get(Table::HeadNodes, &head_node_key(*at, number))?.as_deref() != Some(due.as_bytes())
            {
                return Err(ReadError::damaged(
                    Table::HeadNodes,
                    format!("{} on level {} (it contradicts what is below it)", at.index, at.level),
                ));
            }
        }
        Ok(())
    }
}

fn flush_full(store: &dyn Store, writes: &mut WriteSet) -> Result<(), ReadError> {
    if writes.bytes() >= WriteSet::BULK_BYTES {
        store.stage(std::mem::take(writes))?;
    }
    Ok(())
}

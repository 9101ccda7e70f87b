//! The head tree at each checkpoint: what of it changed is stored under the checkpoint's number, so that a voucher can be
//! proven under any checkpoint, and a cut that was broken off is simply made again.

use super::rows::{ReadError, chunk_key, head_tile_key, number_key};
use super::tiles::{self, TileId, Tiled, Tiles, WIDTH};
use crate::store::{Row, Snapshot, Span, Store, StoreError, Table, WriteSet};
use protocol::entry::Entry;
use protocol::heads::{CHUNK_WORDS, Chunk, Head, chunk_of, chunks_for};
use protocol::merkle::root_of;
use protocol::{Digest, Keccak};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

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
        match self.in_force(Table::HeadChunks, &number_key(chunk), &key)? {
            Some(row) => {
                Chunk::decode(&row.value).ok_or_else(|| ReadError::damaged(Table::HeadChunks, chunk))
            }
            None => Ok(Chunk::default()),
        }
    }

    /// The root over the chunks of so many vouchers.
    pub fn root(&self, vouchers: u64) -> Result<Digest, ReadError> {
        root_of::<Keccak, _>(&Tiled(self), chunks_for(vouchers))
    }

    /// A tile; none where no node of it was ever written.
    fn stored(&self, at: TileId) -> Result<Option<Vec<Digest>>, ReadError> {
        let row = self.in_force(Table::HeadTiles, &at.key(), &head_tile_key(at, self.number))?;
        let Some(row) = row else { return Ok(None) };
        tiles::decode(&row.value).map(Some).ok_or_else(|| self.damaged(at))
    }

    /// The newest version of what stands at `place`, up to this one.
    fn in_force(&self, table: Table, place: &[u8], version: &[u8]) -> Result<Option<Row>, StoreError> {
        self.snapshot.last(table, Span::prefix(place).at_most(version))
    }
}

impl Tiles for HeadTree<'_> {
    fn tile(&self, at: TileId) -> Result<Vec<Digest>, ReadError> {
        self.stored(at)?.ok_or_else(|| self.damaged(at))
    }

    fn damaged(&self, at: TileId) -> ReadError {
        ReadError::damaged(Table::HeadTiles, at)
    }
}

/// What entries change of the head tree of one checkpoint. Depends on nothing but the log, so it comes out the same however
/// often it is done.
pub struct HeadChanges<'a> {
    base: HeadTree<'a>,
    chunks: BTreeMap<u64, Chunk>,
}

impl<'a> HeadChanges<'a> {
    /// Nothing changed yet of the tree as of checkpoint `number`.
    pub fn since(snapshot: &'a dyn Snapshot, number: u64) -> Self {
        Self { base: HeadTree::at(snapshot, number), chunks: BTreeMap::new() }
    }

    /// Takes in the entries from `first` on, which follow those before.
    pub fn take(&mut self, first: u64, entries: &[Entry]) -> Result<(), ReadError> {
        self.read(entries)?;
        for (index, entry) in (first..).zip(entries) {
            let head = Head::new(entry.status, index);
            let head = head.ok_or_else(|| ReadError::damaged(Table::Entries, index))?;
            let end = entry.first.saturating_add(entry.count);
            for chunk in chunk_of(entry.first)..chunks_for(end) {
                let words = self.chunks.entry(chunk).or_default();
                covered(entry, chunk).for_each(|voucher| words.set(voucher, head));
            }
        }
        Ok(())
    }

    /// Reads the chunks of which these entries change a part.
    fn read(&mut self, entries: &[Entry]) -> Result<(), ReadError> {
        let whole = |entry: &Entry, chunk| covered(entry, chunk).count() as u64 == CHUNK_WORDS;
        let mut asked = BTreeSet::new();
        for entry in entries {
            // Those that lie between the first and the last are covered whole.
            let end = entry.first.saturating_add(entry.count);
            let edges = [chunk_of(entry.first), chunks_for(end).saturating_sub(1)];
            asked.extend(edges.into_iter().filter(|chunk| !whole(entry, *chunk)));
        }
        let asked: Vec<u64> = asked.into_iter().filter(|chunk| !self.chunks.contains_key(chunk)).collect();
        let base = &self.base;
        let read = asked.par_iter().map(|chunk| Ok((*chunk, base.chunk(*chunk)?)));
        self.chunks.extend(read.collect::<Result<Vec<_>, ReadError>>()?);
        Ok(())
    }

    /// The tiles that follow, of a ledger that has so many vouchers now.
    pub fn hashed(self, vouchers: u64) -> Result<ChangedHeads, ReadError> {
        let Self { base, chunks } = self;
        let leaves = chunks.iter().map(|(chunk, words)| (*chunk, words.leaf()));
        let mut tiles = BTreeMap::new();
        let (mut level, mut row): (u8, Vec<(u64, Digest)>) = (0, leaves.collect());
        let mut size = chunks_for(vouchers);
        while !row.is_empty() {
            let mut above = Vec::with_capacity(row.len() / WIDTH + 1);
            for changed in row.chunk_by(|(one, _), (next, _)| tile_of(*one) == tile_of(*next)) {
                let Some((first, _)) = changed.first() else { continue };
                let at = TileId { level, index: tile_of(*first) };
                let nodes = changed_tile(&base, at, changed, size)?;
                if nodes.len() == WIDTH {
                    above.push((at.index, tiles::top(nodes.clone())));
                }
                tiles.insert(at, nodes);
            }
            (level, row, size) = (level.saturating_add(tiles::HEIGHT), above, size / WIDTH as u64);
        }
        Ok(ChangedHeads { chunks, tiles })
    }
}

/// The vouchers of a chunk that an entry covers.
fn covered(entry: &Entry, chunk: u64) -> std::ops::Range<u64> {
    let end = entry.first.saturating_add(entry.count);
    (chunk * CHUNK_WORDS).max(entry.first)..((chunk + 1) * CHUNK_WORDS).min(end)
}

const fn tile_of(node: u64) -> u64 {
    node / WIDTH as u64
}

/// A tile of a level that has `size` nodes now, with these of them changed or new.
fn changed_tile(
    base: &HeadTree<'_>,
    at: TileId,
    changed: &[(u64, Digest)],
    size: u64,
) -> Result<Vec<Digest>, ReadError> {
    let width = size.saturating_sub(at.index * WIDTH as u64).min(WIDTH as u64);
    let all = changed.len() as u64 == width;
    let mut nodes = if all { Vec::new() } else { base.stored(at)?.unwrap_or_default() };
    for (index, node) in changed {
        let place = usize::try_from(index % WIDTH as u64).unwrap_or_default();
        if place == nodes.len() {
            nodes.push(*node);
        } else {
            *nodes.get_mut(place).ok_or_else(|| base.damaged(at))? = *node;
        }
    }
    if nodes.len() as u64 == width { Ok(nodes) } else { Err(base.damaged(at)) }
}

/// What one cut changes of the head tree.
#[derive(Debug)]
pub struct ChangedHeads {
    chunks: BTreeMap<u64, Chunk>,
    tiles: BTreeMap<TileId, Vec<Digest>>,
}

impl ChangedHeads {
    /// Stages the changes under checkpoint `number`.
    pub fn stage(&self, store: &dyn Store, number: u64) -> Result<(), ReadError> {
        let mut writes = WriteSet::new();
        for (chunk, words) in &self.chunks {
            writes.put(Table::HeadChunks, chunk_key(*chunk, number), words.encode().to_vec());
            flush_full(store, &mut writes)?;
        }
        for (at, nodes) in &self.tiles {
            writes.put(Table::HeadTiles, head_tile_key(*at, number), tiles::encode(nodes));
            flush_full(store, &mut writes)?;
        }
        Ok(store.stage(writes)?)
    }

    /// Reads back what was staged and holds it against itself: each changed chunk against its leaf, each changed tile
    /// against the node over it. A root that is published wrong can never be taken back.
    pub fn check_staged(&self, snapshot: &dyn Snapshot, number: u64) -> Result<(), ReadError> {
        // What changed has a row of this very checkpoint.
        let tiles = self.tiles.par_iter().map(|(at, _)| {
            let value = snapshot.get(Table::HeadTiles, &head_tile_key(*at, number))?;
            let nodes = value.and_then(|value| tiles::decode(&value));
            Ok((*at, nodes.ok_or_else(|| ReadError::damaged(Table::HeadTiles, at))?))
        });
        let tiles: BTreeMap<TileId, Vec<Digest>> = tiles.collect::<Result<_, ReadError>>()?;
        let holds = |level: u8, index: u64, node: Digest| {
            let at = TileId { level, index: tile_of(index) };
            let place = usize::try_from(index % WIDTH as u64).unwrap_or_default();
            let stored = tiles.get(&at).and_then(|nodes| nodes.get(place));
            let wrong =
                || ReadError::damaged(Table::HeadTiles, format!("{at} (it contradicts what is below it)"));
            if stored == Some(&node) { Ok(()) } else { Err(wrong()) }
        };
        self.chunks.par_iter().try_for_each(|(chunk, _)| {
            let value = snapshot.get(Table::HeadChunks, &chunk_key(*chunk, number))?;
            let words = value.and_then(|value| Chunk::decode(&value));
            holds(0, *chunk, words.ok_or_else(|| ReadError::damaged(Table::HeadChunks, chunk))?.leaf())
        })?;
        tiles.par_iter().filter(|(_, nodes)| nodes.len() == WIDTH).try_for_each(|(at, nodes)| {
            let top = at.top();
            holds(top.level, top.index, tiles::top(nodes.clone()))
        })
    }
}

fn flush_full(store: &dyn Store, writes: &mut WriteSet) -> Result<(), ReadError> {
    if writes.bytes() >= WriteSet::BULK_BYTES {
        store.stage(std::mem::take(writes))?;
    }
    Ok(())
}

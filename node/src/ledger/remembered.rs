//! What proofs have in common is kept in memory: the nodes beside the upper part of a way are asked for again by every
//! neighbour.
//!
//! A node of the log, of an issued batch, or of the heads under a published checkpoint never changes, so nothing here is
//! ever outdated. Only what is shown goes through here: a check of the store reads the store.

use super::rows::ReadError;
use super::tiles::{TileId, Tiled, Tiles, WIDTH};
use protocol::merkle::{NodeId, Nodes as _, inclusion_path};
use protocol::{Digest, Keccak};
use quick_cache::sync::Cache;
use std::sync::Arc;

/// Full tiles kept at most: about 20 MiB.
const TILES: usize = 1 << 15;
/// Upper parts of ways kept at most: about 8 MiB, and all those of four trees of a million leaves.
const WAYS: usize = 1 << 14;
/// From this level on the way to the root is kept as one: 256 leaves share it.
const SHARED_FROM_LEVEL: u8 = 8;

/// A tree of one ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Which {
    /// The log.
    Log,
    /// The batch that begins at this voucher.
    Batch(u64),
    /// The heads as of this checkpoint.
    Heads(u64),
}

/// The upper part of a way: from this place upwards, in the tree of so many leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Way {
    which: Which,
    from: NodeId,
    size: u64,
}

/// The nodes that were read of late.
pub struct Remembered {
    tiles: Cache<(Which, TileId), Arc<[Digest]>>,
    ways: Cache<Way, Arc<[Digest]>>,
}

impl Default for Remembered {
    fn default() -> Self {
        Self { tiles: Cache::new(TILES), ways: Cache::new(WAYS) }
    }
}

impl Remembered {
    /// A tree whose tiles are looked for here before they are read from where they are stored.
    pub fn before<T>(&self, which: Which, stored: T) -> Before<'_, T> {
        Before { remembered: self, which, stored }
    }
}

/// See [`Remembered::before`].
pub struct Before<'a, T> {
    remembered: &'a Remembered,
    which: Which,
    stored: T,
}

impl<T> Before<'_, T> {
    /// The tree as it is stored.
    pub const fn stored(&self) -> &T {
        &self.stored
    }
}

impl<T: Tiles> Before<'_, T> {
    /// The inclusion proof of leaf `index` in the tree of the first `size` leaves.
    pub fn inclusion_path(&self, index: u64, size: u64) -> Result<Vec<Digest>, ReadError> {
        // The manifest is shown with every voucher of its batch: nothing of its way is looked for again.
        let shared = if index == 0 { 0 } else { SHARED_FROM_LEVEL };
        let from = NodeId { level: shared, index: index >> shared };
        let way = Way { which: self.which, from, size };
        let mut path = Vec::new();
        if let Some(upper) = self.remembered.ways.get(&way) {
            path.reserve_exact(usize::from(shared) + upper.len());
            Tiled(self).siblings(0..shared, index, size, &mut path)?;
            path.extend_from_slice(&upper);
            return Ok(path);
        }
        path = inclusion_path::<Keccak, _>(&Tiled(self), index, size)?;
        // Where the neighbourhood is not full its leaves have ways of different lengths.
        let is_full = from.index < size >> shared;
        if let Some(upper) = path.get(shared.into()..).filter(|_| is_full) {
            self.remembered.ways.insert(way, upper.into());
        }
        Ok(path)
    }
}

impl<T: Tiles> Tiles for Before<'_, T> {
    fn tile(&self, at: TileId) -> Result<Vec<Digest>, ReadError> {
        // A lowest tile has few who ask for it, and there are many.
        if at.level == 0 {
            return self.stored.tile(at);
        }
        let place = (self.which, at);
        if let Some(nodes) = self.remembered.tiles.get(&place) {
            return Ok(nodes.to_vec());
        }
        let nodes = self.stored.tile(at)?;
        // Those at the edge of the log are still growing.
        if nodes.len() == WIDTH {
            self.remembered.tiles.insert(place, nodes.as_slice().into());
        }
        Ok(nodes)
    }

    fn damaged(&self, at: TileId) -> ReadError {
        self.stored.damaged(at)
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test stops at what it did not expect")]
mod tests {
    use super::*;
    use crate::ledger::tiles::kept::Kept;
    use protocol::merkle::{Tree, TreeHash as _};

    #[test]
    fn ways_out_of_memory_are_those_of_the_tree() {
        let leaves: Vec<Digest> = (0..1000_u64).map(|n| Keccak::leaf(&n.to_be_bytes())).collect();
        let tree: Tree<Keccak> = leaves.iter().copied().collect();
        let kept = Kept::of(&leaves);
        let remembered = Remembered::default();
        // The second time everything is remembered.
        for _ in 0..2 {
            for size in [1, 2, 31, 255, 256, 257, 511, 512, 999, 1000] {
                for index in 0..size {
                    let way = remembered.before(Which::Log, &kept).inclusion_path(index, size);
                    assert_eq!(way.expect("a way"), tree.inclusion_path(index, size), "{index} of {size}");
                }
            }
        }
    }
}

//! What proofs have in common is kept in memory: the nodes beside the upper part of a way are asked for again by every
//! neighbour.
//!
//! A node of the log, of an issued batch, or of the heads under a published checkpoint never changes, so nothing here is
//! ever outdated. Only what is shown goes through here: a check of the store reads the store.

use protocol::merkle::{NodeId, Nodes, inclusion_path, siblings_by_node};
use protocol::{Digest, Keccak};
use quick_cache::sync::Cache;
use std::ops::Range;
use std::sync::Arc;

/// Single nodes kept at most: about 50 MiB.
const NODES: usize = 1 << 19;
/// Upper parts of ways kept at most: about 35 MiB, and all those of two trees of a million leaves.
const WAYS: usize = 1 << 16;
/// From this level on the way to the root is kept as one: 32 leaves share it.
const SHARED_FROM_LEVEL: u8 = 5;

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
    nodes: Cache<(Which, NodeId), Digest>,
    ways: Cache<Way, Arc<[Digest]>>,
}

impl Default for Remembered {
    fn default() -> Self {
        Self { nodes: Cache::new(NODES), ways: Cache::new(WAYS) }
    }
}

impl Remembered {
    /// A tree whose nodes are looked for here before they are read from where they are stored. Those below level `made`
    /// are not stored but made out of what is, a whole neighbourhood at once: they are not kept.
    pub fn before<N>(&self, which: Which, made: u8, stored: N) -> Before<'_, N> {
        Before { remembered: self, which, made, stored }
    }
}

/// See [`Remembered::before`].
pub struct Before<'a, N> {
    remembered: &'a Remembered,
    which: Which,
    made: u8,
    stored: N,
}

impl<N> Before<'_, N> {
    /// The tree as it is stored.
    pub const fn stored(&self) -> &N {
        &self.stored
    }
}

impl<N: Nodes<Digest>> Before<'_, N> {
    /// The inclusion proof of leaf `index` in the tree of the first `size` leaves.
    pub fn inclusion_path(&self, index: u64, size: u64) -> Result<Vec<Digest>, N::Error> {
        // The manifest is shown with every voucher of its batch: nothing of its way is looked for again.
        let shared = if index == 0 { 0 } else { SHARED_FROM_LEVEL };
        let from = NodeId { level: shared, index: index >> shared };
        let way = Way { which: self.which, from, size };
        let mut path = Vec::new();
        if let Some(upper) = self.remembered.ways.get(&way) {
            path.reserve_exact(usize::from(shared) + upper.len());
            self.siblings(0..shared, index, size, &mut path)?;
            path.extend_from_slice(&upper);
            return Ok(path);
        }
        path = inclusion_path::<Keccak, _>(self, index, size)?;
        // Where the neighbourhood is not full its leaves have ways of different lengths.
        let is_full = from.index < size >> shared;
        if let Some(upper) = path.get(shared.into()..).filter(|_| is_full) {
            self.remembered.ways.insert(way, upper.into());
        }
        Ok(path)
    }
}

impl<N: Nodes<Digest>> Nodes<Digest> for Before<'_, N> {
    type Error = N::Error;

    fn node(&self, at: NodeId) -> Result<Digest, N::Error> {
        let place = (self.which, at);
        if let Some(node) = self.remembered.nodes.get(&place) {
            return Ok(node);
        }
        let node = self.stored.node(at)?;
        self.remembered.nodes.insert(place, node);
        Ok(node)
    }

    fn siblings(
        &self,
        levels: Range<u8>,
        index: u64,
        size: u64,
        path: &mut Vec<Digest>,
    ) -> Result<u8, N::Error> {
        let Range { start, end } = levels;
        let made = self.made.clamp(start, end);
        let reached = self.stored.siblings(start..made, index, size, path)?;
        if reached < made {
            return Ok(reached);
        }
        siblings_by_node(self, made..end, index, size, path)
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test stops at what it did not expect")]
mod tests {
    use super::*;
    use protocol::merkle::{Tree, TreeHash as _};

    #[test]
    fn ways_out_of_memory_are_those_of_the_tree() {
        let tree: Tree<Keccak> = (0..150_u64).map(|n| Keccak::leaf(&n.to_be_bytes())).collect();
        let remembered = Remembered::default();
        // The second time everything is remembered.
        for _ in 0..2 {
            for size in [1, 2, 31, 32, 33, 64, 95, 149, 150] {
                for index in 0..size {
                    let way = remembered.before(Which::Log, 0, tree.clone()).inclusion_path(index, size);
                    assert_eq!(way.expect("a way"), tree.inclusion_path(index, size), "{index} of {size}");
                }
            }
        }
    }
}

//! A whole tree in memory: for tests, small batches and checks that recompute a root.

use super::{NodeId, Nodes, TreeHash, consistency_path, inclusion_path, inclusion_paths, root_of};
use std::ops::Range;

/// All nodes of a tree, level by level: about two digests a leaf.
#[derive(Debug, Clone)]
pub struct Tree<H: TreeHash> {
    /// The leaves, and above them the perfect subtrees, level by level.
    levels: Vec<Vec<H::Output>>,
}

/// A place that a tree in memory does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no node {} on level {} of this tree", .0.index, .0.level)]
pub struct NoSuchNode(pub NodeId);

impl<H: TreeHash> Default for Tree<H> {
    fn default() -> Self {
        Self { levels: Vec::new() }
    }
}

impl<H: TreeHash> FromIterator<H::Output> for Tree<H> {
    fn from_iter<I: IntoIterator<Item = H::Output>>(leaf_hashes: I) -> Self {
        let mut tree = Self::default();
        tree.extend(&leaf_hashes.into_iter().collect::<Vec<_>>());
        tree
    }
}

impl<H: TreeHash> Tree<H> {
    /// Appends leaves by their hashes.
    pub fn extend(&mut self, leaf_hashes: &[H::Output]) {
        self.reserve(leaf_hashes.len());
        for block in leaf_hashes.chunks(H::BLOCK) {
            if let Some(leaves) = self.levels.first_mut() {
                leaves.extend_from_slice(block);
            }
            self.complete();
        }
    }

    /// Makes room for more leaves: the levels above them, and their width.
    fn reserve(&mut self, more: usize) {
        let size = self.levels.first().map_or(0, Vec::len).saturating_add(more);
        let mut width = size;
        for level in 0.. {
            if width == 0 {
                break;
            }
            if self.levels.len() <= level {
                self.levels.push(Vec::new());
            }
            if let Some(row) = self.levels.get_mut(level) {
                row.reserve_exact(width.saturating_sub(row.len()));
            }
            width >>= 1;
        }
    }

    /// Hashes every pair that has no parent yet, from the leaves upwards.
    fn complete(&mut self) {
        let mut rows = self.levels.as_mut_slice();
        while let [children, above @ ..] = rows {
            if let Some(parents) = above.first_mut() {
                let known = parents.len().saturating_mul(2);
                H::nodes(children.get(known..).unwrap_or_default(), parents);
            }
            rows = above;
        }
    }

    /// Leaves.
    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// The root over all leaves.
    pub fn root(&self) -> H::Output {
        root_of::<H, _>(self, self.size()).unwrap_or_else(|_| H::empty())
    }

    /// The inclusion proof of leaf `index` among the first `size` leaves; empty where there is no such leaf.
    pub fn inclusion_path(&self, index: u64, size: u64) -> Vec<H::Output> {
        inclusion_path::<H, _>(self, index, size).unwrap_or_default()
    }

    /// The inclusion proofs of several leaves, made together; empty where there is no such leaf.
    pub fn inclusion_paths(&self, indices: &[u64], size: u64) -> Vec<Vec<H::Output>> {
        inclusion_paths::<H, _>(self, indices, size).unwrap_or_default()
    }

    /// The proof that the first `to_size` leaves extend the first `from_size`; empty where they do not exist.
    pub fn consistency_path(&self, from_size: u64, to_size: u64) -> Vec<H::Output> {
        consistency_path::<H, _>(self, from_size, to_size).unwrap_or_default()
    }
}

impl<H: TreeHash> Nodes<H::Output> for Tree<H> {
    type Error = NoSuchNode;

    fn node(&self, at: NodeId) -> Result<H::Output, NoSuchNode> {
        let row = self.levels.get(usize::from(at.level));
        let index = usize::try_from(at.index).map_err(|_| NoSuchNode(at))?;
        row.and_then(|row| row.get(index)).copied().ok_or(NoSuchNode(at))
    }
    // Nothing between one read and the next depends on what was read: the cache misses of a path are waited for at once.
    fn siblings(
        &self,
        levels: Range<u8>,
        index: u64,
        size: u64,
        path: &mut Vec<H::Output>,
    ) -> Result<u8, NoSuchNode> {
        let above = |place: u64| place.checked_shr(levels.start.into()).unwrap_or(0);
        let (mut place, mut perfect) = (above(index), above(size));
        let rows = self.levels.get(levels.start.into()..).unwrap_or_default();
        for (row, level) in rows.iter().zip(levels.clone()) {
            let sibling = place ^ 1;
            let at = usize::try_from(sibling).unwrap_or(usize::MAX);
            let Some(node) = row.get(at..=at).filter(|_| sibling < perfect) else { return Ok(level) };
            path.extend_from_slice(node);
            (place, perfect) = (place >> 1, perfect >> 1);
        }
        Ok(levels.end.min(levels.start.saturating_add(u8::try_from(rows.len()).unwrap_or(u8::MAX))))
    }
}

//! A whole tree in memory: for tests, small batches and checks that recompute a root.

use super::{Frontier, NodeId, Nodes, TreeHash, consistency_path, inclusion_path};

/// All nodes of a tree, level by level: about two digests a leaf.
#[derive(Debug, Clone)]
pub struct Tree<H: TreeHash> {
    frontier: Frontier<H>,
    levels: Vec<Vec<H::Output>>,
}

/// A place that a tree in memory does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no node {} on level {} of this tree", .0.index, .0.level)]
pub struct NoSuchNode(pub NodeId);

impl<H: TreeHash> Default for Tree<H> {
    fn default() -> Self {
        Self { frontier: Frontier::default(), levels: Vec::new() }
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
        let Self { frontier, levels } = self;
        frontier.extend(leaf_hashes, |at, hash| {
            let level = usize::from(at.level);
            if level >= levels.len() {
                levels.resize_with(level.saturating_add(1), Vec::new);
            }
            if let Some(row) = levels.get_mut(level) {
                row.push(hash);
            }
        });
    }

    /// Leaves.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root over all leaves.
    pub fn root(&self) -> H::Output {
        self.frontier.root()
    }

    /// The inclusion proof of leaf `index` among the first `size` leaves; empty where there is no such leaf.
    pub fn inclusion_path(&self, index: u64, size: u64) -> Vec<H::Output> {
        inclusion_path::<H, _>(self, index, size).unwrap_or_default()
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
}

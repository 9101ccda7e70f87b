//! The right edge of a growing tree: what is needed to append, and nothing of what lies to the left of it.

use super::{NodeId, Nodes, TreeHash};

/// The perfect subtrees on the right edge of a tree, one for each binary digit of its size, largest first.
/// Memory: at most 64 digests, whatever the size.
#[derive(Debug, Clone)]
pub struct Frontier<H: TreeHash> {
    size: u64,
    edge: Vec<H::Output>,
}

impl<H: TreeHash> Default for Frontier<H> {
    fn default() -> Self {
        Self { size: 0, edge: Vec::new() }
    }
}

impl<H: TreeHash> Frontier<H> {
    /// The edge of a stored tree of `size` leaves.
    pub fn load<N: Nodes<H::Output>>(nodes: &N, size: u64) -> Result<Self, N::Error> {
        let mut edge = Vec::new();
        let mut end = 0_u64;
        for level in (0..u64::BITS).rev() {
            let width = 1_u64.checked_shl(level).unwrap_or(0);
            if size & width != 0 {
                let index = end.checked_shr(level).unwrap_or(0);
                edge.push(nodes.node(NodeId { level: u8::try_from(level).unwrap_or(u8::MAX), index })?);
                end = end.saturating_add(width);
            }
        }
        Ok(Self { size, edge })
    }

    /// From what [`Frontier::edge`] gave; `None` unless it has a digest for each binary digit of the size.
    pub fn from_edge(size: u64, edge: Vec<H::Output>) -> Option<Self> {
        let fits = u32::try_from(edge.len()) == Ok(size.count_ones());
        fits.then_some(Self { size, edge })
    }

    /// The perfect subtrees on the right edge, largest first: all that it takes to go on later.
    pub fn edge(&self) -> &[H::Output] {
        &self.edge
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends a leaf by its hash; `store` is given the leaf and every perfect subtree that it completes: on average two
    /// nodes a leaf.
    pub fn append(&mut self, leaf_hash: H::Output, store: impl FnMut(NodeId, H::Output)) {
        self.extend(&[leaf_hash], store);
    }

    /// Appends leaves by their hashes, as [`Frontier::append`] does one by one, but with all nodes of a level at once.
    pub fn extend(&mut self, leaf_hashes: &[H::Output], mut store: impl FnMut(NodeId, H::Output)) {
        let mut rest = leaf_hashes;
        while !rest.is_empty() {
            let (block, later) = rest.split_at(self.next_block(rest.len()));
            self.append_block(block, &mut store);
            rest = later;
        }
    }

    /// The width of the largest perfect subtree that can stand at the end of the tree and needs no more leaves than
    /// there are.
    fn next_block(&self, available: usize) -> usize {
        let largest = 1_usize.checked_shl(available.checked_ilog2().unwrap_or(0)).unwrap_or(1);
        let aligned = 1_u64.checked_shl(self.size.trailing_zeros()).unwrap_or(u64::MAX);
        usize::try_from(aligned).unwrap_or(usize::MAX).min(largest).min(H::BLOCK)
    }

    fn append_block(&mut self, leaves: &[H::Output], store: &mut impl FnMut(NodeId, H::Output)) {
        let mut at = NodeId::leaf(self.size);
        let (mut row, mut above) = (leaves.to_vec(), Vec::new());
        loop {
            for (index, hash) in (at.index..).zip(&row) {
                store(NodeId { index, ..at }, *hash);
            }
            if row.len() <= 1 {
                break;
            }
            H::nodes(&row, &mut above);
            std::mem::swap(&mut row, &mut above);
            above.clear();
            at = at.parent();
        }
        let Some(mut hash) = row.first().copied() else { return };
        // A carry, as in adding to a binary number: each subtree of the same width to the left is completed.
        while at.index & 1 == 1
            && let Some(left) = self.edge.pop()
        {
            hash = H::node(&left, &hash);
            at = at.parent();
            store(at, hash);
        }
        self.edge.push(hash);
        self.size = self.size.saturating_add(u64::try_from(leaves.len()).unwrap_or(u64::MAX));
    }

    /// The root over all leaves so far.
    pub fn root(&self) -> H::Output {
        self.edge.iter().rev().copied().reduce(|right, left| H::node(&left, &right)).unwrap_or_else(H::empty)
    }
}

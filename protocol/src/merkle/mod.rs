//! The Merkle tree, defined once and used three times: over a batch, the log, the heads (docs/protocol.md section 1).
//!
//! RFC 9162 section 2.1 over any hash, so that the published vectors over SHA-256 run through the code that judges
//! Keccak trees. In scope: append, prove from stored nodes, verify. Out of scope: where nodes are stored.

mod frontier;
mod prove;
mod tree;
mod verify;

pub use frontier::Frontier;
pub use prove::{consistency_path, inclusion_path, inclusion_paths, root_of, unprovable_leaf};
pub use tree::{NoSuchNode, Tree};
pub use verify::{Inclusion, ProofError, verify_consistency, verify_inclusion, verify_inclusions};

use std::ops::Range;

/// A hash with the three uses that a tree makes of it, told apart by a tag byte.
pub trait TreeHash {
    /// What the hash gives.
    type Output: Copy + Eq + std::fmt::Debug;
    /// Leaves that a growing tree takes at a time, a power of two: few enough that what is hashed is still in the cache
    /// when it is hashed again, one level higher.
    const BLOCK: usize = 4096;
    /// The root of a tree without leaves: the hash of nothing.
    fn empty() -> Self::Output;
    /// A leaf: the hash of `0x00 || data`.
    fn leaf(data: &[u8]) -> Self::Output;
    /// An inner node: the hash of `0x01 || left || right`.
    fn node(left: &Self::Output, right: &Self::Output) -> Self::Output;
    /// The leaves of items of `width` bytes that stand one after the other: at once, where a hash can.
    fn leaves(data: &[u8], width: usize) -> Vec<Self::Output> {
        data.chunks_exact(width.max(1)).map(Self::leaf).collect()
    }
    /// Appends the nodes over children that stand one after the other, two by two; a last one without sibling is passed
    /// over.
    fn nodes(children: &[Self::Output], parents: &mut Vec<Self::Output>) {
        let (pairs, _) = children.as_chunks::<2>();
        parents.extend(pairs.iter().map(|[left, right]| Self::node(left, right)));
    }
}

/// A root and the number of leaves below it: the one says nothing without the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead<D> {
    /// Leaves.
    pub size: u64,
    /// The root over exactly these leaves.
    pub root: D,
}

/// The place of a perfect subtree: it covers the leaves from `index * 2^level` up to `(index + 1) * 2^level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    /// 0 for leaves.
    pub level: u8,
    /// Counted from the left, from 0.
    pub index: u64,
}

impl NodeId {
    /// The place of a leaf.
    pub const fn leaf(index: u64) -> Self {
        Self { level: 0, index }
    }

    /// The place above this one and its sibling.
    #[must_use]
    pub const fn parent(self) -> Self {
        Self { level: self.level.saturating_add(1), index: self.index >> 1 }
    }
}

/// Where the roots of perfect subtrees are kept. Only complete ones are ever asked for: they never change while a tree
/// grows, which is why a log can prove from stored nodes without its leaves.
pub trait Nodes<D> {
    /// Why a node could not be read.
    type Error;
    /// The root of the perfect subtree at this place.
    fn node(&self, at: NodeId) -> Result<D, Self::Error>;
    /// Appends what lies beside the way up from leaf `index` on these levels, up to the first that is no perfect subtree
    /// of the first `size` leaves. Gives the level on which it ended.
    fn siblings(
        &self,
        levels: Range<u8>,
        index: u64,
        size: u64,
        path: &mut Vec<D>,
    ) -> Result<u8, Self::Error> {
        let end = levels.end;
        for level in levels {
            let above = |place: u64| place.checked_shr(level.into()).unwrap_or(0);
            let sibling = above(index) ^ 1;
            if sibling >= above(size) {
                return Ok(level);
            }
            path.push(self.node(NodeId { level, index: sibling })?);
        }
        Ok(end)
    }
}

/// The largest power of two strictly below `size`, where a tree of `size > 1` leaves splits; 1 for smaller sizes.
fn split(size: u64) -> u64 {
    match size.saturating_sub(1).checked_ilog2() {
        Some(bits) => 1_u64.checked_shl(bits).unwrap_or(1),
        None => 1,
    }
}

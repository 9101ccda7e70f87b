//! Making roots and proofs out of stored nodes: O(log n) reads, no leaf is touched.

use super::{NodeId, Nodes, TreeHash, split};
use std::cmp::Ordering;

/// The root over the first `size` leaves.
pub fn root_of<H: TreeHash, N: Nodes<H::Output>>(nodes: &N, size: u64) -> Result<H::Output, N::Error> {
    range_root::<H, N>(nodes, 0, size)
}

/// The inclusion proof of leaf `index` in the tree of the first `size` leaves, from the leaf upwards
/// (RFC 9162 section 2.1.3.1). Nothing is asked of `nodes` and the path is empty unless `index < size`.
pub fn inclusion_path<H: TreeHash, N: Nodes<H::Output>>(
    nodes: &N,
    index: u64,
    size: u64,
) -> Result<Vec<H::Output>, N::Error> {
    let mut climb = Climb::from(index, size);
    climb.up_to(nodes, u8::MAX)?;
    climb.finish::<H, N>(nodes)
}

/// The inclusion proofs of several leaves, as [`inclusion_path`] makes them one by one. All ways go up a few levels at a
/// time, side by side, so that nodes that are far from the processor are waited for together.
pub fn inclusion_paths<H: TreeHash, N: Nodes<H::Output>>(
    nodes: &N,
    indices: &[u64],
    size: u64,
) -> Result<Vec<Vec<H::Output>>, N::Error> {
    let mut paths = Vec::with_capacity(indices.len());
    for indices in indices.chunks(SIDE_BY_SIDE) {
        let mut climbs: Vec<_> = indices.iter().map(|index| Climb::from(*index, size)).collect();
        for level in (0..height(size)).step_by(LEVELS_AT_A_TIME.into()) {
            for climb in &mut climbs {
                climb.up_to(nodes, level.saturating_add(LEVELS_AT_A_TIME))?;
            }
        }
        for climb in climbs {
            paths.push(climb.finish::<H, N>(nodes)?);
        }
    }
    Ok(paths)
}

/// Ways that go up together: about as many misses of the cache as a core waits for at once.
const SIDE_BY_SIDE: usize = 16;
/// Levels that one of them goes before the next one's turn: those of a large tree that no cache holds.
const LEVELS_AT_A_TIME: u8 = 7;

/// Levels below the root of a tree of `size` leaves.
fn height(size: u64) -> u8 {
    u8::try_from(u64::BITS.saturating_sub(size.saturating_sub(1).leading_zeros())).unwrap_or(u8::MAX)
}

/// A way up from a leaf, so far as it was made.
struct Climb<D> {
    index: u64,
    size: u64,
    path: Vec<D>,
    /// Levels that it has behind it.
    reached: u8,
    /// The first level that it does not go to among perfect subtrees.
    end: u8,
}

impl<D: Copy> Climb<D> {
    fn from(index: u64, size: u64) -> Self {
        let end = if index < size { height(size) } else { 0 };
        Self { index, size, path: Vec::with_capacity(end.into()), reached: 0, end }
    }

    /// Goes on among perfect subtrees, up to this level.
    fn up_to<N: Nodes<D>>(&mut self, nodes: &N, level: u8) -> Result<(), N::Error> {
        let goal = level.min(self.end);
        if self.reached < goal {
            self.reached = nodes.siblings(self.reached..goal, self.index, self.size, &mut self.path)?;
            if self.reached < goal {
                self.end = self.reached;
            }
        }
        Ok(())
    }

    /// The path, with what lies beside the way where the last subtree of a level is not perfect.
    fn finish<H: TreeHash<Output = D>, N: Nodes<D>>(mut self, nodes: &N) -> Result<Vec<D>, N::Error> {
        if self.index >= self.size {
            return Ok(self.path);
        }
        let last = self.size.saturating_sub(1);
        for level in self.reached..height(self.size) {
            let sibling = (self.index >> level) ^ 1;
            let first = sibling.checked_shl(level.into()).unwrap_or(0);
            // All but the last subtree of a level are perfect, and stored.
            match sibling.cmp(&(last >> level)) {
                Ordering::Less => self.path.push(nodes.node(NodeId { level, index: sibling })?),
                Ordering::Equal => self.path.push(range_root::<H, N>(nodes, first, self.size)?),
                Ordering::Greater => {}
            }
        }
        Ok(self.path)
    }
}

/// The proof that the tree of the first `to_size` leaves extends that of the first `from_size`
/// (RFC 9162 section 2.1.4.1); empty from 0, and unless `from_size < to_size`.
pub fn consistency_path<H: TreeHash, N: Nodes<H::Output>>(
    nodes: &N,
    from_size: u64,
    to_size: u64,
) -> Result<Vec<H::Output>, N::Error> {
    let mut path = Vec::new();
    if from_size == 0 || from_size >= to_size {
        return Ok(path);
    }
    let (mut from, mut to) = (0_u64, to_size);
    while from_size < to {
        let middle = from.saturating_add(split(to.saturating_sub(from)));
        if from_size <= middle {
            path.push(range_root::<H, N>(nodes, middle, to)?);
            to = middle;
        } else {
            path.push(range_root::<H, N>(nodes, from, middle)?);
            from = middle;
        }
    }
    // The old tree itself is known to the verifier; a subtree of it is not.
    if from != 0 {
        path.push(range_root::<H, N>(nodes, from, to)?);
    }
    path.reverse();
    Ok(path)
}

/// A leaf of which nobody has a path, where the root of a tree of `size` leaves is called that of one of `claimed`: there
/// the shapes differ, so that the leaf would be an inner node, or lie below a leaf. `None` where the claim is true.
pub fn unprovable_leaf(claimed: u64, size: u64) -> Option<u64> {
    let (mut first, mut claimed, mut size) = (0_u64, claimed, size);
    while claimed != size {
        let (ours, theirs) = (split(claimed), split(size));
        if claimed <= 1 || size <= 1 {
            return (claimed > 0).then_some(first);
        }
        if ours == theirs {
            first = first.saturating_add(ours);
            (claimed, size) = (claimed.saturating_sub(ours), size.saturating_sub(theirs));
        } else {
            (claimed, size) = (ours, theirs);
        }
    }
    None
}

/// The root over the leaves `from..to`, where `from` is a multiple of the power of two at or above `to - from`:
/// the perfect subtrees of the binary digits of the width, folded from the right.
fn range_root<H: TreeHash, N: Nodes<H::Output>>(
    nodes: &N,
    from: u64,
    to: u64,
) -> Result<H::Output, N::Error> {
    let width = to.saturating_sub(from);
    let mut end = to;
    let mut root = None;
    let mut digits = width;
    while digits != 0 {
        let level = digits.trailing_zeros();
        digits &= digits.saturating_sub(1);
        end = end.saturating_sub(1_u64.checked_shl(level).unwrap_or(0));
        let index = end.checked_shr(level).unwrap_or(0);
        let left = nodes.node(NodeId { level: u8::try_from(level).unwrap_or(u8::MAX), index })?;
        root = Some(root.map_or(left, |right| H::node(&left, &right)));
    }
    Ok(root.unwrap_or_else(H::empty))
}

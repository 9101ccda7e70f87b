//! Judging proofs: RFC 9162 sections 2.1.3.2 and 2.1.4.2, with the rules of docs/protocol.md section 1 made explicit.

use super::{TreeHash, TreeHead};

/// Why a proof does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The index is not below the size.
    #[error("index {index} in a tree of {size} leaves")]
    Index {
        /// The index asked for.
        index: u64,
        /// Leaves in the tree.
        size: u64,
    },
    /// A log can not shrink.
    #[error("from {from} leaves to {to}: a log can not shrink")]
    Shrinks {
        /// The old size.
        from: u64,
        /// The new size.
        to: u64,
    },
    /// Too few or too many nodes for the index and size.
    #[error("{nodes} proof nodes do not fit this place and size")]
    Length {
        /// Nodes in the proof.
        nodes: usize,
    },
    /// The nodes lead to another root.
    #[error("the proof leads to another root")]
    Root,
}

/// Whether `leaf_hash` stands at `index` of the tree. `path` runs from the leaf's sibling to the root's child.
pub fn verify_inclusion<H: TreeHash>(
    leaf_hash: H::Output,
    index: u64,
    tree: TreeHead<H::Output>,
    path: &[H::Output],
) -> Result<(), ProofError> {
    let TreeHead { size, root } = tree;
    if index >= size {
        return Err(ProofError::Index { index, size });
    }
    let length = ProofError::Length { nodes: path.len() };
    let mut place = index;
    let mut last = size.saturating_sub(1);
    let mut hash = leaf_hash;
    for node in path {
        if last == 0 {
            return Err(length);
        }
        if place & 1 == 1 || place == last {
            hash = H::node(node, &hash);
            // On the right edge a level without sibling takes no proof node.
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            hash = H::node(&hash, node);
        }
        place >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(length);
    }
    if hash == root { Ok(()) } else { Err(ProofError::Root) }
}

/// Whether the tree `to` extends the tree `from` without changing any of its leaves.
pub fn verify_consistency<H: TreeHash>(
    from: TreeHead<H::Output>,
    to: TreeHead<H::Output>,
    path: &[H::Output],
) -> Result<(), ProofError> {
    let length = ProofError::Length { nodes: path.len() };
    if from.size > to.size {
        return Err(ProofError::Shrinks { from: from.size, to: to.size });
    }
    if from.size == 0 || from.size == to.size {
        if !path.is_empty() {
            return Err(length);
        }
        let old = if from.size == 0 { H::empty() } else { from.root };
        let new = if from.size == to.size { old } else { to.root };
        return if from.root == old && to.root == new { Ok(()) } else { Err(ProofError::Root) };
    }
    // Shifting out the trailing ones of `from.size - 1` leaves the subtree where both trees part.
    let shared = from.size.saturating_sub(1).trailing_ones();
    let mut place = from.size.saturating_sub(1).checked_shr(shared).unwrap_or(0);
    let mut last = to.size.saturating_sub(1).checked_shr(shared).unwrap_or(0);
    let (seed, rest) = if from.size.is_power_of_two() {
        (from.root, path)
    } else {
        path.split_first().map(|(first, rest)| (*first, rest)).ok_or(length)?
    };
    let (mut old, mut new) = (seed, seed);
    for node in rest {
        if last == 0 {
            return Err(length);
        }
        if place & 1 == 1 || place == last {
            old = H::node(node, &old);
            new = H::node(node, &new);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            new = H::node(&new, node);
        }
        place >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(length);
    }
    if old == from.root && new == to.root { Ok(()) } else { Err(ProofError::Root) }
}

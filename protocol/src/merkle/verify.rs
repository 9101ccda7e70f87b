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

/// Where a proof is between the leaf and the root: the index of the node it has reached, and that of the last node of
/// the same level (RFC 9162 section 2.1.3.2).
#[derive(Clone, Copy)]
struct Climb {
    place: u64,
    last: u64,
}

impl Climb {
    fn from_leaf(index: u64, size: u64) -> Result<Self, ProofError> {
        if index >= size {
            return Err(ProofError::Index { index, size });
        }
        Ok(Self { place: index, last: size.saturating_sub(1) })
    }

    /// The children of the next node up, from the node reached and the next one of the path; nothing at the root.
    fn up<D>(&mut self, reached: D, node: D) -> Option<[D; 2]> {
        if self.last == 0 {
            return None;
        }
        let children = if self.place & 1 == 1 || self.place == self.last {
            // On the right edge a level without sibling takes no proof node.
            while self.place & 1 == 0 && self.place != 0 {
                self.place >>= 1;
                self.last >>= 1;
            }
            [node, reached]
        } else {
            [reached, node]
        };
        self.place >>= 1;
        self.last >>= 1;
        Some(children)
    }

    /// Whether the path was as long as it had to be, and led to the root.
    fn arrives<D: PartialEq>(&self, reached: &D, tree: &TreeHead<D>, nodes: usize) -> Result<(), ProofError> {
        if self.last != 0 {
            return Err(ProofError::Length { nodes });
        }
        if *reached == tree.root { Ok(()) } else { Err(ProofError::Root) }
    }
}

/// Whether `leaf_hash` stands at `index` of the tree. `path` runs from the leaf's sibling to the root's child.
pub fn verify_inclusion<H: TreeHash>(
    leaf_hash: H::Output,
    index: u64,
    tree: TreeHead<H::Output>,
    path: &[H::Output],
) -> Result<(), ProofError> {
    let mut climb = Climb::from_leaf(index, tree.size)?;
    let mut hash = leaf_hash;
    for node in path {
        let too_long = ProofError::Length { nodes: path.len() };
        let [left, right] = climb.up(hash, *node).ok_or(too_long)?;
        hash = H::node(&left, &right);
    }
    climb.arrives(&hash, &tree, path.len())
}

/// That a leaf stands at an index, and the path that is to prove it.
#[derive(Debug, Clone, Copy)]
pub struct Inclusion<'a, D> {
    /// The leaf's hash.
    pub leaf_hash: D,
    /// Its index.
    pub index: u64,
    /// From the leaf's sibling to the root's child.
    pub path: &'a [D],
}

/// A proof that is judged beside others.
struct Climber<'a, D> {
    /// Its place among the claims.
    claim: usize,
    path: &'a [D],
    climb: Result<Climb, ProofError>,
    /// The node that was reached.
    hash: D,
    /// Where its parent will stand among those that are hashed next; nowhere for one that climbs no more.
    parent: Option<usize>,
}

/// What [`verify_inclusion`] says of each, in their order. All nodes of one height are hashed at once, where the hash
/// can, and what neighbours have in common above the place where they meet is hashed once for both.
pub fn verify_inclusions<H: TreeHash>(
    tree: TreeHead<H::Output>,
    claims: &[Inclusion<'_, H::Output>],
) -> Vec<Result<(), ProofError>> {
    let climbers = claims.iter().enumerate().map(|(claim, of)| Climber {
        claim,
        path: of.path,
        climb: Climb::from_leaf(of.index, tree.size),
        hash: of.leaf_hash,
        parent: None,
    });
    let mut climbers: Vec<_> = climbers.collect();
    climbers.sort_unstable_by_key(|climber| climber.climb.map_or(u64::MAX, |climb| climb.place));
    let height = claims.iter().map(|claim| claim.path.len()).max().unwrap_or(0);
    let (mut children, mut parents) = (Vec::with_capacity(claims.len().saturating_mul(2)), Vec::new());
    for level in 0..height {
        for climber in &mut climbers {
            climber.parent = None;
            let (Ok(climb), Some(node)) = (climber.climb.as_mut(), climber.path.get(level)) else { continue };
            let Some(pair) = climb.up(climber.hash, *node) else {
                climber.climb = Err(ProofError::Length { nodes: climber.path.len() });
                continue;
            };
            if children.last_chunk() != Some(&pair) {
                children.extend(pair);
            }
            climber.parent = (children.len() / 2).checked_sub(1);
        }
        H::nodes(&children, &mut parents);
        for climber in &mut climbers {
            if let Some(parent) = climber.parent.and_then(|at| parents.get(at)) {
                climber.hash = *parent;
            }
        }
        children.clear();
        parents.clear();
    }
    let mut judged = vec![Ok(()); claims.len()];
    for Climber { claim, path, climb, hash, .. } in climbers {
        if let Some(judged) = judged.get_mut(claim) {
            *judged = climb.and_then(|climb| climb.arrives(&hash, &tree, path.len()));
        }
    }
    judged
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

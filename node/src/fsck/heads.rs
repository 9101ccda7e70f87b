//! The head array as it follows from the entries, and its tree: of each checkpoint only what changed is hashed again.
//!
//! Apart from `ledger::heads`, which made what is checked here, and with nothing of it.

use protocol::heads::{CHUNK_WORDS, Chunk, Head, chunk_of, chunks_for};
use protocol::merkle::{NodeId, Nodes, TreeHash as _, root_of};
use protocol::{Digest, Keccak};
use std::collections::BTreeSet;
use std::ops::Range;

/// Memory: 12 bytes a voucher.
#[derive(Default)]
pub struct Heads {
    chunks: Vec<Chunk>,
    /// The perfect subtrees, level by level.
    levels: Vec<Vec<Digest>>,
    changed: BTreeSet<u64>,
}

/// What changed of the tree since it was hashed last.
pub struct Changes {
    /// Chunks.
    pub chunks: BTreeSet<u64>,
    /// Nodes, the chunks' leaves among them.
    pub nodes: Vec<NodeId>,
    /// The root now.
    pub root: Digest,
}

impl Heads {
    /// The vouchers `first..end` have this head now.
    pub fn set(&mut self, first: u64, end: u64, head: Head) {
        let chunks = place(chunks_for(end));
        if chunks > self.chunks.len() {
            self.chunks.resize(chunks, Chunk::default());
        }
        for number in first..end {
            if let Some(chunk) = self.chunks.get_mut(place(chunk_of(number))) {
                chunk.set(number, head);
            }
        }
        self.changed.extend(chunk_of(first)..chunks_for(end));
    }

    /// A chunk of the array.
    pub fn chunk(&self, chunk: u64) -> Option<&Chunk> {
        self.chunks.get(place(chunk))
    }

    /// The heads of those vouchers of a range that there are.
    pub fn words(&self, numbers: Range<u64>) -> impl Iterator<Item = Head> + '_ {
        let end = numbers.end.min((self.chunks.len() as u64).saturating_mul(CHUNK_WORDS));
        (numbers.start..end).filter_map(|number| Some(self.chunk(chunk_of(number))?.word_of(number)))
    }

    /// Hashes what changed, from the leaves upwards.
    pub fn hashed(&mut self) -> Changes {
        let chunks = std::mem::take(&mut self.changed);
        let mut nodes = Vec::new();
        let mut row: Vec<u64> = chunks.iter().copied().collect();
        for level in 0_u8.. {
            if self.levels.len() <= usize::from(level) {
                self.levels.push(Vec::new());
            }
            for index in &row {
                let hash = self.hash(NodeId { level, index: *index });
                let nodes = &mut self.levels[usize::from(level)];
                if place(*index) >= nodes.len() {
                    nodes.resize(place(*index).saturating_add(1), Digest::ZERO);
                }
                nodes[place(*index)] = hash;
            }
            nodes.extend(row.iter().map(|index| NodeId { level, index: *index }));
            let width = self.levels[usize::from(level)].len() as u64;
            row = row.iter().map(|index| index >> 1).filter(|above| 2 * above + 1 < width).collect();
            row.dedup();
            if row.is_empty() {
                break;
            }
        }
        Changes { chunks, nodes, root: self.root() }
    }

    fn hash(&self, at: NodeId) -> Digest {
        if at.level == 0 {
            return self.chunks.get(place(at.index)).map_or(Digest::ZERO, Chunk::leaf);
        }
        let child = |index| self.at(NodeId { level: at.level - 1, index }).unwrap_or(Digest::ZERO);
        Keccak::node(&child(at.index << 1), &child(at.index << 1 | 1))
    }

    /// A node as it was hashed last.
    pub fn at(&self, at: NodeId) -> Option<Digest> {
        self.levels.get(usize::from(at.level))?.get(place(at.index)).copied()
    }

    fn root(&self) -> Digest {
        root_of::<Keccak, _>(self, self.chunks.len() as u64).unwrap_or(Digest::ZERO)
    }
}

impl Nodes<Digest> for Heads {
    type Error = std::convert::Infallible;

    fn node(&self, at: NodeId) -> Result<Digest, Self::Error> {
        Ok(self.at(at).unwrap_or(Digest::ZERO))
    }
}

/// A place in a list that is in memory.
fn place(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Head, Heads};
    use protocol::Keccak;
    use protocol::merkle::Frontier;

    #[test]
    fn what_is_hashed_piece_by_piece_is_the_tree_over_all() {
        let mut heads = Heads::default();
        let ranges = [(0, 5), (5, 17), (3, 4), (17, 400), (100, 340), (400, 401), (0, 401), (16, 32)];
        for (index, (first, end)) in (0..).zip(ranges) {
            heads.set(first, end, Head::new(1, index).expect("small"));
            let changes = heads.hashed();
            let mut whole = Frontier::<Keccak>::default();
            heads.chunks.iter().for_each(|chunk| whole.append(chunk.leaf(), |_, _| ()));
            assert_eq!(changes.root, whole.root(), "{first}..{end}");
        }
        assert_eq!(heads.hashed().nodes, []);
    }
}

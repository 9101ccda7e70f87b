//! The head array that follows from the entries, and its tree, of which only what changed is hashed again.

use crate::digest::Digest;
use crate::heads::{CHUNK_BYTES, CHUNK_WORDS, Chunk, Head, chunk_of, chunks_for};
use crate::keccak::Keccak;
use crate::merkle::{NoSuchNode, NodeId, Nodes, TreeHash as _, root_of};
use std::ops::Range;

/// Words by voucher number: 8 bytes each, and 4 for the tree over their chunks.
#[derive(Debug, Clone, Default)]
pub struct HeadArray {
    words: Vec<Head>,
    /// Perfect subtrees, level by level; as of the last call of `root`.
    levels: Vec<Vec<Digest>>,
    /// Chunks that changed since, in any order, some of them several times.
    changed: Vec<u64>,
}

impl HeadArray {
    /// Of these words.
    pub fn new(words: Vec<Head>) -> Self {
        let mut heads = Self { words, levels: Vec::new(), changed: Vec::new() };
        heads.changed = (0..chunks_for(heads.len())).collect();
        heads
    }

    /// Vouchers.
    pub fn len(&self) -> u64 {
        u64::try_from(self.words.len()).unwrap_or(u64::MAX)
    }

    /// Whether there is no voucher.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Its words.
    pub fn words(&self) -> &[Head] {
        &self.words
    }

    /// The word of voucher `number`, if there is one.
    pub fn word(&self, number: u64) -> Option<Head> {
        self.words.get(usize::try_from(number).ok()?).copied()
    }

    /// The words of those numbers of a range that exist.
    pub fn range(&self, numbers: Range<u64>) -> &[Head] {
        self.words.get(self.places(numbers)).unwrap_or_default()
    }

    /// Appends `count` vouchers with one word.
    pub fn push(&mut self, count: u64, word: Head) {
        let before = self.len();
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        self.words.resize(self.words.len().saturating_add(count), word);
        self.mark(before..self.len());
    }

    /// Writes one word for all numbers of a range that exist.
    pub fn fill(&mut self, numbers: Range<u64>, word: Head) {
        let places = self.places(numbers.clone());
        if let Some(words) = self.words.get_mut(places) {
            words.fill(word);
        }
        self.mark(numbers.start..numbers.end.min(self.len()));
    }

    fn places(&self, numbers: Range<u64>) -> Range<usize> {
        let place = |number| usize::try_from(number).unwrap_or(usize::MAX).min(self.words.len());
        let start = place(numbers.start);
        start..place(numbers.end).max(start)
    }

    fn mark(&mut self, numbers: Range<u64>) {
        let Some(last) = numbers.end.checked_sub(1).filter(|last| *last >= numbers.start) else { return };
        for chunk in chunk_of(numbers.start)..=chunk_of(last) {
            if self.changed.last() != Some(&chunk) {
                self.changed.push(chunk);
            }
        }
    }

    /// A chunk of its words, padded with zero.
    pub fn chunk(&self, chunk: u64) -> Chunk {
        let first = chunk.saturating_mul(CHUNK_WORDS);
        let words = self.range(first..first.saturating_add(CHUNK_WORDS));
        let mut bytes = Chunk::default();
        for (number, word) in (first..=u64::MAX).zip(words) {
            bytes.set(number, *word);
        }
        bytes
    }

    /// The root of the head tree, of which what changed is hashed again.
    pub fn root(&mut self) -> Digest {
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        changed.dedup();
        let chunks: Vec<u8> = changed.iter().flat_map(|chunk| *self.chunk(*chunk).encode()).collect();
        let mut hashes = Keccak::leaves(&chunks, CHUNK_BYTES);
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(Vec::new());
            }
            let Some(row) = self.levels.get_mut(level).filter(|_| !changed.is_empty()) else { break };
            for (index, hash) in changed.iter().zip(&hashes) {
                put(row, *index, *hash);
            }
            let complete = u64::try_from(row.len()).unwrap_or(u64::MAX) / 2;
            changed = changed.iter().map(|index| index / 2).filter(|index| *index < complete).collect();
            changed.dedup();
            let children: Vec<Digest> = changed.iter().flat_map(|index| pair(row, *index)).collect();
            hashes = Vec::with_capacity(changed.len());
            Keccak::nodes(&children, &mut hashes);
        }
        match root_of::<Keccak, _>(&*self, chunks_for(self.len())) {
            Ok(root) => root,
            // Every perfect subtree was hashed above.
            Err(NoSuchNode(_)) => Digest::ZERO,
        }
    }

    /// The places of leaves in which a tree of `size` leaves, given by its nodes, is another than this one: the first
    /// `at_most`. A leaf that only one of them has differs.
    pub fn differing<N: Nodes<Digest>>(
        &self,
        other: &N,
        size: u64,
        at_most: usize,
    ) -> Result<Vec<u64>, N::Error> {
        let mut found = Vec::new();
        let mut begin = 0_u64;
        for level in (0..u64::BITS).rev() {
            let width = 1_u64.checked_shl(level).unwrap_or(0);
            if size & width != 0 {
                let at = NodeId {
                    level: u8::try_from(level).unwrap_or(u8::MAX),
                    index: begin.checked_shr(level).unwrap_or(0),
                };
                self.descend(other, at, at_most, &mut found)?;
                begin = begin.saturating_add(width);
            }
        }
        Ok(found)
    }

    fn descend<N: Nodes<Digest>>(
        &self,
        other: &N,
        at: NodeId,
        at_most: usize,
        found: &mut Vec<u64>,
    ) -> Result<(), N::Error> {
        if found.len() >= at_most || self.node(at).ok() == Some(other.node(at)?) {
            return Ok(());
        }
        let Some(level) = at.level.checked_sub(1) else {
            found.push(at.index);
            return Ok(());
        };
        let left = at.index.saturating_mul(2);
        self.descend(other, NodeId { level, index: left }, at_most, found)?;
        self.descend(other, NodeId { level, index: left.saturating_add(1) }, at_most, found)
    }
}

impl Nodes<Digest> for HeadArray {
    type Error = NoSuchNode;

    fn node(&self, at: NodeId) -> Result<Digest, NoSuchNode> {
        let row = self.levels.get(usize::from(at.level));
        let index = usize::try_from(at.index).unwrap_or(usize::MAX);
        row.and_then(|row| row.get(index)).copied().ok_or(NoSuchNode(at))
    }
}

/// Writes a node, at the end of the row or over an older one. Rows grow from the left without a gap.
fn put(row: &mut Vec<Digest>, index: u64, hash: Digest) {
    match usize::try_from(index).ok().and_then(|index| row.get_mut(index)) {
        Some(place) => *place = hash,
        None => row.push(hash),
    }
}

/// The children of a node that has both.
fn pair(row: &[Digest], index: u64) -> impl Iterator<Item = Digest> + '_ {
    let first = usize::try_from(index).unwrap_or(usize::MAX).saturating_mul(2);
    row.iter().skip(first).take(2).copied()
}

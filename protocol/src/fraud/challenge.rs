//! F8: which leaf an operator is asked to show, and which answers do. Three trees have leaves that must be there: the log,
//! the head array, and the batch of each Issue entry.
//!
//! Not in scope: the three days that an answer may take, and the deposit. Those are the contract's.

use super::rules::ensure;
use super::{ProvenEntry, Refused, Shown};
use crate::digest::{Digest, LedgerId};
use crate::entry::Entry;
use crate::heads::{CHUNK_BYTES, CHUNK_WORDS, Chunk, Head, chunks_for};
use crate::keccak::{Keccak, keccak};
use crate::merkle::{TreeHash as _, TreeHead, verify_inclusion};
use crate::voucher::Record;
use serde::Serialize;

/// Leaf 0 of a batch without redeemers and arbiters: the manifest's digest and 13 bytes of terms. The last two of these
/// say how many keys of 32 bytes follow (docs/protocol.md section 4).
const TERMS_WIDTH: usize = 45;
const KEY_WIDTH: usize = 32;

/// F8: asks the operator to show a leaf that he anchored. Not answered in time, it takes the bond.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// Under which checkpoint.
    pub shown: Shown,
    /// Which leaf.
    pub leaf: Withheld,
}

/// The leaf that cannot be had, as the three functions of the judge name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind")]
pub enum Withheld {
    /// The entry at a log index: `challengeEntry`.
    #[serde(rename = "withheld_entry")]
    Entry {
        /// Below the checkpoint's `size`.
        index: u64,
    },
    /// A chunk of the head array: `challengeChunk`.
    #[serde(rename = "withheld_chunk")]
    Chunk {
        /// Below `chunks_for(vouchers)` of the checkpoint.
        chunk: u64,
    },
    /// A leaf of the batch of an Issue entry: `challengeRecord`.
    #[serde(rename = "withheld_record")]
    Record {
        /// That entry, whose content is the batch root.
        issue: ProvenEntry,
        /// 0 is manifest digest and terms; the last one is the entry's `count`.
        leaf: u64,
    },
}

impl Challenge {
    /// Whether it may be raised: the checkpoint is anchored and has such a leaf. `anchored` as for [`Shown::reaches`].
    pub fn check(&self, anchored: Digest) -> Result<Ask, Refused> {
        self.shown.reaches(anchored)?;
        self.ask()
    }

    /// The ask that it raises, if its checkpoint has such a leaf.
    pub fn ask(&self) -> Result<Ask, Refused> {
        let Shown { ledger, checkpoint, .. } = &self.shown;
        let of = |tree, root, size, index| Ask { ledger: *ledger, tree, root, size, index };
        match &self.leaf {
            Withheld::Entry { index } => {
                let size = checkpoint.size;
                ensure(*index < size, Refused::NoLeaf { index: *index, size })?;
                Ok(of(AskedTree::Log, checkpoint.log_root, size, *index))
            }
            Withheld::Chunk { chunk } => {
                let size = chunks_for(checkpoint.vouchers);
                ensure(*chunk < size, Refused::NoLeaf { index: *chunk, size })?;
                Ok(of(AskedTree::Heads, checkpoint.head_root, checkpoint.vouchers, *chunk))
            }
            Withheld::Record { issue, leaf } => {
                let logged = issue.under(checkpoint)?;
                ensure(logged.is_issue(), Refused::NotIssue { index: issue.index })?;
                let Entry { content, count, .. } = logged.entry;
                ensure(*leaf <= count, Refused::NoLeaf { index: *leaf, size: count })?;
                Ok(of(AskedTree::Batch, content, count, *leaf))
            }
        }
    }
}

/// The trees whose leaves an operator must be able to show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AskedTree {
    /// The log: 98 bytes a leaf.
    Log,
    /// The head array: 128 bytes a leaf, zero past the last voucher.
    Heads,
    /// A batch: 64 bytes a leaf; leaf 0 is the manifest's digest and the terms.
    Batch,
}

impl AskedTree {
    /// Its number in the contract.
    pub const fn number(self) -> u8 {
        match self {
            Self::Log => 0,
            Self::Heads => 1,
            Self::Batch => 2,
        }
    }

    /// The tree of that number.
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Log),
            1 => Some(Self::Heads),
            2 => Some(Self::Batch),
            _ => None,
        }
    }
}

/// What the contract keeps of a challenge: a leaf by the root that it is under. Each is asked for once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ask {
    /// Whose.
    pub ledger: LedgerId,
    /// In which kind of tree.
    pub tree: AskedTree,
    /// Its root: a checkpoint's `log_root` or `head_root`, or an Issue entry's content.
    pub root: Digest,
    /// What stands beside that root: `size`, `vouchers`, or the entry's `count`.
    pub size: u64,
    /// The leaf.
    pub index: u64,
}

impl Ask {
    /// Its name: `keccak256(abi.encode(ask))`.
    pub fn id(&self) -> Digest {
        let word = |number: u64| [[0; 24].as_slice(), &number.to_be_bytes()].concat();
        keccak(&[
            self.ledger.as_bytes(),
            &word(u64::from(self.tree.number())),
            self.root.as_bytes(),
            &word(self.size),
            &word(self.index),
        ])
    }

    /// Whether this leaf at the end of this path, from the leaf upwards, answers it.
    pub fn answered_by(&self, leaf: &[u8], path: &[Digest]) -> Result<(), Refused> {
        let size = match self.tree {
            AskedTree::Log => self.size,
            AskedTree::Heads => chunks_for(self.size),
            AskedTree::Batch => self.size.checked_add(1).ok_or(Refused::Batch { count: self.size })?,
        };
        let tree = TreeHead { size, root: self.root };
        verify_inclusion::<Keccak>(Keccak::leaf(leaf), self.index, tree, path)
            .map_err(|cause| Refused::Answer { index: self.index, cause })?;
        if self.is_well_formed(leaf) { Ok(()) } else { Err(Refused::Form { index: self.index }) }
    }

    fn is_well_formed(&self, leaf: &[u8]) -> bool {
        match self.tree {
            AskedTree::Log => leaf.len() == Entry::WIDTH,
            AskedTree::Heads => {
                leaf.len() == CHUNK_BYTES && Chunk::decode(leaf).is_some_and(|chunk| self.is_padded(&chunk))
            }
            AskedTree::Batch if self.index > 0 => leaf.len() == Record::WIDTH,
            AskedTree::Batch => {
                let keys = leaf.get(TERMS_WIDTH.saturating_sub(2)..TERMS_WIDTH);
                let keys = keys.map(|counts| counts.iter().map(|count| usize::from(*count)).sum::<usize>());
                keys.map(|keys| TERMS_WIDTH.saturating_add(keys.saturating_mul(KEY_WIDTH)))
                    == Some(leaf.len())
            }
        }
    }

    /// Whether the words past the last voucher are zero.
    fn is_padded(&self, chunk: &Chunk) -> bool {
        let first = self.index.saturating_mul(CHUNK_WORDS);
        (first..).zip(chunk.words()).all(|(number, word)| number < self.size || word == Head::PADDING)
    }
}

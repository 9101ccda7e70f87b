//! The fraud rules: short proofs that an operator lied about the shape of a history (docs/protocol.md section 13).
//!
//! In scope: what a proof shows ([`Fraud`]), whether it holds ([`Accusation::judge`]), and where a whole ledger
//! contradicts itself ([`find`]). Out of scope: signatures, memos, uses and terms, which every verifier judges
//! (`verify`) and only a [`Challenge`] brings before the contract; money and call data.
//!
//! Every type here is one struct of the contract, field for field: an [`Entry`] as its 98 bytes, a [`Chunk`] as its
//! 128, a [`Record`] as its 64, a path as `bytes32[]`. Each variant of [`Fraud`] is one function of the judge, its
//! fields the arguments after the checkpoint.

mod challenge;
pub mod file;
mod find;
mod lead;
mod refused;
pub(crate) mod rules;

pub use challenge::{Ask, AskedTree, Challenge, Withheld};
pub use find::{HeadCheck, LedgerView, LogCheck, find};
pub use lead::{Lead, RecordPlace, head_lead};
pub use refused::Refused;

use crate::checkpoint::Checkpoint;
use crate::digest::{Digest, LedgerId};
use crate::dossier::{chunk_hex, entry_hex};
use crate::entry::Entry;
use crate::heads::{Chunk, Head, chunk_of, chunks_for};
use crate::keccak::Keccak;
use crate::merkle::{TreeHead, verify_inclusion};
use crate::voucher::Record;
use rules::{Issued, Logged};
use serde::Serialize;

/// An entry and its place in the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvenEntry {
    /// Its log index.
    pub index: u64,
    /// Its 98 bytes.
    #[serde(serialize_with = "entry_hex")]
    pub entry: Entry,
    /// From the leaf upwards, under the checkpoint's `log_root`.
    pub path: Vec<Digest>,
}

impl ProvenEntry {
    /// The entry at its place, if the path leads to the log root.
    fn under(&self, shown: &Checkpoint) -> Result<Logged, Refused> {
        let log = TreeHead { size: shown.size, root: shown.log_root };
        verify_inclusion::<Keccak>(self.entry.leaf(), self.index, log, &self.path)
            .map_err(|cause| Refused::Entry { index: self.index, cause })?;
        Ok(Logged { index: self.index, entry: self.entry })
    }
}

/// A voucher's word of the head array, in its chunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvenHead {
    /// The voucher whose word is meant; below the checkpoint's `vouchers`, so that padding is never taken for a word.
    pub number: u64,
    /// The chunk `number / 16`.
    #[serde(serialize_with = "chunk_hex")]
    pub chunk: Chunk,
    /// From the chunk upwards, under the checkpoint's `head_root`.
    pub path: Vec<Digest>,
}

impl ProvenHead {
    /// The word, if the path leads to the head root.
    fn under(&self, shown: &Checkpoint) -> Result<Head, Refused> {
        let Self { number, chunk, path } = self;
        if *number >= shown.vouchers {
            return Err(Refused::NoHead { number: *number, vouchers: shown.vouchers });
        }
        let heads = TreeHead { size: chunks_for(shown.vouchers), root: shown.head_root };
        verify_inclusion::<Keccak>(chunk.leaf(), chunk_of(*number), heads, path)
            .map_err(|cause| Refused::Chunk { chunk: chunk_of(*number), cause })?;
        Ok(chunk.word_of(*number))
    }
}

/// A record in the batch of an Issue entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProvenRecord {
    /// The Issue entry, whose content is the batch root.
    pub issue: ProvenEntry,
    /// Leaf of the batch tree, at least 1: leaf 0 is manifest and terms.
    pub leaf: u64,
    /// Its 64 bytes.
    #[serde(serialize_with = "file::record_hex")]
    pub record: Record,
    /// From the record upwards, under the batch root.
    pub path: Vec<Digest>,
}

impl ProvenRecord {
    /// The record and its number, if both paths lead to their roots.
    fn under(&self, shown: &Checkpoint) -> Result<Issued, Refused> {
        let issue = self.issue.under(shown)?;
        let issued = Issued::new(issue, self.leaf, self.record)?;
        let leaf = self.leaf;
        let size = issue.entry.count.checked_add(1).ok_or(Refused::Batch { count: issue.entry.count })?;
        let batch = TreeHead { size, root: issue.entry.content };
        verify_inclusion::<Keccak>(self.record.leaf(), leaf, batch, &self.path)
            .map_err(|cause| Refused::Record { leaf, cause })?;
        Ok(issued)
    }
}

/// A rule of section 13.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// One voucher moved twice from one state.
    F1,
    /// A step that does not follow the one before it.
    F2,
    /// An entry that no entry before it could make legal.
    F2a,
    /// A history that was invented.
    F3,
    /// A step that was hidden.
    F4,
    /// A state that was invented.
    F5,
    /// One code issued twice.
    F6,
    /// One number given twice.
    F7,
    /// A leaf withheld, or a step that nobody signed.
    F8,
    /// Backdating.
    F9,
}

impl Rule {
    /// All of them, in the order of section 13.
    pub const ALL: [Self; 10] =
        [Self::F1, Self::F2, Self::F2a, Self::F3, Self::F4, Self::F5, Self::F6, Self::F7, Self::F8, Self::F9];

    /// Its number in section 13: the first word of its name.
    pub fn code(self) -> &'static str {
        self.name().split(' ').next().unwrap_or_default()
    }

    /// Its name in section 13.
    pub const fn name(self) -> &'static str {
        match self {
            Self::F1 => "F1 double spend",
            Self::F2 => "F2 illegal step",
            Self::F2a => "F2a illegal alone",
            Self::F3 => "F3 false link",
            Self::F4 => "F4 stale head",
            Self::F5 => "F5 forged head",
            Self::F6 => "F6 double issue",
            Self::F7 => "F7 overlapping numbers",
            Self::F8 => "F8 withheld or unauthorised",
            Self::F9 => "F9 clock set back",
        }
    }
}

/// A contradiction within what one checkpoint stands for. `x` and `y` are named as in section 13.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are section 13's x and y, and what each variant says of them")]
pub enum Fraud {
    /// F1: two entries leave the same entry, and both cover one voucher.
    DoubleSpend { x: ProvenEntry, y: ProvenEntry },
    /// F2: `y` follows `x`, and section 6 lists no such step or names another party.
    IllegalStep { x: ProvenEntry, y: ProvenEntry },
    /// F2a: `y` is illegal whatever came before it.
    IllegalAlone { y: ProvenEntry },
    /// F3: `y` follows `x` and covers vouchers that `x` does not.
    FalseLink { x: ProvenEntry, y: ProvenEntry },
    /// F3: `y` is no Issue and follows itself, a later entry, or none.
    ForwardLink { y: ProvenEntry },
    /// F4: `y` covers the voucher, and its head points below `y`.
    StaleHead { y: ProvenEntry, head: ProvenHead },
    /// F4: `y` covers voucher `number`, which the checkpoint does not count.
    UncountedVoucher {
        y: ProvenEntry,
        #[serde(serialize_with = "file::number_hex")]
        number: u64,
    },
    /// F5: the head points at `x`, which does not cover the voucher or has another status.
    ForgedHead { x: ProvenEntry, head: ProvenHead },
    /// F5: the head points at or past the end of the log.
    HeadPastLog { head: ProvenHead },
    /// F6: one voucher key at two numbers, of one batch or of two.
    DoubleIssue { x: ProvenRecord, y: ProvenRecord },
    /// F7: two Issue entries give out one number.
    OverlappingNumbers { x: ProvenEntry, y: ProvenEntry },
    /// F9: `y` stands after `x` in the log and before it in time.
    ClockBack { x: ProvenEntry, y: ProvenEntry },
}

/// Which rule each contradiction breaks: said once, for those with proofs and those without.
macro_rules! breaks {
    ($contradiction:ty) => {
        impl $contradiction {
            /// The rule that it breaks.
            pub const fn rule(&self) -> Rule {
                match self {
                    Self::DoubleSpend { .. } => Rule::F1,
                    Self::IllegalStep { .. } => Rule::F2,
                    Self::IllegalAlone { .. } => Rule::F2a,
                    Self::FalseLink { .. } | Self::ForwardLink { .. } => Rule::F3,
                    Self::StaleHead { .. } | Self::UncountedVoucher { .. } => Rule::F4,
                    Self::ForgedHead { .. } | Self::HeadPastLog { .. } => Rule::F5,
                    Self::DoubleIssue { .. } => Rule::F6,
                    Self::OverlappingNumbers { .. } => Rule::F7,
                    Self::ClockBack { .. } => Rule::F9,
                }
            }
        }
    };
}
breaks!(Fraud);
breaks!(Lead);

impl Fraud {
    /// Whether the proof holds under this checkpoint. That the checkpoint is anchored is [`Shown::reaches`]'s to say.
    pub fn judge(&self, shown: &Checkpoint) -> Result<(), Refused> {
        match self {
            Self::DoubleSpend { x, y } => rules::double_spend(&x.under(shown)?, &y.under(shown)?),
            Self::IllegalStep { x, y } => rules::illegal_step(&x.under(shown)?, &y.under(shown)?),
            Self::IllegalAlone { y } => rules::illegal_alone(&y.under(shown)?),
            Self::FalseLink { x, y } => rules::false_link(&x.under(shown)?, &y.under(shown)?),
            Self::ForwardLink { y } => rules::forward_link(&y.under(shown)?),
            Self::StaleHead { y, head } => {
                rules::stale_head(&y.under(shown)?, head.number, head.under(shown)?)
            }
            Self::UncountedVoucher { y, number } => {
                rules::uncounted_voucher(&y.under(shown)?, *number, shown.vouchers)
            }
            Self::ForgedHead { x, head } => {
                rules::forged_head(&x.under(shown)?, head.number, head.under(shown)?)
            }
            Self::HeadPastLog { head } => rules::head_past_log(head.number, head.under(shown)?, shown.size),
            Self::DoubleIssue { x, y } => rules::double_issue(&x.under(shown)?, &y.under(shown)?),
            Self::OverlappingNumbers { x, y } => {
                rules::overlapping_numbers(&x.under(shown)?, &y.under(shown)?)
            }
            Self::ClockBack { x, y } => rules::clock_back(&x.under(shown)?, &y.under(shown)?),
        }
    }
}

/// A checkpoint and how it hangs together with one that the contract still holds in its ring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Whose.
    pub ledger: LedgerId,
    /// The checkpoint S of section 13.
    pub checkpoint: Checkpoint,
    /// The checkpoints after it, oldest first, up to one in the ring; empty where S itself is in the ring.
    pub newer: Vec<Checkpoint>,
}

impl Shown {
    /// The number under which the ring is asked.
    pub fn anchored_number(&self) -> u64 {
        self.newer.last().unwrap_or(&self.checkpoint).number
    }

    /// Whether S is what the ledger anchored: `anchored` is the contract's hash of this ledger's checkpoint of
    /// [`Shown::anchored_number`], and every checkpoint between names the one before it.
    pub fn reaches(&self, anchored: Digest) -> Result<(), Refused> {
        let mut hash = self.checkpoint.hash(self.ledger);
        for checkpoint in &self.newer {
            if checkpoint.previous != hash {
                return Err(Refused::Previous { number: checkpoint.number });
            }
            hash = checkpoint.hash(self.ledger);
        }
        if hash == anchored { Ok(()) } else { Err(Refused::Checkpoint { number: self.anchored_number() }) }
    }
}

/// What one transaction says against an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accusation {
    /// Under which checkpoint.
    pub shown: Shown,
    /// The contradiction in it.
    pub fraud: Fraud,
}

impl Accusation {
    /// Whether it takes the ledger's bond: the rule that is broken, or why the accusation does not hold.
    /// `anchored` as for [`Shown::reaches`].
    pub fn judge(&self, anchored: Digest) -> Result<Rule, Refused> {
        self.shown.reaches(anchored)?;
        self.fraud.judge(&self.shown.checkpoint)?;
        Ok(self.fraud.rule())
    }
}

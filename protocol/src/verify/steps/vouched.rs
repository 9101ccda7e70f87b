//! What the asker's source says of a checkpoint, whichever source it is: a trusted checkpoint, or a block whose hash he
//! trusts.

use super::Case;
use crate::chain_proof::Proven;
use crate::digest::Digest;
use crate::verify::question::TrustedCheckpoint;

/// A checkpoint that a source vouches for.
#[derive(Debug, Clone, Copy)]
pub struct Vouched {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: Digest,
    /// When its block was made, Unix milliseconds.
    pub block_time: Option<u64>,
    /// A time by which its block was made, where that much is known.
    pub made_by: Option<u64>,
    /// A later checkpoint.
    pub superseded: Option<Superseded>,
}

/// That a later checkpoint stands.
#[derive(Debug, Clone, Copy)]
pub struct Superseded {
    /// When one stood, Unix milliseconds.
    pub at: u64,
    /// It was the very next; else the next one may have stood long before.
    pub by_the_next: bool,
}

impl From<&TrustedCheckpoint> for Vouched {
    fn from(trusted: &TrustedCheckpoint) -> Self {
        Self {
            number: trusted.checkpoint.number,
            hash: trusted.checkpoint.hash(trusted.ledger),
            block_time: trusted.block_time,
            made_by: trusted.block_time,
            superseded: trusted.superseded_at.map(|at| Superseded { at, by_the_next: true }),
        }
    }
}

impl From<&Proven> for Vouched {
    fn from(proven: &Proven) -> Self {
        let by_the_next = proven.tip.checked_sub(1) == Some(proven.number);
        Self {
            number: proven.number,
            hash: proven.hash,
            block_time: proven.block_time(),
            made_by: Some(proven.tip_time),
            superseded: proven.superseded_by().map(|at| Superseded { at, by_the_next }),
        }
    }
}

impl Case<'_> {
    /// What the asker's source says; none where he has none.
    pub fn vouched(&self) -> Option<Vouched> {
        let question = self.question;
        question.trusted.map(Vouched::from).or_else(|| question.proven.map(Vouched::from))
    }

    /// Until when the source vouches for this dossier: the block time of its very checkpoint.
    pub fn vouched_until(&self) -> Option<u64> {
        self.vouched().filter(|vouched| vouched.hash == self.checkpoint_hash())?.block_time
    }

    /// The hash of the dossier's checkpoint.
    pub fn checkpoint_hash(&self) -> Digest {
        self.dossier.checkpoint.checkpoint.hash(self.dossier.ledger.id)
    }
}

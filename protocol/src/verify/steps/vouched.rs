//! What the asker's source says of a checkpoint, whichever source it is: a trusted checkpoint, or a block whose hash he
//! trusts.

use super::{Case, GRACE_MS, minutes};
use crate::chain_proof::Proven;
use crate::digest::Digest;
use crate::verify::detail::{Detail, Reason};
use crate::verify::question::{DEFAULT_MAX_AGE_S, Policy, TrustedCheckpoint};

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

impl Vouched {
    /// Why it is too old to say how things stand now.
    pub fn stale(&self, policy: Option<&Policy>, now: u64) -> Option<Detail> {
        let since = |time: u64| now.saturating_sub(time);
        // Where checkpoints between are not shown, the next one may be as old as this one.
        let stale = self.superseded.filter(|later| !later.by_the_next || since(later.at) > GRACE_MS);
        if let Some(later) = stale {
            return Some(Detail::with(Reason::Superseded, [&minutes(since(later.at))]));
        }
        let max_age = policy.map_or(DEFAULT_MAX_AGE_S, |policy| policy.max_age_s).saturating_mul(1000);
        let age = self.block_time.map(since).filter(|age| *age > max_age)?;
        Some(Detail::with(Reason::TooOld, [&minutes(age), &minutes(max_age)]))
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

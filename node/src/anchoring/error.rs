//! Why a turn of the anchoring job breaks off, and which of these reasons keep the ledger from promising more.

use crate::clock::WrongClock;
use crate::ledger::cut;
use crate::ledger::rows::ReadError;
use crate::store::StoreError;
use anchors::{AnchorError, Refusal};
use protocol::{Digest, LedgerId};

/// Why a turn did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// The chain gave no answer, or refused.
    #[error(transparent)]
    Chain(#[from] AnchorError),
    /// No checkpoint could be cut, or a row could not be read.
    #[error(transparent)]
    Cut(#[from] cut::CutError),
    /// The contract holds another history under this ledger's name.
    #[error(
        "the chain has checkpoint {number} as {theirs}, this node cut {ours}: another node anchors this ledger, or an \
         old backup was put back; stop this node and the other, and put the newest backup back; where that is refused, \
         too, move the folder store away, copy the ledger with vouchsafe mirror from whoever has it, and make the \
         store anew with vouchsafe-node rebuild"
    )]
    OtherHistory {
        /// The checkpoint.
        number: u64,
        /// Its hash here.
        ours: Digest,
        /// Its hash on the chain.
        theirs: Digest,
    },
    /// The chain has checkpoints that this store never cut.
    #[error(
        "the chain is at checkpoint {theirs}, this store knows none after {ours}: an old backup was put back, or \
         another node anchors this ledger; stop this node and put a newer backup back, or copy the ledger with vouchsafe \
         mirror from whoever has it, and bring the store up to it with vouchsafe-node rebuild"
    )]
    StoreIsOld {
        /// The chain's latest.
        theirs: u64,
        /// The newest that was cut here.
        ours: u64,
    },
    /// A transaction that this store knows nothing of will change what the chain has.
    #[error(
        "transaction {nonce} of the anchoring account waits for a block, and this store has no checkpoint to send: it is an \
         answer to a challenge, or the bond's, or of another program, or a newer store's whose old backup this is; no \
         step is taken before it stands in a block; one that never will is replaced from a wallet, at its nonce"
    )]
    NotOurs {
        /// Its nonce.
        nonce: u64,
    },
    /// The chain has no such ledger, though this store knows where it was opened.
    #[error(
        "the contract answers that ledger {0} was never opened, though this store knows its opening: the chain's data \
         was lost, or the endpoint serves another chain of this id; restore it, or name the right endpoint"
    )]
    LedgerGone(LedgerId),
    /// This machine's time is not the chain's.
    #[error(transparent)]
    WrongClock(#[from] WrongClock),
    /// The chain lacks a checkpoint that this node knows as settled.
    #[error(
        "the chain is at checkpoint {latest}, this node waits to anchor {next}: the endpoint lags behind, or serves \
         another chain"
    )]
    Behind {
        /// The chain's latest.
        latest: u64,
        /// The next that this node would send.
        next: u64,
    },
}

impl TurnError {
    /// Whether no promise given now could be kept: what is promised contradicts the chain, or the contract takes no
    /// checkpoint of this ledger from this account.
    pub(super) const fn breaks_promises(&self) -> bool {
        match self {
            Self::StoreIsOld { .. }
            | Self::OtherHistory { .. }
            | Self::NotOurs { .. }
            | Self::LedgerGone(_)
            | Self::WrongClock(_)
            | Self::Chain(AnchorError::Reverted(Refusal::WrongPhase { .. } | Refusal::NotAnchorer { .. })) => {
                true
            }
            Self::Chain(_) | Self::Cut(_) | Self::Behind { .. } => false,
        }
    }

    /// Whether a node may start with it, because time can mend it: it goes on asking.
    pub(super) const fn can_pass(&self) -> bool {
        matches!(self, Self::Chain(_) | Self::Behind { .. } | Self::NotOurs { .. })
    }
}

impl From<ReadError> for TurnError {
    fn from(error: ReadError) -> Self {
        Self::Cut(error.into())
    }
}

impl From<StoreError> for TurnError {
    fn from(error: StoreError) -> Self {
        Self::Cut(error.into())
    }
}

//! Why the ledger does not take something: one enum, mapped to HTTP in one place (`api::problem`).

use super::rows::{Accepted, ReadError};
use crate::store::StoreError;
use protocol::digest::PublicKey;
use protocol::lifecycle::{Illegal, Role};

/// Why a step or a batch was not accepted. Nothing was written, but for an incident where `AlreadyMoved` says so.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The request is not of the form that it should have.
    #[error("{0}")]
    Malformed(String),
    /// No voucher has this number.
    #[error("voucher number {number} is not issued: the ledger has {vouchers}")]
    NoSuchNumber {
        /// The first number that is not issued.
        number: u64,
        /// Vouchers in the ledger.
        vouchers: u64,
    },
    /// The vouchers have moved on from the entry that the instruction continues.
    #[error(
        "voucher {number} has moved on from entry {prev}: entry {} came first", .winner.state.index
    )]
    AlreadyMoved {
        /// A voucher that moved.
        number: u64,
        /// The entry that the instruction continues.
        prev: u64,
        /// The entry that was accepted after it.
        winner: Box<Accepted>,
        /// Whether the attempt is kept as an incident.
        incident: bool,
    },
    /// `prev` is not an entry of these vouchers' history.
    #[error("entry {prev} is not in the history of voucher {number}, whose latest is entry {latest}")]
    Unlinked {
        /// The first voucher.
        number: u64,
        /// As given.
        prev: u64,
        /// The latest entry of that voucher.
        latest: u64,
    },
    /// The range crosses vouchers with other histories.
    #[error(
        "vouchers {first} to {last} do not all share entry {prev} as their latest: submit one step for each run"
    )]
    MixedRange {
        /// First number.
        first: u64,
        /// Last number.
        last: u64,
        /// The instruction's `prev`.
        prev: u64,
    },
    /// The life cycle or the terms forbid it.
    #[error("{0}")]
    Illegal(#[from] Illegal),
    /// A demanded signature is missing.
    #[error("the signature of the {} is missing or not valid for this instruction", .role.name())]
    Unauthorised {
        /// Whose.
        role: Role,
    },
    /// The signers set a time that is over.
    #[error("the instruction was good until {not_after}, it is {at}")]
    Expired {
        /// The memo's `not_after`, Unix milliseconds.
        not_after: u64,
        /// The operator's clock.
        at: u64,
    },
    /// Another batch came first.
    #[error("the next voucher number is {first}, the batch is signed for {signed}: sign again for {first}")]
    FirstMoved {
        /// The number to sign for.
        first: u64,
        /// The number signed for.
        signed: u64,
    },
    /// A voucher stands twice, in the batch or in the ledger.
    #[error("the voucher at position {position} of the batch {}", if *.in_ledger { "is in the ledger already" } else { "stands in it twice" })]
    DuplicateVoucher {
        /// Its name.
        voucher: PublicKey,
        /// Counted from 0.
        position: u64,
        /// Else it stands twice in the batch.
        in_ledger: bool,
    },
    /// More is asked for than is taken at a time.
    #[error("too much work at hand: try again in a few seconds")]
    Overloaded,
    /// The store failed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The entry could not be made durable; nothing of it stands unless the store says that it stopped.
    #[error("not stored: {0}")]
    NotStored(std::sync::Arc<StoreError>),
    /// The sequencer stopped after the store failed, or the chain holds another history than the store, or the clock is
    /// wrong, or the operator's key is being changed.
    #[error(
        "the ledger takes nothing for now: its store failed, the chain or the clock contradicts it, or the operator's \
         key is being changed; /readyz says which, and the operator must look at the node's log"
    )]
    Stopped,
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::Read(ReadError::Store(error))
    }
}

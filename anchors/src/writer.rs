//! Writing to a chain: the contract of [`AnchorWriter`].

use crate::error::AnchorError;
use crate::reader::AnchorReader;
use async_trait::async_trait;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::{Address, Digest, LedgerId, PublicKey};

/// Writes to one `Anchors` contract with one account. An `Arc<dyn AnchorWriter>` is an `Arc<dyn AnchorReader>` too.
///
/// # Contract
///
/// 1. **Refused before it is paid for.** A call that the contract would refuse on the newest state is
///    [`AnchorError::Reverted`], and nothing is sent.
/// 2. **Out of reach means unknown.** After [`AnchorError::OutOfReach`] the write may have happened or not. Calling again
///    with the same arguments is always safe:
/// 3. **Repeating is safe.** A checkpoint that stands on chain already is [`Submission::AlreadyAnchored`], found by its
///    hash, as long as the contract keeps hashes (the newest 64). Opening again is `Reverted(WrongPhase)`: ask
///    [`ledger`](AnchorReader::ledger) first.
/// 4. **One at a time.** An account has at most one transaction on its way: while there is one, nothing new is sent and
///    the answer is [`Submission::InFlight`]; where it waits for too long it is [`Submission::Replaced`] by one with the
///    same nonce that pays more. So a crash after sending, before the caller wrote down the hash, cannot lead to a second
///    checkpoint: repeat the call until it says `AlreadyAnchored`.
/// 5. **Sent is not written.** Follow a sent transaction with [`transaction`](AnchorReader::transaction); when it becomes
///    `Unknown`, repeat the call.
#[async_trait]
pub trait AnchorWriter: AnchorReader {
    /// The account that signs and pays: the opener of the ledgers that it opens, and their first anchorer. No I/O.
    fn account(&self) -> Address;

    /// The nonce of a transaction of the account that is in no block yet, as far as the endpoint has heard of one.
    async fn on_its_way(&self) -> Result<Option<u64>, AnchorError>;

    /// Opens a ledger, whose origin is [`origin`](Self::origin) of the opening's salt.
    async fn open(&self, opening: &Opening) -> Result<Submission, AnchorError>;

    /// Anchors `next` after `prev`, the latest. `consistency` proves that the log of `next` extends the log of `prev`
    /// (RFC 9162 section 2.1.4); it is empty from size 0 and for equal sizes.
    async fn anchor(
        &self,
        ledger: LedgerId,
        prev: &Checkpoint,
        next: &Checkpoint,
        consistency: &[Digest],
    ) -> Result<Submission, AnchorError>;

    /// What a ledger is named by that this account opens with this salt. No I/O.
    fn origin(&self, salt: Digest) -> LedgerOrigin {
        let chain = self.chain();
        LedgerOrigin { chain_id: chain.chain_id, contract: chain.contract, opener: self.account(), salt }
    }
}

/// What a ledger is opened with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opening {
    /// Tells the ledgers of one account apart.
    pub salt: Digest,
    /// The operator's Ed25519 key, which signs receipts.
    pub operator_key: PublicKey,
    /// Wei to put at stake.
    pub bond_wei: u128,
}

/// What came of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Submission {
    /// An endpoint took the transaction.
    Sent {
        /// Its hash.
        tx: Digest,
    },
    /// An endpoint took the transaction in place of one that waited with the same nonce and paid less.
    Replaced {
        /// Its hash.
        tx: Digest,
        /// The nonce of both.
        nonce: u64,
    },
    /// This very checkpoint stands on chain already; read it for its place and finality.
    AlreadyAnchored,
    /// An earlier transaction of the account is still on its way; nothing was sent. Try again later.
    InFlight {
        /// Its nonce.
        nonce: u64,
    },
}

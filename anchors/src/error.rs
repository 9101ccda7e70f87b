//! What can go wrong between us and a chain, and what each case calls for.

use crate::fraud::JudgeRefusal;
use crate::reader::Phase;
use protocol::chain_proof::ChainProofError;
use protocol::{Address, Digest, LedgerId};
use std::error::Error;

/// Why a chain gave no answer, or refused a write.
///
/// Only [`Reverted`](Self::Reverted) and [`NotFound`](Self::NotFound) are the contract's own word. Every other variant
/// says that nothing could be learned: a verifier makes it `unknown`, never `refuted`; an outbox tries again.
#[derive(Debug, thiserror::Error)]
pub enum AnchorError {
    /// No endpoint gave an answer in time, or what came was no answer. A write may or may not have happened: ask again.
    #[error(
        "the chain is out of reach through {endpoint}: {cause}; check the address and the network, or try later"
    )]
    OutOfReach {
        /// Who was asked: scheme, host and port of each endpoint, never a path (it may hold an access key).
        endpoint: String,
        /// What happened.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// An endpoint serves another chain.
    #[error("{endpoint} serves chain {actual}, not {expected}: correct the endpoint or the chain id")]
    WrongChain {
        /// Scheme, host and port.
        endpoint: String,
        /// The chain id that was configured.
        expected: u64,
        /// The chain id that it serves.
        actual: u64,
    },
    /// What lies at the contract's address does not answer as `Anchors` does.
    #[error("no Anchors contract at {contract} on chain {chain_id}: correct the address, or deploy it")]
    NoContract {
        /// The address that was configured.
        contract: Address,
        /// The chain.
        chain_id: u64,
    },
    /// What lies at the judge's address is no judge of the ledgers of this contract.
    #[error("no judge of {contract} at {judge} on chain {chain_id}: correct the address, or deploy one")]
    NoJudge {
        /// The address that was given.
        judge: Address,
        /// The contract of the ledgers.
        contract: Address,
        /// The chain.
        chain_id: u64,
    },
    /// The ledger, or the checkpoint, is not on this chain.
    #[error(transparent)]
    NotFound(#[from] Missing),
    /// The contract refuses the call; nothing was written.
    #[error("the contract refuses: {0}")]
    Reverted(#[from] Refusal),
    /// The endpoint understood and declined for a reason of its own: no funds, a fee too low, a method it lacks.
    #[error("{endpoint} declines ({code}): {message}")]
    Declined {
        /// Scheme, host and port.
        endpoint: String,
        /// JSON-RPC error code.
        code: i64,
        /// Its own words.
        message: String,
    },
    /// The account that anchors can not pay.
    #[error(
        "account {account} has {balance_wei} wei, {due_wei} are due for the next transaction: send it more"
    )]
    NoFunds {
        /// The account.
        account: Address,
        /// What it has.
        balance_wei: u128,
        /// What the next transaction costs at most.
        due_wei: u128,
    },
    /// The chain asks more for a unit of gas than may be paid.
    #[error(
        "a transaction that a block would take now pays {due_wei} wei for a unit of gas, at most {cap_wei} may be paid: \
         wait for lower fees, or raise the cap{}", waiting(*.nonce)
    )]
    TooDear {
        /// Wei for a unit of gas that would do.
        due_wei: u128,
        /// Wei for a unit of gas that may be paid.
        cap_wei: u128,
        /// The nonce of a transaction that waits; none where nothing was sent.
        nonce: Option<u64>,
    },
    /// Two endpoints say different things about one fact. Neither is believed.
    #[error("{first} and {second} contradict each other about {what}: trust neither, and ask a third")]
    Disagreement {
        /// One endpoint: scheme, host and port.
        first: String,
        /// Another.
        second: String,
        /// About what, and what each says.
        what: String,
    },
    /// What an endpoint gave as proof of a checkpoint does not hold.
    #[error("no proof that holds through {endpoint}: {cause}")]
    Unproven {
        /// Scheme, host and port.
        endpoint: String,
        /// Why.
        #[source]
        cause: ChainProofError,
    },
    /// Two answers contradict each other, as happens while a chain reorganises. Ask again; if it stays, the endpoint is
    /// not to be trusted.
    #[error("answers contradict each other: {what}; try again, then ask another endpoint")]
    Inconsistent {
        /// Which ones, with their numbers.
        what: String,
    },
}

fn waiting(nonce: Option<u64>) -> String {
    nonce.map(|nonce| format!("; the transaction with nonce {nonce} waits")).unwrap_or_default()
}

impl AnchorError {
    /// Whether asking again later can help without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::OutOfReach { .. }
                | Self::Inconsistent { .. }
                | Self::Disagreement { .. }
                | Self::TooDear { .. }
        )
    }
}

/// What was asked for and is not there, by the contract's own word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// Nobody opened this ledger here.
    #[error(
        "ledger {ledger} was never opened on chain {chain_id}: check that it is the right chain, with all its data"
    )]
    Ledger {
        /// The ledger.
        ledger: LedgerId,
        /// The chain that was asked.
        chain_id: u64,
    },
    /// The ledger has no checkpoint of this number yet.
    #[error("ledger {ledger} has no checkpoint {number}: the latest is {latest}")]
    Checkpoint {
        /// The ledger.
        ledger: LedgerId,
        /// The number asked for.
        number: u64,
        /// The latest number.
        latest: u64,
    },
}

/// Why the contract refuses a call: its custom errors, with their numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// `WrongPhase`: opened before, or not open (any more).
    #[error("ledger {ledger} is {phase}")]
    WrongPhase {
        /// The ledger.
        ledger: LedgerId,
        /// Where it stands.
        phase: Phase,
    },
    /// `BondTooSmall`.
    #[error("a bond of {given} wei, at least {minimum} are due")]
    BondTooSmall {
        /// Wei sent.
        given: u128,
        /// Wei due.
        minimum: u128,
    },
    /// `NotAnchorer`: another key anchors this ledger.
    #[error("{sender} does not anchor this ledger, {anchorer} does")]
    NotAnchorer {
        /// Who asked.
        sender: Address,
        /// Who may.
        anchorer: Address,
    },
    /// `NotLatest`: somebody anchored meanwhile, or this is another history.
    #[error("{given} is not the latest checkpoint, {latest} is")]
    NotLatest {
        /// Hash of the checkpoint shown as the latest.
        given: Digest,
        /// Hash of the latest.
        latest: Digest,
    },
    /// `PreviousMismatch`.
    #[error("the new checkpoint names {given} as the one before it, not {expected}")]
    PreviousMismatch {
        /// Its `previous`.
        given: Digest,
        /// Hash of the latest.
        expected: Digest,
    },
    /// `NumberNotNext`.
    #[error("checkpoint number {given}, {expected} is next")]
    NumberNotNext {
        /// Its number.
        given: u64,
        /// The number due.
        expected: u64,
    },
    /// `SizeShrank`.
    #[error("the log would shrink from {from} entries to {to}")]
    SizeShrank {
        /// Entries so far.
        from: u64,
        /// Entries in the new checkpoint.
        to: u64,
    },
    /// `VouchersShrank`.
    #[error("the vouchers would shrink from {from} to {to}")]
    VouchersShrank {
        /// Vouchers so far.
        from: u64,
        /// Vouchers in the new checkpoint.
        to: u64,
    },
    /// `TooLarge`: sizes stay below 2^48.
    #[error("{size} entries and {vouchers} vouchers: both stay below 2^48")]
    TooLarge {
        /// Entries.
        size: u64,
        /// Vouchers.
        vouchers: u64,
    },
    /// `NotAnExtension`: the consistency proof does not hold.
    #[error("{nodes} proof nodes do not show that the log of {to} entries begins with the log of {from}")]
    NotAnExtension {
        /// Entries so far.
        from: u64,
        /// Entries in the new checkpoint.
        to: u64,
        /// Nodes in the proof.
        nodes: u64,
    },
    /// `NotOpener`: only who opened the ledger adds judges and closes it.
    #[error("{sender} did not open this ledger, {opener} did")]
    NotOpener {
        /// Who asked.
        sender: Address,
        /// Who may.
        opener: Address,
    },
    /// `NotJudge`: the opener never added it.
    #[error("{judge} is no judge of this ledger: its operator never put his bond under it")]
    NotJudge {
        /// Who would take the bond.
        judge: Address,
    },
    /// `NotInRing`: only the newest 64 checkpoints are kept.
    #[error("checkpoint {number} is not among the newest 64, up to {latest}: show the ones after it, too")]
    NotInRing {
        /// The checkpoint.
        number: u64,
        /// The newest.
        latest: u64,
    },
    /// `StillHeard`: who closes a ledger answers for it for 14 days more.
    #[error("fraud is heard until the block time {until} (Unix seconds): the bond stays there so long")]
    StillHeard {
        /// From when on the bond may leave, Unix seconds.
        until: u64,
    },
    /// A judge refuses.
    #[error(transparent)]
    Judge(#[from] JudgeRefusal),
    /// Anything else, in the words of the contract or the endpoint.
    #[error("{0}")]
    Other(String),
}

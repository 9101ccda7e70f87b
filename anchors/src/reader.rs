//! Reading a chain: the contract of [`AnchorReader`] and the facts that it gives.

use crate::error::AnchorError;
use async_trait::async_trait;
use protocol::chain_proof::ChainProof;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::{Address, Digest, LedgerId, PublicKey};
use serde::Serialize;
use std::fmt;

pub use protocol::verify::DEVELOPMENT_CHAIN_ID;

/// The least bond on the chains inside this process: 0.01 of their ether, so that the rule is there.
pub const DEVELOPMENT_MINIMUM_BOND_WEI: u128 = 10_000_000_000_000_000;

/// What a challenge takes as its deposit on those chains, in wei: about ten times what an answer costs there.
pub const DEVELOPMENT_DEPOSIT_WEI: u128 = 1_000_000_000_000_000;

/// Reads what one `Anchors` contract on one chain says.
///
/// # Contract
///
/// 1. **Nothing is guessed.** A fact is returned only if the chain named by [`chain`](Self::chain) gave it. Whatever
///    keeps it from giving one is an [`AnchorError`] that is neither `NotFound` nor `Reverted`.
/// 2. **Absence is said by the contract.** [`AnchorError::NotFound`] means that the contract answered, and that it has no
///    such ledger or checkpoint. An endpoint that does not answer, or that kept no old events, never leads to it.
/// 3. **What is returned agrees with itself.** A checkpoint's hash is recomputed, equals the contract's as far back as
///    the contract keeps hashes (the newest 64), and is what the next checkpoint names as the one before it.
/// 4. **Finality can be relied on, pending cannot.** What was `Final` once stays where it is. What is `Pending` may move
///    to another block or vanish.
/// 5. **No answer is awaited for ever**: every call ends in bounded time.
/// 6. Calls from several tasks are safe; dropping a call has no effect beyond it.
#[async_trait]
pub trait AnchorReader: Send + Sync + fmt::Debug {
    /// Which chain and contract is asked. No I/O.
    fn chain(&self) -> Chain;

    /// How far the chain has come.
    async fn head(&self) -> Result<Head, AnchorError>;

    /// How and by whom the ledger was opened, and where it stands.
    async fn ledger(&self, ledger: LedgerId) -> Result<LedgerFacts, AnchorError>;

    /// The newest checkpoint that the contract holds for the ledger; it may not be final yet.
    async fn latest(&self, ledger: LedgerId) -> Result<Tip, AnchorError>;

    /// The checkpoint of this number, and where it was anchored. Number 0 is the opening.
    async fn checkpoint(&self, ledger: LedgerId, number: u64) -> Result<AnchoredCheckpoint, AnchorError>;

    /// Who may take the ledger's bond, in the order in which its opener said so. A judge is never removed; without one a
    /// bond backs nothing.
    async fn judges(&self, ledger: LedgerId) -> Result<Vec<Address>, AnchorError>;

    /// What proves by the hash of a block alone that the contract holds this checkpoint (docs/protocol.md section 10),
    /// under the newest final block where that is possible, else under the newest. It holds: a chain that gives none, or
    /// one that does not, is an error.
    async fn proof(&self, origin: &LedgerOrigin, number: u64) -> Result<ChainProof, AnchorError>;

    /// What became of a transaction that [`AnchorWriter`](crate::AnchorWriter) sent.
    async fn transaction(&self, tx: Digest) -> Result<TxState, AnchorError>;
}

/// Which chain, which contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Chain {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The `Anchors` contract.
    pub contract: Address,
    /// A development chain: whoever runs it can rewrite it, so a verdict over it proves nothing to outsiders.
    pub development: bool,
}

impl Chain {
    /// A contract on a chain; chain 31337 is a development chain, whoever serves it.
    pub fn new(chain_id: u64, contract: Address) -> Self {
        Self { chain_id, contract, development: chain_id == DEVELOPMENT_CHAIN_ID }
    }
}

/// A block by all its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Block {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: Digest,
    /// Its time, Unix ms (a chain counts seconds, so always a multiple of 1,000).
    pub time: u64,
}

/// How far a chain has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Head {
    /// The newest block.
    pub latest: Block,
    /// The newest block that is final; none while no block is.
    pub finalized: Option<Block>,
}

/// Where something was written: the `anchored` member of a dossier (docs/protocol.md section 10).
pub use protocol::dossier::Anchored as Place;

/// Whether what stands in a block can still vanish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finality {
    /// It cannot.
    Final,
    /// It can: the chain may still choose other blocks.
    Pending {
        /// Blocks from its own to the newest, both counted.
        confirmations: u64,
    },
}

impl From<Finality> for protocol::verify::Finality {
    fn from(finality: Finality) -> Self {
        match finality {
            Finality::Final => Self::Final,
            Finality::Pending { .. } => Self::NotFinal,
        }
    }
}

/// What lies behind a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bond {
    /// Wei at stake.
    pub wei: u128,
    /// Where the ledger stands: only an open or a closed one can lose its bond.
    pub phase: Phase,
    /// Who opened it.
    pub opener: Address,
    /// From which block time on a closed ledger's bond may be taken back, Unix ms.
    pub withdrawable_at: Option<u64>,
}

impl Bond {
    /// Whether it can still be taken.
    pub const fn is_there(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Closed)
    }
}

/// Where a ledger stands on its contract. It only ever moves forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nobody opened it.
    Unopened,
    /// It anchors.
    Open,
    /// It anchors no more; fraud is still heard.
    Closed,
    /// It anchors no more; the bond was paid back.
    Withdrawn,
    /// It was proven to lie.
    Slashed,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unopened => "not opened",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Withdrawn => "closed and its bond withdrawn",
            Self::Slashed => "slashed",
        })
    }
}

/// How a ledger began and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LedgerFacts {
    /// What its id is computed from.
    pub origin: LedgerOrigin,
    /// The operator's key at opening; checkpoints may name another since.
    pub operator_key: PublicKey,
    /// Who may anchor now; zero while anchoring is paused.
    pub anchorer: Address,
    /// Wei at stake now.
    pub bond_wei: u128,
    /// Where it stands now.
    pub phase: Phase,
    /// Where it was opened.
    pub opened: Place,
    /// Whether the opening is final.
    pub finality: Finality,
}

/// The newest checkpoint, as the contract holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tip {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: Digest,
    /// Time of its block, Unix ms.
    pub block_time: u64,
}

/// A checkpoint with everything that the chain says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AnchoredCheckpoint {
    /// The checkpoint in full.
    pub checkpoint: Checkpoint,
    /// Its hash, recomputed.
    pub hash: Digest,
    /// Where it was anchored.
    pub place: Place,
    /// Whether that is final.
    pub finality: Finality,
    /// Block time of the next checkpoint, Unix ms; none for the newest.
    pub superseded_at: Option<u64>,
}

/// What became of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TxState {
    /// No endpoint knows it: it never arrived, was dropped, replaced, or left the chain with its block.
    Unknown,
    /// It waits for a block.
    Pending,
    /// It took effect.
    Mined {
        /// Where.
        place: Place,
        /// Whether that is final.
        finality: Finality,
    },
    /// It is in a block and had no effect.
    Failed {
        /// Where.
        place: Place,
        /// Whether that is final.
        finality: Finality,
        /// Why, as found by running it again on the state before its block.
        reason: crate::error::Refusal,
    },
}

//! The ledger, its checkpoints, and the health of its node.

use super::super::shapes::{Bytes20, Bytes32};
use crate::answering::Backing;
use crate::ledger::rows::Published;
use anchors::Phase;
use protocol::checkpoint::LedgerOrigin;
use protocol::dossier;
use protocol::{Address, Digest, LedgerId, PublicKey};
use serde::Serialize;
use utoipa::ToSchema;

/// A ledger by its name and what the name is computed from (docs/protocol.md section 2).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = LedgerName)]
pub struct LedgerNameView {
    /// Its name.
    #[schema(value_type = Bytes32)]
    pub id: LedgerId,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The `Anchors` contract.
    #[schema(value_type = Bytes20)]
    pub contract: Address,
    /// Who opened it.
    #[schema(value_type = Bytes20)]
    pub opener: Address,
    /// Chosen by the opener.
    #[schema(value_type = Bytes32)]
    pub salt: Digest,
}

impl From<dossier::Ledger> for LedgerNameView {
    fn from(ledger: dossier::Ledger) -> Self {
        let LedgerOrigin { chain_id, contract, opener, salt } = ledger.origin;
        Self { id: ledger.id, chain_id, contract, opener, salt }
    }
}

/// A ledger and where it stands now.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Ledger)]
pub struct LedgerView {
    /// Its name.
    pub ledger: LedgerNameView,
    /// The key that signs receipts.
    #[schema(value_type = Bytes32)]
    pub operator_key: PublicKey,
    /// Entries in the log.
    pub size: u64,
    /// Vouchers issued: the `first` of the next batch.
    pub vouchers: u64,
    /// What stands before `/v/` in links.
    pub site: String,
    /// Its chain is one for development: it proves nothing to outsiders.
    pub development_chain: bool,
    /// What lies behind what it anchors, by the chain; null before the chain was asked.
    #[schema(required)]
    pub bond: Option<BondView>,
    /// Seconds between two checkpoints while steps come in; a batch is anchored at once.
    pub anchor_interval_s: u64,
    /// The newest checkpoint that stands in a block.
    #[schema(required)]
    pub checkpoint: Option<CheckpointView>,
    /// The operator's clock, Unix milliseconds.
    pub now: u64,
}

/// What the anchoring job saw of the chain when it asked last.
#[derive(Debug, Clone, Copy)]
pub struct ChainSeen {
    /// It answered.
    pub reached: bool,
    /// Number of its newest block, where a checkpoint waits to be final.
    pub newest_block: Option<u64>,
}

/// What an operator loses who is proven to lie (docs/protocol.md sections 12 and 13).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Bond)]
pub struct BondView {
    /// Wei at stake, as decimal digits.
    #[schema(value_type = String, pattern = "^[0-9]+$", example = "10000000000000000")]
    pub wei: String,
    /// Where the ledger stands on its contract.
    pub phase: BondPhase,
    /// The contracts that may take it; with none it backs nothing. Read what they are before you rely on them.
    #[schema(value_type = Vec<Bytes20>)]
    pub judges: Vec<Address>,
}

/// Where a ledger stands on its contract. It only ever moves forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum BondPhase {
    /// It anchors.
    Open,
    /// It anchors no more; fraud is still heard.
    Closed,
    /// It anchors no more; the bond was paid back.
    Withdrawn,
    /// It was proven to lie: the bond was taken.
    Slashed,
}

impl BondView {
    /// As the job that watches the chain read it; none of a ledger that nobody opened.
    pub fn of(backing: &Backing) -> Option<Self> {
        let phase = match backing.phase {
            Phase::Unopened => return None,
            Phase::Open => BondPhase::Open,
            Phase::Closed => BondPhase::Closed,
            Phase::Withdrawn => BondPhase::Withdrawn,
            Phase::Slashed => BondPhase::Slashed,
        };
        Some(Self { wei: backing.bond_wei.to_string(), phase, judges: backing.judges.clone() })
    }
}

/// Whether a checkpoint can still vanish from the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Finality)]
pub enum FinalityView {
    /// It can not.
    Final,
    /// It can, or it is on its way to a block.
    Pending,
    /// The chain could not be asked lately.
    Unknown,
}

/// A checkpoint (docs/protocol.md section 8) and where it stands on the chain.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Checkpoint)]
pub struct CheckpointView {
    /// Counted from 0, the opening.
    pub number: u64,
    /// Entries in the log.
    pub size: u64,
    /// Vouchers issued by them.
    pub vouchers: u64,
    /// Root of the log.
    #[schema(value_type = Bytes32)]
    pub log_root: Digest,
    /// Root of the heads.
    #[schema(value_type = Bytes32)]
    pub head_root: Digest,
    /// Signs receipts from here on.
    #[schema(value_type = Bytes32)]
    pub operator_key: PublicKey,
    /// Hash of the checkpoint before.
    #[schema(value_type = Bytes32)]
    pub previous: Digest,
    /// Its hash.
    #[schema(value_type = Bytes32)]
    pub hash: Digest,
    /// Where the chain has it; null before it is in a block.
    #[schema(required)]
    pub anchored: Option<AnchoredView>,
    /// Whether it can still vanish.
    pub finality: FinalityView,
    /// While it can: blocks from its own to the newest, both counted. Null once it is final, before it is in a block,
    /// and where the chain could not be asked lately.
    #[schema(required)]
    pub confirmations: Option<u64>,
    /// Block time of the next checkpoint, Unix milliseconds; null for the newest.
    #[schema(required)]
    pub superseded_at: Option<u64>,
}

impl CheckpointView {
    /// A checkpoint as it is stored, and as the chain was seen lately.
    pub fn of(ledger: LedgerId, published: &Published, next: Option<&Published>, seen: ChainSeen) -> Self {
        let checkpoint = published.checkpoint;
        let waits = published.anchored.filter(|_| !published.is_final && seen.reached);
        let depth =
            |place: dossier::Anchored| Some((seen.newest_block? + 1).saturating_sub(place.block_number));
        Self {
            number: checkpoint.number,
            size: checkpoint.size,
            vouchers: checkpoint.vouchers,
            log_root: checkpoint.log_root,
            head_root: checkpoint.head_root,
            operator_key: checkpoint.operator_key,
            previous: checkpoint.previous,
            hash: checkpoint.hash(ledger),
            anchored: published.anchored.map(AnchoredView::from),
            finality: match (published.is_final, seen.reached) {
                (true, _) => FinalityView::Final,
                (false, true) => FinalityView::Pending,
                (false, false) => FinalityView::Unknown,
            },
            confirmations: waits.and_then(depth).filter(|depth| *depth > 0),
            superseded_at: next.and_then(|next| next.anchored).map(|anchored| anchored.block_time),
        }
    }
}

/// Where on the chain a checkpoint stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Anchored)]
pub struct AnchoredView {
    /// Transaction.
    #[schema(value_type = Bytes32)]
    pub tx: Digest,
    /// Number of its block.
    pub block_number: u64,
    /// Hash of its block.
    #[schema(value_type = Bytes32)]
    pub block_hash: Digest,
    /// Time of its block, Unix milliseconds.
    pub block_time: u64,
}

impl From<dossier::Anchored> for AnchoredView {
    fn from(place: dossier::Anchored) -> Self {
        let dossier::Anchored { tx, block_number, block_hash, block_time } = place;
        Self { tx, block_number, block_hash, block_time }
    }
}

/// Checkpoints in their order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Checkpoints {
    /// At most as many as asked for.
    pub checkpoints: Vec<CheckpointView>,
    /// Where to ask on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// The process answers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Live {
    /// Always true.
    pub live: bool,
}

/// Whether the node can do its work.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Ready {
    /// It takes steps and keeps them. A chain that is out of reach does not change that: what is accepted is anchored
    /// when the chain is back.
    pub ready: bool,
    /// The store took a write a moment ago.
    pub store_writable: bool,
    /// The sequencer runs.
    pub sequencer_alive: bool,
    /// Why no step is taken though all parts run, in words: the chain holds another history, or the clock is wrong.
    #[schema(required)]
    pub halted: Option<String>,
    /// The chain answered when it was asked last; null before it was asked.
    #[schema(required)]
    pub chain_reached: Option<bool>,
    /// When it answered last, Unix milliseconds.
    #[schema(required)]
    pub chain_reached_at: Option<u64>,
}

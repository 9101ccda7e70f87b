//! Vouchers: where they stand, what they went through, that they are not there.

use super::super::shapes::{self, Bytes32, Bytes64, Hex};
use crate::ledger::rows::{Accepted, Published};
use protocol::receipt::Absence;
use protocol::verify::{HistoryLine, TrustedCheckpoint};
use protocol::{Digest, LedgerId, PublicKey, Signature};
use serde::Serialize;
use utoipa::ToSchema;

/// Neighbouring vouchers that share their latest entry: what one step can move.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Run)]
pub struct RunView {
    /// First number.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// Their latest entry: the `prev` of the next.
    pub index: u64,
    /// Its leaf hash, which the next instruction signs.
    #[schema(value_type = Bytes32)]
    pub leaf: Digest,
    /// Status byte (docs/protocol.md section 6).
    pub status: u8,
    /// Who is in control; zero for nobody named.
    #[schema(value_type = Bytes32)]
    pub party: PublicKey,
    /// The operator's clock of that entry, Unix milliseconds.
    pub at: u64,
}

impl RunView {
    /// The vouchers `first..end` and their latest entry.
    pub fn of(first: u64, end: u64, latest: &Accepted) -> Self {
        let entry = &latest.state.entry;
        Self {
            first,
            count: end.saturating_sub(first),
            index: latest.state.index,
            leaf: entry.leaf(),
            status: entry.status,
            party: entry.party,
            at: entry.at,
        }
    }
}

/// Runs in the order of their vouchers.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Runs {
    /// At most 1000.
    pub runs: Vec<RunView>,
    /// Where to ask on; absent at the end of the range and of the ledger.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// Where a voucher stands, by the node's word: the dossier proves it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Voucher)]
pub struct VoucherView {
    /// Its key, which is its name.
    #[schema(value_type = Bytes32)]
    pub voucher: PublicKey,
    /// Its number.
    pub number: u64,
    /// Its ledger.
    #[schema(value_type = Bytes32)]
    pub ledger: LedgerId,
    /// Its label.
    #[schema(value_type = Bytes32)]
    pub label: Digest,
    /// Status byte (docs/protocol.md section 6).
    pub status: u8,
    /// Who is in control; zero for nobody named.
    #[schema(value_type = Bytes32)]
    pub party: PublicKey,
    /// Its latest entry.
    pub index: u64,
    /// Leaf hash of that entry.
    #[schema(value_type = Bytes32)]
    pub leaf: Digest,
    /// The operator's clock of that entry, Unix milliseconds.
    pub at: u64,
    /// Who issued it.
    #[schema(value_type = Bytes32)]
    pub issuer: PublicKey,
    /// The bytes of its terms.
    #[schema(value_type = Hex)]
    pub terms: String,
    /// Its batch.
    #[schema(value_type = Bytes32)]
    pub batch_root: Digest,
    /// The newest anchored checkpoint; null before there is one.
    #[schema(required)]
    pub checkpoint: Option<u64>,
    /// How many of its entries that checkpoint does not cover.
    pub pending: usize,
    /// Refused second sales that were signed against it. The dossier shows them.
    pub incidents: usize,
}

/// A voucher's entries, oldest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct History {
    /// As reports show them.
    #[schema(value_type = Vec<shapes::HistoryLine>)]
    pub history: Vec<HistoryLine>,
}

/// The operator's signed word that no entry below a checkpoint's size issued a voucher.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Absence)]
pub struct AbsenceView {
    /// The voucher that was asked for.
    #[schema(value_type = Bytes32)]
    pub voucher: PublicKey,
    /// The checkpoint that is spoken of.
    #[schema(value_type = Bytes32)]
    pub checkpoint_hash: Digest,
    /// When it was said, Unix milliseconds.
    pub at: u64,
    /// The operator's.
    #[schema(value_type = Bytes64)]
    pub signature: Signature,
}

/// A signed absence and the checkpoint that it speaks of, in the form of a trusted checkpoint.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Absent {
    /// The operator's word.
    pub absence: AbsenceView,
    /// Hold it against the chain before believing it.
    #[schema(value_type = shapes::TrustedCheckpoint)]
    pub checkpoint: TrustedCheckpoint,
}

impl Absent {
    /// The word, and what it speaks of.
    pub fn new(absence: Absence, ledger: LedgerId, under: &Published, superseded_at: Option<u64>) -> Self {
        let Absence { voucher, checkpoint_hash, at, signature } = absence;
        Self {
            absence: AbsenceView { voucher, checkpoint_hash, at, signature },
            checkpoint: TrustedCheckpoint {
                ledger,
                checkpoint: under.checkpoint,
                block_time: under.anchored.map(|anchored| anchored.block_time),
                superseded_at,
            },
        }
    }
}

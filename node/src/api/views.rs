//! What the API shows, in its own types: the shapes of `docs/openapi.json` are made from them.

use super::shapes::{Bytes20, Bytes32, Bytes64, Hex};
use crate::ledger::rows::{Accepted, Batch, Incident, Published};
use protocol::checkpoint::LedgerOrigin;
use protocol::digest::bytes_to_hex;
use protocol::dossier;
use protocol::entry::Signed;
use protocol::receipt::{Absence, Receipt};
use protocol::verify::{HistoryLine, TrustedCheckpoint};
use protocol::{Address, Digest, LedgerId, PublicKey, Signature};
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
    /// Seconds between two checkpoints while steps come in; a batch is anchored at once.
    pub anchor_interval_s: u64,
    /// The newest checkpoint that stands in a block.
    pub checkpoint: Option<CheckpointView>,
    /// The operator's clock, Unix milliseconds.
    pub now: u64,
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
    pub anchored: Option<AnchoredView>,
    /// Whether it can still vanish.
    pub finality: FinalityView,
    /// Block time of the next checkpoint, Unix milliseconds; null for the newest.
    pub superseded_at: Option<u64>,
}

impl CheckpointView {
    /// A checkpoint as it is stored; `reached` says whether the chain could be asked lately.
    pub fn of(ledger: LedgerId, published: &Published, next: Option<&Published>, reached: bool) -> Self {
        let checkpoint = published.checkpoint;
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
            finality: match (published.is_final, reached) {
                (true, _) => FinalityView::Final,
                (false, true) => FinalityView::Pending,
                (false, false) => FinalityView::Unknown,
            },
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

/// The operator's promise that an entry stands at its index and will be anchored (docs/protocol.md section 9).
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Receipt)]
pub struct ReceiptView {
    /// Place in the log.
    pub index: u64,
    /// Leaf hash of the entry.
    #[schema(value_type = Bytes32)]
    pub leaf: Digest,
    /// Unix milliseconds by which a checkpoint covers it.
    pub anchor_by: u64,
    /// The operator's.
    #[schema(value_type = Bytes64)]
    pub signature: Signature,
}

impl From<Receipt> for ReceiptView {
    fn from(receipt: Receipt) -> Self {
        let Receipt { index, leaf, anchor_by, signature } = receipt;
        Self { index, leaf, anchor_by, signature }
    }
}

/// A signature on an instruction. `role` informs; a demand is met by the key.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Signature)]
pub struct SignatureView {
    /// In the signer's own words.
    pub role: String,
    /// The signer.
    #[schema(value_type = Bytes32)]
    pub key: PublicKey,
    /// Over the instruction (docs/protocol.md section 7).
    #[schema(value_type = Bytes64)]
    pub signature: Signature,
}

fn signature_views(signatures: &[Signed]) -> Vec<SignatureView> {
    let view = |Signed { role, key, signature }: &Signed| SignatureView {
        role: role.clone(),
        key: *key,
        signature: *signature,
    };
    signatures.iter().map(view).collect()
}

/// An accepted entry, with everything that proves it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Step)]
pub struct StepView {
    /// Place in the log.
    pub index: u64,
    /// The 98 bytes (docs/protocol.md section 5).
    #[schema(value_type = Hex)]
    pub entry: String,
    /// What the parties wrote; null where they wrote nothing.
    pub memo: Option<String>,
    /// Who signed.
    pub signatures: Vec<SignatureView>,
    /// The operator's promise.
    pub receipt: ReceiptView,
}

impl StepView {
    /// An accepted entry and its receipt.
    pub fn of(accepted: &Accepted, receipt: Receipt) -> Self {
        Self {
            index: accepted.state.index,
            entry: bytes_to_hex(&accepted.state.entry.encode()),
            memo: accepted.memo.clone(),
            signatures: signature_views(&accepted.signatures),
            receipt: receipt.into(),
        }
    }
}

/// What came of a step.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AcceptedStep {
    /// The 98 bytes with the operator's clock.
    #[schema(value_type = Hex)]
    pub entry: String,
    /// The operator's promise.
    pub receipt: ReceiptView,
}

/// What came of a batch.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AcceptedBatch {
    /// Its first voucher number.
    pub first: u64,
    /// Vouchers.
    pub count: u64,
    /// It stood in the ledger before.
    pub already: bool,
    /// The operator's promise.
    pub receipt: ReceiptView,
    /// The 98 bytes of its Issue entry with the operator's clock.
    #[schema(value_type = Hex)]
    pub entry: String,
}

/// A batch in the ledger.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Batch)]
pub struct BatchView {
    /// Its first voucher number.
    pub first: u64,
    /// Vouchers.
    pub count: u64,
    /// Its Issue entry.
    pub index: u64,
    /// Who issued it.
    #[schema(value_type = Bytes32)]
    pub issuer: PublicKey,
    /// The manifest's exact text.
    pub manifest: String,
    /// The terms' bytes.
    #[schema(value_type = Hex)]
    pub terms: String,
}

impl BatchView {
    /// A batch and the party of its Issue entry.
    pub fn of(first: u64, batch: Batch, issuer: PublicKey) -> Self {
        let Batch { count, index, manifest, terms, .. } = batch;
        Self { first, count, index, issuer, manifest, terms: bytes_to_hex(&terms) }
    }
}

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
    #[schema(value_type = Vec<super::shapes::HistoryLine>)]
    pub history: Vec<HistoryLine>,
}

/// A refused second sale that the holder signed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Incident)]
pub struct IncidentView {
    /// The 98 bytes as they were refused; their clock is when.
    #[schema(value_type = Hex)]
    pub entry: String,
    /// What the parties wrote.
    pub memo: Option<String>,
    /// Who signed.
    pub signatures: Vec<SignatureView>,
    /// Unix milliseconds.
    pub at: u64,
    /// The entry that it was signed against.
    pub prev: u64,
    /// First voucher number covered.
    pub voucher_first: u64,
    /// How many are covered.
    pub voucher_count: u64,
}

impl From<Incident> for IncidentView {
    fn from(incident: Incident) -> Self {
        let entry = incident.entry;
        Self {
            entry: bytes_to_hex(&entry.encode()),
            memo: incident.memo,
            signatures: signature_views(&incident.signatures),
            at: entry.at,
            prev: entry.prev,
            voucher_first: entry.first,
            voucher_count: entry.count,
        }
    }
}

/// Incidents, in the order of the entries that they were signed against.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Incidents {
    /// At most as many as asked for.
    pub incidents: Vec<IncidentView>,
    /// What to give as `from` for the next ones; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
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
    #[schema(value_type = super::shapes::TrustedCheckpoint)]
    pub checkpoint: TrustedCheckpoint,
}

impl Absent {
    /// The word, and what it speaks of.
    pub fn new(absence: Absence, ledger: LedgerId, under: &Published) -> Self {
        let Absence { voucher, checkpoint_hash, at, signature } = absence;
        Self {
            absence: AbsenceView { voucher, checkpoint_hash, at, signature },
            checkpoint: TrustedCheckpoint {
                ledger,
                checkpoint: under.checkpoint,
                block_time: under.anchored.map(|anchored| anchored.block_time),
                superseded_at: None,
            },
        }
    }
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
    /// The chain answered when it was asked last; null before it was asked.
    pub chain_reached: Option<bool>,
    /// When it answered last, Unix milliseconds.
    pub chain_reached_at: Option<u64>,
}

//! Entries of the log: steps, batches, incidents, and the operator's promises.

use super::super::shapes::{Bytes32, Bytes64, Hex};
use crate::ledger::census::Census;
use crate::ledger::rows::{Accepted, Batch, Incident};
use protocol::digest::bytes_to_hex;
use protocol::entry::Signed;
use protocol::manifest::Manifest;
use protocol::receipt::Receipt;
use protocol::{Digest, PublicKey, Signature};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

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
    #[schema(required)]
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

/// What came of each step of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepAnswers {
    /// In the order of the list.
    pub answers: Vec<StepAnswer>,
}

/// What came of one step of a list: what it would have been answered with alone.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepAnswer {
    /// HTTP status: 201 where it is new, 200 where it stood before, or that of its problem.
    pub status: u16,
    /// Null where it was not taken.
    #[schema(required)]
    pub step: Option<AcceptedStep>,
    /// Why it was not taken; null where it was.
    #[schema(required, value_type = Option<super::super::shapes::Problem>)]
    pub problem: Option<Value>,
    /// Seconds after which to send the same step again; null where that does not help.
    #[schema(required)]
    pub retry_after: Option<u64>,
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

/// A batch among others: what it is of and how its vouchers stand, by the node's word. What the issuer says of it
/// stands in its manifest, which `GET /v1/batches/{batch_root}` gives.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BatchSummary {
    /// Its first voucher number.
    pub first: u64,
    /// Vouchers.
    pub count: u64,
    /// Its Issue entry.
    pub index: u64,
    /// Root of its tree.
    #[schema(value_type = Bytes32)]
    pub batch_root: Digest,
    /// The operator's clock of its Issue entry, Unix milliseconds.
    pub at: u64,
    /// Who issued it.
    #[schema(value_type = Bytes32)]
    pub issuer: PublicKey,
    /// What the issuer calls himself.
    #[schema(required)]
    pub issuer_name: Option<String>,
    /// The product, in the issuer's words.
    #[schema(required)]
    pub product_title: Option<String>,
    /// Its vouchers by state.
    pub vouchers: CensusView,
}

impl BatchSummary {
    /// A batch, its counts, and its Issue entry.
    pub fn of(first: u64, batch: &Batch, census: Census, issue: &Accepted) -> Self {
        // An accepted manifest reads; what a later rule could refuse has no name here.
        let manifest = Manifest::read(&batch.manifest).ok();
        let said = |of: fn(&Manifest) -> &Option<String>| manifest.as_ref().and_then(|it| of(it).clone());
        Self {
            first,
            count: batch.count,
            index: batch.index,
            batch_root: Digest::new(batch.root),
            at: issue.state.entry.at,
            issuer: issue.state.issuer,
            issuer_name: said(|manifest| &manifest.issuer_name),
            product_title: said(|manifest| &manifest.product_title),
            vouchers: census.into(),
        }
    }
}

/// Vouchers of a batch by state. Together they are its count.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = Census)]
pub struct CensusView {
    /// In trade.
    pub in_trade: u64,
    /// Sold and not claimed.
    pub sold: u64,
    /// Claimed.
    pub claimed: u64,
    /// Redeemed.
    pub redeemed: u64,
    /// Voided.
    pub voided: u64,
    /// On hold.
    pub on_hold: u64,
}

impl From<Census> for CensusView {
    fn from(census: Census) -> Self {
        let Census { in_trade, sold, claimed, redeemed, voided, on_hold } = census;
        Self { in_trade, sold, claimed, redeemed, voided, on_hold }
    }
}

/// Batches in the order that was asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Batches {
    /// At most as many as asked for.
    pub batches: Vec<BatchSummary>,
    /// What to give as `from` for the next ones, in the same order; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub next: Option<u64>,
}

/// A refused second sale that the holder signed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Incident)]
pub struct IncidentView {
    /// The 98 bytes as they were refused; their clock is when.
    #[schema(value_type = Hex)]
    pub entry: String,
    /// What the parties wrote.
    #[schema(required)]
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

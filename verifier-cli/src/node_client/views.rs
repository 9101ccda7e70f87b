//! What a node says, as it says it. None of it is believed before it is verified.

use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::dossier::Anchored;
use protocol::receipt::Receipt;
use protocol::{Address, Digest, LedgerId, PublicKey, Signature};
use serde::Deserialize;

/// What a node says of its ledger.
#[derive(Debug, Clone, Deserialize)]
pub struct LedgerView {
    /// The ledger.
    pub ledger: LedgerName,
    /// The operator's key.
    pub operator_key: PublicKey,
    /// Entries.
    pub size: u64,
    /// Vouchers: the number of the next one.
    pub vouchers: u64,
    /// What stands before `/v/` in links.
    pub site: String,
    /// It anchors on a chain for development.
    pub development_chain: bool,
    /// The node's clock, Unix milliseconds.
    pub now: u64,
}

/// A ledger's name and what it is computed from.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct LedgerName {
    /// The name, as the node says.
    pub id: LedgerId,
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The contract.
    pub contract: Address,
    /// Who opened it.
    pub opener: Address,
    /// Chosen by the opener.
    pub salt: Digest,
}

impl LedgerName {
    /// What the name is computed from; none where the name is not the computed one.
    pub fn origin(&self) -> Option<LedgerOrigin> {
        let Self { id, chain_id, contract, opener, salt } = *self;
        let origin = LedgerOrigin { chain_id, contract, opener, salt };
        (origin.ledger() == id).then_some(origin)
    }
}

/// Where a voucher stands, by the node's word.
#[derive(Debug, Clone, Deserialize)]
pub struct VoucherView {
    /// The voucher.
    pub voucher: PublicKey,
    /// Its number.
    pub number: u64,
    /// Its ledger.
    pub ledger: LedgerId,
    /// Its label.
    pub label: Digest,
    /// Status byte.
    pub status: u8,
    /// Who is in control; zero for nobody named.
    pub party: PublicKey,
    /// Its latest entry.
    pub index: u64,
    /// That entry's leaf hash.
    pub leaf: Digest,
    /// That entry's time, Unix milliseconds.
    pub at: u64,
    /// Who issued it.
    pub issuer: PublicKey,
    /// The terms' bytes, hex.
    pub terms: String,
    /// The batch.
    pub batch_root: Digest,
}

/// Neighbouring vouchers that share their latest entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Run {
    /// First number.
    pub first: u64,
    /// How many.
    pub count: u64,
    /// Their latest entry.
    pub index: u64,
    /// Its leaf hash.
    pub leaf: Digest,
    /// Status byte.
    pub status: u8,
    /// Who is in control; zero for nobody named.
    pub party: PublicKey,
    /// Its time, Unix milliseconds.
    pub at: u64,
}

/// A page of runs.
#[derive(Debug, Clone, Deserialize)]
pub struct Runs {
    /// In order.
    pub runs: Vec<Run>,
    /// Where to ask on.
    #[serde(default)]
    pub next: Option<u64>,
}

/// An anchored checkpoint, by the node's word.
#[derive(Debug, Clone, Deserialize)]
pub struct CheckpointView {
    /// Its number.
    pub number: u64,
    /// Entries of the log that it covers.
    pub size: u64,
    /// Vouchers issued by them.
    pub vouchers: u64,
    /// Root of the log.
    pub log_root: Digest,
    /// Root of the heads.
    pub head_root: Digest,
    /// The key that signs receipts from here on.
    pub operator_key: PublicKey,
    /// Hash of the checkpoint before.
    pub previous: Digest,
    /// Where it stands on the chain.
    pub anchored: Option<PlaceView>,
    /// `final`, or how far it is from there.
    pub finality: String,
    /// When the next one's block was made, Unix milliseconds.
    #[serde(default)]
    pub superseded_at: Option<u64>,
}

/// Where a checkpoint stands on the chain, by the node's word.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct PlaceView {
    /// Transaction hash.
    pub tx: Digest,
    /// Block number.
    pub block_number: u64,
    /// Block hash.
    pub block_hash: Digest,
    /// Block time, Unix milliseconds.
    pub block_time: u64,
}

impl CheckpointView {
    /// The checkpoint that it speaks of.
    pub const fn checkpoint(&self) -> Checkpoint {
        Checkpoint {
            number: self.number,
            size: self.size,
            vouchers: self.vouchers,
            log_root: self.log_root,
            head_root: self.head_root,
            operator_key: self.operator_key,
            previous: self.previous,
        }
    }

    /// Where it stands, by the node's word.
    pub fn place(&self) -> Option<Anchored> {
        self.anchored.map(|place| Anchored {
            tx: place.tx,
            block_number: place.block_number,
            block_hash: place.block_hash,
            block_time: place.block_time,
        })
    }
}

/// An operator's receipt, as a node gives it.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct ReceiptView {
    /// Place in the log.
    pub index: u64,
    /// Leaf hash of the entry.
    pub leaf: Digest,
    /// Unix milliseconds by which a checkpoint covers it.
    pub anchor_by: u64,
    /// The operator's.
    pub signature: Signature,
}

impl From<ReceiptView> for Receipt {
    fn from(view: ReceiptView) -> Self {
        let ReceiptView { index, leaf, anchor_by, signature } = view;
        Self { index, leaf, anchor_by, signature }
    }
}

//! What a node says, as it says it. None of it is believed before it is verified.

use protocol::checkpoint::LedgerOrigin;
use protocol::{Address, Digest, LedgerId, PublicKey};
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

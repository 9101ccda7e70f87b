//! What a verifier takes from the chain: the trusted checkpoint of docs/protocol.md section 10.

use crate::error::AnchorError;
use crate::reader::{AnchorReader, Chain, Finality, Place};
use protocol::LedgerId;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::verify::TrustedCheckpoint;
use serde::Serialize;

/// A checkpoint that the chain vouches for, with everything that a verdict takes from the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TrustedFacts {
    /// The chain that was asked.
    pub chain: Chain,
    /// The ledger.
    pub ledger: LedgerId,
    /// The checkpoint: number, size, vouchers, both roots, operator key, previous.
    #[serde(flatten)]
    pub checkpoint: Checkpoint,
    /// Block time of the checkpoint, Unix ms.
    pub block_time: u64,
    /// Block time of the next checkpoint, Unix ms; none for the newest.
    pub superseded_at: Option<u64>,
    /// Whether the checkpoint can still vanish.
    pub finality: Finality,
    /// Where it was anchored.
    pub place: Place,
}

impl From<&TrustedFacts> for TrustedCheckpoint {
    fn from(facts: &TrustedFacts) -> Self {
        Self {
            ledger: facts.ledger,
            checkpoint: facts.checkpoint,
            block_time: Some(facts.block_time),
            superseded_at: facts.superseded_at,
        }
    }
}

/// The trusted checkpoint of this number of the ledger with this origin.
///
/// An origin on another chain or contract than the reader's is [`AnchorError::WrongChain`] or
/// [`AnchorError::NoContract`], without asking. A ledger or checkpoint that the contract does not have is
/// [`AnchorError::NotFound`]: `unknown` to a verifier, for the reader may ask the wrong chain.
pub async fn trusted_checkpoint(
    reader: &dyn AnchorReader,
    origin: &LedgerOrigin,
    number: u64,
) -> Result<TrustedFacts, AnchorError> {
    let chain = reader.chain();
    if chain.chain_id != origin.chain_id {
        let endpoint = "the configured chain".to_owned();
        return Err(AnchorError::WrongChain { endpoint, expected: origin.chain_id, actual: chain.chain_id });
    }
    if chain.contract != origin.contract {
        return Err(AnchorError::NoContract { contract: origin.contract, chain_id: chain.chain_id });
    }
    let ledger = origin.ledger();
    let anchored = reader.checkpoint(ledger, number).await?;
    Ok(TrustedFacts {
        chain,
        ledger,
        checkpoint: anchored.checkpoint,
        block_time: anchored.place.block_time,
        superseded_at: anchored.superseded_at,
        finality: anchored.finality,
        place: anchored.place,
    })
}

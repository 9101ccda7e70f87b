//! What a dossier shows of the chain by itself: the proof of its checkpoint, followed from the block that it names.

use protocol::chain_proof::{ChainProofError, Proven};
use protocol::dossier::Dossier;

/// What the proof in a dossier leads to. Whether its block is one of the chain is another question: whoever asks brings
/// the hash of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// The dossier has no proof.
    Nothing,
    /// The block that it names holds the dossier's checkpoint.
    This(Proven),
    /// The block that it names holds another checkpoint of that number.
    Other(Proven),
    /// It leads nowhere.
    Broken(ChainProofError),
}

impl Shown {
    /// By this dossier.
    pub fn by(dossier: &Dossier) -> Self {
        let Some(proof) = &dossier.checkpoint.proof else { return Self::Nothing };
        let checkpoint = &dossier.checkpoint.checkpoint;
        let origin = &dossier.ledger.origin;
        match proof.header().and_then(|block| proof.check(block.hash, origin, checkpoint.number)) {
            Ok(proven) if proven.hash == checkpoint.hash(dossier.ledger.id) => Self::This(proven),
            Ok(proven) => Self::Other(proven),
            Err(error) => Self::Broken(error),
        }
    }

    /// The block that is shown to hold the checkpoint.
    pub const fn block(&self) -> Option<&Proven> {
        match self {
            Self::This(proven) => Some(proven),
            Self::Nothing | Self::Other(_) | Self::Broken(_) => None,
        }
    }
}

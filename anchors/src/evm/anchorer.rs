//! Naming another account that may anchor a ledger: what its opener alone can do.

use super::EvmChain;
use super::key::AnchoringKey;
use super::read::word;
use crate::contract::{self, Anchors};
use crate::error::AnchorError;
use crate::writer::Submission;
use alloy::primitives::TxKind;
use alloy::sol_types::SolCall as _;
use protocol::{Address, LedgerId};

impl EvmChain<AnchoringKey> {
    /// Lets this account anchor the ledger from now on, and nobody else; zero pauses anchoring. The key must be that of
    /// the account which opened the ledger: the contract refuses every other.
    pub async fn set_anchorer(&self, ledger: LedgerId, anchorer: Address) -> Result<Submission, AnchorError> {
        let anchorer = contract::to_address(anchorer);
        let call = Anchors::setAnchorerCall { ledger: word(ledger), anchorer };
        self.send(TxKind::Call(self.contract()), call.abi_encode(), 0).await
    }
}

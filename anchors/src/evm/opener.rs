//! What the account that opened a ledger does beside anchoring: naming another anchorer, and its bond.

use super::EvmChain;
use super::key::AnchoringKey;
use super::read::word;
use crate::contract::{self, Anchors};
use crate::error::AnchorError;
use crate::reader::Bond;
use crate::writer::Submission;
use alloy::primitives::TxKind;
use alloy::sol_types::SolCall;
use protocol::{Address, LedgerId};
use std::fmt;

/// How long fraud is heard after a ledger was closed, ms: `HEARING` of the contract.
const HEARING_MS: u64 = 14 * 86_400_000;

impl<K: fmt::Debug + Send + Sync> EvmChain<K> {
    /// What lies behind the ledger.
    pub async fn bond(&self, ledger: LedgerId) -> Result<Bond, AnchorError> {
        let bond = self.view(&Anchors::bondOfCall { ledger: word(ledger) }).await?;
        let closed_at = Some(bond.closedAt).filter(|time| *time > 0);
        Ok(Bond {
            wei: contract::wei(bond.amount),
            phase: contract::phase(bond.phase).ok_or_else(|| self.no_contract())?,
            opener: contract::address(bond.opener),
            withdrawable_at: closed_at.map(|time| time.saturating_mul(1000).saturating_add(HEARING_MS)),
        })
    }
}

/// The key must be that of the account which opened the ledger: the contract refuses every other, but for a top-up.
impl EvmChain<AnchoringKey> {
    /// Lets this account anchor the ledger from now on, and nobody else; zero pauses anchoring.
    pub async fn set_anchorer(&self, ledger: LedgerId, anchorer: Address) -> Result<Submission, AnchorError> {
        let anchorer = contract::to_address(anchorer);
        self.ask_anchors(&Anchors::setAnchorerCall { ledger: word(ledger), anchorer }, 0).await
    }

    /// Adds to the bond of an open ledger.
    pub async fn top_up(&self, ledger: LedgerId, wei: u128) -> Result<Submission, AnchorError> {
        self.ask_anchors(&Anchors::topUpCall { ledger: word(ledger) }, wei).await
    }

    /// Ends anchoring for good; fraud is heard for 14 days more.
    pub async fn close(&self, ledger: LedgerId) -> Result<Submission, AnchorError> {
        self.ask_anchors(&Anchors::closeCall { ledger: word(ledger) }, 0).await
    }

    /// Takes the bond of a ledger back that was closed 14 days ago.
    pub async fn withdraw(&self, ledger: LedgerId) -> Result<Submission, AnchorError> {
        self.ask_anchors(&Anchors::withdrawCall { ledger: word(ledger) }, 0).await
    }

    async fn ask_anchors<C: SolCall + Sync>(&self, call: &C, wei: u128) -> Result<Submission, AnchorError> {
        self.send(TxKind::Call(self.contract()), call.abi_encode(), wei).await
    }
}

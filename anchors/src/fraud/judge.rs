//! A judge and what it says: its deposit, whose judge it is, where a challenge stands, what is owed to whom.

use super::code;
use super::contract::FraudProofs;
use super::refusal::Stand;
use crate::contract::{self, Anchors, to_address, word};
use crate::error::AnchorError;
use crate::evm::{EvmChain, ReadOnly, of_any};
use crate::reader::{AnchorReader as _, Bond, Chain};
use alloy::sol_types::SolCall;
use protocol::chain_proof::slots::RING;
use protocol::fraud::Shown;
use protocol::{Address, Digest, LedgerId};
use std::fmt;

/// Anchors that may come between looking and being heard before the checkpoint that was shown leaves the ring.
const RING_MARGIN: u64 = 16;

/// A `FraudProofs` contract beside the `Anchors` contract that its ledgers lie on. Reads; with an
/// [`AnchoringKey`](crate::AnchoringKey) it writes, too. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Judge<K = ReadOnly> {
    chain: EvmChain<K>,
    address: Address,
}

/// A challenge, as the judge keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChallengeNow {
    /// Who asked; zero where nobody did.
    pub challenger: Address,
    /// The last block time at which an answer counts, Unix ms.
    pub until: u64,
    /// Where it stands.
    pub stand: Stand,
}

impl<K> Judge<K> {
    /// The judge at this address. Nobody is asked anything yet.
    pub const fn new(chain: EvmChain<K>, address: Address) -> Self {
        Self { chain, address }
    }

    /// Where it lies.
    pub const fn address(&self) -> Address {
        self.address
    }

    /// The chain and the contract of the ledgers.
    pub const fn chain(&self) -> &EvmChain<K> {
        &self.chain
    }
}

impl<K: fmt::Debug + Send + Sync> Judge<K> {
    /// What a challenge takes as its deposit, in wei. Fails with [`AnchorError::NoContract`] where no judge of this
    /// contract lies.
    pub async fn deposit_wei(&self) -> Result<u128, AnchorError> {
        let anchors = contract::address(self.ask(&FraudProofs::anchorsCall {}).await?);
        if anchors != self.chain.chain().contract {
            return Err(self.no_judge());
        }
        Ok(contract::wei(self.ask(&FraudProofs::depositCall {}).await?))
    }

    /// Whether its code is that of this version's judge: another one may take what it is shown for somebody else.
    pub async fn is_of_this_version(&self) -> Result<bool, AnchorError> {
        Ok(code::is_of_the_judge(&self.chain.code_of(to_address(self.address)).await?))
    }

    /// Whether the ledger's opener put its bond under this judge.
    pub async fn is_judge_of(&self, ledger: LedgerId) -> Result<bool, AnchorError> {
        let judge = to_address(self.address);
        self.chain.view(&Anchors::isJudgeCall { ledger: word(ledger.as_bytes()), judge }).await
    }

    /// What lies behind the ledger.
    pub async fn bond(&self, ledger: LedgerId) -> Result<Bond, AnchorError> {
        self.chain.bond(ledger).await
    }

    /// The block in which a commitment was made, if it was.
    pub async fn committed_at(&self, commitment: Digest) -> Result<Option<u64>, AnchorError> {
        let call = Anchors::committedAtCall { commitment: word(commitment.as_bytes()) };
        let block: u64 = self.chain.view(&call).await?.saturating_to();
        Ok((block != 0).then_some(block))
    }

    /// Whether somebody walked to this checkpoint already.
    pub async fn is_reached(&self, checkpoint_hash: Digest) -> Result<bool, AnchorError> {
        self.ask(&FraudProofs::isReachedCall { checkpointHash: word(checkpoint_hash.as_bytes()) }).await
    }

    /// Where the ask of this id stands.
    pub async fn challenge(&self, id: Digest) -> Result<ChallengeNow, AnchorError> {
        let now = self.ask(&FraudProofs::challengeOfCall { id: word(id.as_bytes()) }).await?;
        Ok(ChallengeNow {
            challenger: contract::address(now.challenger),
            until: now.answerableUntil.saturating_mul(1000),
            stand: Stand::from_number(now.stand).ok_or_else(|| self.no_judge())?,
        })
    }

    /// Whether the ask of this id waits for an answer, by any endpoint; none where nobody says so and somebody is silent.
    pub async fn is_pending(&self, id: Digest) -> Result<Option<bool>, AnchorError> {
        let address = self.address;
        let said = self.chain.each(move |one| async move { Judge::new(one, address).challenge(id).await });
        let (heard, is_whole) = of_any(said.await)?;
        let is_pending = heard.iter().any(|now| now.stand == Stand::Pending);
        Ok((is_pending || is_whole).then_some(is_pending))
    }

    /// Wei that reports have earned an account and that it has not collected.
    pub async fn reward_wei(&self, account: Address) -> Result<u128, AnchorError> {
        let owed = self.chain.view(&Anchors::owedToCall { reporter: to_address(account) }).await?;
        Ok(contract::wei(owed))
    }

    /// Wei of deposits that are an account's and that it has not collected.
    pub async fn deposits_wei(&self, account: Address) -> Result<u128, AnchorError> {
        let owed = self.ask(&FraudProofs::owedToCall { owner: to_address(account) }).await?;
        Ok(contract::wei(owed))
    }

    /// The same checkpoint, with those after it up to one that the contracts know now: what was in the ring when a
    /// proof was made may have left it since.
    pub async fn up_to_date(&self, shown: &Shown) -> Result<Shown, AnchorError> {
        let mut shown = shown.clone();
        // The first one that somebody reached ends the walk.
        for at in 0..=shown.newer.len() {
            let hash = shown.newer.get(at.wrapping_sub(1)).unwrap_or(&shown.checkpoint).hash(shown.ledger);
            if self.is_reached(hash).await? {
                shown.newer.truncate(at);
                return Ok(shown);
            }
        }
        let tip = self.chain.latest(shown.ledger).await?.number;
        // One that is not anchored at all is refused by the judge, in its own words.
        while tip.saturating_sub(shown.anchored_number()) > RING - RING_MARGIN {
            let next = self.chain.checkpoint(shown.ledger, shown.anchored_number() + 1).await?;
            shown.newer.push(next.checkpoint);
        }
        Ok(shown)
    }

    async fn ask<C: SolCall>(&self, call: &C) -> Result<C::Return, AnchorError> {
        match self.chain.view_of(to_address(self.address), call).await {
            // A judge's views refuse nothing.
            Err(AnchorError::NoContract { .. } | AnchorError::Reverted(_)) => Err(self.no_judge()),
            other => other,
        }
    }

    fn no_judge(&self) -> AnchorError {
        let Chain { chain_id, contract, .. } = self.chain.chain();
        AnchorError::NoJudge { judge: self.address, contract, chain_id }
    }
}

//! What happened around challenges, from the judge's events.

use super::contract::{FraudProofs, asked};
use super::judge::Judge;
use crate::contract::{self, Anchors, word};
use crate::error::AnchorError;
use crate::evm::{EvmChain, of_any};
use crate::reader::Block;
use alloy::rpc::types::Filter;
use alloy::sol_types::SolEvent as _;
use protocol::fraud::Ask;
use protocol::{Address, LedgerId};
use std::fmt;

/// How long an answer counts: `ANSWER_TIME` of the contract.
const ANSWER_DAYS: u64 = 3;
const ANSWER_TIME_MS: u64 = ANSWER_DAYS * 86_400_000;
/// Blocks so much older are looked at, too: the newest one may vanish, and the one in its place be earlier.
const MARGIN_MS: u64 = 3_600_000;

/// A challenge, as it was raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Raised {
    /// Which leaf is asked for.
    pub ask: Ask,
    /// Who asks.
    pub challenger: Address,
    /// The last block time at which an answer counts, Unix ms.
    pub until: u64,
    /// In which block it was raised.
    pub block_number: u64,
}

/// What endpoints say of challenges: any of them may hide one, so all are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaisedIn {
    /// Those that any endpoint knows, oldest first.
    pub challenges: Vec<Raised>,
    /// The block up to which every endpoint that answered has looked.
    pub to: u64,
    /// Whether every endpoint answered.
    pub is_whole: bool,
}

/// Blocks that are read again at most before it is asked which of them still matter.
const FAR: u64 = 50_000;

impl<K: fmt::Debug + Send + Sync> Judge<K> {
    /// Challenges against a ledger that were raised from this block on, by each endpoint up to its own newest; without
    /// one, from the first that can still be answered. What became of each is [`Judge::is_pending`]'s to say.
    pub async fn raised(&self, ledger: LedgerId, from: Option<u64>) -> Result<RaisedIn, AnchorError> {
        let address = self.address();
        let ask = move |one| async move {
            let judge = Judge::new(one, address);
            let newest = judge.chain().read_head().await?.latest;
            let from = match from {
                Some(from) if newest.number.saturating_sub(from) <= FAR => from,
                _ => judge.first_answerable_block(newest).await?.max(from.unwrap_or_default()),
            };
            Ok((judge.chain().raised_in(address, ledger, from, newest.number).await?, newest.number))
        };
        let (heard, is_whole) = of_any(self.chain().each(ask).await)?;
        let to = heard.iter().map(|(_, to)| *to).min().unwrap_or_default();
        let mut challenges: Vec<Raised> = Vec::new();
        for raised in heard.into_iter().flat_map(|(raised, _)| raised) {
            if !challenges.iter().any(|known| known.ask == raised.ask) {
                challenges.push(raised);
            }
        }
        challenges.sort_by_key(|raised| raised.block_number);
        Ok(RaisedIn { challenges, to, is_whole })
    }

    /// The first block in which a challenge may have been raised that can still be answered at the time of the newest block.
    pub async fn first_answerable_block(&self, newest: Block) -> Result<u64, AnchorError> {
        let over = newest.time.saturating_sub(ANSWER_TIME_MS).saturating_sub(MARGIN_MS);
        self.chain().first_block_after(over, newest.number).await
    }

    /// What was shown for an ask, if it was answered in these blocks.
    pub async fn answered(&self, ask: &Ask, from: u64, to: u64) -> Result<Option<Vec<u8>>, AnchorError> {
        let filter = Filter::new()
            .address(contract::to_address(self.address()))
            .event_signature(FraudProofs::Answered::SIGNATURE_HASH)
            .topic1(word(ask.ledger.as_bytes()))
            .topic2(word(ask.id().as_bytes()));
        let logs = self.chain().logs(&filter, from, to).await?;
        let shown = logs.iter().find_map(|log| FraudProofs::Answered::decode_log(&log.inner).ok());
        Ok(shown.map(|event| event.data.leaf.to_vec()))
    }
}

impl<K: Send + Sync> EvmChain<K> {
    async fn raised_in(
        &self,
        judge: Address,
        ledger: LedgerId,
        from: u64,
        to: u64,
    ) -> Result<Vec<Raised>, AnchorError> {
        let filter = Filter::new()
            .address(contract::to_address(judge))
            .event_signature(FraudProofs::Challenged::SIGNATURE_HASH)
            .topic1(word(ledger.as_bytes()));
        let logs = self.logs(&filter, from, to).await?;
        let raised = logs.iter().map(|log| {
            let event = FraudProofs::Challenged::decode_log(&log.inner).ok()?.data;
            let ask = asked(&event.ask).filter(|ask| ask.id() == contract::digest(event.id))?;
            let until: u64 = event.answerableUntil.saturating_to();
            let until = until.saturating_mul(1000);
            let block_number = log.block_number?;
            Some(Raised { ask, challenger: contract::address(event.challenger), until, block_number })
        });
        let raised: Option<Vec<_>> = raised.collect();
        raised.ok_or_else(|| AnchorError::Inconsistent {
            what: format!("an event of {judge} in blocks {from} to {to} is no challenge"),
        })
    }

    /// Who may take the bond of a ledger, in the order in which its opener said so. Nobody is ever removed.
    pub(crate) async fn judges_in(
        &self,
        ledger: LedgerId,
        from: u64,
        to: u64,
    ) -> Result<Vec<Address>, AnchorError> {
        let filter = Filter::new()
            .address(self.contract())
            .event_signature(Anchors::JudgeAdded::SIGNATURE_HASH)
            .topic1(word(ledger.as_bytes()));
        let mut judges: Vec<Address> = Vec::new();
        for log in self.logs(&filter, from, to).await? {
            let event = Anchors::JudgeAdded::decode_log(&log.inner);
            let event = event.map_err(|_| AnchorError::Inconsistent {
                what: format!("an event of ledger {ledger} in blocks {from} to {to} names no judge"),
            })?;
            // One that is added twice is one.
            let judge = contract::address(event.data.judge);
            if !judges.contains(&judge) {
                judges.push(judge);
            }
        }
        Ok(judges)
    }
}

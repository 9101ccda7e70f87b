//! What one endpoint says, or the first that answers: [`AnchorReader`](crate::AnchorReader) without a second opinion.

use super::events::Found;
use super::{EvmChain, FinalityRule};
use crate::contract::{self, Anchors};
use crate::error::{AnchorError, Missing, Refusal};
use crate::reader::{
    AnchoredCheckpoint, Block, Chain, Finality, Head, LedgerFacts, Phase, Place, Tip, TxState,
};
use alloy::consensus::Transaction as _;
use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::network::TransactionBuilder as _;
use alloy::primitives::{Address as EvmAddress, B256};
use alloy::providers::Provider as _;
use alloy::rpc::types::{Filter, Log, TransactionReceipt, TransactionRequest};
use alloy::sol_types::{SolCall, SolEvent};
use protocol::chain_proof::slots::RING;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::{Address, Digest, LedgerId, PublicKey};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

impl<K: fmt::Debug + Send + Sync> EvmChain<K> {
    pub(crate) fn no_contract(&self) -> AnchorError {
        let Chain { chain_id, contract, .. } = self.shared.chain;
        AnchorError::NoContract { contract, chain_id }
    }

    /// Calls a view of the contract on the newest state.
    pub(crate) async fn view<C: SolCall>(&self, call: &C) -> Result<C::Return, AnchorError> {
        self.view_of(self.contract(), call).await
    }

    /// Calls a view of any contract on the newest state.
    pub(crate) async fn view_of<C: SolCall>(
        &self,
        contract: EvmAddress,
        call: &C,
    ) -> Result<C::Return, AnchorError> {
        let request = TransactionRequest::default().with_to(contract).with_input(call.abi_encode());
        let output = self.shared.provider.call(request).block(BlockId::latest()).await;
        let output = output.map_err(|error| self.failed(error))?;
        C::abi_decode_returns(&output).map_err(|_| self.no_contract())
    }

    /// The code of any contract on the newest state.
    pub(crate) async fn code_of(&self, contract: EvmAddress) -> Result<Vec<u8>, AnchorError> {
        let code = self.shared.provider.get_code_at(contract).await;
        Ok(code.map_err(|error| self.failed(error))?.to_vec())
    }

    pub(super) async fn block(&self, which: BlockNumberOrTag) -> Result<Option<Block>, AnchorError> {
        let block =
            self.shared.provider.get_block_by_number(which).await.map_err(|error| self.failed(error))?;
        Ok(block.map(|block| Block {
            number: block.header.number,
            hash: contract::digest(block.header.hash),
            time: block.header.timestamp.saturating_mul(1000),
        }))
    }

    async fn finalized(&self, latest: Block) -> Result<Option<Block>, AnchorError> {
        let confirmations = match self.shared.finality {
            FinalityRule::Confirmations(confirmations) => confirmations,
            FinalityRule::Tag { else_confirmations } => {
                let knows_tag = &self.shared.knows_final_tag;
                match self.block(BlockNumberOrTag::Finalized).await {
                    Ok(Some(block)) => {
                        knows_tag.store(true, Ordering::Relaxed);
                        return Ok(Some(block));
                    }
                    // One that named such a block before declines for another reason.
                    Ok(None) | Err(AnchorError::Declined { .. }) if !knows_tag.load(Ordering::Relaxed) => {
                        else_confirmations
                    }
                    Ok(None) => return Ok(None),
                    Err(error) => return Err(error),
                }
            }
        };
        match (latest.number + 1).checked_sub(confirmations.max(1)) {
            Some(number) => self.block(number.into()).await,
            None => Ok(None),
        }
    }

    /// The place of a transaction, if its block is still part of the chain.
    async fn place(&self, tx: B256, number: u64, hash: B256) -> Result<Place, AnchorError> {
        let block = self.block(number.into()).await?;
        let block = block.filter(|block| block.hash == contract::digest(hash)).ok_or_else(|| {
            let what = format!("block {number} is no longer {hash}, which holds transaction {tx}");
            AnchorError::Inconsistent { what }
        })?;
        let tx = contract::digest(tx);
        Ok(Place { tx, block_number: number, block_hash: block.hash, block_time: block.time })
    }

    async fn place_of(&self, found: &Found) -> Result<Place, AnchorError> {
        self.place(found.tx, found.block_number, found.block_hash).await
    }

    /// What the contract holds as the hash of this checkpoint, while it is among the newest 64.
    pub(super) async fn hash_in_ring(
        &self,
        ledger: LedgerId,
        number: u64,
        tip: Tip,
    ) -> Result<Option<Digest>, AnchorError> {
        if number == tip.number {
            return Ok(Some(tip.hash));
        }
        if number > tip.number || tip.number - number >= RING {
            return Ok(None);
        }
        let call = Anchors::checkpointHashCall { ledger: word(ledger), number };
        match self.view(&call).await {
            Ok(hash) => Ok(Some(contract::digest(hash))),
            // It left the ring since the tip was read.
            Err(AnchorError::Reverted(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn anchored_event(
        &self,
        ledger: LedgerId,
        number: u64,
        newest: u64,
    ) -> Result<(Found, Checkpoint), AnchorError> {
        let filter =
            self.filter(Anchors::Anchored::SIGNATURE_HASH, ledger).topic2(B256::from(number_word(number)));
        let found = self.find(&filter, newest).await?;
        let found =
            found.ok_or_else(|| self.not_kept(&format!("checkpoint {number} of {ledger}"), newest))?;
        let event = Anchors::Anchored::decode_log(&found.log.inner).map_err(|_| self.no_contract())?;
        Ok((found, contract::from_contract(&event.data.checkpoint)))
    }

    async fn opened_event(
        &self,
        ledger: LedgerId,
        newest: u64,
    ) -> Result<(Found, Anchors::Opened), AnchorError> {
        let filter = self.filter(Anchors::Opened::SIGNATURE_HASH, ledger);
        let found = self.find(&filter, newest).await?;
        let found = found.ok_or_else(|| self.not_kept(&format!("the opening of {ledger}"), newest))?;
        let event = Anchors::Opened::decode_log(&found.log.inner).map_err(|_| self.no_contract())?;
        Ok((found, event.data))
    }

    /// When the checkpoints from number `first` on were anchored, Unix ms, as far as the endpoint keeps their events: one
    /// search for all of them.
    pub(super) async fn read_anchor_times(
        &self,
        ledger: LedgerId,
        first: u64,
    ) -> Result<BTreeMap<u64, u64>, AnchorError> {
        let newest = self.read_head().await?.latest.number;
        let mut logs = Vec::new();
        let reaches = |page: Vec<Log>| {
            let is_first = |log: &Log| log.topics().get(2) == Some(&B256::from(number_word(first)));
            let is_enough = page.iter().any(is_first);
            logs.extend(page);
            is_enough
        };
        self.backwards(&self.filter(Anchors::Anchored::SIGNATURE_HASH, ledger), newest, reaches).await?;
        let mut times = BTreeMap::new();
        for log in logs {
            let event = Anchors::Anchored::decode_log(&log.inner).map_err(|_| self.no_contract())?;
            let time = match (log.block_timestamp, log.block_number) {
                (Some(seconds), _) => Some(seconds.saturating_mul(1000)),
                // An endpoint that says no time with an event is asked for the block.
                (None, Some(number)) => self.block(number.into()).await?.map(|block| block.time),
                (None, None) => None,
            };
            times.extend(time.map(|time| (event.data.checkpoint.number, time)));
        }
        Ok(times)
    }

    /// The first block after a time, Unix ms, among those up to `newest`, found by halving; one past it where there is none.
    pub(crate) async fn first_block_after(&self, time: u64, newest: u64) -> Result<u64, AnchorError> {
        let (mut first, mut beyond) = (self.shared.from_block, newest.saturating_add(1));
        while first < beyond {
            let middle = first.midpoint(beyond);
            let Some(block) = self.block(middle.into()).await? else {
                // An endpoint that does not give all blocks is no reason to pass over any.
                return Ok(self.shared.from_block);
            };
            if block.time > time {
                beyond = middle;
            } else {
                first = middle.saturating_add(1);
            }
        }
        Ok(first)
    }

    fn filter(&self, event: B256, ledger: LedgerId) -> Filter {
        Filter::new().address(self.contract()).event_signature(event).topic1(word(ledger))
    }

    fn not_kept(&self, what: &str, newest: u64) -> AnchorError {
        let from = self.shared.from_block;
        let cause = format!(
            "the contract holds {what}, but no event of it in blocks {from} to {newest}: ask an endpoint that keeps \
             old events, or begin the search earlier"
        );
        AnchorError::OutOfReach { endpoint: self.shared.endpoints.clone(), cause: cause.into() }
    }

    pub(super) async fn read_ledger(&self, ledger: LedgerId) -> Result<LedgerFacts, AnchorError> {
        self.shared.transport.doubt();
        let bond = self.view(&Anchors::bondOfCall { ledger: word(ledger) }).await?;
        let phase = contract::phase(bond.phase).ok_or_else(|| self.no_contract())?;
        if phase == Phase::Unopened {
            return Err(Missing::Ledger { ledger, chain_id: self.shared.chain.chain_id }.into());
        }
        let anchorer = self.view(&Anchors::anchorerOfCall { ledger: word(ledger) }).await?;
        let now = (contract::address(anchorer), contract::wei(bond.amount), phase);
        let kept = self.shared.openings.lock().unwrap_or_else(PoisonError::into_inner).get(&ledger).copied();
        if let Some(facts) = kept {
            return Ok(LedgerFacts { anchorer: now.0, bond_wei: now.1, phase: now.2, ..facts });
        }
        let head = self.read_head().await?;
        let (found, event) = self.opened_event(ledger, head.latest.number).await?;
        let place = self.place_of(&found).await?;
        let Chain { chain_id, contract, .. } = self.shared.chain;
        let opener = contract::address(event.opener);
        let origin = LedgerOrigin { chain_id, contract, opener, salt: contract::digest(event.salt) };
        if origin.ledger() != ledger {
            let what = format!("the opening of ledger {ledger} gives the name {}", origin.ledger());
            return Err(AnchorError::Inconsistent { what });
        }
        let facts = LedgerFacts {
            origin,
            operator_key: PublicKey::new(event.operatorKey.0),
            anchorer: now.0,
            bond_wei: now.1,
            phase: now.2,
            opened: place,
            finality: finality(place.block_number, &head),
        };
        if facts.finality == Finality::Final {
            self.shared.openings.lock().unwrap_or_else(PoisonError::into_inner).insert(ledger, facts);
        }
        Ok(facts)
    }

    /// Why a transaction that is in a block had no effect: it is run again on the state before that block.
    async fn reason(&self, receipt: &TransactionReceipt, number: u64) -> Refusal {
        let unknown = || Refusal::Other("it failed; no endpoint keeps the state to say why".to_owned());
        let Ok(Some(tx)) = self.shared.provider.get_transaction_by_hash(receipt.transaction_hash).await
        else {
            return unknown();
        };
        // Only what the contract sees: fees and nonce are of another block.
        let request = TransactionRequest::default()
            .with_from(tx.as_recovered().signer())
            .with_kind(tx.kind())
            .with_input(tx.input().clone())
            .with_value(tx.value());
        let replay = self.shared.provider.call(request).block(BlockId::number(number.saturating_sub(1)));
        match replay.await.map_err(|error| self.failed(error)) {
            Err(AnchorError::Reverted(reason)) => reason,
            _ => unknown(),
        }
    }
}

impl<K: fmt::Debug + Send + Sync> EvmChain<K> {
    pub(crate) async fn read_head(&self) -> Result<Head, AnchorError> {
        let latest = self.block(BlockNumberOrTag::Latest).await?.ok_or_else(|| AnchorError::OutOfReach {
            endpoint: self.shared.endpoints.clone(),
            cause: "it has no block yet".into(),
        })?;
        Ok(Head { latest, finalized: self.finalized(latest).await? })
    }

    pub(super) async fn read_latest(&self, ledger: LedgerId) -> Result<Tip, AnchorError> {
        // What the contract has not is believed of the right chain only, whatever the endpoint served before.
        self.shared.transport.doubt();
        let tip = self.view(&Anchors::latestCall { ledger: word(ledger) }).await?;
        if tip.hash.is_zero() {
            return Err(Missing::Ledger { ledger, chain_id: self.shared.chain.chain_id }.into());
        }
        let block_time = tip.time.saturating_mul(1000);
        Ok(Tip { number: tip.number, hash: contract::digest(tip.hash), block_time })
    }

    pub(super) async fn read_checkpoint(
        &self,
        ledger: LedgerId,
        number: u64,
    ) -> Result<AnchoredCheckpoint, AnchorError> {
        let tip = self.read_latest(ledger).await?;
        if number > tip.number {
            return Err(Missing::Checkpoint { ledger, number, latest: tip.number }.into());
        }
        let head = self.read_head().await?;
        let newest = head.latest.number;
        let next = match number.checked_add(1).filter(|next| *next <= tip.number) {
            Some(next) => Some(self.anchored_event(ledger, next, newest).await?),
            None => None,
        };
        let newest = next.as_ref().map_or(newest, |(found, _)| found.block_number);
        let (found, checkpoint) = if number == 0 {
            let (found, opened) = self.opened_event(ledger, newest).await?;
            (found, Checkpoint::genesis(PublicKey::new(opened.operatorKey.0)))
        } else {
            self.anchored_event(ledger, number, newest).await?
        };

        let hash = checkpoint.hash(ledger);
        let kept = self.hash_in_ring(ledger, number, tip).await?;
        let named = next.as_ref().map(|(_, next)| next.previous);
        if let Some(other) = kept.or(named).filter(|other| *other != hash) {
            let what =
                format!("checkpoint {number} of {ledger} hashes to {hash}, but the contract says {other}");
            return Err(AnchorError::Inconsistent { what });
        }
        let superseded_at = match &next {
            Some((found, _)) => Some(self.place_of(found).await?.block_time),
            None => None,
        };
        let place = self.place_of(&found).await?;
        let finality = finality(place.block_number, &head);
        Ok(AnchoredCheckpoint { checkpoint, hash, place, finality, superseded_at })
    }

    pub(super) async fn read_judges(&self, ledger: LedgerId) -> Result<Vec<Address>, AnchorError> {
        let newest = self.read_head().await?.latest.number;
        self.judges_in(ledger, self.shared.from_block, newest).await
    }

    pub(super) async fn read_transaction(&self, tx: Digest) -> Result<TxState, AnchorError> {
        let hash = B256::new(*tx.as_bytes());
        let receipt =
            self.shared.provider.get_transaction_receipt(hash).await.map_err(|error| self.failed(error))?;
        let Some(receipt) = receipt else {
            let known = self
                .shared
                .provider
                .get_transaction_by_hash(hash)
                .await
                .map_err(|error| self.failed(error))?;
            return Ok(if known.is_some() { TxState::Pending } else { TxState::Unknown });
        };
        let (Some(number), Some(block)) = (receipt.block_number, receipt.block_hash) else {
            return Ok(TxState::Pending);
        };
        let place = self.place(hash, number, block).await?;
        let finality = finality(number, &self.read_head().await?);
        if receipt.status() {
            return Ok(TxState::Mined { place, finality });
        }
        let reason = self.reason(&receipt, number).await;
        Ok(TxState::Failed { place, finality, reason })
    }
}

/// Whether a block is final, seen from this head.
fn finality(number: u64, head: &Head) -> Finality {
    match head.finalized {
        Some(finalized) if number <= finalized.number => Finality::Final,
        _ => Finality::Pending { confirmations: (head.latest.number + 1).saturating_sub(number) },
    }
}

pub(super) fn word(ledger: LedgerId) -> B256 {
    B256::new(*ledger.as_bytes())
}

fn number_word(number: u64) -> [u8; 32] {
    alloy::primitives::U256::from(number).to_be_bytes()
}

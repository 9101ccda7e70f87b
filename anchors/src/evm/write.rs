//! [`AnchorWriter`] over JSON-RPC: one account, one transaction at a time.
//!
//! Its nonce is the number of its transactions in blocks, so that of two transactions sent for one purpose, at most one
//! ever takes effect, whatever was lost in between.

use super::EvmChain;
use super::key::AnchoringKey;
use super::read::word;
use crate::contract::{self, Anchors};
use crate::error::AnchorError;
use crate::reader::AnchorReader as _;
use crate::writer::{AnchorWriter, Opening, Submission};
use alloy::consensus::{SignableTransaction as _, TxEip1559, TxEnvelope, TxLegacy, TypedTransaction};
use alloy::eips::eip2718::Encodable2718 as _;
use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::network::TransactionBuilder as _;
use alloy::primitives::{Address as EvmAddress, B256, Bytes, TxKind, U256};
use alloy::providers::Provider as _;
use alloy::rpc::types::TransactionRequest;
use alloy::signers::SignerSync as _;
use alloy::sol_types::{SolCall as _, SolConstructor as _};
use async_trait::async_trait;
use protocol::checkpoint::Checkpoint;
use protocol::{Address, Digest, LedgerId};

/// A contract on its way to a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deployment {
    /// Where it lies once the transaction is mined.
    pub contract: Address,
    /// What came of sending it; with [`Submission::InFlight`] nothing was deployed.
    pub submission: Submission,
}

/// What a transaction may cost.
enum Fees {
    Market {
        max: u128,
        priority: u128,
    },
    /// On chains without a base fee.
    Legacy {
        price: u128,
    },
}

impl<K> EvmChain<K> {
    /// Runs a call on the newest state.
    pub(crate) async fn simulate(
        &self,
        account: EvmAddress,
        to: EvmAddress,
        input: Vec<u8>,
        value: u128,
    ) -> Result<(), AnchorError> {
        let request = TransactionRequest::default().with_from(account).with_to(to);
        let request = request.with_input(input).with_value(U256::from(value));
        let done = self.shared.provider.call(request).block(BlockId::latest()).await;
        done.map(|_| ()).map_err(|error| self.failed(error))
    }

    /// Gas that a call would take of this account on the newest state, and wei a unit.
    pub(crate) async fn price(
        &self,
        account: EvmAddress,
        to: EvmAddress,
        input: Vec<u8>,
        value: u128,
    ) -> Result<(u64, u128), AnchorError> {
        let request = TransactionRequest::default().with_from(account).with_to(to);
        let request = request.with_input(input).with_value(U256::from(value));
        let gas = self.shared.provider.estimate_gas(request).block(BlockId::latest()).await;
        let gas = gas.map_err(|error| self.failed(error))?;
        let price = self.shared.provider.get_gas_price().await.map_err(|error| self.failed(error))?;
        Ok((gas, price))
    }
}

impl EvmChain<AnchoringKey> {
    /// Deploys the contract of this version, with this least bond. Where it will lie is known at once; follow the
    /// transaction before using it. The contract that this chain was set up with plays no part.
    pub async fn deploy(&self, minimum_bond_wei: u128) -> Result<Deployment, AnchorError> {
        let constructor = Anchors::constructorCall { minimumBond_: U256::from(minimum_bond_wei) };
        self.create([Anchors::BYTECODE.as_ref(), &constructor.abi_encode()].concat()).await
    }

    /// Creates a contract out of its code and constructor arguments.
    pub(crate) async fn create(&self, creation: Vec<u8>) -> Result<Deployment, AnchorError> {
        let account = self.key.signer().address();
        let nonces = self.shared.provider.get_transaction_count(account);
        let nonce = nonces.block_id(BlockId::latest()).await.map_err(|error| self.failed(error))?;
        let submission = self.send(TxKind::Create, creation, 0).await?;
        Ok(Deployment { contract: contract::address(account.create(nonce)), submission })
    }

    pub(crate) async fn send(
        &self,
        to: TxKind,
        input: Vec<u8>,
        value: u128,
    ) -> Result<Submission, AnchorError> {
        let account = self.key.signer().address();
        let nonces = self.shared.provider.get_transaction_count(account);
        let nonce = nonces.block_id(BlockId::latest()).await.map_err(|error| self.failed(error))?;
        let nonces = self.shared.provider.get_transaction_count(account);
        let pending = nonces.block_id(BlockId::pending()).await.map_err(|error| self.failed(error))?;
        if pending > nonce {
            return Ok(Submission::InFlight { nonce });
        }
        let (input, value) = (Bytes::from(input), U256::from(value));
        let request = TransactionRequest::default().with_from(account).with_kind(to);
        let request = request.with_input(input.clone()).with_value(value);
        let gas = self.shared.provider.estimate_gas(request).block(BlockId::latest()).await;
        let gas = gas.map_err(|error| self.failed(error))?;
        // A quarter more: block time and ring slots differ by the time it is mined.
        let gas = gas.saturating_add(gas / 4);
        let chain_id = self.shared.chain.chain_id;
        let tx = match self.fees().await? {
            Fees::Market { max, priority } => TypedTransaction::Eip1559(TxEip1559 {
                chain_id,
                nonce,
                gas_limit: gas,
                max_fee_per_gas: max,
                max_priority_fee_per_gas: priority,
                to,
                value,
                access_list: alloy::eips::eip2930::AccessList::default(),
                input,
            }),
            Fees::Legacy { price } => TypedTransaction::Legacy(TxLegacy {
                chain_id: Some(chain_id),
                nonce,
                gas_price: price,
                gas_limit: gas,
                to,
                value,
                input,
            }),
        };
        self.publish(tx).await
    }

    async fn fees(&self) -> Result<Fees, AnchorError> {
        let latest = self.shared.provider.get_block_by_number(BlockNumberOrTag::Latest).await;
        let latest = latest.map_err(|error| self.failed(error))?;
        if latest.is_some_and(|block| block.header.base_fee_per_gas.is_some()) {
            let fees =
                self.shared.provider.estimate_eip1559_fees().await.map_err(|error| self.failed(error))?;
            return Ok(Fees::Market { max: fees.max_fee_per_gas, priority: fees.max_priority_fee_per_gas });
        }
        let price = self.shared.provider.get_gas_price().await.map_err(|error| self.failed(error))?;
        Ok(Fees::Legacy { price })
    }

    async fn publish(&self, tx: TypedTransaction) -> Result<Submission, AnchorError> {
        let signature = self.key.signer().sign_hash_sync(&tx.signature_hash());
        let signature = signature.map_err(|error| AnchorError::OutOfReach {
            endpoint: "the anchoring key".to_owned(),
            cause: Box::new(error),
        })?;
        let envelope: TxEnvelope = tx.into_signed(signature).into();
        let hash = *envelope.tx_hash();
        let sent = Submission::Sent { tx: contract::digest(hash) };
        let answer = self.shared.provider.send_raw_transaction(&envelope.encoded_2718()).await;
        let Err(error) = answer.map_err(|error| self.failed(error)) else { return Ok(sent) };
        // An endpoint that has it already, from an attempt whose answer was lost, declines it.
        if matches!(error, AnchorError::Declined { .. }) && self.is_known(hash).await {
            return Ok(sent);
        }
        Err(error)
    }

    async fn is_known(&self, hash: B256) -> bool {
        matches!(self.shared.provider.get_transaction_by_hash(hash).await, Ok(Some(_)))
    }
}

#[async_trait]
impl AnchorWriter for EvmChain<AnchoringKey> {
    fn account(&self) -> Address {
        self.key.address()
    }

    async fn open(&self, opening: &Opening) -> Result<Submission, AnchorError> {
        let call = Anchors::openCall {
            operatorKey: B256::new(*opening.operator_key.as_bytes()),
            salt: B256::new(*opening.salt.as_bytes()),
        };
        self.send(TxKind::Call(self.contract()), call.abi_encode(), opening.bond_wei).await
    }

    async fn anchor(
        &self,
        ledger: LedgerId,
        prev: &Checkpoint,
        next: &Checkpoint,
        consistency: &[Digest],
    ) -> Result<Submission, AnchorError> {
        match self.latest(ledger).await {
            Ok(tip) => {
                let standing = self.hash_in_ring(ledger, next.number, tip).await?;
                if standing == Some(next.hash(ledger)) {
                    return Ok(Submission::AlreadyAnchored);
                }
            }
            // The contract itself refuses it below, in its own words.
            Err(AnchorError::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
        let call = Anchors::anchorCall {
            ledger: word(ledger),
            prev: contract::to_contract(prev),
            next: contract::to_contract(next),
            consistency: consistency.iter().map(|node| B256::new(*node.as_bytes())).collect(),
        };
        self.send(TxKind::Call(self.contract()), call.abi_encode(), 0).await
    }
}

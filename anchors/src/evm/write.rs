//! [`AnchorWriter`] over JSON-RPC: what is sent to the contract. How a transaction gets into a block is in `send`.

use super::EvmChain;
use super::key::AnchoringKey;
use super::read::word;
use crate::contract::{self, Anchors};
use crate::error::AnchorError;
use crate::reader::AnchorReader as _;
use crate::writer::{AnchorWriter, Opening, Submission};
use alloy::eips::BlockId;
use alloy::network::TransactionBuilder as _;
use alloy::primitives::{Address as EvmAddress, B256, TxKind, U256};
use alloy::providers::Provider as _;
use alloy::rpc::types::TransactionRequest;
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
        let nonce = self.nonce(BlockId::latest()).await?;
        let submission = self.send(TxKind::Create, creation, 0).await?;
        Ok(Deployment { contract: contract::address(account.create(nonce)), submission })
    }
}

#[async_trait]
impl AnchorWriter for EvmChain<AnchoringKey> {
    fn account(&self) -> Address {
        self.key.address()
    }

    async fn on_its_way(&self) -> Result<Option<u64>, AnchorError> {
        self.shared.transport.doubt();
        let (nonce, is_taken) = self.next_nonce().await?;
        Ok(is_taken.then_some(nonce))
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

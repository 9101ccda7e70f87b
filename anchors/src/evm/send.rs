//! One account, one transaction at a time.
//!
//! Its nonce is the number of its transactions in blocks, so that of two transactions sent for one purpose, at most one
//! ever takes effect, whatever was lost in between. One that waits for long is replaced by one that pays more (`fees`).

use super::EvmChain;
use super::each::of_any;
use super::fees::{Fees, TooDear};
use super::key::AnchoringKey;
use crate::contract;
use crate::error::AnchorError;
use crate::writer::Submission;
use alloy::consensus::{SignableTransaction as _, TxEip1559, TxEnvelope, TxLegacy, TypedTransaction};
use alloy::eips::eip2718::Encodable2718 as _;
use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::network::TransactionBuilder as _;
use alloy::primitives::{B256, Bytes, TxKind, U256};
use alloy::providers::Provider as _;
use alloy::rpc::types::TransactionRequest;
use alloy::signers::SignerSync as _;
use std::sync::PoisonError;
use std::time::Instant;

/// A transaction of an account that waits for a block, as this process knows it. Forgotten with the process, which costs
/// no more than asking what would replace it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flight {
    nonce: u64,
    /// When it was sent or first seen here.
    since: Instant,
    /// What it offers, where it is ours.
    fees: Option<Fees>,
}

/// What a transaction does.
#[derive(Debug, Clone)]
struct Call {
    to: TxKind,
    input: Bytes,
    value: U256,
}

impl EvmChain<AnchoringKey> {
    /// Sends a transaction, or deals with the one that is on its way.
    pub(crate) async fn send(
        &self,
        to: TxKind,
        input: Vec<u8>,
        value: u128,
    ) -> Result<Submission, AnchorError> {
        let call = Call { to, input: Bytes::from(input), value: U256::from(value) };
        let _turn = self.shared.sending.lock().await;
        // The chain id is in what is signed; an endpoint that serves another chain by now is noticed before.
        self.shared.transport.doubt();
        let (nonce, is_taken) = self.next_nonce().await?;
        if is_taken {
            return self.replace(nonce, &call).await;
        }
        let gas = self.gas(&call).await?;
        let (market, base_fee) = self.market().await?;
        let fees = Fees::first(market, base_fee, &self.shared.fees).map_err(|dear| too_dear(dear, None))?;
        self.afford(gas, fees, &call).await?;
        match self.publish(nonce, gas, fees, &call).await {
            // Something of this account was there that the endpoint had not counted.
            Err(error) if is_about_nonce(&error) => Ok(self.in_flight(nonce)),
            outcome => outcome,
        }
    }

    /// What to do about a transaction on its way: wait, or after long enough replace it by one that pays more. Both have one
    /// nonce, so at most one of them ever takes effect, whoever sent the first.
    async fn replace(&self, nonce: u64, call: &Call) -> Result<Submission, AnchorError> {
        let flight = self.flight(nonce);
        let policy = &self.shared.fees;
        if flight.since.elapsed() < policy.stuck_after {
            return Ok(Submission::InFlight { nonce });
        }
        let dear = |dear| too_dear(dear, Some(nonce));
        let gas = self.gas(call).await?;
        let (market, base_fee) = self.market().await?;
        let mut fees = Fees::first(market, base_fee, policy).map_err(dear)?;
        if let Some(before) = flight.fees {
            fees = before.raised(policy).map_err(dear)?.or_more(fees);
        }
        loop {
            self.afford(gas, fees, call).await?;
            match self.publish(nonce, gas, fees, call).await {
                Ok(Submission::Sent { tx }) => return Ok(Submission::Replaced { tx, nonce }),
                // What waits there is not known to this process, and pays more.
                Err(AnchorError::Declined { message, .. }) if is_underpriced(&message) => {
                    fees = fees.raised(policy).map_err(dear)?;
                }
                // It got into a block, or somebody else's did that has its nonce.
                Err(error) if is_about_nonce(&error) => return Ok(self.in_flight(nonce)),
                outcome => return outcome,
            }
        }
    }

    /// The nonce of the account's next transaction in a block, and whether that one is on its way.
    pub(super) async fn next_nonce(&self) -> Result<(u64, bool), AnchorError> {
        let nonce = self.nonce(BlockId::latest()).await?;
        let account = self.key.signer().address();
        let waiting = self.each(move |one| async move {
            let asked = one.shared.provider.get_transaction_count(account);
            asked.block_id(BlockId::pending()).await.map_err(|error| one.failed(error))
        });
        // One that keeps no pending transactions, or dropped this one, knows of none.
        let (waiting, _) = of_any(waiting.await)?;
        Ok((nonce, waiting.into_iter().any(|waiting| waiting > nonce)))
    }

    pub(super) async fn nonce(&self, at: BlockId) -> Result<u64, AnchorError> {
        let nonces = self.shared.provider.get_transaction_count(self.key.signer().address());
        nonces.block_id(at).await.map_err(|error| self.failed(error))
    }

    /// What this process knows of the transaction with this nonce; from now on it knows that there is one.
    fn flight(&self, nonce: u64) -> Flight {
        let mut flights = self.shared.flights.lock().unwrap_or_else(PoisonError::into_inner);
        let new = Flight { nonce, since: Instant::now(), fees: None };
        let flight = flights.entry(self.key.signer().address()).or_insert(new);
        if flight.nonce != nonce {
            *flight = new;
        }
        *flight
    }

    fn in_flight(&self, nonce: u64) -> Submission {
        self.flight(nonce);
        Submission::InFlight { nonce }
    }

    async fn gas(&self, call: &Call) -> Result<u64, AnchorError> {
        let Call { to, input, value } = call.clone();
        let request = TransactionRequest::default().with_from(self.key.signer().address()).with_kind(to);
        let request = request.with_input(input).with_value(value);
        let gas = self.shared.provider.estimate_gas(request).block(BlockId::latest()).await;
        let gas = match gas.map_err(|error| self.failed(error)) {
            Ok(gas) => gas,
            // Endpoints word the lack of funds as they like; the balance says it for certain.
            Err(error @ AnchorError::Declined { .. }) => {
                self.hold(value).await?;
                return Err(error);
            }
            Err(error) => return Err(error),
        };
        // A quarter more: block time and ring slots differ by the time it is mined.
        Ok(gas.saturating_add(gas / 4))
    }

    async fn afford(&self, gas: u64, fees: Fees, call: &Call) -> Result<(), AnchorError> {
        let gas = U256::from(gas).saturating_mul(U256::from(fees.price()));
        self.hold(gas.saturating_add(call.value)).await
    }

    /// Whether the account has so much.
    async fn hold(&self, due: U256) -> Result<(), AnchorError> {
        let account = self.key.signer().address();
        let balance = self.shared.provider.get_balance(account).block_id(BlockId::latest()).await;
        let balance = balance.map_err(|error| self.failed(error))?;
        if balance >= due {
            return Ok(());
        }
        let (balance_wei, due_wei) = (contract::wei(balance), contract::wei(due));
        Err(AnchorError::NoFunds { account: contract::address(account), balance_wei, due_wei })
    }

    /// What the chain asks now, and the base fee of its newest block, 0 where there is none.
    async fn market(&self) -> Result<(Fees, u128), AnchorError> {
        let latest = self.shared.provider.get_block_by_number(BlockNumberOrTag::Latest).await;
        let latest = latest.map_err(|error| self.failed(error))?;
        if let Some(base_fee) = latest.and_then(|block| block.header.base_fee_per_gas) {
            let fees =
                self.shared.provider.estimate_eip1559_fees().await.map_err(|error| self.failed(error))?;
            let (max, priority) = (fees.max_fee_per_gas, fees.max_priority_fee_per_gas);
            return Ok((Fees::Market { max, priority }, u128::from(base_fee)));
        }
        let price = self.shared.provider.get_gas_price().await.map_err(|error| self.failed(error))?;
        Ok((Fees::Legacy { price }, 0))
    }

    async fn publish(
        &self,
        nonce: u64,
        gas: u64,
        fees: Fees,
        call: &Call,
    ) -> Result<Submission, AnchorError> {
        let tx = transaction(self.shared.chain.chain_id, nonce, gas, fees, call);
        let signature = self.key.signer().sign_hash_sync(&tx.signature_hash());
        let signature = signature.map_err(|error| AnchorError::OutOfReach {
            endpoint: "the anchoring key".to_owned(),
            cause: Box::new(error),
        })?;
        let envelope: TxEnvelope = tx.into_signed(signature).into();
        let hash = *envelope.tx_hash();
        if let Err(error) = self.hand_over(envelope.encoded_2718()).await {
            // An endpoint that has it already, from an attempt whose answer was lost, declines it.
            if !matches!(error, AnchorError::Declined { .. }) || !self.is_known(hash).await {
                return Err(error);
            }
        }
        let flight = Flight { nonce, since: Instant::now(), fees: Some(fees) };
        let mut flights = self.shared.flights.lock().unwrap_or_else(PoisonError::into_inner);
        flights.insert(self.key.signer().address(), flight);
        Ok(Submission::Sent { tx: contract::digest(hash) })
    }

    /// Gives a signed transaction to every endpoint, for one alone could keep it to itself; that one takes it is enough.
    async fn hand_over(&self, signed: Vec<u8>) -> Result<(), AnchorError> {
        let said = self.each(move |one| {
            let signed = signed.clone();
            async move {
                one.shared.transport.doubt();
                let taken = one.shared.provider.send_raw_transaction(&signed).await;
                taken.map(|_| ()).map_err(|error| one.failed(error))
            }
        });
        let mut said = said.await;
        // What one of them declines says more than that another is out of reach.
        said.sort_by_key(|said| match said {
            Ok(()) => 0,
            Err(AnchorError::Declined { .. }) => 1,
            Err(_) => 2,
        });
        said.into_iter().next().unwrap_or(Ok(()))
    }

    async fn is_known(&self, hash: B256) -> bool {
        matches!(self.shared.provider.get_transaction_by_hash(hash).await, Ok(Some(_)))
    }
}

fn transaction(chain_id: u64, nonce: u64, gas: u64, fees: Fees, call: &Call) -> TypedTransaction {
    let Call { to, input, value } = call.clone();
    match fees {
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
    }
}

fn too_dear(TooDear { due_wei, cap_wei }: TooDear, nonce: Option<u64>) -> AnchorError {
    AnchorError::TooDear { due_wei, cap_wei, nonce }
}

/// Whether an endpoint says that what waits pays more, or that no block takes so little. Each kind of node has words of
/// its own.
fn is_underpriced(message: &str) -> bool {
    let message = message.to_lowercase();
    let words = ["underpriced", "replace", "fee too low", "feetoolow", "gas price too low"];
    words.iter().any(|word| message.contains(word))
}

/// Whether an endpoint says that the nonce is used up.
fn is_about_nonce(error: &AnchorError) -> bool {
    let AnchorError::Declined { message, .. } = error else { return false };
    let message = message.to_lowercase();
    let words = ["nonce too low", "oldnonce", "nonce is too low", "already known", "already imported"];
    words.iter().any(|word| message.contains(word))
}

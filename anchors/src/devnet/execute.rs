//! Running transactions and calls on a state, without changing it.

use super::chain::Refused;
use crate::reader::DEVELOPMENT_CHAIN_ID;
use alloy::consensus::transaction::{Recovered, SignerRecoverable as _, Transaction as _};
use alloy::consensus::{TxEnvelope, Typed2718 as _};
use alloy::eips::eip2718::Decodable2718 as _;
use alloy::primitives::{Bytes, TxKind, U256};
use alloy::rpc::types::TransactionRequest;
use revm::context::result::{EVMError, ExecutionResult, InvalidTransaction, ResultAndState};
use revm::context::{BlockEnv, Context, TxEnv};
use revm::database::InMemoryDB;
use revm::{DatabaseRef as _, ExecuteEvm as _, MainBuilder as _, MainContext as _};

/// What one transaction may use at most, by the rules of the Osaka fork (EIP-7825): 2^24.
pub(super) const TX_GAS_LIMIT: u64 = 1 << 24;

/// Runs a transaction; the changes that it makes are part of the result.
pub(super) fn run(
    db: &InMemoryDB,
    block: BlockEnv,
    tx: TxEnv,
) -> Result<ResultAndState, EVMError<std::convert::Infallible, InvalidTransaction>> {
    Context::mainnet()
        .with_ref_db(db)
        .modify_cfg_chained(|cfg| cfg.chain_id = DEVELOPMENT_CHAIN_ID)
        .with_block(block)
        .build_mainnet()
        .transact(tx)
}

/// A signed transaction from its bytes, and who signed it.
pub(super) fn decode(raw: &[u8]) -> Result<Recovered<TxEnvelope>, Refused> {
    let unreadable = |error: String| Refused::Invalid(format!("not a signed transaction: {error}"));
    let mut rest = raw;
    let envelope = TxEnvelope::decode_2718(&mut rest).map_err(|error| unreadable(error.to_string()))?;
    if !rest.is_empty() {
        return Err(unreadable(format!("{} bytes too many", rest.len())));
    }
    // Blobs and delegations are of no use here.
    if envelope.ty() > 2 {
        return Err(Refused::Invalid(format!("transactions of type {} are not taken here", envelope.ty())));
    }
    envelope.try_into_recovered().map_err(|error| unreadable(error.to_string()))
}

/// A signed transaction as the EVM takes it.
pub(super) fn environment(tx: &Recovered<TxEnvelope>) -> TxEnv {
    TxEnv {
        tx_type: tx.ty(),
        caller: tx.signer(),
        gas_limit: tx.gas_limit(),
        gas_price: tx.max_fee_per_gas(),
        kind: tx.kind(),
        value: tx.value(),
        data: tx.input().clone(),
        nonce: tx.nonce(),
        chain_id: tx.chain_id(),
        access_list: tx.access_list().cloned().unwrap_or_default(),
        gas_priority_fee: tx.max_priority_fee_per_gas(),
        ..TxEnv::default()
    }
}

/// A question as the EVM takes it: it costs nothing, and its nonce is whatever is due.
fn question(db: &InMemoryDB, request: &TransactionRequest, gas_limit: u64) -> TxEnv {
    let caller = request.from.unwrap_or_default();
    let nonce = db.basic_ref(caller).ok().flatten().map_or(0, |account| account.nonce);
    TxEnv {
        caller,
        gas_limit,
        kind: request.to.unwrap_or(TxKind::Create),
        value: request.value.unwrap_or_default(),
        data: request.input.input().cloned().unwrap_or_default(),
        nonce,
        chain_id: Some(DEVELOPMENT_CHAIN_ID),
        access_list: request.access_list.clone().unwrap_or_default(),
        ..TxEnv::default()
    }
}

/// What a call gives back on this state. `block` must have no base fee.
pub(super) fn call(db: &InMemoryDB, block: BlockEnv, request: &TransactionRequest) -> Result<Bytes, Refused> {
    let gas_limit = request.gas.unwrap_or(TX_GAS_LIMIT).min(TX_GAS_LIMIT);
    let outcome = run(db, block, question(db, request, gas_limit)).map_err(invalid)?;
    succeeded(outcome.result).map(|(output, _)| output)
}

/// The least gas limit, to 64 units, with which a call succeeds on this state. `block` must have no base fee.
pub(super) fn estimate(
    db: &InMemoryDB,
    block: &BlockEnv,
    request: &TransactionRequest,
) -> Result<u64, Refused> {
    let most = request.gas.unwrap_or(TX_GAS_LIMIT).min(TX_GAS_LIMIT);
    let with = |gas_limit| run(db, block.clone(), question(db, request, gas_limit)).map_err(invalid);
    let (_, used) = succeeded(with(most)?.result)?;
    // What it used may be less than what it must be given: inner calls keep back a 64th, refunds come at the end.
    let (mut too_little, mut enough) = (used.saturating_sub(1), most);
    while enough - too_little > 64 {
        let middle = too_little + (enough - too_little) / 2;
        match with(middle) {
            Ok(outcome) if outcome.result.is_success() => enough = middle,
            _ => too_little = middle,
        }
    }
    Ok(enough)
}

fn succeeded(result: ExecutionResult) -> Result<(Bytes, u64), Refused> {
    let used = result.tx_gas_used();
    match result {
        ExecutionResult::Success { output, .. } => Ok((output.into_data(), used)),
        ExecutionResult::Revert { output, .. } => Err(Refused::Reverted(output)),
        ExecutionResult::Halt { reason, .. } => {
            Err(Refused::Invalid(format!("execution halted: {reason:?}")))
        }
    }
}

pub(super) fn invalid(error: EVMError<std::convert::Infallible, InvalidTransaction>) -> Refused {
    Refused::Invalid(match error {
        EVMError::Transaction(InvalidTransaction::LackOfFundForMaxFee { fee, balance }) => {
            let fee: U256 = *fee;
            format!(
                "insufficient funds for gas * price + value: {fee} wei are due, the account has {balance}"
            )
        }
        EVMError::Transaction(InvalidTransaction::NonceTooLow { tx, state }) => {
            format!("nonce too low: next nonce {state}, transaction nonce {tx}")
        }
        EVMError::Transaction(InvalidTransaction::NonceTooHigh { tx, state }) => {
            format!("nonce too high: next nonce {state}, transaction nonce {tx}, and nothing waits here")
        }
        other => other.to_string(),
    })
}

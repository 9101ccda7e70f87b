//! The methods that are answered.

use super::{Failure, answers};
use crate::devnet::chain::{BASE_FEE_WEI, Block, Blocks};
use crate::devnet::{Devnet, execute, trie};
use crate::reader::DEVELOPMENT_CHAIN_ID;
use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::{Address, B256, Bytes, U64};
use alloy::rpc::types::serde_helpers::JsonStorageKey;
use alloy::rpc::types::{FeeHistory, Filter, FilterBlockOption, TransactionRequest};
use revm::DatabaseRef as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Words that are proven at a time.
const PROVEN_WORDS: usize = 128;

type Answer = Result<Value, Failure>;

/// Blocks whose fees are told at a time, as the specification demands at least.
const FEE_HISTORY: u64 = 1_024;

/// Calls a method by its name.
pub(super) fn call(devnet: &Devnet, method: &str, params: &[Value]) -> Answer {
    if method == "eth_sendRawTransaction" {
        return show(devnet.send(&param::<Bytes>(params, 0)?)?);
    }
    let time = devnet.clock.now() / 1000;
    let state = devnet.lock();
    let blocks = &state.blocks;
    match method {
        "eth_chainId" => show(U64::from(DEVELOPMENT_CHAIN_ID)),
        "net_version" => show(DEVELOPMENT_CHAIN_ID.to_string()),
        "web3_clientVersion" => show(concat!(
            "vouchsafe-devnet/",
            env!("CARGO_PKG_VERSION"),
            " (development chain: proves nothing to outsiders)"
        )),
        "eth_syncing" => show(false),
        "eth_blockNumber" => show(U64::from(blocks.number())),
        "eth_gasPrice" => show(U64::from(BASE_FEE_WEI)),
        "eth_maxPriorityFeePerGas" => show(U64::ZERO),
        "eth_feeHistory" => fee_history(blocks, params),
        "eth_getBlockByNumber" => {
            let which = BlockId::Number(param(params, 0)?);
            show(find(blocks, which).map(|block| answers::block(block, flag(params))))
        }
        "eth_getBlockByHash" => {
            let found = blocks.by_hash(&param(params, 0)?);
            show(found.map(|block| answers::block(block, flag(params))))
        }
        "eth_getTransactionByHash" => {
            let found = blocks.by_tx(&param(params, 0)?);
            show(found.and_then(|block| Some(answers::transaction(block, block.mined.as_ref()?))))
        }
        "eth_getTransactionReceipt" => {
            let found = blocks.by_tx(&param(params, 0)?);
            show(found.and_then(|block| Some(answers::receipt(block, block.mined.as_ref()?))))
        }
        "eth_getLogs" => logs(blocks, &param(params, 0)?),
        "eth_call" => {
            newest_state(blocks, params, 1)?;
            show(execute::call(&blocks.db, blocks.question_block(time), &param(params, 0)?)?)
        }
        "eth_estimateGas" => {
            newest_state(blocks, params, 1)?;
            let request: TransactionRequest = param(params, 0)?;
            show(U64::from(execute::estimate(&blocks.db, &blocks.question_block(time), &request)?))
        }
        "eth_getBalance" | "eth_getCode" | "eth_getTransactionCount" | "eth_getStorageAt" => {
            account(blocks, method, params)
        }
        "eth_getProof" => {
            newest_state(blocks, params, 2)?;
            let keys: Vec<JsonStorageKey> = param(params, 1)?;
            if keys.len() > PROVEN_WORDS {
                return Err(Failure::parameter(format!(
                    "{} keys: at most {PROVEN_WORDS} are proven",
                    keys.len()
                )));
            }
            show(trie::prove(&blocks.db, param(params, 0)?, &keys))
        }
        _ => Err(Failure { code: -32601, message: format!("{method} is not answered here"), data: None }),
    }
}

fn account(blocks: &Blocks, method: &str, params: &[Value]) -> Answer {
    let address: Address = param(params, 0)?;
    newest_state(blocks, params, if method == "eth_getStorageAt" { 2 } else { 1 })?;
    // Reading memory does not fail.
    let info = blocks.db.basic_ref(address).unwrap_or_default().unwrap_or_default();
    match method {
        "eth_getBalance" => show(info.balance),
        "eth_getTransactionCount" => show(U64::from(info.nonce)),
        "eth_getStorageAt" => {
            let value = blocks.db.storage_ref(address, param(params, 1)?).unwrap_or_default();
            show(B256::from(value))
        }
        _ => {
            let code =
                info.code.or_else(|| blocks.db.code_by_hash_ref(info.code_hash).ok()).unwrap_or_default();
            show(code.original_bytes())
        }
    }
}

fn logs(blocks: &Blocks, filter: &Filter) -> Answer {
    let from_to = match filter.block_option {
        FilterBlockOption::AtBlockHash(hash) => {
            let block =
                blocks.by_hash(&hash).ok_or_else(|| Failure::server(format!("unknown block {hash}")))?;
            (block.header.number, block.header.number)
        }
        FilterBlockOption::Range { from_block, to_block } => {
            let number =
                |tag: Option<BlockNumberOrTag>| number(blocks, tag.unwrap_or(BlockNumberOrTag::Latest));
            (number(from_block), number(to_block))
        }
    };
    let events = blocks.range(from_to.0, from_to.1).flat_map(answers::events);
    show(events.filter(|event| filter.rpc_matches(event)).collect::<Vec<_>>())
}

fn fee_history(blocks: &Blocks, params: &[Value]) -> Answer {
    let wanted = param::<U64>(params, 0)?.to::<u64>().min(FEE_HISTORY);
    let newest = number(blocks, param(params, 1)?).min(blocks.number());
    let percentiles = params.get(2).and_then(Value::as_array).map_or(0, Vec::len);
    let told = wanted.min(newest + 1);
    let oldest_block = newest + 1 - told;
    let range = if told == 0 { (1, 0) } else { (oldest_block, newest) };
    let shown: Vec<&Block> = blocks.range(range.0, range.1).collect();
    #[expect(clippy::cast_precision_loss, reason = "a block's gas is below 2^25")]
    let ratio = |block: &&Block| block.header.gas_used as f64 / block.header.gas_limit as f64;
    show(FeeHistory {
        base_fee_per_gas: vec![u128::from(BASE_FEE_WEI); shown.len() + 1],
        gas_used_ratio: shown.iter().map(ratio).collect(),
        oldest_block,
        // Nobody has to outbid anybody for a block of his own.
        reward: Some(vec![vec![0; percentiles]; shown.len()]),
        ..FeeHistory::default()
    })
}

/// Every block is final at once, and nothing is ever pending.
fn number(blocks: &Blocks, which: BlockNumberOrTag) -> u64 {
    match which {
        BlockNumberOrTag::Number(number) => number,
        BlockNumberOrTag::Earliest => 0,
        _ => blocks.number(),
    }
}

fn find(blocks: &Blocks, which: BlockId) -> Option<&Block> {
    match which {
        BlockId::Number(which) => blocks.by_number(number(blocks, which)),
        BlockId::Hash(hash) => blocks.by_hash(&hash.block_hash),
    }
}

/// Refuses a question about the state after any block but the newest.
fn newest_state(blocks: &Blocks, params: &[Value], index: usize) -> Result<(), Failure> {
    if params.get(index).is_none_or(Value::is_null) {
        return Ok(());
    }
    let which: BlockId = param(params, index)?;
    let block = find(blocks, which).ok_or_else(|| Failure::server("unknown block"))?;
    if block.header.number == blocks.number() {
        return Ok(());
    }
    let number = block.header.number;
    Err(Failure::server(format!("the state of block {number} is not kept: ask for the latest")))
}

fn flag(params: &[Value]) -> bool {
    params.get(1).and_then(Value::as_bool).unwrap_or(false)
}

fn param<T: DeserializeOwned>(params: &[Value], index: usize) -> Result<T, Failure> {
    let value =
        params.get(index).ok_or_else(|| Failure::parameter(format!("parameter {index} is missing")))?;
    T::deserialize(value).map_err(|error| Failure::parameter(format!("parameter {index}: {error}")))
}

fn show<T: Serialize>(result: T) -> Answer {
    serde_json::to_value(result).map_err(|error| Failure {
        code: -32603,
        message: error.to_string(),
        data: None,
    })
}

//! JSON-RPC as the development chain answers it: JSON, or nothing.

use anchors::{Clock, Devnet};
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock};

static DEVNET: LazyLock<Arc<Devnet>> = LazyLock::new(|| Devnet::in_memory(Clock::new(|| 1_790_000_000_000)));

pub fn check(bytes: &[u8]) {
    let answer = DEVNET.answer(bytes);
    assert!(answer.is_empty() || serde_json::from_slice::<Value>(&answer).is_ok(), "no JSON");
}

pub fn seeds() -> Vec<Vec<u8>> {
    let contract = Devnet::chain().contract.to_string();
    let nobody = format!("0x{:040x}", 7);
    let hash = format!("0x{:064x}", 7);
    let call = json!({ "to": contract, "data": "0x4a7b9c1e", "from": nobody, "value": "0x1" });
    let calls = [
        ("eth_chainId", json!([])),
        ("eth_getBlockByNumber", json!(["latest", true])),
        ("eth_getBlockByHash", json!([hash, false])),
        ("eth_getTransactionByHash", json!([hash])),
        ("eth_getTransactionReceipt", json!([hash])),
        (
            "eth_getLogs",
            json!([{ "fromBlock": "0x0", "toBlock": "latest", "address": contract, "topics": [hash, null] }]),
        ),
        ("eth_getLogs", json!([{ "blockHash": hash }])),
        ("eth_call", json!([call, "latest"])),
        ("eth_estimateGas", json!([call])),
        ("eth_getBalance", json!([nobody, "latest"])),
        ("eth_getCode", json!([contract, "0x0"])),
        ("eth_getStorageAt", json!([contract, "0x0", "finalized"])),
        ("eth_feeHistory", json!(["0x4", "latest", [25, 75]])),
        // An unsigned transfer: the beginning of one that is signed.
        (
            "eth_sendRawTransaction",
            json!(["0x02e7827a698001843b9aca0082520894000000000000000000000000000000000000000701808080c0"]),
        ),
    ];
    let one = |(method, params): &(&str, Value)| json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    let all: Vec<Value> = calls.iter().map(one).collect();
    let batch = Value::Array(all.clone());
    all.into_iter().chain([batch]).map(|request| request.to_string().into_bytes()).collect()
}

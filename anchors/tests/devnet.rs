//! The development chain: what survives a restart, what its file refuses, and what it answers.
//!
//! No test in this file starts a process: until it is executed, a child holds the locks of its parent's files.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may stop at what it did not expect"
)]

mod common;

use common::anvil::key;
use common::{BEGINNING_MS, Log, Time, opening, salted, served};
use serde_json::{Value, json};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use vouchsafe_anchors::{AnchorReader as _, AnchorWriter as _, Devnet, DevnetError};

fn ask(devnet: &Devnet, method: &str, params: &Value) -> Value {
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
    serde_json::from_slice(&devnet.answer(request.to_string().as_bytes())).expect("JSON")
}

fn result(devnet: &Devnet, method: &str, params: &Value) -> Value {
    let answer = ask(devnet, method, params);
    assert!(answer.get("error").is_none(), "{method}: {answer}");
    answer["result"].clone()
}

fn file(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("chain.jsonl")
}

fn open(path: &Path, time: &Time) -> Arc<Devnet> {
    Devnet::open(path, time.clock()).expect("opens")
}

/// A file with a ledger and two checkpoints: a heading and three lines.
async fn written(path: &Path) -> Log {
    let writer = open(path, &Time::begin()).client().signing_with(key(0));
    let mut log = Log::open(&writer, 1).await;
    log.anchor(&writer, 3).await;
    log.anchor(&writer, 2).await;
    log
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let (path, time) = (file(&folder), Time::begin());
    let devnet = open(&path, &time);
    let writer = devnet.client().signing_with(key(0));
    let mut log = Log::open(&writer, 1).await;
    time.pass(5_000);
    log.anchor(&writer, 3).await;
    let before = (writer.ledger(log.ledger).await.unwrap(), writer.checkpoint(log.ledger, 1).await.unwrap());
    let block = result(&devnet, "eth_getBlockByNumber", &json!(["latest", true]));
    drop((devnet, writer));

    time.pass(60_000);
    let devnet = open(&path, &time);
    let writer = devnet.client().signing_with(key(0));
    let after = (writer.ledger(log.ledger).await.unwrap(), writer.checkpoint(log.ledger, 1).await.unwrap());
    assert_eq!(after, before);
    assert_eq!(result(&devnet, "eth_getBlockByNumber", &json!(["latest", true])), block);
    log.anchor(&writer, 1).await;
    let next = writer.checkpoint(log.ledger, 2).await.unwrap();
    assert_eq!(next.place.block_time, before.1.place.block_time + 60_000);
}

#[tokio::test]
async fn block_time_is_the_clocks_and_never_goes_back() {
    let early = Time::begin();
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    early.pass(90_500);
    let mut log = Log::open(&open(&path, &early).client().signing_with(key(0)), 1).await;
    let writer = open(&path, &Time::begin()).client().signing_with(key(0));
    log.anchor(&writer, 1).await;
    let times = [
        writer.checkpoint(log.ledger, 0).await.unwrap().place.block_time,
        writer.checkpoint(log.ledger, 1).await.unwrap().place.block_time,
    ];
    assert_eq!(times, [BEGINNING_MS + 90_000; 2]);
}

#[tokio::test]
async fn a_line_without_its_end_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let log = written(&path).await;
    let whole = fs::read(&path).unwrap();
    let last = whole[..whole.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    for cut in [last + 1, last + 40, whole.len() - 1] {
        fs::write(&path, &whole[..cut]).unwrap();
        let devnet = open(&path, &Time::begin());
        let client = devnet.client();
        assert_eq!(client.latest(log.ledger).await.unwrap().number, 1, "the last block never counted");
        assert_eq!(fs::read(&path).unwrap(), whole[..last], "and leaves no trace");
    }
}

#[tokio::test]
async fn a_damaged_line_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    written(&path).await;
    let whole = fs::read_to_string(&path).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    let without_second: String = [lines[0], lines[2], lines[3]].map(|line| format!("{line}\n")).concat();
    let later = whole.replacen("\"time\":1795219200,\"tx\"", "\"time\":1795219201,\"tx\"", 1);
    let scratched = whole.replacen("\"tx\":\"0x02f8", "\"tx\":\"0x02f9", 1);
    let blank = whole.replacen(lines[1], "", 1);
    for (text, what) in [(without_second, "missing"), (later, "time"), (scratched, "bytes"), (blank, "blank")]
    {
        assert_ne!(text, whole, "{what}: nothing was changed");
        fs::write(&path, &text).unwrap();
        let error = Devnet::open(&path, Time::begin().clock()).unwrap_err();
        assert!(matches!(error, DevnetError::Damaged { line: 2, .. }), "{what}: {error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text, "it is left as it was");
    }
}

#[tokio::test]
async fn a_foreign_file_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    written(&path).await;
    let whole = fs::read_to_string(&path).unwrap();
    let other_contract = {
        let mut heading: Value = serde_json::from_str(whole.lines().next().unwrap()).unwrap();
        heading["block"] = json!(salted(1));
        format!("{heading}\n")
    };
    for text in [
        String::new(),
        "a shopping list\n".to_owned(),
        whole.replacen("vouchsafe/devnet@1", "vouchsafe/devnet@2", 1),
        whole.replacen("31337", "1", 1),
        other_contract,
    ] {
        fs::write(&path, &text).unwrap();
        let error = Devnet::open(&path, Time::begin().clock()).unwrap_err();
        assert!(matches!(error, DevnetError::Foreign { .. }), "{text}: {error}");
        assert!(error.to_string().contains("chain.jsonl"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[tokio::test]
async fn a_file_belongs_to_one_process_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let first = open(&path, &Time::begin());
    let error = Devnet::open(&path, Time::begin().clock()).unwrap_err();
    assert!(matches!(error, DevnetError::InUse { .. }), "{error}");
    drop(first);
    open(&path, &Time::begin());
}

#[tokio::test]
async fn a_place_that_can_not_be_written_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("no/such/folder/chain.jsonl");
    let error = Devnet::open(&missing, Time::begin().clock()).unwrap_err();
    assert!(matches!(error, DevnetError::Io { action: "create", .. }), "{error}");
}

#[tokio::test]
async fn a_start_that_was_cut_short_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = file(&folder);
    let mut half =
        OpenOptions::new().create(true).append(true).open(folder.path().join("chain.jsonl.new")).unwrap();
    half.write_all(b"{\"format\":\"vouch").unwrap();
    written(&path).await;
    assert_eq!(result(&open(&path, &Time::begin()), "eth_blockNumber", &json!([])), "0x3");
}

#[tokio::test]
async fn it_says_that_it_is_a_development_chain() {
    let devnet = Devnet::in_memory(Time::begin().clock());
    let version = result(&devnet, "web3_clientVersion", &json!([]));
    assert!(version.as_str().unwrap().contains("development chain"), "{version}");
    assert_eq!(result(&devnet, "eth_chainId", &json!([])), "0x7a69");
    assert!(devnet.client().chain().development);
    let contract = Devnet::chain().contract;
    assert!(result(&devnet, "eth_getCode", &json!([contract, "latest"])).as_str().unwrap().len() > 1_000);
    for account in 0..10 {
        let balance = result(&devnet, "eth_getBalance", &json!([key(account).address(), "latest"]));
        assert_eq!(balance, "0x21e19e0c9bab2400000", "10,000 ether for account {account}");
    }
}

#[tokio::test]
async fn what_is_asked_wrongly_is_answered_with_an_error() {
    let devnet = Devnet::in_memory(Time::begin().clock());
    let writer = devnet.client().signing_with(key(0));
    Log::open(&writer, 1).await;
    let code = |answer: &Value| answer["error"]["code"].as_i64().unwrap_or_default();
    assert_eq!(code(&ask(&devnet, "eth_mining", &json!([]))), -32601);
    assert_eq!(code(&ask(&devnet, "eth_getBalance", &json!([]))), -32602);
    assert_eq!(code(&ask(&devnet, "eth_getBalance", &json!(["0x12", "latest"]))), -32602);
    assert_eq!(code(&ask(&devnet, "eth_getBalance", &json!({"address": 1}))), -32602);
    assert_eq!(code(&ask(&devnet, "eth_sendRawTransaction", &json!(["0x02"]))), -32000);
    let account = writer.account();
    assert_eq!(
        code(&ask(&devnet, "eth_getBalance", &json!([account, "0x0"]))),
        -32000,
        "old state is not kept"
    );
    assert_eq!(ask(&devnet, "eth_getBlockByNumber", &json!(["0x99", false]))["result"], Value::Null);
    for (body, expected) in
        [(&b"{"[..], -32700), (b"[]", -32600), (b"7", -32600), (br#"{"id":1,"method":"x"}"#, -32600)]
    {
        let answer: Value = serde_json::from_slice(&devnet.answer(body)).expect("JSON");
        assert_eq!(code(&answer), expected, "{answer}");
        assert_eq!(answer["id"], Value::Null);
    }
}

#[tokio::test]
async fn batches_are_answered_and_notifications_are_not() {
    let devnet = Devnet::in_memory(Time::begin().clock());
    let batch = json!([
        { "jsonrpc": "2.0", "id": "a", "method": "eth_chainId" },
        { "jsonrpc": "2.0", "method": "eth_chainId" },
        { "jsonrpc": "2.0", "id": null, "method": "eth_blockNumber", "params": [] },
        1,
    ]);
    let answers: Value = serde_json::from_slice(&devnet.answer(batch.to_string().as_bytes())).unwrap();
    let answers = answers.as_array().unwrap();
    assert_eq!(answers.len(), 3);
    assert_eq!((&answers[0]["id"], &answers[0]["result"]), (&json!("a"), &json!("0x7a69")));
    assert_eq!((&answers[1]["id"], &answers[1]["result"]), (&Value::Null, &json!("0x0")));
    assert_eq!(answers[2]["error"]["code"], -32600);
    assert!(devnet.answer(br#"{"jsonrpc":"2.0","method":"eth_chainId"}"#).is_empty());
    let many = json!(vec![json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_chainId" }); 1_001]);
    let answer: Value = serde_json::from_slice(&devnet.answer(many.to_string().as_bytes())).unwrap();
    assert_eq!(answer["error"]["code"], -32600);
}

#[tokio::test]
async fn damaged_requests_never_panic() {
    let devnet = Devnet::in_memory(Time::begin().clock());
    let contract = Devnet::chain().contract;
    let requests = [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_getLogs", "params": [{ "fromBlock": "0x0", "toBlock": "latest" }] }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_feeHistory", "params": ["0x5", "latest", [10.0, 50.0]] }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_call", "params": [{ "to": contract, "input": "0x12345678" }, "latest"] }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_getStorageAt", "params": [contract, "0x0", "latest"] }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_getBlockByNumber", "params": ["0xffffffffffffffff", true] }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_feeHistory", "params": ["0xffffffffffffffff", "0xffffffffffffffff", []] }),
        json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_getLogs", "params": [{ "fromBlock": "0xffffffffffffffff", "toBlock": "0xffffffffffffffff" }] }),
    ];
    for request in requests {
        let text = request.to_string().into_bytes();
        for at in 0..text.len() {
            for with in [b'0', b'f', b'"', b'[', b'}', 0xFF] {
                let mut damaged = text.clone();
                damaged[at] = with;
                devnet.answer(&damaged);
            }
            devnet.answer(&text[..at]);
        }
        assert!(!devnet.answer(&text).is_empty());
    }
}

#[tokio::test]
async fn a_transaction_is_taken_once() {
    let devnet = Devnet::in_memory(Time::begin().clock());
    let raw = signed_opening(&devnet).await;
    assert!(result(&devnet, "eth_sendRawTransaction", &json!([raw])).is_string());
    let again = ask(&devnet, "eth_sendRawTransaction", &json!([raw]));
    assert_eq!(again["error"]["message"], "already known");
}

/// The bytes of a signed transaction, caught on their way to another chain with the same state.
async fn signed_opening(like: &Devnet) -> String {
    let twin = Devnet::in_memory(Time::begin().clock());
    assert_eq!(result(&twin, "eth_blockNumber", &json!([])), result(like, "eth_blockNumber", &json!([])));
    let caught = Arc::new(std::sync::Mutex::new(String::new()));
    let note = Arc::clone(&caught);
    let url = served::answering(move |body| {
        let request: Value = serde_json::from_slice(body).expect("JSON");
        if request["method"] == "eth_sendRawTransaction" {
            request["params"][0].as_str().unwrap().clone_into(&mut note.lock().unwrap());
        }
        (axum::http::StatusCode::OK, twin.answer(body))
    })
    .await;
    let options = vouchsafe_anchors::EvmOptions::new(Devnet::chain(), vec![url.parse().unwrap()]);
    let writer = vouchsafe_anchors::EvmChain::new(&options).unwrap().signing_with(key(0));
    writer.open(&opening(1)).await.unwrap();
    caught.lock().unwrap().clone()
}

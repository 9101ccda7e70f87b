//! What the EVM client makes of endpoints that are down, slow, wrong, broken or limited.

use crate::common::anvil::key;
use crate::common::served::{self, anchored, behind, client, declined, options};
use crate::common::{Log, opening};
use axum::http::StatusCode;
use protocol::Address;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use vouchsafe_anchors::{
    AnchorError, AnchorReader as _, AnchorWriter as _, Chain, Devnet, EvmChain, EvmOptions, Refusal, Trouble,
    Watch,
};

/// A port of this machine where nobody listens.
fn nobody() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    format!("http://{}/v3/0123456789abcdef", listener.local_addr().expect("an address"))
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_out_of_reach_and_named_without_its_key() {
    let url = nobody();
    let error = client(&[&url]).head().await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, AnchorError::OutOfReach { .. }) && error.is_transient(), "{text}");
    assert!(text.contains(url.trim_end_matches("/v3/0123456789abcdef")), "{text}");
    assert!(
        !text.contains("0123456789abcdef") && !format!("{error:?}").contains("0123456789abcdef"),
        "{text}"
    );
    assert!(text.contains("refused"), "the cause is told: {text}");
}

#[tokio::test]
async fn no_endpoint_at_all_is_out_of_reach() {
    let error = client(&[]).head().await.unwrap_err();
    assert!(matches!(error, AnchorError::OutOfReach { .. }), "{error:?}");
}

#[tokio::test]
async fn the_next_endpoint_answers_for_one_that_is_down() {
    let (devnet, log) = anchored(2).await;
    let good = served::devnet(devnet).await;
    let down = nobody();
    let client = client(&[&down, &good]);
    assert_eq!(client.latest(log.ledger).await.unwrap().number, 2);
    assert_eq!(client.checkpoint(log.ledger, 1).await.unwrap().checkpoint.size, 2);
}

#[tokio::test]
async fn what_is_sent_goes_first_to_the_endpoint_that_took_the_last() {
    let (devnet, mut log) = anchored(1).await;
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let broken = served::answering(move |body| {
        count.fetch_add(usize::from(body.windows(11).any(|word| word == b"estimateGas")), Ordering::Relaxed);
        (StatusCode::SERVICE_UNAVAILABLE, b"try later".to_vec())
    })
    .await;
    let good = served::devnet(devnet).await;
    let writer = client(&[&broken, &good]).signing_with(key(0));
    for _ in 0..3 {
        log.anchor(&writer, 1).await;
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0, "the nonce before told already that it is broken");
}

#[tokio::test]
async fn an_endpoint_that_does_not_answer_in_time_is_passed_over() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let error = client(&[&url]).head().await.unwrap_err();
    assert!(error.to_string().contains("no answer within 500 ms"), "{error}");
    let (devnet, log) = anchored(1).await;
    let good = served::devnet(devnet).await;
    assert_eq!(client(&[&url, &good]).latest(log.ledger).await.unwrap().number, 1);
}

#[tokio::test]
async fn all_endpoints_down_are_all_named() {
    let (first, second) = (nobody(), nobody());
    let text = client(&[&first, &second]).head().await.unwrap_err().to_string();
    for url in [first, second] {
        assert!(text.contains(url.trim_end_matches("/v3/0123456789abcdef")), "{text}");
    }
}

#[tokio::test]
async fn an_endpoint_of_another_chain_is_never_believed() {
    let (devnet, log) = anchored(1).await;
    let sepolia = behind(Arc::clone(&devnet), |request| {
        (request["method"] == "eth_chainId").then(|| json!({ "result": "0xaa36a7" }))
    })
    .await;
    let error = client(&[&sepolia]).latest(log.ledger).await.unwrap_err();
    assert!(
        matches!(error, AnchorError::WrongChain { expected: 31337, actual: 11_155_111, .. }),
        "{error:?}"
    );
    let good = served::devnet(devnet).await;
    assert_eq!(client(&[&sepolia, &good]).latest(log.ledger).await.unwrap().number, 1);
    // With nobody else to ask, what keeps us from knowing is the one that is down.
    let error = client(&[&sepolia, &nobody()]).latest(log.ledger).await.unwrap_err();
    assert!(matches!(error, AnchorError::OutOfReach { .. }), "{error:?}");
}

#[tokio::test]
async fn an_address_without_the_contract_is_told() {
    let (devnet, log) = anchored(1).await;
    let url = served::devnet(devnet).await;
    let empty = Chain::new(31337, Address::new([3; 20]));
    let client = EvmChain::new(&options(empty, &[&url])).unwrap();
    for error in [
        client.latest(log.ledger).await.err(),
        client.ledger(log.ledger).await.err(),
        client.checkpoint(log.ledger, 0).await.err(),
    ] {
        assert!(matches!(error, Some(AnchorError::NoContract { .. })), "{error:?}");
    }
}

#[tokio::test]
async fn an_overloaded_endpoint_is_passed_over_and_a_refusal_is_not() {
    let (devnet, mut log) = anchored(1).await;
    let busy = behind(Arc::clone(&devnet), |request| match request["method"].as_str() {
        Some("eth_call") => Some(declined(-32005, "daily request count exceeded")),
        Some("eth_getLogs") => Some(declined(-32603, "Internal error")),
        _ => None,
    })
    .await;
    let good = served::devnet(devnet).await;
    let error = client(&[&busy]).latest(log.ledger).await.unwrap_err();
    assert!(matches!(error, AnchorError::OutOfReach { .. }), "{error:?}");
    assert_eq!(client(&[&busy, &good]).checkpoint(log.ledger, 1).await.unwrap().checkpoint, log.tip);

    let (next, proof) = log.grow(1);
    let stranger = client(&[&good, &busy]).signing_with(key(1));
    let error = stranger.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap_err();
    assert!(matches!(error, AnchorError::Reverted(Refusal::NotAnchorer { .. })), "{error:?}");
}

#[tokio::test]
async fn an_endpoint_that_declines_is_named_and_the_contracts_refusal_is_not_its() {
    let (devnet, mut log) = anchored(1).await;
    let limited = behind(Arc::clone(&devnet), |request| {
        (request["method"] == "eth_getBlockByNumber").then(|| declined(-32601, "not for this plan"))
    })
    .await;
    let told = Arc::new(Mutex::new(Vec::new()));
    let watched = |url: &str| {
        let told = Arc::clone(&told);
        let watch = Watch::new(move |name, trouble| told.lock().unwrap().push((name.to_owned(), trouble)));
        EvmChain::new(&EvmOptions { watch, ..options(Devnet::chain(), &[url]) }).unwrap()
    };
    let error = watched(&limited).head().await.unwrap_err();
    assert!(matches!(error, AnchorError::Declined { code: -32601, .. }), "{error:?}");
    let name = limited.trim_end_matches("/rpc").to_owned();
    assert_eq!(std::mem::take(&mut *told.lock().unwrap()), [(name, Trouble::Declined)]);

    let (next, proof) = log.grow(1);
    let stranger = watched(&served::devnet(devnet).await).signing_with(key(1));
    let error = stranger.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap_err();
    assert!(matches!(error, AnchorError::Reverted(_)), "{error:?}");
    assert_eq!(*told.lock().unwrap(), []);
}

#[tokio::test]
async fn nonsense_is_out_of_reach_and_never_a_panic() {
    let ledger = Log::of(protocol::LedgerId::new([1; 32])).ledger;
    let nonsense: [&[u8]; 14] = [
        b"",
        b"<html>504</html>",
        b"{",
        b"[]",
        b"null",
        b"{}",
        br#"{"jsonrpc":"2.0","id":0}"#,
        br#"{"jsonrpc":"2.0","id":0,"result":{}}"#,
        br#"{"jsonrpc":"2.0","id":0,"result":[1,2,3]}"#,
        br#"{"jsonrpc":"2.0","id":0,"result":"0xzz"}"#,
        br#"{"jsonrpc":"2.0","id":0,"result":"0x00000000000000000000000000000000000000000000000000000000000000ff"}"#,
        br#"{"jsonrpc":"2.0","id":0,"error":"no"}"#,
        br#"{"jsonrpc":"2.0","id":0,"result":{"number":"0xffffffffffffffff","hash":"0x"}}"#,
        b"\xff\xfe\x00",
    ];
    for body in nonsense {
        let url = served::answering(move |request| {
            let asked: Value = serde_json::from_slice(request).expect("JSON");
            let names_chain = asked["method"] == "eth_chainId";
            let chain = br#"{"jsonrpc":"2.0","id":0,"result":"0x7a69"}"#;
            (StatusCode::OK, if names_chain { chain.to_vec() } else { body.to_vec() })
        })
        .await;
        let client = client(&[&url]).signing_with(key(0));
        let answers = [
            client.head().await.err(),
            client.latest(ledger).await.err(),
            client.ledger(ledger).await.err(),
            client.checkpoint(ledger, 1).await.err(),
            client.open(&opening(1)).await.err(),
        ];
        let text = String::from_utf8_lossy(body);
        for error in answers {
            let nothing_learned = matches!(
                error,
                Some(
                    AnchorError::OutOfReach { .. }
                        | AnchorError::NoContract { .. }
                        | AnchorError::Declined { .. }
                )
            );
            assert!(nothing_learned, "{text}: {error:?}");
        }
    }
}

#[tokio::test]
async fn events_are_found_through_an_endpoint_that_gives_few_blocks_at_a_time() {
    let (devnet, log) = anchored(20).await;
    let number =
        |value: &Value| u64::from_str_radix(value.as_str().unwrap().trim_start_matches("0x"), 16).unwrap();
    let url = behind(devnet, move |request| {
        if request["method"] != "eth_getLogs" {
            return None;
        }
        let filter = &request["params"][0];
        let blocks = number(&filter["toBlock"]) - number(&filter["fromBlock"]) + 1;
        (blocks > 3).then(|| declined(-32000, "query exceeds max block range 3"))
    })
    .await;
    let client = client(&[&url]);
    let first = client.checkpoint(log.ledger, 1).await.unwrap();
    assert_eq!((first.checkpoint.size, first.place.block_number), (2, 2));
    assert_eq!(client.checkpoint(log.ledger, 20).await.unwrap().checkpoint, log.tip);
    assert_eq!(client.ledger(log.ledger).await.unwrap().opened.block_number, 1);
    let times = client.anchor_times(log.ledger, 3).await.unwrap();
    for number in 3..=20 {
        let place = client.checkpoint(log.ledger, number).await.unwrap().place;
        assert_eq!(times.get(&number), Some(&place.block_time), "checkpoint {number}");
    }
}

#[tokio::test]
async fn events_that_an_endpoint_did_not_keep_are_no_absence() {
    let (devnet, log) = anchored(2).await;
    let url =
        behind(devnet, |request| (request["method"] == "eth_getLogs").then(|| json!({ "result": [] }))).await;
    for error in [
        client(&[&url]).checkpoint(log.ledger, 1).await.unwrap_err(),
        client(&[&url]).ledger(log.ledger).await.unwrap_err(),
    ] {
        assert!(matches!(error, AnchorError::OutOfReach { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn an_event_that_is_not_what_the_contract_holds_is_noticed() {
    let (devnet, log) = anchored(3).await;
    let forging = Arc::clone(&devnet);
    let url = served::answering(move |body| {
        let answer = String::from_utf8(forging.answer(body)).expect("text");
        // Every checkpoint event says another operator key.
        (StatusCode::OK, answer.replace(&"07".repeat(32), &"08".repeat(32)).into_bytes())
    })
    .await;
    for number in 0..=3 {
        let error = client(&[&url]).checkpoint(log.ledger, number).await.unwrap_err();
        assert!(matches!(error, AnchorError::Inconsistent { .. }), "{error:?}");
    }
}

//! Final, pending, dropped, failed, lost: what the EVM client says of a chain that takes its time.

use crate::common::anvil::{Anvil, key};
use crate::common::served::{self, anchored, behind, client, declined, options};
use crate::common::{Log, mined, opening, salted};
use axum::http::StatusCode;
use protocol::Digest;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use vouchsafe_anchors::{
    AnchorError, AnchorReader as _, AnchorWriter as _, Devnet, EvmChain, Finality, FinalityRule, Phase,
    Refusal, Submission, TxState,
};

#[tokio::test]
async fn without_the_finalized_tag_confirmations_are_counted() {
    let (devnet, log) = anchored(3).await;
    let url = behind(devnet, |request| {
        (request["params"][0] == "finalized").then(|| declined(-32000, "unknown tag"))
    })
    .await;
    let mut options = options(Devnet::chain(), &[&url]);
    options.finality = FinalityRule::Tag { else_confirmations: 3 };
    let client = EvmChain::new(&options).unwrap();
    // Blocks: 1 opening, 2 to 4 the checkpoints.
    let finality = async |number| client.checkpoint(log.ledger, number).await.unwrap().finality;
    assert_eq!(finality(1).await, Finality::Final);
    assert_eq!(finality(2).await, Finality::Pending { confirmations: 2 });
    assert_eq!(finality(3).await, Finality::Pending { confirmations: 1 });
    assert_eq!(client.head().await.unwrap().finalized.map(|block| block.number), Some(2));
    options.finality = FinalityRule::Confirmations(10);
    assert_eq!(EvmChain::new(&options).unwrap().head().await.unwrap().finalized, None);
}

#[tokio::test]
async fn an_endpoint_that_named_a_final_block_is_not_believed_to_have_none() {
    let (devnet, _) = anchored(3).await;
    let busy = Arc::new(AtomicBool::new(false));
    let is_busy = Arc::clone(&busy);
    let url = behind(devnet, move |request| {
        let is_asked = is_busy.load(Ordering::Relaxed) && request["params"][0] == "finalized";
        is_asked.then(|| declined(-32000, "try later"))
    })
    .await;
    let mut options = options(Devnet::chain(), &[&url]);
    options.finality = FinalityRule::Tag { else_confirmations: 1 };
    let client = EvmChain::new(&options).unwrap();
    client.head().await.unwrap();
    busy.store(true, Ordering::Relaxed);
    let asked = client.head().await;
    assert!(matches!(asked, Err(AnchorError::Declined { code: -32000, .. })), "{asked:?}");
}

#[tokio::test]
async fn what_is_mined_is_pending_until_the_chain_says_final() {
    let anvil = Anvil::start().await;
    let writer = anvil.writer(0);
    let mut log = Log::open(&writer, 1).await;
    log.anchor(&writer, 3).await;
    let read = writer.checkpoint(log.ledger, 1).await.unwrap();
    assert_eq!(read.finality, Finality::Pending { confirmations: 1 });
    assert!(matches!(
        writer.transaction(read.place.tx).await.unwrap(),
        TxState::Mined { finality: Finality::Pending { confirmations: 1 }, .. }
    ));
    anvil.mine(1).await;
    let read = writer.checkpoint(log.ledger, 1).await.unwrap();
    assert_eq!(read.finality, Finality::Pending { confirmations: 2 });
    anvil.mine(1).await;
    assert_eq!(writer.checkpoint(log.ledger, 1).await.unwrap().finality, Finality::Final);
}

#[tokio::test]
async fn while_one_is_on_its_way_nothing_else_is_sent() {
    let anvil = Anvil::start().await;
    let writer = anvil.writer(0);
    let mut log = Log::open(&writer, 1).await;
    anvil.ask("evm_setAutomine", json!([false])).await;
    let (next, proof) = log.grow(2);
    let submission = writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    let Submission::Sent { tx } = submission else { panic!("{submission:?}") };
    assert_eq!(writer.transaction(tx).await.unwrap(), TxState::Pending);
    // As after a crash, when nobody remembers the transaction.
    let again = anvil.writer(0).anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    assert_eq!(again, Submission::InFlight { nonce: 1 });
    anvil.mine(1).await;
    assert!(matches!(writer.transaction(tx).await.unwrap(), TxState::Mined { .. }));
    let again = writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    assert_eq!(again, Submission::AlreadyAnchored);
}

#[tokio::test]
async fn a_dropped_transaction_is_unknown_and_can_be_sent_again() {
    let anvil = Anvil::start().await;
    let writer = anvil.writer(0);
    let mut log = Log::open(&writer, 1).await;
    anvil.ask("evm_setAutomine", json!([false])).await;
    let (next, proof) = log.grow(2);
    let Submission::Sent { tx } = writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap() else {
        panic!("nothing was sent")
    };
    anvil.ask("anvil_dropTransaction", json!([tx.to_string()])).await;
    assert_eq!(writer.transaction(tx).await.unwrap(), TxState::Unknown);
    let again = writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    assert!(matches!(again, Submission::Sent { .. }), "{again:?}");
}

#[tokio::test]
async fn an_anchor_whose_answer_was_lost_is_found_on_chain() {
    let (devnet, mut log) = anchored(1).await;
    let chain = Arc::clone(&devnet);
    let url = served::answering(move |body| {
        let answer = chain.answer(body);
        let lost = String::from_utf8_lossy(body).contains("eth_sendRawTransaction");
        (if lost { StatusCode::BAD_GATEWAY } else { StatusCode::OK }, if lost { Vec::new() } else { answer })
    })
    .await;
    let writer = client(&[&url]).signing_with(key(0));
    let (next, proof) = log.grow(5);
    let error = writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap_err();
    assert!(matches!(error, AnchorError::OutOfReach { .. }), "{error:?}");
    let again = writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    assert_eq!(again, Submission::AlreadyAnchored);
    assert_eq!(writer.latest(log.ledger).await.unwrap().number, 2);
}

#[tokio::test]
async fn the_next_endpoint_may_have_the_transaction_already() {
    let (devnet, mut log) = anchored(1).await;
    let chain = Arc::clone(&devnet);
    let forgetful = served::answering(move |body| {
        let answer = chain.answer(body);
        let lost = String::from_utf8_lossy(body).contains("eth_sendRawTransaction");
        (if lost { StatusCode::BAD_GATEWAY } else { StatusCode::OK }, if lost { Vec::new() } else { answer })
    })
    .await;
    let good = served::devnet(devnet).await;
    let writer = client(&[&forgetful, &good]).signing_with(key(0));
    let (next, proof) = log.grow(5);
    let submission = writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    mined(&writer, submission).await;
}

#[tokio::test]
async fn a_transaction_that_failed_in_its_block_says_why() {
    let anvil = Anvil::start().await;
    let writer = anvil.writer(0);
    let opened = mined(&writer, writer.open(&opening(1)).await.unwrap()).await;
    let first = anvil.ask("eth_getTransactionByHash", json!([opened.to_string()])).await;
    // Sent without asking first whether the contract would take it.
    let again = json!([{
        "from": first["from"], "to": first["to"], "input": first["input"], "value": first["value"], "gas": "0x80000",
    }]);
    let tx: Digest = serde_json::from_value(anvil.ask("eth_sendTransaction", again).await).unwrap();
    anvil.mine(1).await;
    let TxState::Failed { reason, .. } = writer.transaction(tx).await.unwrap() else {
        panic!("it did not fail")
    };
    let ledger = writer.origin(salted(1)).ledger();
    assert_eq!(reason, Refusal::WrongPhase { ledger, phase: Phase::Open });
}

#[tokio::test]
async fn a_closed_ledger_anchors_no_more_and_says_so() {
    let anvil = Anvil::start().await;
    let writer = anvil.writer(0);
    let mut log = Log::open(&writer, 1).await;
    log.anchor(&writer, 1).await;
    let selector = "0x39c79e0c"; // close(bytes32)
    let call = json!([{
        "from": writer.account(), "to": anvil.chain.contract,
        "input": format!("{selector}{}", log.ledger.to_string().trim_start_matches("0x")),
    }]);
    anvil.ask("eth_sendTransaction", call).await;
    anvil.mine(1).await;
    assert_eq!(writer.ledger(log.ledger).await.unwrap().phase, Phase::Closed);
    let (next, proof) = log.grow(1);
    let error = writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap_err();
    let refusal = Refusal::WrongPhase { ledger: log.ledger, phase: Phase::Closed };
    assert!(matches!(&error, AnchorError::Reverted(reason) if *reason == refusal), "{error:?}");
    // What was anchored stays readable.
    assert_eq!(writer.checkpoint(log.ledger, 1).await.unwrap().checkpoint, log.tip);
}

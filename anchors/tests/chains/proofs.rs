//! Proofs that need nobody's word, from real chains: `eth_getProof` of `anvil` and of the embedded chain, down from the
//! hash of a block.

use crate::common::anvil::{Anvil, key};
use crate::common::{Log, served};
use protocol::chain_proof::{ChainProof, ChainProofError};
use protocol::checkpoint::LedgerOrigin;
use protocol::{Address, Digest};
use serde_json::{Value, json};
use vouchsafe_anchors::{AnchorError, AnchorReader};

async fn origin(reader: &dyn AnchorReader, log: &Log) -> LedgerOrigin {
    reader.ledger(log.ledger).await.unwrap().origin
}

/// What an explorer shows: number and hash of the newest block.
async fn explorer(anvil: &Anvil, which: &str) -> Digest {
    let block = anvil.ask("eth_getBlockByNumber", json!([which, false])).await;
    block["hash"].as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn anvil_proves_its_checkpoints_by_a_block_hash() {
    let anvil = Anvil::start().await;
    let writer = anvil.writer(0);
    let mut log = Log::open(&writer, 1).await;
    let first = log.anchor(&writer, 2).await;
    let second = log.anchor(&writer, 2).await;
    let origin = origin(&writer, &log).await;

    // The newest is not final: under the newest block.
    let proof = writer.proof(&origin, 2).await.unwrap();
    let block = explorer(&anvil, "latest").await;
    let proven = proof.check(block, &origin, 2).unwrap();
    assert_eq!((proven.hash, proven.tip), (second.hash(log.ledger), 2));
    let read = writer.checkpoint(log.ledger, 2).await.unwrap();
    assert_eq!(proven.block_time(), Some(read.place.block_time));
    let head = writer.head().await.unwrap().latest;
    assert_eq!(
        (proven.block.number, proven.block.time, proven.block.hash),
        (head.number, head.time, head.hash)
    );

    // Once it is, under a final block.
    anvil.mine(4).await;
    let proof = writer.proof(&origin, 2).await.unwrap();
    let block = explorer(&anvil, "finalized").await;
    assert_eq!(proof.check(block, &origin, 2).unwrap().hash, second.hash(log.ledger));
    assert!(proof.check(explorer(&anvil, "latest").await, &origin, 2).is_err());

    // One that was superseded, with when.
    let proof = writer.proof(&origin, 1).await.unwrap();
    let proven = proof.check(block, &origin, 1).unwrap();
    assert_eq!((proven.hash, proven.tip, proven.block_time()), (first.hash(log.ledger), 2, None));
    assert_eq!(proven.superseded_by(), Some(read.place.block_time));
    wrong_questions(&proof, block, &origin);
}

/// The same proof, held against what it does not prove.
fn wrong_questions(proof: &ChainProof, block: Digest, origin: &LedgerOrigin) {
    assert!(matches!(
        proof.check(Digest::new([1; 32]), origin, 1),
        Err(ChainProofError::OtherBlock { shown, .. }) if shown == block
    ));
    for (other, number) in [
        (LedgerOrigin { contract: Address::new([7; 20]), ..*origin }, 1),
        (LedgerOrigin { salt: Digest::ZERO, ..*origin }, 1),
        (LedgerOrigin { chain_id: 1, ..*origin }, 1),
        (*origin, 0),
        (*origin, 3),
    ] {
        assert!(proof.check(block, &other, number).is_err(), "{other:?} {number}");
    }
}

#[tokio::test]
async fn the_embedded_chain_proves_its_own() {
    let (devnet, log) = served::anchored(3).await;
    let client = devnet.client();
    let origin = origin(&client, &log).await;
    let block = client.head().await.unwrap().latest;
    for number in 0..=3 {
        let proof = client.proof(&origin, number).await.unwrap();
        let proven = proof.check(block.hash, &origin, number).unwrap();
        let read = client.checkpoint(log.ledger, number).await.unwrap();
        assert_eq!((proven.hash, proven.tip, proven.block.time), (read.hash, 3, block.time));
    }
    let none = client.proof(&origin, 4).await.unwrap_err();
    let not_yet = ChainProofError::NotYet { block: block.number, tip: 3, number: 4 };
    assert!(matches!(&none, AnchorError::Unproven { cause, .. } if *cause == not_yet), "{none:?}");
}

#[tokio::test]
async fn a_place_that_was_overwritten_proves_nothing_any_more() {
    let (devnet, log) = served::anchored(66).await;
    let client = devnet.client();
    let origin = origin(&client, &log).await;
    assert!(client.proof(&origin, 3).await.is_ok());
    let gone = client.proof(&origin, 2).await.unwrap_err();
    let AnchorError::Unproven { cause: ChainProofError::Overwritten { tip: 66, number: 2, .. }, .. } = gone
    else {
        panic!("{gone:?}")
    };
}

#[tokio::test]
async fn an_endpoint_whose_proof_does_not_hold_is_found_out() {
    let anvil = Anvil::start().await;
    let writer = anvil.client().signing_with(key(0));
    let mut log = Log::open(&writer, 1).await;
    log.anchor(&writer, 2).await;
    let origin = origin(&writer, &log).await;
    let lie = |asked: &Value, given: &mut Value| {
        if asked["method"] == "eth_getProof" {
            let nodes = given["result"]["storageProof"][1]["proof"].as_array_mut().unwrap();
            nodes.pop();
        }
    };
    let url = served::altering(&anvil.url, |_| (), lie).await;
    let error = vouchsafe_anchors::EvmChain::new(&served::options(anvil.chain, &[&url])).unwrap();
    let error = error.proof(&origin, 1).await.unwrap_err();
    assert!(matches!(error, AnchorError::Unproven { .. }), "{error:?}");
    let refuse = |asked: &Value, given: &mut Value| {
        if asked["method"] == "eth_getProof" {
            *given =
                json!({ "jsonrpc": "2.0", "id": given["id"], "error": { "code": -32601, "message": "no" } });
        }
    };
    let url = served::altering(&anvil.url, |_| (), refuse).await;
    let client = vouchsafe_anchors::EvmChain::new(&served::options(anvil.chain, &[&url])).unwrap();
    let error = client.proof(&origin, 1).await.unwrap_err();
    assert!(matches!(error, AnchorError::Declined { .. }), "{error:?}");
}

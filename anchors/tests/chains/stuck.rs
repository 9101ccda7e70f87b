//! Transactions that no block takes: replaced at a higher fee, never beyond the cap, whoever sent what waits there.

use crate::common::anvil::{Anvil, key};
use crate::common::{Log, mined, opening, served};
use serde_json::{Value, json};
use std::time::Duration;
use vouchsafe_anchors::{
    AnchorError, AnchorReader as _, AnchorWriter as _, AnchoringKey, EvmChain, EvmOptions, FeePolicy,
    Submission, TxState,
};

const GWEI: u128 = 1_000_000_000;

/// The first account, which loses patience at once and pays so many wei for a unit of gas at most.
fn impatient(options: &EvmOptions, most_wei: u128) -> EvmChain<AnchoringKey> {
    let fees =
        FeePolicy { max_fee_per_gas_wei: most_wei, stuck_after: Duration::ZERO, ..FeePolicy::default() };
    EvmChain::new(&EvmOptions { fees, ..options.clone() }).unwrap().signing_with(key(0))
}

async fn field(anvil: &Anvil, tx: protocol::Digest, name: &str) -> u128 {
    let tx = anvil.ask("eth_getTransactionByHash", json!([tx.to_string()])).await;
    u128::from_str_radix(tx[name].as_str().unwrap().trim_start_matches("0x"), 16).unwrap()
}

#[tokio::test]
async fn what_no_block_takes_is_replaced_and_stands_once() {
    let anvil = Anvil::start().await;
    let writer = impatient(&anvil.options(anvil.chain), 500 * GWEI);
    let mut log = Log::open(&writer, 1).await;
    anvil.ask("evm_setAutomine", json!([false])).await;
    let (next, proof) = log.grow(2);
    let send = async || writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    let Submission::Sent { tx: first } = send().await else { panic!("nothing was sent") };
    assert_eq!(writer.transaction(first).await.unwrap(), TxState::Pending);
    let names = ["maxFeePerGas", "maxPriorityFeePerGas"];
    let paid = [field(&anvil, first, names[0]).await, field(&anvil, first, names[1]).await];
    let Submission::Replaced { tx: second, nonce: 1 } = send().await else { panic!("not replaced") };
    for (name, paid) in names.into_iter().zip(paid) {
        assert!(field(&anvil, second, name).await * 8 >= paid * 9, "{name}");
    }
    anvil.mine(1).await;
    assert!(matches!(writer.transaction(second).await.unwrap(), TxState::Mined { .. }));
    assert_eq!(writer.transaction(first).await.unwrap(), TxState::Unknown);
    assert_eq!(send().await, Submission::AlreadyAnchored);
    assert_eq!(writer.latest(log.ledger).await.unwrap().number, 1);
}

#[tokio::test]
async fn one_that_waits_is_left_alone_until_patience_ends() {
    let anvil = Anvil::start().await;
    let writer = anvil.writer(0);
    let mut log = Log::open(&writer, 1).await;
    anvil.ask("evm_setAutomine", json!([false])).await;
    let (next, proof) = log.grow(2);
    let send = async || writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    assert!(matches!(send().await, Submission::Sent { .. }));
    for _ in 0..3 {
        assert_eq!(send().await, Submission::InFlight { nonce: 1 });
    }
}

#[tokio::test]
async fn the_cap_is_never_exceeded_and_said_when_it_is_in_the_way() {
    let anvil = Anvil::start().await;
    let options = anvil.options(anvil.chain);
    let mut log = Log::open(&impatient(&options, 500 * GWEI), 1).await;
    anvil.ask("evm_setAutomine", json!([false])).await;
    let (next, proof) = log.grow(2);
    let rich = impatient(&options, 500 * GWEI);
    let sent = rich.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    let Submission::Sent { tx } = sent else { panic!("{sent:?}") };
    let paid = field(&anvil, tx, "maxFeePerGas").await;
    // One who may not pay an eighth more: he carries on what waits, and then waits himself.
    let cap = paid + paid / 10;
    let writer = impatient(&options, cap);
    let anchors = async || writer.anchor(log.ledger, &log.tip, &next, &proof).await;
    assert_eq!(anchors().await.unwrap(), Submission::Replaced { tx, nonce: 1 });
    for _ in 0..2 {
        let error = anchors().await.unwrap_err();
        let AnchorError::TooDear { due_wei, cap_wei, nonce: Some(1) } = error else { panic!("{error:?}") };
        assert!(due_wei * 8 >= paid * 9 && cap_wei == cap);
        assert!(error.is_transient() && error.to_string().contains("raise the cap"), "{error}");
    }
    assert_eq!(writer.transaction(tx).await.unwrap(), TxState::Pending);
    anvil.mine(1).await;
    assert_eq!(anchors().await.unwrap(), Submission::AlreadyAnchored);
    // A base fee beyond the cap: nothing is sent at all.
    anvil.ask("anvil_setNextBlockBaseFeePerGas", json!([format!("{:#x}", 60 * GWEI)])).await;
    anvil.mine(1).await;
    let error = impatient(&options, 20 * GWEI).open(&opening(2)).await.unwrap_err();
    let AnchorError::TooDear { due_wei, nonce: None, .. } = error else { panic!("{error:?}") };
    assert_eq!(due_wei, 60 * GWEI);
    let count = json!([writer.account(), "pending"]);
    assert_eq!(anvil.ask("eth_getTransactionCount", count).await, "0x2");
}

#[tokio::test]
async fn after_a_crash_what_waits_is_found_and_carried_on() {
    let anvil = Anvil::start().await;
    let options = anvil.options(anvil.chain);
    let writer = impatient(&options, 500 * GWEI);
    let mut log = Log::open(&writer, 1).await;
    anvil.ask("evm_setAutomine", json!([false])).await;
    let (next, proof) = log.grow(2);
    let sent = writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    let Submission::Sent { tx } = sent else { panic!("{sent:?}") };
    // Another process, which remembers nothing: its transaction is the very same, byte for byte.
    let again = impatient(&options, 500 * GWEI).anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    assert_eq!(again, Submission::Replaced { tx, nonce: 1 });
    // One that had raised its fee before it died: asked for more, it is outbid.
    let raised = json!([{
        "from": writer.account(), "to": anvil.chain.contract, "nonce": "0x1", "gas": "0x80000",
        "maxFeePerGas": format!("{:#x}", 30 * GWEI), "maxPriorityFeePerGas": format!("{:#x}", 5 * GWEI),
    }]);
    anvil.ask("eth_sendTransaction", raised).await;
    let sent = impatient(&options, 500 * GWEI).anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    let Submission::Replaced { tx, nonce: 1 } = sent else { panic!("{sent:?}") };
    assert!(field(&anvil, tx, "maxFeePerGas").await > 30 * GWEI);
    anvil.mine(1).await;
    mined(&writer, Submission::Sent { tx }).await;
    assert_eq!(writer.latest(log.ledger).await.unwrap().number, 1);
    let again = writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    assert_eq!(again, Submission::AlreadyAnchored);
}

#[tokio::test]
async fn a_foreign_transaction_that_takes_the_nonce_costs_one_more() {
    let anvil = Anvil::start().await;
    let writer = impatient(&anvil.options(anvil.chain), 500 * GWEI);
    let mut log = Log::open(&writer, 1).await;
    anvil.ask("evm_setAutomine", json!([false])).await;
    let (next, proof) = log.grow(2);
    let send = async || writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    let Submission::Sent { tx: ours } = send().await else { panic!("nothing was sent") };
    let foreign = json!([{
        "from": writer.account(), "to": writer.account(), "nonce": "0x1",
        "maxFeePerGas": format!("{:#x}", 90 * GWEI), "maxPriorityFeePerGas": format!("{:#x}", 9 * GWEI),
    }]);
    anvil.ask("eth_sendTransaction", foreign).await;
    anvil.mine(1).await;
    assert_eq!(writer.transaction(ours).await.unwrap(), TxState::Unknown);
    assert_eq!(writer.latest(log.ledger).await.unwrap().number, 0);
    let Submission::Sent { tx } = send().await else { panic!("not sent anew") };
    assert_eq!(field(&anvil, tx, "nonce").await, 2);
    anvil.mine(1).await;
    assert_eq!(send().await, Submission::AlreadyAnchored);
    assert_eq!(writer.latest(log.ledger).await.unwrap().number, 1);
}

#[tokio::test]
async fn a_chain_without_a_base_fee_is_paid_and_outbid_by_gas_price() {
    let anvil = Anvil::start().await;
    let strip = |asked: &Value, given: &mut Value| {
        if asked["method"] == "eth_getBlockByNumber"
            && let Some(block) = given["result"].as_object_mut()
        {
            block.remove("baseFeePerGas");
        }
    };
    let url = served::altering(&anvil.url, |_| (), strip).await;
    let writer = impatient(&served::options(anvil.chain, &[&url]), 500 * GWEI);
    let mut log = Log::open(&writer, 1).await;
    anvil.ask("evm_setAutomine", json!([false])).await;
    let (next, proof) = log.grow(2);
    let send = async || writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap();
    let Submission::Sent { tx: first } = send().await else { panic!("nothing was sent") };
    assert_eq!(field(&anvil, first, "type").await, 0);
    let paid = field(&anvil, first, "gasPrice").await;
    let Submission::Replaced { tx: second, .. } = send().await else { panic!("not replaced") };
    assert!(field(&anvil, second, "gasPrice").await * 8 >= paid * 9);
    anvil.mine(1).await;
    assert_eq!(send().await, Submission::AlreadyAnchored);
    let poor = impatient(&served::options(anvil.chain, &[&url]), 0);
    let error = poor.open(&opening(2)).await.unwrap_err();
    assert!(matches!(error, AnchorError::TooDear { cap_wei: 0, nonce: None, .. }), "{error:?}");
}

#[tokio::test]
async fn too_little_money_is_told_with_the_sum() {
    let anvil = Anvil::start().await;
    let embedded = served::anchored(0).await.0;
    let key = AnchoringKey::from_hex(&"11".repeat(32)).unwrap();
    let account = key.address();
    for writer in [anvil.client().signing_with(key.clone()), embedded.client().signing_with(key)] {
        let error = writer.open(&opening(1)).await.unwrap_err();
        let AnchorError::NoFunds { account: said, balance_wei: 0, due_wei } = error else {
            panic!("{error:?}")
        };
        assert!(said == account && due_wei >= opening(1).bond_wei, "{due_wei}");
    }
    // Enough for the bond, and not for the gas.
    let bond = format!("{:#x}", opening(1).bond_wei);
    anvil.ask("anvil_setBalance", json!([account, bond])).await;
    let writer = anvil.client().signing_with(AnchoringKey::from_hex(&"11".repeat(32)).unwrap());
    let error = writer.open(&opening(1)).await.unwrap_err();
    let AnchorError::NoFunds { balance_wei, due_wei, .. } = error else { panic!("{error:?}") };
    assert!(balance_wei == opening(1).bond_wei && due_wei > balance_wei && !error.is_transient(), "{error}");
}

//! Other people's tools can talk to the development chain: Foundry's `cast`, over HTTP.

use crate::common::anvil::key;
use crate::common::{OPERATOR, Time, salted, served, tool};
use serde_json::{Value, json};
use std::process::Command;
use std::sync::Arc;
use vouchsafe_anchors::{AnchorReader as _, AnchorWriter as _, Devnet};

#[tokio::test]
async fn cast_talks_to_it() {
    let devnet = Devnet::in_memory(Time::begin().clock());
    let url = served::devnet(Arc::clone(&devnet)).await;
    let contract = Devnet::chain().contract.to_string();
    let cast = |arguments: &[&str]| {
        let mut command = Command::new(tool("cast"));
        command.args(arguments).args(["--rpc-url", &url]);
        async move {
            let output =
                tokio::task::spawn_blocking(move || command.output().expect("cast starts")).await.unwrap();
            let text = String::from_utf8(output.stdout).unwrap().trim().to_owned();
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            if output.status.success() { Ok(text) } else { Err(errors) }
        }
    };
    assert_eq!(cast(&["chain-id"]).await.unwrap(), "31337");
    assert!(cast(&["client"]).await.unwrap().contains("development chain"));
    assert_eq!(cast(&["block-number"]).await.unwrap(), "0");
    assert_eq!(
        cast(&["call", &contract, "minimumBond()(uint256)"]).await.unwrap(),
        "10000000000000000 [1e16]"
    );

    let (salt, operator) = (salted(1).to_string(), OPERATOR.to_string());
    let private = format!("0x{}", vouchsafe_anchors::devnet::DEVELOPMENT_KEYS[0]);
    let open =
        ["send", &contract, "open(bytes32,bytes32)", &operator, &salt, "--private-key", &private, "--json"];
    let poor = cast(&open).await.unwrap_err();
    assert!(poor.contains("BondTooSmall") || poor.contains("revert"), "{poor}");
    let receipt = cast(&[&open[..], &["--value", "1ether"]].concat()).await.unwrap();
    let receipt: Value = serde_json::from_str(&receipt).unwrap();
    assert_eq!((&receipt["status"], &receipt["blockNumber"]), (&json!("0x1"), &json!("0x1")));

    let client = devnet.client().signing_with(key(0));
    let ledger = client.origin(salted(1)).ledger();
    assert_eq!(client.ledger(ledger).await.unwrap().bond_wei, 1_000_000_000_000_000_000);
    let tx = receipt["transactionHash"].as_str().unwrap();
    assert!(cast(&["tx", tx]).await.unwrap().contains(tx));
    assert!(cast(&["receipt", tx]).await.unwrap().contains(tx));
    let logs = cast(&["logs", "--from-block", "0", "--address", &contract, "--json"]).await.unwrap();
    assert!(logs.contains(&ledger.to_string()), "{logs}");
    assert!(cast(&["block", "finalized"]).await.unwrap().contains(tx));
    let latest = cast(&["call", &contract, "latest(bytes32)(uint64,uint64,bytes32)", &ledger.to_string()])
        .await
        .unwrap();
    assert!(latest.starts_with('0'), "{latest}");
}

//! A real `anvil`, the independent chain of the tests, with the committed contract deployed.

use super::{mined, tool};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use vouchsafe_anchors::evm::Deployment;
use vouchsafe_anchors::{AnchoringKey, Chain, DEVELOPMENT_MINIMUM_BOND_WEI, Devnet, EvmChain, EvmOptions};

/// Ends with the test.
pub struct Anvil {
    process: Child,
    pub url: String,
    pub chain: Chain,
}

impl Anvil {
    /// Starts one on a free port and deploys the contract. A block is final two blocks later.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(options: &[&str]) -> Self {
        let mut process = Command::new(tool("anvil"))
            .args(["--port", "0", "--slots-in-an-epoch", "1"])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .expect("anvil starts");
        let output = BufReader::new(process.stdout.take().expect("a pipe"));
        let listening = output
            .lines()
            .map_while(Result::ok)
            .find_map(|line| line.strip_prefix("Listening on ").map(str::to_owned));
        let url = format!("http://{}", listening.expect("anvil says where it listens"));
        let nowhere = Chain::new(31337, protocol::Address::new([0; 20]));
        let mut anvil = Self { process, url, chain: nowhere };
        anvil.chain = anvil.deploy().await;
        anvil
    }

    async fn deploy(&self) -> Chain {
        // Its last account, so that the others begin with nonce 0.
        let writer = self.reader(self.chain).signing_with(key(9));
        let Deployment { contract, submission } =
            writer.deploy(DEVELOPMENT_MINIMUM_BOND_WEI).await.expect("deploys");
        mined(&writer, submission).await;
        Chain::new(31337, contract)
    }

    pub fn options(&self, chain: Chain) -> EvmOptions {
        EvmOptions::new(chain, vec![self.url.parse().expect("a URL")])
    }

    fn reader(&self, chain: Chain) -> EvmChain {
        EvmChain::new(&self.options(chain)).expect("a client")
    }

    pub fn client(&self) -> EvmChain {
        self.reader(self.chain)
    }

    pub fn writer(&self, account: usize) -> EvmChain<AnchoringKey> {
        self.client().signing_with(key(account))
    }

    /// Adds empty blocks.
    pub async fn mine(&self, blocks: u64) {
        self.ask("anvil_mine", json!([format!("{blocks:#x}")])).await;
    }

    pub async fn ask(&self, method: &str, params: Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
        let post =
            reqwest::Client::new().post(&self.url).header("content-type", "application/json").body(request);
        let body = post.send().await.expect("anvil answers").bytes().await.expect("a body");
        let answer: Value = serde_json::from_slice(&body).expect("JSON");
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }
}

pub fn key(account: usize) -> AnchoringKey {
    Devnet::development_key(account).expect("a key")
}

impl Drop for Anvil {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

//! `anvil`, the independent chain.

use crate::{Http, Process, Program, path, until};
use anchors::devnet::DEVELOPMENT_KEYS;
use anchors::evm::Deployment;
use anchors::{
    AnchorReader as _, AnchoringKey, Chain, DEVELOPMENT_CHAIN_ID, EvmChain, EvmOptions, Submission, TxState,
};
use serde_json::{Value, json};
use tokio::process::Command;

/// A chain that ends with the test. A block is final two blocks later.
pub struct Anvil {
    process: Process,
    rpc: Http,
}

impl Anvil {
    /// Starts one on a port of its own.
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    /// Starts one with more options: `["--port", "8545"]` for one that comes back where it was.
    pub async fn with(options: &[&str]) -> Self {
        let mut command = Command::new(path(Program::Anvil));
        command.args(["--port", "0"]).args(options);
        if !options.contains(&"--slots-in-an-epoch") {
            command.args(["--slots-in-an-epoch", "1"]);
        }
        let mut process = Process::start(command);
        let said = process.says("Listening on ").await;
        let address = said.rsplit(' ').next().unwrap_or_default();
        let rpc = Http::new(format!("http://{address}"));
        Self { process, rpc }
    }

    /// Its JSON-RPC address.
    pub fn url(&self) -> &str {
        self.rpc.base()
    }

    /// The private key of an account that has ether: one that everybody knows.
    pub const fn funded_key() -> &'static str {
        DEVELOPMENT_KEYS[0]
    }

    /// Deploys the contract and gives the chain with it.
    pub async fn deploy(&self, minimum_bond_wei: u128) -> Chain {
        let nowhere = Chain::new(DEVELOPMENT_CHAIN_ID, protocol::Address::new([0; 20]));
        let key = AnchoringKey::from_hex(Self::funded_key()).expect("a key");
        let writer = self.reader(nowhere).signing_with(key);
        let Deployment { contract, submission } = writer.deploy(minimum_bond_wei).await.expect("deploys");
        let Submission::Sent { tx } = submission else { panic!("nothing was sent: {submission:?}") };
        // Mined at once, but final only after blocks that nobody adds: the first answer that is in a block will do.
        until("the contract's deployment is in a block", async || {
            let state = writer.transaction(tx).await.expect("an answer");
            matches!(state, TxState::Mined { .. }).then_some(())
        })
        .await;
        Chain::new(DEVELOPMENT_CHAIN_ID, contract)
    }

    /// Reads a contract on it.
    pub fn reader(&self, chain: Chain) -> EvmChain {
        let endpoint = self.url().parse().expect("an address");
        EvmChain::new(&EvmOptions::new(chain, vec![endpoint])).expect("a client")
    }

    /// Adds empty blocks.
    pub async fn mine(&self, blocks: u64) {
        self.ask("anvil_mine", json!([format!("{blocks:#x}")])).await;
    }

    /// Lets time pass, and a block after it.
    pub async fn pass(&self, seconds: u64) {
        self.ask("evm_increaseTime", json!([seconds])).await;
        self.mine(1).await;
    }

    /// What an account has, in wei.
    pub async fn balance(&self, account: protocol::Address) -> u128 {
        let balance = self.ask("eth_getBalance", json!([account, "latest"])).await;
        let digits = balance.as_str().and_then(|text| text.strip_prefix("0x")).expect("hex");
        u128::from_str_radix(digits, 16).expect("an amount")
    }

    /// Asks it anything.
    pub async fn ask(&self, method: &str, parameters: Value) -> Value {
        let question = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
        let answer = self.rpc.post("", &question).await.is(200).json();
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// Takes the chain away.
    pub async fn kill(self) {
        self.process.kill().await;
    }
}

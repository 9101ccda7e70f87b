//! An operator who lies: the ledger that a test makes up is anchored on a real `anvil`, under a bond and a judge, and
//! published; a reporter audits what is published, by the command that he types, and takes the bond with what it wrote.
//!
//! In scope: opening, anchoring, publishing, and the reporter's two commands. Out of scope: what is a lie, which the
//! suites say, and finding it, which is `vouchsafe audit`.

use crate::{Anvil, Run, serve, until};
use anchors::devnet::DEVELOPMENT_KEYS;
use anchors::fraud::Judge;
use anchors::{
    AnchorError, AnchorReader, AnchorWriter as _, AnchoringKey, EvmChain, Opening, Submission, TxState,
};
use ledgers::published::{Published, operator};
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::{Address, Digest, LedgerId};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Wei behind each of his ledgers: 1 ether, against which gas is small.
pub const BOND_WEI: u128 = 10_u128.pow(18);
/// Wei that a challenge takes.
pub const DEPOSIT_WEI: u128 = 10_u128.pow(15);

/// Who reports, among anvil's accounts; the operator is the first.
const REPORTER: usize = 1;
/// How long before the chain's first block his clock began, in ms.
const HEAD_START_MS: u64 = 3_600_000;

/// The operator, and the folder in which his reporter works.
pub struct Liar {
    chain: EvmChain<AnchoringKey>,
    judge: Judge<AnchoringKey>,
    origin: LedgerOrigin,
    tip: Checkpoint,
    began_at: u64,
    rpc: String,
    folder: TempDir,
}

impl Liar {
    /// Deploys both contracts, opens a ledger, and puts it under the judge.
    pub async fn open(anvil: &Anvil) -> Self {
        let key = || AnchoringKey::from_hex(Anvil::funded_key()).expect("a key");
        let contracts = anvil.deploy(BOND_WEI).await;
        let chain = anvil.reader(contracts).signing_with(key());
        let deployment = chain.deploy_judge(DEPOSIT_WEI).await.expect("deploys");
        mined(&chain, deployment.submission).await;
        let judge = Judge::new(chain.clone(), deployment.contract);
        let operator_key = operator().public();
        let opening = Opening { salt: Digest::ZERO, operator_key, bond_wei: BOND_WEI };
        mined(&chain, chain.open(&opening).await.expect("opens")).await;
        let origin = chain.origin(opening.salt);
        mined(&chain, judge.send(judge.admit(origin.ledger())).await.expect("admits")).await;
        let now = chain.head().await.expect("a block").latest.time;
        Self {
            chain,
            judge,
            origin,
            tip: Checkpoint::genesis(operator_key),
            began_at: now - HEAD_START_MS,
            rpc: anvil.url().to_owned(),
            folder: TempDir::new().expect("a folder"),
        }
    }

    /// His ledger.
    pub fn ledger(&self) -> LedgerId {
        self.origin.ledger()
    }

    /// The judge of it.
    pub const fn judge(&self) -> &Judge<AnchoringKey> {
        &self.judge
    }

    /// A ledger of his in which nothing is wrong yet.
    pub fn story(&self) -> Published {
        Published::story(self.origin, self.began_at)
    }

    /// Anchors the checkpoints that are not anchored yet, and publishes what stands under all of them.
    pub async fn anchor(&mut self, told: &Published) {
        let log = told.log();
        let newer = told.checkpoints.iter().map(|(checkpoint, _)| *checkpoint);
        for next in newer.filter(|checkpoint| checkpoint.number > self.tip.number).collect::<Vec<_>>() {
            let consistency = log.consistency_path(self.tip.size, next.size);
            self.try_to_anchor(&next, &consistency).await.expect("anchors");
            self.tip = next;
        }
        told.write(&self.data());
    }

    /// Whether he may still anchor.
    pub async fn tries_to_go_on(&self) -> Result<(), AnchorError> {
        let previous = self.tip.hash(self.ledger());
        self.try_to_anchor(&Checkpoint { number: self.tip.number + 1, previous, ..self.tip }, &[]).await
    }

    async fn try_to_anchor(&self, next: &Checkpoint, consistency: &[Digest]) -> Result<(), AnchorError> {
        let sent = self.chain.anchor(self.ledger(), &self.tip, next, consistency).await?;
        mined(&self.chain, sent).await;
        Ok(())
    }

    /// Where he publishes.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// `vouchsafe audit` as the reporter types it, over what is published and against the chain. Demands an exit code and
    /// gives the report.
    pub async fn audited(&self, options: &[&str], exit: i32) -> Value {
        self.audited_from("data", options, exit).await
    }

    /// The same of what his own web server gives: a copy that lacks something accuses nobody.
    pub async fn audited_online(&self, exit: i32) -> Value {
        self.audited_from(&serve(self.data()).await, &[], exit).await
    }

    async fn audited_from(&self, from: &str, options: &[&str], exit: i32) -> Value {
        let typed = ["audit", "--from", from, "--out", "audit", "--json", "--rpc", &self.rpc];
        let run = Run::vouchsafe(typed).args(options).folder(self.folder.path());
        let report = run.end().await.exits(exit).json();
        let kept = std::fs::read_to_string(self.kept("report.json")).expect("the report is kept");
        assert_eq!(serde_json::from_str::<Value>(&kept).expect("JSON"), report);
        report
    }

    /// A file that the audit wrote.
    pub fn kept(&self, name: &str) -> PathBuf {
        self.folder.path().join("audit").join(name)
    }

    /// `vouchsafe challenge` as the reporter types it, with his key.
    pub fn challenge(&self, file: &Path, options: &[&str]) -> Run {
        let run = Run::vouchsafe(["challenge"]).args([file]).args(["--rpc", &self.rpc]).args(options);
        run.env("VOUCHSAFE_REPORTER_KEY", DEVELOPMENT_KEYS[REPORTER]).env("TZ", "UTC")
    }

    /// The reporter's account.
    pub fn reporter() -> Address {
        AnchoringKey::from_hex(DEVELOPMENT_KEYS[REPORTER]).expect("a key").address()
    }

    /// Where the reporter works.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().to_owned()
    }
}

/// The findings of a list, `contradictions` or `unchecked`: code, rule, and the file beside the report.
pub fn named<'r>(report: &'r Value, list: &str) -> Vec<(&'r str, Option<&'r str>, Option<&'r str>)> {
    let found = report[list].as_array().unwrap_or_else(|| panic!("no {list} in {report:#}"));
    let of = |found: &'r Value| {
        (found["code"].as_str().expect("a code"), found["rule"].as_str(), found["file"].as_str())
    };
    found.iter().map(of).collect()
}

/// Waits until what was sent is in a block.
async fn mined(reader: &dyn AnchorReader, submission: Submission) {
    let Submission::Sent { tx } = submission else { panic!("nothing was sent: {submission:?}") };
    until("the transaction is in a block", async || match reader.transaction(tx).await.expect("an answer") {
        TxState::Mined { .. } => Some(()),
        TxState::Pending | TxState::Unknown => None,
        failed @ TxState::Failed { .. } => panic!("{failed:?}"),
    })
    .await;
}

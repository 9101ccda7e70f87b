//! An operator who lies: whatever ledger a test makes up is anchored on a real `anvil`, under a bond and a judge.
//!
//! In scope: opening, anchoring, what the reporter brings against it. The lies themselves are those of
//! `vouchsafe-ledgers`: structure is forged, signatures are none. Out of scope: finding them.

use crate::{Anvil, PATIENCE, Run};
use anchors::devnet::DEVELOPMENT_KEYS;
use anchors::fraud::Judge;
use anchors::{
    AnchorError, AnchorReader, AnchorWriter as _, AnchoringKey, Chain, EvmChain, Opening, Submission, TxState,
};
use ledgers::View;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::fraud::file::{ChallengeFile, Charge};
use protocol::fraud::{LedgerView as _, Shown};
use protocol::{Address, Digest, LedgerId, PublicKey};
use std::path::PathBuf;
use tempfile::TempDir;
use tokio::time::sleep;

/// Wei behind each of his ledgers: 1 ether, against which gas is small.
pub const BOND_WEI: u128 = 10_u128.pow(18);
/// Wei that a challenge takes.
pub const DEPOSIT_WEI: u128 = 10_u128.pow(15);

const OPERATOR_KEY: PublicKey = PublicKey::new([7; 32]);
/// Who reports, among anvil's accounts; the operator is the first.
const REPORTER: usize = 1;

/// The operator, and the folder in which his reporter works.
pub struct Liar {
    chain: EvmChain<AnchoringKey>,
    judge: Judge<AnchoringKey>,
    origin: LedgerOrigin,
    tip: Checkpoint,
    rpc: String,
    folder: TempDir,
}

impl Liar {
    /// Deploys both contracts, opens a ledger, and puts it under the judge.
    pub async fn open(anvil: &Anvil) -> Self {
        let operator = || AnchoringKey::from_hex(Anvil::funded_key()).expect("a key");
        let contracts = anvil.deploy(BOND_WEI).await;
        let chain = anvil.reader(contracts).signing_with(operator());
        let deployment = chain.deploy_judge(DEPOSIT_WEI).await.expect("deploys");
        mined(&chain, deployment.submission).await;
        let judge = Judge::new(chain.clone(), deployment.contract);
        let opening = Opening { salt: Digest::ZERO, operator_key: OPERATOR_KEY, bond_wei: BOND_WEI };
        mined(&chain, chain.open(&opening).await.expect("opens")).await;
        let origin = chain.origin(opening.salt);
        mined(&chain, judge.send(judge.admit(origin.ledger())).await.expect("admits")).await;
        let (tip, rpc) = (Checkpoint::genesis(OPERATOR_KEY), anvil.url().to_owned());
        Self { chain, judge, origin, tip, rpc, folder: TempDir::new().expect("a folder") }
    }

    /// His ledger.
    pub fn ledger(&self) -> LedgerId {
        self.origin.ledger()
    }

    /// The judge of it.
    pub const fn judge(&self) -> &Judge<AnchoringKey> {
        &self.judge
    }

    /// Anchors what the view is over. Its log must go on where the last one ended, which is all that the contract sees.
    pub async fn anchor(&mut self, view: &View, consistency: &[Digest]) -> Checkpoint {
        let next = self.next(view.checkpoint());
        self.try_to_anchor(next, consistency).await.expect("anchors");
        self.tip = next;
        next
    }

    /// The same checkpoint once more, so that the one before moves on towards the end of the ring.
    pub async fn heartbeat(&mut self) -> Checkpoint {
        let next = self.next(self.tip);
        self.try_to_anchor(next, &[]).await.expect("anchors");
        self.tip = next;
        next
    }

    /// Whether he may still anchor.
    pub async fn tries_to_go_on(&self) -> Result<(), AnchorError> {
        self.try_to_anchor(self.next(self.tip), &[]).await
    }

    fn next(&self, of: Checkpoint) -> Checkpoint {
        let previous = self.tip.hash(self.ledger());
        Checkpoint { number: self.tip.number + 1, operator_key: OPERATOR_KEY, previous, ..of }
    }

    async fn try_to_anchor(&self, next: Checkpoint, consistency: &[Digest]) -> Result<(), AnchorError> {
        let sent = self.chain.anchor(self.ledger(), &self.tip, &next, consistency).await?;
        mined(&self.chain, sent).await;
        Ok(())
    }

    /// What is shown under a checkpoint that he anchored.
    pub fn shown(&self, checkpoint: Checkpoint) -> Shown {
        Shown { ledger: self.ledger(), checkpoint, newer: Vec::new() }
    }

    /// Writes a challenge file for the reporter, and gives its name.
    pub fn charge(&self, name: &str, charge: Charge) -> PathBuf {
        let path = self.folder.path().join(name);
        let file = ChallengeFile { origin: self.origin, charge };
        std::fs::write(&path, file.to_text()).expect("written");
        path
    }

    /// `vouchsafe challenge` as the reporter types it, with his key.
    pub fn challenge(&self, file: &PathBuf, options: &[&str]) -> Run {
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

    /// The chain that he lies on.
    pub fn chain(&self) -> Chain {
        self.chain.chain()
    }
}

/// Waits until what was sent is in a block.
async fn mined(reader: &dyn AnchorReader, submission: Submission) {
    let Submission::Sent { tx } = submission else { panic!("nothing was sent: {submission:?}") };
    for _ in 0..PATIENCE.as_millis() / 20 {
        match reader.transaction(tx).await.expect("an answer") {
            TxState::Mined { .. } => return,
            TxState::Pending | TxState::Unknown => sleep(std::time::Duration::from_millis(20)).await,
            failed @ TxState::Failed { .. } => panic!("{failed:?}"),
        }
    }
    panic!("{tx} is in no block")
}

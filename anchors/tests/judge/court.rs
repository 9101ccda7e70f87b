//! A development chain with a judge, and ledgers of `vouchsafe-ledgers` anchored on it.

use crate::common::anvil::key;
use crate::common::{OPERATOR, Time, mined, opening};
use ledgers::View;
use protocol::Digest;
use protocol::checkpoint::Checkpoint;
use protocol::fraud::{Accusation, Fraud, LedgerView as _, Shown};
use std::sync::Arc;
use vouchsafe_anchors::fraud::{Call, Judge, commitment};
use vouchsafe_anchors::{
    AnchorError, AnchorWriter as _, AnchoringKey, Devnet, JudgeRefusal, Opening, Refusal,
};

/// The operator's, the reporter's and a stranger's account.
pub const OPERATOR_ACCOUNT: usize = 0;
pub const REPORTER: usize = 1;
pub const STRANGER: usize = 2;

pub struct Court {
    pub devnet: Arc<Devnet>,
    pub time: Time,
    opened: u64,
}

impl Court {
    pub fn new() -> Self {
        let time = Time::begin();
        Self { devnet: Devnet::in_memory(time.clock()), time, opened: 0 }
    }

    /// The judge, written by an account.
    pub fn judge(&self, account: usize) -> Judge<AnchoringKey> {
        Judge::new(self.devnet.client().signing_with(key(account)), Devnet::judge())
    }

    pub async fn send(&self, account: usize, call: Call) -> Result<Digest, AnchorError> {
        let judge = self.judge(account);
        let submission = judge.send(call).await?;
        Ok(mined(judge.chain(), submission).await)
    }

    /// Opens a ledger of the operator under the judge, and anchors what the view is over as its first checkpoint.
    pub async fn anchor(&mut self, view: &View) -> Shown {
        let writer = self.devnet.client().signing_with(key(OPERATOR_ACCOUNT));
        self.opened += 1;
        let mut salt = [0; 32];
        salt[..8].copy_from_slice(&self.opened.to_be_bytes());
        let opening = Opening { salt: Digest::new(salt), ..opening(0) };
        mined(&writer, writer.open(&opening).await.expect("opens")).await;
        let ledger = writer.origin(opening.salt).ledger();
        self.send(OPERATOR_ACCOUNT, self.judge(OPERATOR_ACCOUNT).admit(ledger)).await.expect("admits");
        let genesis = Checkpoint::genesis(OPERATOR);
        let checkpoint = Checkpoint {
            number: 1,
            operator_key: OPERATOR,
            previous: genesis.hash(ledger),
            ..view.checkpoint()
        };
        mined(&writer, writer.anchor(ledger, &genesis, &checkpoint, &[]).await.expect("anchors")).await;
        Shown { ledger, checkpoint, newer: Vec::new() }
    }

    /// What the judge says of an accusation, without sending it.
    pub async fn judged(&self, shown: &Shown, fraud: &Fraud) -> Result<(), JudgeRefusal> {
        let judge = self.judge(REPORTER);
        let accusation = Accusation { shown: shown.clone(), fraud: fraud.clone() };
        let done = judge.simulate(&judge.accuse(&accusation, Digest::ZERO), judge.account()).await;
        done.map_err(judge_refusal)
    }

    /// Commits, and lets two blocks pass.
    pub async fn commit(&self, account: usize, salt: Digest, proof_hash: Digest) {
        let judge = self.judge(account);
        let commitment = commitment(judge.account(), salt, proof_hash);
        self.send(account, judge.commit(commitment)).await.expect("commits");
        self.pass_block().await;
    }

    /// A block in which nothing happens.
    pub async fn pass_block(&self) {
        self.send(STRANGER, self.judge(STRANGER).commit(Digest::ZERO)).await.expect("a block");
    }
}

/// The judge's own words.
pub fn judge_refusal(error: AnchorError) -> JudgeRefusal {
    match error {
        AnchorError::Reverted(Refusal::Judge(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

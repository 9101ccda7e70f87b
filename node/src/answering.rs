//! Answering for what was anchored: who shows no leaf within three days loses the bond (F8, docs/protocol.md section 13).
//!
//! In scope: putting the ledger under its judge once somebody here can answer, watching for challenges, answering each
//! from the store at once, and what backs the ledger, for those who ask. The chain is the only memory: after a restart
//! the events of the last three days are read again, and what is older can not be answered any more. Out of scope: what a
//! leaf is (`ledger::shown`), how a judge is spoken to (`anchors::fraud`).

use crate::ledger::Ledger;
use crate::ledger::rows::ReadError;
use crate::observe;
use anchors::fraud::{Judge, Raised};
use anchors::{AnchorError, AnchorWriter, AnchoringKey, Phase, Submission};
use protocol::Address;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Blocks that are read once more each time: what was raised in a block that vanished may stand in another one.
const REREAD_BLOCKS: u64 = 128;

/// What lies behind the ledger, by the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backing {
    /// Wei at stake.
    pub bond_wei: u128,
    /// Where the ledger stands.
    pub phase: Phase,
    /// Who may take the bond; with nobody here it backs nothing.
    pub judges: Vec<Address>,
}

/// Why a turn did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// The chain gave no answer, or refused.
    #[error(transparent)]
    Chain(#[from] AnchorError),
    /// The store.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A thread of this program broke off.
    #[error("the work on the store broke off")]
    BrokeOff,
}

/// The job. One for each ledger.
pub struct Answering {
    ledger: Ledger,
    writer: Arc<dyn AnchorWriter>,
    judge: Option<Judge<AnchoringKey>>,
    poll: Duration,
    backing: watch::Sender<Option<Backing>>,
    /// Blocks below this one were read; none in this run.
    next_block: Option<u64>,
    /// Challenges that nobody answered yet.
    open: Vec<Raised>,
    judges: Option<Vec<Address>>,
}

impl Answering {
    /// A job that has not begun. Without a judge it only tells what backs the ledger.
    pub fn new(
        ledger: Ledger,
        writer: Arc<dyn AnchorWriter>,
        judge: Option<Judge<AnchoringKey>>,
        poll: Duration,
    ) -> Self {
        let backing = watch::Sender::new(None);
        Self { ledger, writer, judge, poll, backing, next_block: None, open: Vec::new(), judges: None }
    }

    /// What lies behind the ledger; none before the chain was asked.
    pub fn backing(&self) -> watch::Receiver<Option<Backing>> {
        self.backing.subscribe()
    }

    /// Answers until `stop` turns true.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) {
        let mut patience = self.poll;
        loop {
            patience = match self.turn().await {
                // While challenges wait, an answer goes out as soon as the one before it is in a block.
                Ok(()) if self.open.is_empty() => self.poll,
                Ok(()) => self.poll.min(Duration::from_secs(2)),
                Err(error) => {
                    observe::answering_failed(&error);
                    (patience * 2).min(Duration::from_mins(5))
                }
            };
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(patience) => {}
            }
        }
    }

    /// One turn: see to the judge, look for challenges, answer what is open.
    pub async fn turn(&mut self) -> Result<(), TurnError> {
        // That endpoints contradict each other about the bond keeps no challenge from being answered.
        let looked = self.look_behind().await;
        if let Some(judge) = self.judge.clone() {
            self.look_for(&judge).await?;
        }
        looked
    }

    /// Looks for challenges, and answers what is open.
    async fn look_for(&mut self, judge: &Judge<AnchoringKey>) -> Result<(), TurnError> {
        if !self.is_admitted(judge).await? {
            return Ok(());
        }
        let from = self.next_block.map(|next| next.saturating_sub(REREAD_BLOCKS));
        let seen = judge.raised(self.ledger.facts().id, from).await?;
        for raised in seen.challenges {
            if !self.open.iter().any(|open| open.ask == raised.ask) {
                self.open.push(raised);
            }
        }
        // What an endpoint that is out of reach would have told is asked again: the others may hide it.
        if seen.is_whole {
            self.next_block = Some(seen.to.saturating_add(1));
        }
        self.answer_open(judge).await
    }

    /// Reads what lies behind the ledger.
    async fn look_behind(&mut self) -> Result<(), TurnError> {
        let id = self.ledger.facts().id;
        let facts = self.writer.ledger(id).await?;
        let judges = match &self.judges {
            Some(judges) => judges.clone(),
            None => self.writer.judges(id).await?,
        };
        self.judges = Some(judges.clone());
        if facts.phase == Phase::Slashed {
            observe::slashed();
        }
        self.backing.send_replace(Some(Backing { bond_wei: facts.bond_wei, phase: facts.phase, judges }));
        Ok(())
    }

    /// Whether the judge may take the bond: only now, when somebody can answer before it, it is let in.
    async fn is_admitted(&mut self, judge: &Judge<AnchoringKey>) -> Result<bool, TurnError> {
        let ledger = self.ledger.facts().id;
        if self.judges.as_ref().is_some_and(|judges| judges.contains(&judge.address())) {
            return Ok(true);
        }
        self.judges = None;
        if judge.is_judge_of(ledger).await? {
            return Ok(true);
        }
        // That a judge lies there is asked first: one that is let in stays for good.
        judge.deposit_wei().await?;
        if let Submission::Sent { .. } = judge.send(judge.admit(ledger)).await? {
            observe::judge_admitted(judge.address());
        }
        Ok(false)
    }

    /// Answers each challenge that waits; one that fails keeps no other from being answered.
    async fn answer_open(&mut self, judge: &Judge<AnchoringKey>) -> Result<(), TurnError> {
        let mut still = Vec::new();
        let mut failed = None;
        let mut unanswerable = 0;
        for raised in std::mem::take(&mut self.open) {
            match self.answer(judge, &raised).await {
                Ok(Done::Over) => continue,
                Ok(Done::Sent | Done::Unsure) => {}
                Ok(Done::Unanswerable) => unanswerable += 1,
                Err(error) => failed = Some(error),
            }
            still.push(raised);
        }
        observe::challenges(still.len(), unanswerable);
        self.open = still;
        failed.map_or(Ok(()), Err)
    }

    async fn answer(&self, judge: &Judge<AnchoringKey>, raised: &Raised) -> Result<Done, TurnError> {
        let id = raised.ask.id();
        match judge.is_pending(id).await? {
            Some(true) => {}
            Some(false) => return Ok(Done::Over),
            None if self.ledger.clock().now() > raised.until => return Ok(Done::Over),
            None => return Ok(Done::Unsure),
        }
        let (ledger, ask) = (self.ledger.clone(), raised.ask);
        let shown = tokio::task::spawn_blocking(move || ledger.view()?.shown_for(&ask));
        let Some((leaf, path)) = shown.await.map_err(|_| TurnError::BrokeOff)?? else {
            observe::unanswerable(id, raised.until);
            return Ok(Done::Unanswerable);
        };
        if let Submission::Sent { tx } = judge.send(judge.answer(&raised.ask, &leaf, &path)).await? {
            observe::challenge_answered(id, tx);
        }
        // It counts when the chain says so: the next turn looks.
        Ok(Done::Sent)
    }
}

enum Done {
    /// Somebody answered, or it was settled.
    Over,
    /// An answer is on its way.
    Sent,
    /// An endpoint that is out of reach may know that it waits for one.
    Unsure,
    /// The store has no such leaf: the bond is in danger.
    Unanswerable,
}

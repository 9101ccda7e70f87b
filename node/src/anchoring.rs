//! The anchoring job: when to cut a checkpoint, sending it, following it until the chain can not forget it.
//!
//! The outbox is the only memory. A turn reads it, asks the chain what it has, and does the next thing; after a crash the
//! same turn runs again from the same rows and ends in the same checkpoint. Out of scope: what a checkpoint says
//! (`ledger::cut`), how a chain is spoken to (`anchors`).

mod error;
mod settle;

pub use error::TurnError;

use crate::clock;
use crate::ledger::outbox::{known, record_opening, unsettled};
use crate::ledger::rows::Published;
use crate::ledger::{Ledger, cut};
use crate::observe;
use crate::store::Store;
use anchors::{AnchorError, AnchorWriter, Missing, Opening, Phase, Refusal, Tip};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// When to anchor.
#[derive(Debug, Clone, Copy)]
pub struct Timing {
    /// Between two checkpoints while steps come in. A batch is anchored at once.
    pub interval: Duration,
    /// After this long without one, a quiet ledger shows that it is fresh.
    pub heartbeat: Duration,
    /// Between two looks at the chain while a checkpoint is on its way.
    pub poll: Duration,
}

/// How anchoring stands, for health and metrics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standing {
    /// When the chain answered last, Unix milliseconds.
    pub reached_at: Option<u64>,
    /// What keeps it from going on, in words; none while all is well.
    pub problem: Option<String>,
    /// Checkpoints that are not final yet.
    pub unsettled: usize,
    /// Number and size of the newest checkpoint that stands in a block.
    pub anchored: Option<(u64, u64)>,
    /// Number of the chain's newest block, as long as a checkpoint waits to be final.
    pub newest_block: Option<u64>,
}

/// What a turn leaves to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Something was sent or changed: look again at once.
    Again,
    /// A checkpoint is on its way to a block, or to finality: look again after the poll time.
    Poll,
    /// Nothing is on its way.
    Rest,
}

/// The job. One for each ledger.
pub struct Anchoring {
    ledger: Ledger,
    writer: Arc<dyn AnchorWriter>,
    opening: Opening,
    timing: Timing,
    standing: watch::Sender<Standing>,
    /// Whether the store was held against the chain.
    is_checked: AtomicBool,
}

impl Anchoring {
    /// A job that has not begun. `opening` is what the ledger was opened with: sent again, should the chain lose it.
    pub fn new(ledger: Ledger, writer: Arc<dyn AnchorWriter>, opening: Opening, timing: Timing) -> Self {
        let standing = watch::Sender::new(Standing::default());
        Self { ledger, writer, opening, timing, standing, is_checked: AtomicBool::new(false) }
    }

    /// How it stands; changes are signalled.
    pub fn standing(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    /// Anchors until `stop` turns true. A checkpoint on its way is left to the next start.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut progress = self.ledger.progress();
        let mut patience = self.timing.poll;
        loop {
            let turned = self.checked_turn().await;
            self.note(&turned);
            // Only one who rests is woken by a batch, which does not wait for the interval: while a checkpoint is on its
            // way, or the chain is out of reach, it could do nothing but ask again without pause.
            let mut cut_size = u64::MAX;
            let wait = match turned {
                Ok(Next::Again) => Duration::ZERO,
                Ok(Next::Poll) => self.timing.poll,
                Ok(Next::Rest) => {
                    cut_size = self.newest().await.map_or(u64::MAX, |newest| newest.checkpoint.size);
                    self.until_due()
                }
                Err(_) => {
                    patience = (patience * 2).min(Duration::from_secs(30));
                    patience
                }
            };
            if turned.is_ok() {
                patience = self.timing.poll;
            }
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(wait) => {}
                _ = progress.wait_for(|now| now.issued > cut_size) => {}
            }
        }
    }

    /// The first turns wait until the store was held against the chain, which may have been down at the start.
    async fn checked_turn(&self) -> Result<Next, TurnError> {
        if !self.is_checked.load(Ordering::Relaxed) {
            if !self.opening_stands().await? {
                return Ok(Next::Poll);
            }
            self.check_clock().await?;
            self.check_store_is_new().await?;
        }
        self.turn().await
    }

    /// Whether the chain has the opening of the ledger. One that left it with its block, before it was final, is sent
    /// again: the ledger has the same name then, and every checkpoint fits.
    async fn opening_stands(&self) -> Result<bool, TurnError> {
        let genesis = self.on_store(|store| Ok(known(&*store.snapshot()?, 0)?)).await?;
        if genesis.is_final {
            return Ok(true);
        }
        let facts = match self.writer.ledger(self.ledger.facts().id).await {
            Ok(facts) => Some(facts),
            Err(AnchorError::NotFound(Missing::Ledger { .. })) => None,
            Err(error) => return Err(error.into()),
        };
        self.on_store(move |store| {
            let opened = facts.as_ref().map(|facts| (&facts.opened, facts.finality));
            Ok(record_opening(store, genesis.checkpoint, opened)?)
        })
        .await?;
        if facts.is_none() {
            self.writer.open(&self.opening).await?;
            observe::reopened();
        }
        Ok(facts.is_some())
    }

    /// Says how a turn went, and keeps the ledger from promising what the chain contradicts.
    fn note(&self, turned: &Result<Next, TurnError>) {
        if let Err(error) = turned {
            observe::anchoring_failed(error);
        }
        let problem = turned.as_ref().err().map(ToString::to_string);
        match turned {
            Ok(_) => self.ledger.set_halted(None),
            Err(error) if error.breaks_promises() => self.ledger.set_halted(problem.clone()),
            Err(_) => {}
        }
        self.standing.send_if_modified(|standing| {
            let changed = standing.problem != problem;
            standing.problem = problem;
            changed
        });
    }

    /// Holds clock and store against the chain before the first step is taken. What may pass, as a chain that is down does,
    /// keeps no node from starting: the job asks again.
    pub async fn begin(&self) -> Result<(), TurnError> {
        let checked = match self.check_clock().await {
            Ok(()) => self.check_store_is_new().await,
            wrong => wrong,
        };
        match checked {
            Err(error) if error.can_pass() => {
                self.note(&Err(error));
                Ok(())
            }
            checked => checked,
        }
    }

    /// Holds the operator's clock against the chain's newest block, once: it is carried on by what nobody can set. A
    /// development chain makes blocks when it is asked to, of whatever time: it is no clock.
    pub async fn check_clock(&self) -> Result<(), TurnError> {
        if self.writer.chain().development {
            return Ok(());
        }
        let newest = self.writer.head().await?.latest;
        Ok(clock::hold_against_block(self.ledger.clock().now(), newest.number, newest.time)?)
    }

    /// Holds the store against the chain: a store that is older than the chain, or of another history, must accept
    /// nothing, for what it accepted would stand at indices that are taken.
    pub async fn check_store_is_new(&self) -> Result<(), TurnError> {
        if !self.opening_stands().await? {
            return Ok(());
        }
        let ledger = self.ledger.facts().id;
        let tip = self.latest().await?;
        let (number, theirs) = (tip.number, tip.hash);
        let ours = self.newest().await?.checkpoint.number;
        if number > ours {
            return Err(TurnError::StoreIsOld { theirs: number, ours });
        }
        let ours = self.on_store(move |store| Ok(known(&*store.snapshot()?, number)?)).await?;
        let ours = ours.checkpoint.hash(ledger);
        if ours != theirs {
            return Err(TurnError::OtherHistory { number, ours, theirs });
        }
        let phase = self.writer.ledger(ledger).await?.phase;
        if phase != Phase::Open {
            return Err(AnchorError::Reverted(Refusal::WrongPhase { ledger, phase }).into());
        }
        // The account has one transaction on its way at most. Where it is not the next of our checkpoints, a newer store
        // than this one may have sent it.
        let waiting = self.on_store(|store| Ok(unsettled(&*store.snapshot()?)?)).await?;
        let is_next_ours = waiting.iter().any(|item| item.published.checkpoint.number > number);
        if !is_next_ours && let Some(nonce) = self.writer.on_its_way().await? {
            return Err(TurnError::NotOurs { nonce });
        }
        self.is_checked.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Where the contract has the ledger. That it has none is no gap in what it knows, but its word.
    async fn latest(&self) -> Result<Tip, TurnError> {
        let ledger = self.ledger.facts().id;
        self.writer.latest(ledger).await.map_err(|error| match error {
            AnchorError::NotFound(Missing::Ledger { ledger, .. }) => TurnError::LedgerGone(ledger),
            other => other.into(),
        })
    }

    /// One turn: settle what is on its way, then cut if it is due.
    pub async fn turn(&self) -> Result<Next, TurnError> {
        if !self.opening_stands().await? {
            return Ok(Next::Poll);
        }
        let next = self.settle().await?;
        let newest = self.newest().await?;
        if newest.anchored.is_none() || !self.is_due(&newest) {
            return Ok(next);
        }
        match self.cut().await? {
            Some(published) => {
                observe::cut(published.checkpoint.number, published.checkpoint.size);
                Ok(Next::Again)
            }
            None => Ok(next),
        }
    }

    async fn cut(&self) -> Result<Option<Published>, TurnError> {
        let (ledger, key, now) =
            (self.ledger.facts().id, self.ledger.operator().due(), self.ledger.clock().now());
        self.on_store(move |store| Ok(cut::cut(store, ledger, key, now, true)?)).await
    }

    async fn newest(&self) -> Result<Published, TurnError> {
        self.on_store(|store| Ok(cut::latest(&*store.snapshot()?)?)).await
    }

    /// Reads or writes the store on a thread where waiting for the disk is no harm.
    async fn on_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Store) -> Result<T, TurnError> + Send + 'static,
    ) -> Result<T, TurnError> {
        let store = Arc::clone(self.ledger.store());
        let broken = |_| cut::CutError::Wrong("the work on it broke off".to_owned());
        tokio::task::spawn_blocking(move || work(&*store)).await.map_err(broken)?
    }

    fn is_due(&self, newest: &Published) -> bool {
        let progress = *self.ledger.progress().borrow();
        let age = self.ledger.clock().now().saturating_sub(newest.cut_at);
        let past = |limit: Duration| u128::from(age) >= limit.as_millis();
        let grown = progress.size > newest.checkpoint.size;
        let at_once = progress.issued > newest.checkpoint.size
            || self.ledger.operator().due() != newest.checkpoint.operator_key;
        at_once || (grown && past(self.timing.interval)) || past(self.timing.heartbeat)
    }

    /// How long a quiet job may sleep: a fraction of the interval, so that it is never late by more.
    fn until_due(&self) -> Duration {
        (self.timing.interval / 4).clamp(Duration::from_millis(50), Duration::from_secs(15))
    }
}

#[cfg(test)]
mod tests;

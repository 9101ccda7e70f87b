//! The anchoring job: when to cut a checkpoint, sending it, following it until the chain can not forget it.
//!
//! The outbox is the only memory. A turn reads it, asks the chain what it has, and does the next thing; after a crash the
//! same turn runs again from the same rows and ends in the same checkpoint. Out of scope: what a checkpoint says
//! (`ledger::cut`), how a chain is spoken to (`anchors`).

use crate::ledger::outbox::{Unsettled, known, record_chain, unsettled};
use crate::ledger::rows::{Published, ReadError};
use crate::ledger::{Ledger, cut};
use crate::observe;
use crate::store::StoreError;
use anchors::{AnchorError, AnchorWriter, Submission};
use protocol::Digest;
use std::sync::Arc;
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

/// Why a turn did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum TurnError {
    /// The chain gave no answer, or refused.
    #[error(transparent)]
    Chain(#[from] AnchorError),
    /// No checkpoint could be cut, or a row could not be read.
    #[error(transparent)]
    Cut(#[from] cut::CutError),
    /// The contract holds another history under this ledger's name.
    #[error(
        "the chain has checkpoint {number} as {theirs}, this node cut {ours}: another node anchors this ledger, or an \
         old backup was put back; stop this node"
    )]
    OtherHistory {
        /// The checkpoint.
        number: u64,
        /// Its hash here.
        ours: Digest,
        /// Its hash on the chain.
        theirs: Digest,
    },
    /// The chain has checkpoints that this store never cut.
    #[error(
        "the chain is at checkpoint {theirs}, this store knows none after {ours}: an old backup was put back, or \
         another node anchors this ledger; restore the newest store before anything is accepted"
    )]
    StoreIsOld {
        /// The chain's latest.
        theirs: u64,
        /// The newest that was cut here.
        ours: u64,
    },
    /// The chain lacks a checkpoint that this node knows as settled.
    #[error(
        "the chain is at checkpoint {latest}, this node waits to anchor {next}: the endpoint lags behind, or serves \
         another chain"
    )]
    Behind {
        /// The chain's latest.
        latest: u64,
        /// The next that this node would send.
        next: u64,
    },
}

impl From<ReadError> for TurnError {
    fn from(error: ReadError) -> Self {
        Self::Cut(error.into())
    }
}

impl From<StoreError> for TurnError {
    fn from(error: StoreError) -> Self {
        Self::Cut(error.into())
    }
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
    timing: Timing,
    standing: watch::Sender<Standing>,
}

impl Anchoring {
    /// A job that has not begun.
    pub fn new(ledger: Ledger, writer: Arc<dyn AnchorWriter>, timing: Timing) -> Self {
        Self { ledger, writer, timing, standing: watch::Sender::new(Standing::default()) }
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
            let wait = match self.turn().await {
                Ok(next) => {
                    patience = self.timing.poll;
                    match next {
                        Next::Again => Duration::ZERO,
                        Next::Poll => self.timing.poll,
                        Next::Rest => self.until_due(),
                    }
                }
                Err(error) => {
                    observe::anchoring_failed(&error);
                    self.standing.send_modify(|standing| standing.problem = Some(error.to_string()));
                    patience = (patience * 2).min(Duration::from_secs(30));
                    patience
                }
            };
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = tokio::time::sleep(wait) => {}
                // A batch does not wait for the interval.
                _ = progress.wait_for(|now| now.issued > self.cut_size()) => {}
            }
        }
    }

    /// Holds the store against the chain: a store that is older than the chain must accept nothing, for what it accepted
    /// would stand at indices that are taken.
    pub async fn check_store_is_new(&self) -> Result<(), TurnError> {
        let theirs = self.writer.latest(self.ledger.facts().id).await?.number;
        let ours = self.newest()?.checkpoint.number;
        if theirs > ours { Err(TurnError::StoreIsOld { theirs, ours }) } else { Ok(()) }
    }

    /// One turn: settle what is on its way, then cut if it is due.
    pub async fn turn(&self) -> Result<Next, TurnError> {
        let waiting = unsettled(&*self.ledger.store().snapshot()?)?;
        let next = if waiting.is_empty() { Next::Rest } else { self.settle(&waiting).await? };
        let on_its_way = self.newest()?.anchored.is_none();
        if on_its_way || !self.is_due()? {
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

    /// Asks the chain how far it is, writes that down, and sends the first checkpoint that it does not have.
    async fn settle(&self, waiting: &[Unsettled]) -> Result<Next, TurnError> {
        let ledger = self.ledger.facts().id;
        let latest = self.writer.latest(ledger).await?;
        let ours = self.newest()?.checkpoint.number;
        if latest.number > ours {
            return Err(TurnError::StoreIsOld { theirs: latest.number, ours });
        }
        let mut unsettled = 0;
        let mut anchored = None;
        let mut next = Next::Poll;
        for item in waiting {
            let checkpoint = item.published.checkpoint;
            if checkpoint.number <= latest.number {
                let now = self.record(&item.published).await?;
                unsettled += usize::from(!now.is_final);
                anchored = Some((checkpoint.number, checkpoint.size));
                if now.is_final {
                    next = Next::Again;
                }
                continue;
            }
            unsettled += 1;
            // A block that vanished took the checkpoint with it: it is sent again, the same as before.
            record_chain(&**self.ledger.store(), &item.published, None)?;
            if checkpoint.number == latest.number + 1 {
                next = self.send(item).await?;
            } else if anchored.is_none() && unsettled == 1 {
                return Err(TurnError::Behind { latest: latest.number, next: checkpoint.number });
            }
        }
        let now = self.ledger.clock().now();
        self.standing.send_modify(|standing| {
            *standing = Standing {
                reached_at: Some(now),
                problem: None,
                unsettled,
                anchored: anchored.or(standing.anchored),
            };
        });
        if let Some((number, size)) = anchored {
            observe::anchored(number, size);
        }
        Ok(if unsettled == 0 { Next::Rest } else { next })
    }

    /// Writes down where the chain has a checkpoint, after holding it against the one that was cut.
    async fn record(&self, published: &Published) -> Result<Published, TurnError> {
        let ledger = self.ledger.facts().id;
        let number = published.checkpoint.number;
        let said = self.writer.checkpoint(ledger, number).await?;
        let ours = published.checkpoint.hash(ledger);
        if said.hash != ours {
            return Err(TurnError::OtherHistory { number, ours, theirs: said.hash });
        }
        Ok(record_chain(&**self.ledger.store(), published, Some(&said))?)
    }

    async fn send(&self, item: &Unsettled) -> Result<Next, TurnError> {
        let next = item.published.checkpoint;
        let before = known(&*self.ledger.store().snapshot()?, next.number.saturating_sub(1))?.checkpoint;
        let ledger = self.ledger.facts().id;
        let sent = self.writer.anchor(ledger, &before, &next, &item.consistency).await?;
        observe::sent(next.number, &sent);
        Ok(match sent {
            Submission::Sent { .. } | Submission::AlreadyAnchored => Next::Again,
            Submission::InFlight { .. } => Next::Poll,
        })
    }

    async fn cut(&self) -> Result<Option<Published>, TurnError> {
        let ledger = self.ledger.clone();
        let work = tokio::task::spawn_blocking(move || {
            let now = ledger.clock().now();
            cut::cut(&**ledger.store(), ledger.facts().id, ledger.operator_key(), now, true)
        });
        let broken = |_| cut::CutError::Wrong("the work on it broke off".to_owned());
        Ok(work.await.map_err(broken)??)
    }

    fn newest(&self) -> Result<Published, TurnError> {
        Ok(cut::latest(&*self.ledger.store().snapshot()?)?)
    }

    fn cut_size(&self) -> u64 {
        self.newest().map_or(u64::MAX, |newest| newest.checkpoint.size)
    }

    fn is_due(&self) -> Result<bool, TurnError> {
        let newest = self.newest()?;
        let progress = *self.ledger.progress().borrow();
        let age = self.ledger.clock().now().saturating_sub(newest.cut_at);
        let past = |limit: Duration| u128::from(age) >= limit.as_millis();
        let grown = progress.size > newest.checkpoint.size;
        let at_once = progress.issued > newest.checkpoint.size;
        Ok(at_once || (grown && past(self.timing.interval)) || past(self.timing.heartbeat))
    }

    /// How long a quiet job may sleep: a fraction of the interval, so that it is never late by more.
    fn until_due(&self) -> Duration {
        (self.timing.interval / 4).clamp(Duration::from_millis(50), Duration::from_secs(15))
    }
}

#[cfg(test)]
mod tests;

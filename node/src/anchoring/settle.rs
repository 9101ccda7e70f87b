//! What is on its way: each turn asks the chain how far it is, sends the first checkpoint that it does not have, and
//! writes down where the others stand.

use super::{Anchoring, Next, Standing, TurnError};
use crate::ledger::cut;
use crate::ledger::outbox::{Unsettled, final_after, known, record_chain, unsettled};
use crate::ledger::rows::Published;
use crate::observe;
use anchors::{AnchoredCheckpoint, Finality, Submission, Tip};

/// How those stand that the chain has.
#[derive(Default)]
struct Stood {
    /// How many can still vanish.
    pending: usize,
    /// Whether one of them no longer can, since now.
    settled: bool,
    /// The chain's newest block, where one can still vanish.
    newest_block: Option<u64>,
}

impl Anchoring {
    /// Settles what can be settled now, and sends what is next. What can not be sent keeps nothing else from being
    /// written down.
    pub(super) async fn settle(&self) -> Result<Next, TurnError> {
        let waiting = self.on_store(|store| Ok(unsettled(&*store.snapshot()?)?)).await?;
        if waiting.is_empty() {
            return Ok(Next::Rest);
        }
        let latest = self.latest().await?;
        let ours = self.newest().await?.checkpoint.number;
        if latest.number > ours {
            return Err(TurnError::StoreIsOld { theirs: latest.number, ours });
        }
        let (standing, missing) = waiting
            .split_at(waiting.partition_point(|item| item.published.checkpoint.number <= latest.number));
        let next = missing.first();
        if latest.number < ours
            && next.is_none_or(|next| next.published.checkpoint.number != latest.number + 1)
        {
            return self.call_back(&latest).await;
        }
        for item in missing {
            // A block that vanished took the checkpoint with it: it is sent again, the same as before.
            if item.published.anchored.is_some() {
                observe::vanished(item.published.checkpoint.number);
            }
            self.write_down(item.published, None).await?;
        }
        let sent = match next {
            Some(next) => Some(self.send(next).await),
            None => None,
        };
        let stood = self.stand(standing).await?;
        let sent = sent.transpose()?;
        let anchored = standing.last().map(|item| item.published.checkpoint);
        let anchored = anchored.map(|checkpoint| (checkpoint.number, checkpoint.size));
        let unsettled = stood.pending + missing.len();
        let now = self.ledger.clock().now();
        self.standing.send_modify(|standing| {
            *standing = Standing {
                reached_at: Some(now),
                problem: None,
                unsettled,
                anchored: anchored.or(standing.anchored),
                newest_block: stood.newest_block,
            };
        });
        if let Some((number, size)) = anchored {
            observe::anchored(number, size);
        }
        Ok(match sent {
            _ if unsettled == 0 => Next::Rest,
            Some(next) => next,
            None if stood.settled => Next::Again,
            None => Next::Poll,
        })
    }

    /// Writes down where these stand: from the oldest on those that no longer can vanish, then from the newest down. A block
    /// holds on to all before it, so below one that stands where it stood nobody is asked for.
    async fn stand(&self, standing: &[Unsettled]) -> Result<Stood, TurnError> {
        let mut stood = Stood::default();
        let mut rest = standing;
        while let [oldest, later @ ..] = rest {
            rest = later;
            if !self.note_standing(oldest, &mut stood).await?.is_final {
                break;
            }
        }
        let mut is_held = false;
        for item in rest.iter().rev() {
            if is_held {
                stood.pending += 1;
                continue;
            }
            is_held = self.note_standing(item, &mut stood).await?.anchored == item.published.anchored;
        }
        Ok(stood)
    }

    async fn note_standing(&self, item: &Unsettled, stood: &mut Stood) -> Result<Published, TurnError> {
        let (now, newest_block) = self.record(&item.published).await?;
        stood.newest_block = stood.newest_block.max(newest_block);
        stood.pending += usize::from(!now.is_final);
        stood.settled |= now.is_final;
        Ok(now)
    }

    /// Deals with a chain that lacks what this store holds for final: it lags behind, or was reorganised deeper than what
    /// it called final. By its own final block it is told which; then all that it took is sent again, the same as before.
    async fn call_back(&self, latest: &Tip) -> Result<Next, TurnError> {
        let (number, theirs) = (latest.number, latest.hash);
        let ours = self.on_store(move |store| Ok(known(&*store.snapshot()?, number)?)).await?;
        let ours = ours.checkpoint.hash(self.ledger.facts().id);
        if ours != theirs {
            return Err(TurnError::OtherHistory { number, ours, theirs });
        }
        let finalized = self.writer.head().await?.finalized.map(|block| block.number);
        let lost = self.on_store(move |store| Ok(final_after(&*store.snapshot()?, number)?)).await?;
        let place = lost.iter().rev().find_map(|published| published.anchored);
        if place.is_none_or(|place| finalized < Some(place.block_number)) {
            return Err(TurnError::Behind { latest: number, next: number + 1 });
        }
        for published in &lost {
            observe::vanished(published.checkpoint.number);
        }
        self.on_store(move |store| Ok(cut::to_send_again(store, &lost)?)).await?;
        Ok(Next::Again)
    }

    /// Writes down where the chain has a checkpoint, after holding it against the one that was cut. Gives it as it is now,
    /// and the number of the chain's newest block where it is not final.
    async fn record(&self, published: &Published) -> Result<(Published, Option<u64>), TurnError> {
        let ledger = self.ledger.facts().id;
        let number = published.checkpoint.number;
        let said = self.writer.checkpoint(ledger, number).await?;
        let ours = published.checkpoint.hash(ledger);
        if said.hash != ours {
            return Err(TurnError::OtherHistory { number, ours, theirs: said.hash });
        }
        let newest = match said.finality {
            Finality::Final => None,
            Finality::Pending { confirmations } => {
                Some((said.place.block_number + confirmations).saturating_sub(1))
            }
        };
        Ok((self.write_down(*published, Some(&said)).await?, newest))
    }

    async fn write_down(
        &self,
        published: Published,
        said: Option<&AnchoredCheckpoint>,
    ) -> Result<Published, TurnError> {
        let said = said.copied();
        self.on_store(move |store| Ok(record_chain(store, &published, said.as_ref())?)).await
    }

    async fn send(&self, item: &Unsettled) -> Result<Next, TurnError> {
        let next = item.published.checkpoint;
        let before = next.number.saturating_sub(1);
        let before = self.on_store(move |store| Ok(known(&*store.snapshot()?, before)?)).await?.checkpoint;
        let ledger = self.ledger.facts().id;
        let sent = self.writer.anchor(ledger, &before, &next, &item.consistency).await?;
        observe::sent(next.number, &sent);
        Ok(match sent {
            Submission::AlreadyAnchored => Next::Again,
            // An endpoint that lost it at once must not be given it again without a pause.
            Submission::Sent { .. } | Submission::InFlight { .. } | Submission::Replaced { .. } => Next::Poll,
        })
    }
}

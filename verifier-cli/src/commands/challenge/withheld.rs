//! F8: a leaf that cannot be had is asked for on the chain. Three days later the same command settles what nobody answered.

use super::commitment::Commitment;
use super::court::{Court, refused};
use super::figures::ether;
use super::report::{commit, ended};
use crate::failure::{Failure, REFUSED};
use crate::lang::Text;
use crate::source::chain_failure;
use anchors::AnchorReader as _;
use anchors::fraud::{ChallengeNow, Stand};
use protocol::fraud::{Ask, Challenge, Rule};

/// Does the next thing: asks, waits, settles, collects.
pub(super) async fn bring(court: &mut Court<'_>, challenge: Challenge) -> Result<u8, Failure> {
    court.introduce(Rule::F8);
    let ask = challenge.ask();
    let ask = ask.map_err(|why| Failure::refused("challenge-does-not-hold").with_foreign("cause", why))?;
    let now = court.judge.challenge(ask.id()).await.map_err(|error| chain_failure(&error))?;
    match now.stand {
        Stand::Unasked if !court.bond.is_there() => ended(court, Rule::F8).await,
        Stand::Unasked => raise(court, challenge, &ask).await,
        Stand::Pending => wait(court, &ask, now).await,
        Stand::Unanswered => {
            court.say(&Text::new("challenge-unanswered"));
            court.collect().await?;
            Ok(court.end(Rule::F8, "taken", None, 0))
        }
        Stand::Answered => answered(court, &ask).await,
    }
}

async fn raise(court: &mut Court<'_>, challenge: Challenge, ask: &Ask) -> Result<u8, Failure> {
    court.check_anchored().await?;
    let deposit = court.judge.deposit_wei().await.map_err(|error| chain_failure(&error))?;
    court.say(&Text::new("challenge-deposit").with("deposit", ether(deposit)));
    court.costs_of_all().await?;
    if !court.agree()? {
        return Ok(court.end(Rule::F8, "nothing_sent", None, 0));
    }
    let kept = Commitment::of(court.file(), court.account_or_nobody(), ask.id())?;
    commit(court, ask.id(), kept.salt).await?;
    court.reach().await?;
    let challenge = Challenge { shown: court.shown.clone(), ..challenge };
    court.send(court.judge.ask_for(&challenge, kept.salt, deposit)).await?;
    let now = court.judge.challenge(ask.id()).await.map_err(|error| chain_failure(&error))?;
    // The contract keeps the salt from here on.
    kept.forget();
    Ok(pending(court, now))
}

/// Says until when an answer counts.
fn pending(court: &mut Court<'_>, now: ChallengeNow) -> u8 {
    let until = court.times().both(now.until);
    court.say(&Text::new("challenge-pending").with("until", until));
    court.end(Rule::F8, "pending", Some(now.until), 0)
}

/// Settles it if its time is over, which only a chain can say.
async fn wait(court: &mut Court<'_>, ask: &Ask, now: ChallengeNow) -> Result<u8, Failure> {
    let settle = court.judge.settle(ask);
    match court.judge.simulate(&settle, court.account_or_nobody()).await {
        Ok(()) => {}
        Err(anchors::AnchorError::Reverted(_)) => return Ok(pending(court, now)),
        Err(error) => return Err(refused(&error)),
    }
    court.say(&Text::new("challenge-over"));
    court.costs(std::slice::from_ref(&settle), 0).await?;
    if !court.agree()? {
        return Ok(court.end(Rule::F8, "nothing_sent", Some(now.until), 0));
    }
    court.send(settle).await?;
    let text = Text::new("challenge-taken").with("rule", Rule::F8.name());
    court.say(&text.with("bond", ether(court.bond.wei)));
    court.collect().await?;
    Ok(court.end(Rule::F8, "taken", None, 0))
}

/// The leaf is public now: the charge is over.
async fn answered(court: &mut Court<'_>, ask: &Ask) -> Result<u8, Failure> {
    let head = court.judge.chain().head().await.map_err(|error| chain_failure(&error))?;
    let leaf = court.judge.answered(ask, 0, head.latest.number).await;
    let leaf = leaf.map_err(|error| chain_failure(&error))?.unwrap_or_default();
    let text = Text::new("challenge-answered").with("bytes", leaf.len());
    court.say(&text.with("leaf", protocol::digest::bytes_to_hex(&leaf)));
    Ok(court.end(Rule::F8, "answered", None, REFUSED))
}

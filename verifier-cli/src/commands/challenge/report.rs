//! An accusation, from commitment to reward: whoever knows a contradiction says first that he knows one, and two blocks
//! later what it is, so that nobody can copy it out of the queue of transactions and be paid for it. Before that the proof
//! goes to no endpoint either, not even to be priced; and the walk comes before it, so that nothing that the ledger
//! anchors meanwhile can hold it up once it is seen.

use super::commitment::Commitment;
use super::court::{Court, refused};
use super::figures::ether;
use crate::failure::{Failure, REFUSED};
use crate::lang::Text;
use crate::source::chain_failure;
use anchors::Phase;
use anchors::fraud::{commitment, proof_hash};
use protocol::Digest;
use protocol::fraud::{Accusation, Rule};

/// Brings the accusation.
pub(super) async fn bring(court: &mut Court<'_>, accusation: Accusation) -> Result<u8, Failure> {
    let rule = accusation.fraud.rule();
    court.introduce(rule);
    if !court.bond.is_there() {
        return ended(court, rule).await;
    }
    court.check_anchored().await?;
    let hash = proof_hash(&accusation);
    let kept = match court.account() {
        Some(account) => Some(Commitment::of(court.file(), account, hash)?),
        None => None,
    };
    let salt = kept.as_ref().map_or(Digest::ZERO, |kept| kept.salt);
    court.costs_of_all().await?;
    if !court.agree()? {
        return Ok(court.end(rule, "nothing_sent", None, 0));
    }
    commit(court, hash, salt).await?;
    court.reach().await?;
    let accusation = Accusation { shown: court.shown.clone(), ..accusation };
    court.remark(&Text::new("challenge-reports"));
    if let Err(failure) = court.send(court.judge.accuse(&accusation, salt)).await {
        // Somebody may have been first: another reporter, or what an earlier run had sent.
        court.look_again().await?;
        return if court.bond.is_there() { Err(failure) } else { ended(court, rule).await };
    }
    let text = Text::new("challenge-taken").with("rule", rule.name());
    court.say(&text.with("bond", ether(court.bond.wei)));
    court.collect().await?;
    if let Some(kept) = kept {
        kept.forget();
    }
    Ok(court.end(rule, "taken", None, 0))
}

/// Sees to it that a commitment to this proof is two blocks old.
pub(super) async fn commit(court: &mut Court<'_>, hash: Digest, salt: Digest) -> Result<(), Failure> {
    let commitment = commitment(court.account_or_nobody(), salt, hash);
    loop {
        let committed = court.judge.committed_at(commitment).await.map_err(|error| chain_failure(&error))?;
        if let Some(block) = committed {
            return court.wait_for_blocks(block, commitment).await;
        }
        court.remark(&Text::new("challenge-commits"));
        court.send(court.judge.commit(commitment)).await?;
    }
}

/// The bond is gone already: by an earlier run of this command, by somebody else, or to its owner.
pub(super) async fn ended(court: &mut Court<'_>, rule: Rule) -> Result<u8, Failure> {
    let Some(account) = court.account() else {
        court.say(&Text::new(gone(court.bond.phase)));
        return Ok(court.end(rule, "bond_gone", None, REFUSED));
    };
    let due = court.judge.reward_wei(account).await.map_err(|error| refused(&error))?;
    if court.bond.phase == Phase::Slashed && due > 0 {
        court.collect().await?;
        Commitment::discard(court.file());
        return Ok(court.end(rule, "taken", None, 0));
    }
    court.say(&Text::new(gone(court.bond.phase)));
    Ok(court.end(rule, "bond_gone", None, REFUSED))
}

fn gone(phase: Phase) -> &'static str {
    match phase {
        Phase::Slashed => "challenge-bond-taken",
        Phase::Withdrawn => "challenge-bond-withdrawn",
        Phase::Unopened | Phase::Open | Phase::Closed => "challenge-bond-none",
    }
}

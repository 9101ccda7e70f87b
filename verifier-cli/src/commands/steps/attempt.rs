//! Runs of vouchers, tried: each decided and signed, all sent. Nothing here changes what the desk remembers, so several are
//! prepared at a time; `take` settles them in their order.

use super::take::{Desk, unreadable};
use crate::failure::Failure;
use crate::node_client::{NodeError, Problem, Run, Said, SaidOfStep, TakenStep};
use crate::party::instruction::Instruction;
use crate::party::receipts::StepView;
use crate::party::step::{Afterwards, Refusal, role};
use protocol::digest::bytes_to_hex;
use protocol::entry::{Entry, signers};
use protocol::lifecycle::{Kind, Role};
use protocol::signing::KeyPair;
use protocol::{Digest, PublicKey};
use serde_json::json;
use std::sync::PoisonError;

/// A run to be tried, with the voucher's own key where the code is at hand.
pub struct Piece {
    /// The run.
    pub run: Run,
    /// The key that follows from the code.
    pub pair: Option<Box<KeyPair>>,
}

/// What came of it.
pub enum Attempt {
    /// An earlier run of the same command did it.
    Already {
        /// The vouchers.
        run: Run,
        /// The step that stands.
        latest: Box<StepView>,
        /// Its entry.
        entry: Entry,
    },
    /// It was not even asked for.
    Refused {
        /// The vouchers.
        run: Run,
        /// Why.
        refusal: Refusal,
        /// The step that stands.
        winner: Box<StepView>,
    },
    /// Signed, and not to be sent.
    Signed(Instruction),
    /// The node took it.
    Answered(Instruction, u16, TakenStep),
    /// The node refused it.
    Declined(Instruction, Box<Problem>),
}

/// What a run needs.
pub enum Prepared {
    /// Nothing: it came to this.
    Done(Attempt),
    /// To be sent.
    Signed(Instruction),
}

impl Desk<'_> {
    /// One run: done already, refused, or signed.
    pub(super) fn prepare(&self, piece: Piece) -> Result<Prepared, Failure> {
        let Piece { run, pair } = piece;
        if self.wish.may_be_done(&run) {
            let latest = self.step_at(run.index)?;
            let entry = latest.entry().filter(|entry| entry.leaf() == run.leaf);
            if let Some(entry) = entry.filter(|entry| entry.kind() == Some(self.wish.kind))
                && self.wish.is_done_by(&entry, self.operator.ledger, self.key)?
            {
                let prev_leaf = self.leaf_before(&entry)?;
                let (is_ours, latest) = (self.is_signed(&latest, &entry, prev_leaf), Box::new(latest));
                return Ok(Prepared::Done(if is_ours {
                    Attempt::Already { run, latest, entry }
                } else {
                    Attempt::Refused { run, refusal: Refusal::ByAnother, winner: latest }
                }));
            }
        }
        let seller = self.seller(&run)?;
        match self.wish.instruction(&run, seller, self.operator.ledger, self.key)? {
            Ok(mut instruction) => {
                if let Some(voucher) = pair {
                    instruction.sign(self.operator.ledger, Role::Voucher, &voucher);
                }
                let role = role(&instruction.entry, &self.key.public(), false);
                instruction.sign(self.operator.ledger, role, self.key.pair());
                Ok(Prepared::Signed(instruction))
            }
            Err(refusal) => {
                let winner = Box::new(self.step_at(run.index)?);
                Ok(Prepared::Done(Attempt::Refused { run, refusal, winner }))
            }
        }
    }

    /// Sends instructions, or keeps them where nothing is to be sent: in their order what came of each; of those that a
    /// failure kept from being heard of, the failure for the first.
    pub(super) fn send(&self, instructions: Vec<Instruction>) -> Vec<Option<Result<Attempt, Failure>>> {
        if !self.sends() {
            return instructions.into_iter().map(|signed| Some(Ok(Attempt::Signed(signed)))).collect();
        }
        let texts: Vec<String> = instructions.iter().map(|instruction| self.text(instruction)).collect();
        let Said { steps, failure } = self.node.submit(&texts);
        let mut failure = failure.map(Failure::from);
        let attempt = |(instruction, said): (Instruction, Option<SaidOfStep>)| match said {
            Some(said) => Some(heard(instruction, said)),
            None => failure.take().map(Err),
        };
        instructions.into_iter().zip(steps).map(attempt).collect()
    }

    fn text(&self, instruction: &Instruction) -> String {
        let body = json!({
            "ledger": self.operator.ledger,
            "entry": bytes_to_hex(&instruction.entry.encode()),
            "memo": instruction.memo,
            "signatures": instruction.signatures,
        });
        body.to_string()
    }

    /// The step at a place of the log.
    pub(super) fn step_at(&self, index: u64) -> Result<StepView, Failure> {
        Ok(self.node.get(&format!("v1/entries/{index}"))?)
    }

    /// Whether the key of this run signed this entry: only then a repetition of the command finds its own step.
    pub(super) fn is_signed(&self, step: &StepView, entry: &Entry, prev_leaf: Digest) -> bool {
        signers(&step.signatures, &entry.instruction(self.operator.ledger, prev_leaf))
            .contains(&self.key.public())
    }

    /// The leaf hash before an entry, which its signers signed, too.
    fn leaf_before(&self, entry: &Entry) -> Result<Digest, Failure> {
        if entry.prev == Entry::NO_PREV {
            return Ok(Digest::ZERO);
        }
        let before = self.step_at(entry.prev)?.entry().map(|before| before.leaf());
        before.ok_or_else(|| unreadable(self.node))
    }

    /// Who sold these vouchers, for a Return: the party before the latest Sell, unless a Return stands after it.
    fn seller(&self, run: &Run) -> Result<Option<PublicKey>, Failure> {
        if self.wish.afterwards != Afterwards::Seller {
            return Ok(None);
        }
        let known = self.sellers.lock().unwrap_or_else(PoisonError::into_inner).get(&run.index).copied();
        if let Some(known) = known {
            return Ok(known);
        }
        let mut index = run.index;
        let seller = loop {
            let Some(entry) = self.step_at(index)?.entry() else { break None };
            // An entry that names one at or after itself is a false link: following it would never end.
            let prev = Some(entry.prev).filter(|prev| *prev < index);
            match (entry.kind(), prev) {
                (Some(Kind::Sell), Some(prev)) => {
                    break self.step_at(prev)?.entry().map(|before| before.party);
                }
                (Some(Kind::Issue | Kind::Return) | None, _) | (_, None) => break None,
                (_, Some(prev)) => index = prev,
            }
        };
        self.sellers.lock().unwrap_or_else(PoisonError::into_inner).insert(run.index, seller);
        Ok(seller)
    }
}

fn heard(instruction: Instruction, said: SaidOfStep) -> Result<Attempt, Failure> {
    match said {
        Ok((status, answer)) => Ok(Attempt::Answered(instruction, status, answer)),
        Err(NodeError::Problem { problem, .. }) if is_of_the_step(&problem) => {
            Ok(Attempt::Declined(instruction, problem))
        }
        Err(error) => Err(error.into()),
    }
}

/// Problems that this step has; the others are the node's or the connection's, and stop everything.
const fn is_of_the_step(problem: &Problem) -> bool {
    problem.status < 500 && problem.status != 429
}

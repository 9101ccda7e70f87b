//! The steps that judge the chain of hands: linked, legal, signed; what is pending, and what was refused.

use super::memo::check_memo;
use super::{Case, GRACE_MS, Judged, Outcome, minutes};
use crate::dossier::{Dossier, HistoryItem, PendingItem, Step};
use crate::entry::{Entry, signers};
use crate::lifecycle::{Demand, Kind, State, issue_demand};
use crate::verify::detail::{Detail, Reason};

impl Case<'_> {
    /// Each entry continues the one before it.
    pub fn history_linked(&self) -> Outcome {
        let number = self.dossier.voucher.number;
        let begins = self.issue().is_some_and(|issue| {
            let entry = &issue.step.entry;
            entry.kind() == Some(Kind::Issue) && entry.prev == Entry::NO_PREV
        });
        if !begins {
            return Outcome::failed(Reason::NotBegunByIssue, []);
        }
        let pairs = self.dossier.history.iter().zip(self.dossier.history.iter().skip(1));
        for (before, item) in pairs {
            let entry = &item.step.entry;
            let continues = entry.prev == before.index
                && before.index < item.index
                && entry.covers(number)
                && entry.is_inside(&before.step.entry);
            if !continues {
                return Outcome::failed(Reason::NotLinked, [&item.index, &before.index]);
            }
        }
        Outcome::Passed
    }

    /// Each step is one that the life cycle and the terms allow.
    pub fn history_legal(&self) -> Outcome {
        self.judge_legal().into()
    }

    fn judge_legal(&self) -> Judged {
        let Some((issue, later)) = self.dossier.history.split_first() else {
            return Err(Outcome::failed(Reason::NotBegunByIssue, []));
        };
        let mut state = issued_state(issue)?;
        self.check_block_time(issue)?;
        for item in later {
            state = self.next(&state, &item.step.entry, item.index)?;
            check_memo(&item.step, item.index)?;
            self.check_block_time(item)?;
        }
        Ok(())
    }

    fn check_block_time(&self, item: &HistoryItem) -> Judged {
        let block_time = self.vouched().and_then(|vouched| vouched.made_by);
        match block_time.map(|time| time.saturating_add(GRACE_MS)) {
            Some(latest) if item.step.entry.at > latest => {
                Err(Outcome::failed(Reason::FromTheFuture, [&item.index]))
            }
            _ => Ok(()),
        }
    }

    /// Each step carries the signatures that it demands.
    pub fn history_authorised(&self) -> Outcome {
        let Some((issue, later)) = self.dossier.history.split_first() else {
            return Outcome::failed(Reason::NotBegunByIssue, []);
        };
        let first = self.check_signed(0, issue.index, &[issue_demand(&issue.step.entry)]);
        let mut state = match first.and_then(|()| issued_state(issue)) {
            Ok(state) => state,
            Err(outcome) => return outcome,
        };
        for (place, item) in (1..).zip(later) {
            match self.authorise(&state, &item.step, place, item.index) {
                Ok(next) => state = next,
                Err(outcome) => return outcome,
            }
        }
        Outcome::Passed
    }

    /// The signatures of the step after `state`, which stands at this place, and the state after it.
    fn authorise(&self, state: &State, step: &Step, place: usize, index: u64) -> Result<State, Outcome> {
        let terms = &self.dossier.manifest.terms;
        let demands = state.demands(&step.entry, terms, self.voucher_of(&step.entry));
        self.check_signed(place, index, &demands)?;
        self.next(state, &step.entry, index)
    }

    fn check_signed(&self, place: usize, index: u64, demands: &[Demand]) -> Judged {
        match demands.iter().find(|demand| !demand.is_met_by(self.signed_by(place))) {
            Some(unmet) => Err(Outcome::failed(Reason::NotSigned, [&index, &unmet.role.name()])),
            None => Ok(()),
        }
    }

    /// Each pending entry continues the chain, and the operator promised to anchor it.
    pub fn pending_promised(&self) -> Outcome {
        let mut state = match self.history_state() {
            Some(state) => state,
            None if self.dossier.pending.is_empty() => return Outcome::Passed,
            None => return Outcome::failed(Reason::NotBegunByIssue, []),
        };
        let mut least = self.dossier.checkpoint.checkpoint.size;
        let mut broken = None;
        for (place, item) in (self.dossier.history.len()..).zip(&self.dossier.pending) {
            match self.judge_pending(&state, item, place, least) {
                Ok(next) => state = next,
                Err(outcome) => return outcome,
            }
            least = item.index.saturating_add(1);
            let late = self.question.now.saturating_sub(item.receipt.anchor_by);
            if late > GRACE_MS && broken.is_none() {
                broken = Some(Detail::with(Reason::PromiseBroken, [&item.index, &minutes(late)]));
            }
        }
        broken.map_or(Outcome::Passed, Outcome::Unknown)
    }

    fn judge_pending(
        &self,
        state: &State,
        item: &PendingItem,
        place: usize,
        least: u64,
    ) -> Result<State, Outcome> {
        let PendingItem { index, step, receipt } = item;
        if *index < least {
            return Err(Outcome::failed(Reason::PendingIndex, [index]));
        }
        if !(state.links(&step.entry) && step.entry.covers(self.dossier.voucher.number)) {
            return Err(Outcome::failed(Reason::NotLinked, [index, &state.index]));
        }
        check_memo(step, *index)?;
        let next = self.authorise(state, step, place, *index)?;
        if receipt.leaf != step.entry.leaf() {
            return Err(Outcome::failed(Reason::ReceiptLeaf, [index]));
        }
        let operator = &self.dossier.checkpoint.checkpoint.operator_key;
        if !receipt.is_signed_by(operator, self.dossier.ledger.id) {
            return Err(Outcome::failed(Reason::ReceiptSignature, [index]));
        }
        if step.entry.at > receipt.anchor_by {
            return Err(Outcome::failed(Reason::ReceiptPast, [index]));
        }
        Ok(next)
    }

    /// Whether a refused Sell stands as an incident of this dossier.
    pub fn incident_stands(&self, incident: &Step) -> bool {
        incident_stands(self.dossier, incident)
    }
}

/// Whether a refused Sell stands as an incident: a holder of this very history signed it against the entry that was
/// accepted (docs/protocol.md section 10).
pub fn incident_stands(dossier: &Dossier, incident: &Step) -> bool {
    let entry = &incident.entry;
    let history = dossier.history.iter().map(|item| (item.index, &item.step.entry));
    let pending = dossier.pending.iter().map(|item| (item.index, &item.step.entry));
    let chain: Vec<(u64, &Entry)> = history.chain(pending).collect();
    let Some((_, before)) = chain.iter().find(|(index, _)| *index == entry.prev) else { return false };
    let accepted = chain.iter().any(|(_, other)| other.without_clock() == entry.without_clock());
    let instruction = entry.instruction(dossier.ledger.id, before.leaf());
    entry.kind() == Some(Kind::Sell)
        && entry.covers(dossier.voucher.number)
        && !accepted
        && signers(&incident.signatures, &instruction).contains(&before.party)
}

fn issued_state(issue: &HistoryItem) -> Result<State, Outcome> {
    State::issued(&issue.step.entry, issue.index)
        .map_err(|why| Outcome::Failed(Detail::illegal(issue.index, why)))
}

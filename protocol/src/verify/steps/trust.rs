//! The steps that hold a dossier against what the asker trusts: his policy, his chain, his clock.

use super::{Case, Outcome};
use crate::verify::detail::{Detail, Reason};
use crate::verify::question::Question;

impl Case<'_> {
    /// The chain, contract and ledger are the policy's.
    pub fn ledger_trusted(&self) -> Outcome {
        let Some(policy) = self.question.policy else {
            return Outcome::Unknown(Detail::plain(Reason::NoPolicy));
        };
        let ledger = self.dossier.ledger;
        let origin = ledger.origin;
        if policy.names_ledger(origin.chain_id, &origin.contract, &ledger.id) {
            return Outcome::Passed;
        }
        Outcome::failed(Reason::LedgerNotInPolicy, [&ledger.id, &origin.contract, &origin.chain_id])
    }

    /// The trusted source has this checkpoint, and it is fresh.
    pub fn checkpoint_anchored(&self) -> Outcome {
        let Question { as_of, now, policy, .. } = *self.question;
        let Some(trusted) = self.vouched() else {
            return Outcome::Unknown(Detail::plain(Reason::NoTrustedCheckpoint));
        };
        let ours = self.dossier.checkpoint.checkpoint;
        if trusted.number != ours.number {
            let numbers: [&dyn std::fmt::Display; 2] = [&trusted.number, &ours.number];
            return Outcome::Unknown(Detail::with(Reason::OtherNumber, numbers));
        }
        if trusted.hash != self.checkpoint_hash() {
            return Outcome::failed(Reason::OtherCheckpoint, [&ours.number]);
        }
        if as_of {
            return Outcome::Passed;
        }
        trusted.stale(policy, now).map_or(Outcome::Passed, Outcome::Unknown)
    }

    /// The policy names the issuer's key.
    pub fn issuer_trusted(&self) -> Outcome {
        let Some(policy) = self.question.policy else {
            return Outcome::Unknown(Detail::plain(Reason::NoPolicy));
        };
        let Some(issue) = self.issue() else { return Outcome::failed(Reason::NotBegunByIssue, []) };
        let issuer = issue.step.entry.party;
        match policy.issuer_name(&issuer) {
            Some(_) => Outcome::Passed,
            None => Outcome::failed(Reason::IssuerNotInPolicy, [&issuer]),
        }
    }

    /// The voucher is still honoured.
    pub fn terms_current(&self) -> Outcome {
        match self.manifest.redeem_by {
            Some(until) if self.question.now >= until => Outcome::failed(Reason::PastRedeemBy, []),
            _ => Outcome::Passed,
        }
    }
}

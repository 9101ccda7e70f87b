//! What a set of step results means for the asker, and the exit code of it (docs/protocol.md section 11).

use super::question::{Finality, Order, Question};
use super::steps::{Case, Outcome, memo_order};
use super::{StepCode, StepReport};
use crate::digest::PublicKey;
use crate::lifecycle::{Kind, State, Status};

macro_rules! verdicts {
    ($($(#[$doc:meta])* $item:ident $name:literal $exit:literal),* $(,)?) => {
        /// The verdicts, the first that applies from the top.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Verdict { $($(#[$doc])* $item),* }

        impl Verdict {
            /// All of them, in the order of section 11.
            pub const ALL: &[Self] = &[$(Self::$item),*];

            /// The stable name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$item => $name),* }
            }

            /// The exit code of a command that gives this verdict, unless only a final checkpoint counts.
            pub const fn exit(self) -> u8 {
                match self { $(Self::$item => $exit),* }
            }

            /// The verdict of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|verdict| verdict.name() == name)
            }
        }
    };
}

verdicts! {
    /// A proof does not hold.
    Refuted "refuted" 30,
    /// The code is another voucher's.
    Mismatch "mismatch" 20,
    /// By the operator's signed word there is no such voucher.
    NotFound "not_found" 21,
    /// Called back.
    Voided "voided" 13,
    /// Frozen.
    OnHold "on_hold" 13,
    /// Redeemed.
    Spent "spent" 10,
    /// Sold or claimed to another, or twice.
    ResaleSuspected "resale_suspected" 12,
    /// Sold before and taken back.
    SoldBefore "sold_before" 12,
    /// Sold; whether to the asker was not shown.
    Sold "sold" 11,
    /// Something could not be checked.
    Unknown "unknown" 3,
    /// The proofs hold, nobody vouches for the key or the ledger.
    UntrustedIssuer "untrusted_issuer" 22,
    /// Past `redeem_by`.
    Expired "expired" 13,
    /// As below, but the checkpoint is not final yet.
    GenuinePending "genuine_pending" 0,
    /// Genuine, and nobody's yet.
    GenuineUnclaimed "genuine_unclaimed" 0,
    /// Genuine, and the asker's own.
    Genuine "genuine" 0,
}

impl Verdict {
    /// The exit code; a checkpoint that is not final is `unknown` to an asker who takes nothing else.
    pub const fn exit_code(self, require_final: bool) -> u8 {
        match self {
            Self::GenuinePending if require_final => Self::Unknown.exit(),
            _ => self.exit(),
        }
    }
}

/// Whether what was shown decides that the voucher is the asker's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mine {
    /// Nobody has bought it.
    Nobodys,
    /// The asker's key, or his order, is the one of the sale.
    Yes,
    /// Another key or order is.
    No,
    /// Nothing was shown that decides.
    NotShown,
}

/// The verdict of these steps. `case` is none where the dossier could not even be read.
pub fn decide(question: &Question<'_>, case: Option<&Case<'_>>, steps: &[StepReport]) -> Verdict {
    let result = |code: StepCode| steps.iter().find(|step| step.code == code).map(|step| &step.outcome);
    let failed = |code| matches!(result(code), Some(Outcome::Failed(_)));
    let named_below =
        [StepCode::LedgerTrusted, StepCode::CodeOpens, StepCode::IssuerTrusted, StepCode::TermsCurrent];
    if StepCode::ALL.iter().any(|code| failed(*code) && !named_below.contains(code)) {
        return Verdict::Refuted;
    }
    if failed(StepCode::CodeOpens) {
        return Verdict::Mismatch;
    }
    let Some((case, state)) = case.and_then(|case| Some((case, case.latest_state()?))) else {
        return Verdict::Refuted;
    };
    if let Some(verdict) = by_state(case, &state) {
        return verdict;
    }
    let trust = [StepCode::LedgerTrusted, StepCode::IssuerTrusted];
    let unknown =
        |step: &&StepReport| matches!(step.outcome, Outcome::Unknown(_)) && !trust.contains(&step.code);
    if steps.iter().any(|step| unknown(&step)) {
        return Verdict::Unknown;
    }
    if trust.iter().any(|code| result(*code) != Some(&Outcome::Passed)) {
        return Verdict::UntrustedIssuer;
    }
    if failed(StepCode::TermsCurrent) {
        return Verdict::Expired;
    }
    match (question.finality, state.party(), state.status) {
        (Finality::NotFinal, _, _) => Verdict::GenuinePending,
        (Finality::Final, Some(_), Status::Sold | Status::Claimed) => Verdict::Genuine,
        (Finality::Final, _, _) => Verdict::GenuineUnclaimed,
    }
}

/// The verdicts that the state alone decides, before anything is unknown or untrusted.
fn by_state(case: &Case<'_>, state: &State) -> Option<Verdict> {
    match state.status {
        Status::Voided => return Some(Verdict::Voided),
        Status::InTradeOnHold | Status::SoldOnHold | Status::ClaimedOnHold => return Some(Verdict::OnHold),
        Status::Redeemed => return Some(Verdict::Spent),
        Status::InTrade | Status::Sold | Status::Claimed => {}
    }
    let mine = whose(case, state);
    if mine == Mine::No || case.dossier.incidents.iter().any(|incident| case.incident_stands(incident)) {
        return Some(Verdict::ResaleSuspected);
    }
    if state.was_returned {
        return Some(Verdict::SoldBefore);
    }
    (mine == Mine::NotShown).then_some(Verdict::Sold)
}

/// The key decides where the latest entry names one; where it names none, the order, held against the memo of the
/// latest Sell.
fn whose(case: &Case<'_>, state: &State) -> Mine {
    if state.status == Status::InTrade {
        return Mine::Nobodys;
    }
    if let Some(owner) = state.party() {
        return held_against(case.question.my_key, |key: PublicKey| key == owner);
    }
    let opening = case.question.opening.and_then(|opening| opening.order.as_ref());
    let shown = case.question.order.or(opening).and_then(Order::digest);
    match latest_sale_order(case) {
        Some(sold_under) => held_against(shown, |order| order.to_string() == sold_under),
        None => Mine::NotShown,
    }
}

fn held_against<T>(shown: Option<T>, matches: impl FnOnce(T) -> bool) -> Mine {
    match shown.map(matches) {
        Some(true) => Mine::Yes,
        Some(false) => Mine::No,
        None => Mine::NotShown,
    }
}

/// The order in the memo of the latest Sell, if the memo is shown and has one.
fn latest_sale_order(case: &Case<'_>) -> Option<String> {
    let history = case.dossier.history.iter().map(|item| &item.step);
    let pending = case.dossier.pending.iter().map(|item| &item.step);
    let sale = history.chain(pending).rfind(|step| step.entry.kind() == Some(Kind::Sell))?;
    memo_order(sale.memo.text()?)
}

//! The judge: a pure function from a dossier and what the asker knows to a report
//! (docs/protocol.md sections 10 and 11). The command, the node and any other surface show this report; none adds to it.

mod detail;
mod past;
mod question;
mod report;
mod steps;
mod verdict;

pub use detail::{Detail, Reason};
pub use past::{Bound, Certainty, Past, PastError, PastQuestion, status_at};
pub use question::{
    DEFAULT_MAX_AGE_S, Finality, Opening, Order, Policy, Question, TrustedChain, TrustedCheckpoint,
};
pub use report::{DEVELOPMENT_CHAIN_ID, HistoryLine, Report, StepReport, VoucherFacts};
pub use steps::{GRACE_MS, Outcome, incident_stands, memo_order, not_after};
pub use verdict::Verdict;

pub(crate) use question::sixteen;

use crate::digest::PublicKey;
use crate::dossier::Dossier;
use crate::manifest::Manifest;
use crate::receipt::Absence;
use steps::{Case, Vouched};

macro_rules! step_codes {
    ($($(#[$doc:meta])* $item:ident $code:literal),* $(,)?) => {
        /// The steps of section 10, in their order.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum StepCode { $($(#[$doc])* $item),* }

        impl StepCode {
            /// All of them, in order.
            pub const ALL: &[Self] = &[$(Self::$item),*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$item => $code),* }
            }
        }
    };
}

step_codes! {
    /// The file has the shape of a dossier.
    FormatValid "format.valid",
    /// The policy names the ledger.
    LedgerTrusted "ledger.trusted",
    /// The trusted source has the checkpoint.
    CheckpointAnchored "checkpoint.anchored",
    /// Manifest and terms are the batch's.
    ManifestIncluded "manifest.included",
    /// The voucher is in the batch.
    VoucherIncluded "voucher.included",
    /// Each entry is in the log.
    HistoryIncluded "history.included",
    /// Each entry continues the one before.
    HistoryLinked "history.linked",
    /// Each step is allowed.
    HistoryLegal "history.legal",
    /// Each step is signed.
    HistoryAuthorised "history.authorised",
    /// Nothing was hidden.
    HeadCurrent "head.current",
    /// What is not anchored is promised.
    PendingPromised "pending.promised",
    /// The code is this voucher's.
    CodeOpens "code.opens",
    /// The policy names the issuer.
    IssuerTrusted "issuer.trusted",
    /// It is still honoured.
    TermsCurrent "terms.current",
}

impl StepCode {
    /// Whether the later steps still run when this one fails.
    const fn stops_nothing(self) -> bool {
        matches!(self, Self::LedgerTrusted | Self::IssuerTrusted | Self::TermsCurrent)
    }

    fn judge(self, case: &Case<'_>) -> Outcome {
        match self {
            Self::FormatValid => Outcome::Passed,
            Self::LedgerTrusted => case.ledger_trusted(),
            Self::CheckpointAnchored => case.checkpoint_anchored(),
            Self::ManifestIncluded => case.manifest_included(),
            Self::VoucherIncluded => case.voucher_included(),
            Self::HistoryIncluded => case.history_included(),
            Self::HistoryLinked => case.history_linked(),
            Self::HistoryLegal => case.history_legal(),
            Self::HistoryAuthorised => case.history_authorised(),
            Self::HeadCurrent => case.head_current(),
            Self::PendingPromised => case.pending_promised(),
            Self::CodeOpens => case.code_opens(),
            Self::IssuerTrusted => case.issuer_trusted(),
            Self::TermsCurrent => case.terms_current(),
        }
    }
}

/// Judges one voucher.
pub fn verify(question: &Question<'_>) -> Report {
    let read = Dossier::parse(question.dossier).and_then(|dossier| {
        let manifest = Manifest::read(&dossier.manifest.text)?;
        Ok((dossier, manifest))
    });
    match read {
        Ok((dossier, manifest)) => judge(&Case::new(question, &dossier, &manifest)),
        Err(error) => {
            let malformed = Outcome::Failed(Detail::with(Reason::Malformed, [&error]));
            let steps = StepCode::ALL.iter().map(|code| {
                let outcome =
                    if *code == StepCode::FormatValid { malformed.clone() } else { Outcome::Skipped };
                StepReport { code: *code, outcome }
            });
            Report::new(question, None, steps.collect())
        }
    }
}

fn judge(case: &Case<'_>) -> Report {
    let mut stopped = false;
    let mut steps = Vec::with_capacity(StepCode::ALL.len());
    for code in StepCode::ALL {
        let outcome = if stopped { Outcome::Skipped } else { code.judge(case) };
        stopped |= matches!(outcome, Outcome::Failed(_)) && !code.stops_nothing();
        steps.push(StepReport { code: *code, outcome });
    }
    Report::new(case.question, Some(case), steps)
}

/// The operator's signed word that there is no such voucher, and what it is held against.
#[derive(Debug, Clone, Copy)]
pub struct AbsenceQuestion<'a> {
    /// His word.
    pub absence: &'a Absence,
    /// The voucher that was asked for.
    pub voucher: &'a PublicKey,
    /// The checkpoint that he speaks of.
    pub trusted: &'a TrustedCheckpoint,
    /// How settled it is.
    pub finality: Finality,
    /// Whom the asker trusts.
    pub policy: Option<&'a Policy>,
    /// The asker wants the state as of the checkpoint, however old.
    pub as_of: bool,
    /// The asker's clock, Unix milliseconds.
    pub now: u64,
}

/// Judges that word. `Err` says why it can not be held against him, or says nothing of now: an old one is true of every
/// voucher that was issued later.
pub fn verify_absence(question: &AbsenceQuestion<'_>) -> Result<(), Detail> {
    let AbsenceQuestion { absence, voucher, trusted, finality, policy, as_of, now } = *question;
    let ledger = trusted.ledger;
    if absence.voucher != *voucher || absence.checkpoint_hash != trusted.checkpoint.hash(ledger) {
        return Err(Detail::plain(Reason::AbsenceOther));
    }
    if !absence.is_signed_by(&trusted.checkpoint.operator_key, ledger) {
        return Err(Detail::plain(Reason::AbsenceUnsigned));
    }
    if policy.is_some_and(|policy| !policy.names(&ledger)) {
        return Err(Detail::with(Reason::AbsenceNotInPolicy, [&ledger]));
    }
    if finality == Finality::NotFinal {
        return Err(Detail::plain(Reason::NotFinal));
    }
    let stale = Vouched::from(trusted).stale(policy, now).filter(|_| !as_of);
    stale.map_or(Ok(()), Err)
}

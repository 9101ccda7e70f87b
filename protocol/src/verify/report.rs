//! What a verification found, in one shape for every surface: the command's `--json`, the node's `/v1/verify`.

use super::question::Question;
use super::steps::{Case, Outcome};
use super::verdict::{Verdict, decide};
use super::{Detail, StepCode};
use crate::digest::{Digest, LedgerId, PublicKey};
use crate::dossier::Step;
use crate::lifecycle::Kind;
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

/// The chain id of development chains, the embedded one and `anvil`, on which nothing is proven to outsiders.
pub const DEVELOPMENT_CHAIN_ID: u64 = 31337;

/// One step and its result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepReport {
    /// Which step.
    pub code: StepCode,
    /// What it found.
    pub outcome: Outcome,
}

impl StepReport {
    /// `passed`, `failed`, `skipped` or `unknown`.
    pub const fn result(&self) -> &'static str {
        match self.outcome {
            Outcome::Passed => "passed",
            Outcome::Failed(_) => "failed",
            Outcome::Skipped => "skipped",
            Outcome::Unknown(_) => "unknown",
        }
    }

    /// Why, where it did not pass.
    pub const fn detail(&self) -> Option<&Detail> {
        match &self.outcome {
            Outcome::Failed(detail) | Outcome::Unknown(detail) => Some(detail),
            Outcome::Passed | Outcome::Skipped => None,
        }
    }
}

impl Serialize for StepReport {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut members = to.serialize_struct("StepReport", 4)?;
        members.serialize_field("code", self.code.code())?;
        members.serialize_field("result", self.result())?;
        members.serialize_field("detail", &self.detail())?;
        members.serialize_field("reason", &self.detail().map(|detail| detail.reason.code()))?;
        members.end()
    }
}

/// One entry of the chain of hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryLine {
    /// Place in the log.
    pub index: u64,
    /// Name of the kind in section 6.
    pub kind: String,
    /// Status byte after it.
    pub status: u8,
    /// Operator's clock, Unix milliseconds.
    pub at: u64,
    /// Who is in control afterwards; none where nobody is named.
    pub party: Option<PublicKey>,
    /// First voucher of the range.
    pub first: u64,
    /// Vouchers in the range.
    pub count: u64,
    /// The memo, where it is shown.
    pub memo: Option<String>,
    /// Who truly signed; a Redeem may carry the voucher's own key, which shows that the code was presented.
    pub signed_by: Vec<PublicKey>,
    /// Whether a checkpoint already covers it.
    pub anchored: bool,
}

/// What is known of the voucher, all of it from the dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VoucherFacts {
    /// Its name.
    pub key: PublicKey,
    /// Its number.
    pub number: u64,
    /// Its ledger.
    pub ledger: LedgerId,
    /// Number of the checkpoint that it was judged under.
    pub checkpoint: u64,
    /// That checkpoint's hash.
    pub checkpoint_hash: Digest,
    /// Chain id of the ledger.
    pub chain_id: u64,
    /// The chain is one for development: it proves nothing to outsiders.
    pub development_chain: bool,
    /// Who issued it.
    pub issuer: PublicKey,
    /// The name that the policy gives the issuer.
    pub issuer_name: Option<String>,
    /// What the issuer calls himself: his own word.
    pub issuer_says: Option<String>,
    /// What the issuer calls the product.
    pub product: Option<String>,
    /// Amount and currency.
    pub face_value: Option<(String, String)>,
    /// Until when it is honoured, Unix milliseconds.
    pub redeem_by: Option<u64>,
    /// Where the code is typed in.
    pub redeem_url: Option<String>,
    /// Status byte of the latest entry, pending ones included.
    pub status: Option<u8>,
    /// Party of the latest entry, if it names one.
    pub holder: Option<PublicKey>,
    /// Uses that the terms allow.
    pub uses: u16,
    /// Refused second sales that stand.
    pub incidents: usize,
    /// The chain of hands.
    pub history: Vec<HistoryLine>,
}

impl VoucherFacts {
    /// The latest entry of this kind.
    pub fn latest(&self, kind: Kind) -> Option<&HistoryLine> {
        self.history.iter().rev().find(|line| line.kind == kind.name())
    }
}

/// The whole report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What it means.
    pub verdict: Verdict,
    /// The exit code of a command.
    pub exit: u8,
    /// Until when the chain vouches for what is said: the trusted checkpoint's block time, Unix milliseconds.
    pub as_of: Option<u64>,
    /// Each step; empty where there was no dossier to judge.
    pub steps: Vec<StepReport>,
    /// The voucher, where the dossier could be read.
    pub voucher: Option<VoucherFacts>,
}

impl Report {
    pub(super) fn new(question: &Question<'_>, case: Option<&Case<'_>>, steps: Vec<StepReport>) -> Self {
        let verdict = decide(question, case, &steps);
        Self {
            verdict,
            exit: verdict.exit_code(question.require_final),
            as_of: case.and_then(Case::vouched_until),
            steps,
            voucher: case.map(facts),
        }
    }

    /// A report without a dossier: nobody could give one, or the operator's signed word says that there is none.
    pub fn without_dossier(verdict: Verdict, as_of: Option<u64>) -> Self {
        Self { verdict, exit: verdict.exit(), as_of, steps: Vec::new(), voucher: None }
    }

    /// The first step that failed, of those that count as a reason.
    pub fn failed_step(&self) -> Option<&StepReport> {
        self.steps.iter().find(|step| matches!(step.outcome, Outcome::Failed(_)))
    }
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut members = to.serialize_struct("Report", 5)?;
        members.serialize_field("verdict", self.verdict.name())?;
        members.serialize_field("exit", &self.exit)?;
        members.serialize_field("as_of", &self.as_of)?;
        members.serialize_field("steps", &self.steps)?;
        members.serialize_field("voucher", &self.voucher)?;
        members.end()
    }
}

fn facts(case: &Case<'_>) -> VoucherFacts {
    let dossier = case.dossier;
    let checkpoint = dossier.checkpoint.checkpoint;
    let issuer = dossier.history.first().map_or(PublicKey::NOBODY, |item| item.step.entry.party);
    let latest = case.latest_state();
    let chain_id = dossier.ledger.origin.chain_id;
    VoucherFacts {
        key: dossier.voucher.key,
        number: dossier.voucher.number,
        ledger: dossier.ledger.id,
        checkpoint: checkpoint.number,
        checkpoint_hash: checkpoint.hash(dossier.ledger.id),
        chain_id,
        development_chain: chain_id == DEVELOPMENT_CHAIN_ID,
        issuer,
        issuer_name: case.question.policy.and_then(|policy| policy.issuer_name(&issuer)).map(str::to_owned),
        issuer_says: case.manifest.issuer_name.clone(),
        product: case.manifest.product_title.clone(),
        face_value: case.manifest.face_value.clone(),
        redeem_by: case.manifest.redeem_by,
        redeem_url: case.manifest.redeem_url.clone(),
        status: latest.map(|state| state.status.byte()),
        holder: latest.and_then(|state| state.party()),
        uses: dossier.manifest.terms.uses(),
        incidents: dossier.incidents.iter().filter(|incident| case.incident_stands(incident)).count(),
        history: history_lines(case),
    }
}

fn history_lines(case: &Case<'_>) -> Vec<HistoryLine> {
    let history = case.dossier.history.iter().map(|item| (item.index, &item.step, true));
    let pending = case.dossier.pending.iter().map(|item| (item.index, &item.step, false));
    let line = |(place, (index, step, anchored))| line(index, step, anchored, case.signed_by(place));
    history.chain(pending).enumerate().map(line).collect()
}

fn line(index: u64, step: &Step, anchored: bool, signed_by: &[PublicKey]) -> HistoryLine {
    let entry = &step.entry;
    HistoryLine {
        index,
        kind: entry.kind().map_or_else(|| entry.kind.to_string(), |kind| kind.name().to_owned()),
        status: entry.status,
        at: entry.at,
        party: (entry.party != PublicKey::NOBODY).then_some(entry.party),
        first: entry.first,
        count: entry.count,
        memo: step.memo.text().map(str::to_owned),
        signed_by: signed_by.to_vec(),
        anchored,
    }
}

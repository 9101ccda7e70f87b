//! What an audit came to, for machines: `vouchsafe/audit@1` (docs/protocol.md section 15).

use super::auditor::{Auditor, Round};
use protocol::LedgerId;
use protocol::audit::Contradiction;
use protocol::digest::Digest;
use protocol::verify::{Detail, Reason};
use serde::{Deserialize, Serialize};

/// The `format` of a report.
pub const FORMAT: &str = "vouchsafe/audit@1";

/// Contradictions that are listed at most; all are counted.
pub const MOST_LISTED: usize = 1000;

/// Files without receipts that are named at most; all are counted.
pub const MOST_NAMED: usize = 10;

/// What was found at one place: a contradiction, or something that could not be checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Stable code of the reason.
    pub code: String,
    /// The rule of section 13 that hears of it.
    pub rule: Option<String>,
    /// Index of the entry.
    pub index: Option<u64>,
    /// The first voucher that it touches.
    pub voucher: Option<u64>,
    /// Number of the checkpoint whose heads it is about.
    pub checkpoint: Option<u64>,
    /// The reason in English.
    pub detail: String,
    /// What its text speaks of, for other languages.
    pub args: Vec<String>,
    /// The file beside the report that proves or shows it.
    pub file: Option<String>,
}

impl Found {
    /// A contradiction, before there is a file of it.
    pub fn of(contradiction: &Contradiction) -> Self {
        let Contradiction { index, voucher, checkpoint, detail, lead } = contradiction;
        let rule = lead.map(|lead| lead.rule().code().to_owned());
        Self { index: *index, voucher: *voucher, checkpoint: *checkpoint, rule, ..Self::unchecked(detail) }
    }

    /// What could not be checked.
    pub fn unchecked(detail: &Detail) -> Self {
        Self {
            code: detail.reason.code().to_owned(),
            rule: None,
            index: None,
            voucher: None,
            checkpoint: None,
            detail: detail.to_string(),
            args: detail.args.clone(),
            file: None,
        }
    }

    /// Whether its file is one for the contract.
    fn is_charge(&self) -> bool {
        self.file.as_ref().is_some_and(|file| file.starts_with("challenge-"))
    }

    /// The reason with its words, to be told in any language.
    pub fn reason(&self) -> Option<Detail> {
        let reason = Reason::ALL.iter().find(|reason| reason.code() == self.code)?;
        Some(Detail { reason: *reason, args: self.args.clone() })
    }
}

/// How an audit ended; what is worse comes later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All was checked, and nothing contradicts.
    Clean,
    /// Nothing contradicts as far as it could be checked, and that is not as far as it is anchored.
    Unchecked,
    /// Something contradicts.
    Contradicted,
}

impl Outcome {
    /// The exit code.
    pub const fn exit(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Contradicted => 30,
            Self::Unchecked => 3,
        }
    }

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clean => "clean",
            Self::Contradicted => "contradicted",
            Self::Unchecked => "unchecked",
        }
    }
}

/// What was gone over, in all runs that this one goes on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Audited {
    /// Signatures that entries demand and that were checked.
    pub signatures: u64,
    /// Checkpoints whose roots were recomputed.
    pub checkpoints: u64,
    /// Receipts and absences that were held against the log.
    pub receipts: u64,
    /// Contradictions, listed or not.
    #[serde(rename = "contradictions_total")]
    pub contradictions: u64,
}

impl Report {
    /// What an audit came to in its last round.
    pub fn of(auditor: &Auditor, round: &Round, finished_at: u64) -> Self {
        let (entries, vouchers) = auditor.sizes();
        let progress = auditor.progress();
        let result = if progress.audited.contradictions > 0 {
            Outcome::Contradicted
        } else if round.interrupted || !round.unchecked.is_empty() {
            Outcome::Unchecked
        } else {
            Outcome::Clean
        };
        let passed_over = &auditor.receipts.passed_over;
        let (checkpoint, checkpoint_hash) = progress.closed.unwrap_or((0, Digest::ZERO));
        Self {
            format: FORMAT.to_owned(),
            tool: concat!("vouchsafe ", env!("CARGO_PKG_VERSION")).to_owned(),
            ledger: progress.ledger,
            source: auditor.source(),
            of_copy: auditor.data.is_copy(),
            checkpoint,
            checkpoint_hash,
            anchored: round.anchored,
            finished_at,
            result,
            entries,
            vouchers,
            audited: progress.audited,
            passed_over_total: passed_over.len(),
            passed_over: passed_over.iter().take(MOST_NAMED).cloned().collect(),
            found: progress.found.clone(),
            unchecked: round.unchecked.clone(),
        }
    }
}

impl Report {
    /// Whether it is for want of a file on this machine that not all could be checked.
    pub fn lacks_of_copy(&self) -> bool {
        self.of_copy && self.unchecked.iter().any(|found| found.file.is_none())
    }

    /// Whether the first challenge asks for what a source did not show, and costs a deposit if that is not the operator's.
    pub fn asks_operator(&self) -> bool {
        !self.of_copy && self.found.iter().all(|found| !found.is_charge())
    }

    /// The file to bring before the contract: of a proof, else of what is withheld.
    pub fn charge(&self) -> Option<&str> {
        let charged = self.found.iter().chain(&self.unchecked).find(|found| found.is_charge());
        charged?.file.as_deref()
    }
}

/// The report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    format: String,
    tool: String,
    /// The ledger.
    pub ledger: LedgerId,
    /// Where its data came from.
    pub source: String,
    /// Whether that is a copy on this machine, for the advice.
    #[serde(skip)]
    of_copy: bool,
    /// Number of the newest checkpoint that everything was held against.
    pub checkpoint: u64,
    /// Its hash.
    pub checkpoint_hash: Digest,
    /// Number of the newest anchored checkpoint.
    pub anchored: u64,
    /// Unix milliseconds.
    pub finished_at: u64,
    /// How it ended.
    pub result: Outcome,
    /// Entries gone over.
    pub entries: u64,
    /// Vouchers gone over.
    pub vouchers: u64,
    /// More figures.
    #[serde(flatten)]
    pub audited: Audited,
    /// How many files that were given as receipts hold neither a receipt nor an absence.
    #[serde(default)]
    pub passed_over_total: usize,
    /// The names of the first of them.
    #[serde(default)]
    pub passed_over: Vec<String>,
    /// Contradictions in the order of the log, then of the checkpoints; the first [`MOST_LISTED`].
    #[serde(rename = "contradictions")]
    pub found: Vec<Found>,
    /// What could not be checked.
    pub unchecked: Vec<Found>,
}

//! What a voucher's state was at a time, from what the chain held before that time and after it
//! (docs/protocol.md section 17).
//!
//! A log has no clock of its own: a step is certain from the block that anchored it on. Between two checkpoints the
//! operator's clock alone says when, and this room keeps the two apart.

use super::question::{Finality, Question, TrustedCheckpoint};
use super::report::{HistoryLine, Report};
use super::steps::{Case, Outcome};
use super::verdict::{Verdict, decide};
use super::{StepCode, StepReport, verify};
use crate::digest::PublicKey;
use crate::dossier::Dossier;
use crate::lifecycle::Status;
use crate::manifest::Manifest;
use serde::Serialize;

/// Everything that the state at a time is judged from.
#[derive(Debug, Clone, Copy)]
pub struct PastQuestion<'a> {
    /// The time, Unix milliseconds.
    pub at: u64,
    /// Dossiers of one voucher under checkpoints around that time, each with its trusted checkpoint; `now` and `as_of` of
    /// these questions do not count.
    pub dossiers: &'a [Question<'a>],
    /// Further trusted checkpoints: one that is smaller than the voucher's Issue shows that it was not issued yet.
    pub checkpoints: &'a [TrustedCheckpoint],
    /// The asker's clock, Unix milliseconds.
    pub now: u64,
}

/// Why nothing can be said of a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PastError {
    /// There is no dossier.
    #[error("no dossier was given")]
    Nothing,
    /// They are about different vouchers.
    #[error("the dossiers are about different vouchers or ledgers")]
    Mixed,
    /// A checkpoint has no time.
    #[error("nothing says when checkpoint {number} was anchored")]
    Untimed {
        /// Its number.
        number: u64,
    },
    /// A later checkpoint has an earlier time.
    #[error("checkpoint {later} is said to be anchored before checkpoint {earlier}")]
    Disordered {
        /// The smaller number.
        earlier: u64,
        /// The greater number.
        later: u64,
    },
}

/// Who says that the state at the time was this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Certainty {
    /// The chain: what it held before the time and what it held after it agree, or nothing can follow.
    Chain,
    /// Between two checkpoints, or after the newest, the operator's clock alone.
    OperatorsClock,
    /// Nobody: no trusted checkpoint, a proof that does not hold, or a time that has not come yet.
    Nobody,
}

/// A checkpoint beside the time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Bound {
    /// Its number.
    pub checkpoint: u64,
    /// When it was anchored, Unix milliseconds.
    pub block_time: u64,
    /// A trusted source says so; otherwise it is the dossier's own hint.
    pub trusted: bool,
}

/// The state at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The time, Unix milliseconds.
    pub at: u64,
    /// What `verify` would have said then, steps of the operator's clock included.
    pub verdict: Verdict,
    /// The exit code of a command.
    pub exit: u8,
    /// Who vouches for it.
    pub certainty: Certainty,
    /// The last checkpoint at or before the time.
    pub before: Option<Bound>,
    /// The first after it.
    pub after: Option<Bound>,
    /// Anchored at or before the time: certain.
    pub certain: Vec<HistoryLine>,
    /// Anchored after the time, and accepted at or before it by the operator's clock.
    pub accepted: Vec<HistoryLine>,
    /// Anchored after the time, and accepted after it by the operator's clock.
    pub later: Vec<HistoryLine>,
    /// The first entry in which two proven histories differ: evidence against the operator.
    pub contradiction: Option<u64>,
    /// The judgement of the dossier under `before`, then of the one under `after`, where there are such.
    pub reports: Vec<Report>,
}

impl Past {
    /// The last step that counts, if the voucher was issued by then.
    pub fn latest(&self) -> Option<&HistoryLine> {
        self.accepted.last().or_else(|| self.certain.last())
    }

    /// Who was in control at the time, if somebody is named.
    pub fn holder(&self) -> Option<PublicKey> {
        self.latest().and_then(|line| line.party)
    }

    /// The report that knows most of the voucher.
    pub fn report(&self) -> Option<&Report> {
        self.reports.last()
    }
}

/// A dossier that could be read, and when its checkpoint was anchored.
struct Sight<'a> {
    question: Question<'a>,
    dossier: Dossier,
    manifest: Manifest,
    bound: Bound,
}

/// Says what the state was at a time.
///
/// # Errors
/// Where what was given does not belong together, or has no place in time.
pub fn status_at(question: &PastQuestion<'_>) -> Result<Past, PastError> {
    let PastQuestion { at, now, .. } = *question;
    let mut sights = Vec::with_capacity(question.dossiers.len());
    for one in question.dossiers {
        // Judged as somebody would have judged at the time, or now where that is still to come.
        let one = Question { now: at.min(now), as_of: true, ..*one };
        match Sight::read(&one)? {
            Some(sight) => sights.push(sight),
            None => return Ok(unreadable(at, verify(&one))),
        }
    }
    sights.sort_by_key(|sight| sight.bound.checkpoint);
    check_order(&sights)?;
    let Some(known) = sights.last() else { return Err(PastError::Nothing) };
    let before = sights.iter().rfind(|sight| sight.bound.block_time <= at);
    let after = sights.iter().find(|sight| sight.bound.block_time > at);
    let unissued = Unissued::of(known, question.checkpoints, at);
    Ok(Judging { at, now, before, after, unissued }.judge(after.unwrap_or(known)))
}

/// Checkpoints that are smaller than the voucher's Issue: it was not issued when they were anchored.
struct Unissued {
    /// The last at or before the time.
    before: Option<Bound>,
    /// One after it.
    after: Option<Bound>,
}

impl Unissued {
    fn of(sight: &Sight<'_>, checkpoints: &[TrustedCheckpoint], at: u64) -> Self {
        let issue = sight.dossier.history.first().map_or(0, |issue| issue.index);
        let of_this = checkpoints.iter().filter(|trusted| trusted.ledger == sight.dossier.ledger.id);
        let bounds: Vec<Bound> = of_this
            .filter(|trusted| trusted.checkpoint.size <= issue)
            .filter_map(|trusted| {
                let checkpoint = trusted.checkpoint.number;
                Some(Bound { checkpoint, block_time: trusted.block_time?, trusted: true })
            })
            .collect();
        Self {
            before: bounds
                .iter()
                .filter(|bound| bound.block_time <= at)
                .max_by_key(|bound| bound.checkpoint)
                .copied(),
            after: bounds
                .iter()
                .filter(|bound| bound.block_time > at)
                .min_by_key(|bound| bound.checkpoint)
                .copied(),
        }
    }
}

impl<'a> Sight<'a> {
    /// None for a file that is no dossier.
    fn read(question: &Question<'a>) -> Result<Option<Self>, PastError> {
        let read = Dossier::parse(question.dossier)
            .and_then(|dossier| Ok((Manifest::read(&dossier.manifest.text)?, dossier)));
        let Ok((manifest, dossier)) = read else { return Ok(None) };
        let case = Case::new(question, &dossier, &manifest);
        let vouched = case.vouched_until();
        let hint = dossier.checkpoint.anchored.map(|anchored| anchored.block_time);
        let checkpoint = dossier.checkpoint.checkpoint.number;
        let block_time = vouched.or(hint).ok_or(PastError::Untimed { number: checkpoint })?;
        let bound = Bound { checkpoint, block_time, trusted: vouched.is_some() };
        Ok(Some(Self { question: *question, dossier, manifest, bound }))
    }
}

/// One voucher, and times that rise with the numbers.
fn check_order(sights: &[Sight<'_>]) -> Result<(), PastError> {
    for (one, next) in sights.iter().zip(sights.iter().skip(1)) {
        if one.dossier.voucher.key != next.dossier.voucher.key
            || one.dossier.ledger.id != next.dossier.ledger.id
        {
            return Err(PastError::Mixed);
        }
        if one.bound.block_time > next.bound.block_time {
            let (earlier, later) = (one.bound.checkpoint, next.bound.checkpoint);
            return Err(PastError::Disordered { earlier, later });
        }
    }
    Ok(())
}

fn unreadable(at: u64, report: Report) -> Past {
    Past {
        at,
        verdict: Verdict::Refuted,
        exit: Verdict::Refuted.exit(),
        certainty: Certainty::Nobody,
        before: None,
        after: None,
        certain: Vec::new(),
        accepted: Vec::new(),
        later: Vec::new(),
        contradiction: None,
        reports: vec![report],
    }
}

/// The dossiers on both sides of the time.
struct Judging<'s, 'a> {
    at: u64,
    now: u64,
    before: Option<&'s Sight<'a>>,
    after: Option<&'s Sight<'a>>,
    unissued: Unissued,
}

impl<'s, 'a> Judging<'s, 'a> {
    /// `source` is the dossier that tells the steps: the one after the time, else the newest before it.
    fn judge(&self, source: &'s Sight<'a>) -> Past {
        let reports = self.reports();
        let history = reports.last().and_then(|report| report.voucher.as_ref());
        let lines = history.map_or(&[][..], |voucher| voucher.history.as_slice());
        let size = self.before.map_or(0, |sight| sight.dossier.checkpoint.checkpoint.size);
        let of_the_time = |line: &&HistoryLine| line.index >= size && line.at <= self.at;
        let certain: Vec<HistoryLine> = lines.iter().filter(|line| line.index < size).cloned().collect();
        let accepted: Vec<HistoryLine> = lines.iter().filter(of_the_time).cloned().collect();
        let is_later = |line: &&HistoryLine| line.anchored && line.index >= size && line.at > self.at;
        let later: Vec<HistoryLine> = lines.iter().filter(is_later).cloned().collect();
        let contradiction = self.contradiction();
        let latest = accepted.last().or_else(|| certain.last());
        let verdict = self.verdict(source, &reports, contradiction, latest);
        Past {
            at: self.at,
            verdict,
            exit: verdict.exit_code(source.question.require_final),
            certainty: if verdict == Verdict::Refuted {
                Certainty::Nobody
            } else {
                self.certainty(&certain, latest, !accepted.is_empty() || !later.is_empty())
            },
            before: self.before.map(|sight| sight.bound).or(self.unissued.before),
            after: self.unissued.after.or_else(|| self.after.map(|sight| sight.bound)),
            certain,
            accepted,
            later,
            contradiction,
            reports,
        }
    }

    /// With nothing anchored after the time, the newest checkpoint must have been fresh then.
    fn reports(&self) -> Vec<Report> {
        let sights = self.before.into_iter().chain(self.after);
        let fresh = self.after.is_none() && self.at <= self.now;
        sights.map(|sight| verify(&Question { as_of: !fresh, ..sight.question })).collect()
    }

    /// The earlier history must be the beginning of the later one.
    fn contradiction(&self) -> Option<u64> {
        let (before, after) = (self.before?, self.after?);
        let size = before.dossier.checkpoint.checkpoint.size;
        let mut later = after.dossier.history.iter().filter(|item| item.index < size);
        let differing = before.dossier.history.iter().find(|item| {
            later.next().is_none_or(|twin| twin.index != item.index || twin.step.entry != item.step.entry)
        });
        differing.or_else(|| later.next()).map(|item| item.index)
    }

    fn certainty(&self, certain: &[HistoryLine], latest: Option<&HistoryLine>, is_moved: bool) -> Certainty {
        let mut used = self.before.into_iter().chain(self.after);
        let is_to_come = self.at > self.now && !latest.is_some_and(is_over);
        let is_over = certain.last().is_some_and(is_over);
        if used.any(|sight| !sight.bound.trusted) || is_to_come {
            Certainty::Nobody
        } else if certain.is_empty() && self.unissued.after.is_some() {
            Certainty::Chain
        } else if certain.is_empty() || self.after.is_none() && !is_over || is_moved {
            Certainty::OperatorsClock
        } else {
            Certainty::Chain
        }
    }

    fn verdict(
        &self,
        source: &Sight<'_>,
        reports: &[Report],
        contradiction: Option<u64>,
        latest: Option<&HistoryLine>,
    ) -> Verdict {
        let is_refuted = reports.iter().any(|report| report.verdict == Verdict::Refuted);
        if is_refuted || contradiction.is_some() {
            return Verdict::Refuted;
        }
        let steps = worst_of(reports);
        let Some(latest) = latest else {
            let is_held = steps
                .iter()
                .any(|step| step.code == StepCode::CheckpointAnchored && step.outcome == Outcome::Passed);
            return if is_held && self.at <= self.now { Verdict::NotFound } else { Verdict::Unknown };
        };
        if self.at > self.now && !is_over(latest) {
            return Verdict::Unknown;
        }
        let mut dossier = source.dossier.clone();
        dossier.history.retain(|item| item.index <= latest.index);
        dossier.pending.retain(|item| item.index <= latest.index);
        dossier.incidents.retain(|incident| incident.entry.at <= self.at);
        let sights = || self.before.into_iter().chain(self.after);
        let settled = sights().all(|sight| sight.question.finality == Finality::Final);
        let finality = if settled { Finality::Final } else { Finality::NotFinal };
        let question = Question { finality, ..source.question };
        let case = Case::new(&question, &dossier, &source.manifest);
        decide(&question, Some(&case), &steps)
    }
}

/// Whether nothing can follow this step.
fn is_over(line: &HistoryLine) -> bool {
    matches!(Status::from_byte(line.status), Some(Status::Redeemed | Status::Voided))
}

/// Of each step the result that says least for the voucher.
fn worst_of(reports: &[Report]) -> Vec<StepReport> {
    let weight = |outcome: &Outcome| match outcome {
        Outcome::Failed(_) => 3,
        Outcome::Unknown(_) => 2,
        Outcome::Skipped => 1,
        Outcome::Passed => 0,
    };
    let worst = |code: &StepCode| {
        let all = reports.iter().flat_map(|report| report.steps.iter().filter(|step| step.code == *code));
        all.max_by_key(|step| weight(&step.outcome)).cloned()
    };
    StepCode::ALL.iter().filter_map(worst).collect()
}

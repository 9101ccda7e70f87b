//! Going through a case line by line.

use super::finding::{Check, Finding, Problem, Subject};
use super::read::Opened;
use crate::evidence::{CaseDossier, Evidence, ReadCheckpoint};
use crate::findings::{Promise, judge};
use crate::members;
use crate::write::derived;
use protocol::LedgerId;
use protocol::checkpoint::LedgerOrigin;
use protocol::verify::{Finality, Outcome, Reason, StepCode, TrustedCheckpoint};
use std::collections::{BTreeMap, BTreeSet};

/// A checkpoint from a source that the asker trusts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Held {
    /// The checkpoint.
    pub trusted: TrustedCheckpoint,
    /// How settled it is.
    pub finality: Finality,
}

impl Opened {
    /// The checkpoints that the case speaks of, with where each ledger was opened: what to ask a chain for.
    pub fn checkpoints(&self) -> Vec<(LedgerOrigin, u64)> {
        let Some(evidence) = &self.evidence else { return Vec::new() };
        let mut wanted = BTreeMap::new();
        for item in &evidence.dossiers {
            let ledger = &item.dossier().ledger;
            wanted.insert((ledger.id, item.dossier().checkpoint.checkpoint.number), ledger.origin);
            for read in evidence.checkpoints_of(ledger.id) {
                wanted.insert((ledger.id, read.checkpoint().number), ledger.origin);
            }
        }
        wanted.into_iter().map(|((_, number), origin)| (origin, number)).collect()
    }

    /// Every line of the check, against what the asker trusts.
    pub fn judge(&self, held: &[Held]) -> Vec<Check> {
        let mut checks = self.hashes();
        checks.extend(self.files());
        checks.extend(self.read.iter().cloned());
        match &self.evidence {
            Some(evidence) => {
                checks.extend(evidence.dossiers.iter().map(|item| dossier(item, evidence, held)));
                checks.extend(evidence.checkpoints.iter().map(|read| checkpoint(read, evidence, held)));
                checks.extend(evidence.receipts.iter().map(|item| {
                    let name = members::receipt(item.ledger, item.receipt.index);
                    check(Subject::Receipt, &name, receipt(item.ledger, item.receipt.index, evidence))
                }));
                checks.extend(self.made_again(evidence));
            }
            None => checks.extend(
                self.reports().into_iter().map(|name| unknown(Subject::Derived, &name, Problem::Incomplete)),
            ),
        }
        checks
    }

    /// Each member against the list of hashes, each line of the list against the members.
    fn hashes(&self) -> Vec<Check> {
        let list = match self.members.get(members::HASHES) {
            None => return vec![failed(Subject::Hashes, members::HASHES, Problem::Missing)],
            Some(Err(damage)) => {
                return vec![failed(Subject::Hashes, members::HASHES, Problem::Damaged(damage.to_string()))];
            }
            Some(Ok(bytes)) => members::read_hashes(&String::from_utf8_lossy(bytes)),
        };
        let list = match list {
            Ok(list) => list,
            Err(line) => {
                let problem = Problem::Unreadable(format!("line {line}"));
                return vec![failed(Subject::Hashes, members::HASHES, problem)];
            }
        };
        let added: BTreeSet<&str> = self.index.files.iter().map(|file| file.file.as_str()).collect();
        let mut listed = BTreeSet::new();
        let mut checks = Vec::new();
        for (hash, name) in &list {
            if !listed.insert(name.as_str()) {
                checks.push(failed(Subject::Hashes, name, Problem::Index));
            }
            // An added file is judged by the index, which says besides whose it is.
            if !added.contains(name.as_str()) {
                checks.push(check(Subject::Hash, name, self.hash(name, hash)));
            }
        }
        let own = |name: &&String| *name != members::HASHES && !listed.contains(name.as_str());
        checks.extend(
            self.members.keys().filter(own).map(|name| failed(Subject::Hash, name, Problem::Unlisted)),
        );
        let stray = |name: &&&str| !self.is_part(name);
        checks.extend(listed.iter().filter(stray).map(|name| failed(Subject::Hash, name, Problem::Surplus)));
        checks
    }

    /// Whether a member of this name belongs to the case by its index.
    fn is_part(&self, name: &str) -> bool {
        let index = &self.index;
        let derived = |voucher: &crate::index::Voucher| {
            let begin = members::incident(&voucher.key, 0);
            let begin = begin.trim_end_matches("0.json");
            let count = name.strip_prefix(begin).and_then(|rest| rest.strip_suffix(".json"));
            count.is_some_and(|count| count.parse::<usize>().is_ok_and(|count| count > 0))
        };
        [members::INDEX, members::READ_ME].contains(&name)
            || self.reports().iter().any(|report| report == name)
            || index.vouchers.iter().any(|voucher| voucher.dossier == name || derived(voucher))
            || index.checkpoints.iter().chain(&index.receipts).any(|member| member == name)
            || index.files.iter().any(|file| file.file == name)
    }

    fn reports(&self) -> Vec<String> {
        let kinds = ["html", "pdf"];
        let of = |language: crate::lang::Language| kinds.map(|kind| format!("report.{}.{kind}", language.tag()));
        crate::lang::Language::ALL.map(of).concat()
    }

    fn hash(&self, name: &str, hash: &[u8; 32]) -> Finding {
        match self.members.get(name) {
            None => Finding::Failed(Problem::Missing),
            Some(Err(damage)) => Finding::Failed(Problem::Damaged(damage.to_string())),
            Some(Ok(bytes)) if members::sha256(bytes) == *hash => Finding::Passed,
            Some(Ok(_)) => Finding::Failed(Problem::Hash),
        }
    }

    /// The parties' files. One that is not there yet makes nothing wrong: its hash waits for it.
    fn files(&self) -> Vec<Check> {
        let file = |file: &crate::index::Added| {
            let finding = match (file.party_file(), self.members.get(&file.file)) {
                (None, _) => Finding::Failed(Problem::Index),
                (Some(_), None) => Finding::Unknown(Problem::Missing),
                (Some(known), Some(_)) => self.hash(&file.file, &known.sha256),
            };
            check(Subject::File, &file.file, finding)
        };
        self.index.files.iter().map(file).collect()
    }

    /// Everything that follows from the evidence, made again and compared byte by byte.
    fn made_again(&self, evidence: &Evidence) -> Vec<Check> {
        if evidence.tool != crate::TOOL {
            let other = || Problem::OtherTool(evidence.tool.clone());
            return self.reports().iter().map(|name| unknown(Subject::Derived, name, other())).collect();
        }
        let Ok(again) = derived(evidence) else {
            return self
                .reports()
                .iter()
                .map(|name| unknown(Subject::Derived, name, Problem::Incomplete))
                .collect();
        };
        let names: BTreeSet<&str> = again.iter().map(|(name, _)| name.as_str()).collect();
        let surplus = self
            .members
            .keys()
            .filter(|name| name.starts_with("incidents/") && !names.contains(name.as_str()))
            .map(|name| failed(Subject::Derived, name, Problem::Differs));
        let compared = again.iter().map(|(name, bytes)| {
            let finding = match self.members.get(name) {
                None => Finding::Failed(Problem::Missing),
                Some(Ok(found)) if found == bytes => Finding::Passed,
                Some(Ok(_)) => Finding::Failed(Problem::Differs),
                Some(Err(damage)) => Finding::Failed(Problem::Damaged(damage.to_string())),
            };
            check(Subject::Derived, name, finding)
        });
        compared.chain(surplus).collect()
    }
}

fn of(held: &[Held], ledger: LedgerId, number: u64) -> Option<&Held> {
    held.iter().find(|held| held.trusted.ledger == ledger && held.trusted.checkpoint.number == number)
}

/// All steps of the verifier. Those of trust are the asker's own; the checkpoint has its own line.
fn dossier(item: &CaseDossier, evidence: &Evidence, held: &[Held]) -> Check {
    let dossier = item.dossier();
    let number = dossier.checkpoint.checkpoint.number;
    let own = of(held, dossier.ledger.id, number).map(|held| (&held.trusted, held.finality));
    let maker = evidence.checkpoint_under(dossier).map(|read| (&read.trusted, read.finality()));
    let report = judge(item, own.or(maker), evidence.made_at);
    let counts = |code: StepCode| !matches!(code, StepCode::LedgerTrusted | StepCode::IssuerTrusted);
    let mut finding = Finding::Passed;
    for step in report.steps.iter().filter(|step| counts(step.code)) {
        match &step.outcome {
            // Past its day of redemption: true, and no fault of the case.
            Outcome::Failed(_) if step.code == StepCode::TermsCurrent => {}
            Outcome::Failed(detail) => {
                finding = Finding::Failed(Problem::Step(step.code, detail.clone()));
                break;
            }
            Outcome::Unknown(detail) if detail.reason != Reason::PromiseBroken => {
                finding = Finding::Unknown(Problem::Step(step.code, detail.clone()));
            }
            Outcome::Passed | Outcome::Skipped | Outcome::Unknown(_) => {}
        }
    }
    check(Subject::Dossier, &members::dossier(&item.key()), finding)
}

/// A checkpoint against the asker's, and against its neighbours in the case.
fn checkpoint(read: &ReadCheckpoint, evidence: &Evidence, held: &[Held]) -> Check {
    let (ledger, number) = (read.trusted.ledger, read.checkpoint().number);
    let name = members::checkpoint(ledger, number);
    let hash = read.checkpoint().hash(ledger);
    let next = number.checked_add(1);
    let neighbour = evidence.checkpoints_of(ledger).into_iter().find(|read| Some(read.checkpoint().number) == next);
    let times = [read.trusted.block_time, read.anchored.map(|at| at.block_time)];
    let own = of(held, ledger, number);
    let finding = if neighbour.is_some_and(|next| next.checkpoint().previous != hash) {
        Finding::Failed(Problem::NotLinked)
    } else if matches!(times, [Some(one), Some(other)] if one != other) {
        Finding::Failed(Problem::OtherTime)
    } else if let Some(own) = own {
        let time = own.trusted.block_time;
        if own.trusted.checkpoint.hash(ledger) != hash {
            Finding::Failed(Problem::OtherCheckpoint)
        } else if time.is_some() && read.block_time().is_some_and(|said| time != Some(said)) {
            Finding::Failed(Problem::OtherTime)
        } else if time.is_none() && read.block_time().is_some() {
            Finding::Unknown(Problem::LinkedOnly)
        } else {
            Finding::Passed
        }
    } else if next.and_then(|next| of(held, ledger, next)).is_some_and(|next| next.trusted.checkpoint.previous == hash) {
        Finding::Unknown(Problem::LinkedOnly)
    } else {
        Finding::Unknown(Problem::NotHeld)
    };
    check(Subject::Checkpoint, &name, finding)
}

fn receipt(ledger: LedgerId, index: u64, evidence: &Evidence) -> Finding {
    let of_ledger = evidence.dossiers.iter().filter(|item| item.dossier().ledger.id == ledger);
    let promise = of_ledger.filter_map(|item| Promise::of(index, item.dossier(), evidence)).next();
    match promise {
        None => Finding::Failed(Problem::ReceiptStray),
        Some(promise) if !promise.is_signed => Finding::Failed(Problem::ReceiptUnsigned),
        // Signed by the operator, and not what the log has: evidence against the operator, which the report tells.
        Some(promise) if !promise.is_of_entry => Finding::Failed(Problem::ReceiptOther),
        Some(_) => Finding::Passed,
    }
}

fn check(subject: Subject, member: &str, finding: Finding) -> Check {
    Check { subject, member: member.to_owned(), finding }
}

fn failed(subject: Subject, member: &str, problem: Problem) -> Check {
    check(subject, member, Finding::Failed(problem))
}

fn unknown(subject: Subject, member: &str, problem: Problem) -> Check {
    check(subject, member, Finding::Unknown(problem))
}

//! Going through a case line by line.

use super::finding::{Check, Finding, Problem, Subject};
use super::read::Opened;
use crate::evidence::{CaseDossier, Evidence, ReadCheckpoint};
use crate::findings::{Promise, Shown, judge};
use crate::lang::{LANGUAGES, Language};
use crate::members;
use crate::write::derived;
use protocol::chain_proof::Proven;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::dossier::Dossier;
use protocol::verify::{Finality, Outcome, Reason, StepCode, TrustedCheckpoint};
use protocol::{Digest, LedgerId};
use std::collections::{BTreeMap, BTreeSet};

/// What the asker trusts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trust {
    /// Checkpoints.
    pub held: Vec<Held>,
    /// Hashes of blocks of the ledgers' chains: what a dossier shows to stand in one of them is held.
    pub blocks: Vec<Digest>,
}

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
    pub fn judge(&self, trust: &Trust) -> Vec<Check> {
        let mut checks = self.hashes();
        checks.extend(self.files());
        checks.extend(self.read.iter().cloned());
        match &self.evidence {
            Some(evidence) => {
                let dossiers: Vec<Check> =
                    evidence.dossiers.iter().map(|item| dossier(item, evidence, trust)).collect();
                let disclosures = self.disclosures(evidence, &dossiers);
                checks.extend(dossiers);
                checks.extend(disclosures);
                checks.extend(evidence.dossiers.iter().filter_map(|item| chain_proof(item, trust)));
                checks.extend(evidence.checkpoints.iter().map(|read| checkpoint(read, evidence, trust)));
                checks.extend(evidence.receipts.iter().map(|item| {
                    let name = members::receipt(item.ledger, item.receipt.index);
                    check(Subject::Receipt, &name, receipt(item.ledger, item.receipt.index, evidence))
                }));
                checks.extend(self.made_again(evidence));
            }
            None => checks.extend(
                reports().into_iter().map(|name| unknown(Subject::Derived, &name, Problem::Incomplete)),
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
            || reports().iter().any(|report| report == name)
            || index.vouchers.iter().any(|voucher| voucher.dossier == name || derived(voucher))
            || index.checkpoints.iter().chain(&index.receipts).any(|member| member == name)
            || index.files.iter().any(|file| file.file == name)
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
            return reports().iter().map(|name| unknown(Subject::Derived, name, other())).collect();
        }
        let Ok(again) = derived(evidence) else {
            return reports()
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

/// The members that are reports.
fn reports() -> Vec<String> {
    let of = |language: Language| ["html", "pdf"].map(|kind| format!("report.{}.{kind}", language.tag()));
    LANGUAGES.map(of).concat()
}

impl Trust {
    fn of(&self, ledger: LedgerId, number: u64) -> Option<&Held> {
        self.held
            .iter()
            .find(|held| held.trusted.ledger == ledger && held.trusted.checkpoint.number == number)
    }

    /// What a trusted block is shown to hold of the checkpoint that a dossier is under.
    fn proven(&self, dossier: &Dossier) -> Option<Proven> {
        let proof = dossier.checkpoint.proof.as_ref()?;
        let number = dossier.checkpoint.checkpoint.number;
        let origin = &dossier.ledger.origin;
        self.blocks.iter().find_map(|block| proof.check(*block, origin, number).ok())
    }
}

/// All steps of the verifier. Those of trust are the asker's own; the checkpoint has its own line.
fn dossier(item: &CaseDossier, evidence: &Evidence, trust: &Trust) -> Check {
    let dossier = item.dossier();
    let number = dossier.checkpoint.checkpoint.number;
    let own = trust.of(dossier.ledger.id, number).map(|held| (&held.trusted, held.finality));
    let proven = trust.proven(dossier);
    let maker = evidence.checkpoint_under(dossier).map(|read| (&read.trusted, read.finality()));
    // A block that was proven counts where no checkpoint is held; only then is the maker's word left out.
    let trusted = if own.is_some() || proven.is_some() { own } else { maker };
    let report = judge(item, trusted, proven.as_ref(), evidence.made_at);
    let mut finding = Finding::Passed;
    for step in report.steps.iter().filter(|step| !is_askers_own(step.code)) {
        match &step.outcome {
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

/// What a dossier shows of its checkpoint on the chain, and whether under a block that the asker trusts. None where neither
/// speaks of a block.
fn chain_proof(item: &CaseDossier, trust: &Trust) -> Option<Check> {
    let others = |block: Digest| !trust.blocks.is_empty() && !trust.blocks.contains(&block);
    let finding = match Shown::by(item.dossier()) {
        Shown::Nothing if trust.blocks.is_empty() => return None,
        Shown::Nothing => Finding::Unknown(Problem::NoChainProof),
        Shown::Broken(error) => Finding::Unknown(Problem::Unproven(error.to_string())),
        Shown::This(proven) | Shown::Other(proven) if others(proven.block.hash) => {
            Finding::Unknown(Problem::OtherBlock(proven.block.hash))
        }
        Shown::This(_) => Finding::Passed,
        Shown::Other(_) => Finding::Failed(Problem::ShownOther),
    };
    Some(check(Subject::ChainProof, &members::dossier(&item.key()), finding))
}

/// Steps that say nothing of the evidence: whom the asker trusts, and whether the day of redemption is over.
const fn is_askers_own(code: StepCode) -> bool {
    matches!(code, StepCode::LedgerTrusted | StepCode::IssuerTrusted | StepCode::TermsCurrent)
}

/// A checkpoint against the asker's, and against its neighbours in the case.
fn checkpoint(read: &ReadCheckpoint, evidence: &Evidence, trust: &Trust) -> Check {
    let (ledger, number) = (read.trusted.ledger, read.checkpoint().number);
    let hash = read.checkpoint().hash(ledger);
    let next = number.checked_add(1);
    let later = evidence.checkpoints_of(ledger);
    let neighbour = later.iter().find(|read| Some(read.checkpoint().number) == next);
    let linked = |checkpoint: &Checkpoint| checkpoint.previous == hash;
    let times = [read.trusted.block_time, read.anchored.map(|at| at.block_time)];
    let finding = if neighbour.is_some_and(|next| !linked(next.checkpoint())) {
        Finding::Failed(Problem::NotLinked)
    } else if matches!(times, [Some(one), Some(other)] if one != other) {
        Finding::Failed(Problem::OtherTime)
    } else if let Some((own, time)) = vouched(ledger, number, evidence, trust) {
        against(read, own == hash, time)
    } else if is_led_to(read, evidence, trust) {
        Finding::Unknown(Problem::LinkedOnly)
    } else {
        Finding::Unknown(Problem::NotHeld)
    };
    check(Subject::Checkpoint, &members::checkpoint(ledger, number), finding)
}

/// Whether a later checkpoint that the asker's sources vouch for leads back to this one, each naming the one before it.
fn is_led_to(read: &ReadCheckpoint, evidence: &Evidence, trust: &Trust) -> bool {
    let ledger = read.trusted.ledger;
    let later = evidence.checkpoints_of(ledger);
    let (mut number, mut hash) = (read.checkpoint().number, read.checkpoint().hash(ledger));
    while let Some(next) = number.checked_add(1) {
        if let Some(held) = trust.of(ledger, next) {
            return held.trusted.checkpoint.previous == hash;
        }
        let follows =
            |read: &&&ReadCheckpoint| read.checkpoint().number == next && read.checkpoint().previous == hash;
        let Some(found) = later.iter().find(follows) else { return false };
        (number, hash) = (next, found.checkpoint().hash(ledger));
        if let Some((vouched, _)) = vouched(ledger, number, evidence, trust) {
            return vouched == hash;
        }
    }
    false
}

/// The hash of the checkpoint of this number by the asker's sources, and its block's time.
fn vouched(
    ledger: LedgerId,
    number: u64,
    evidence: &Evidence,
    trust: &Trust,
) -> Option<(Digest, Option<u64>)> {
    if let Some(held) = trust.of(ledger, number) {
        return Some((held.trusted.checkpoint.hash(ledger), held.trusted.block_time));
    }
    let dossiers = evidence.dossiers.iter().map(CaseDossier::dossier);
    let under =
        |dossier: &&Dossier| dossier.ledger.id == ledger && dossier.checkpoint.checkpoint.number == number;
    let proven = dossiers.filter(under).find_map(|dossier| trust.proven(dossier))?;
    Some((proven.hash, proven.block_time()))
}

fn against(read: &ReadCheckpoint, same: bool, time: Option<u64>) -> Finding {
    match (time, read.block_time()) {
        _ if !same => Finding::Failed(Problem::OtherCheckpoint),
        (Some(own), Some(said)) if own != said => Finding::Failed(Problem::OtherTime),
        (None, Some(_)) => Finding::Unknown(Problem::LinkedOnly),
        _ => Finding::Passed,
    }
}

fn receipt(ledger: LedgerId, index: u64, evidence: &Evidence) -> Finding {
    let mut of_ledger = evidence.dossiers.iter().filter(|item| item.dossier().ledger.id == ledger);
    let promise = of_ledger.find_map(|item| Promise::of(index, item.dossier(), evidence));
    match promise {
        None => Finding::Failed(Problem::ReceiptStray),
        Some(promise) if !promise.is_signed => Finding::Failed(Problem::ReceiptUnsigned),
        // Signed by the operator, and not what the log has: evidence against the operator, which the report tells.
        Some(promise) if !promise.is_of_entry => Finding::Failed(Problem::ReceiptOther),
        Some(_) => Finding::Passed,
    }
}

fn check(subject: Subject, member: &str, finding: Finding) -> Check {
    Check { subject, member: member.to_owned(), finding, disclosed: None }
}

fn failed(subject: Subject, member: &str, problem: Problem) -> Check {
    check(subject, member, Finding::Failed(problem))
}

fn unknown(subject: Subject, member: &str, problem: Problem) -> Check {
    check(subject, member, Finding::Unknown(problem))
}

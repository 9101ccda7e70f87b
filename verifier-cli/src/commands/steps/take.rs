//! Taking steps: each run of vouchers is tried, some together, and what came of it is settled in order: receipts checked and
//! kept, refusals told with their evidence.

use super::args::Common;
use super::attempt::{Attempt, Piece, Prepared};
use super::joint;
use super::outcome::{Covered, Outcome, Refused};
use super::select::Target;
use super::words::{evidence, refusal_name, refusal_text, role_text, vouchers_text};
use crate::commands::progress;
use crate::console::{Console, plain};
use crate::failure::{Failure, REFUSED};
use crate::keys::PartyKey;
use crate::lang::Text;
use crate::node_client::{LIST, NodeClient, Problem, Run, Runs, TakenStep, together};
use crate::party::files::unwritable;
use crate::party::instruction::Instruction;
use crate::party::receipts::{Operator, ReceiptFile, StepView, Wrong, entry_from_hex};
use crate::party::step::{Refusal, Wish};
use indicatif::ProgressBar;
use protocol::PublicKey;
use protocol::entry::{Entry, Signed};
use protocol::lifecycle::Kind;
use protocol::receipt::Receipt;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::Mutex;

/// Where one command's steps are taken.
pub struct Desk<'d> {
    /// The node.
    pub node: &'d NodeClient,
    /// Whose receipts count.
    pub operator: Operator,
    /// Who signs.
    pub key: &'d PartyKey,
    /// What is wanted.
    pub wish: &'d Wish,
    /// What became of it.
    pub outcome: Outcome,
    /// Signed and not sent.
    pub signed: Vec<Instruction>,
    sends: bool,
    /// Whether the same command would find its own steps again.
    finds_again: bool,
    quiet: bool,
    receipts_path: PathBuf,
    receipts: Option<ReceiptFile>,
    /// Who sold the vouchers whose latest entry is at this place.
    pub(super) sellers: Mutex<HashMap<u64, Option<PublicKey>>>,
    bar: ProgressBar,
}

impl<'d> Desk<'d> {
    /// For one command.
    pub fn new(
        node: &'d NodeClient,
        operator: Operator,
        key: &'d PartyKey,
        wish: &'d Wish,
        common: &Common,
    ) -> Result<Self, Failure> {
        // Looked at before anything is signed or sent: a receipt that cannot be kept must not be asked for.
        let receipts = match &common.sign_only {
            Some(path) => joint::OVER.check(path).map(|()| None)?,
            None => Some(ReceiptFile::open(&common.receipts)?),
        };
        Ok(Self {
            node,
            operator,
            key,
            wish,
            outcome: Outcome::default(),
            signed: Vec::new(),
            sends: common.sign_only.is_none(),
            finds_again: wish.is_repeatable() || common.from.is_some(),
            quiet: common.json,
            receipts_path: common.receipts.clone(),
            receipts,
            sellers: Mutex::default(),
            bar: ProgressBar::hidden(),
        })
    }

    /// Takes the step for every target.
    pub fn take_all(&mut self, targets: Vec<Target>, console: &mut Console) -> Result<(), Failure> {
        let count = |target: &Target| match target {
            Target::Numbers(range) => range.count,
            Target::Opened { .. } => 1,
        };
        self.bar = progress::bar(console, targets.iter().map(count).sum(), "party-bar-steps");
        let mut waiting = Vec::new();
        let gathered = targets.into_iter().try_for_each(|target| self.gather(target, &mut waiting, console));
        let taken = self.take_together(&mut waiting, console);
        gathered.and(taken).and(self.sync())?;
        self.bar.finish_and_clear();
        Ok(())
    }

    /// Brings what was kept to the disk, whether or not all went well.
    fn sync(&self) -> Result<(), Failure> {
        let synced = self.receipts.as_ref().map_or(Ok(()), ReceiptFile::sync);
        synced.map_err(|error| self.unkept(&error))
    }

    /// Adds the runs of a target to those that wait; as many as go together are taken.
    fn gather(
        &mut self,
        target: Target,
        waiting: &mut Vec<Piece>,
        console: &mut Console,
    ) -> Result<(), Failure> {
        let range = match target {
            Target::Numbers(range) => range,
            Target::Opened { run, pair } => {
                return self.wait(Piece { run, pair: Some(pair) }, waiting, console);
            }
        };
        let mut first = range.first;
        while first < range.end() {
            let page: Runs = self.node.runs(first, range.end() - first)?;
            let mut reached = first;
            for run in page.runs {
                // Numbers that the node skips or repeats are its fault, not ours to guess about.
                if run.first != reached || run.count == 0 || run.count > range.end() - reached {
                    return Err(unissued(self.node, reached));
                }
                reached += run.count;
                let alone = matches!(self.wish.kind, Kind::Use | Kind::Claim);
                let pieces = if alone { run.count } else { 1 };
                for piece in 0..pieces {
                    let run = if alone { Run { first: run.first + piece, count: 1, ..run } } else { run };
                    self.wait(Piece { run, pair: None }, waiting, console)?;
                }
            }
            if reached == first {
                return Err(unissued(self.node, reached));
            }
            first = reached;
        }
        Ok(())
    }

    fn wait(&mut self, piece: Piece, waiting: &mut Vec<Piece>, console: &mut Console) -> Result<(), Failure> {
        waiting.push(piece);
        if waiting.len() < LIST { Ok(()) } else { self.take_together(waiting, console) }
    }

    /// Sends instructions that are signed, or keeps them; some at a time, whose receipts are kept before the next go out.
    pub fn put(&mut self, instructions: Vec<Instruction>, console: &mut Console) -> Result<(), Failure> {
        let mut instructions = instructions.into_iter();
        let mut outcome = Ok(());
        while outcome.is_ok() && instructions.len() > 0 {
            let some = instructions.by_ref().take(LIST).collect();
            for attempt in self.send(some).into_iter().flatten() {
                outcome = outcome.and(attempt.and_then(|attempt| self.settle(attempt, console)));
            }
        }
        outcome.and(self.sync())
    }

    /// Whether anything is sent at all.
    pub const fn sends(&self) -> bool {
        self.sends
    }

    /// Tries them together, and settles all that came to something, in their order, before the first failure stops the
    /// rest: what a node took must be remembered.
    fn take_together(&mut self, pieces: &mut Vec<Piece>, console: &mut Console) -> Result<(), Failure> {
        let counts: Vec<u64> = pieces.iter().map(|piece| piece.run.count).collect();
        let (desk, pieces) = (&*self, std::mem::take(pieces));
        let attempts = desk.attempt(together(pieces, |piece| desk.prepare(piece)));
        let mut outcome = Ok(());
        for (attempt, count) in attempts.into_iter().zip(counts) {
            let Some(attempt) = attempt else { continue };
            let settled = attempt.and_then(|attempt| self.settle(attempt, console));
            outcome = outcome.and(settled);
            self.bar.inc(count);
        }
        outcome
    }

    /// Sends what was prepared before the first failure: in its order what came of each, and nothing where nothing did.
    fn attempt(
        &self,
        prepared: Vec<Option<Result<Prepared, Failure>>>,
    ) -> Vec<Option<Result<Attempt, Failure>>> {
        let (mut attempts, mut signed) = (Vec::with_capacity(prepared.len()), Vec::new());
        let mut has_failed = false;
        for prepared in prepared {
            attempts.push(match prepared {
                Some(Ok(Prepared::Signed(instruction))) => {
                    signed.extend((!has_failed).then_some((attempts.len(), instruction)));
                    None
                }
                Some(Ok(Prepared::Done(attempt))) => Some(Ok(attempt)),
                Some(Err(failure)) => {
                    has_failed = true;
                    Some(Err(failure))
                }
                None => None,
            });
        }
        let (places, signed): (Vec<usize>, Vec<Instruction>) = signed.into_iter().unzip();
        for (place, said) in places.into_iter().zip(self.send(signed)) {
            if let Some(attempt) = attempts.get_mut(place) {
                *attempt = said;
            }
        }
        attempts
    }

    /// Remembers what came of an attempt, and tells what was refused.
    fn settle(&mut self, attempt: Attempt, console: &mut Console) -> Result<(), Failure> {
        match attempt {
            Attempt::Already { run, latest, entry } => self.recognise(&run, &latest, &entry),
            Attempt::Refused { run, refusal, winner } => {
                let text = refusal_text(refusal, self.wish.kind);
                self.refuse(&run_entry(&run), refusal_name(refusal), text, Some(&winner), console);
                Ok(())
            }
            Attempt::Signed(instruction) => {
                self.outcome.signed += instruction.entry.count;
                self.signed.push(instruction);
                Ok(())
            }
            Attempt::Answered(instruction, status, answer) => {
                self.accept(&instruction, status, &answer, console)
            }
            Attempt::Declined(instruction, problem) => {
                self.refused_by_node(&instruction, &problem, console);
                Ok(())
            }
        }
    }

    /// A step that was taken before is done if its receipt holds: the one that was kept then, or else the node's, which is
    /// kept now, right or wrong.
    fn recognise(&mut self, run: &Run, latest: &StepView, entry: &Entry) -> Result<(), Failure> {
        let end = u128::from(run.first) + u128::from(run.count);
        let covers = entry.first <= run.first && end <= entry.end();
        let Run { first, count, index, .. } = *run;
        let covered = Covered { first, count, index, at: entry.at };
        let file = match &mut self.receipts {
            Some(file) => file,
            none => none.insert(ReceiptFile::open(&self.receipts_path)?),
        };
        if !(covers && file.holds(&self.operator, entry)?) {
            let receipt = Receipt::from(latest.receipt);
            let verdict =
                if covers { self.operator.check(entry, entry, &receipt) } else { Err(Wrong::Entry) };
            let memo = latest.memo.as_deref();
            let kept = file.keep(&self.operator, entry, memo, &latest.signatures, receipt, verdict.is_ok());
            self.trust(verdict, kept, covered)?;
        }
        self.outcome.already.push(covered);
        Ok(())
    }

    /// Goes on where a receipt holds and is kept; of a step whose receipt is not kept it must be known that it stands.
    fn trust(
        &mut self,
        verdict: Result<(), Wrong>,
        kept: io::Result<()>,
        covered: Covered,
    ) -> Result<(), Failure> {
        match (verdict, kept) {
            (Ok(()), Ok(())) => Ok(()),
            (Ok(()), Err(error)) => {
                self.outcome.unkept.push(covered);
                Err(self.unkept(&error))
            }
            (Err(wrong), Ok(())) => Err(self.wrong_receipt(wrong)),
            (Err(_), Err(error)) => Err(unwritable(&self.receipts_path, &error)),
        }
    }

    fn unkept(&self, error: &io::Error) -> Failure {
        let id = if self.finds_again { "party-receipts-unkept" } else { "party-receipts-unkept-once" };
        Failure::usage(id)
            .with("file", self.receipts_path.display().to_string())
            .with("error", error.to_string())
            .with("node", self.node.address().to_string())
    }

    fn wrong_receipt(&self, wrong: Wrong) -> Failure {
        Failure::refused("party-receipt-wrong")
            .with("problem", Text::new(wrong.id()))
            .with("file", self.receipts_path.display().to_string())
    }

    /// An answer is believed when its receipt is the operator's, for just this step. Either way it is kept.
    fn accept(
        &mut self,
        asked: &Instruction,
        status: u16,
        answer: &TakenStep,
        console: &mut Console,
    ) -> Result<(), Failure> {
        let stands = entry_from_hex(&answer.entry).ok_or_else(|| unreadable(self.node))?;
        let receipt = Receipt::from(answer.receipt);
        let verdict = self.operator.check(&asked.entry, &stands, &receipt);
        let kept = self.receipts.as_mut().map_or(Ok(()), |file| {
            let Instruction { memo, signatures, .. } = asked;
            file.keep(&self.operator, &stands, memo.as_deref(), signatures, receipt, verdict.is_ok())
        });
        let run = Covered { first: stands.first, count: stands.count, index: receipt.index, at: stands.at };
        self.trust(verdict, kept, run)?;
        if status != 200 {
            self.outcome.accepted.push(run);
            return Ok(());
        }
        let latest = self.step_at(receipt.index)?;
        if self.is_signed(&latest, &asked.entry, asked.prev_leaf) {
            self.outcome.already.push(run);
        } else {
            let text = refusal_text(Refusal::ByAnother, self.wish.kind);
            self.refuse(&stands, refusal_name(Refusal::ByAnother), text, Some(&latest), console);
        }
        Ok(())
    }

    fn refused_by_node(&mut self, asked: &Instruction, problem: &Problem, console: &mut Console) {
        let detail = plain(&problem.detail, 400);
        let winner = problem.members.get("winner").cloned();
        let winner: Option<StepView> = winner.and_then(|winner| serde_json::from_value(winner).ok());
        let text = match problem.name.as_str() {
            "already-moved" if problem.members.get("incident") == Some(&Value::Bool(true)) => {
                Text::new("party-refused-moved-incident")
            }
            "already-moved" => Text::new("party-refused-moved"),
            "unauthorised" => {
                let role = problem.members.get("role").and_then(Value::as_str).unwrap_or_default();
                Text::new("party-refused-unauthorised").with("role", role_text(role))
            }
            "expired" => Text::new("party-refused-expired"),
            name => Text::new("party-refused-node").with("problem", name).with("detail", detail),
        };
        self.refuse(&asked.entry, &problem.name, text, winner.as_ref(), console);
    }

    fn refuse(
        &mut self,
        entry: &Entry,
        reason: &str,
        text: Text,
        winner: Option<&StepView>,
        console: &mut Console,
    ) {
        let evidence_lines =
            winner.map(|winner| evidence(winner, self.before(winner), &self.operator, console));
        let refused = Refused {
            first: entry.first,
            count: entry.count,
            reason: reason.to_owned(),
            text,
            evidence: winner.map_or(Value::Null, evidence_json),
        };
        if !self.quiet {
            let vouchers = vouchers_text(refused.first, refused.count);
            let said = Failure { exit: REFUSED, text: refused.text.clone() }.with("vouchers", vouchers);
            self.bar.suspend(|| {
                console.fail(&said);
                for line in evidence_lines.unwrap_or_default() {
                    let line = console.texts.say(&line);
                    console.remark_line(&format!("    {line}"));
                }
            });
        }
        self.outcome.refused.push(refused);
    }

    /// The leaf hash before a winner, against which its signatures are checked.
    fn before(&self, winner: &StepView) -> Option<protocol::Digest> {
        match winner.entry()?.prev {
            Entry::NO_PREV => Some(protocol::Digest::ZERO),
            prev => Some(self.step_at(prev).ok()?.entry()?.leaf()),
        }
    }
}

/// The range of a run as an entry, for telling.
const fn run_entry(run: &Run) -> Entry {
    Entry {
        kind: 0,
        status: run.status,
        first: run.first,
        count: run.count,
        prev: run.index,
        at: run.at,
        party: run.party,
        content: protocol::Digest::ZERO,
    }
}

/// The node answers something else than was asked.
pub(super) fn unreadable(node: &NodeClient) -> Failure {
    Failure::refused("party-answer-unreadable").with("node", node.address().to_string())
}

fn unissued(node: &NodeClient, number: u64) -> Failure {
    Failure::refused("party-no-such-number")
        .with("number", number.to_string())
        .with("node", node.address().to_string())
}

fn evidence_json(winner: &StepView) -> Value {
    let signatures: &[Signed] = &winner.signatures;
    json!({
        "index": winner.index,
        "entry": winner.entry,
        "memo": winner.memo,
        "signatures": signatures,
        "receipt": Receipt::from(winner.receipt),
    })
}

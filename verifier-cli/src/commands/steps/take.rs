//! Taking steps: each run of vouchers is decided, signed, sent, and its receipt checked and kept.

use super::args::Common;
use super::outcome::{Covered, Outcome, Refused};
use super::select::Target;
use super::words::{evidence, refusal_name, refusal_text, role_text, vouchers_text};
use crate::commands::progress;
use crate::console::{Console, plain};
use crate::failure::{Failure, REFUSED};
use crate::keys::PartyKey;
use crate::lang::Text;
use crate::node_client::{NodeClient, NodeError, Problem, Run, Runs};
use crate::party::instruction::Instruction;
use crate::party::receipts::{Operator, ReceiptFile, ReceiptView, StepView, entry_from_hex};
use crate::party::selection::Range;
use crate::party::step::{Afterwards, Wish, role};
use indicatif::ProgressBar;
use protocol::PublicKey;
use protocol::digest::bytes_to_hex;
use protocol::entry::{Entry, Signed};
use protocol::lifecycle::{Kind, Role};
use protocol::receipt::Receipt;
use protocol::signing::KeyPair;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

/// How often an overloaded node is asked again, and how long it may ask us to wait.
const PATIENCE: (u32, u64) = (5, 10);

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
    quiet: bool,
    receipts_path: PathBuf,
    receipts: Option<ReceiptFile>,
    sellers: HashMap<u64, Option<PublicKey>>,
    bar: ProgressBar,
}

/// A node's answer to an instruction.
#[derive(Deserialize)]
struct Answer {
    entry: String,
    receipt: ReceiptView,
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
        let sends = common.sign_only.is_none();
        // Opened before anything is sent: a receipt that cannot be kept must not be asked for.
        let receipts = if sends { Some(ReceiptFile::open(&common.receipts)?) } else { None };
        Ok(Self {
            node,
            operator,
            key,
            wish,
            outcome: Outcome::default(),
            signed: Vec::new(),
            sends,
            quiet: common.json,
            receipts_path: common.receipts.clone(),
            receipts,
            sellers: HashMap::new(),
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
        for target in targets {
            match target {
                Target::Numbers(range) => self.take_range(range, console)?,
                Target::Opened { run, pair } => {
                    self.take(run, Some(&pair), console)?;
                    self.bar.inc(1);
                }
            }
        }
        self.bar.finish_and_clear();
        self.receipts.as_ref().map_or(Ok(()), ReceiptFile::sync)
    }

    fn take_range(&mut self, range: Range, console: &mut Console) -> Result<(), Failure> {
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
                    let part = if alone { Run { first: run.first + piece, count: 1, ..run } } else { run };
                    self.take(part, None, console)?;
                    self.bar.inc(part.count);
                }
            }
            if reached == first {
                return Err(unissued(self.node, reached));
            }
            first = reached;
        }
        Ok(())
    }

    /// One run: done already, refused, or signed and sent. `voucher` signs too, where the code is at hand.
    fn take(&mut self, run: Run, voucher: Option<&KeyPair>, console: &mut Console) -> Result<(), Failure> {
        if self.wish.may_be_done(&run) {
            let latest = self.step_at(run.index)?;
            let entry = latest.entry().filter(|entry| entry.leaf() == run.leaf);
            if let Some(entry) = entry.filter(|entry| entry.kind() == Some(self.wish.kind))
                && self.wish.is_done_by(&entry, self.operator.ledger, self.key)?
            {
                self.keep_lost(&latest, &entry)?;
                self.outcome.already.push(covered(&run, run.index, run.at));
                return Ok(());
            }
        }
        let seller = self.seller(&run)?;
        match self.wish.instruction(&run, seller, self.operator.ledger, self.key)? {
            Ok(mut instruction) => {
                if let Some(voucher) = voucher {
                    instruction.sign(self.operator.ledger, Role::Voucher, voucher);
                }
                let role = role(&instruction.entry, &self.key.public(), false);
                instruction.sign(self.operator.ledger, role, self.key.pair());
                self.put(instruction, console)
            }
            Err(refusal) => {
                let winner = self.step_at(run.index)?;
                let text = refusal_text(refusal, self.wish.kind);
                self.refuse(&run_entry(&run), refusal_name(refusal), text, Some(&winner), console);
                Ok(())
            }
        }
    }

    /// Sends an instruction, or keeps it where nothing is to be sent.
    pub fn put(&mut self, instruction: Instruction, console: &mut Console) -> Result<(), Failure> {
        if !self.sends {
            self.outcome.signed += instruction.entry.count;
            self.signed.push(instruction);
            return Ok(());
        }
        match self.post(&instruction) {
            Ok((status, answer)) => self.accept(&instruction, status, &answer),
            Err(NodeError::Problem { problem, .. }) if is_of_the_step(&problem) => {
                self.refused_by_node(&instruction, &problem, console);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn post(&self, instruction: &Instruction) -> Result<(u16, Answer), NodeError> {
        let body = json!({
            "ledger": self.operator.ledger,
            "entry": bytes_to_hex(&instruction.entry.encode()),
            "memo": instruction.memo,
            "signatures": instruction.signatures,
        });
        let body = body.to_string().into_bytes();
        let mut tries = 0;
        loop {
            let answer = self.node.post("v1/steps", "application/json", body.clone());
            let wait = match &answer {
                Err(error) => error.problem("overloaded").map(|problem| problem.retry_after_s.unwrap_or(1)),
                Ok(_) => None,
            };
            tries += 1;
            match wait {
                Some(wait_s) if tries < PATIENCE.0 => {
                    std::thread::sleep(Duration::from_secs(wait_s.min(PATIENCE.1)));
                }
                _ => return answer,
            }
        }
    }

    /// The receipt of a step that was taken before, where the answer with it never came: it is kept now.
    fn keep_lost(&mut self, latest: &StepView, entry: &Entry) -> Result<(), Failure> {
        let Some(file) = &mut self.receipts else { return Ok(()) };
        if file.holds(entry)? {
            return Ok(());
        }
        let receipt = Receipt::from(latest.receipt);
        let verified = self.operator.check(entry, entry, &receipt).is_ok();
        file.keep(&self.operator, entry, latest.memo.as_deref(), &latest.signatures, receipt, verified)
    }

    /// An answer is believed when its receipt is the operator's, for just this step. Either way it is kept.
    fn accept(&mut self, asked: &Instruction, status: u16, answer: &Answer) -> Result<(), Failure> {
        let unreadable =
            || Failure::refused("party-answer-unreadable").with("node", self.node.address().to_string());
        let stands = entry_from_hex(&answer.entry).ok_or_else(unreadable)?;
        let receipt = Receipt::from(answer.receipt);
        let verdict = self.operator.check(&asked.entry, &stands, &receipt);
        if let Some(file) = &mut self.receipts {
            let Instruction { memo, signatures, .. } = asked;
            file.keep(&self.operator, &stands, memo.as_deref(), signatures, receipt, verdict.is_ok())?;
        }
        verdict.map_err(|wrong| {
            Failure::refused("party-receipt-wrong")
                .with("problem", Text::new(wrong.id()))
                .with("file", self.receipts_path.display().to_string())
        })?;
        let run = Covered { first: stands.first, count: stands.count, index: receipt.index, at: stands.at };
        if status == 200 {
            self.outcome.already.push(run);
        } else {
            self.outcome.accepted.push(run);
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

    fn step_at(&self, index: u64) -> Result<StepView, Failure> {
        Ok(self.node.get(&format!("v1/entries/{index}"))?)
    }

    /// Who sold these vouchers, for a Return: the party before the latest Sell, unless a Return stands after it.
    fn seller(&mut self, run: &Run) -> Result<Option<PublicKey>, Failure> {
        if self.wish.afterwards != Afterwards::Seller {
            return Ok(None);
        }
        if let Some(known) = self.sellers.get(&run.index) {
            return Ok(*known);
        }
        let mut index = run.index;
        let seller = loop {
            let Some(entry) = self.step_at(index)?.entry() else { break None };
            // An entry that names one at or after itself is a false link: following it would never end.
            let prev = Some(entry.prev).filter(|prev| *prev < index);
            match (entry.kind(), prev) {
                (Some(Kind::Sell), Some(prev)) => {
                    break self.step_at(prev)?.entry().map(|before| before.party);
                }
                (Some(Kind::Issue | Kind::Return) | None, _) | (_, None) => break None,
                (_, Some(prev)) => index = prev,
            }
        };
        self.sellers.insert(run.index, seller);
        Ok(seller)
    }
}

/// Problems that this step has; the others are the node's or the connection's, and stop everything.
fn is_of_the_step(problem: &Problem) -> bool {
    problem.status < 500 && problem.status != 429 && problem.name != "wrong-ledger"
}

const fn covered(run: &Run, index: u64, at: u64) -> Covered {
    Covered { first: run.first, count: run.count, index, at }
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

//! The steps of docs/protocol.md section 10, one function each. Each goes over the whole list before the next begins.

use super::detail::{Detail, Reason};
use super::question::{DEFAULT_MAX_AGE_S, Question};
use crate::digest::{Digest, PublicKey};
use crate::dossier::{Dossier, HistoryItem, Memo, PendingItem, Step};
use crate::entry::{Entry, signers};
use crate::heads::{CHUNK_WORDS, Head, chunk_of, chunks_for};
use crate::json::{At, Json, parse};
use crate::keccak::Keccak;
use crate::lifecycle::{Demand, Kind, State, issue_demand};
use crate::manifest::{Manifest, manifest_digest};
use crate::merkle::{TreeHead, verify_inclusion};
use crate::voucher::{label, voucher_key};

/// Ten minutes: what clocks and anchoring may be late by before it counts.
pub const GRACE_MS: u64 = 600_000;

/// What a step found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not hold.
    Failed(Detail),
    /// Nothing was given to judge, or an earlier step failed.
    Skipped,
    /// It could not be checked.
    Unknown(Detail),
}

impl Outcome {
    fn failed<const N: usize>(reason: Reason, args: [&dyn std::fmt::Display; N]) -> Self {
        Self::Failed(Detail::with(reason, args))
    }
}

/// `Err` holds what a step found instead of passing.
type Judged = Result<(), Outcome>;

impl From<Judged> for Outcome {
    fn from(judged: Judged) -> Self {
        judged.err().unwrap_or(Self::Passed)
    }
}

/// A dossier of the right shape, and what it is judged with.
pub struct Case<'a> {
    pub question: &'a Question<'a>,
    pub dossier: &'a Dossier,
    pub manifest: &'a Manifest,
}

impl Case<'_> {
    fn log(&self) -> TreeHead<Digest> {
        let checkpoint = &self.dossier.checkpoint.checkpoint;
        TreeHead { size: checkpoint.size, root: checkpoint.log_root }
    }

    fn batch(&self, issue: &Entry) -> TreeHead<Digest> {
        let size = self.dossier.manifest.terms.tree_size().unwrap_or(0);
        TreeHead { size, root: issue.content }
    }

    fn issue(&self) -> Option<&HistoryItem> {
        self.dossier.history.first()
    }

    /// The voucher's key, if `entry` covers this voucher alone.
    fn voucher_of(&self, entry: &Entry) -> Option<&PublicKey> {
        (entry.count == 1).then_some(&self.dossier.voucher.key)
    }

    /// The fold of the anchored history; the entries of a legal one.
    pub fn history_state(&self) -> Option<State> {
        let (issue, later) = self.dossier.history.split_first()?;
        let state = State::issued(&issue.step.entry, issue.index).ok()?;
        later.iter().try_fold(state, |state, item| self.next(&state, &item.step.entry, item.index).ok())
    }

    /// The fold of history and pending: the state that a verdict speaks of.
    pub fn latest_state(&self) -> Option<State> {
        let pending = self.dossier.pending.iter();
        let state = self.history_state()?;
        Some(
            pending
                .fold(state, |state, item| self.next(&state, &item.step.entry, item.index).unwrap_or(state)),
        )
    }

    fn next(&self, state: &State, entry: &Entry, index: u64) -> Result<State, Outcome> {
        state
            .step(entry, index, &self.dossier.manifest.terms, self.voucher_of(entry))
            .map_err(|why| Outcome::Failed(Detail::illegal(index, why)))
    }

    /// Until when the trusted source vouches for this dossier: the block time of its very checkpoint.
    pub fn vouched_until(&self) -> Option<u64> {
        let ours = self.dossier.checkpoint.checkpoint.hash(self.dossier.ledger.id);
        let trusted = self.question.trusted?;
        if trusted.checkpoint.hash(trusted.ledger) == ours { trusted.block_time } else { None }
    }

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
        let Question { trusted, as_of, now, policy, .. } = *self.question;
        let Some(trusted) = trusted else {
            return Outcome::Unknown(Detail::plain(Reason::NoTrustedCheckpoint));
        };
        let ours = self.dossier.checkpoint.checkpoint;
        if trusted.checkpoint.number != ours.number {
            let numbers: [&dyn std::fmt::Display; 2] = [&trusted.checkpoint.number, &ours.number];
            return Outcome::Unknown(Detail::with(Reason::OtherNumber, numbers));
        }
        if trusted.checkpoint.hash(trusted.ledger) != ours.hash(self.dossier.ledger.id) {
            return Outcome::failed(Reason::OtherCheckpoint, [&ours.number]);
        }
        if as_of {
            return Outcome::Passed;
        }
        let since = |time: u64| now.saturating_sub(time);
        if let Some(age) = trusted.superseded_at.map(since).filter(|age| *age > GRACE_MS) {
            return Outcome::Unknown(Detail::with(Reason::Superseded, [&minutes(age)]));
        }
        let max_age = policy.map_or(DEFAULT_MAX_AGE_S, |policy| policy.max_age_s).saturating_mul(1000);
        if let Some(age) = trusted.block_time.map(since).filter(|age| *age > max_age) {
            return Outcome::Unknown(Detail::with(Reason::TooOld, [&minutes(age), &minutes(max_age)]));
        }
        Outcome::Passed
    }

    /// Manifest and terms are leaf 0 of the batch.
    pub fn manifest_included(&self) -> Outcome {
        let Some(issue) = self.issue() else { return Outcome::failed(Reason::NotBegunByIssue, []) };
        let part = &self.dossier.manifest;
        let leaf = part.terms.leaf(manifest_digest(&part.text));
        if verify_inclusion::<Keccak>(leaf, 0, self.batch(&issue.step.entry), &part.path).is_err() {
            return Outcome::failed(Reason::NotInBatch, []);
        }
        if part.terms.count() != issue.step.entry.count {
            return Outcome::failed(Reason::OtherCount, [&part.terms.count(), &issue.step.entry.count]);
        }
        match &self.manifest.unknown_critical {
            Some(name) => Outcome::Unknown(Detail::with(Reason::UnknownCritical, [name])),
            None => Outcome::Passed,
        }
    }

    /// The voucher's record is in the batch, at the leaf of its number.
    pub fn voucher_included(&self) -> Outcome {
        let Some(issue) = self.issue() else { return Outcome::failed(Reason::NotBegunByIssue, []) };
        let (entry, voucher) = (&issue.step.entry, &self.dossier.voucher);
        if !entry.covers(voucher.number) {
            return Outcome::failed(Reason::NumberNotIssued, [&voucher.number]);
        }
        let record = crate::voucher::Record { key: voucher.key, label: voucher.label };
        let leaf = voucher.number.saturating_sub(entry.first).saturating_add(1);
        match verify_inclusion::<Keccak>(record.leaf(), leaf, self.batch(entry), &voucher.path) {
            Ok(()) => Outcome::Passed,
            Err(_) => Outcome::failed(Reason::RecordNotInBatch, [&voucher.number]),
        }
    }

    /// Each entry is at its index of the log.
    pub fn history_included(&self) -> Outcome {
        let absent = self.dossier.history.iter().find(|item| {
            verify_inclusion::<Keccak>(item.step.entry.leaf(), item.index, self.log(), &item.path).is_err()
        });
        absent.map_or(Outcome::Passed, |item| Outcome::failed(Reason::EntryNotInLog, [&item.index]))
    }

    /// Each entry continues the one before it.
    pub fn history_linked(&self) -> Outcome {
        let number = self.dossier.voucher.number;
        let begins = self.issue().is_some_and(|issue| {
            let entry = &issue.step.entry;
            entry.kind() == Some(Kind::Issue) && entry.prev == Entry::NO_PREV
        });
        if !begins {
            return Outcome::failed(Reason::NotBegunByIssue, []);
        }
        let pairs = self.dossier.history.iter().zip(self.dossier.history.iter().skip(1));
        for (before, item) in pairs {
            let entry = &item.step.entry;
            let continues = entry.prev == before.index
                && before.index < item.index
                && entry.covers(number)
                && entry.is_inside(&before.step.entry);
            if !continues {
                return Outcome::failed(Reason::NotLinked, [&item.index, &before.index]);
            }
        }
        Outcome::Passed
    }

    /// Each step is one that the life cycle and the terms allow.
    pub fn history_legal(&self) -> Outcome {
        self.judge_legal().into()
    }

    fn judge_legal(&self) -> Judged {
        let Some((issue, later)) = self.dossier.history.split_first() else {
            return Err(Outcome::failed(Reason::NotBegunByIssue, []));
        };
        let mut state = issued_state(issue)?;
        self.check_block_time(issue)?;
        for item in later {
            state = self.next(&state, &item.step.entry, item.index)?;
            check_memo(&item.step, item.index)?;
            self.check_block_time(item)?;
        }
        Ok(())
    }

    fn check_block_time(&self, item: &HistoryItem) -> Judged {
        let block_time = self.question.trusted.and_then(|trusted| trusted.block_time);
        match block_time.map(|time| time.saturating_add(GRACE_MS)) {
            Some(latest) if item.step.entry.at > latest => {
                Err(Outcome::failed(Reason::FromTheFuture, [&item.index]))
            }
            _ => Ok(()),
        }
    }

    /// Each step carries the signatures that it demands.
    pub fn history_authorised(&self) -> Outcome {
        let Some((issue, later)) = self.dossier.history.split_first() else {
            return Outcome::failed(Reason::NotBegunByIssue, []);
        };
        let first =
            self.check_signed(&issue.step, issue.index, Digest::ZERO, &[issue_demand(&issue.step.entry)]);
        let mut state = match first.and_then(|()| issued_state(issue)) {
            Ok(state) => state,
            Err(outcome) => return outcome,
        };
        for item in later {
            match self.authorise(&state, &item.step, item.index) {
                Ok(next) => state = next,
                Err(outcome) => return outcome,
            }
        }
        Outcome::Passed
    }

    /// The signatures of the step after `state`, and the state after it.
    fn authorise(&self, state: &State, step: &Step, index: u64) -> Result<State, Outcome> {
        let terms = &self.dossier.manifest.terms;
        let demands = state.demands(&step.entry, terms, self.voucher_of(&step.entry));
        self.check_signed(step, index, state.entry.leaf(), &demands)?;
        self.next(state, &step.entry, index)
    }

    fn check_signed(&self, step: &Step, index: u64, prev_leaf: Digest, demands: &[Demand]) -> Judged {
        let instruction = step.entry.instruction(self.dossier.ledger.id, prev_leaf);
        let signed_by = signers(&step.signatures, &instruction);
        match demands.iter().find(|demand| !demand.is_met_by(&signed_by)) {
            Some(unmet) => Err(Outcome::failed(Reason::NotSigned, [&index, &unmet.role.name()])),
            None => Ok(()),
        }
    }

    /// The anchored head array says of the voucher what the history says.
    pub fn head_current(&self) -> Outcome {
        let checkpoint = &self.dossier.checkpoint.checkpoint;
        let head = &self.dossier.head;
        let number = self.dossier.voucher.number;
        let tree = TreeHead { size: chunks_for(checkpoint.vouchers), root: checkpoint.head_root };
        if verify_inclusion::<Keccak>(head.chunk.leaf(), chunk_of(number), tree, &head.path).is_err() {
            return Outcome::failed(Reason::ChunkNotInTree, []);
        }
        let begin = chunk_of(number).saturating_mul(CHUNK_WORDS);
        let padded = head
            .chunk
            .words()
            .zip(begin..)
            .all(|(word, place)| place < checkpoint.vouchers || word == Head::PADDING);
        if !padded {
            return Outcome::failed(Reason::PaddingNotZero, []);
        }
        let word = head.chunk.word_of(number);
        let latest = self.dossier.history.last();
        if latest.and_then(|item| Head::new(item.step.entry.status, item.index)) == Some(word) {
            Outcome::Passed
        } else {
            Outcome::failed(Reason::OtherHead, [&word.status(), &word.index()])
        }
    }

    /// Each pending entry continues the chain, and the operator promised to anchor it.
    pub fn pending_promised(&self) -> Outcome {
        let mut state = match self.history_state() {
            Some(state) => state,
            None if self.dossier.pending.is_empty() => return Outcome::Passed,
            None => return Outcome::failed(Reason::NotBegunByIssue, []),
        };
        let mut least = self.dossier.checkpoint.checkpoint.size;
        let mut broken = None;
        for item in &self.dossier.pending {
            match self.judge_pending(&state, item, least) {
                Ok(next) => state = next,
                Err(outcome) => return outcome,
            }
            least = item.index.saturating_add(1);
            let late = self.question.now.saturating_sub(item.receipt.anchor_by);
            if late > GRACE_MS && broken.is_none() {
                broken = Some(Detail::with(Reason::PromiseBroken, [&item.index, &minutes(late)]));
            }
        }
        broken.map_or(Outcome::Passed, Outcome::Unknown)
    }

    fn judge_pending(&self, state: &State, item: &PendingItem, least: u64) -> Result<State, Outcome> {
        let PendingItem { index, step, receipt } = item;
        if *index < least {
            return Err(Outcome::failed(Reason::PendingIndex, [index]));
        }
        if !(state.links(&step.entry) && step.entry.covers(self.dossier.voucher.number)) {
            return Err(Outcome::failed(Reason::NotLinked, [index, &state.index]));
        }
        check_memo(step, *index)?;
        let next = self.authorise(state, step, *index)?;
        if receipt.leaf != step.entry.leaf() {
            return Err(Outcome::failed(Reason::ReceiptLeaf, [index]));
        }
        let operator = &self.dossier.checkpoint.checkpoint.operator_key;
        if !receipt.is_signed_by(operator, self.dossier.ledger.id) {
            return Err(Outcome::failed(Reason::ReceiptSignature, [index]));
        }
        if step.entry.at > receipt.anchor_by {
            return Err(Outcome::failed(Reason::ReceiptPast, [index]));
        }
        Ok(next)
    }

    /// Serial, code and stamp derive this voucher's key and label.
    pub fn code_opens(&self) -> Outcome {
        let Some(opening) = self.question.opening else { return Outcome::Skipped };
        let part = &self.dossier.manifest;
        if opening.stamp.is_none() == part.terms.is_stamped() {
            return Outcome::failed(Reason::StampUnfit, []);
        }
        let form = self.manifest.code_form;
        let (serial, code) = (form.apply(&opening.serial), form.apply(&opening.code));
        let Some(issue) = self.issue() else { return Outcome::failed(Reason::NotBegunByIssue, []) };
        let key =
            voucher_key(&issue.step.entry.party, &opening.stamp, &serial, &code).map(|pair| pair.public());
        if key != Ok(self.dossier.voucher.key) {
            return Outcome::failed(Reason::OtherKey, []);
        }
        if label(&opening.stamp, &serial) != Ok(self.dossier.voucher.label) {
            return Outcome::failed(Reason::OtherLabel, []);
        }
        Outcome::Passed
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

    /// Whether a refused Sell stands as an incident: a holder of this very history signed it against the entry that
    /// was accepted.
    pub fn incident_stands(&self, incident: &Step) -> bool {
        let entry = &incident.entry;
        let history = self.dossier.history.iter().map(|item| (item.index, &item.step.entry));
        let pending = self.dossier.pending.iter().map(|item| (item.index, &item.step.entry));
        let chain: Vec<(u64, &Entry)> = history.chain(pending).collect();
        let Some((_, before)) = chain.iter().find(|(index, _)| *index == entry.prev) else { return false };
        let accepted = chain.iter().any(|(_, other)| other.without_clock() == entry.without_clock());
        let instruction = entry.instruction(self.dossier.ledger.id, before.leaf());
        entry.kind() == Some(Kind::Sell)
            && entry.covers(self.dossier.voucher.number)
            && !accepted
            && signers(&incident.signatures, &instruction).contains(&before.party)
    }
}

fn issued_state(issue: &HistoryItem) -> Result<State, Outcome> {
    State::issued(&issue.step.entry, issue.index)
        .map_err(|why| Outcome::Failed(Detail::illegal(issue.index, why)))
}

/// The memo is the one that was hashed, and what it says about its time is kept.
fn check_memo(step: &Step, index: u64) -> Judged {
    if !step.memo.fits(step.entry.content) {
        return Err(Outcome::failed(Reason::MemoDiffers, [&index]));
    }
    let Memo::Text(text) = &step.memo else { return Ok(()) };
    if not_after(text).is_some_and(|latest| step.entry.at > latest) {
        return Err(Outcome::failed(Reason::PastNotAfter, [&index]));
    }
    Ok(())
}

/// The `not_after` of a memo that is a JSON object with one. One that is no time is over at once: its signers wanted a
/// limit, and nobody can say that it is kept.
pub fn not_after(memo: &str) -> Option<u64> {
    let member = memo_member(memo, "not_after")?;
    Some(At::root(&member, "not_after").integer().unwrap_or(0))
}

/// The `order` of a memo that is a JSON object with one, as it is written; one that is no text means no order at all.
pub fn memo_order(memo: &str) -> Option<String> {
    let member = memo_member(memo, "order")?;
    Some(At::root(&member, "order").text().unwrap_or_default().to_owned())
}

fn memo_member(memo: &str, name: &str) -> Option<Json> {
    match parse(memo) {
        Ok(Json::Object(members)) => members.into_iter().find(|(key, _)| key == name).map(|(_, value)| value),
        _ => None,
    }
}

const fn minutes(millis: u64) -> u64 {
    millis / 60_000
}

//! Checking a store from the ground: every entry, signature, record and row is read again, every root computed again
//! from nothing but the entries and records.

use crate::ledger::LogNodes;
use crate::ledger::batch::BatchNodes;
use crate::ledger::heads::HeadTree;
use crate::ledger::reads::Reads as _;
use crate::ledger::rows::{
    Accepted, Batch, OutboxRow, Published, ReadError, Run, decode, key_number, number_key,
};
use crate::store::{Order, Snapshot, Span, Table};
use protocol::checkpoint::Checkpoint;
use protocol::entry::{Entry, memo_content, signers};
use protocol::heads::{Chunk, Head, chunk_of, chunks_for};
use protocol::lifecycle::{Kind, State, issue_demand};
use protocol::manifest::{Terms, manifest_digest};
use protocol::merkle::{Frontier, NodeId, Nodes as _, TreeHead, root_of, verify_consistency};
use protocol::voucher::Record;
use protocol::{Digest, Keccak, LedgerId, PublicKey};
use std::collections::{BTreeMap, BTreeSet};

/// What a check found.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Findings {
    /// Entries read.
    pub entries: u64,
    /// Vouchers read.
    pub vouchers: u64,
    /// Checkpoints held against the log.
    pub checkpoints: u64,
    /// Root of the whole log.
    pub log_root: Option<Digest>,
    /// Root of the heads after the whole log.
    pub head_root: Option<Digest>,
    /// What does not hold, in words, in the order of the log.
    pub faults: Vec<String>,
}

/// Faults beyond these are counted by nobody: the first ones say what happened.
const FAULTS: usize = 100;

/// Checks everything. `progress` is told after each entry how many are done of how many.
pub fn fsck(
    snapshot: &dyn Snapshot,
    ledger: LedgerId,
    mut progress: impl FnMut(u64, u64),
) -> Result<Findings, ReadError> {
    let total = match snapshot.last(Table::Entries, Span::all())? {
        Some(row) => key_number(Table::Entries, &row.key)?.saturating_add(1),
        None => 0,
    };
    let checkpoints = snapshot.rows(Table::Checkpoints, Span::all(), Order::Ascending);
    let checkpoints = checkpoints.map(|row| Published::decode(&row?.value)).collect::<Result<Vec<_>, _>>()?;
    let mut check = Check::new(snapshot, ledger, checkpoints);
    check.at_checkpoints()?;
    for row in snapshot.rows(Table::Entries, Span::all(), Order::Ascending) {
        let row = row?;
        check.entry(key_number(Table::Entries, &row.key)?, &row.value)?;
        progress(check.found.entries, total);
        check.at_checkpoints()?;
    }
    check.end()?;
    Ok(check.found)
}

struct Check<'a> {
    snapshot: &'a dyn Snapshot,
    ledger: LedgerId,
    checkpoints: Vec<Published>,
    next_checkpoint: usize,
    log: Frontier<Keccak>,
    chunks: Vec<Chunk>,
    leaves: Vec<Digest>,
    changed: BTreeSet<u64>,
    runs: BTreeMap<u64, Run>,
    at: u64,
    found: Findings,
}

impl<'a> Check<'a> {
    fn new(snapshot: &'a dyn Snapshot, ledger: LedgerId, checkpoints: Vec<Published>) -> Self {
        Self {
            snapshot,
            ledger,
            checkpoints,
            next_checkpoint: 0,
            log: Frontier::default(),
            chunks: Vec::new(),
            leaves: Vec::new(),
            changed: BTreeSet::new(),
            runs: BTreeMap::new(),
            at: 0,
            found: Findings::default(),
        }
    }

    fn fault(&mut self, what: String) {
        if self.found.faults.len() < FAULTS {
            self.found.faults.push(what);
        }
    }

    fn expect(&mut self, holds: bool, what: impl FnOnce() -> String) {
        if !holds {
            self.fault(what());
        }
    }

    fn entry(&mut self, index: u64, value: &[u8]) -> Result<(), ReadError> {
        let due = self.log.size();
        self.expect(index == due, || format!("entry {index} stands where entry {due} is due"));
        let accepted = Accepted::decode(index, value)?;
        let entry = accepted.state.entry;
        let before = self.at;
        self.expect(entry.at >= before, || format!("entry {index} is earlier than the one before it"));
        self.at = entry.at.max(before);
        let state = if entry.kind() == Some(Kind::Issue) {
            self.issue(index, &accepted)?
        } else {
            self.step(index, &accepted)?
        };
        self.expect(state == Some(accepted.state), || {
            format!("entry {index}: the stored state is not the one that follows from the log")
        });
        self.set_heads(index, &entry);
        self.set_runs(index, &entry);
        let mut due = Vec::new();
        self.log.append(entry.leaf(), |at, node| due.push((at, node)));
        for (at, node) in due {
            let stored = LogNodes(self.snapshot).node(at)?;
            self.expect(stored == node, || format!("log node {} on level {} is another", at.index, at.level));
        }
        self.found.entries += 1;
        Ok(())
    }

    /// An Issue: its signature, its batch, and every record of it.
    fn issue(&mut self, index: u64, accepted: &Accepted) -> Result<Option<State>, ReadError> {
        let entry = &accepted.state.entry;
        let signed_by = signers(&accepted.signatures, &entry.instruction(self.ledger, Digest::ZERO));
        let signed = issue_demand(entry).is_met_by(&signed_by);
        self.expect(signed, || format!("entry {index} lacks the issuer's signature"));
        let vouchers = self.found.vouchers;
        self.expect(entry.first == vouchers, || {
            format!("entry {index} issues from number {} where {vouchers} is due", entry.first)
        });
        match self.snapshot.batch_of(entry.first)? {
            Some((first, batch)) if first == entry.first => self.batch(index, entry, &batch)?,
            _ => self.fault(format!("the batch of entry {index} is missing")),
        }
        self.found.vouchers = entry.first.saturating_add(entry.count);
        Ok(State::issued(entry, index).ok())
    }

    fn batch(&mut self, index: u64, entry: &Entry, batch: &Batch) -> Result<(), ReadError> {
        let facts = batch.count == entry.count && batch.index == index;
        self.expect(facts, || format!("the batch of entry {index} does not fit it"));
        let Ok(terms) = Terms::decode(&batch.terms) else {
            self.fault(format!("the terms of the batch of entry {index} are no terms"));
            return Ok(());
        };
        let mut tree = Frontier::<Keccak>::default();
        tree.append(terms.leaf(manifest_digest(&batch.manifest)), |_, _| ());
        for number in entry.first..entry.first.saturating_add(entry.count) {
            let Some(record) = self.snapshot.record(number)? else {
                self.fault(format!("the record of voucher {number} is missing"));
                return Ok(());
            };
            self.record(number, &record)?;
            tree.append(record.leaf(), |_, _| ());
        }
        let root = tree.root();
        self.expect(root == entry.content, || {
            format!("the records of entry {index} lead to another batch root")
        });
        let nodes = BatchNodes::new(self.snapshot, entry.first, batch)?;
        let stored = root_of::<Keccak, _>(&nodes, entry.count.saturating_add(1))?;
        self.expect(stored == root, || format!("the stored nodes of the batch of entry {index} are others"));
        Ok(())
    }

    fn record(&mut self, number: u64, record: &Record) -> Result<(), ReadError> {
        let found = self.snapshot.number_of(&record.key)?;
        self.expect(found == Some(number), || match found {
            Some(other) => format!("voucher {number} stands in the ledger as number {other} too"),
            None => format!("voucher {number} is not found by its key"),
        });
        Ok(())
    }

    /// Any later step: linked, legal, signed, its memo the one that was hashed.
    fn step(&mut self, index: u64, accepted: &Accepted) -> Result<Option<State>, ReadError> {
        let entry = accepted.state.entry;
        let latest = self.runs.range(..=entry.first).next_back().map(|(_, run)| *run);
        let linked = entry.prev < index
            && latest.is_some_and(|run| {
                run.index == entry.prev && entry.first.saturating_add(entry.count) <= run.end
            });
        if !linked {
            self.fault(format!("entry {index} does not continue the latest entry of its vouchers"));
            return Ok(None);
        }
        let content = memo_content(accepted.memo.as_deref());
        self.expect(content == entry.content, || format!("the memo of entry {index} is another"));
        let before = self.snapshot.known_entry(entry.prev)?.state;
        let terms = self.snapshot.terms_of(entry.first)?;
        let voucher = self.voucher_of(&entry)?;
        let instruction = entry.instruction(self.ledger, before.entry.leaf());
        let signed_by = signers(&accepted.signatures, &instruction);
        let demands = before.demands(&entry, &terms, voucher.as_ref());
        if let Some(unmet) = demands.iter().find(|demand| !demand.is_met_by(&signed_by)) {
            self.fault(format!("entry {index} lacks the signature of the {}", unmet.role.name()));
        }
        match before.step(&entry, index, &terms, voucher.as_ref()) {
            Ok(state) => Ok(Some(state)),
            Err(illegal) => {
                self.fault(format!("entry {index}: {illegal}"));
                Ok(None)
            }
        }
    }

    fn voucher_of(&self, entry: &Entry) -> Result<Option<PublicKey>, ReadError> {
        match entry.count {
            1 => Ok(self.snapshot.record(entry.first)?.map(|record| record.key)),
            _ => Ok(None),
        }
    }

    fn set_heads(&mut self, index: u64, entry: &Entry) {
        let head = Head::new(entry.status, index).unwrap_or_default();
        let end = entry.first.saturating_add(entry.count);
        let place = |number: u64| usize::try_from(chunk_of(number)).unwrap_or(usize::MAX);
        let chunks = usize::try_from(chunks_for(end)).unwrap_or(usize::MAX);
        if chunks > self.chunks.len() {
            self.chunks.resize(chunks, Chunk::default());
            self.leaves.resize(chunks, Chunk::default().leaf());
        }
        self.changed.extend(chunk_of(entry.first)..chunks_for(end));
        for number in entry.first..end {
            if let Some(chunk) = self.chunks.get_mut(place(number)) {
                chunk.set(number, head);
            }
        }
        for changed in place(entry.first)..chunks {
            if let (Some(leaf), Some(chunk)) = (self.leaves.get_mut(changed), self.chunks.get(changed)) {
                *leaf = chunk.leaf();
            }
        }
    }

    fn set_runs(&mut self, index: u64, entry: &Entry) {
        let end = entry.first.saturating_add(entry.count);
        if let Some((first, run)) =
            self.runs.range(..=entry.first).next_back().map(|(first, run)| (*first, *run))
            && entry.first < run.end
        {
            if first < entry.first {
                self.runs.insert(first, Run { end: entry.first, ..run });
            }
            if end < run.end {
                self.runs.insert(end, run);
            }
        }
        self.runs.insert(entry.first, Run { end, index });
    }

    fn head_root(&self) -> Digest {
        let mut tree = Frontier::<Keccak>::default();
        self.leaves.iter().for_each(|leaf| tree.append(*leaf, |_, _| ()));
        tree.root()
    }

    /// Holds every checkpoint that was cut at the present size against the log.
    fn at_checkpoints(&mut self) -> Result<(), ReadError> {
        while let Some(published) = self.checkpoints.get(self.next_checkpoint).copied()
            && published.checkpoint.size == self.log.size()
        {
            self.checkpoint(&published)?;
            self.next_checkpoint += 1;
        }
        Ok(())
    }

    fn checkpoint(&mut self, published: &Published) -> Result<(), ReadError> {
        let checkpoint = published.checkpoint;
        let number = checkpoint.number;
        let (log_root, head_root) = (self.log.root(), self.head_root());
        self.expect(checkpoint.log_root == log_root, || format!("checkpoint {number} has another log root"));
        self.expect(checkpoint.head_root == head_root, || {
            format!("checkpoint {number} has another head root")
        });
        let vouchers = self.found.vouchers;
        self.expect(checkpoint.vouchers == vouchers, || format!("checkpoint {number} counts other vouchers"));
        let before =
            self.next_checkpoint.checked_sub(1).and_then(|before| self.checkpoints.get(before)).copied();
        let previous = before.as_ref().map_or(Digest::ZERO, |before| before.checkpoint.hash(self.ledger));
        self.expect(checkpoint.previous == previous, || {
            format!("checkpoint {number} does not name the one before it")
        });
        self.outbox(published, before.as_ref())?;
        self.changed_chunks(number)?;
        if number > 0 {
            let stored = HeadTree::at(self.snapshot, number).root(checkpoint.vouchers)?;
            self.expect(stored == head_root, || {
                format!("the stored head tree of checkpoint {number} is another")
            });
        }
        self.found.checkpoints += 1;
        Ok(())
    }

    /// A checkpoint that is not final can still be sent: its proof is there, and it is the one that the contract takes.
    fn outbox(&mut self, published: &Published, before: Option<&Published>) -> Result<(), ReadError> {
        let number = published.checkpoint.number;
        let value = self.snapshot.get(Table::Outbox, &number_key(number))?;
        let row = value.map(|value| decode::<OutboxRow>(Table::Outbox, number, &value)).transpose()?;
        let (Some(row), Some(before)) = (&row, before) else {
            // The opening is sent from the configuration.
            let settled = (published.is_final || number == 0) && row.is_none();
            self.expect(settled, || format!("checkpoint {number} is not final and can not be sent"));
            return Ok(());
        };
        let head = |checkpoint: &Checkpoint| TreeHead { size: checkpoint.size, root: checkpoint.log_root };
        let path: Vec<Digest> = row.consistency.iter().copied().map(Digest::new).collect();
        let extends =
            verify_consistency::<Keccak>(head(&before.checkpoint), head(&published.checkpoint), &path);
        self.expect(extends.is_ok(), || format!("the proof to send with checkpoint {number} is wrong"));
        Ok(())
    }

    /// The stored chunks and leaves that changed since the checkpoint before, by which vouchers are proven.
    fn changed_chunks(&mut self, number: u64) -> Result<(), ReadError> {
        let stored = HeadTree::at(self.snapshot, number);
        for chunk in std::mem::take(&mut self.changed) {
            let place = usize::try_from(chunk).unwrap_or(usize::MAX);
            let same = self.chunks.get(place) == Some(&stored.chunk(chunk)?)
                && self.leaves.get(place) == Some(&stored.node(NodeId::leaf(chunk))?);
            self.expect(same, || format!("chunk {chunk} of the heads at checkpoint {number} is another"));
        }
        Ok(())
    }

    /// What can be said only at the end: the stored nodes and runs are those of the whole log.
    fn end(&mut self) -> Result<(), ReadError> {
        let log_root = self.log.root();
        let stored = root_of::<Keccak, _>(&LogNodes(self.snapshot), self.log.size())?;
        self.expect(stored == log_root, || "the stored nodes of the log lead to another root".to_owned());
        let mut runs = BTreeMap::new();
        for row in self.snapshot.rows(Table::Runs, Span::all(), Order::Ascending) {
            let row = row?;
            let first = key_number(Table::Runs, &row.key)?;
            runs.insert(first, decode::<Run>(Table::Runs, first, &row.value)?);
        }
        let same = runs == self.runs;
        self.expect(same, || "the stored runs are not those of the log".to_owned());
        let opened = self.checkpoints.first().is_some_and(|first| first.checkpoint.number == 0);
        self.expect(opened, || "checkpoint 0, the opening of the ledger, is missing".to_owned());
        let total = u64::try_from(self.checkpoints.len()).unwrap_or(u64::MAX);
        let checked = self.found.checkpoints;
        self.expect(checked == total, || {
            format!("{} checkpoints are of sizes that the log never had", total - checked)
        });
        self.found.log_root = Some(log_root);
        self.found.head_root = Some(self.head_root());
        Ok(())
    }
}

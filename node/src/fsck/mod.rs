//! Checking a store from the ground: every entry, signature, record and row is read again, every root computed again
//! from nothing but the entries and records.
//!
//! `entry` and `batch` look at what stands by itself, on all cores; here the log is put together, in its order.

mod batch;
mod entry;
mod heads;
mod others;
#[cfg(test)]
mod tests;
mod tiles;

use crate::ledger::LogTree;
use crate::ledger::heads::HeadTree;
use crate::ledger::reads::Reads as _;
use crate::ledger::rows::{OutboxRow, Published, ReadError, Run, decode, key_number, number_key};
use crate::ledger::tiles::{TileId, Tiled};
use crate::store::{Order, Row, Snapshot, Span, StoreError, Table};
use entry::Looked;
use heads::Heads;
use protocol::checkpoint::Checkpoint;
use protocol::entry::Entry;
use protocol::heads::Head;
use protocol::lifecycle::Kind;
use protocol::merkle::{Frontier, NodeId, TreeHead, root_of, verify_consistency};
use protocol::{Digest, Keccak, LedgerId};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use tiles::differing;

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
/// Entries that are looked at together: enough for all cores, and about 2 MiB.
const SLICE: usize = 2048;

/// Checks everything. `progress` is told now and then how many entries are done of how many.
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
    let mut rows = snapshot.rows(Table::Entries, Span::all(), Order::Ascending);
    let mut look = || {
        let slice = rows.by_ref().take(SLICE).collect::<Result<Vec<Row>, StoreError>>()?;
        slice.par_iter().map(|row| entry::look(snapshot, ledger, row)).collect::<Result<Vec<_>, _>>()
    };
    let mut looked = look()?;
    while !looked.is_empty() {
        // While a slice is put in its order, on one core, the others look at the next.
        let (placed, next) = rayon::join(|| check.slice(looked), &mut look);
        placed?;
        looked = next?;
        progress(check.found.entries, total);
    }
    check.end()?;
    Ok(check.found)
}

/// A row that is missing or unreadable is what was looked for; a store that fails is not.
fn as_fault(error: ReadError) -> Result<String, ReadError> {
    match error {
        ReadError::Damaged { .. } => Ok(error.to_string()),
        ReadError::Store(_) => Err(error),
    }
}

struct Check<'a> {
    snapshot: &'a dyn Snapshot,
    ledger: LedgerId,
    checkpoints: Vec<Published>,
    next_checkpoint: usize,
    log: Frontier<Keccak>,
    /// Nodes of the log that are to be held against the stored ones.
    nodes: Vec<(NodeId, Digest)>,
    heads: Heads,
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
            nodes: Vec::new(),
            heads: Heads::default(),
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

    /// Puts the next entries where the log has them, with the checkpoints that were cut between them.
    fn slice(&mut self, slice: Vec<Looked>) -> Result<(), ReadError> {
        for looked in slice {
            self.entry(looked);
            self.at_checkpoints()?;
        }
        self.log_nodes()
    }

    /// Puts the next entry where the log has it.
    fn entry(&mut self, looked: Looked) {
        let Looked { index, entry, follows, faults } = looked;
        let due = self.log.size();
        self.expect(index == due, || format!("entry {index} stands where entry {due} is due"));
        let before = self.at;
        self.expect(entry.at >= before, || format!("entry {index} is earlier than the one before it"));
        self.at = entry.at.max(before);
        if entry.kind() == Some(Kind::Issue) {
            let vouchers = self.found.vouchers;
            self.expect(entry.first == vouchers, || {
                format!("entry {index} issues from number {} where {vouchers} is due", entry.first)
            });
            // A damaged range is no reason to make room for its vouchers.
            if self.is_batch(&entry) {
                self.found.vouchers = entry.first.saturating_add(entry.count);
            }
        } else if !self.is_linked(index, &entry) {
            self.fault(format!("entry {index} does not continue the latest entry of its vouchers"));
        }
        for fault in faults {
            self.fault(fault);
        }
        self.expect(follows, || {
            format!("entry {index}: the stored state is not the one that follows from the log")
        });
        let end = entry.first.saturating_add(entry.count).min(self.found.vouchers);
        match Head::new(entry.status, index) {
            Some(head) => self.heads.set(entry.first.min(end), end, head),
            None => self.fault(format!("entry {index} has a status that no head holds")),
        }
        self.set_runs(index, &entry);
        let nodes = &mut self.nodes;
        self.log.append(entry.leaf(), |at, node| nodes.push((at, node)));
        self.found.entries += 1;
    }

    /// Whether the range of an Issue is that of a stored batch. Of a batch that can not be read, look has said so.
    fn is_batch(&self, entry: &Entry) -> bool {
        let stored = self.snapshot.batch_of(entry.first).ok().flatten();
        stored.is_some_and(|(first, batch)| first == entry.first && batch.count == entry.count)
    }

    fn is_linked(&self, index: u64, entry: &Entry) -> bool {
        let latest = self.runs.range(..=entry.first).next_back().map(|(_, run)| run);
        entry.prev < index
            && latest.is_some_and(|run| {
                run.index == entry.prev && entry.first.saturating_add(entry.count) <= run.end
            })
    }

    /// Holds the nodes of the log since the last time against the stored ones.
    fn log_nodes(&mut self) -> Result<(), ReadError> {
        let nodes = std::mem::take(&mut self.nodes);
        for at in differing(&LogTree(self.snapshot), nodes)? {
            self.fault(format!("tile {at} of the log is another"));
        }
        Ok(())
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
        let (log_root, head_root) = (self.log.root(), self.head_nodes(number)?);
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
        if number > 0 {
            match HeadTree::at(self.snapshot, number).root(checkpoint.vouchers) {
                Ok(stored) => self.expect(stored == head_root, || {
                    format!("the stored head tree of checkpoint {number} is another")
                }),
                Err(error) => self.fault(as_fault(error)?),
            }
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

    /// The root of the heads; the stored chunks and nodes that changed since the checkpoint before, by which vouchers are
    /// proven, are held against it.
    fn head_nodes(&mut self, number: u64) -> Result<Digest, ReadError> {
        let changes = self.heads.hashed();
        let stored = HeadTree::at(self.snapshot, number);
        let heads = &self.heads;
        let other_chunk = |chunk: &u64| match stored.chunk(*chunk) {
            Ok(stored) => (heads.chunk(*chunk) != Some(&stored))
                .then(|| Ok(format!("chunk {chunk} of the heads at checkpoint {number} is another"))),
            Err(error) => Some(as_fault(error)),
        };
        let chunks: Vec<u64> = changes.chunks.into_iter().collect();
        let chunks: Vec<_> = chunks.par_iter().filter_map(other_chunk).collect::<Result<_, _>>()?;
        // A tile is written whole, with those of its nodes that are as before.
        let tiles: BTreeSet<TileId> = changes.nodes.iter().map(|at| TileId::of(*at)).collect();
        let nodes = tiles.into_iter().flat_map(TileId::nodes).filter_map(|at| Some((at, heads.at(at)?)));
        let tiles = differing(&stored, nodes)?.into_iter();
        let tiles = tiles.map(|at| format!("tile {at} of the heads at checkpoint {number} is another"));
        let tiles: Vec<_> = tiles.collect();
        chunks.into_iter().chain(tiles).for_each(|fault| self.fault(fault));
        Ok(changes.root)
    }

    /// What can be said only at the end: the stored nodes and runs are those of the whole log.
    fn end(&mut self) -> Result<(), ReadError> {
        let log_root = self.log.root();
        match root_of::<Keccak, _>(&Tiled(LogTree(self.snapshot)), self.log.size()) {
            Ok(stored) => self
                .expect(stored == log_root, || "the stored tiles of the log lead to another root".to_owned()),
            Err(error) => self.fault(as_fault(error)?),
        }
        self.stored_runs()?;
        let others =
            others::faults(self.snapshot, self.ledger, self.found.entries, &self.checkpoints, &self.heads)?;
        for fault in others {
            self.fault(fault);
        }
        let opened = self.checkpoints.first().is_some_and(|first| first.checkpoint.number == 0);
        self.expect(opened, || "checkpoint 0, the opening of the ledger, is missing".to_owned());
        let total = u64::try_from(self.checkpoints.len()).unwrap_or(u64::MAX);
        let checked = self.found.checkpoints;
        self.expect(checked == total, || {
            format!("{} checkpoints are of sizes that the log never had", total - checked)
        });
        self.found.log_root = Some(log_root);
        self.found.head_root = Some(self.heads.hashed().root);
        Ok(())
    }

    /// The stored runs are those that follow from the log, and no others.
    fn stored_runs(&mut self) -> Result<(), ReadError> {
        let mut due = self.runs.iter();
        let mut same = true;
        for row in self.snapshot.rows(Table::Runs, Span::all(), Order::Ascending) {
            let row = row?;
            let first = key_number(Table::Runs, &row.key)?;
            let run = decode::<Run>(Table::Runs, first, &row.value)?;
            same &= due.next() == Some((&first, &run));
        }
        same &= due.next().is_none();
        self.expect(same, || "the stored runs are not those of the log".to_owned());
        Ok(())
    }
}

//! The public data as a finder of proofs asks for it: entries, chunks and records with their paths under one checkpoint.

use super::evidence::unless_unreachable;
use crate::failure::Failure;
use crate::public_data::{DataError, PublicData, TreeName, TreeNodes};
use protocol::checkpoint::Checkpoint;
use protocol::dossier::Step;
use protocol::entry;
use protocol::fraud::LedgerView;
use protocol::heads::{Chunk, chunks_for};
use protocol::manifest::manifest_digest;
use protocol::merkle::{
    Frontier, NodeId, Nodes, Tree, TreeHash as _, TreeHead, inclusion_path, verify_inclusion,
};
use protocol::public_data::{DataPath, Part, record_files};
use protocol::voucher::Record;
use protocol::{Digest, Keccak};
use std::cell::RefCell;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// Bundles kept at hand.
const BUNDLES: usize = 64;

/// The records of a batch, and the tree over them.
type BatchAtHand = (Vec<Record>, Tree<Keccak>);

/// What one anchored checkpoint stands for, as the data shows it.
pub struct View<'a> {
    data: &'a (dyn PublicData + 'a),
    checkpoint: Checkpoint,
    /// Entries that the data reaches: at least the checkpoint's.
    reaches: u64,
    log: TreeNodes<'a, dyn PublicData + 'a>,
    heads: TreeNodes<'a, dyn PublicData + 'a>,
    bundles: RefCell<HashMap<u64, Vec<Step>>>,
    batches: RefCell<HashMap<u64, BatchAtHand>>,
}

impl<'a> View<'a> {
    /// The data under a checkpoint; it reaches as far as `newest`.
    pub fn new(data: &'a (dyn PublicData + 'a), checkpoint: Checkpoint, newest: &Checkpoint) -> Self {
        let reaches = newest.size.max(checkpoint.size);
        let heads = TreeName::Heads(checkpoint.number);
        Self {
            data,
            checkpoint,
            reaches,
            // Subtrees that a smaller log has, a larger one has, too, in tiles that are wider or as wide.
            log: TreeNodes::new(data, TreeName::Log, reaches),
            heads: TreeNodes::new(data, heads, chunks_for(checkpoint.vouchers)),
            bundles: RefCell::default(),
            batches: RefCell::default(),
        }
    }

    /// An entry with its memo and signatures.
    pub fn step(&self, index: u64) -> Result<Step, DataError> {
        let outside = || DataError::damaged(DataPath::Ledger, self.data.whence(), "no such entry");
        let part = Part::holding(index, self.reaches).ok_or_else(outside)?;
        let place = usize::try_from(index - part.first()).unwrap_or(usize::MAX);
        let mut bundles = self.bundles.borrow_mut();
        if !bundles.contains_key(&part.index()) {
            if bundles.len() >= BUNDLES {
                bundles.clear();
            }
            bundles.insert(part.index(), self.data.entries(part)?);
        }
        bundles.get(&part.index()).and_then(|bundle| bundle.get(place)).cloned().ok_or_else(outside)
    }

    /// The nodes of the anchored head tree, by the word of the data.
    pub const fn heads(&self) -> &TreeNodes<'a, dyn PublicData + 'a> {
        &self.heads
    }

    /// The first entry from `from` on that is not the one that was anchored, as far as the tiles of the log can tell; `from`
    /// itself where they can not.
    pub fn first_other_entry(&self, from: u64) -> u64 {
        let other = (from..self.checkpoint.size).find(|index| {
            let leaf = self.log.node(NodeId::leaf(*index));
            let same = self.entry(*index).ok().map(|entry| entry.leaf()) == leaf.as_ref().ok().copied();
            !same && leaf.is_ok_and(|leaf| self.is_anchored(*index, leaf))
        });
        other.unwrap_or(from)
    }

    /// Whether the entry that the data has at this index is the one that was anchored there.
    pub fn shows_anchored(&self, index: u64) -> Result<bool, Failure> {
        let entry = unless_unreachable(self.entry(index))?;
        let path = unless_unreachable(self.entry_path(index))?;
        let log = TreeHead { size: self.checkpoint.size, root: self.checkpoint.log_root };
        let shown = entry.zip(path);
        Ok(shown
            .is_some_and(|(entry, path)| verify_inclusion::<Keccak>(entry.leaf(), index, log, &path).is_ok()))
    }

    fn is_anchored(&self, index: u64, leaf: Digest) -> bool {
        let log = TreeHead { size: self.checkpoint.size, root: self.checkpoint.log_root };
        let path = inclusion_path::<Keccak, _>(&self.log, index, log.size);
        path.is_ok_and(|path| verify_inclusion::<Keccak>(leaf, index, log, &path).is_ok())
    }

    /// The path of an entry without any tile: from the entries themselves, of which all are read.
    fn path_by_entries(&self, index: u64) -> Result<Vec<Digest>, DataError> {
        let size = self.checkpoint.size;
        let wanted = Wanted::default();
        inclusion_path::<Keccak, _>(&wanted, index, size)?;
        let mut nodes = wanted.0.into_inner();
        let mut frontier = Frontier::<Keccak>::default();
        for part in Part::all(self.reaches) {
            let steps = self.data.entries(part)?;
            let due = usize::try_from(size.saturating_sub(part.first())).unwrap_or(usize::MAX);
            let leaves: Vec<Digest> = steps.iter().take(due).map(|step| step.entry.leaf()).collect();
            frontier.extend(&leaves, |at, hash| {
                if let Some(node) = nodes.get_mut(&at) {
                    *node = hash;
                }
            });
        }
        inclusion_path::<Keccak, _>(&Wanted(RefCell::new(nodes)), index, size)
    }

    /// Runs on the batch of an Issue entry; its records are read once.
    fn with_batch<T>(
        &self,
        issue: u64,
        ask: impl FnOnce(&[Record], &Tree<Keccak>) -> Option<T>,
    ) -> Result<T, DataError> {
        let mut batches = self.batches.borrow_mut();
        let (records, tree) = match batches.entry(issue) {
            Entry::Occupied(batch) => batch.into_mut(),
            Entry::Vacant(place) => place.insert(self.read_batch(issue)?),
        };
        let outside = || DataError::damaged(DataPath::Terms(issue), self.data.whence(), "no such record");
        ask(records, tree).ok_or_else(outside)
    }

    fn read_batch(&self, issue: u64) -> Result<BatchAtHand, DataError> {
        let entry = self.entry(issue)?;
        let terms = self.data.fetch(DataPath::Terms(issue))?;
        let digest = manifest_digest(&self.data.manifest(issue)?);
        let leaf_0 = Keccak::leaf(&[digest.as_bytes().as_slice(), &terms].concat());
        let mut records = Vec::new();
        for file in 0..record_files(entry.count) {
            records.extend(self.data.records(issue, entry.count, file)?);
        }
        let tree = std::iter::once(leaf_0).chain(records.iter().map(Record::leaf)).collect();
        Ok((records, tree))
    }
}

impl LedgerView for View<'_> {
    type Error = DataError;

    fn checkpoint(&self) -> Checkpoint {
        self.checkpoint
    }

    fn entry(&self, index: u64) -> Result<entry::Entry, DataError> {
        self.step(index).map(|step| step.entry)
    }

    fn entry_path(&self, index: u64) -> Result<Vec<Digest>, DataError> {
        let leaf = self.entry(index)?.leaf();
        if self.is_anchored(index, leaf) {
            return inclusion_path::<Keccak, _>(&self.log, index, self.checkpoint.size);
        }
        self.path_by_entries(index)
    }

    fn chunk(&self, chunk: u64) -> Result<Chunk, DataError> {
        let outside = || {
            let path = DataPath::Checkpoint(self.checkpoint.number);
            DataError::damaged(path, self.data.whence(), "no such chunk")
        };
        let part = Part::holding(chunk, chunks_for(self.checkpoint.vouchers)).ok_or_else(outside)?;
        let chunks = self.data.head_chunks(self.checkpoint.number, part)?;
        let place = usize::try_from(chunk - part.first()).unwrap_or(usize::MAX);
        chunks.get(place).copied().ok_or_else(outside)
    }

    fn chunk_path(&self, chunk: u64) -> Result<Vec<Digest>, DataError> {
        inclusion_path::<Keccak, _>(&self.heads, chunk, chunks_for(self.checkpoint.vouchers))
    }

    fn record(&self, issue: u64, leaf: u64) -> Result<Record, DataError> {
        let place = leaf.checked_sub(1).and_then(|place| usize::try_from(place).ok());
        self.with_batch(issue, |records, _| records.get(place?).copied())
    }

    fn record_path(&self, issue: u64, leaf: u64) -> Result<Vec<Digest>, DataError> {
        self.with_batch(issue, |_, tree| Some(tree.inclusion_path(leaf, tree.size())))
    }
}

/// The nodes that a path takes, to be filled in while the tree is built.
#[derive(Default)]
struct Wanted(RefCell<BTreeMap<NodeId, Digest>>);

impl Nodes<Digest> for Wanted {
    type Error = DataError;

    fn node(&self, at: NodeId) -> Result<Digest, DataError> {
        Ok(*self.0.borrow_mut().entry(at).or_insert(Digest::ZERO))
    }
}

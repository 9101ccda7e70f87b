//! What was shown of a batch, and the batches of a ledger.

use crate::digest::{Digest, PublicKey};
use crate::keccak::Keccak;
use crate::manifest::{Manifest, Terms};
use crate::merkle::{Frontier, TreeHash as _, unprovable_leaf};
use crate::verify::{Detail, Reason};
use crate::voucher::Record;
use std::collections::BTreeMap;

/// The tree of a batch, built while its records come; of the records only the keys are kept.
#[derive(Debug, Clone)]
pub struct BatchTree {
    tree: Frontier<Keccak>,
    keys: Vec<PublicKey>,
}

impl BatchTree {
    /// Begins with leaf 0: `manifest_digest || terms`.
    pub fn new(manifest: &[u8], terms: &[u8]) -> Self {
        let digest = crate::keccak::keccak(&[manifest]);
        Self::beginning_with(Keccak::leaf(&[digest.as_bytes().as_slice(), terms].concat()))
    }

    /// Begins with this hash of leaf 0.
    pub fn beginning_with(leaf_0: Digest) -> Self {
        let mut tree = Frontier::default();
        tree.append(leaf_0, |_, _| {});
        Self { tree, keys: Vec::new() }
    }

    /// The next records, 64 bytes each; what is left over at the end is no record.
    pub fn extend(&mut self, records: &[u8]) {
        self.tree.extend(&Keccak::leaves(records, Record::WIDTH), |_, _| {});
        let keys = records.chunks_exact(Record::WIDTH).filter_map(Record::decode);
        self.keys.extend(keys.map(|record| record.key));
    }

    /// Records so far.
    pub fn records(&self) -> u64 {
        u64::try_from(self.keys.len()).unwrap_or(u64::MAX)
    }

    /// The root over leaf 0 and all records so far.
    pub fn root(&self) -> Digest {
        self.tree.root()
    }
}

/// A batch whose manifest, terms and records were shown, and lead to the root in its Issue entry; or one of which nothing
/// was shown.
#[derive(Debug, Clone)]
pub struct Batch {
    pub(super) keys: Vec<PublicKey>,
    /// Vouchers of which no record was shown.
    pub(super) hidden: u64,
    /// `None` where the bytes are no terms: then no step on its vouchers can be judged.
    pub(super) terms: Option<Terms>,
    /// What is wrong with its manifest and terms, as reason and words.
    faults: Vec<(Reason, String)>,
}

impl Batch {
    /// What was shown: manifest, terms and the tree over them and all records. `None` if that does not lead to `root`, the
    /// content of the Issue entry: then it is another batch, or not all of this one.
    pub fn new(manifest: &[u8], terms: &[u8], tree: BatchTree, root: Digest) -> Option<Self> {
        let text = std::str::from_utf8(manifest).map_err(|error| error.to_string());
        let fault = text.and_then(|text| Manifest::check_for_issue(text).map_err(|error| error.to_string()));
        let mut faults: Vec<_> = fault.err().into_iter().map(|fault| (Reason::BadManifest, fault)).collect();
        let terms = Terms::decode(terms).map_err(|fault| faults.push((Reason::BadTerms, fault.to_string())));
        Self::of_parts(terms.ok(), tree, root).map(|batch| Self { faults, ..batch })
    }

    /// The same of terms that were read already.
    pub fn of_parts(terms: Option<Terms>, tree: BatchTree, root: Digest) -> Option<Self> {
        let shown = tree.root() == root;
        shown.then_some(Self { keys: tree.keys, hidden: 0, terms, faults: Vec::new() })
    }

    /// A batch of so many vouchers of which nothing was shown: what its vouchers' histories contradict by their shape can be
    /// said without it. Whoever audits says himself that it is missing, and keeps no replay that took one.
    pub const fn hidden(count: u64) -> Self {
        Self { keys: Vec::new(), hidden: count, terms: None, faults: Vec::new() }
    }

    /// A leaf that nobody can show of a batch of `count`, because this one has another number of records.
    pub fn unprovable_leaf(&self, count: u64) -> Option<u64> {
        unprovable_leaf(count.saturating_add(1), self.records().saturating_add(1))
    }

    fn records(&self) -> u64 {
        u64::try_from(self.keys.len()).unwrap_or(u64::MAX).saturating_add(self.hidden)
    }

    /// What is wrong with it, given its Issue entry's index and count.
    pub(super) fn faults(&self, index: u64, count: u64) -> Vec<Detail> {
        let faults = self.faults.iter();
        let mut details: Vec<Detail> =
            faults.map(|(reason, words)| Detail::with(*reason, [&index, words])).collect();
        let records = self.records();
        if records != count {
            details.push(Detail::with(Reason::RecordCount, [&index, &records, &count]));
        }
        if let Some(terms) = self.terms.as_ref().filter(|terms| terms.count() != count) {
            details.push(Detail::with(Reason::OtherCount, [&terms.count(), &count]));
        }
        details
    }
}

/// A batch whose vouchers have numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IssuedBatch {
    pub first: u64,
    pub count: u64,
    /// Index of its Issue entry.
    pub index: u64,
    pub issuer: PublicKey,
    pub terms: Option<Terms>,
}

/// All batches, by their numbers from 0 upwards.
#[derive(Debug, Clone, Default)]
pub(super) struct Batches(Vec<IssuedBatch>);

/// Numbers that an Issue entry gave out and that no batch in order has: first, last, and the index of the entry. No two
/// overlap: the later of two that would is accused, not kept.
#[derive(Debug, Clone, Default)]
pub(super) struct Astray(BTreeMap<u64, (u64, u64)>);

impl Astray {
    pub fn new(ranges: impl IntoIterator<Item = (u64, u64, u64)>) -> Self {
        Self(ranges.into_iter().map(|(first, last, index)| (first, (last, index))).collect())
    }

    pub fn all(&self) -> Vec<(u64, u64, u64)> {
        self.0.iter().map(|(first, (last, index))| (*first, *last, *index)).collect()
    }

    /// Keeps the numbers of an entry, or gives the index of another entry that gave out one of them.
    pub fn take(&mut self, first: u64, last: u64, index: u64) -> Option<u64> {
        // Of ranges that do not overlap, only the last one that begins at or before the end can reach into this one.
        let before = self.0.range(..=last).next_back();
        let other = before.filter(|(_, (until, _))| *until >= first).map(|(_, (_, other))| *other);
        if other.is_none() && first <= last {
            self.0.insert(first, (last, index));
        }
        other
    }
}

impl Batches {
    pub fn new(batches: Vec<IssuedBatch>) -> Self {
        Self(batches)
    }

    pub fn all(&self) -> &[IssuedBatch] {
        &self.0
    }

    pub fn push(&mut self, batch: IssuedBatch) {
        self.0.push(batch);
    }

    /// The batch of a voucher.
    pub fn of(&self, number: u64) -> Option<&IssuedBatch> {
        let after = self.0.partition_point(|batch| batch.first <= number);
        let batch = after.checked_sub(1).and_then(|place| self.0.get(place))?;
        (number.saturating_sub(batch.first) < batch.count).then_some(batch)
    }
}

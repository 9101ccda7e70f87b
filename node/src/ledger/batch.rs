//! Taking in a batch: every record is read and hashed before its Issue entry is decided, and none of it is visible
//! before that entry is committed (docs/protocol.md section 4).
//!
//! Memory: 32 bytes a record, to find a voucher that stands twice. The upload lies in a file until it is taken in.

use super::decide::Instruction;
use super::reads::Reads as _;
use super::refused::Refused;
use super::rows::{Batch, ReadError, batch_node_key, key_number, number_key};
use crate::all_cores::AllCores;
use crate::store::{Order, Snapshot, Span, Store, Table, WriteSet};
use protocol::entry::{Entry, Signed};
use protocol::manifest::{Manifest, Terms, manifest_digest};
use protocol::merkle::{Frontier, NodeId, Nodes, TreeHash as _, siblings_by_node};
use protocol::voucher::Record;
use protocol::{Digest, Keccak, PublicKey};
use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::ops::Range;

/// Nodes below this level are not stored: they follow from 16 neighbouring records, which are.
pub const STORED_FROM_LEVEL: u8 = 4;
/// Leaves below a stored node.
const BLOCK: u64 = 1 << STORED_FROM_LEVEL;

/// How a batch that comes in is hashed.
type Hash = AllCores<Keccak>;

/// What a batch says of itself, before its records.
#[derive(Debug, Clone)]
pub struct BatchHeader {
    /// The manifest's exact text.
    pub manifest: String,
    /// The terms.
    pub terms: Terms,
    /// The Issue entry, its clock still 0.
    pub entry: Entry,
    /// The issuer's signature on it.
    pub signatures: Vec<Signed>,
}

impl BatchHeader {
    /// Everything that can be said without the records: manifest, terms and entry fit each other, and the records are
    /// as many as the terms say.
    pub fn check(&self, records: u64) -> Result<(), Refused> {
        let manifest = Manifest::check_for_issue(&self.manifest);
        manifest.map_err(|error| Refused::Malformed(error.to_string()))?;
        let count = self.terms.count();
        if self.entry.count != count || records != count {
            let what = format!(
                "the terms are of {count} vouchers, the entry of {}, and {records} records came",
                self.entry.count
            );
            return Err(Refused::Malformed(what));
        }
        Ok(())
    }

    fn leaf(&self) -> Digest {
        self.terms.leaf(manifest_digest(&self.manifest))
    }
}

/// Reads all records, checks them, and stages their rows behind the vouchers so far. What is staged means nothing until
/// the returned instruction is accepted; if it never is, the next batch writes over it.
pub fn stage(
    store: &dyn Store,
    header: &BatchHeader,
    records: &mut File,
    signers: Vec<PublicKey>,
) -> Result<Instruction, Refused> {
    let snapshot = store.snapshot()?;
    check_records(&*snapshot, header, records)?;
    drop(snapshot);
    stage_rows(store, header, records)?;
    let batch = Batch {
        count: header.entry.count,
        index: 0,
        root: *header.entry.content.as_bytes(),
        manifest: header.manifest.clone(),
        terms: header.terms.encode(),
    };
    Ok(Instruction {
        entry: header.entry,
        memo: None,
        signatures: header.signatures.clone(),
        signers,
        batch: Some(batch),
    })
}

fn check_records(snapshot: &dyn Snapshot, header: &BatchHeader, records: &mut File) -> Result<(), Refused> {
    let mut tree = Frontier::<Hash>::default();
    tree.append(header.leaf(), |_, _| ());
    let mut keys = Vec::with_capacity(usize::try_from(header.entry.count).unwrap_or_default());
    for_each_part(records, |first, part| {
        tree.extend(&Hash::leaves(part, Record::WIDTH), |_, _| ());
        for (position, record) in (first..).zip(records_of(part)) {
            if snapshot.is_issued(&record.key)? {
                return Err(Refused::DuplicateVoucher { voucher: record.key, position, in_ledger: true });
            }
            keys.push(record.key);
        }
        Ok(())
    })?;
    if tree.root() != header.entry.content {
        let what = "the records, manifest and terms lead to another batch root than the entry's content";
        return Err(Refused::Malformed(what.to_owned()));
    }
    keys.sort_unstable();
    let twice = keys.array_windows().find(|[one, next]| one == next).map(|[one, _]| *one);
    drop(keys);
    match twice {
        Some(voucher) => Err(Refused::DuplicateVoucher {
            voucher,
            position: second_position(records, &voucher)?,
            in_ledger: false,
        }),
        None => Ok(()),
    }
}

fn second_position(records: &mut File, voucher: &PublicKey) -> Result<u64, Refused> {
    let mut positions = Vec::new();
    for_each_part(records, |first, part| {
        let theirs = (first..).zip(records_of(part)).filter(|(_, record)| record.key == *voucher);
        positions.extend(theirs.map(|(position, _)| position));
        Ok(())
    })?;
    Ok(positions.get(1).copied().unwrap_or_default())
}

fn stage_rows(store: &dyn Store, header: &BatchHeader, records: &mut File) -> Result<(), Refused> {
    let first_number = header.entry.first;
    let mut tree = Frontier::<Hash>::default();
    let mut writes = WriteSet::new();
    let extend = |tree: &mut Frontier<Hash>, writes: &mut WriteSet, leaves: &[Digest]| {
        tree.extend(leaves, |at, node: Digest| {
            if at.level >= STORED_FROM_LEVEL {
                writes.put(Table::BatchNodes, batch_node_key(first_number, at), node.as_bytes().to_vec());
            }
        });
    };
    extend(&mut tree, &mut writes, &[header.leaf()]);
    for_each_part(records, |first, part| {
        extend(&mut tree, &mut writes, &Hash::leaves(part, Record::WIDTH));
        for (position, record) in (first..).zip(records_of(part)) {
            let number = number_key(first_number.saturating_add(position));
            writes.put(Table::Records, number, record.encode());
            writes.put(Table::Vouchers, *record.key.as_bytes(), number);
        }
        if writes.bytes() >= WriteSet::BULK_BYTES {
            store.stage(std::mem::take(&mut writes))?;
        }
        Ok(())
    })?;
    Ok(store.stage(writes)?)
}

/// Records read at a time: 2 MiB, several shares for each core.
const PART: usize = 1 << 15;

/// Reads the records from the start of the file, part by part; each part comes with the position of its first record.
fn for_each_part(
    records: &mut File,
    mut each: impl FnMut(u64, &[u8]) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let unreadable =
        |error: std::io::Error| Refused::Malformed(format!("the upload can not be read: {error}"));
    records.rewind().map_err(unreadable)?;
    let mut bytes = Vec::with_capacity(PART * Record::WIDTH);
    for first in (0..).step_by(PART) {
        bytes.clear();
        let mut part = (&mut *records).take((PART * Record::WIDTH) as u64);
        part.read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.is_empty() {
            break;
        }
        each(first, &bytes)?;
    }
    Ok(())
}

fn records_of(part: &[u8]) -> impl Iterator<Item = Record> + '_ {
    part.chunks_exact(Record::WIDTH).filter_map(Record::decode)
}

/// The nodes of a stored batch tree: the upper ones as stored, the lower ones from the records.
pub struct BatchNodes<'a> {
    snapshot: &'a dyn Snapshot,
    first: u64,
    batch: &'a Batch,
}

impl<'a> BatchNodes<'a> {
    /// The tree of the batch that begins at voucher `first`.
    pub const fn new(snapshot: &'a dyn Snapshot, first: u64, batch: &'a Batch) -> Self {
        Self { snapshot, first, batch }
    }

    fn manifest_leaf(&self) -> Result<Digest, ReadError> {
        let terms = Terms::decode(&self.batch.terms);
        let terms = terms.map_err(|_| ReadError::damaged(Table::Batches, self.first))?;
        Ok(terms.leaf(manifest_digest(&self.batch.manifest)))
    }

    /// The leaves of the block with this number, read and hashed together.
    fn leaves(&self, block: u64) -> Result<Vec<Digest>, ReadError> {
        let begin = block * BLOCK;
        let end = (begin + BLOCK).min(self.batch.count.saturating_add(1));
        let number = |leaf: u64| self.first.saturating_add(leaf.saturating_sub(1));
        let span = Span::all().at_least(&number_key(number(begin.max(1)))).below(&number_key(number(end)));
        let mut records = Vec::new();
        for row in self.snapshot.rows(Table::Records, span, Order::Ascending) {
            let row = row?;
            if row.value.len() != Record::WIDTH {
                return Err(ReadError::damaged(Table::Records, key_number(Table::Records, &row.key)?));
            }
            records.extend(row.value);
        }
        let mut leaves = if begin == 0 { vec![self.manifest_leaf()?] } else { Vec::new() };
        leaves.append(&mut Keccak::leaves(&records, Record::WIDTH));
        // Damage takes rows away, and nothing puts any between two numbers.
        let whole = leaves.len() as u64 == end.saturating_sub(begin);
        if whole { Ok(leaves) } else { Err(ReadError::damaged(Table::Records, number(begin.max(1)))) }
    }

    fn leaf_at(&self, index: u64) -> Result<Digest, ReadError> {
        let Some(offset) = index.checked_sub(1) else { return self.manifest_leaf() };
        let number = self.first.saturating_add(offset);
        let record = self.snapshot.record(number)?;
        record.map(|record| record.leaf()).ok_or_else(|| ReadError::damaged(Table::Records, number))
    }
}

impl Nodes<Digest> for BatchNodes<'_> {
    type Error = ReadError;

    fn node(&self, at: NodeId) -> Result<Digest, ReadError> {
        if at.level == 0 {
            return self.leaf_at(at.index);
        }
        if at.level < STORED_FROM_LEVEL {
            let left = NodeId { level: at.level - 1, index: at.index << 1 };
            let right = NodeId { index: left.index | 1, ..left };
            return Ok(Keccak::node(&self.node(left)?, &self.node(right)?));
        }
        let value = self.snapshot.get(Table::BatchNodes, &batch_node_key(self.first, at))?;
        let node = value.and_then(|value| Digest::from_slice(&value).ok());
        node.ok_or_else(|| {
            ReadError::damaged(
                Table::BatchNodes,
                format!("{} on level {} of batch {}", at.index, at.level, self.first),
            )
        })
    }
    // A block is hashed as one, where one node after the other would read each record several times.
    fn siblings(
        &self,
        levels: Range<u8>,
        index: u64,
        size: u64,
        path: &mut Vec<Digest>,
    ) -> Result<u8, ReadError> {
        let mut row = if levels.contains(&0) { self.leaves(index / BLOCK)? } else { Vec::new() };
        let mut above = Vec::new();
        let made = STORED_FROM_LEVEL.clamp(levels.start, levels.end);
        for level in levels.start..made {
            let sibling = (index >> level) ^ 1;
            if sibling >= size >> level {
                return Ok(level);
            }
            let first = (index / BLOCK * BLOCK) >> level;
            let at = usize::try_from(sibling - first).unwrap_or(usize::MAX);
            path.push(*row.get(at).ok_or_else(|| ReadError::damaged(Table::Records, self.first))?);
            Keccak::nodes(&row, &mut above);
            std::mem::swap(&mut row, &mut above);
            above.clear();
        }
        siblings_by_node(self, made..levels.end, index, size, path)
    }
}

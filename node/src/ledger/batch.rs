//! Taking in a batch: every record is read and hashed before its Issue entry is decided, and none of it is visible
//! before that entry is committed (docs/protocol.md section 4).
//!
//! Memory: 40 bytes a record, for the names in their order. The upload lies in a file until it is taken in.

use super::decide::Instruction;
use super::reads::Reads as _;
use super::refused::Refused;
use super::rows::{Batch, Block, ReadError, batch_tile_key, number_key};
use super::tiles::{self, Growing, TileId, Tiles};
use crate::all_cores::AllCores;
use crate::store::{Row, Snapshot, Store, Table, WriteSet};
use protocol::entry::{Entry, Signed};
use protocol::manifest::{Manifest, Terms, manifest_digest};
use protocol::merkle::{Frontier, TreeHash as _};
use protocol::voucher::Record;
use protocol::{Digest, Keccak, PublicKey};
use rayon::prelude::{ParallelIterator as _, ParallelSlice as _, ParallelSliceMut as _};
use std::fs::File;
use std::io::{Read as _, Seek as _};

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
    let names = check_records(&*snapshot, header, records)?;
    drop(snapshot);
    stage_rows(store, header, records, &names)?;
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

/// The vouchers of a batch in the order of their names, each with its position. In this order whatever is looked up or
/// written next lies beside what was before it.
type Names = Vec<(PublicKey, u64)>;

fn check_records(
    snapshot: &dyn Snapshot,
    header: &BatchHeader,
    records: &mut File,
) -> Result<Names, Refused> {
    let mut tree = Frontier::<Hash>::default();
    tree.append(header.leaf(), |_, _| ());
    let mut names = Vec::with_capacity(usize::try_from(header.entry.count).unwrap_or_default());
    for_each_part(records, |first, part| {
        tree.extend(&Hash::leaves(part, Record::WIDTH), |_, _| ());
        names.extend(records_of(part).map(|record| record.key).zip(first..));
        Ok(())
    })?;
    if tree.root() != header.entry.content {
        let what = "the records, manifest and terms lead to another batch root than the entry's content";
        return Err(Refused::Malformed(what.to_owned()));
    }
    names.par_sort_unstable();
    let twice = names.array_windows().filter(|[(one, _), (next, _)]| one == next).map(|[_, second]| *second);
    refuse_duplicate(twice.min_by_key(|(_, position)| *position), false)?;
    let issued = names.par_chunks(1 << 12).map(|names| first_issued(snapshot, names));
    let issued = issued.collect::<Result<Vec<_>, ReadError>>()?.into_iter().flatten();
    refuse_duplicate(issued.min_by_key(|(_, position)| *position), true)?;
    Ok(names)
}

/// Of these names, the first of the batch that is issued already.
fn first_issued(
    snapshot: &dyn Snapshot,
    names: &[(PublicKey, u64)],
) -> Result<Option<(PublicKey, u64)>, ReadError> {
    let mut found: Option<(PublicKey, u64)> = None;
    for (voucher, position) in names {
        if found.is_none_or(|(_, first)| *position < first) && snapshot.is_issued(voucher)? {
            found = Some((*voucher, *position));
        }
    }
    Ok(found)
}

fn refuse_duplicate(found: Option<(PublicKey, u64)>, in_ledger: bool) -> Result<(), Refused> {
    let refused = |(voucher, position)| Refused::DuplicateVoucher { voucher, position, in_ledger };
    found.map_or(Ok(()), |found| Err(refused(found)))
}

fn stage_rows(
    store: &dyn Store,
    header: &BatchHeader,
    records: &mut File,
    names: &Names,
) -> Result<(), Refused> {
    let Entry { first: batch, count, .. } = header.entry;
    let mut writes = WriteSet::new();
    // The lowest tiles follow from the records, which are stored.
    let mut tree = Growing::<Hash>::from_level(tiles::HEIGHT);
    let put = |writes: &mut WriteSet, at, nodes: &[Digest]| {
        writes.put(Table::BatchTiles, batch_tile_key(batch, at), tiles::encode(nodes));
    };
    tree.append(&[header.leaf()], |at, nodes| put(&mut writes, at, nodes));
    for_each_part(records, |first, part| {
        tree.append(&Hash::leaves(part, Record::WIDTH), |at, nodes| put(&mut writes, at, nodes));
        let mut rest = part;
        let mut next = batch.saturating_add(first);
        while !rest.is_empty() {
            let block = Block::of(batch, next);
            let end = block.vouchers(count).end;
            let bytes = usize::try_from(end - next).unwrap_or_default() * Record::WIDTH;
            let (value, later) = rest.split_at(bytes.min(rest.len()));
            writes.put(Table::Records, block.key(), value);
            (rest, next) = (later, end);
        }
        if writes.bytes() >= WriteSet::BULK_BYTES {
            store.stage(std::mem::take(&mut writes))?;
        }
        Ok(())
    })?;
    tree.give_rest(|at, nodes| put(&mut writes, at, nodes));
    store.stage(writes)?;
    let mut rows = names.iter().map(|(voucher, position)| {
        let number = number_key(batch.saturating_add(*position));
        Row { key: voucher.as_bytes().to_vec(), value: number.to_vec() }
    });
    Ok(store.load(Table::Vouchers, &mut rows)?)
}

/// Leaves read at a time: 2 MiB of records, several shares for each core.
const PART: usize = 1 << 15;

/// Reads the records from the start of the file, part by part; each part comes with the position of its first record. The
/// first is one record shorter: before it stands the manifest's leaf, and no block lies in two parts.
fn for_each_part(
    records: &mut File,
    mut each: impl FnMut(u64, &[u8]) -> Result<(), Refused>,
) -> Result<(), Refused> {
    let unreadable =
        |error: std::io::Error| Refused::Malformed(format!("the upload can not be read: {error}"));
    records.rewind().map_err(unreadable)?;
    let mut bytes = Vec::with_capacity(PART * Record::WIDTH);
    let (mut first, mut count) = (0, PART - 1);
    loop {
        bytes.clear();
        let mut part = (&mut *records).take((count * Record::WIDTH) as u64);
        part.read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.is_empty() {
            return Ok(());
        }
        each(first, &bytes)?;
        (first, count) = (first.saturating_add(count as u64), PART);
    }
}

fn records_of(part: &[u8]) -> impl Iterator<Item = Record> + '_ {
    part.chunks_exact(Record::WIDTH).filter_map(Record::decode)
}

/// A stored batch tree: its lowest tiles from the records, the others as stored.
pub struct BatchTree<'a> {
    snapshot: &'a dyn Snapshot,
    first: u64,
    batch: &'a Batch,
}

impl<'a> BatchTree<'a> {
    /// The tree of the batch that begins at voucher `first`.
    pub const fn new(snapshot: &'a dyn Snapshot, first: u64, batch: &'a Batch) -> Self {
        Self { snapshot, first, batch }
    }

    /// The leaves of the block of this number, hashed together.
    fn leaves(&self, number: u64) -> Result<Vec<Digest>, ReadError> {
        let mut leaves = Vec::new();
        if number == 0 {
            let terms = self.batch.read_terms(self.first)?;
            leaves.push(terms.leaf(manifest_digest(&self.batch.manifest)));
        }
        let block = Block { batch: self.first, number };
        let vouchers = block.vouchers(self.batch.count);
        let records = self.snapshot.get(Table::Records, &block.key())?.unwrap_or_default();
        if records.len() as u64 != (vouchers.end - vouchers.start) * Record::WIDTH as u64 {
            return Err(ReadError::damaged(Table::Records, format!("from voucher {} on", vouchers.start)));
        }
        leaves.append(&mut Keccak::leaves(&records, Record::WIDTH));
        Ok(leaves)
    }
}

impl Tiles for BatchTree<'_> {
    fn tile(&self, at: TileId) -> Result<Vec<Digest>, ReadError> {
        if at.level == 0 {
            return self.leaves(at.index);
        }
        let value = self.snapshot.get(Table::BatchTiles, &batch_tile_key(self.first, at))?;
        value.and_then(|value| tiles::decode(&value)).ok_or_else(|| self.damaged(at))
    }

    fn damaged(&self, at: TileId) -> ReadError {
        ReadError::damaged(Table::BatchTiles, format!("{at} of batch {}", self.first))
    }
}

//! A batch from its records upwards: every record is found by its key, and the tree over them is the one that is stored
//! and signed.

use super::tiles::differing;
use crate::ledger::batch::BatchTree;
use crate::ledger::reads::Reads as _;
use crate::ledger::rows::{Batch, Block, ReadError, key_number, number_key};
use crate::store::{Snapshot, Table};
use protocol::entry::Entry;
use protocol::manifest::manifest_digest;
use protocol::merkle::{Frontier, TreeHash as _};
use protocol::voucher::Record;
use protocol::{Digest, Keccak};
use rayon::prelude::*;
use std::ops::Range;

/// Blocks of records that one core reads and hashes at a time.
const PIECE: u64 = 256;
/// Pieces whose hashes are in memory at a time: 128 KiB each.
const PIECES: usize = 64;

/// What does not hold of the batch of the Issue at `index`.
pub fn faults(
    snapshot: &dyn Snapshot,
    index: u64,
    entry: &Entry,
    batch: &Batch,
) -> Result<Vec<String>, ReadError> {
    let mut faults = Vec::new();
    if batch.count != entry.count || batch.index != index || batch.root != *entry.content.as_bytes() {
        faults.push(format!("the batch of entry {index} does not fit it"));
        return Ok(faults);
    }
    let Ok(terms) = batch.read_terms(entry.first) else {
        faults.push(format!("the terms of the batch of entry {index} are no terms"));
        return Ok(faults);
    };
    let mut tree = Frontier::<Keccak>::default();
    let mut nodes = Vec::new();
    tree.append(terms.leaf(manifest_digest(&batch.manifest)), |_, _| ());
    let stored = BatchTree::new(snapshot, entry.first, batch);
    let end = Block::of(entry.first, entry.first.saturating_add(entry.count)).number.saturating_add(1);
    let mut begins = (0..end).step_by(usize::try_from(PIECE).unwrap_or(1));
    loop {
        let part: Vec<u64> = begins.by_ref().take(PIECES).collect();
        if part.is_empty() {
            break;
        }
        let pieces = part.par_iter().map(|begin| {
            piece(snapshot, entry.first, entry.count, *begin..end.min(begin.saturating_add(PIECE)))
        });
        for piece in pieces.collect::<Result<Vec<_>, _>>()? {
            let is_whole = piece.faults.is_empty();
            faults.extend(piece.faults);
            if !is_whole {
                return Ok(faults);
            }
            // The lowest tiles are not stored: they follow from the records.
            tree.extend(&piece.leaves, |at, node| {
                if at.level > 0 {
                    nodes.push((at, node));
                }
            });
        }
        if !differing(&stored, std::mem::take(&mut nodes))?.is_empty() {
            faults.push(format!("the stored nodes of the batch of entry {index} are others"));
            return Ok(faults);
        }
    }
    if tree.root() != entry.content {
        faults.push(format!("the records of entry {index} lead to another batch root"));
    }
    let found = snapshot.get(Table::Requests, entry.content.as_bytes())?;
    if found.as_deref() != Some(&number_key(entry.first)) {
        faults.push(format!("the batch of entry {index} is not found by its root"));
    }
    Ok(faults)
}

struct Piece {
    leaves: Vec<Digest>,
    faults: Vec<String>,
}

/// The records of these blocks of the batch that begins at `batch`, each found by its key.
fn piece(snapshot: &dyn Snapshot, batch: u64, count: u64, blocks: Range<u64>) -> Result<Piece, ReadError> {
    let (mut bytes, mut faults) = (Vec::new(), Vec::new());
    for number in blocks {
        let block = Block { batch, number };
        let row = snapshot.get(Table::Records, &block.key())?.unwrap_or_default();
        for due in block.vouchers(count) {
            let Some(record) = block.record(&row, due) else {
                faults.push(format!("the record of voucher {due} is missing"));
                return Ok(Piece { leaves: Vec::new(), faults });
            };
            let found = snapshot.get(Table::Vouchers, record.key.as_bytes())?;
            match found.map(|value| key_number(Table::Vouchers, &value)).transpose()? {
                Some(number) if number == due => {}
                Some(other) if snapshot.issued(&record.key)?.is_some_and(|issued| issued.number == other) => {
                    faults.push(format!("voucher {due} stands in the ledger as number {other} too"));
                }
                _ => faults.push(format!("voucher {due} is not found by its key")),
            }
        }
        bytes.extend_from_slice(&row);
    }
    Ok(Piece { leaves: Keccak::leaves(&bytes, Record::WIDTH), faults })
}

//! A batch from its records upwards: every record is found by its key, and the tree over them is the one that is stored
//! and signed.

use crate::ledger::reads::Reads as _;
use crate::ledger::rows::{Batch, ReadError, batch_node_key, key_number, number_key};
use crate::store::{Order, Snapshot, Span, Table};
use protocol::entry::Entry;
use protocol::manifest::{Terms, manifest_digest};
use protocol::merkle::{Frontier, NodeId, TreeHash as _};
use protocol::voucher::Record;
use protocol::{Digest, Keccak};
use rayon::prelude::*;

/// Records that one core reads and hashes at a time.
const PIECE: u64 = 4096;
/// Pieces whose hashes are in memory at a time: 128 KiB each.
const PIECES: usize = 64;
/// Nodes below this level are not stored: they follow from 16 neighbouring records.
const STORED_FROM_LEVEL: u8 = 4;

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
    }
    let Ok(terms) = Terms::decode(&batch.terms) else {
        faults.push(format!("the terms of the batch of entry {index} are no terms"));
        return Ok(faults);
    };
    let mut tree = Frontier::<Keccak>::default();
    let mut nodes = Vec::new();
    tree.append(terms.leaf(manifest_digest(&batch.manifest)), |_, _| ());
    let end = entry.first.saturating_add(entry.count);
    let begins: Vec<u64> = (entry.first..end).step_by(usize::try_from(PIECE).unwrap_or(1)).collect();
    for part in begins.chunks(PIECES) {
        let pieces =
            part.par_iter().map(|first| piece(snapshot, *first, end.min(first.saturating_add(PIECE))));
        for piece in pieces.collect::<Result<Vec<_>, _>>()? {
            let is_whole = piece.faults.is_empty();
            faults.extend(piece.faults);
            if !is_whole {
                return Ok(faults);
            }
            tree.extend(&piece.leaves, |at, node| {
                if at.level >= STORED_FROM_LEVEL {
                    nodes.push((at, node));
                }
            });
        }
        if nodes_differ(snapshot, entry.first, &std::mem::take(&mut nodes))? {
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

/// The records of the vouchers `first..end`, each found by its key.
fn piece(snapshot: &dyn Snapshot, first: u64, end: u64) -> Result<Piece, ReadError> {
    let span = Span::all().at_least(&number_key(first)).below(&number_key(end));
    let (mut bytes, mut faults, mut due) = (Vec::new(), Vec::new(), first);
    for row in snapshot.rows(Table::Records, span, Order::Ascending) {
        let row = row?;
        if key_number(Table::Records, &row.key)? != due {
            break;
        }
        let record = Record::decode(&row.value).ok_or_else(|| ReadError::damaged(Table::Records, due))?;
        let found = snapshot.get(Table::Vouchers, record.key.as_bytes())?;
        match found.map(|value| key_number(Table::Vouchers, &value)).transpose()? {
            Some(number) if number == due => {}
            Some(other) if snapshot.issued(&record.key)?.is_some_and(|issued| issued.number == other) => {
                faults.push(format!("voucher {due} stands in the ledger as number {other} too"));
            }
            _ => faults.push(format!("voucher {due} is not found by its key")),
        }
        bytes.extend_from_slice(&row.value);
        due = due.saturating_add(1);
    }
    if due < end {
        faults.push(format!("the record of voucher {due} is missing"));
    }
    Ok(Piece { leaves: Keccak::leaves(&bytes, Record::WIDTH), faults })
}

fn nodes_differ(snapshot: &dyn Snapshot, first: u64, nodes: &[(NodeId, Digest)]) -> Result<bool, ReadError> {
    let differs = |(at, node): &(NodeId, Digest)| {
        let stored = snapshot.get(Table::BatchNodes, &batch_node_key(first, *at))?;
        Ok(stored.as_deref() != Some(node.as_bytes()))
    };
    let found = nodes.par_iter().map(differs).find_any(|differs| !matches!(differs, Ok(false)));
    found.unwrap_or(Ok(false))
}

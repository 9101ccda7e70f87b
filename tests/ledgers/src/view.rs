//! A ledger under a checkpoint, with every proof that can be made from it.

use super::{Ledger, at, batch_tree, party};
use protocol::checkpoint::Checkpoint;
use protocol::entry::Entry;
use protocol::fraud::{LedgerView, ProvenEntry, ProvenHead, ProvenRecord};
use protocol::heads::{Chunk, chunk_of, chunks_for};
use protocol::merkle::Tree;
use protocol::voucher::Record;
use protocol::{Digest, Keccak, keccak};
use std::collections::BTreeMap;
use std::convert::Infallible;

/// A ledger under its checkpoint. Whatever the checkpoint does not have is asked for in vain: the test panics.
pub struct View {
    /// What it is over.
    pub ledger: Ledger,
    checkpoint: Checkpoint,
    chunks: Vec<Chunk>,
    log: Tree<Keccak>,
    heads: Tree<Keccak>,
    batches: BTreeMap<u64, Tree<Keccak>>,
}

impl View {
    pub(super) fn new(ledger: Ledger) -> Self {
        let mut chunks = vec![Chunk::default(); at(chunks_for(ledger.vouchers()))];
        for (number, head) in (0..).zip(&ledger.heads) {
            chunks[at(chunk_of(number))].set(number, *head);
        }
        let log: Tree<Keccak> = ledger.entries.iter().map(Entry::leaf).collect();
        let heads: Tree<Keccak> = chunks.iter().map(Chunk::leaf).collect();
        let batches = ledger.batches.iter().map(|(index, records)| (*index, batch_tree(records))).collect();
        let checkpoint = Checkpoint {
            number: 7,
            size: ledger.size(),
            vouchers: ledger.vouchers(),
            log_root: log.root(),
            head_root: heads.root(),
            operator_key: party(99),
            previous: keccak(&[b"checkpoint 6"]),
        };
        Self { ledger, checkpoint, chunks, log, heads, batches }
    }

    /// The entry at an index, with its path.
    pub fn entry_proof(&self, index: u64) -> ProvenEntry {
        let path = self.log.inclusion_path(index, self.checkpoint.size);
        ProvenEntry { index, entry: self.ledger.entries[at(index)], path }
    }

    /// The word of a voucher, with its chunk's path.
    pub fn head_proof(&self, number: u64) -> ProvenHead {
        let place = chunk_of(number);
        let path = self.heads.inclusion_path(place, self.heads.size());
        ProvenHead { number, chunk: self.chunks[at(place)], path }
    }

    /// The path of a leaf of a batch; leaf 0 is manifest and terms, 45 zero bytes here.
    pub fn batch_path(&self, issue: u64, leaf: u64) -> Vec<Digest> {
        let batch = &self.batches[&issue];
        batch.inclusion_path(leaf, batch.size())
    }

    /// The record at a leaf of the batch of the Issue entry at `issue`, with its path.
    pub fn record_proof(&self, issue: u64, leaf: u64) -> ProvenRecord {
        let record = self.ledger.batches[&issue][at(leaf - 1)];
        let path = self.batch_path(issue, leaf);
        ProvenRecord { issue: self.entry_proof(issue), leaf, record, path }
    }
}

impl LedgerView for View {
    type Error = Infallible;

    fn checkpoint(&self) -> Checkpoint {
        self.checkpoint
    }
    fn entry(&self, index: u64) -> Result<Entry, Infallible> {
        Ok(self.ledger.entries[at(index)])
    }
    fn entry_path(&self, index: u64) -> Result<Vec<Digest>, Infallible> {
        Ok(self.entry_proof(index).path)
    }
    fn chunk(&self, chunk: u64) -> Result<Chunk, Infallible> {
        Ok(self.chunks[at(chunk)])
    }
    fn chunk_path(&self, chunk: u64) -> Result<Vec<Digest>, Infallible> {
        Ok(self.heads.inclusion_path(chunk, self.heads.size()))
    }
    fn record(&self, issue: u64, leaf: u64) -> Result<Record, Infallible> {
        Ok(self.ledger.batches[&issue][at(leaf - 1)])
    }
    fn record_path(&self, issue: u64, leaf: u64) -> Result<Vec<Digest>, Infallible> {
        Ok(self.record_proof(issue, leaf).path)
    }
}

//! The double's dossiers, made as if a checkpoint covered everything.

use crate::ledger::Ledger;
use protocol::checkpoint::Checkpoint;
use protocol::dossier::{
    Dossier, DossierCheckpoint, HeadPart, HistoryItem, Ledger as LedgerPart, ManifestPart, Memo, Step,
    VoucherPart,
};
use protocol::entry::Entry;
use protocol::heads::{Chunk, Head, chunk_of, chunks_for};
use protocol::manifest::manifest_digest;
use protocol::merkle::Tree;
use protocol::signing::KeyPair;
use protocol::{Digest, Keccak};

fn at(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

impl Ledger {
    /// The dossier of the voucher of this number, whatever else is said of it.
    pub fn dossier(&self, number: usize) -> Dossier {
        let number = number as u64;
        let batch = self.batches.iter().rfind(|batch| batch.first <= number).unwrap();
        let count = batch.terms.count();
        let records = &self.records[at(batch.first)..at(batch.first + count)];
        let leaves = std::iter::once(batch.terms.leaf(manifest_digest(&batch.manifest)));
        let tree: Tree<Keccak> = leaves.chain(records.iter().map(protocol::voucher::Record::leaf)).collect();
        let log: Tree<Keccak> = self.log.iter().map(|logged| logged.state.entry.leaf()).collect();
        let mut chunks = vec![Chunk::default(); at(chunks_for(self.heads.len() as u64))];
        for (number, index) in (0_u64..).zip(&self.heads) {
            let status = self.log[*index].state.entry.status;
            chunks[at(chunk_of(number))].set(number, Head::new(status, *index as u64).unwrap());
        }
        let heads: Tree<Keccak> = chunks.iter().map(Chunk::leaf).collect();
        let checkpoint = Checkpoint {
            number: 1,
            size: log.size(),
            vouchers: self.heads.len() as u64,
            log_root: log.root(),
            head_root: heads.root(),
            operator_key: KeyPair::from_seed(&[9; 32]).public(),
            previous: Digest::ZERO,
        };
        let record = self.records[at(number)];
        let leaf = number - batch.first + 1;
        Dossier::new(
            LedgerPart::opened_at(self.origin),
            DossierCheckpoint { checkpoint, anchored: None, proof: None },
            ManifestPart {
                text: batch.manifest.clone(),
                terms: batch.terms.clone(),
                path: tree.inclusion_path(0, count + 1),
            },
            VoucherPart {
                number,
                key: record.key,
                label: record.label,
                path: tree.inclusion_path(leaf, count + 1),
            },
            HeadPart {
                chunk: chunks[at(chunk_of(number))],
                path: heads.inclusion_path(chunk_of(number), heads.size()),
            },
            self.history(number, &log),
            Vec::new(),
            Vec::new(),
        )
    }

    fn history(&self, number: u64, log: &Tree<Keccak>) -> Vec<HistoryItem> {
        let mut indices = vec![self.heads[at(number)] as u64];
        while let Some(prev) = indices.last().map(|index| self.log[at(*index)].state.entry.prev)
            && prev != Entry::NO_PREV
        {
            indices.push(prev);
        }
        let item = |index: &u64| {
            let logged = &self.log[at(*index)];
            let memo = logged.memo.clone().map_or(Memo::None, Memo::Text);
            let step = Step { entry: logged.state.entry, memo, signatures: logged.signatures.clone() };
            HistoryItem { index: *index, step, path: log.inclusion_path(*index, log.size()) }
        };
        indices.iter().rev().map(item).collect()
    }
}

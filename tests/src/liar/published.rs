//! What the liar shows of his ledger: public data (docs/protocol.md section 16) as a folder that any web server could serve.
//!
//! The ledgers of `vouchsafe-ledgers` have no signatures, manifests and terms, so an auditor finds that, too.

use ledgers::Ledger;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::dossier::{self, Memo, Step};
use protocol::entry::Entry;
use protocol::heads::{Chunk, chunk_of, chunks_for};
use protocol::merkle::{NodeId, Nodes as _, Tree};
use protocol::public_data::{
    DataPath, Part, encode_bundle, encode_checkpoint, encode_chunks, encode_ledger, encode_records,
    encode_tile, tiles_of,
};
use protocol::{Digest, Keccak};
use std::path::Path;

/// Writes all that one checkpoint stands for, and the checkpoints up to it.
pub fn publish(folder: &Path, origin: LedgerOrigin, checkpoints: &[Checkpoint], ledger: &Ledger) {
    let put = |path: DataPath, bytes: Vec<u8>| {
        let file = folder.join(path.to_string());
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("made");
        std::fs::write(file, bytes).expect("written");
    };
    put(DataPath::Ledger, encode_ledger(&dossier::Ledger::opened_at(origin)));
    for checkpoint in checkpoints {
        put(DataPath::Checkpoint(checkpoint.number), encode_checkpoint(checkpoint));
    }
    let log: Tree<Keccak> = ledger.entries.iter().map(Entry::leaf).collect();
    for (level, part) in tiles_of(log.size()) {
        put(DataPath::LogTile { level, part }, encode_tile(&tile(&log, level, part)));
    }
    let steps: Vec<Step> = ledger
        .entries
        .iter()
        .map(|entry| Step { entry: *entry, memo: Memo::None, signatures: Vec::new() })
        .collect();
    for part in Part::all(log.size()) {
        put(DataPath::Entries(part), encode_bundle(&steps[items(part)]));
    }
    for (batch, records) in &ledger.batches {
        put(DataPath::Manifest(*batch), b"{}".to_vec());
        put(DataPath::Terms(*batch), vec![0; 13]);
        put(DataPath::Records { batch: *batch, file: 0 }, encode_records(records));
    }
    if let Some(newest) = checkpoints.last() {
        publish_heads(newest.number, ledger, &put);
    }
}

fn publish_heads(checkpoint: u64, ledger: &Ledger, put: &impl Fn(DataPath, Vec<u8>)) {
    let mut chunks = vec![Chunk::default(); ledgers::at(chunks_for(ledger.vouchers()))];
    for (number, head) in (0..).zip(&ledger.heads) {
        chunks[ledgers::at(chunk_of(number))].set(number, *head);
    }
    let tree: Tree<Keccak> = chunks.iter().map(Chunk::leaf).collect();
    for (level, part) in tiles_of(tree.size()) {
        put(DataPath::HeadTile { checkpoint, level, part }, encode_tile(&tile(&tree, level, part)));
    }
    for part in Part::all(tree.size()) {
        put(DataPath::HeadChunks { checkpoint, part }, encode_chunks(&chunks[items(part)]));
    }
}

fn items(part: Part) -> std::ops::Range<usize> {
    ledgers::at(part.items().start)..ledgers::at(part.items().end)
}

fn tile(tree: &Tree<Keccak>, level: u8, part: Part) -> Vec<Digest> {
    let node = |index| tree.node(NodeId { level: level * 8, index }).expect("a node");
    part.items().map(node).collect()
}

//! What anybody can fetch of it: public data (docs/protocol.md section 16) as a folder that any web server could serve.

use super::{Published, at, chunks};
use protocol::dossier::Ledger;
use protocol::heads::Chunk;
use protocol::merkle::{NodeId, Nodes as _, Tree};
use protocol::public_data::{
    DataPath, Part, RECORDS_PER_FILE, encode_bundle, encode_checkpoint, encode_chunks, encode_ledger,
    encode_records, encode_tile, tiles_of,
};
use protocol::{Digest, Keccak};
use std::ops::Range;
use std::path::Path;

impl Published {
    /// Writes the public data, with heads under every checkpoint.
    pub fn write(&self, folder: &Path) {
        let put = |path: DataPath, bytes: Vec<u8>| {
            let file = folder.join(path.to_string());
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, bytes).unwrap();
        };
        put(DataPath::Ledger, encode_ledger(&Ledger::opened_at(self.origin)));
        let log = self.log();
        for (level, part) in tiles_of(self.size()) {
            put(DataPath::LogTile { level, part }, encode_tile(&tile(&log, level, part)));
        }
        for part in Part::all(self.size()) {
            put(DataPath::Entries(part), encode_bundle(&self.steps[items(part)]));
        }
        for (batch, shown) in &self.batches {
            put(DataPath::Manifest(*batch), shown.manifest.clone().into_bytes());
            put(DataPath::Terms(*batch), shown.terms.clone());
            for (file, records) in (0..).zip(shown.records.chunks(at(RECORDS_PER_FILE))) {
                put(DataPath::Records { batch: *batch, file }, encode_records(records));
            }
        }
        for (checkpoint, heads) in &self.checkpoints {
            put(DataPath::Checkpoint(checkpoint.number), encode_checkpoint(checkpoint));
            write_heads(checkpoint.number, &chunks(heads), &put);
        }
    }
}

fn write_heads(checkpoint: u64, chunks: &[Chunk], put: &impl Fn(DataPath, Vec<u8>)) {
    let tree: Tree<Keccak> = chunks.iter().map(Chunk::leaf).collect();
    for (level, part) in tiles_of(tree.size()) {
        put(DataPath::HeadTile { checkpoint, level, part }, encode_tile(&tile(&tree, level, part)));
    }
    for part in Part::all(tree.size()) {
        put(DataPath::HeadChunks { checkpoint, part }, encode_chunks(&chunks[items(part)]));
    }
}

fn items(part: Part) -> Range<usize> {
    at(part.items().start)..at(part.items().end)
}

fn tile(tree: &Tree<Keccak>, level: u8, part: Part) -> Vec<Digest> {
    part.items().map(|index| tree.node(NodeId { level: level * 8, index }).unwrap()).collect()
}

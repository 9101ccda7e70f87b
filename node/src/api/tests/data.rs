//! The public data: everything under an anchored checkpoint, and nothing beyond it.

use super::Site;
use crate::fixture::key;
use axum::body::Body;
use axum::http::Request;
use protocol::checkpoint::Checkpoint;
use protocol::heads::chunks_for;
use protocol::lifecycle::Kind;
use protocol::manifest::manifest_digest;
use protocol::merkle::{Frontier, NoSuchNode, NodeId, Tree, root_of};
use protocol::public_data::{
    DataPath, Part, TileNodes, decode_bundle, decode_checkpoint, decode_chunks, decode_ledger,
    decode_manifest, decode_records, decode_terms, decode_tile, level_size, tiles_of,
};
use protocol::{Digest, Keccak};
use std::collections::HashMap;

impl Site {
    async fn file(&self, path: DataPath) -> Vec<u8> {
        let reply = self.get(&format!("/data/{path}")).await;
        assert_eq!(reply.status, 200, "{path}: {}", reply.text);
        assert_eq!(reply.headers["cache-control"], "public, max-age=31536000, immutable");
        reply.bytes.to_vec()
    }

    async fn has_no(&self, path: &str) {
        let reply = self.get(&format!("/data/{path}")).await;
        assert_eq!(reply.headers["cache-control"], "no-store", "{path}");
        reply.problem("not-found");
    }

    /// A tree's root, from its tiles alone.
    async fn tile_root(&self, size: u64, tile: impl Fn(u8, Part) -> DataPath) -> Digest {
        let mut tiles = HashMap::new();
        for (level, part) in tiles_of(size) {
            let bytes = self.file(tile(level, part)).await;
            tiles.insert((level, part.index()), decode_tile(&bytes, part).expect("a tile"));
        }
        let nodes = TileNodes(|level, index| {
            tiles.get(&(level, index)).cloned().ok_or(NoSuchNode(NodeId { level, index }))
        });
        root_of::<Keccak, _>(&nodes, size).expect("whole")
    }

    async fn checkpoint(&self, number: u64) -> Checkpoint {
        let bytes = self.file(DataPath::Checkpoint(number)).await;
        decode_checkpoint(&bytes, number).expect("a checkpoint")
    }
}

/// A ledger of 300 vouchers and 301 entries under checkpoint 2, and one entry that is not anchored.
async fn busy() -> Site {
    let site = Site::new().await;
    let cards = site.fixture.issued(300).await;
    site.fixture.anchor().await;
    for number in 0..300 {
        let step = site.fixture.step(Kind::Transfer, number, 1, key(2).public(), &[&site.fixture.issuer]);
        site.submit(&step).await.with(201);
    }
    site.fixture.pass(60);
    site.fixture.anchor().await;
    let step = site.fixture.step(Kind::Transfer, 7, 1, key(3).public(), &[&key(2)]);
    site.submit(&step).await.with(201);
    drop(cards);
    site
}

#[tokio::test]
async fn the_files_of_a_checkpoint_lead_to_its_roots() {
    let site = busy().await;
    let ledger = decode_ledger(&site.file(DataPath::Ledger).await).expect("a ledger");
    assert_eq!(ledger, site.fixture.ledger.facts());
    let newest = site.checkpoint(2).await;
    let before = site.checkpoint(1).await;
    assert_eq!(newest.previous, before.hash(ledger.id));
    assert_eq!((before.size, newest.size, newest.vouchers), (1, 301, 300));
    let root = site.tile_root(301, |level, part| DataPath::LogTile { level, part }).await;
    assert_eq!(root, newest.log_root);
    let mut leaves = Vec::new();
    for part in Part::all(301) {
        let steps = decode_bundle(&site.file(DataPath::Entries(part)).await, part).expect("a bundle");
        assert!(steps.iter().all(|step| step.signatures.len() == 1));
        leaves.extend(steps.iter().map(|step| step.entry.leaf()));
    }
    assert_eq!(leaves.into_iter().collect::<Tree<Keccak>>().root(), newest.log_root);
    for checkpoint in [before, newest] {
        let (number, chunks) = (checkpoint.number, chunks_for(checkpoint.vouchers));
        let tile = |level, part| DataPath::HeadTile { checkpoint: number, level, part };
        assert_eq!(site.tile_root(chunks, tile).await, checkpoint.head_root);
        let mut leaves = Vec::new();
        for part in Part::all(chunks) {
            let bytes = site.file(DataPath::HeadChunks { checkpoint: number, part }).await;
            leaves.extend(
                decode_chunks(&bytes, part).expect("chunks").iter().map(protocol::heads::Chunk::leaf),
            );
        }
        assert_eq!(leaves.into_iter().collect::<Tree<Keccak>>().root(), checkpoint.head_root);
    }
}

#[tokio::test]
async fn a_batch_can_be_recomputed_from_its_files() {
    let site = busy().await;
    let manifest = site.file(DataPath::Manifest(0)).await;
    let terms = decode_terms(&site.file(DataPath::Terms(0)).await).expect("terms");
    let records = site.file(DataPath::Records { batch: 0, file: 0 }).await;
    let mut tree = Frontier::<Keccak>::default();
    let text = decode_manifest(&manifest).expect("UTF-8");
    tree.extend(&[terms.leaf(manifest_digest(text))], |_, _| ());
    for record in decode_records(&records, 300).expect("records") {
        tree.extend(&[record.leaf()], |_, _| ());
    }
    let issue = site.get("/v1/entries/0").await.with(200);
    assert!(issue["entry"].as_str().expect("hex").ends_with(&tree.root().to_string()[2..]));
    for missing in ["batch/0/records/1", "batch/1/manifest", "batch/1/terms", "batch/1/records/0"] {
        site.has_no(missing).await;
    }
}

#[tokio::test]
async fn nothing_past_the_newest_anchored_checkpoint_is_given() {
    let site = busy().await;
    assert_eq!(site.get("/v1/ledger").await.with(200)["size"], 302);
    for missing in [
        "checkpoint/3",
        "tile/entries/001.p/46",
        "tile/0/001.p/46",
        "tile/entries/001",
        "tile/entries/002.p/1",
        "tile/1/000.p/2",
        "head/3/chunks/000.p/19",
        // Of heads, only the width that the checkpoint gives.
        "head/2/chunks/000.p/18",
        "head/2/tile/0/000.p/1",
        "head/2/tile/1/000.p/1",
        "head/0/chunks/000.p/1",
        "batch/301/manifest",
        "tile/entries/000.p/256",
        "mirror.json",
    ] {
        site.has_no(missing).await;
    }
    assert_eq!(level_size(301, 1), 1);
    // Of the log, any width that is covered.
    for path in ["tile/entries/000.p/1", "tile/entries/001.p/44", "tile/0/000.p/255", "tile/0/000"] {
        site.file(path.parse().expect("a path")).await;
    }
    let whole = site.file("tile/entries/000".parse().expect("a path")).await;
    let begun = site.file("tile/entries/000.p/200".parse().expect("a path")).await;
    assert!(whole.starts_with(&begun));
}

#[tokio::test]
async fn a_cut_that_is_not_anchored_shows_nothing() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    site.fixture.anchoring.turn().await.expect("cut");
    for missing in ["checkpoint/1", "tile/entries/000.p/1", "batch/0/manifest", "head/1/chunks/000.p/2"] {
        site.has_no(missing).await;
    }
    site.file(DataPath::Checkpoint(0)).await;
    site.fixture.anchor().await;
    site.file(DataPath::Checkpoint(1)).await;
}

#[tokio::test]
async fn who_has_a_file_is_told_so() {
    let site = busy().await;
    let first = site.get("/data/checkpoint/1").await;
    let tag = first.headers["etag"].clone();
    assert!(tag.to_str().expect("ASCII").starts_with('"'), "a strong tag");
    for (known, status) in [(tag.to_str().expect("ASCII"), 304), ("\"other\"", 200), ("*", 304)] {
        let request = Request::get("/data/checkpoint/1").header("if-none-match", known);
        let reply = site.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(reply.status, status, "{known}");
        assert_eq!(reply.headers["etag"], tag);
    }
    let other = site.get("/data/checkpoint/2").await;
    assert_ne!(other.headers["etag"], tag);
    let missing = Request::get("/data/checkpoint/9").header("if-none-match", "*");
    site.send(missing.body(Body::empty()).expect("a request")).await.problem("not-found");
}

#[tokio::test]
async fn a_store_that_lost_a_row_gives_no_shorter_file() {
    let site = busy().await;
    for (table, row, path) in [
        (crate::store::Table::Entries, crate::ledger::rows::number_key(9).to_vec(), "tile/entries/000"),
        (
            crate::store::Table::Records,
            crate::ledger::rows::Block::of(0, 9).key().to_vec(),
            "batch/0/records/0",
        ),
        (
            crate::store::Table::LogTiles,
            crate::ledger::tiles::TileId::of(NodeId::leaf(9)).key(),
            "tile/0/000",
        ),
    ] {
        let mut writes = crate::store::WriteSet::new();
        writes.delete(table, row);
        site.fixture.store.commit(writes).expect("deleted");
        site.get(&format!("/data/{path}")).await.problem("storage");
    }
}

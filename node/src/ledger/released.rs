//! Stores as each release wrote them: each opens with this program, is brought up to the present format, is in order, and
//! is served and gone on with.
//!
//! `UPDATE_STORES=1` adds one of the present format where there is none. One that is there is never written again.

use crate::fixture::{BEGIN, Fixture, key, opening};
use crate::fsck::fsck;
use crate::store::{FORMAT, FjallStore, Store as _};
use anchors::{AnchorWriter as _, Clock, MemoryChain};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use protocol::lifecycle::Kind;
use protocol::manifest::Flags;
use protocol::{LedgerId, dossier};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

/// One file a format.
const STORES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stores");

/// A folder in one file: empty folders belong to a store, and version control keeps none.
#[derive(Serialize, Deserialize)]
struct Kept {
    ledger: LedgerId,
    folders: Vec<String>,
    /// By path, in base64.
    files: BTreeMap<String, String>,
}

#[tokio::test]
async fn the_stores_of_all_releases_open_and_are_in_order() {
    let present = Path::new(STORES).join(format!("format-{FORMAT}.json.gz"));
    if std::env::var_os("UPDATE_STORES").is_some() && !present.exists() {
        let file = File::create(&present).expect("a file");
        serde_json::to_writer(GzEncoder::new(file, Compression::best()), &made().await).expect("written");
    }
    for format in 1..=FORMAT {
        let file = File::open(Path::new(STORES).join(format!("format-{format}.json.gz")));
        let file = file.expect("a store of each format since the first");
        let kept: Kept = serde_json::from_reader(GzDecoder::new(file)).expect("JSON");
        let place = tempfile::tempdir().expect("a folder");
        put_back(&kept, place.path());
        let store = FjallStore::open(place.path()).expect("it opens");
        let found = fsck(&*store.snapshot().expect("a snapshot"), kept.ledger, |_, _| ()).expect("read");
        assert_eq!(found.faults, Vec::<String>::new(), "format {format}");
        assert_eq!((found.entries, found.vouchers, found.checkpoints), (5, 40, 3), "format {format}");
        serves(Arc::new(store), kept.ledger).await;
    }
}

/// What such a store holds is shown, and a step goes on from it.
async fn serves(store: Arc<FjallStore>, ledger: LedgerId) {
    let chain = MemoryChain::new(Clock::new(|| BEGIN));
    let opening = opening();
    chain.open(&opening).await.expect("opened");
    let facts = dossier::Ledger::opened_at(chain.origin(opening.salt));
    assert_eq!(facts.id, ledger);
    let fixture = Fixture::reopened(store, chain, BEGIN + 120_000, facts);
    let cards = fixture.cards(1, 40, 0, Flags { transferable: true, ..Flags::default() });
    let view = fixture.ledger.view().expect("a view");
    let anchored = view.latest_anchored().expect("read").expect("a checkpoint");
    for (key, entries) in [(cards.keys[2], 2), (cards.keys[30], 1)] {
        let voucher = view.voucher(&key).expect("read").expect("a voucher");
        let history = view.history(&voucher, usize::MAX).expect("read").expect("all of it");
        let dossier = view.dossier(&voucher, &history, &anchored).expect("read").expect("anchored");
        assert_eq!(dossier.history.len(), entries);
    }
    let step = fixture.step(Kind::Sell, 30, 1, key(2).public(), &[&fixture.issuer]);
    assert_eq!(fixture.ledger.submit(step).await.expect("accepted").accepted.state.index, 5);
    let found = fsck(&*fixture.store.snapshot().expect("a snapshot"), ledger, |_, _| ()).expect("read");
    assert_eq!((found.entries, found.faults), (6, Vec::new()));
}

/// A store of the present format.
async fn made() -> Kept {
    let place = tempfile::tempdir().expect("a folder");
    let store = Arc::new(FjallStore::open(place.path()).expect("a store"));
    let fixture = Fixture::on(store).await;
    fixture.issued(40).await;
    fixture.anchor().await;
    for number in 0..4 {
        let memo = format!("{{\"price\":{number}}}");
        let (buyer, by) = (key(2).public(), [&fixture.issuer]);
        let step = fixture.step_after(0, Kind::Sell, number, 1, buyer, Some(&memo), &by);
        fixture.ledger.submit(step).await.expect("accepted");
    }
    fixture.pass(60);
    fixture.anchor().await;
    let mut kept = Kept { ledger: fixture.ledger.facts().id, folders: Vec::new(), files: BTreeMap::new() };
    drop(fixture);
    take(place.path(), "", &mut kept);
    kept
}

fn take(folder: &Path, name: &str, kept: &mut Kept) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let last = path.file_name().and_then(|last| last.to_str()).expect("a name");
        let name = format!("{name}{last}");
        if path.is_dir() {
            take(&path, &format!("{name}/"), kept);
            kept.folders.push(name);
        } else {
            kept.files.insert(name, BASE64.encode(std::fs::read(&path).expect("read")));
        }
    }
}

fn put_back(kept: &Kept, place: &Path) {
    for folder in &kept.folders {
        std::fs::create_dir_all(place.join(folder)).expect("a folder");
    }
    for (name, bytes) in &kept.files {
        std::fs::write(place.join(name), BASE64.decode(bytes).expect("base64")).expect("written");
    }
}

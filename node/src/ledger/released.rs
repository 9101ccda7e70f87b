//! Stores as each release wrote them: each opens with this program, is brought up to the present format, and is in order.
//!
//! `UPDATE_STORES=1` adds one of the present format where there is none. One that is there is never written again.

use crate::fixture::{Fixture, key};
use crate::fsck::fsck;
use crate::store::{FORMAT, FjallStore, Store as _};
use protocol::lifecycle::Kind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One folder a format, with the name of its ledger in `ledger`.
const STORES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stores");

#[tokio::test]
async fn the_stores_of_all_releases_open_and_are_in_order() {
    let present = Path::new(STORES).join(format!("format-{FORMAT}"));
    if std::env::var_os("UPDATE_STORES").is_some() && !present.exists() {
        write(&present).await;
    }
    let mut formats = 0;
    for release in std::fs::read_dir(STORES).expect("the stores") {
        let release = release.expect("an entry").path();
        let place = tempfile::tempdir().expect("a folder");
        copy(&release.join("store"), &place.path().join("store"));
        let ledger = std::fs::read_to_string(release.join("ledger")).expect("a name");
        let ledger = ledger.trim().parse().expect("a ledger");
        let store = FjallStore::open(&place.path().join("store")).expect("it opens");
        let found = fsck(&*store.snapshot().expect("a snapshot"), ledger, |_, _| ()).expect("read");
        assert_eq!(found.faults, Vec::<String>::new(), "{}", release.display());
        assert_eq!((found.entries, found.vouchers, found.checkpoints), (5, 40, 3), "{}", release.display());
        formats += 1;
    }
    assert_eq!(formats, FORMAT, "a store of each format since the first");
}

async fn write(place: &Path) {
    let store: PathBuf = place.join("store");
    let fixture = Fixture::on(Arc::new(FjallStore::open(&store).expect("a store"))).await;
    fixture.issued(40).await;
    fixture.anchor().await;
    for number in 0..4 {
        let memo = format!("{{\"price\":{number}}}");
        let step = fixture.step_after(0, Kind::Sell, number, 1, key(2).public(), Some(&memo), &[&fixture.issuer]);
        fixture.ledger.submit(step).await.expect("accepted");
    }
    fixture.pass(60);
    fixture.anchor().await;
    std::fs::write(place.join("ledger"), format!("{}\n", fixture.ledger.facts().id)).expect("written");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).expect("copied");
        }
    }
}

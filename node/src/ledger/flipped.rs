//! A store at rest in which one bit flips, anywhere: it is found, or it changes nothing. Nothing false is ever served.

use super::rows::ReadError;
use super::{Ledger, Setup};
use crate::fixture::{Fixture, OPERATOR, key};
use crate::fsck::fsck;
use crate::store::{FjallOptions, FjallStore, Store, StoreError};
use anchors::{AnchorReader as _, Clock};
use protocol::PublicKey;
use protocol::dossier::{self, Dossier};
use protocol::lifecycle::Kind;
use protocol::receipt::Receipt;
use protocol::signing::KeyPair;
use protocol::verify::{Finality, Question, StepCode, TrustedCheckpoint, verify};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Bits that flip in each file of a table, and in the journal, which holds every write set.
const PLACES: usize = 2;
const JOURNAL_PLACES: usize = 24;

/// What the ledger said before anything happened to its store.
struct Truth {
    facts: dossier::Ledger,
    trusted: TrustedCheckpoint,
    dossiers: Vec<(PublicKey, Dossier)>,
    receipts: Vec<Receipt>,
    now: u64,
}

/// Tables so small that they are written to files all the time.
fn options() -> FjallOptions {
    FjallOptions { memtable_bytes: 2 << 10, ..FjallOptions::default() }
}

/// A ledger with batches, steps, a second sale, checkpoints, and entries that no checkpoint covers yet.
async fn made(place: &Path) -> Truth {
    let store = Arc::new(FjallStore::open_with(place, &options()).expect("a store"));
    let fixture = Fixture::on(store).await;
    let cards = fixture.issued(40).await;
    fixture.anchor().await;
    for number in 0..24 {
        let memo = format!("{{\"price\":{number}}}");
        for buyer in [2, 3].iter().take(if number == 5 { 2 } else { 1 }) {
            let (buyer, by) = (key(*buyer).public(), [&fixture.issuer]);
            let sale = fixture.step_after(0, Kind::Sell, number, 1, buyer, Some(&memo), &by);
            let _ = fixture.ledger.submit(sale).await;
        }
        if number == 18 {
            fixture.pass(61);
            fixture.anchor().await;
        }
    }
    let view = fixture.ledger.view().expect("a view");
    let under = view.latest_anchored().expect("read").expect("a checkpoint");
    let dossier = |voucher: &PublicKey| {
        let now = view.voucher(voucher).expect("read").expect("a voucher");
        let history = view.history(&now, usize::MAX).expect("read").expect("all of it");
        (*voucher, view.dossier(&now, &history, &under).expect("read").expect("anchored"))
    };
    let receipt = |index| view.receipt(&view.entry(index).expect("read").expect("an entry"));
    let facts = fixture.ledger.facts();
    let said = fixture.chain.checkpoint(facts.id, under.checkpoint.number).await.expect("on chain");
    Truth {
        facts,
        trusted: TrustedCheckpoint {
            ledger: facts.id,
            checkpoint: said.checkpoint,
            block_time: Some(said.place.block_time),
            superseded_at: said.superseded_at,
        },
        dossiers: cards.keys.iter().map(dossier).collect(),
        receipts: (0..view.size().expect("read")).map(receipt).collect(),
        now: fixture.now(),
    }
}

/// What came of a flipped bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Came {
    Refused,
    Found,
    Unreadable,
    Harmless,
}

/// Starts on a damaged store, checks it, and asks it for everything.
fn look(place: &Path, truth: &Truth) -> Came {
    let Ok(store) = FjallStore::open_with(place, &options()) else { return Came::Refused };
    let store: Arc<dyn Store> = Arc::new(store);
    let snapshot = store.snapshot().expect("a snapshot");
    let found = fsck(&*snapshot, truth.facts.id, |_, _| ());
    let is_clean = found.is_ok_and(|found| found.faults.is_empty());
    drop(snapshot);
    let served = ask_for_everything(store, truth);
    match (is_clean, served) {
        (true, Ok(())) => Came::Harmless,
        (true, Err(error)) => panic!("fsck finds nothing, and the node can not read: {error}"),
        (false, Ok(())) => Came::Found,
        (false, Err(_)) => Came::Unreadable,
    }
}

/// What is served is true, or nothing is served.
fn ask_for_everything(store: Arc<dyn Store>, truth: &Truth) -> Result<(), ReadError> {
    let now = truth.now;
    let operator = KeyPair::from_seed(&OPERATOR).into();
    let clock = Clock::new(move || now);
    let ledger = Ledger::open(Setup { store, ledger: truth.facts, operator, clock, promise_ms: 3_600_000 })?;
    let view = ledger.view()?;
    let mut unread = Ok(());
    for receipt in &truth.receipts {
        match view.entry(receipt.index) {
            Ok(Some(accepted)) => assert_eq!(view.receipt(&accepted), *receipt, "another promise"),
            Ok(None) => panic!("entry {} is gone, and the node does not know", receipt.index),
            Err(error) => unread = Err(error),
        }
    }
    for (voucher, dossier) in &truth.dossiers {
        if let Err(error) = ask_for(&view, voucher, dossier, truth) {
            unread = Err(error);
        }
    }
    unread
}

fn ask_for(view: &super::View, voucher: &PublicKey, due: &Dossier, truth: &Truth) -> Result<(), ReadError> {
    let now = view.voucher(voucher)?.expect("a voucher is denied that the ledger has");
    let under = view.latest_anchored()?.expect("a checkpoint is denied that the ledger has");
    let history = view.history(&now, usize::MAX)?.expect("all of it");
    let shown = view.dossier(&now, &history, &under)?.expect("an anchored voucher is called new");
    let text = serde_json::to_string(&shown).expect("JSON");
    let question = Question {
        trusted: Some(&truth.trusted),
        finality: Finality::Final,
        as_of: true,
        ..Question::of(&text, truth.now)
    };
    let report = verify(&question);
    let trust = [StepCode::LedgerTrusted, StepCode::IssuerTrusted];
    let holds = |step: &protocol::verify::StepReport| step.result() == "passed" || trust.contains(&step.code);
    if report.steps.iter().all(holds) {
        assert_eq!(shown, *due, "a dossier that holds says something else");
    }
    Ok(())
}

/// A store whose last user may still be about to leave.
fn opened(place: &Path) -> FjallStore {
    loop {
        match FjallStore::open_with(place, &options()) {
            Err(StoreError::Locked { .. }) => std::thread::sleep(Duration::from_millis(5)),
            opened => return opened.expect("a store"),
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let source = entry.expect("an entry").path();
        let target = to.join(source.file_name().expect("a name"));
        if source.is_dir() {
            copy(&source, &target);
        } else {
            fs::copy(source, target).expect("copied");
        }
    }
}

/// The files below a folder, by their paths in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = PathBuf::from(path.file_name().expect("a name"));
        if path.is_dir() {
            found.extend(files(&path).into_iter().map(|inside| name.join(inside)));
        } else {
            found.push(name);
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_flipped_bit_is_found_or_changes_nothing() {
    let place = tempfile::tempdir().expect("a folder");
    let whole = place.path().join("whole");
    let truth = made(&whole).await;
    // Opened once more, the journal is cut to what is written in it.
    drop(opened(&whole));
    assert_eq!(look_at_copy(&whole, None, &truth), Came::Harmless);
    let mut came = Vec::new();
    let mut tables = 0;
    for file in files(&whole) {
        let length = usize::try_from(fs::metadata(whole.join(&file)).expect("a file").len()).expect("small");
        let is_journal = file.extension().is_some_and(|kind| kind == "jnl");
        tables += usize::from(file.parent().is_some_and(|folder| folder.ends_with("tables")));
        let places = if is_journal { JOURNAL_PLACES } else { PLACES };
        for at in (0..length).step_by((length / places).max(1)) {
            came.push(look_at_copy(&whole, Some((&file, at)), &truth));
        }
    }
    let count = |what| came.iter().filter(|came| **came == what).count();
    assert!(tables > 5, "{tables} table files: nothing was written out");
    assert!(count(Came::Refused) > JOURNAL_PLACES, "{} starts refused", count(Came::Refused));
    assert!(count(Came::Unreadable) > 0, "nothing was found by reading");
}

/// The same with a bit flipped in a copy.
fn look_at_copy(whole: &Path, flip: Option<(&Path, usize)>, truth: &Truth) -> Came {
    let place = tempfile::tempdir().expect("a folder");
    let to = &place.path().join("store");
    copy(whole, to);
    if let Some((file, at)) = flip {
        let mut bytes = fs::read(to.join(file)).expect("read");
        bytes[at] ^= 1 << (at % 8);
        fs::write(to.join(file), bytes).expect("written");
    }
    look(to, truth)
}

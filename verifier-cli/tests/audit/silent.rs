//! A source that is silent at the wrong moment settles nothing, and loses nothing of what was found or given.

use crate::made::{NOW, origin, story};
use crate::run::Folder;
use crate::server::serve;
use ledgers::published::{Published, pair, voucher, word};
use protocol::public_data::DataPath;
use protocol::receipt::{Absence, Receipt};
use serde_json::json;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use vouchsafe_cli::audit::{Anchored, Auditor, Folder as AuditFolder, Receipts, Round};
use vouchsafe_cli::failure::Failure;
use vouchsafe_cli::public_data::{DataError, FolderData, PublicData};
use vouchsafe_cli::source::TrustArgs;

/// A folder of public data that gives no answer to one question.
struct Silent {
    data: FolderData,
    is_asked: fn(&DataPath) -> bool,
    /// Questions of that kind until then.
    left: Mutex<usize>,
}

impl PublicData for Silent {
    fn fetch(&self, path: DataPath) -> Result<Vec<u8>, DataError> {
        if (self.is_asked)(&path) {
            let mut left = self.left.lock().unwrap();
            *left = left.wrapping_sub(1);
            if *left == 0 {
                return Err(DataError::Unreachable { whence: self.whence(), cause: "silence".to_owned() });
            }
        }
        self.data.fetch(path)
    }

    fn whence(&self) -> String {
        self.data.whence()
    }
}

/// The audit of the folder over a source that is silent at the question of this kind and place.
fn auditor(folder: &Folder, receipts: Receipts, is_asked: fn(&DataPath) -> bool, place: usize) -> Auditor {
    let trust = TrustArgs { trusted_checkpoint: Some(folder.path("trusted.json")), rpc: Vec::new() };
    let data = FolderData::new(folder.path("data"));
    let data = Arc::new(Silent { data, is_asked, left: Mutex::new(place) });
    let anchored = Anchored::open(&trust, &origin()).unwrap();
    let kept = AuditFolder::open(&folder.path("audit")).unwrap();
    Auditor::open(data, anchored, kept, origin(), receipts).0
}

fn round(audit: &mut Auditor) -> Result<Round, Failure> {
    audit.round(&AtomicBool::new(false), &mut |_, _| ())
}

/// The codes of what was found, after a first round that met silence.
fn found_after_silence(audit: &mut Auditor) -> Vec<String> {
    let silence = round(audit).map_or_else(|failure| failure, |first| first.failure.unwrap());
    assert_eq!(silence.text.id(), "error-data-unreachable");
    let second = round(audit).unwrap();
    assert!(second.unchecked.is_empty(), "{second:?}");
    audit.progress().found.iter().map(|found| found.code.clone()).collect()
}

const fn is_head(path: &DataPath) -> bool {
    matches!(path, DataPath::HeadChunks { .. } | DataPath::HeadTile { .. })
}

const fn is_entries(path: &DataPath) -> bool {
    matches!(path, DataPath::Entries(_))
}

#[test]
fn heads_that_were_disputed_in_silence_are_disputed_again() {
    let mut made = story();
    made.heads[39] = word(4, 3);
    made.anchor();
    let folder = Folder::of(&made);
    let mut audit = auditor(&folder, Receipts::default(), is_head, 1);
    assert_eq!(found_after_silence(&mut audit), ["forged_head"]);
}

/// A broken receipt, and an absence that is not true.
fn broken_words(made: &Published) -> Receipts {
    let (operator, ledger) = (pair("operator", 0), origin().ledger());
    let receipt = Receipt::sign(&operator, ledger, 2, made.steps[1].entry.leaf(), NOW + 60_000);
    let hash = made.newest().hash(ledger);
    let absence = Absence::sign(&operator, ledger, voucher(7), hash, NOW);
    let mut receipts = Receipts::default();
    receipts.add(json!({ "receipt": receipt }).to_string().as_bytes());
    receipts.add(json!({ "absence": absence }).to_string().as_bytes());
    receipts
}

#[test]
fn words_of_the_operator_are_kept_until_they_were_held_and_written_down() {
    // The entries are read first by the replay, then for the receipt, then for the evidence.
    for place in [2, 3, 4] {
        let made = story();
        let folder = Folder::of(&made);
        let mut audit = auditor(&folder, broken_words(&made), is_entries, place);
        assert_eq!(found_after_silence(&mut audit), ["absence_broken", "receipt_broken"], "question {place}");
        let audited = audit.progress().audited;
        assert_eq!((audited.receipts, audited.contradictions), (2, 2), "question {place}");
    }
}

/// A fraud, beside a file for which the source has no answer but status 503, for good.
fn found_beside_silence(made: &Published, silent: &'static str, found: &[&str]) {
    let folder = Folder::of(made);
    let data = folder.path("data");
    let from = serve(move |_, path, _| match std::fs::read(data.join(path.trim_start_matches('/'))) {
        _ if path.contains(silent) => (503, Vec::new()),
        Ok(bytes) => (200, bytes),
        Err(_) => (404, Vec::new()),
    });
    let typed = format!("audit --from {from} --trusted-checkpoint trusted.json --out audit --json");
    let ran = folder.run(&typed);
    assert_eq!(ran.exit, Some(30), "{silent}: {}{}", ran.out, ran.err);
    assert!(ran.err.contains("503"), "{}", ran.err);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let list = report["contradictions"].as_array().unwrap();
    let codes: Vec<_> = list.iter().map(|found| found["code"].as_str().unwrap()).collect();
    assert_eq!(codes, found, "{silent}");
    for found in list {
        assert!(folder.path("audit").join(found["file"].as_str().unwrap()).exists(), "{found}");
    }
}

#[test]
fn silence_for_good_hides_no_fraud() {
    let mut forged = story();
    forged.steps[2].signatures[0].signature = forged.steps[1].signatures[0].signature;
    let shown = forged.batches[&0].clone();
    forged.issue_as(40..80, shown);
    forged.anchor();
    found_beside_silence(&forged, "/batch/6/", &["not_signed"]);
    let mut hiding = story();
    hiding.steps[2].signatures.clear();
    hiding.heads[3] = word(2, 2);
    hiding.anchor();
    found_beside_silence(&hiding, "/chunks/", &["not_signed"]);
}

#[test]
fn receipt_whose_entry_can_not_be_had_is_not_held() {
    let made = story();
    let folder = Folder::of(&made);
    folder.audit(0);
    folder.remove("data/tile/entries");
    let receipt =
        Receipt::sign(&pair("operator", 0), origin().ledger(), 2, made.steps[1].entry.leaf(), NOW + 60_000);
    std::fs::create_dir(folder.path("words")).unwrap();
    std::fs::write(folder.path("words/one.json"), json!({ "receipt": receipt }).to_string()).unwrap();
    let report = folder.audit_with("--receipts words", 3);
    assert_eq!(report["unchecked"][0]["code"], "entry_withheld", "{report:#}");
    assert_eq!(report["receipts"], 0);
}

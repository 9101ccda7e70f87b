//! A source that is silent at the wrong moment settles nothing, and loses nothing of what was found or given.

use crate::made::{NOW, origin, story};
use crate::run::Folder;
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
    let silence = round(audit).unwrap_err();
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

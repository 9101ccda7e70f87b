//! The files that an audit leaves: challenge files for what the contract hears of, evidence files for the rest
//! (docs/protocol.md section 15).

use super::folder::Folder;
use super::report::Found;
use super::view::View;
use crate::failure::Failure;
use crate::public_data::{DataError, PublicData};
use protocol::audit::Contradiction;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::digest::Digest;
use protocol::dossier::{HistoryItem, Ledger};
use protocol::entry::Entry;
use protocol::fraud::file::{ChallengeFile, Charge};
use protocol::fraud::{Accusation, Challenge, LedgerView as _, Shown, Withheld};
use protocol::public_data::DataPath;
use protocol::receipt::{Absence, Receipt};
use protocol::verify::{Detail, Reason};
use serde::Serialize;

/// Files that are written at most: the first of them takes the bond, once.
pub const MOST_FILES: usize = 100;
/// The `format` of an evidence file.
const FORMAT: &str = "vouchsafe/evidence@1";

/// What the operator signed and did not keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// A receipt.
    Receipt(Receipt),
    /// That a voucher is not there.
    Absence(Absence),
}

#[derive(Serialize)]
struct EvidenceFile<'a> {
    format: &'static str,
    ledger: Ledger,
    code: &'static str,
    detail: String,
    source: String,
    checkpoint: &'a Checkpoint,
    newer: &'a [Checkpoint],
    entry: Option<HistoryItem>,
    prev: Option<HistoryItem>,
    receipt: Option<&'a Receipt>,
    absence: Option<&'a Absence>,
}

/// Where evidence stands, and where it is written to.
pub struct Evidence<'a> {
    pub folder: &'a Folder,
    pub origin: LedgerOrigin,
    pub data: &'a dyn PublicData,
    /// The newest checkpoint that the data reaches.
    pub newest: &'a Checkpoint,
}

impl Evidence<'_> {
    fn shown(&self, checkpoint: &Checkpoint, newer: &[Checkpoint]) -> Shown {
        Shown { ledger: self.origin.ledger(), checkpoint: *checkpoint, newer: newer.to_vec() }
    }

    /// Writes what proves or shows a contradiction, under the checkpoint given. A proof that does not hold is not written:
    /// then what the data showed is not what was anchored.
    pub fn write(
        &self,
        contradiction: &Contradiction,
        word: Option<&Word>,
        under: &Checkpoint,
        newer: &[Checkpoint],
    ) -> Result<Option<String>, Failure> {
        let view = View::new(self.data, *under, self.newest);
        if let Some(lead) = contradiction.lead {
            let fraud = unless_unreachable(lead.prove(&view))?;
            let fraud = fraud.filter(|fraud| fraud.judge(under).is_ok());
            let charge =
                fraud.map(|fraud| Charge::Accusation(Accusation { shown: self.shown(under, newer), fraud }));
            return charge
                .map(|charge| self.put(&contradiction.detail, place(contradiction), charge))
                .transpose();
        }
        self.write_evidence(contradiction, word, &view, under, newer).map(Some)
    }

    /// Writes the challenge for a leaf that can not be had.
    pub fn challenge(
        &self,
        detail: &Detail,
        leaf: &Leaf,
        under: &Checkpoint,
        newer: &[Checkpoint],
    ) -> Result<Option<String>, Failure> {
        let view = View::new(self.data, *under, self.newest);
        let (leaf, place) = match *leaf {
            Leaf::Entry { index } => (Some(Withheld::Entry { index }), index),
            Leaf::Chunk { chunk } => (Some(Withheld::Chunk { chunk }), chunk),
            Leaf::Record { issue, leaf } => {
                let entry = unless_unreachable(view.entry(issue))?;
                let path = unless_unreachable(view.entry_path(issue))?;
                let proven = entry.zip(path).map(|(entry, path)| proven_entry(issue, entry, path));
                (proven.map(|issue| Withheld::Record { issue, leaf }), issue)
            }
        };
        let challenge = leaf.map(|leaf| Challenge { shown: self.shown(under, newer), leaf });
        let challenge = challenge.filter(|challenge| challenge.ask().is_ok());
        challenge.map(|challenge| self.put(detail, place, Charge::Challenge(challenge))).transpose()
    }

    fn put(&self, detail: &Detail, place: u64, charge: Charge) -> Result<String, Failure> {
        let name = format!("challenge-{}-{place}.json", detail.reason.code());
        let text = ChallengeFile { origin: self.origin, charge }.to_text();
        self.folder.write(&name, &[text.as_bytes(), b"\n"])?;
        Ok(name)
    }

    fn write_evidence(
        &self,
        contradiction: &Contradiction,
        word: Option<&Word>,
        view: &View<'_>,
        under: &Checkpoint,
        newer: &[Checkpoint],
    ) -> Result<String, Failure> {
        let detail = &contradiction.detail;
        let item = |index: u64| -> Result<Option<HistoryItem>, Failure> {
            let step = unless_unreachable(view.step(index))?;
            let path = unless_unreachable(view.entry_path(index))?;
            Ok(step.zip(path).map(|(step, path)| HistoryItem { index, step, path }))
        };
        let entry = contradiction.index.filter(|index| *index < under.size).map(item).transpose()?.flatten();
        let prev = entry.as_ref().map(|item| item.step.entry.prev).filter(|prev| *prev != Entry::NO_PREV);
        let prev = prev.filter(|prev| *prev < under.size).map(item).transpose()?.flatten();
        let file = EvidenceFile {
            format: FORMAT,
            ledger: Ledger::opened_at(self.origin),
            code: detail.reason.code(),
            detail: detail.to_string(),
            source: self.data.whence(),
            checkpoint: under,
            newer,
            entry,
            prev,
            receipt: match word {
                Some(Word::Receipt(receipt)) => Some(receipt),
                _ => None,
            },
            absence: match word {
                Some(Word::Absence(absence)) => Some(absence),
                _ => None,
            },
        };
        let stem = format!("evidence-{}-{}", detail.reason.code(), place(contradiction));
        if let Some(index) = contradiction.index.filter(|_| is_of_batch(detail.reason)) {
            self.copy_batch(&stem, index)?;
        }
        let text = serde_json::to_string_pretty(&file).unwrap_or_default();
        let name = format!("{stem}.json");
        self.folder.write(&name, &[text.as_bytes(), b"\n"])?;
        Ok(name)
    }

    /// Keeps a batch as it was shown: who shows another one tomorrow shows that this root is not of it.
    fn copy_batch(&self, stem: &str, batch: u64) -> Result<(), Failure> {
        for (name, path) in [("manifest", DataPath::Manifest(batch)), ("terms", DataPath::Terms(batch))] {
            if let Some(bytes) = unless_unreachable(self.data.fetch(path))? {
                self.folder.write(&format!("{stem}.{name}"), &[&bytes])?;
            }
        }
        let mut records = Vec::new();
        for file in 0.. {
            let Some(bytes) = unless_unreachable(self.data.fetch(DataPath::Records { batch, file }))? else {
                break;
            };
            records.push(bytes);
        }
        let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
        self.folder.write(&format!("{stem}.records"), &records)
    }
}

/// A leaf that can not be had.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leaf {
    /// An entry of the log.
    Entry { index: u64 },
    /// A chunk of the heads.
    Chunk { chunk: u64 },
    /// A leaf of the batch of an Issue entry.
    Record { issue: u64, leaf: u64 },
}

/// A leaf that can not be had, under the checkpoint that has it.
#[derive(Debug, Clone, Copy)]
pub struct Lacking {
    pub leaf: Leaf,
    pub under: Checkpoint,
    /// Nobody can have it, by what leads to the anchored root; else the source does not show it.
    pub is_nowhere: bool,
}

impl Lacking {
    /// One that the source does not show.
    pub const fn unshown(leaf: Leaf, under: Checkpoint) -> Self {
        Self { leaf, under, is_nowhere: false }
    }
}

impl Leaf {
    /// In words.
    pub fn detail(&self, checkpoint: &Checkpoint) -> Detail {
        match self {
            Self::Entry { index } => Detail::with(Reason::EntryWithheld, [index]),
            Self::Chunk { chunk } => Detail::with(Reason::ChunkWithheld, [chunk, &checkpoint.number]),
            Self::Record { issue, leaf } => Detail::with(Reason::RecordWithheld, [issue, leaf]),
        }
    }

    /// What could not be checked for want of it.
    pub fn found(&self, checkpoint: &Checkpoint) -> Found {
        let index = match self {
            Self::Entry { index } => Some(*index),
            Self::Record { issue, .. } => Some(*issue),
            Self::Chunk { .. } => None,
        };
        Found {
            index,
            checkpoint: Some(checkpoint.number),
            rule: Some("F8".to_owned()),
            ..Found::unchecked(&self.detail(checkpoint))
        }
    }
}

fn proven_entry(index: u64, entry: Entry, path: Vec<Digest>) -> protocol::fraud::ProvenEntry {
    protocol::fraud::ProvenEntry { index, entry, path }
}

const fn is_of_batch(reason: Reason) -> bool {
    matches!(reason, Reason::RecordCount | Reason::OtherCount | Reason::BadTerms | Reason::BadManifest)
}

fn place(contradiction: &Contradiction) -> u64 {
    contradiction.index.or(contradiction.voucher).unwrap_or_default()
}

/// A file that is not there, or is damaged, is one less; no answer at all ends the audit for now.
pub(super) fn unless_unreachable<T>(read: Result<T, DataError>) -> Result<Option<T>, Failure> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if error.is_out_of_reach() => Err(error.into()),
        Err(_) => Ok(None),
    }
}

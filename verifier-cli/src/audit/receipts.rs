//! Receipts and absences that the auditor was given: the operator's own word, to be held against the log.
//!
//! Read are the receipt files that the parties' commands keep, dossiers with pending entries, and reports of vouchers that
//! were not found; files of other things are passed over, and named.

use crate::failure::Failure;
use crate::party::files::{head, unreadable};
use crate::party::receipts::{is_of_receipts, lines_of};
use crate::source::read_file;
use protocol::digest::{Digest, LedgerId, PublicKey, Signature};
use protocol::receipt::{Absence, Receipt};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// Promises by the index that they are about, and words that a voucher is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receipts {
    /// Receipts by index.
    pub receipts: BTreeMap<u64, Vec<Receipt>>,
    /// Absences.
    pub absences: Vec<Absence>,
    /// Names of the files that hold none of these.
    pub passed_over: Vec<String>,
}

#[derive(Deserialize)]
struct Promise {
    index: Option<u64>,
    leaf: Digest,
    anchor_by: u64,
    signature: Signature,
}

#[derive(Deserialize)]
struct Word {
    voucher: PublicKey,
    checkpoint_hash: Digest,
    at: u64,
    signature: Signature,
}

#[derive(Deserialize)]
struct Pending {
    index: u64,
    receipt: Promise,
}

#[derive(Deserialize)]
struct Line {
    receipt: Option<Promise>,
    #[serde(default)]
    pending: Vec<Pending>,
    absence: Option<Word>,
}

impl Receipts {
    /// All in the files of a folder. One in which no file holds any is not the folder that is meant.
    pub fn read(folder: &Path) -> Result<Self, Failure> {
        let unreadable = |error: std::io::Error| {
            Failure::usage("error-receipts-folder")
                .with_foreign("path", folder.display())
                .with_foreign("cause", error)
        };
        let mut receipts = Self::default();
        let mut paths: Vec<_> = std::fs::read_dir(folder)
            .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
            .map_err(unreadable)?;
        paths.sort();
        for path in paths.iter().filter(|path| path.is_file()) {
            if !receipts.add_file(path)? {
                let name = path.file_name().unwrap_or_default();
                receipts.passed_over.push(name.to_string_lossy().into_owned());
            }
        }
        if receipts.is_empty() && !receipts.passed_over.is_empty() {
            return Err(Failure::usage("error-receipts-none")
                .with_foreign("path", folder.display())
                .with("count", receipts.passed_over.len()));
        }
        Ok(receipts)
    }

    /// Whether there was any.
    fn add_file(&mut self, path: &Path) -> Result<bool, Failure> {
        let unread = |error: std::io::Error| unreadable(path, &error);
        if !is_of_receipts(&head(path).map_err(unread)?) {
            return Ok(self.add(&read_file(path)?));
        }
        let mut holds = false;
        for line in lines_of(path)? {
            if let Ok(line) = serde_json::from_slice(&line.map_err(unread)?) {
                holds |= self.add_line(line);
            }
        }
        Ok(holds)
    }

    /// All in the bytes of one file; whether there was any.
    pub fn add(&mut self, bytes: &[u8]) -> bool {
        // One document, or one a line; a line that a crash cut off holds nothing.
        if let Ok(line) = serde_json::from_slice(bytes) {
            return self.add_line(line);
        }
        let mut holds = false;
        for line in bytes.split(|byte| *byte == b'\n') {
            if let Ok(line) = serde_json::from_slice(line) {
                holds |= self.add_line(line);
            }
        }
        holds
    }

    /// Whether there is nothing to hold against a log.
    pub fn is_empty(&self) -> bool {
        self.receipts.is_empty() && self.absences.is_empty()
    }

    /// Puts one back.
    pub fn keep(&mut self, receipt: Receipt) {
        self.receipts.entry(receipt.index).or_default().push(receipt);
    }

    /// Whether there was any in it.
    fn add_line(&mut self, line: Line) -> bool {
        let mut holds = line.absence.is_some();
        let pending = line.pending.into_iter().map(|item| (item.index, item.receipt));
        let alone = line.receipt.and_then(|promise| Some((promise.index?, promise)));
        for (index, Promise { leaf, anchor_by, signature, .. }) in pending.chain(alone) {
            holds = true;
            let receipt = Receipt { index, leaf, anchor_by, signature };
            let known = self.receipts.entry(index).or_default();
            if !known.contains(&receipt) {
                known.push(receipt);
            }
        }
        let absence = line.absence.map(|Word { voucher, checkpoint_hash, at, signature }| Absence {
            voucher,
            checkpoint_hash,
            at,
            signature,
        });
        self.absences.extend(absence);
        holds
    }

    /// Takes out what one of these keys signed. What nobody of the ledger signed is no promise of its operator; yet a later
    /// checkpoint may name the key that did.
    #[must_use]
    pub fn take_signed(&mut self, ledger: LedgerId, keys: &[PublicKey]) -> Self {
        let Self { receipts, absences, passed_over } = std::mem::take(self);
        let mut signed = Self::default();
        self.passed_over = passed_over;
        for receipt in receipts.into_values().flatten() {
            let is_signed = keys.iter().any(|key| receipt.is_signed_by(key, ledger));
            if is_signed { &mut signed } else { &mut *self }.keep(receipt);
        }
        let is_signed = |absence: &Absence| keys.iter().any(|key| absence.is_signed_by(key, ledger));
        (signed.absences, self.absences) = absences.into_iter().partition(is_signed);
        signed
    }

    /// Puts all of them back.
    pub fn put_back(&mut self, others: Self) {
        others.receipts.into_values().flatten().for_each(|receipt| self.keep(receipt));
        self.absences.extend(others.absences);
    }
}

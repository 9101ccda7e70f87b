//! The steps that hold a dossier against the roots of its checkpoint.

use super::{Case, Outcome};
use crate::heads::{CHUNK_WORDS, Head, chunk_of, chunks_for};
use crate::keccak::Keccak;
use crate::manifest::manifest_digest;
use crate::merkle::{Inclusion, TreeHead, verify_inclusion, verify_inclusions};
use crate::verify::detail::{Detail, Reason};
use crate::voucher::Record;

impl Case<'_> {
    /// Manifest and terms are leaf 0 of the batch.
    pub fn manifest_included(&self) -> Outcome {
        let Some(issue) = self.issue() else { return Outcome::failed(Reason::NotBegunByIssue, []) };
        let part = &self.dossier.manifest;
        let leaf = part.terms.leaf(manifest_digest(&part.text));
        if verify_inclusion::<Keccak>(leaf, 0, self.batch(&issue.step.entry), &part.path).is_err() {
            return Outcome::failed(Reason::NotInBatch, []);
        }
        if part.terms.count() != issue.step.entry.count {
            return Outcome::failed(Reason::OtherCount, [&part.terms.count(), &issue.step.entry.count]);
        }
        match &self.manifest.unknown_critical {
            Some(name) => Outcome::Unknown(Detail::with(Reason::UnknownCritical, [name])),
            None => Outcome::Passed,
        }
    }

    /// The voucher's record is in the batch, at the leaf of its number.
    pub fn voucher_included(&self) -> Outcome {
        let Some(issue) = self.issue() else { return Outcome::failed(Reason::NotBegunByIssue, []) };
        let (entry, voucher) = (&issue.step.entry, &self.dossier.voucher);
        if !entry.covers(voucher.number) {
            return Outcome::failed(Reason::NumberNotIssued, [&voucher.number]);
        }
        let record = Record { key: voucher.key, label: voucher.label };
        let leaf = voucher.number.saturating_sub(entry.first).saturating_add(1);
        match verify_inclusion::<Keccak>(record.leaf(), leaf, self.batch(entry), &voucher.path) {
            Ok(()) => Outcome::Passed,
            Err(_) => Outcome::failed(Reason::RecordNotInBatch, [&voucher.number]),
        }
    }

    /// Each entry is at its index of the log.
    pub fn history_included(&self) -> Outcome {
        let history = &self.dossier.history;
        let claims: Vec<_> = history
            .iter()
            .map(|item| Inclusion { leaf_hash: item.step.entry.leaf(), index: item.index, path: &item.path })
            .collect();
        let judged = verify_inclusions::<Keccak>(self.log(), &claims);
        let absent = history.iter().zip(judged).find(|(_, judged)| judged.is_err()).map(|(item, _)| item);
        absent.map_or(Outcome::Passed, |item| Outcome::failed(Reason::EntryNotInLog, [&item.index]))
    }

    /// The anchored head array says of the voucher what the history says.
    pub fn head_current(&self) -> Outcome {
        let checkpoint = &self.dossier.checkpoint.checkpoint;
        let head = &self.dossier.head;
        let number = self.dossier.voucher.number;
        let tree = TreeHead { size: chunks_for(checkpoint.vouchers), root: checkpoint.head_root };
        if verify_inclusion::<Keccak>(head.chunk.leaf(), chunk_of(number), tree, &head.path).is_err() {
            return Outcome::failed(Reason::ChunkNotInTree, []);
        }
        let begin = chunk_of(number).saturating_mul(CHUNK_WORDS);
        let padded = head
            .chunk
            .words()
            .zip(begin..)
            .all(|(word, place)| place < checkpoint.vouchers || word == Head::PADDING);
        if !padded {
            return Outcome::failed(Reason::PaddingNotZero, []);
        }
        let word = head.chunk.word_of(number);
        let latest = self.dossier.history.last();
        if latest.and_then(|item| Head::new(item.step.entry.status, item.index)) == Some(word) {
            Outcome::Passed
        } else {
            Outcome::failed(Reason::OtherHead, [&word.status(), &word.index()])
        }
    }
}

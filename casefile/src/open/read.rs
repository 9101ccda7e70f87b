//! The archive taken apart into the evidence that it holds, as far as it can be read.

use super::finding::{Check, Finding, Problem, Subject};
use crate::archive::{ArchiveError, Damage, Member, read};
use crate::evidence::{CaseDossier, Evidence, LedgerReceipt, PartyFile, ReadCheckpoint};
use crate::index::{Added, Index};
use crate::members;
use protocol::json::JsonError;
use std::collections::BTreeMap;

/// Why bytes are no case that can be looked into.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// No archive that is read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// An archive of something else.
    #[error("it is no case file: it has no case.json")]
    NoIndex,
    /// Its index is damaged.
    #[error("its case.json is damaged: {0}")]
    DamagedIndex(Damage),
    /// Its index is another format's or version's, or malformed.
    #[error("its case.json cannot be read: {0}")]
    Index(JsonError),
}

/// A case taken apart.
#[derive(Debug)]
pub struct Opened {
    pub(super) members: BTreeMap<String, Result<Vec<u8>, Damage>>,
    pub(super) index: Index,
    pub(super) evidence: Option<Evidence>,
    /// What came of reading it.
    pub(super) read: Vec<Check>,
}

impl Opened {
    /// Takes an archive apart. Nothing is written anywhere.
    pub fn read(bytes: &[u8]) -> Result<Self, OpenError> {
        let members: BTreeMap<_, _> =
            read(bytes)?.into_iter().map(|Member { name, content }| (name, content)).collect();
        let index = members.get(members::INDEX).ok_or(OpenError::NoIndex)?;
        let index = index.as_ref().map_err(|damage| OpenError::DamagedIndex(damage.clone()))?;
        let unreadable = |error| OpenError::Index(error);
        let text = std::str::from_utf8(index).map_err(|error| {
            let problem = format!("byte {} is not UTF-8", error.valid_up_to());
            unreadable(JsonError::new(members::INDEX, problem))
        })?;
        let index = Index::parse(text).map_err(unreadable)?;
        let mut opened = Self { members, index, evidence: None, read: Vec::new() };
        opened.take_evidence();
        Ok(opened)
    }

    /// The evidence, if all of it could be read.
    pub const fn evidence(&self) -> Option<&Evidence> {
        self.evidence.as_ref()
    }

    /// What made it, by its own word.
    pub fn tool(&self) -> &str {
        &self.index.tool
    }

    /// The SHA-256 of its list of hashes; none where there is no list.
    pub fn fingerprint(&self) -> Option<String> {
        let list = self.members.get(members::HASHES)?.as_ref().ok()?;
        Some(hex::encode(members::sha256(list)))
    }

    /// Its members that could be unpacked, by name.
    pub fn contents(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.members
            .iter()
            .filter_map(|(name, content)| Some((name.as_str(), content.as_ref().ok()?.as_slice())))
    }

    fn take_evidence(&mut self) {
        let index = self.index.clone();
        let mut whole = true;
        let mut dossiers = Vec::new();
        for voucher in &index.vouchers {
            let read = self.parsed(&voucher.dossier, Subject::Dossier, |text| CaseDossier::read(text));
            let other = read.as_ref().is_some_and(|read| read.key() != voucher.key);
            if other {
                self.failed(Subject::Index, &voucher.dossier, Problem::Index);
            }
            whole &= read.is_some() && !other;
            dossiers.extend(read);
        }
        let mut checkpoints = Vec::new();
        for name in &index.checkpoints {
            let read = self.parsed(name, Subject::Checkpoint, ReadCheckpoint::parse);
            whole &= read.is_some();
            checkpoints.extend(read);
        }
        let mut receipts = Vec::new();
        for name in &index.receipts {
            let read = self.parsed(name, Subject::Receipt, LedgerReceipt::parse);
            whole &= read.is_some();
            receipts.extend(read);
        }
        let files: Option<Vec<PartyFile>> = index.files.iter().map(Added::party_file).collect();
        let (made_at, tool) = (index.made_at, index.tool);
        let evidence = files.map(|files| Evidence { made_at, tool, dossiers, checkpoints, receipts, files });
        let evidence = evidence.filter(|evidence| whole && evidence.check().is_ok());
        // The index must be the one of this evidence: names that lead elsewhere would let a reader see other files.
        let own = evidence.filter(|evidence| Index::of(evidence) == self.index);
        if own.is_none() && whole {
            self.failed(Subject::Index, members::INDEX, Problem::Index);
        }
        self.evidence = own;
    }

    fn parsed<T>(
        &mut self,
        name: &str,
        subject: Subject,
        parse: impl FnOnce(&str) -> Result<T, JsonError>,
    ) -> Option<T> {
        let problem = match self.members.get(name) {
            None => Problem::Missing,
            Some(Err(damage)) => Problem::Damaged(damage.to_string()),
            Some(Ok(bytes)) => match std::str::from_utf8(bytes) {
                Err(error) => Problem::Unreadable(format!("byte {} is not UTF-8", error.valid_up_to())),
                Ok(text) => match parse(text) {
                    Ok(parsed) => return Some(parsed),
                    Err(error) => Problem::Unreadable(error.to_string()),
                },
            },
        };
        self.failed(subject, name, problem);
        None
    }

    fn failed(&mut self, subject: Subject, member: &str, problem: Problem) {
        let finding = Finding::Failed(problem);
        self.read.push(Check { subject, member: member.to_owned(), finding, disclosed: None });
    }
}

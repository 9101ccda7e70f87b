//! A case out of evidence: every member but the parties' own files, and the archive with them.

use crate::archive;
use crate::evidence::{Evidence, EvidenceError};
use crate::findings::{Contradiction, Findings, Found, before};
use crate::index::Index;
use crate::lang::{LANGUAGES, Texts};
use crate::members;
use crate::report::{PdfError, render};
use protocol::digest::bytes_to_hex;
use protocol::dossier::Step;
use protocol::entry::Entry;
use protocol::{Digest, LedgerId, PublicKey};
use serde::Serialize;
use std::collections::BTreeMap;

/// Why there is no case.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The evidence makes none.
    #[error(transparent)]
    Evidence(#[from] EvidenceError),
    /// The report cannot be made.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// There is no archive of it.
    #[error(transparent)]
    Archive(#[from] archive::WriteError),
    /// A member cannot be written as JSON.
    #[error("a member cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// Bytes for a file that the evidence does not name.
    #[error("no added file of the case has the SHA-256 {0}")]
    Stranger(String),
}

/// A case, ready to be packed.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    evidence: Evidence,
    members: Vec<(String, Vec<u8>)>,
}

impl Case {
    /// Makes the report and everything else that follows from the evidence.
    pub fn of(mut evidence: Evidence) -> Result<Self, CaseError> {
        evidence.check()?;
        evidence.checkpoints.sort_by_key(|read| (read.trusted.ledger, read.checkpoint().number));
        evidence.checkpoints.dedup_by_key(|read| (read.trusted.ledger, read.checkpoint().number));
        evidence.receipts.sort_by_key(|item| (item.ledger, item.receipt.index));
        evidence.receipts.dedup_by_key(|item| (item.ledger, item.receipt.index));
        let mut members = vec![(members::INDEX.to_owned(), json(&Index::of(&evidence))?)];
        members.extend(derived(&evidence)?);
        members.extend(given(&evidence)?);
        let hashes = hashes(&members, &evidence);
        members.push((members::HASHES.to_owned(), hashes.into_bytes()));
        members.sort_by_key(|(name, _)| place(name));
        Ok(Self { evidence, members })
    }

    /// What it was made of.
    pub const fn evidence(&self) -> &Evidence {
        &self.evidence
    }

    /// Its members but the parties' files, in their order.
    pub fn members(&self) -> &[(String, Vec<u8>)] {
        &self.members
    }

    /// The SHA-256 of its list of hashes: it names the whole content, however the archive is packed.
    pub fn fingerprint(&self) -> String {
        let list = self.members.iter().find(|(name, _)| name == members::HASHES);
        hex::encode(members::sha256(list.map_or(&[][..], |(_, bytes)| bytes)))
    }

    /// The archive, with the bytes of the added files that are at hand. A file without its bytes stays out; whoever has
    /// them can add them later.
    pub fn zip(&self, contents: &[Vec<u8>]) -> Result<Vec<u8>, CaseError> {
        let mut by_hash: BTreeMap<[u8; 32], &Vec<u8>> =
            contents.iter().map(|bytes| (members::sha256(bytes), bytes)).collect();
        let mut files = Vec::new();
        let mut used = Vec::new();
        for (place, file) in self.evidence.files.iter().enumerate() {
            if let Some(bytes) = by_hash.get(&file.sha256) {
                files.push((members::file(place.saturating_add(1), file), bytes.as_slice()));
                used.push(file.sha256);
            }
        }
        by_hash.retain(|hash, _| !used.contains(hash));
        if let Some(hash) = by_hash.keys().next() {
            return Err(CaseError::Stranger(hex::encode(hash)));
        }
        let own = self.members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        let files = files.iter().map(|(name, bytes)| (name.as_str(), *bytes));
        Ok(archive::write(own.chain(files))?)
    }
}

/// What is opened first stands first.
fn place(name: &str) -> usize {
    let begins = [members::READ_ME, "report.", members::INDEX, members::HASHES, "dossiers/", "incidents/"];
    begins.iter().position(|begin| name.starts_with(begin)).unwrap_or(begins.len())
}

/// The evidence as it was given.
fn given(evidence: &Evidence) -> Result<Vec<(String, Vec<u8>)>, CaseError> {
    let mut given = Vec::new();
    for item in &evidence.dossiers {
        given.push((members::dossier(&item.key()), item.text().as_bytes().to_vec()));
    }
    for read in &evidence.checkpoints {
        given.push((members::checkpoint(read.trusted.ledger, read.checkpoint().number), json(read)?));
    }
    for item in &evidence.receipts {
        given.push((members::receipt(item.ledger, item.receipt.index), json(item)?));
    }
    Ok(given)
}

/// What follows from the evidence: the read-me, the refused sales, the reports.
pub fn derived(evidence: &Evidence) -> Result<Vec<(String, Vec<u8>)>, CaseError> {
    let findings = Findings::of(evidence);
    let mut derived = vec![(members::READ_ME.to_owned(), read_me(evidence).into_bytes())];
    for language in LANGUAGES {
        let rendered = render(&findings, language)?;
        let tag = language.tag();
        derived.push((format!("report.{tag}.html"), rendered.html.into_bytes()));
        derived.push((format!("report.{tag}.pdf"), rendered.pdf));
    }
    for found in &findings.vouchers {
        derived.extend(incidents(found)?);
    }
    Ok(derived)
}

fn read_me(evidence: &Evidence) -> String {
    let text = |language| {
        let tool = crate::plain::cut(&evidence.tool, 60);
        Texts::new(language).with("case-read-me", &[("tool", &tool)])
    };
    LANGUAGES.map(text).map(|text| format!("{text}\n")).join("\n")
}

/// A refused second sale beside the entry that was accepted: two signatures of one key over one state, with the very
/// bytes that were signed, so that any program that checks Ed25519 can judge them.
#[derive(Serialize)]
struct Incident<'a> {
    format: &'static str,
    voucher: PublicKey,
    ledger: LedgerId,
    /// The entry that both continue.
    prev: u64,
    prev_leaf: Digest,
    /// Who held the voucher by it.
    holder: PublicKey,
    refused: Signed<'a>,
    accepted: Option<Accepted<'a>>,
}

#[derive(Serialize)]
struct Signed<'a> {
    #[serde(flatten)]
    step: &'a Step,
    /// What each signature is over.
    instruction: String,
}

#[derive(Serialize)]
struct Accepted<'a> {
    index: u64,
    #[serde(flatten)]
    signed: Signed<'a>,
}

fn incidents(found: &Found<'_>) -> Result<Vec<(String, Vec<u8>)>, CaseError> {
    let mut files = Vec::new();
    for contradiction in &found.contradictions {
        let Contradiction::SecondSale { refused, by, prev, accepted } = contradiction else { continue };
        let Some(leaf) = before(found.dossier, &refused.entry).map(Entry::leaf) else { continue };
        let ledger = found.dossier.ledger.id;
        let signed = |step| signed(step, ledger, leaf);
        let accepted = accepted.and_then(|index| found.row(index));
        let incident = Incident {
            format: "vouchsafe/incident@1",
            voucher: found.facts.key,
            ledger,
            prev: *prev,
            prev_leaf: leaf,
            holder: *by,
            refused: signed(refused),
            accepted: accepted.map(|row| Accepted { index: row.line.index, signed: signed(row.step) }),
        };
        let name = members::incident(&found.facts.key, files.len().saturating_add(1));
        files.push((name, json(&incident)?));
    }
    Ok(files)
}

fn signed(step: &Step, ledger: LedgerId, leaf: Digest) -> Signed<'_> {
    let instruction = step.entry.instruction(ledger, leaf);
    Signed { step, instruction: bytes_to_hex(&instruction) }
}

fn hashes(members: &[(String, Vec<u8>)], evidence: &Evidence) -> String {
    let mut sorted: Vec<&(String, Vec<u8>)> = members.iter().collect();
    sorted.sort_by_key(|(name, _)| place(name));
    let own = sorted.iter().map(|(name, bytes)| members::hash_line(&members::sha256(bytes), name));
    let files = evidence.files.iter().enumerate();
    let files = files
        .map(|(place, file)| members::hash_line(&file.sha256, &members::file(place.saturating_add(1), file)));
    own.chain(files).collect()
}

fn json(value: &impl Serialize) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

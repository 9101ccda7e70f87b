//! The index of a case, `case.json`: what the case is about and which member is what.

use crate::evidence::{Evidence, PartyFile};
use crate::members;
use protocol::PublicKey;
use protocol::json::{At, JsonError, parse};
use serde::Serialize;

/// The `format` of a case.
pub const FORMAT: &str = "vouchsafe/case@1";

/// The index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Index {
    format: &'static str,
    /// When the case was made, by the clock of who made it.
    pub made_at: u64,
    /// What made it.
    pub tool: String,
    /// Vouchers in the order of the report.
    pub vouchers: Vec<Voucher>,
    /// Members that are checkpoints.
    pub checkpoints: Vec<String>,
    /// Members that are receipts.
    pub receipts: Vec<String>,
    /// What the parties add.
    pub files: Vec<Added>,
}

/// A voucher of the case.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Voucher {
    /// Its name.
    pub key: PublicKey,
    /// The member that is its dossier.
    pub dossier: String,
}

/// An added file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Added {
    /// The member that holds its bytes.
    pub file: String,
    /// Its name where it came from.
    pub name: String,
    /// Who adds it, in that party's own words.
    pub by: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes: 64 hex digits.
    pub sha256: String,
}

impl Index {
    /// The index of this evidence.
    pub fn of(evidence: &Evidence) -> Self {
        let voucher = |key: PublicKey| Voucher { key, dossier: members::dossier(&key) };
        Self {
            format: FORMAT,
            made_at: evidence.made_at,
            tool: evidence.tool.clone(),
            vouchers: evidence.dossiers.iter().map(|item| voucher(item.key())).collect(),
            checkpoints: evidence
                .checkpoints
                .iter()
                .map(|read| members::checkpoint(read.trusted.ledger, read.checkpoint().number))
                .collect(),
            receipts: evidence
                .receipts
                .iter()
                .map(|item| members::receipt(item.ledger, item.receipt.index))
                .collect(),
            files: evidence.files.iter().enumerate().map(|(place, file)| Added::of(place, file)).collect(),
        }
    }

    /// Reads the file.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let value = parse(text)?;
        let root = At::root(&value, members::INDEX);
        let format = root.member("format")?;
        if format.text()? != FORMAT {
            return Err(format.error(format!("{FORMAT:?} is due: another version of the format")));
        }
        let names = |name: &str| root.member(name)?.items()?.iter().map(owned).collect::<Result<_, _>>();
        let voucher = |at: &At<'_>| {
            Ok(Voucher { key: at.member("key")?.parsed()?, dossier: owned(&at.member("dossier")?)? })
        };
        Ok(Self {
            format: FORMAT,
            made_at: root.member("made_at")?.integer()?,
            tool: owned(&root.member("tool")?)?,
            vouchers: root.member("vouchers")?.items()?.iter().map(voucher).collect::<Result<_, _>>()?,
            checkpoints: names("checkpoints")?,
            receipts: names("receipts")?,
            files: root.member("files")?.items()?.iter().map(Added::read).collect::<Result<_, _>>()?,
        })
    }
}

impl Added {
    fn of(place: usize, file: &PartyFile) -> Self {
        Self {
            file: members::file(place + 1, file),
            name: file.name.clone(),
            by: file.by.clone(),
            size: file.size,
            sha256: hex::encode(file.sha256),
        }
    }

    fn read(at: &At<'_>) -> Result<Self, JsonError> {
        Ok(Self {
            file: owned(&at.member("file")?)?,
            name: owned(&at.member("name")?)?,
            by: owned(&at.member("by")?)?,
            size: at.member("size")?.integer()?,
            sha256: owned(&at.member("sha256")?)?,
        })
    }

    /// The file that it speaks of; none where its hash is no SHA-256.
    pub fn party_file(&self) -> Option<PartyFile> {
        let sha256 = members::read_sha256(&self.sha256)?;
        Some(PartyFile { name: self.name.clone(), by: self.by.clone(), size: self.size, sha256 })
    }
}

fn owned(at: &At<'_>) -> Result<String, JsonError> {
    at.text().map(str::to_owned)
}

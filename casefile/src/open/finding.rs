//! One line of a check: what was looked at, what came of it, and why.

use super::disclosures::{Disclosed, Said};
use crate::lang::Texts;
use crate::plain::cut;
use crate::report::detail_text;
use protocol::disclosure::Unopened;
use protocol::verify::{Detail, StepCode};
use protocol::{Digest, PublicKey};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// The index.
    Index,
    /// The list of hashes.
    Hashes,
    /// A member's hash.
    Hash,
    /// A file that a party added.
    File,
    /// A disclosure among the added files.
    Disclosure,
    /// The proofs and signatures of a dossier.
    Dossier,
    /// What a dossier shows of the chain: its checkpoint in a block.
    ChainProof,
    /// A checkpoint.
    Checkpoint,
    /// A receipt.
    Receipt,
    /// A member that follows from the evidence, made again and compared.
    Derived,
}

impl Subject {
    /// Its stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Index => "index",
            Self::Hashes => "hashes",
            Self::Hash => "hash",
            Self::File => "file",
            Self::Disclosure => "disclosure",
            Self::Dossier => "dossier",
            Self::ChainProof => "chain-proof",
            Self::Checkpoint => "checkpoint",
            Self::Receipt => "receipt",
            Self::Derived => "derived",
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It holds.
    Passed,
    /// It does not hold.
    Failed(Problem),
    /// It could not be checked.
    Unknown(Problem),
}

/// Why something does not hold, or could not be checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// The member is not there.
    Missing,
    /// The member is no part of the case.
    Surplus,
    /// The list of hashes does not name the member.
    Unlisted,
    /// Its bytes are not those that were hashed.
    Hash,
    /// The archive is damaged there.
    Damaged(String),
    /// It cannot be read.
    Unreadable(String),
    /// The index says something else than the members.
    Index,
    /// A proof does not hold, or cannot be checked.
    Step(StepCode, Detail),
    /// The asker's source has another checkpoint of this number.
    OtherCheckpoint,
    /// The asker's source says another time of its block.
    OtherTime,
    /// The next checkpoint of the case names another one before it.
    NotLinked,
    /// It was not held against anything of the asker's.
    NotHeld,
    /// A later checkpoint that was held names it as the one before; its time is the maker's word.
    LinkedOnly,
    /// The dossier holds no proof of its checkpoint.
    NoChainProof,
    /// The proof leads nowhere.
    Unproven(String),
    /// The proof is under a block of another hash than the asker's.
    OtherBlock(Digest),
    /// The block that the proof names holds another checkpoint.
    ShownOther,
    /// No checkpoint of the case signs with the key that signed the receipt.
    ReceiptUnsigned,
    /// The receipt is for another entry than the dossier has at its place.
    ReceiptOther,
    /// No dossier of the case has an entry at its place.
    ReceiptStray,
    /// A disclosure is about a voucher of which the case has no dossier.
    OtherVoucher(PublicKey),
    /// A disclosure does not open what it says.
    Unopened(Unopened),
    /// It opens, but the dossier that it is about does not hold or could not be checked.
    DossierOpen,
    /// Another version made the report: it is not made again.
    OtherTool(String),
    /// The evidence does not give these bytes.
    Differs,
    /// Evidence is missing or unreadable, so nothing follows from it.
    Incomplete,
}

impl Problem {
    /// Its stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Surplus => "surplus",
            Self::Unlisted => "unlisted",
            Self::Hash => "hash",
            Self::Damaged(_) => "damaged",
            Self::Unreadable(_) => "unreadable",
            Self::Index => "index",
            Self::Step(..) => "step",
            Self::OtherCheckpoint => "other-checkpoint",
            Self::OtherTime => "other-time",
            Self::NotLinked => "not-linked",
            Self::NotHeld => "not-held",
            Self::LinkedOnly => "linked-only",
            Self::NoChainProof => "no-chain-proof",
            Self::Unproven(_) => "unproven",
            Self::OtherBlock(_) => "other-block",
            Self::ShownOther => "shown-other",
            Self::ReceiptUnsigned => "receipt-unsigned",
            Self::ReceiptOther => "receipt-other",
            Self::ReceiptStray => "receipt-stray",
            Self::OtherVoucher(_) => "other-voucher",
            Self::Unopened(_) => "unopened",
            Self::DossierOpen => "dossier-open",
            Self::OtherTool(_) => "other-tool",
            Self::Differs => "differs",
            Self::Incomplete => "incomplete",
        }
    }

    /// In words.
    pub fn say(&self, texts: &Texts) -> String {
        let id = format!("case-problem-{}", self.name());
        match self {
            Self::Damaged(what) | Self::Unreadable(what) | Self::Unproven(what) => {
                texts.with(&id, &[("what", &cut(what, 200))])
            }
            Self::OtherTool(tool) => texts.with(&id, &[("tool", &cut(tool, 60))]),
            Self::OtherVoucher(voucher) => texts.with(&id, &[("voucher", &voucher.to_string())]),
            Self::Unopened(why) => texts.get(&format!("unopened-{}", why.code())),
            Self::OtherBlock(shown) => texts.with(&id, &[("shown", &shown.to_string())]),
            Self::Step(code, detail) => {
                let step = texts.get(&format!("step-{}", code.code().replace('.', "-")));
                texts.with(&id, &[("step", &step), ("detail", &detail_text(detail, texts))])
            }
            _ => texts.get(&id),
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub subject: Subject,
    /// Which member of the case.
    pub member: String,
    /// What came of it.
    pub finding: Finding,
    /// What a disclosure says: proven where it passed, claimed where not.
    pub disclosed: Option<Disclosed>,
}

impl Check {
    /// `passed`, `failed` or `unknown`.
    pub const fn result(&self) -> &'static str {
        match self.finding {
            Finding::Passed => "passed",
            Finding::Failed(_) => "failed",
            Finding::Unknown(_) => "unknown",
        }
    }

    /// Why, where it did not pass.
    pub const fn problem(&self) -> Option<&Problem> {
        match &self.finding {
            Finding::Passed => None,
            Finding::Failed(problem) | Finding::Unknown(problem) => Some(problem),
        }
    }

    /// What was looked at, in words.
    pub fn say(&self, texts: &Texts) -> String {
        let id = format!("case-check-{}", self.subject.name());
        texts.with(&id, &[("member", &cut(&self.member, 120))])
    }

    /// What a disclosure proves, or claims, in words.
    pub fn say_disclosed(&self, texts: &Texts) -> Option<String> {
        let Disclosed { voucher, said } = self.disclosed.as_ref()?;
        let worth = if self.finding == Finding::Passed { "proven" } else { "claimed" };
        let voucher = voucher.to_string();
        Some(match said {
            Said::Serial { serial } => texts.with(
                &format!("case-disclosed-serial-{worth}"),
                &[("voucher", &voucher), ("serial", &cut(serial, 120))],
            ),
            Said::Order { order, entries } => {
                let entries: Vec<String> = entries.iter().map(|index| format!("#{index}")).collect();
                texts.with(
                    &format!("case-disclosed-order-{worth}"),
                    &[("voucher", &voucher), ("order", &cut(order, 120)), ("entries", &entries.join(", "))],
                )
            }
        })
    }
}

impl Serialize for Check {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut members = to.serialize_struct("Check", 5)?;
        members.serialize_field("subject", self.subject.name())?;
        members.serialize_field("member", &self.member)?;
        members.serialize_field("result", self.result())?;
        members.serialize_field("problem", &self.problem().map(Problem::name))?;
        members.serialize_field("disclosed", &self.disclosed)?;
        members.end()
    }
}

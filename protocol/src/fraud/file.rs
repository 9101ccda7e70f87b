//! A challenge file: what an auditor found against an operator, with everything that a judge asks for
//! (docs/protocol.md section 15).
//!
//! In scope: the shape, read and written. Out of scope: whether it holds ([`Accusation::judge`], [`Challenge::check`]),
//! and bringing it before the contract.

use super::{Accusation, Challenge, Fraud, ProvenEntry, ProvenHead, ProvenRecord, Rule, Shown, Withheld};
use crate::checkpoint::{Checkpoint, LedgerOrigin};
use crate::digest::{Digest, bytes_from_hex, bytes_to_hex};
use crate::dossier::{Ledger, read_checkpoint, read_ledger};
use crate::entry::Entry;
use crate::heads::Chunk;
use crate::json::{At, JsonError, parse};
use crate::voucher::Record;
use serde::{Serialize, Serializer};

/// The `format` of a challenge file.
pub const FORMAT: &str = "vouchsafe/challenge@1";

/// What is brought against an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "there are never many of them")]
pub enum Charge {
    /// A contradiction, proven: F1 to F7 and F9.
    Accusation(Accusation),
    /// A leaf that cannot be had: F8.
    Challenge(Challenge),
}

impl Charge {
    /// The checkpoint that it stands under, and how that hangs together with the ring.
    pub const fn shown(&self) -> &Shown {
        match self {
            Self::Accusation(accusation) => &accusation.shown,
            Self::Challenge(challenge) => &challenge.shown,
        }
    }

    /// The rule that it appeals to.
    pub const fn rule(&self) -> Rule {
        match self {
            Self::Accusation(accusation) => accusation.fraud.rule(),
            Self::Challenge(_) => Rule::F8,
        }
    }
}

/// A challenge file of the right shape. The ledger's name is that of [`Charge::shown`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChallengeFile {
    /// Where the ledger was opened: the chain and the contract that hear the charge.
    pub origin: LedgerOrigin,
    /// The charge.
    pub charge: Charge,
}

#[derive(Serialize)]
struct Written<'a, P> {
    format: &'static str,
    ledger: Ledger,
    rule: &'static str,
    checkpoint: &'a Checkpoint,
    newer: &'a [Checkpoint],
    proof: P,
}

impl ChallengeFile {
    /// The text of the file.
    pub fn to_text(&self) -> String {
        match &self.charge {
            Charge::Accusation(accusation) => self.written(&accusation.fraud),
            Charge::Challenge(challenge) => self.written(&challenge.leaf),
        }
    }

    fn written(&self, proof: impl Serialize) -> String {
        let Shown { checkpoint, newer, .. } = self.charge.shown();
        let file = Written {
            format: FORMAT,
            ledger: Ledger::opened_at(self.origin),
            rule: self.charge.rule().code(),
            checkpoint,
            newer,
            proof,
        };
        // Nothing in it can fail to be written: texts, integers, lists.
        serde_json::to_string_pretty(&file).unwrap_or_default()
    }

    /// Reads a file. The error says where in it what is wrong.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let value = parse(text)?;
        let root = At::root(&value, "challenge");
        let format = root.member("format")?;
        if format.text()? != FORMAT {
            return Err(format.error(format!("{FORMAT:?} is due")));
        }
        let ledger = read_ledger(&root.member("ledger")?)?;
        let newer = root.member("newer")?;
        let shown = Shown {
            ledger: ledger.id,
            checkpoint: read_checkpoint(&root.member("checkpoint")?)?,
            newer: newer.items()?.iter().map(read_checkpoint).collect::<Result<_, _>>()?,
        };
        let charge = match proof(&root.member("proof")?)? {
            Proof::Fraud(fraud) => Charge::Accusation(Accusation { shown, fraud }),
            Proof::Withheld(leaf) => Charge::Challenge(Challenge { shown, leaf }),
        };
        let rule = root.member("rule")?;
        if rule.text()? == charge.rule().code() {
            Ok(Self { origin: ledger.origin, charge })
        } else {
            Err(rule.error(format!("a proof of this kind is of {}", charge.rule().code())))
        }
    }
}

#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
enum Proof {
    Fraud(Fraud),
    Withheld(Withheld),
}

fn proof(at: &At<'_>) -> Result<Proof, JsonError> {
    let kind = at.member("kind")?;
    let fraud = |fraud| Ok(Proof::Fraud(fraud));
    let withheld = |leaf| Ok(Proof::Withheld(leaf));
    let x = || entry(&at.member("x")?);
    let y = || entry(&at.member("y")?);
    let shown_head = || head(&at.member("head")?);
    match kind.text()? {
        "double_spend" => fraud(Fraud::DoubleSpend { x: x()?, y: y()? }),
        "illegal_step" => fraud(Fraud::IllegalStep { x: x()?, y: y()? }),
        "illegal_alone" => fraud(Fraud::IllegalAlone { y: y()? }),
        "false_link" => fraud(Fraud::FalseLink { x: x()?, y: y()? }),
        "forward_link" => fraud(Fraud::ForwardLink { y: y()? }),
        "stale_head" => fraud(Fraud::StaleHead { y: y()?, head: shown_head()? }),
        "uncounted_voucher" => {
            fraud(Fraud::UncountedVoucher { y: y()?, number: number(&at.member("number")?)? })
        }
        "forged_head" => fraud(Fraud::ForgedHead { x: x()?, head: shown_head()? }),
        "head_past_log" => fraud(Fraud::HeadPastLog { head: shown_head()? }),
        "double_issue" => {
            fraud(Fraud::DoubleIssue { x: record(&at.member("x")?)?, y: record(&at.member("y")?)? })
        }
        "overlapping_numbers" => fraud(Fraud::OverlappingNumbers { x: x()?, y: y()? }),
        "clock_back" => fraud(Fraud::ClockBack { x: x()?, y: y()? }),
        "withheld_entry" => withheld(Withheld::Entry { index: at.member("index")?.integer()? }),
        "withheld_chunk" => withheld(Withheld::Chunk { chunk: at.member("chunk")?.integer()? }),
        "withheld_record" => withheld(Withheld::Record {
            issue: entry(&at.member("issue")?)?,
            leaf: at.member("leaf")?.integer()?,
        }),
        _ => Err(kind.error("not a kind of proof of this version")),
    }
}

fn entry(at: &At<'_>) -> Result<ProvenEntry, JsonError> {
    let bytes = at.member("entry")?;
    Ok(ProvenEntry {
        index: at.member("index")?.integer()?,
        entry: Entry::decode(&bytes.bytes()?).ok_or_else(|| bytes.error("98 bytes are due"))?,
        path: at.member("path")?.parsed_list()?,
    })
}

fn head(at: &At<'_>) -> Result<ProvenHead, JsonError> {
    let chunk = at.member("chunk")?;
    Ok(ProvenHead {
        number: at.member("number")?.integer()?,
        chunk: Chunk::decode(&chunk.bytes()?).ok_or_else(|| chunk.error("128 bytes are due"))?,
        path: at.member("path")?.parsed_list()?,
    })
}

fn record(at: &At<'_>) -> Result<ProvenRecord, JsonError> {
    let record = at.member("record")?;
    Ok(ProvenRecord {
        issue: entry(&at.member("issue")?)?,
        leaf: at.member("leaf")?.integer()?,
        record: Record::decode(&record.bytes()?).ok_or_else(|| record.error("64 bytes are due"))?,
        path: at.member("path")?.parsed_list::<Digest>()?,
    })
}

/// The one integer that a liar may choose beyond what a plain integer holds: a number that no checkpoint counts.
fn number(at: &At<'_>) -> Result<u64, JsonError> {
    let bytes = bytes_from_hex(at.text()?).map_err(|error| at.error(error.to_string()))?;
    bytes.try_into().map(u64::from_be_bytes).map_err(|_| at.error("8 bytes are due"))
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(super) fn number_hex<S: Serializer>(number: &u64, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&bytes_to_hex(&number.to_be_bytes()))
}

pub(super) fn record_hex<S: Serializer>(record: &Record, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&bytes_to_hex(&record.encode()))
}

//! Disclosures among the files that the parties added (docs/protocol.md section 14): what each proves beside the dossiers of
//! the case, and which are wrong.

use super::finding::{Check, Finding, Problem, Subject};
use super::read::Opened;
use crate::evidence::{CaseDossier, Evidence};
use crate::members;
use protocol::PublicKey;
use protocol::disclosure::{Disclosure, FORMAT, Fact, Opened as Opens, Unopened};
use protocol::json::{At, parse};
use protocol::manifest::Manifest;
use serde::Serialize;

/// A memo has 16 KiB at most; nothing else in a disclosure is long.
const MAX_BYTES: usize = 256 << 10;

/// What a disclosure says, for the line about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Disclosed {
    /// The voucher that it is about.
    pub voucher: PublicKey,
    /// What it says of it.
    #[serde(flatten)]
    pub said: Said,
}

/// The fact as far as a line tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Said {
    /// Its serial.
    Serial {
        /// As it was printed or given.
        serial: String,
    },
    /// An order.
    Order {
        /// Its reference.
        order: String,
        /// The places of the steps that name it; none unless it opens.
        entries: Vec<u64>,
    },
}

impl Opened {
    /// A line for each disclosure. A file that is something else has none; one whose bytes are not those of its hash is
    /// nobody's disclosure.
    pub(super) fn disclosures(&self, evidence: &Evidence, dossiers: &[Check]) -> Vec<Check> {
        let files = self.index.files.iter().filter_map(|file| {
            let bytes = self.members.get(&file.file)?.as_ref().ok()?;
            let known = file.party_file()?;
            (members::sha256(bytes) == known.sha256).then_some((file.file.as_str(), bytes.as_slice()))
        });
        files.filter_map(|(name, bytes)| judged(name, bytes, evidence, dossiers)).collect()
    }
}

fn judged(name: &str, bytes: &[u8], evidence: &Evidence, dossiers: &[Check]) -> Option<Check> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_BYTES && is_one(text))?;
    let line = |finding, disclosed| Check {
        subject: Subject::Disclosure,
        member: name.to_owned(),
        finding,
        disclosed,
    };
    let disclosure = match Disclosure::parse(text) {
        Ok(disclosure) => disclosure,
        Err(error) => return Some(line(Finding::Failed(Problem::Unreadable(error.to_string())), None)),
    };
    let (finding, entries) = match beside(&disclosure, evidence, dossiers) {
        Ok(Opens::Serial) => (Finding::Passed, Vec::new()),
        Ok(Opens::Order { indices }) => (Finding::Passed, indices),
        Err(finding) => (finding, Vec::new()),
    };
    let said = match disclosure.fact {
        Fact::Serial { serial, .. } => Said::Serial { serial },
        Fact::Order { order, .. } => Said::Order { order: order.reference, entries },
    };
    Some(line(finding, Some(Disclosed { voucher: disclosure.voucher, said })))
}

/// Whether a text says of itself that it is a disclosure.
fn is_one(text: &str) -> bool {
    let says = |value| {
        let root = At::root(&value, "file");
        root.member("format").and_then(|format| Ok(format.text()? == FORMAT)).unwrap_or(false)
    };
    parse(text).is_ok_and(says)
}

/// Held against the dossier that it is about: it is worth what that one is worth.
fn beside(disclosure: &Disclosure, evidence: &Evidence, dossiers: &[Check]) -> Result<Opens, Finding> {
    let about = |(item, _): &(&CaseDossier, &Check)| item.key() == disclosure.voucher;
    let (item, check) = evidence
        .dossiers
        .iter()
        .zip(dossiers)
        .find(about)
        .ok_or(Finding::Unknown(Problem::OtherVoucher(disclosure.voucher)))?;
    let dossier = item.dossier();
    let manifest = Manifest::read(&dossier.manifest.text)
        .map_err(|error| Finding::Unknown(Problem::Unreadable(error.to_string())))?;
    let opens = disclosure.open(dossier, &manifest).map_err(|why| match why {
        Unopened::MemoWithheld { .. } => Finding::Unknown(Problem::Unopened(why)),
        _ => Finding::Failed(Problem::Unopened(why)),
    })?;
    match check.finding {
        Finding::Passed => Ok(opens),
        Finding::Failed(_) | Finding::Unknown(_) => Err(Finding::Unknown(Problem::DossierOpen)),
    }
}

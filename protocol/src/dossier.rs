//! Everything that a stranger needs to judge one voucher, in one file (docs/protocol.md section 10).
//!
//! In scope: the shape, read and written. Out of scope: whether it is true; `verify` says that.

use crate::chain_proof::ChainProof;
use crate::checkpoint::{Checkpoint, LedgerOrigin};
use crate::digest::{Digest, LedgerId, PublicKey, Signature, bytes_to_hex};
use crate::entry::{Entry, Signed, memo_content};
use crate::heads::Chunk;
use crate::json::{At, JsonError, parse};
use crate::lifecycle::Kind;
use crate::manifest::{Manifest, Terms};
use crate::receipt::Receipt;
use serde::{Serialize, Serializer};

/// The `format` of a dossier.
pub const FORMAT: &str = "vouchsafe/dossier@1";

/// A dossier of the right shape: the step `format.valid` has passed. Serialises to the file of section 10.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dossier {
    format: &'static str,
    /// The ledger.
    pub ledger: Ledger,
    /// The checkpoint that all proofs run under.
    pub checkpoint: DossierCheckpoint,
    /// The batch that the voucher was issued in.
    pub manifest: ManifestPart,
    /// The voucher in its batch.
    pub voucher: VoucherPart,
    /// The voucher's head.
    pub head: HeadPart,
    /// From the Issue entry to the latest below the checkpoint's size.
    pub history: Vec<HistoryItem>,
    /// What the operator accepted after it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pending: Vec<PendingItem>,
    /// Refused Sells that a holder of the history signed against it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<Step>,
}

/// A ledger by its name and what the name is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Ledger {
    /// The name.
    pub id: LedgerId,
    /// Where it was opened.
    #[serde(flatten)]
    pub origin: LedgerOrigin,
}

impl Ledger {
    /// A ledger opened there.
    pub fn opened_at(origin: LedgerOrigin) -> Self {
        Self { id: origin.ledger(), origin }
    }
}

/// A checkpoint, a hint where it was anchored, and what shows that it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DossierCheckpoint {
    /// What was anchored.
    #[serde(flatten)]
    pub checkpoint: Checkpoint,
    /// Where to look; never evidence by itself.
    pub anchored: Option<Anchored>,
    /// Evidence for those who have the hash of a block: what that block holds of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<Box<ChainProof>>,
}

/// Where on the chain a checkpoint stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Anchored {
    /// Transaction hash.
    pub tx: Digest,
    /// Block number.
    pub block_number: u64,
    /// Block hash.
    pub block_hash: Digest,
    /// Block time, Unix milliseconds.
    pub block_time: u64,
}

/// The batch's manifest and terms, and the proof of leaf 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ManifestPart {
    /// The manifest's exact text.
    pub text: String,
    /// The terms' bytes.
    #[serde(serialize_with = "terms_hex")]
    pub terms: Terms,
    /// From leaf 0 to the batch root.
    pub path: Vec<Digest>,
}

/// The voucher's record and its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VoucherPart {
    /// Its number in the ledger.
    pub number: u64,
    /// Its name, V.
    pub key: PublicKey,
    /// Its label.
    pub label: Digest,
    /// From its record to the batch root.
    pub path: Vec<Digest>,
}

/// The chunk of the head array that holds the voucher's word, and its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeadPart {
    /// 128 bytes.
    #[serde(serialize_with = "chunk_hex")]
    pub chunk: Chunk,
    /// From the chunk to the head root.
    pub path: Vec<Digest>,
}

/// The memo of an entry as a dossier shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Memo {
    /// There is none: the entry's content is zero, or a batch root.
    None,
    /// It is not shown: the entry's content can not be checked.
    Withheld,
    /// Its exact text.
    Text(String),
}

impl Memo {
    /// The text, if it is shown.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::None | Self::Withheld => None,
        }
    }

    /// Whether an entry with this content may show this memo.
    pub fn fits(&self, content: Digest) -> bool {
        *self == Self::Withheld || memo_content(self.text()) == content
    }

    fn is_withheld(&self) -> bool {
        *self == Self::Withheld
    }
}

impl Serialize for Memo {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        self.text().serialize(to)
    }
}

/// An entry with what travels beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The 98 bytes.
    #[serde(serialize_with = "entry_hex")]
    pub entry: Entry,
    /// What the parties wrote.
    #[serde(skip_serializing_if = "Memo::is_withheld")]
    pub memo: Memo,
    /// Who signed.
    pub signatures: Vec<Signed>,
}

/// An anchored entry and its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryItem {
    /// Place in the log.
    pub index: u64,
    /// The entry.
    #[serde(flatten)]
    pub step: Step,
    /// From its leaf to the log root.
    pub path: Vec<Digest>,
}

/// An accepted entry that is not anchored yet, and the operator's promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PendingItem {
    /// Place in the log.
    pub index: u64,
    /// The entry.
    #[serde(flatten)]
    pub step: Step,
    /// Its `index` is this item's.
    #[serde(serialize_with = "receipt_without_index")]
    pub receipt: Receipt,
}

impl Dossier {
    /// A dossier of these parts.
    #[expect(clippy::too_many_arguments, reason = "they are the members of the file")]
    pub fn new(
        ledger: Ledger,
        checkpoint: DossierCheckpoint,
        manifest: ManifestPart,
        voucher: VoucherPart,
        head: HeadPart,
        history: Vec<HistoryItem>,
        pending: Vec<PendingItem>,
        incidents: Vec<Step>,
    ) -> Self {
        Self { format: FORMAT, ledger, checkpoint, manifest, voucher, head, history, pending, incidents }
    }

    /// Reads a file: the step `format.valid`. The error says where in the file what is wrong.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let value = parse(text)?;
        let root = At::root(&value, "dossier");
        let format = root.member("format")?;
        if format.text()? != FORMAT {
            return Err(format.error(format!("{FORMAT:?} is due")));
        }
        let history = root.member("history")?;
        let items = history.items()?.iter().map(history_item).collect::<Result<Vec<_>, _>>()?;
        if items.is_empty() {
            return Err(history.error("a history has at least its Issue entry"));
        }
        Ok(Self {
            format: FORMAT,
            ledger: read_ledger(&root.member("ledger")?)?,
            checkpoint: read_dossier_checkpoint(&root.member("checkpoint")?)?,
            manifest: manifest_part(&root.member("manifest")?)?,
            voucher: voucher_part(&root.member("voucher")?)?,
            head: head_part(&root.member("head")?)?,
            history: items,
            pending: list(&root, "pending", pending_item)?,
            incidents: list(&root, "incidents", step)?,
        })
    }
}

/// The members of a list that may be absent.
fn list<T>(
    root: &At<'_>,
    name: &str,
    read: impl Fn(&At<'_>) -> Result<T, JsonError>,
) -> Result<Vec<T>, JsonError> {
    match root.optional(name)? {
        Some(items) => items.items()?.iter().map(read).collect(),
        None => Ok(Vec::new()),
    }
}

/// Reads a ledger and recomputes its name.
pub fn read_ledger(at: &At<'_>) -> Result<Ledger, JsonError> {
    let origin = LedgerOrigin {
        chain_id: at.member("chain_id")?.integer()?,
        contract: at.member("contract")?.parsed()?,
        opener: at.member("opener")?.parsed()?,
        salt: at.member("salt")?.parsed()?,
    };
    let id = at.member("id")?;
    let ledger = Ledger::opened_at(origin);
    if id.parsed::<LedgerId>()? == ledger.id {
        Ok(ledger)
    } else {
        Err(id.error("not the name of a ledger opened by this opener, contract, chain and salt"))
    }
}

/// Reads the seven members of a checkpoint.
pub fn read_checkpoint(at: &At<'_>) -> Result<Checkpoint, JsonError> {
    Ok(Checkpoint {
        number: at.member("number")?.integer()?,
        size: at.member("size")?.integer()?,
        vouchers: at.member("vouchers")?.integer()?,
        log_root: at.member("log_root")?.parsed()?,
        head_root: at.member("head_root")?.parsed()?,
        operator_key: at.member("operator_key")?.parsed()?,
        previous: at.member("previous")?.parsed()?,
    })
}

/// Reads a checkpoint with the hint where it was anchored.
pub fn read_dossier_checkpoint(at: &At<'_>) -> Result<DossierCheckpoint, JsonError> {
    let anchored = match at.nullable("anchored")? {
        Some(hint) => Some(Anchored {
            tx: hint.member("tx")?.parsed()?,
            block_number: hint.member("block_number")?.integer()?,
            block_hash: hint.member("block_hash")?.parsed()?,
            block_time: hint.member("block_time")?.integer()?,
        }),
        None => None,
    };
    let proof = at.nullable("proof")?.map(|proof| ChainProof::read(&proof)).transpose()?;
    Ok(DossierCheckpoint { checkpoint: read_checkpoint(at)?, anchored, proof: proof.map(Box::new) })
}

fn manifest_part(at: &At<'_>) -> Result<ManifestPart, JsonError> {
    let text = at.member("text")?;
    Manifest::read(text.text()?).map_err(|error| text.error(error.to_string()))?;
    let terms = at.member("terms")?;
    let decoded = Terms::decode(&terms.bytes()?).map_err(|error| terms.error(error.to_string()))?;
    Ok(ManifestPart {
        text: text.text()?.to_owned(),
        terms: decoded,
        path: at.member("path")?.parsed_list()?,
    })
}

fn voucher_part(at: &At<'_>) -> Result<VoucherPart, JsonError> {
    Ok(VoucherPart {
        number: at.member("number")?.integer()?,
        key: at.member("key")?.parsed()?,
        label: at.member("label")?.parsed()?,
        path: at.member("path")?.parsed_list()?,
    })
}

fn head_part(at: &At<'_>) -> Result<HeadPart, JsonError> {
    let chunk = at.member("chunk")?;
    let decoded = Chunk::decode(&chunk.bytes()?).ok_or_else(|| chunk.error("128 bytes are due"))?;
    Ok(HeadPart { chunk: decoded, path: at.member("path")?.parsed_list()? })
}

fn history_item(at: &At<'_>) -> Result<HistoryItem, JsonError> {
    Ok(HistoryItem {
        index: at.member("index")?.integer()?,
        step: step(at)?,
        path: at.member("path")?.parsed_list()?,
    })
}

fn pending_item(at: &At<'_>) -> Result<PendingItem, JsonError> {
    let index = at.member("index")?.integer()?;
    let promise = at.member("receipt")?;
    let receipt = Receipt {
        index,
        leaf: promise.member("leaf")?.parsed()?,
        anchor_by: promise.member("anchor_by")?.integer()?,
        signature: promise.member("signature")?.parsed()?,
    };
    Ok(PendingItem { index, step: step(at)?, receipt })
}

/// Reads an entry, its memo and its signatures.
pub fn step(at: &At<'_>) -> Result<Step, JsonError> {
    let bytes = at.member("entry")?;
    let entry = Entry::decode(&bytes.bytes()?).ok_or_else(|| bytes.error("98 bytes are due"))?;
    let kind = entry.kind().ok_or_else(|| bytes.error(format!("kind {} is not known", entry.kind)))?;
    let memo = match at.optional("memo")? {
        None => Memo::Withheld,
        Some(memo) if memo.is_null() => Memo::None,
        Some(memo) if kind == Kind::Issue => {
            memo.text()?;
            return Err(memo.error("an Issue entry has no memo"));
        }
        Some(memo) => Memo::Text(memo.text()?.to_owned()),
    };
    let signatures = at.member("signatures")?;
    let signatures = signatures.items()?.iter().map(signed).collect::<Result<_, _>>()?;
    Ok(Step { entry, memo, signatures })
}

/// Reads a signature and whose it is.
pub fn signed(at: &At<'_>) -> Result<Signed, JsonError> {
    Ok(Signed {
        role: at.member("role")?.text()?.to_owned(),
        key: at.member("key")?.parsed::<PublicKey>()?,
        signature: at.member("signature")?.parsed::<Signature>()?,
    })
}

pub(crate) fn entry_hex<S: Serializer>(entry: &Entry, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&bytes_to_hex(&entry.encode()))
}

fn terms_hex<S: Serializer>(terms: &Terms, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&bytes_to_hex(&terms.encode()))
}

pub(crate) fn chunk_hex<S: Serializer>(chunk: &Chunk, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&bytes_to_hex(chunk.encode()))
}

fn receipt_without_index<S: Serializer>(receipt: &Receipt, to: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeStruct as _;
    let mut members = to.serialize_struct("Receipt", 3)?;
    members.serialize_field("leaf", &receipt.leaf)?;
    members.serialize_field("anchor_by", &receipt.anchor_by)?;
    members.serialize_field("signature", &receipt.signature)?;
    members.end()
}

//! The typed rows of the ledger: the one place that knows which bytes stand in which table.
//!
//! Numbers in keys are big-endian, so that a table is in the order of the log or of the vouchers. Values are postcard,
//! but for records, chunks and tree nodes, which are stored as the bytes that are hashed.

use super::tiles::{TileId, WIDTH};
use crate::store::{StoreError, Table};
use anchors::Place;
use protocol::checkpoint::Checkpoint;
use protocol::dossier::Anchored;
use protocol::entry::{Entry, Signed};
use protocol::lifecycle::State;
use protocol::manifest::Terms;
use protocol::voucher::Record;
use protocol::{Digest, PublicKey, Signature};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::ops::Range;

/// A row that does not read as what its table holds, or an I/O error below it.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A row is missing or unreadable where another says that it stands.
    #[error("table {} lacks a readable row {what}: the store is damaged; stop the node and run fsck", .table.name())]
    Damaged {
        /// The table.
        table: Table,
        /// Which row.
        what: String,
    },
}

impl ReadError {
    /// A damaged row of a table.
    pub fn damaged(table: Table, what: impl std::fmt::Display) -> Self {
        Self::Damaged { table, what: what.to_string() }
    }
}

/// The key of a number.
pub fn number_key(number: u64) -> [u8; 8] {
    number.to_be_bytes()
}

/// The number of a key.
pub fn key_number(table: Table, key: &[u8]) -> Result<u64, ReadError> {
    key.first_chunk::<8>()
        .map(|bytes| u64::from_be_bytes(*bytes))
        .ok_or_else(|| ReadError::damaged(table, "with a key of another width"))
}

/// The key of a tile of the batch tree whose batch begins at `first`.
pub fn batch_tile_key(first: u64, at: TileId) -> Vec<u8> {
    [first.to_be_bytes().as_slice(), &at.key()].concat()
}

/// The records that stand in one row: those that are the leaves of one tile of their batch's tree, whose first leaf is the
/// manifest's. So the first block of a batch has room for one less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// First voucher of the batch.
    pub batch: u64,
    /// Counted from 0.
    pub number: u64,
}

impl Block {
    /// The block in which voucher `number` of the batch that begins at `batch` has its record.
    pub const fn of(batch: u64, number: u64) -> Self {
        let leaf = number.saturating_sub(batch).saturating_add(1);
        Self { batch, number: leaf / WIDTH as u64 }
    }

    /// Its key in [`Table::Records`].
    pub fn key(self) -> [u8; 16] {
        let mut key = [0; 16];
        let (batch, number) = key.split_at_mut(8);
        batch.copy_from_slice(&self.batch.to_be_bytes());
        number.copy_from_slice(&self.number.to_be_bytes());
        key
    }

    /// The numbers of its vouchers, in a batch of so many.
    pub fn vouchers(self, count: u64) -> Range<u64> {
        let number = |leaf: u64| self.batch.saturating_add(leaf.saturating_sub(1).min(count));
        let begin = self.number.saturating_mul(WIDTH as u64);
        number(begin)..number(begin.saturating_add(WIDTH as u64))
    }

    /// A voucher's record out of its row; none where the row ends before it.
    pub fn record(self, value: &[u8], voucher: u64) -> Option<Record> {
        let place = voucher.checked_sub(self.vouchers(u64::MAX).start)?;
        let begin = usize::try_from(place).ok()?.checked_mul(Record::WIDTH)?;
        Record::decode(value.get(begin..begin.checked_add(Record::WIDTH)?)?)
    }
}

/// The key of a chunk of heads as of checkpoint `number`. A chunk is written only when it changes: the version in force
/// is the greatest at or below the number asked for.
pub fn chunk_key(chunk: u64, number: u64) -> Vec<u8> {
    [chunk.to_be_bytes(), number.to_be_bytes()].concat()
}

/// The key of a tile of the head tree as of checkpoint `number`; the version in force is found as that of a chunk.
pub fn head_tile_key(at: TileId, number: u64) -> Vec<u8> {
    [at.key().as_slice(), &number.to_be_bytes()].concat()
}

/// Bytes of an incident's key.
pub const INCIDENT_KEY_WIDTH: usize = 40;

/// The key of an incident: by the entry that it was signed against, then by what was signed.
pub fn incident_key(prev: u64, instruction: Digest) -> Vec<u8> {
    [prev.to_be_bytes().as_slice(), instruction.as_bytes()].concat()
}

/// The value of a row.
pub fn encode<T: Serialize>(row: &T) -> Vec<u8> {
    // Postcard fails only on types that have no length, of which the rows below hold none.
    postcard::to_allocvec(row).unwrap_or_default()
}

/// A row of its value.
pub fn decode<T: DeserializeOwned>(
    table: Table,
    what: impl std::fmt::Display,
    value: &[u8],
) -> Result<T, ReadError> {
    postcard::from_bytes(value).map_err(|_| ReadError::damaged(table, what))
}

/// A signature as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedRow {
    role: String,
    key: [u8; 32],
    signature: Vec<u8>,
}

impl From<&Signed> for SignedRow {
    fn from(signed: &Signed) -> Self {
        Self {
            role: signed.role.clone(),
            key: *signed.key.as_bytes(),
            signature: signed.signature.as_bytes().to_vec(),
        }
    }
}

/// An entry of the log with what travels beside it, and the state of its vouchers afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryRow {
    entry: Vec<u8>,
    memo: Option<String>,
    signatures: Vec<SignedRow>,
    issuer: [u8; 32],
    seller: Option<[u8; 32]>,
    used: u64,
    was_returned: bool,
    anchor_by: u64,
}

/// An accepted entry as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The state of the covered vouchers after it; holds the entry and its index.
    pub state: State,
    /// What the parties wrote.
    pub memo: Option<String>,
    /// Who signed.
    pub signatures: Vec<Signed>,
    /// The time that its receipt promises, Unix milliseconds.
    pub anchor_by: u64,
}

impl Accepted {
    /// Its row in [`Table::Entries`], at its index.
    pub fn encode(&self) -> Vec<u8> {
        encode(&EntryRow {
            entry: self.state.entry.encode().to_vec(),
            memo: self.memo.clone(),
            signatures: self.signatures.iter().map(SignedRow::from).collect(),
            issuer: *self.state.issuer.as_bytes(),
            seller: self.state.seller.map(|seller| *seller.as_bytes()),
            used: self.state.used,
            was_returned: self.state.was_returned,
            anchor_by: self.anchor_by,
        })
    }

    /// From its row.
    pub fn decode(index: u64, value: &[u8]) -> Result<Self, ReadError> {
        let damaged = || ReadError::damaged(Table::Entries, index);
        let row: EntryRow = decode(Table::Entries, index, value)?;
        let entry = Entry::decode(&row.entry).ok_or_else(damaged)?;
        Ok(Self {
            state: State {
                entry,
                index,
                status: entry.status().ok_or_else(damaged)?,
                issuer: PublicKey::new(row.issuer),
                seller: row.seller.map(PublicKey::new),
                used: row.used,
                was_returned: row.was_returned,
            },
            memo: row.memo,
            signatures: signed_of(row.signatures).ok_or_else(damaged)?,
            anchor_by: row.anchor_by,
        })
    }
}

/// The entry alone of a row in [`Table::Entries`]: with it begins the row, and the rest is not looked at.
pub fn decode_entry(index: u64, value: &[u8]) -> Result<Entry, ReadError> {
    let entry = postcard::take_from_bytes::<&[u8]>(value).ok().and_then(|(entry, _)| Entry::decode(entry));
    entry.ok_or_else(|| ReadError::damaged(Table::Entries, index))
}

fn signed_of(rows: Vec<SignedRow>) -> Option<Vec<Signed>> {
    let signed = |row: SignedRow| {
        let signature = Signature::from_slice(&row.signature).ok()?;
        Some(Signed { role: row.role, key: PublicKey::new(row.key), signature })
    };
    rows.into_iter().map(signed).collect()
}

/// A refused Sell that a holder signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// The entry as it was refused; `at` is when.
    pub entry: Entry,
    /// Entries in the log when it was refused.
    pub log_size: u64,
    /// What the parties wrote.
    pub memo: Option<String>,
    /// Who signed.
    pub signatures: Vec<Signed>,
}

#[derive(Serialize, Deserialize)]
struct IncidentRow {
    entry: Vec<u8>,
    log_size: u64,
    memo: Option<String>,
    signatures: Vec<SignedRow>,
}

impl Incident {
    /// Its row in [`Table::Incidents`].
    pub fn encode(&self) -> Vec<u8> {
        encode(&IncidentRow {
            entry: self.entry.encode().to_vec(),
            log_size: self.log_size,
            memo: self.memo.clone(),
            signatures: self.signatures.iter().map(SignedRow::from).collect(),
        })
    }

    /// From its row.
    pub fn decode(value: &[u8]) -> Result<Self, ReadError> {
        let damaged = || ReadError::damaged(Table::Incidents, "of an incident");
        let row: IncidentRow = decode(Table::Incidents, "of an incident", value)?;
        Ok(Self {
            entry: Entry::decode(&row.entry).ok_or_else(damaged)?,
            log_size: row.log_size,
            memo: row.memo,
            signatures: signed_of(row.signatures).ok_or_else(damaged)?,
        })
    }
}

/// Neighbouring vouchers whose latest entry is the same, by their first number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// One past the last number.
    pub end: u64,
    /// The latest entry of all of them.
    pub index: u64,
}

/// A batch, by its first voucher number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Vouchers.
    pub count: u64,
    /// Its Issue entry.
    pub index: u64,
    /// The root of its tree, also the content of its Issue entry.
    pub root: [u8; 32],
    /// The manifest's exact text.
    pub manifest: String,
    /// The terms' bytes.
    pub terms: Vec<u8>,
}

impl Batch {
    /// Its terms, read; `first` is for the error.
    pub fn read_terms(&self, first: u64) -> Result<Terms, ReadError> {
        Terms::decode(&self.terms).map_err(|_| ReadError::damaged(Table::Batches, first))
    }
}

/// A checkpoint and what the chain said of it last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// The checkpoint.
    pub checkpoint: Checkpoint,
    /// When it was cut, Unix milliseconds.
    pub cut_at: u64,
    /// Where it stands on the chain; none before it is in a block, and again if its block vanishes.
    pub anchored: Option<Anchored>,
    /// Whether it can still vanish.
    pub is_final: bool,
}

#[derive(Serialize, Deserialize)]
struct PublishedRow {
    checkpoint: ([u64; 3], [[u8; 32]; 4]),
    cut_at: u64,
    anchored: Option<([[u8; 32]; 2], [u64; 2])>,
    is_final: bool,
}

impl Published {
    /// Its row in [`Table::Checkpoints`], at its number.
    pub fn encode(&self) -> Vec<u8> {
        let Checkpoint { number, size, vouchers, log_root, head_root, operator_key, previous } =
            self.checkpoint;
        let roots = [log_root, head_root, previous].map(|digest| *digest.as_bytes());
        let [log_root, head_root, previous] = roots;
        encode(&PublishedRow {
            checkpoint: ([number, size, vouchers], [log_root, head_root, *operator_key.as_bytes(), previous]),
            cut_at: self.cut_at,
            anchored: self.anchored.map(|place| {
                ([*place.tx.as_bytes(), *place.block_hash.as_bytes()], [place.block_number, place.block_time])
            }),
            is_final: self.is_final,
        })
    }

    /// From its row.
    pub fn decode(value: &[u8]) -> Result<Self, ReadError> {
        let row: PublishedRow = decode(Table::Checkpoints, "of a checkpoint", value)?;
        let ([number, size, vouchers], [log_root, head_root, operator_key, previous]) = row.checkpoint;
        let checkpoint = Checkpoint {
            number,
            size,
            vouchers,
            log_root: Digest::new(log_root),
            head_root: Digest::new(head_root),
            operator_key: PublicKey::new(operator_key),
            previous: Digest::new(previous),
        };
        let anchored = row.anchored.map(|([tx, block_hash], [block_number, block_time])| Anchored {
            tx: Digest::new(tx),
            block_number,
            block_hash: Digest::new(block_hash),
            block_time,
        });
        Ok(Self { checkpoint, cut_at: row.cut_at, anchored, is_final: row.is_final })
    }
}

/// A checkpoint that is not final yet: what must be sent, however often the chain forgets it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The proof that the contract asks for.
    pub consistency: Vec<[u8; 32]>,
}

/// Where the chain says that a checkpoint stands, as a dossier shows it.
pub fn anchored_at(place: &Place) -> Anchored {
    Anchored {
        tx: place.tx,
        block_number: place.block_number,
        block_hash: place.block_hash,
        block_time: place.block_time,
    }
}

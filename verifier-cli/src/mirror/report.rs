//! What came of a run.

use super::copy::Counts;
use super::log::{Reached, Replay};
use crate::failure::UNKNOWN;
use crate::public_data::DataError;
use protocol::LedgerId;
use protocol::checkpoint::Checkpoint;
use protocol::heads::CHUNK_WORDS;
use serde::{Deserialize, Serialize};

/// The exit code where the operator's anchored word contradicts his log (docs/protocol.md section 11, `refuted`).
pub const CONTRADICTED: u8 = 30;
/// Names that a report lists of one kind.
const LISTED: usize = 20;
/// The `format` of a mirror's state.
const FORMAT: &str = "vouchsafe/mirror@1";

/// What in a checkpoint contradicts the log under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Contradiction {
    /// `log` or `heads`.
    pub what: &'static str,
    /// Number of the checkpoint.
    pub checkpoint: u64,
    /// The first voucher of the first chunk that differs, where the operator's chunks are to be had.
    pub voucher: Option<u64>,
}

impl Contradiction {
    /// Its log root is not that of its entries.
    pub(super) const fn log(checkpoint: &Checkpoint) -> Self {
        Self { what: "log", checkpoint: checkpoint.number, voucher: None }
    }

    /// Its heads are not those of its entries.
    pub(super) const fn heads(checkpoint: &Checkpoint, chunk: Option<u64>) -> Self {
        let voucher = match chunk {
            Some(chunk) => Some(chunk.saturating_mul(CHUNK_WORDS)),
            None => None,
        };
        Self { what: "heads", checkpoint: checkpoint.number, voucher }
    }
}

/// A file that could not be had.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unavailable {
    /// Its path, where it is one file.
    pub path: Option<String>,
    /// Why.
    pub problem: String,
}

/// What came of a run.
#[derive(Debug, Clone, Serialize)]
pub struct MirrorReport {
    /// The ledger.
    pub ledger: LedgerId,
    /// The checkpoint up to which it was copied.
    pub checkpoint: u64,
    /// The newest that the chain has.
    pub newest: u64,
    /// The newest that the source has.
    pub source: u64,
    /// Entries.
    pub size: u64,
    /// Vouchers.
    pub vouchers: u64,
    /// Files that were there.
    pub kept: u64,
    /// Files that were fetched.
    pub fetched: u64,
    /// Bytes that were fetched.
    pub bytes: u64,
    /// Files that were there and damaged: the first of them.
    pub damaged: Vec<String>,
    /// All of them.
    pub damaged_count: usize,
    /// Files that could not be had: the first of them.
    pub unavailable: Vec<Unavailable>,
    /// All of them.
    pub unavailable_count: usize,
    /// Checkpoints that contradict the log: the first of them.
    pub contradictions: Vec<Contradiction>,
    /// All of them.
    pub contradictions_count: usize,
}

/// How far a mirror was whole when it was last, by its own word.
#[derive(Serialize, Deserialize)]
pub(super) struct State {
    format: String,
    ledger: LedgerId,
    /// Number of the checkpoint.
    pub checkpoint: u64,
    /// Size of the log.
    pub size: u64,
}

impl State {
    /// From its file.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}

impl MirrorReport {
    pub(super) const fn new(ledger: LedgerId, newest: &Checkpoint) -> Self {
        Self {
            ledger,
            checkpoint: newest.number,
            newest: newest.number,
            source: newest.number,
            size: newest.size,
            vouchers: newest.vouchers,
            kept: 0,
            fetched: 0,
            bytes: 0,
            damaged: Vec::new(),
            damaged_count: 0,
            unavailable: Vec::new(),
            unavailable_count: 0,
            contradictions: Vec::new(),
            contradictions_count: 0,
        }
    }

    /// Takes what was found, and gives how far it came.
    pub(super) fn take(&mut self, replay: Replay<'_>) -> Reached {
        let (reached, contradictions, unavailable) = replay.into_findings();
        self.contradictions_count = contradictions.len();
        self.contradictions = contradictions.into_iter().take(LISTED).collect();
        for error in &unavailable {
            self.unavailable(error);
        }
        reached
    }

    pub(super) fn unavailable(&mut self, error: &DataError) {
        self.unavailable_count = self.unavailable_count.saturating_add(1);
        if self.unavailable.len() < LISTED {
            let path = match error {
                DataError::Missing { path, .. } | DataError::Damaged { path, .. } => Some(path.to_string()),
                DataError::Unreachable { .. } | DataError::NoSuchNode(_) => None,
            };
            self.unavailable.push(Unavailable { path, problem: error.to_string() });
        }
    }

    pub(super) fn count(&mut self, counts: Counts) {
        let Counts { kept, fetched, bytes, damaged } = counts;
        (self.kept, self.fetched, self.bytes) = (kept, fetched, bytes);
        self.damaged_count = damaged.len();
        self.damaged = damaged.iter().take(LISTED).map(ToString::to_string).collect();
    }

    /// Whether everything up to its checkpoint is in the folder.
    pub const fn is_whole(&self) -> bool {
        self.unavailable_count == 0
    }

    /// 0 whole and up to the newest, 30 contradicted, 3 otherwise.
    pub const fn exit(&self) -> u8 {
        if self.contradictions_count > 0 {
            CONTRADICTED
        } else if self.is_whole() && self.checkpoint == self.newest {
            0
        } else {
            UNKNOWN
        }
    }

    pub(super) fn state(&self) -> Vec<u8> {
        let Self { ledger, checkpoint, size, .. } = *self;
        let state = State { format: FORMAT.to_owned(), ledger, checkpoint, size };
        serde_json::to_vec_pretty(&state).unwrap_or_default()
    }
}

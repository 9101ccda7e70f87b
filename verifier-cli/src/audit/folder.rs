//! The folder of an audit: how far it came, the report, and the files that prove or show what was found.

use super::report::{Audited, Found};
use crate::failure::Failure;
use crate::party::files::{Draft, Over, Readers};
use protocol::audit::Replay;
use protocol::checkpoint::Checkpoint;
use protocol::digest::PublicKey;
use protocol::{Digest, LedgerId, keccak};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::path::{Path, PathBuf};

/// The `format` of the first line of a state.
const FORMAT: &str = "vouchsafe/audit-state@1";
/// Where the state lies in the folder.
const STATE: &str = "state";
/// Where the report lies.
const REPORT: &str = "report.json";

/// How far an audit came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    format: String,
    /// The ledger.
    pub ledger: LedgerId,
    /// Number and hash of the newest checkpoint that agreed with the log.
    pub closed: Option<(u64, Digest)>,
    /// Its size: what stands above is not held against a root yet.
    pub size: u64,
    /// Keys that the operator had so far.
    pub keys: Vec<PublicKey>,
    /// Vouchers whose heads were named already.
    pub heads: Vec<u64>,
    /// Figures.
    pub audited: Audited,
    /// What was found.
    pub found: Vec<Found>,
}

impl Progress {
    /// Of a ledger of which nothing was read.
    pub fn new(ledger: LedgerId) -> Self {
        Self {
            format: FORMAT.to_owned(),
            ledger,
            closed: None,
            size: 0,
            keys: Vec::new(),
            heads: Vec::new(),
            audited: Audited::default(),
            found: Vec::new(),
        }
    }

    /// From the first entry again; what was found stays found.
    pub fn begin_anew(&mut self) {
        let found = std::mem::take(&mut self.found);
        let contradictions = self.audited.contradictions;
        let audited = Audited { contradictions, ..Audited::default() };
        *self = Self { audited, found, ..Self::new(self.ledger) };
    }

    /// Notes a checkpoint that agreed with the log.
    pub fn close(&mut self, checkpoint: &Checkpoint) {
        self.closed = Some((checkpoint.number, checkpoint.hash(self.ledger)));
        self.size = checkpoint.size;
        self.audited.checkpoints += 1;
        if !self.keys.contains(&checkpoint.operator_key) {
            self.keys.push(checkpoint.operator_key);
        }
    }
}

/// The folder, held by one audit at a time.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

/// What the folder holds of an earlier run.
#[derive(Debug)]
pub enum Earlier {
    /// Nothing.
    Nothing,
    /// As far as it came.
    Some(Box<(Progress, Replay)>),
    /// A state that can not be gone on with, and why.
    Unusable(String),
}

impl Folder {
    /// The folder, made if it is not there.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let unusable = |error: std::io::Error| {
            Failure::usage("error-out-unwritable")
                .with_foreign("path", path.display())
                .with_foreign("cause", error)
        };
        std::fs::create_dir_all(path).map_err(unusable)?;
        let lock = File::options().create(true).truncate(false).write(true).open(path.join("lock"));
        let lock = lock.map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(std::fs::TryLockError::WouldBlock) => {
                Err(Failure::usage("error-audit-locked").with_foreign("path", path.display()))
            }
            Err(std::fs::TryLockError::Error(error)) => Err(unusable(error)),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the report lies.
    pub fn report(&self) -> PathBuf {
        self.path.join(REPORT)
    }

    /// Writes a file whole or not at all.
    pub fn write(&self, name: &str, bytes: &[&[u8]]) -> Result<(), Failure> {
        let mut draft = Draft::create(&self.path.join(name), Readers::Any, Over::Anything)?;
        for bytes in bytes {
            draft.write(bytes)?;
        }
        draft.publish()
    }

    /// Writes the report.
    pub fn write_report(&self, text: &str) -> Result<(), Failure> {
        self.write(REPORT, &[text.as_bytes(), b"\n"])
    }

    /// Keeps how far it came: a line of JSON, a line with its hash, and the replay.
    pub fn keep(&self, progress: &Progress, replay: &Replay) -> Result<(), Failure> {
        // Texts, integers and lists: nothing in it can fail to be written.
        let line = serde_json::to_string(progress).unwrap_or_default();
        let hash = keccak(&[line.as_bytes()]).to_string();
        self.write(STATE, &[line.as_bytes(), b"\n", hash.as_bytes(), b"\n", &replay.to_bytes()])
    }

    /// Forgets how far it came.
    pub fn forget(&self) {
        // What stays is found unusable, or is as good as it was.
        let _ = std::fs::remove_file(self.path.join(STATE));
    }

    /// How far an earlier run came.
    pub fn earlier(&self, ledger: LedgerId) -> Earlier {
        let bytes = match std::fs::read(self.path.join(STATE)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Earlier::Nothing,
            Err(error) => return Earlier::Unusable(error.to_string()),
        };
        match read(&bytes) {
            Ok((progress, _)) if progress.ledger != ledger => {
                Earlier::Unusable(format!("it is of ledger {}", progress.ledger))
            }
            Ok(kept) => Earlier::Some(Box::new(kept)),
            Err(problem) => Earlier::Unusable(problem),
        }
    }
}

fn read(bytes: &[u8]) -> Result<(Progress, Replay), String> {
    let mut parts = bytes.splitn(3, |byte| *byte == b'\n');
    let mut part = || parts.next().ok_or_else(|| "it is cut off".to_owned());
    let (line, hash, replay) = (part()?, part()?, part()?);
    if keccak(&[line]).to_string().as_bytes() != hash {
        return Err("its first line is damaged".to_owned());
    }
    let progress: Progress = serde_json::from_slice(line).map_err(|error| error.to_string())?;
    if progress.format != FORMAT {
        return Err(format!("it is of another version: {}", progress.format));
    }
    Ok((progress, Replay::from_bytes(replay).map_err(|error| error.to_string())?))
}

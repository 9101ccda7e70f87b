//! Copying a ledger's public data into a folder, every file of it held against the chain (docs/protocol.md section 16).
//!
//! In scope: what an anchored checkpoint covers, fetched where the folder lacks it or holds something else, and the
//! evidence where the anchored heads are not those of the entries. Out of scope: signatures, transitions, uniqueness;
//! an audit judges them, from the mirror too.
//!
//! Nothing is written down for the next run: each reads all that is there and fetches what does not fit. So a run that was
//! killed at any moment is resumed by the next, and a file that was damaged since is found. A run that keeps up with its
//! ledger remembers how far it came, in memory alone, and goes on from there.

mod batch;
mod checkpoints;
mod copy;
mod heads;
mod log;
mod report;
mod tree;

pub use checkpoints::newest_there;
pub use copy::{Copying, Problem};
pub use report::{CONTRADICTED, Contradiction, MirrorReport, Unavailable};

use crate::failure::Failure;
use crate::public_data::{FolderData, PublicData};
use log::{Reached, Replay};
use protocol::checkpoint::Checkpoint;
use protocol::dossier::Ledger;
use protocol::public_data::{DataPath, decode_ledger};
use report::State;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::atomic::AtomicBool;

/// The file by which a mirror is held for one run at a time.
const LOCK: &str = ".lock";
/// What a mirror knows about itself; no public data.
const STATE_FILE: &str = "mirror.json";
/// What may lie in the folder of a mirror that lacks its `ledger.json`.
const OWN: [&str; 8] = [LOCK, STATE_FILE, ".unfinished", "checkpoint", "tile", "batch", "head", "lost+found"];

/// A folder that this run alone writes into.
pub struct Mirror {
    folder: FolderData,
    /// Up to here everything is in the folder and was checked.
    reached: Reached,
    _lock: File,
}

impl Mirror {
    /// Takes the folder, which is made if it is not there.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let unwritable = |cause: &dyn std::fmt::Display| {
            Failure::usage("error-out-unwritable")
                .with_foreign("path", path.display())
                .with_foreign("cause", cause)
        };
        std::fs::create_dir_all(path).map_err(|error| unwritable(&error))?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path.join(LOCK));
        let lock = lock.map_err(|error| unwritable(&error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::usage("error-mirror-busy").with_foreign("path", path.display()));
            }
            Err(TryLockError::Error(error)) => return Err(unwritable(&error)),
        }
        let folder = FolderData::new(path);
        folder.clear_unfinished();
        Ok(Self { folder, reached: Reached::default(), _lock: lock })
    }

    /// Refuses a folder that holds something else, or another ledger.
    pub fn check_ledger(&self, ledger: &Ledger) -> Result<(), Failure> {
        let path = self.folder.folder();
        match self.folder.fetch(DataPath::Ledger) {
            Ok(bytes) => match decode_ledger(&bytes) {
                Ok(kept) if kept != *ledger => Err(Failure::usage("error-mirror-ledger")
                    .with_foreign("path", path.display())
                    .with("kept", kept.id.to_string())
                    .with("ledger", ledger.id.to_string())),
                // One that does not read is damaged, and fetched again.
                _ => Ok(()),
            },
            Err(error) if !error.is_missing() => Err(error.into()),
            Err(_) => {
                let foreign = |entry: std::fs::DirEntry| !OWN.iter().any(|name| entry.file_name() == *name);
                let mut entries = std::fs::read_dir(path).into_iter().flatten().flatten();
                if entries.any(foreign) {
                    return Err(Failure::usage("error-mirror-foreign").with_foreign("path", path.display()));
                }
                Ok(())
            }
        }
    }

    /// The next copy checks all of the folder, as the first does.
    pub fn check_all(&mut self) {
        self.reached = Reached::default();
    }

    /// Copies everything that `newest`, which the chain vouches for, covers, and that no copy before has checked; none where
    /// somebody asks to stop before.
    pub fn copy(
        &mut self,
        source: &dyn PublicData,
        ledger: &Ledger,
        newest: &Checkpoint,
        jobs: usize,
        stop: &AtomicBool,
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<Option<MirrorReport>, Failure> {
        let copying = Copying::new(source, &self.folder, jobs, stop)?;
        let mut report = MirrorReport::new(ledger.id, newest);
        let mut reached = std::mem::take(&mut self.reached);
        let outcome = (|| {
            copying.obtain(DataPath::Ledger, |bytes| match decode_ledger(bytes) {
                Ok(found) if found == *ledger => Ok(()),
                Ok(found) => Err(format!("it is of ledger {}", found.id)),
                Err(error) => Err(error.to_string()),
            })?;
            let checkpoints =
                since(&mut reached, |first| checkpoints::copy(&copying, ledger.id, first, newest))?;
            let mut replay = Replay::new(&copying, std::mem::take(&mut reached), checkpoints, progress);
            let copied = log::copy(&copying, newest, &mut replay);
            reached = report.take(replay);
            copied
        })();
        match outcome {
            Ok(()) => {}
            Err(Problem::Own(failure)) => return Err(failure),
            Err(Problem::Stopped) => return Ok(None),
            Err(Problem::Data(error)) => report.unavailable(&error),
        }
        report.count(copying.into_counts());
        // A folder that was whole further than this stays so.
        if report.is_whole() && self.state().is_none_or(|before| before.size <= newest.size) {
            self.tidy(newest.size);
            self.folder.put_named(STATE_FILE, &report.state())?;
        }
        // Only what a checkpoint of the chain ends with: another could come to stand in its place.
        if report.exit() == 0 && reached.checkpoint == Some(*newest) {
            self.reached = reached;
        }
        Ok(Some(report))
    }

    /// Number of the checkpoint up to which it was whole, by its own word.
    pub fn reached(&self) -> Option<u64> {
        self.state().map(|state| state.checkpoint)
    }

    fn state(&self) -> Option<State> {
        State::read(&std::fs::read(self.folder.folder().join(STATE_FILE)).ok()?)
    }

    /// Takes away the parts that were the log's right edge when it was shorter: longer ones hold what they held.
    fn tidy(&self, size: u64) {
        let Some(before) = self.state() else { return };
        for path in log::edge(before.size).filter(|path| log::edge(size).all(|kept| kept != *path)) {
            self.folder.remove(path);
        }
    }
}

/// The checkpoints after the one that was reached, of those that `copy` gives from a number on; all, and nothing reached,
/// where the chain has another by now.
fn since(
    reached: &mut Reached,
    copy: impl Fn(u64) -> Result<Vec<Checkpoint>, Problem>,
) -> Result<Vec<Checkpoint>, Problem> {
    if let Some(known) = reached.checkpoint {
        let mut checkpoints = copy(known.number)?;
        if checkpoints.first() == Some(&known) {
            checkpoints.remove(0);
            return Ok(checkpoints);
        }
        *reached = Reached::default();
    }
    copy(0)
}

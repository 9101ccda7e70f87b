//! The folder of an embedded store: creating it, holding it for one process, and the room left on its disk.
//!
//! ```text
//! <folder>/lock         held while the store is open; names the process
//! <folder>/engine/      the tables
//! <folder>/engine.new/  a store being created; worth nothing until it is renamed
//! ```

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::super::StoreError;

const LOCK: &str = "lock";
const ENGINE: &str = "engine";
const ENGINE_NEW: &str = "engine.new";

/// A folder that this store alone writes to.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// The system gives the lock back when the process ends, however it ends.
    _lock: File,
}

impl Folder {
    /// Creates the folder where it is missing (for its owner alone) and takes hold of it.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let path = std::path::absolute(path).map_err(|source| refused(path, "find its folder", source))?;
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(StoreError::NotAStore { path, found: "is a file" }),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                create(&path).map_err(|source| refused(&path, "create its folder", source))?;
            }
            Err(source) => return Err(refused(&path, "read its folder", source)),
        }
        refuse_foreign_files(&path)?;
        let lock = hold(&path)?;
        Ok(Self { path, _lock: lock })
    }

    /// The folder itself.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where the tables are, once [`Self::publish`] was called.
    pub(super) fn engine(&self) -> PathBuf {
        self.path.join(ENGINE)
    }

    /// An empty place to create the tables in. What an interrupted creation left there held nothing, and goes.
    pub(super) fn engine_new(&self) -> Result<PathBuf, StoreError> {
        let place = self.path.join(ENGINE_NEW);
        match fs::remove_dir_all(&place) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(refused(&self.path, "clear an interrupted creation", error))
            }
            _ => Ok(place),
        }
    }

    /// Makes the tables created in [`Self::engine_new`] the store's: the moment from which it exists.
    pub(super) fn publish(&self) -> Result<(), StoreError> {
        fs::rename(self.path.join(ENGINE_NEW), self.engine())
            .and_then(|()| sync(&self.path))
            .map_err(|source| refused(&self.path, "finish its creation", source))
    }

    /// Bytes that this user may still write on the disk.
    pub(super) fn free_bytes(&self) -> Result<u64, StoreError> {
        let disk = rustix::fs::statvfs(&self.path)
            .map_err(|error| refused(&self.path, "ask for the free space", error.into()))?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
}

/// The error for a refusal of the system.
pub(super) fn refused(path: &Path, doing: &'static str, source: io::Error) -> StoreError {
    let path = path.to_owned();
    match source.kind() {
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            StoreError::NotWritable { path, source }
        }
        ErrorKind::NotADirectory => StoreError::NotAStore { path, found: "lies below a file" },
        _ => StoreError::Io { path, doing, source },
    }
}

fn create(path: &Path) -> io::Result<()> {
    let missing = path.ancestors().take_while(|folder| !folder.exists()).count();
    DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    path.ancestors().skip(1).take(missing).try_for_each(sync)
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

/// A folder without tables may hold what this store puts there before them, and nothing else.
fn refuse_foreign_files(path: &Path) -> Result<(), StoreError> {
    let unreadable = |source| refused(path, "read its folder", source);
    let names: Vec<_> = fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.file_name())).collect())
        .map_err(unreadable)?;
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    if has(ENGINE) || names.iter().all(|name| name == LOCK || name == ENGINE_NEW) {
        return Ok(());
    }
    Err(StoreError::NotAStore { path: path.to_owned(), found: "holds other files" })
}

fn hold(path: &Path) -> Result<File, StoreError> {
    let unusable = |source| refused(path, "open its lock file", source);
    let file = path.join(LOCK);
    let mut lock = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(file)
        .map_err(unusable)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            let read = lock.read_to_string(&mut holder);
            let holder = read.ok().and_then(|_| holder.trim().parse().ok());
            return Err(StoreError::Locked { path: path.to_owned(), holder });
        }
        Err(TryLockError::Error(source)) => return Err(unusable(source)),
    }
    // The number only helps whoever is refused later: a disk too full for it is no reason to stop here.
    let _named =
        lock.set_len(0).and_then(|()| lock.rewind()).and_then(|()| writeln!(lock, "{}", std::process::id()));
    Ok(lock)
}

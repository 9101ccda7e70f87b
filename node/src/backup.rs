//! A copy of a data folder that is consistent in itself, made while the node goes on: the store as of one moment, row by
//! row into a store of its own, with the configuration and the keys. Whoever has it can run the node: keep it as safe as
//! the folder itself.
//!
//! In scope: the copy. Out of scope: asking a running node for one (`control`); bringing an old one up to the chain
//! (`rebuild`).

use crate::config::{ConfigError, Folder};
use crate::store::{FjallStore, Order, Snapshot, Span, Store, StoreError, Table, WriteSet};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Why there is no backup. What was begun of it is taken away.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The data folder.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The place for it is not free.
    #[error("{} is there already: name a folder that is not; nothing was changed", .0.display())]
    Exists(PathBuf),
    /// The embedded chain grew whenever it was looked at.
    #[error("the development chain is never at rest: try again")]
    Restless,
    /// This machine.
    #[error("{}: {source}", .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// How often the embedded chain is looked at before it is called restless.
const ATTEMPTS: usize = 100;

/// Copies the data folder to `to`, which must not be there, with the rows of `store`. `progress` is told how many rows
/// are copied. Gives their number.
pub fn backup(
    folder: &Folder,
    store: &dyn Store,
    to: &Path,
    mut progress: impl FnMut(u64),
) -> Result<u64, BackupError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| BackupError::Io { path, source }
    };
    let made = std::fs::DirBuilder::new().mode(0o700).create(to);
    made.map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => BackupError::Exists(to.to_owned()),
        _ => BackupError::Io { path: to.to_owned(), source },
    })?;
    let copied = (|| {
        let copy = Folder::new(to);
        // Before the store: keys that are older than it can be gone on with, newer ones can not.
        let files: Vec<_> = folder.files().into_iter().map(|from| (read_secretly(&from), from)).collect();
        let (snapshot, chain) = moment(folder, store)?;
        let rows = copy_rows(&*snapshot, &copy.store(), &mut progress)?;
        if let Some(chain) = chain {
            write_private(&copy.devnet(), &chain).map_err(io(&copy.devnet()))?;
        }
        // The configuration comes last: a folder without one is no node's.
        for ((read, from), to) in files.into_iter().zip(copy.files()) {
            match read {
                Ok(bytes) => write_private(&to, &bytes).map_err(io(&to))?,
                // On a chain of its own a node has no anchoring key; the opener's is here only while another one anchors.
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(io(&from)(error)),
            }
        }
        let synced = std::fs::File::open(to).and_then(|folder| folder.sync_all());
        synced.map_err(io(to))?;
        Ok(rows)
    })();
    if copied.is_err() {
        // Half a backup is none, and nobody must take it for one. What cannot be removed has no configuration.
        let _ = std::fs::remove_dir_all(to);
    }
    copied
}

fn read_secretly(path: &Path) -> std::io::Result<Zeroizing<Vec<u8>>> {
    std::fs::read(path).map(Zeroizing::new)
}

/// The store, and the embedded chain's file.
type Moment = (Box<dyn Snapshot>, Option<Vec<u8>>);

/// The store, and the embedded chain where there is one, as of one moment: the chain did not grow while the snapshot was
/// taken, so it holds neither more nor less than the store knows of it.
fn moment(folder: &Folder, store: &dyn Store) -> Result<Moment, BackupError> {
    let path = folder.devnet();
    let read = || match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(BackupError::Io { path: path.clone(), source }),
    };
    for _ in 0..ATTEMPTS {
        let before = read()?;
        let snapshot = store.snapshot()?;
        if read()? == before {
            return Ok((snapshot, before));
        }
    }
    Err(BackupError::Restless)
}

fn copy_rows(from: &dyn Snapshot, to: &Path, progress: &mut dyn FnMut(u64)) -> Result<u64, BackupError> {
    let store = FjallStore::open(to)?;
    let mut writes = WriteSet::new();
    let mut rows: u64 = 0;
    for table in Table::ALL {
        for row in from.rows(table, Span::all(), Order::Ascending) {
            let row = row?;
            // What begins with a zero byte there is the store's own, and the copy has its own.
            if table == Table::Meta && row.key.first() == Some(&0) {
                continue;
            }
            writes.put(table, row.key, row.value);
            rows = rows.saturating_add(1);
            if writes.bytes() >= WriteSet::BULK_BYTES {
                store.stage(std::mem::take(&mut writes))?;
                progress(rows);
            }
        }
    }
    store.commit(writes)?;
    progress(rows);
    Ok(rows)
}

fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file?;
    file.write_all(bytes)?;
    file.sync_all()
}

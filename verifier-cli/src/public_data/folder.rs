//! Public data in a folder: a mirror. One that grew has the wider parts of the log alone, and in them the narrower ones.

use super::{DataError, PublicData};
use crate::failure::Failure;
use crate::source::read_limited;
use protocol::public_data::{DataPath, PART_WIDTH};
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// The folder below a mirror where files lie until they are whole.
const UNFINISHED: &str = ".unfinished";

/// Drafts that this process has begun.
static DRAFTS: AtomicU64 = AtomicU64::new(0);

/// A folder with the files of section 16.
#[derive(Debug, Clone)]
pub struct FolderData {
    folder: PathBuf,
}

impl FolderData {
    /// The data in this folder; nothing is read yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where a file lies.
    pub fn file(&self, path: DataPath) -> PathBuf {
        self.folder.join(path.to_string())
    }

    /// The bytes of the file of this name.
    pub fn held(&self, path: DataPath) -> Result<Vec<u8>, DataError> {
        let file = self.file(path);
        let whence = || self.whence();
        match File::open(file).and_then(read_limited) {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(DataError::damaged(path, whence(), "it is larger than any file of public data")),
            Err(error) => Err(match error.kind() {
                ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::IsADirectory => {
                    DataError::Missing { path, whence: whence() }
                }
                _ => DataError::Unreachable { whence: whence(), cause: error.to_string() },
            }),
        }
    }

    /// The bytes of a part of the log, out of a wider one that the folder has.
    fn cut(&self, path: DataPath) -> Option<Vec<u8>> {
        let full = path.wider(PART_WIDTH)?;
        let file = self.file(path);
        let beside = fs::read_dir(file.parent()?).into_iter().flatten().flatten();
        let mut widths: Vec<u64> =
            beside.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
        widths.sort_unstable();
        let mut wider = widths.into_iter().filter_map(|width| path.wider(width)).chain([full]);
        wider.find_map(|wider| Some(path.cut(&self.held(wider).ok()?)?.to_vec()))
    }

    /// Writes a file, whole or not at all as long as the system runs. There is no sync: what a power cut leaves is found
    /// when it is read, because every file is held against the chain then, and fetched again.
    pub fn put(&self, path: DataPath, bytes: &[u8]) -> Result<(), Failure> {
        let name = path.to_string();
        self.put_named(&name, bytes)
    }

    /// The same for a file beside the data.
    pub fn put_named(&self, name: &str, bytes: &[u8]) -> Result<(), Failure> {
        let file = self.folder.join(name);
        let unfinished = self.folder.join(UNFINISHED);
        let written = (|| {
            fs::create_dir_all(&unfinished)?;
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent)?;
            }
            // Two who fetched one file at a time must not take each other's draft away.
            let draft = unfinished.join(DRAFTS.fetch_add(1, Ordering::Relaxed).to_string());
            fs::write(&draft, bytes)?;
            fs::rename(&draft, &file)
        })();
        written.map_err(|error: io::Error| {
            Failure::usage("error-out-unwritable")
                .with_foreign("path", file.display())
                .with_foreign("cause", error)
        })
    }

    /// Takes a file away, if it is there.
    pub fn remove(&self, path: DataPath) {
        // What cannot be removed is surplus, and nobody reads it.
        let _ = fs::remove_file(self.file(path));
    }

    /// Takes away what a run that was killed left behind.
    pub fn clear_unfinished(&self) {
        // What stays is written over, or surplus.
        let _ = fs::remove_dir_all(self.folder.join(UNFINISHED));
    }
}

impl PublicData for FolderData {
    fn fetch(&self, path: DataPath) -> Result<Vec<u8>, DataError> {
        match self.held(path) {
            Err(error) if error.is_missing() => self.cut(path).ok_or(error),
            read => read,
        }
    }

    fn whence(&self) -> String {
        self.folder.display().to_string()
    }

    fn is_copy(&self) -> bool {
        true
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
mod tests {
    use super::*;

    #[test]
    fn one_file_can_be_written_by_several_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let data = FolderData::new(folder.path());
        let write = || (0..200).all(|_| data.put_named("tile/1/001", b"hashes").is_ok());
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..4).map(|_| scope.spawn(write)).collect();
            assert!(writers.into_iter().all(|writer| writer.join().unwrap()), "a writer lost its draft");
        });
        assert_eq!(fs::read(folder.path().join("tile/1/001")).unwrap(), b"hashes");
    }
}

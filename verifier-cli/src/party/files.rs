//! Writing files so that a reader sees all of one or nothing of it, and secrets only under their owner's eyes.

use crate::failure::Failure;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// The owner alone: mode 0600.
    Owner,
    /// Whoever the system's mask lets.
    Any,
}

/// A file that appears under its name when it is complete. Dropped before that, it leaves nothing behind.
#[derive(Debug)]
pub struct Draft {
    file: Option<BufWriter<File>>,
    part: PathBuf,
    path: PathBuf,
}

impl Draft {
    /// Begins a file beside its final name, on the same disk.
    pub fn create(path: &Path, readers: Readers) -> Result<Self, Failure> {
        let part = suffixed(path, ".part");
        let begin = || {
            // What an interrupted run left: its mode may be another's, so it is not written into.
            match std::fs::remove_file(&part) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            let mut options = File::options();
            options.write(true).create_new(true);
            #[cfg(unix)]
            if readers == Readers::Owner {
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            }
            options.open(&part)
        };
        let file = begin().map_err(|error| unwritable(path, &error))?;
        Ok(Self { file: Some(BufWriter::with_capacity(1 << 16, file)), part, path: path.to_owned() })
    }

    /// Appends.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        match &mut self.file {
            Some(file) => file.write_all(bytes).map_err(|error| unwritable(&self.path, &error)),
            None => Ok(()),
        }
    }

    /// Puts it under its name, on disk.
    pub fn publish(mut self) -> Result<(), Failure> {
        let Some(file) = self.file.take() else { return Ok(()) };
        let put = || {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            std::fs::rename(&self.part, &self.path)?;
            #[cfg(unix)]
            File::open(folder_of(&self.path))?.sync_all()?;
            Ok(())
        };
        let outcome = put();
        if outcome.is_err() {
            let _ = std::fs::remove_file(&self.part);
        }
        outcome.map_err(|error: io::Error| unwritable(&self.path, &error))
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            let _ = std::fs::remove_file(&self.part);
        }
    }
}

/// Writes a whole file.
pub fn write(path: &Path, readers: Readers, bytes: &[u8]) -> Result<(), Failure> {
    let mut draft = Draft::create(path, readers)?;
    draft.write(bytes)?;
    draft.publish()
}

/// `name` with something behind it: `cards.txt` and `.receipt.json` give `cards.txt.receipt.json`.
pub fn suffixed(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A failure that names the file and what the system says of it.
pub fn unwritable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage("party-file-unwritable")
        .with("file", path.display().to_string())
        .with("error", error.to_string())
}

/// The same for reading.
pub fn unreadable(path: &Path, error: &io::Error) -> Failure {
    Failure::usage("party-file-unreadable")
        .with("file", path.display().to_string())
        .with("error", error.to_string())
}

#[cfg(unix)]
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;

    #[test]
    fn a_file_appears_when_it_is_complete_and_not_before() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.txt");
        let mut draft = Draft::create(&path, Readers::Owner).unwrap();
        draft.write(b"half").unwrap();
        assert!(!path.exists());
        drop(draft);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        std::fs::write(suffixed(&path, ".part"), b"left by an interrupted run").unwrap();
        write(&path, Readers::Owner, b"whole").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"whole");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let failure = write(Path::new("/nowhere/at/all/out.txt"), Readers::Any, b"").unwrap_err();
        assert_eq!(failure.text.id(), "party-file-unwritable");
    }
}

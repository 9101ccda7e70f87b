//! Writing to the paths that a user names: a reader sees all of a file or nothing of it, secrets lie under their owner's
//! eyes alone, and nothing is lost that somebody may miss, a key least of all.

use crate::failure::Failure;
use crate::keys;
use std::fs::File;
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

/// Bytes of a file that show what it is.
const HEAD_BYTES: u64 = 64 * 1024;

/// Behind the name of a file that is not complete: nobody else names files so.
const PART: &str = ".vouchsafe-part";

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readers {
    /// The owner alone: mode 0600.
    Owner,
    /// Whoever the system's mask lets, or whoever could read the file that is replaced.
    Any,
}

/// Which file of that name may be replaced. A key never is, and nothing but a file.
#[derive(Debug, Clone, Copy)]
pub enum Over {
    /// None.
    Nothing,
    /// One that begins as what is written there does, or is empty.
    Kind(fn(&[u8]) -> bool),
    /// Any, because the user said so, or because the folder is ours.
    Anything,
}

impl Over {
    /// What `--force` asks for.
    pub const fn forced(force: bool) -> Self {
        if force { Self::Anything } else { Self::Nothing }
    }

    /// Refuses a path whose file may not be replaced.
    pub fn check(self, path: &Path) -> Result<(), Failure> {
        let refused = |id| Err(Failure::usage(id).with_foreign("path", path.display()));
        let metadata = match std::fs::metadata(path) {
            Ok(metadata) => metadata,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // A link that leads nowhere is somebody's, too.
                let is_free = matches!(self, Self::Anything) || path.symlink_metadata().is_err();
                return if is_free { Ok(()) } else { refused("error-out-exists") };
            }
            Err(error) => return Err(unwritable(path, &error)),
        };
        if metadata.is_dir() {
            return refused("error-directory");
        }
        if matches!(self, Self::Nothing) {
            return refused("error-out-exists");
        }
        if !metadata.is_file() {
            return Err(unwritable(path, &io::Error::other("it is no regular file")));
        }
        // What cannot be looked at may be a key.
        let head = head(path).map_err(|error| unwritable(path, &error))?;
        if keys::is_key(&head) {
            return refused("error-out-is-key");
        }
        match self {
            Self::Kind(is_ours) if !head.is_empty() && !is_ours(&head) => refused("error-out-foreign"),
            _ => Ok(()),
        }
    }
}

/// The first bytes of a file.
pub fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD_BYTES).read_to_end(&mut head)?;
    Ok(head)
}

/// Whether a file begins as a JSON object whose first member names this format, which is how we write them.
pub fn has_format(head: &[u8], format: &str) -> bool {
    let begin = format!("{{\"format\":\"{format}\"");
    let written = head.iter().copied().filter(|byte| !byte.is_ascii_whitespace());
    written.take(begin.len()).eq(begin.bytes())
}

/// A file that appears under its name when it is complete. Dropped before that, it leaves nothing behind; what a run that
/// was killed left is removed by the next one. It is locked as long as it is written: by that the two are told apart.
#[derive(Debug)]
pub struct Draft {
    file: Option<BufWriter<File>>,
    part: PathBuf,
    path: PathBuf,
    over: Over,
}

impl Draft {
    /// Begins a file beside its final name, on the same disk.
    pub fn create(path: &Path, readers: Readers, over: Over) -> Result<Self, Failure> {
        over.check(path)?;
        // What a link leads to is replaced, and the link stays.
        let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        remove_left(&path);
        let (file, part) = begin(&path, readers).map_err(|error| unwritable(&path, &error))?;
        Ok(Self { file: Some(BufWriter::with_capacity(1 << 16, file)), part, path, over })
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
        let synced = file
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all().map(|()| file));
        // The file stays open, and so locked, until it has its name.
        let put = |_locked: File| {
            std::fs::rename(&self.part, &self.path)?;
            #[cfg(unix)]
            File::open(folder_of(&self.path))?.sync_all()?;
            Ok(())
        };
        // Somebody may have put another file there meanwhile.
        let outcome = synced
            .map_err(|error| unwritable(&self.path, &error))
            .and_then(|file| self.over.check(&self.path).map(|()| file))
            .and_then(|file| put(file).map_err(|error: io::Error| unwritable(&self.path, &error)));
        if outcome.is_err() {
            let _ = std::fs::remove_file(&self.part);
        }
        outcome
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            let _ = std::fs::remove_file(&self.part);
        }
    }
}

/// A new file for what will be at `path`, locked, and its name.
fn begin(path: &Path, readers: Readers) -> io::Result<(File, PathBuf)> {
    loop {
        // Two runs at once write two files, and one of them is whole in the end.
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let part = suffixed(path, &format!(".{:016x}{PART}", u64::from_be_bytes(random)));
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        let replaced = std::fs::metadata(path).ok().filter(|_| readers == Readers::Any);
        #[cfg(unix)]
        if readers == Readers::Owner || replaced.is_some() {
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        }
        let file = options.open(&part)?;
        // Whoever could not read what is replaced can not read what replaces it.
        #[cfg(unix)]
        if let Some(replaced) = replaced {
            file.set_permissions(replaced.permissions())?;
        }
        // A disk that knows no locks does without: there, nothing that was left is removed either.
        let is_locked = file.lock().is_ok();
        // Another run may have taken it for one that was left, just before.
        if !is_locked || part.symlink_metadata().is_ok() {
            return Ok((file, part));
        }
    }
}

/// Removes what runs that were killed left of this file: it may hold codes.
fn remove_left(path: &Path) {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy().into_owned()) else { return };
    let is_part = |other: &str| {
        let random = other.strip_prefix(&*name).and_then(|rest| rest.strip_prefix('.')?.strip_suffix(PART));
        random.is_some_and(|random| random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    for entry in std::fs::read_dir(folder_of(path)).into_iter().flatten().flatten() {
        let is_left = entry.file_name().to_str().is_some_and(is_part)
            && entry.file_type().is_ok_and(|kind| kind.is_file());
        let part = entry.path();
        // Held until it is gone, so that a run that just begins with it finds out.
        if let Some(file) = is_left.then(|| File::options().write(true).open(&part).ok()).flatten()
            && file.try_lock().is_ok()
        {
            let _ = std::fs::remove_file(part);
        }
    }
}

/// Writes a whole file.
pub fn write(path: &Path, readers: Readers, over: Over, bytes: &[u8]) -> Result<(), Failure> {
    let mut draft = Draft::create(path, readers, over)?;
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
        let mut draft = Draft::create(&path, Readers::Owner, Over::Nothing).unwrap();
        draft.write(b"half").unwrap();
        assert!(!path.exists());
        drop(draft);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        write(&path, Readers::Owner, Over::Nothing, b"whole").unwrap();
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
        let failure =
            write(Path::new("/nowhere/at/all/out.txt"), Readers::Any, Over::Anything, b"").unwrap_err();
        assert_eq!(failure.text.id(), "party-file-unwritable");
    }

    #[test]
    fn no_file_is_replaced_that_somebody_may_miss() {
        const KEY: &str = r#"{ "format": "vouchsafe/key@1", "seed": "0x…" }"#;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let ours = Over::Kind(|head| has_format(head, "x@1"));
        let account = "17".repeat(32) + "\n";
        for (there, over, refused) in [
            ("", Over::Nothing, Some("error-out-exists")),
            ("", ours, None),
            ("{\n  \"format\": \"x@1\",\n", ours, None),
            ("{\"format\":\"x@12\"}", ours, Some("error-out-foreign")),
            ("serial,secret\n", ours, Some("error-out-foreign")),
            ("serial,secret\n", Over::Anything, None),
            (KEY, ours, Some("error-out-is-key")),
            (KEY, Over::Anything, Some("error-out-is-key")),
            (&account, Over::Anything, Some("error-out-is-key")),
        ] {
            std::fs::write(&path, there).unwrap();
            let outcome = write(&path, Readers::Any, over, b"new");
            assert_eq!(outcome.as_ref().err().map(|failure| failure.text.id()), refused, "{there:?}");
            let left = if refused.is_none() { "new" } else { there };
            assert_eq!(std::fs::read_to_string(&path).unwrap(), left);
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        }
        let failure = write(folder.path(), Readers::Any, Over::Anything, b"new").unwrap_err();
        assert_eq!(failure.text.id(), "error-directory");
    }

    #[test]
    fn two_drafts_of_one_file_do_not_mix() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let mut drafts = [b"one", b"two"].map(|text| {
            let mut draft = Draft::create(&path, Readers::Any, Over::Anything).unwrap();
            draft.write(text).unwrap();
            draft
        });
        drafts.reverse();
        for draft in drafts {
            draft.publish().unwrap();
        }
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_what_is_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let left = "out.0123456789abcdef.vouchsafe-part";
        let others = [
            "out.txt.0123456789abcdef.vouchsafe-part",
            "out.0123.vouchsafe-part",
            "out.0123456789abcdefg.vouchsafe-part",
            "out.0123456789abcdef",
        ];
        let mut drafts = Vec::new();
        for name in others.iter().chain(&[left]) {
            std::fs::write(at(name), "code").unwrap();
        }
        std::fs::create_dir(at("out.ffffffffffffffff.vouchsafe-part")).unwrap();
        for _ in 0..2 {
            drafts.push(Draft::create(&at("out"), Readers::Owner, Over::Anything).unwrap());
            assert!(!at(left).exists());
            assert!(drafts.iter().all(|draft| draft.part.exists()), "another run writes it");
        }
        let second = drafts.remove(1);
        std::fs::write(at(left), "code").unwrap();
        second.publish().unwrap();
        write(&at("out"), Readers::Owner, Over::Anything, b"whole").unwrap();
        assert!(!at(left).exists() && drafts[0].part.exists());
        assert!(others.iter().all(|name| at(name).exists()), "what is no part of it");
    }

    #[cfg(unix)]
    #[test]
    fn what_is_replaced_keeps_its_readers() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        for (mode, readers, left) in
            [(0o600, Readers::Any, 0o600), (0o640, Readers::Any, 0o640), (0o644, Readers::Owner, 0o600)]
        {
            std::fs::write(&path, "old").unwrap();
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            write(&path, readers, Over::Anything, b"new").unwrap();
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, left, "{mode:o}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn through_a_link_its_target_is_replaced_and_a_device_never() {
        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("target"), folder.path().join("link"));
        std::fs::write(&target, "old").unwrap();
        std::os::unix::fs::symlink(&target, &link).unwrap();
        write(&link, Readers::Any, Over::Anything, b"new").unwrap();
        assert!(link.is_symlink());
        assert_eq!(std::fs::read(&target).unwrap(), b"new");
        std::fs::remove_file(&target).unwrap();
        let failure = write(&link, Readers::Any, Over::Nothing, b"new").unwrap_err();
        assert_eq!(failure.text.id(), "error-out-exists", "a link that leads nowhere");
        let failure = write(Path::new("/dev/null"), Readers::Any, Over::Anything, b"new").unwrap_err();
        assert_eq!(failure.text.id(), "party-file-unwritable");
    }
}

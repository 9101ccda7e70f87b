//! Files that a command is given: read whole, with one clear line for each way in which that can fail.

use crate::failure::Failure;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// No file of the protocol is larger; a dossier has a few kilobytes a step.
pub const MAX_FILE_BYTES: usize = 64 << 20;

/// A case file holds files of the parties, too.
pub const MAX_CASE_BYTES: usize = 256 << 20;

/// The bytes of a file.
pub fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    read_at_most(path, MAX_FILE_BYTES)
}

/// The bytes of a file that may have so many.
pub fn read_at_most(path: &Path, most: usize) -> Result<Vec<u8>, Failure> {
    let failed = |error: &io::Error| match error.kind() {
        io::ErrorKind::NotFound => Failure::usage("error-no-such-file").with_foreign("path", path.display()),
        io::ErrorKind::IsADirectory => Failure::usage("error-directory").with_foreign("path", path.display()),
        _ => Failure::usage("error-unreadable-file")
            .with_foreign("path", path.display())
            .with("cause", error.to_string()),
    };
    let file = File::open(path).map_err(|error| failed(&error))?;
    let bytes = limited(file, most).map_err(|error| failed(&error))?;
    let limit = most >> 20;
    bytes.ok_or_else(|| {
        Failure::usage("error-huge-file").with_foreign("path", path.display()).with("limit", limit)
    })
}

/// A file of UTF-8 text, with or without byte order mark.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    let text = String::from_utf8(read_file(path)?).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::usage("error-not-utf8").with_foreign("path", path.display()).with("at", at)
    })?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

/// All bytes, or none if there are more than [`MAX_FILE_BYTES`].
pub(crate) fn read_limited(from: impl Read) -> io::Result<Option<Vec<u8>>> {
    limited(from, MAX_FILE_BYTES)
}

fn limited(from: impl Read, most: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    from.take((most as u64).saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= most).then_some(bytes))
}

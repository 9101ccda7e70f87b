//! The files that a party adds.

use crate::console::{Console, plain};
use crate::failure::Failure;
use crate::keys::is_key;
use crate::lang::Text;
use crate::source::{DeliveredLine, read_file};
use casefile::PartyFile;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};

/// Their bytes, in the same order. A case is given to others: a private key is refused, and of delivered lines it is said
/// that they go with it.
pub(super) fn read(paths: &[PathBuf], console: &mut Console) -> Result<Vec<Vec<u8>>, Failure> {
    let contents = paths.iter().map(|path| read_file(path)).collect::<Result<Vec<_>, _>>()?;
    for (path, bytes) in paths.iter().zip(&contents) {
        if is_key(bytes) {
            return Err(Failure::usage("error-case-key").with_foreign("path", path.display()));
        }
        let lines = delivered_lines(bytes);
        if lines > 0 {
            let shown = plain(&path.display().to_string(), 200);
            console.remark(&Text::new("case-holds-codes").with("path", shown).with("lines", lines));
        }
    }
    Ok(contents)
}

/// How many lines of a text are delivered lines, whose codes anybody can use who reads them.
fn delivered_lines(bytes: &[u8]) -> usize {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    text.lines().filter(|line| DeliveredLine::parse(line).is_ok()).count()
}

/// Their names, and who adds them.
pub(super) fn named(paths: &[PathBuf], contents: &[Vec<u8>], by: &str) -> Vec<PartyFile> {
    let file = |(path, bytes): (&PathBuf, &Vec<u8>)| PartyFile {
        name: name(path),
        by: by.trim().to_owned(),
        size: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        sha256: Sha256::digest(bytes).into(),
    };
    paths.iter().zip(contents).map(file).collect()
}

fn name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

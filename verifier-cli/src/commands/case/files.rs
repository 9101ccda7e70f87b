//! The files that a party adds.

use crate::failure::Failure;
use crate::source::read_file;
use casefile::PartyFile;
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};

/// Their bytes, in the same order.
pub(super) fn read(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>, Failure> {
    paths.iter().map(|path| read_file(path)).collect()
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

//! The golden files that seeds are made of.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder below `tests/`.
pub fn folder(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests")).join(name)
}

/// The files of a folder, in the order of their names.
pub fn files(name: &str) -> Vec<Vec<u8>> {
    let mut paths: Vec<_> = fs::read_dir(folder(name))
        .expect("a folder of seeds")
        .map(|file| file.expect("a file").path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    paths.into_iter().map(|path| fs::read(path).expect("a seed")).collect()
}

/// A golden file's JSON.
pub fn vectors(name: &str) -> Value {
    let file = fs::read(folder("vectors").join(name)).expect("a golden file");
    serde_json::from_slice(&file).expect("JSON")
}

/// Every golden dossier with what it is judged with.
pub fn dossiers() -> Vec<Value> {
    let files = files("vectors/dossiers");
    files.iter().map(|file| serde_json::from_slice(file).expect("JSON")).collect()
}

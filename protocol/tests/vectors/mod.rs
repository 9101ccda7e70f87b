//! Reading the golden vectors of `tests/vectors` at the top of the workspace.
#![allow(dead_code, reason = "each suite uses some of it")]

use serde_json::Value;
use std::path::PathBuf;
use vouchsafe_protocol::Digest;

/// The folder of the golden vectors.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors")
}

/// One file of golden vectors.
pub fn load(name: &str) -> Value {
    let path = folder().join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A digest as the vectors write it.
pub fn digest(value: &Value) -> Digest {
    value.as_str().expect("hex").parse().expect("32 bytes")
}

/// A list of digests.
pub fn digests(value: &Value) -> Vec<Digest> {
    value.as_array().expect("a list").iter().map(digest).collect()
}

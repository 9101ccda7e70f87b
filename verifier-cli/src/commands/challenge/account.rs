//! The account that pays: its private key comes from a file, standard input or the environment, never from an argument.

use crate::failure::Failure;
use crate::keys::read_owned;
use anchors::AnchoringKey;
use std::path::Path;
use zeroize::Zeroizing;

/// The environment variable that may hold the key.
const KEY_VARIABLE: &str = "VOUCHSAFE_REPORTER_KEY";

/// The key, if one was given.
pub(super) fn read(file: Option<&Path>) -> Result<Option<AnchoringKey>, Failure> {
    let text = match file {
        Some(path) => read_owned(path)?,
        None => match std::env::var(KEY_VARIABLE) {
            Ok(text) => Zeroizing::new(text),
            Err(_) => return Ok(None),
        },
    };
    let place = file.map_or_else(|| KEY_VARIABLE.to_owned(), |path| path.display().to_string());
    AnchoringKey::from_hex(&text)
        .map(Some)
        .map_err(|error| Failure::usage("challenge-key").with("file", place).with("cause", error.to_string()))
}

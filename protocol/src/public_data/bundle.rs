//! Entry bundles: up to 256 entries of the log, each a line of JSON with its memo and all signatures that were sent.

use super::{FormatError, Part};
use crate::dossier::{Memo, Step, signed};
use crate::entry::Entry;
use crate::json::{At, JsonError, parse};

/// The bytes of a bundle: a line for each entry, each ended by a line feed.
pub fn encode_bundle<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Vec<u8> {
    let mut text = String::new();
    for step in steps {
        // Fails only on maps whose keys are no text, of which there are none.
        text.push_str(&serde_json::to_string(step).unwrap_or_default());
        text.push('\n');
    }
    text.into_bytes()
}

/// The entries of a bundle of this width. Kinds and statuses are kept as they are written: what the life cycle does not
/// list is judged, not passed over.
pub fn decode_bundle(bytes: &[u8], part: Part) -> Result<Vec<Step>, FormatError> {
    let text = FormatError::text(bytes)?;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let ended = text.ends_with('\n');
    if u64::try_from(lines.len()).ok() != Some(part.width()) || !ended {
        return Err(FormatError::Lines { expected: part.width(), actual: lines.len() });
    }
    let line = |(index, line): (u64, &&str)| {
        read_line(line).map_err(|error| FormatError::Entry { index, source: error })
    };
    (part.first()..).zip(&lines).map(line).collect()
}

fn read_line(line: &str) -> Result<Step, JsonError> {
    let value = parse(line)?;
    let at = At::root(&value, "entry");
    let bytes = at.member("entry")?;
    let entry = Entry::decode(&bytes.bytes()?).ok_or_else(|| bytes.error("98 bytes are due"))?;
    let memo = at.member("memo")?;
    let memo = if memo.is_null() { Memo::None } else { Memo::Text(memo.text()?.to_owned()) };
    let signatures = at.member("signatures")?;
    let signatures = signatures.items()?.iter().map(signed).collect::<Result<_, _>>()?;
    Ok(Step { entry, memo, signatures })
}

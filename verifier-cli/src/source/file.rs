//! Files and standard input that a command is given: read whole, with one clear line for each way in which that can fail.

use crate::failure::Failure;
use crate::import;
use crate::lang::Text;
use crate::party::files::unreadable;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// No file of the protocol is larger; a dossier has a few kilobytes a step.
pub const MAX_FILE_BYTES: usize = 64 << 20;

/// A case file holds files of the parties, too.
pub const MAX_CASE_BYTES: usize = 256 << 20;

/// A line is shorter: two fields of the protocol's 65,535 bytes and a link.
const MAX_LINE_BYTES: usize = 256 << 10;

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
    bytes.ok_or_else(|| of_input(Failure::usage("error-huge-file"), path).with("limit", most >> 20))
}

/// A file of UTF-8 text, with or without byte order mark.
pub fn read_text(path: &Path) -> Result<String, Failure> {
    text_of(read_file(path)?, path)
}

/// The same; `-` is standard input.
pub fn read_input(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let bytes = if path == Path::new("-") { read_stdin()? } else { read_file(path)? };
    text_of(bytes, path).map(Zeroizing::new)
}

/// The bytes of standard input.
pub(super) fn read_stdin() -> Result<Vec<u8>, Failure> {
    let bytes = read_limited(io::stdin().lock()).map_err(|error| no_line(&error))?;
    let huge = || of_input(Failure::usage("error-huge-file"), Path::new("-"));
    bytes.ok_or_else(|| huge().with("limit", MAX_FILE_BYTES >> 20))
}

/// UTF-8 text, without its byte order mark; `path` is where it came from.
pub(super) fn text_of(bytes: Vec<u8>, path: &Path) -> Result<String, Failure> {
    let mut text = String::from_utf8(bytes).map_err(|error| not_utf8(error.as_bytes(), path))?;
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    Ok(text)
}

fn not_utf8(bytes: &[u8], path: &Path) -> Failure {
    let at = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    let before = bytes.get(..at).unwrap_or_default();
    let line = before.split(|byte| *byte == b'\n').count();
    let begin = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    of_input(Failure::usage("error-not-utf8"), path).with("at", at - begin + 1).with("line", line)
}

/// The first thing that `find` makes of a line; blank lines are passed over. `-` is standard input. The lines come one at
/// a time: a shop-ready file may be as large as a supplier's.
pub fn find_in_lines<T>(path: &Path, mut find: impl FnMut(&str) -> Option<T>) -> Result<Option<T>, Failure> {
    let mut input: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(path).map_err(|error| unreadable(path, &error))?))
    };
    let mut bytes = Zeroizing::new(Vec::new());
    for number in 1_usize.. {
        bytes.clear();
        let most = MAX_LINE_BYTES as u64 + 1;
        let read = input.by_ref().take(most).read_until(b'\n', &mut bytes);
        if read.map_err(|error| unreadable(path, &error))? == 0 {
            break;
        }
        let of_line = |id| of_input(Failure::usage(id), path).with("line", number);
        if bytes.len() > MAX_LINE_BYTES {
            return Err(of_line("error-huge-line").with("limit", MAX_LINE_BYTES >> 10));
        }
        let line = std::str::from_utf8(&bytes);
        let line = line.map_err(|error| of_line("error-not-utf8").with("at", error.valid_up_to() + 1))?;
        let found = if line.trim().is_empty() { None } else { find(line) };
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// The bytes of a supplier file; of one that is too large, enough to see that.
pub fn read_supplier_file(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    // One allocation of the right size: growing would leave copies of codes behind.
    let size = file.metadata().map_or(0, |facts| facts.len());
    let limit = import::MAX_FILE_BYTES as u64 + 1;
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(size.min(limit)).unwrap_or(0) + 1));
    file.take(limit).read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    Ok(bytes)
}

/// Names the file, or standard input.
fn of_input(failure: Failure, path: &Path) -> Failure {
    if path == Path::new("-") {
        return failure.with("path", Text::new("error-standard-input"));
    }
    failure.with_foreign("path", path.display())
}

/// Standard input or the prompt gave nothing.
pub(super) fn no_line(error: &io::Error) -> Failure {
    Failure::usage("error-no-line").with_foreign("cause", error)
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

//! A file's bytes as text: which encoding, which lines. Not what the lines mean.

use super::reason::ImportError;
use super::{MAX_FILE_BYTES, MAX_LINE_BYTES};
use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;
use std::fmt;
use std::ops::{Deref, Range};
use zeroize::Zeroize as _;

/// Bytes at the beginning that the guess of UTF-16 looks at.
const SNIFFED_BYTES: usize = 4096;

/// A supplier file, its encoding settled.
#[derive(Clone, Copy)]
pub(super) struct Text<'a> {
    bytes: &'a [u8],
    /// Bytes of the byte order mark.
    pub(super) mark: usize,
    pub(super) encoding: &'static Encoding,
}

impl<'a> Text<'a> {
    /// Settles the encoding: the one asked for, else the byte order mark's, else UTF-16 if every other byte of the
    /// beginning is mostly zero, else UTF-8 unless more of the lines beyond ASCII are GB18030 (which holds GBK and
    /// GB2312): a damaged line speaks for neither.
    pub(super) fn open(bytes: &'a [u8], asked: Option<&'static Encoding>) -> Result<Self, ImportError> {
        if bytes.len() > MAX_FILE_BYTES {
            return Err(ImportError::TooLarge { bytes: bytes.len(), limit: MAX_FILE_BYTES });
        }
        refuse_other_kinds(bytes)?;
        let marked = Encoding::for_bom(bytes);
        let encoding = match (asked, marked) {
            // "UTF-16" without an order means little-endian to encoding_rs; the mark knows better.
            (Some(asked), Some((marked, _))) if is_utf16(asked) && is_utf16(marked) => marked,
            (Some(asked), _) => asked,
            (None, Some((marked, _))) => marked,
            (None, None) => guess(bytes),
        };
        if !encoding.is_ascii_compatible() && !is_utf16(encoding) {
            return Err(ImportError::Encoding(encoding.name()));
        }
        let mark = marked.filter(|(marked, _)| *marked == encoding).map_or(0, |(_, length)| length);
        Ok(Self { bytes, mark, encoding })
    }

    /// Bytes of the file.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The lines with their numbers from 1; LF, CRLF and lone CR end one.
    pub(super) fn lines(&self) -> Lines<'a> {
        Lines { bytes: self.bytes, at: self.mark, number: 0, encoding: self.encoding }
    }

    /// The line as characters, unless it is over long or not of the encoding.
    pub(super) fn decode(&self, line: &Line<'a>) -> Option<Wiped<'a>> {
        if line.content.len() > MAX_LINE_BYTES {
            return None;
        }
        self.encoding.decode_without_bom_handling_and_without_replacement(line.content).map(Wiped)
    }
}

/// One line, as bytes.
pub(super) struct Line<'a> {
    /// Its number in the file, from 1.
    pub(super) number: u64,
    /// Its bytes without the line ending.
    pub(super) content: &'a [u8],
    /// Where it stands in the file, with its line ending.
    pub(super) raw: Range<usize>,
}

/// See [`Text::lines`].
pub(super) struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    number: u64,
    encoding: &'static Encoding,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let start = self.at;
        let rest = self.bytes.get(start..).filter(|rest| !rest.is_empty())?;
        let (content, ending) = if self.encoding == UTF_16LE {
            cut_utf16(rest, u16::from_le_bytes)
        } else if self.encoding == UTF_16BE {
            cut_utf16(rest, u16::from_be_bytes)
        } else {
            cut(rest)
        };
        self.at = start + content + ending;
        self.number += 1;
        Some(Line { number: self.number, content: &rest[..content], raw: start..self.at })
    }
}

/// Bytes of the first line and of its ending. In every ASCII-compatible encoding of `encoding_rs` CR and LF are
/// themselves wherever they stand: no later byte of a character is below 0x30.
fn cut(rest: &[u8]) -> (usize, usize) {
    match rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
        None => (rest.len(), 0),
        Some(end) if rest[end..].starts_with(b"\r\n") => (end, 2),
        Some(end) => (end, 1),
    }
}

/// The same over pairs of bytes; an odd last byte belongs to the last line and makes it undecodable.
fn cut_utf16(rest: &[u8], unit: fn([u8; 2]) -> u16) -> (usize, usize) {
    let units = || rest.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    match units().position(|unit| unit == 0x0A || unit == 0x0D) {
        None => (rest.len(), 0),
        Some(end) => {
            let pair = units().nth(end) == Some(0x0D) && units().nth(end + 1) == Some(0x0A);
            (2 * end, if pair { 4 } else { 2 })
        }
    }
}

fn is_utf16(encoding: &'static Encoding) -> bool {
    encoding == UTF_16LE || encoding == UTF_16BE
}

/// The encoding of a file that does not say it.
fn guess(bytes: &[u8]) -> &'static Encoding {
    let sample = &bytes[..bytes.len().min(SNIFFED_BYTES)];
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // Digits and separators are ASCII, so of a UTF-16 file more than half of the high bytes are zero and hardly a low one.
    if odd * 4 > sample.len() && even * 16 < sample.len() {
        return UTF_16LE;
    }
    if even * 4 > sample.len() && odd * 16 < sample.len() {
        return UTF_16BE;
    }
    if std::str::from_utf8(bytes).is_ok() {
        return UTF_8;
    }
    let (mut as_utf8, mut as_gb18030) = (0u64, 0u64);
    let lines = Lines { bytes, at: 0, number: 0, encoding: UTF_8 };
    for line in lines.filter(|line| !line.content.is_ascii()) {
        as_utf8 += u64::from(std::str::from_utf8(line.content).is_ok());
        as_gb18030 += u64::from(Text { bytes, mark: 0, encoding: GB18030 }.decode(&line).is_some());
    }
    if as_utf8 >= as_gb18030 { UTF_8 } else { GB18030 }
}

/// Refuses files that are plainly no text, with what to do instead.
fn refuse_other_kinds(bytes: &[u8]) -> Result<(), ImportError> {
    const AS_CSV: &str = "open it, set the number columns to text, and save it as CSV (UTF-8)";
    const UNPACK: &str = "unpack it and give the text file inside";
    const KINDS: [(&[u8], &str, &str); 7] = [
        (b"PK\x03\x04", "a spreadsheet (xlsx) or a zip archive", AS_CSV),
        (b"\xD0\xCF\x11\xE0", "a spreadsheet (xls) or another Office document", AS_CSV),
        (b"\x1F\x8B", "a gzip archive", UNPACK),
        (b"Rar!", "a rar archive", UNPACK),
        (b"7z\xBC\xAF\x27\x1C", "a 7z archive", UNPACK),
        (b"%PDF-", "a PDF document", "ask the supplier for CSV or text"),
        (b"SQLite format 3", "a database", "export the table as CSV"),
    ];
    if let Some((_, kind, advice)) = KINDS.iter().find(|(magic, _, _)| bytes.starts_with(magic)) {
        return Err(ImportError::NotText { kind, advice });
    }
    if bytes.starts_with(b"\xFF\xFE\0\0") || bytes.starts_with(b"\0\0\xFE\xFF") {
        return Err(ImportError::Encoding("UTF-32"));
    }
    Ok(())
}

/// Text of the file, wiped when dropped if it is a copy.
pub(super) struct Wiped<'a>(pub(super) Cow<'a, str>);

impl Deref for Wiped<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Drop for Wiped<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(copy) = &mut self.0 {
            copy.zeroize();
        }
    }
}

impl Default for Wiped<'_> {
    fn default() -> Self {
        Self(Cow::Borrowed(""))
    }
}

impl fmt::Debug for Wiped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wiped(hidden)")
    }
}

/// Blanks around a field, which belong to the file and not to the card; a byte order mark inside a file was left by
/// joining two files.
pub(super) fn is_blank(character: char) -> bool {
    character.is_whitespace() || character == '\u{feff}'
}

/// Without the blanks around it.
pub(super) fn trimmed(text: &str) -> &str {
    text.trim_matches(is_blank)
}

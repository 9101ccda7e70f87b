//! Delivered lines, `serial----code----link`: how one is read without anybody seeing it.
//!
//! A line is a secret. It comes by prompt (not shown while typed), by standard input or from a file, is wiped after use
//! and never repeated in an error.

use super::file::no_line;
use super::{read_input, read_text};
use crate::failure::Failure;
use crate::lang::Texts;
use protocol::verify::Opening;
use protocol::voucher::{Link, Stamp};
use std::io::{self, IsTerminal as _};
use std::path::Path;
use zeroize::Zeroizing;

/// What stands between the fields of a line.
pub(crate) const SEPARATOR: &str = "----";

/// A delivered line, read.
#[derive(Clone)]
pub struct DeliveredLine {
    /// The serial as given; empty where there is none.
    pub serial: Zeroizing<String>,
    /// The code as given.
    pub code: Zeroizing<String>,
    /// Where the voucher is, and its stamp.
    pub link: Link,
}

impl std::fmt::Debug for DeliveredLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeliveredLine(hidden)")
    }
}

/// Why a text is no delivered line. It never holds a part of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// There is nothing.
    #[error("the line is empty")]
    Empty,
    /// There is no link at its end.
    #[error("the line does not end with the voucher's link")]
    NoLink,
    /// There is no code before the link.
    #[error("the line has no code before the link")]
    NoCode,
}

impl From<LineError> for Failure {
    fn from(error: LineError) -> Self {
        Self::usage(match error {
            LineError::Empty => "error-line-empty",
            LineError::NoLink => "error-line-no-link",
            LineError::NoCode => "error-line-no-code",
        })
    }
}

impl DeliveredLine {
    /// Reads a line; a card without serial has a code alone before the link. Blanks around it and around its fields do not
    /// count.
    ///
    /// The link may itself hold `----`, because base64url has hyphens: it is found by its scheme, which nothing else in a
    /// link can hold.
    pub fn parse(line: &str) -> Result<Self, LineError> {
        let line = line.trim_start_matches('\u{feff}').trim();
        if line.is_empty() {
            return Err(LineError::Empty);
        }
        let scheme = ["https://", "http://"].iter().filter_map(|scheme| line.rfind(scheme)).max();
        let (card, address) = scheme.and_then(|at| line.split_at_checked(at)).ok_or(LineError::NoLink)?;
        let parsed = Link::parse(address.trim()).ok_or(LineError::NoLink)?;
        let card = card.trim_end().strip_suffix(SEPARATOR).ok_or(LineError::NoCode)?;
        let (serial, code) = divide(card);
        let field = |text: &str| Zeroizing::new(text.trim().to_owned());
        let line = Self { serial: field(serial), code: field(code), link: parsed };
        if line.code.is_empty() { Err(LineError::NoCode) } else { Ok(line) }
    }

    /// The line that a file holds.
    pub fn in_file(path: &Path) -> Result<Self, Failure> {
        Ok(Self::parse(only_line(&Zeroizing::new(read_text(path)?))?)?)
    }

    /// What opens the voucher. A link without a stamp belongs to a code that was printed without one.
    pub fn opening(&self) -> Opening {
        Opening {
            serial: self.serial.clone(),
            code: self.code.clone(),
            stamp: self.link.stamp.clone().unwrap_or(Stamp::NONE),
            order: None,
        }
    }
}

/// Serial and code of what stands before the link: divided at the first separator, a code alone without one.
pub(crate) fn divide(card: &str) -> (&str, &str) {
    card.split_once(SEPARATOR).unwrap_or(("", card))
}

/// The lines of a text that are not blank.
fn filled_lines(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty())
}

/// The first line of a text that is not blank.
pub(super) fn first_line(text: &str) -> &str {
    filled_lines(text).next().unwrap_or_default()
}

/// The one line of a text that is not blank. Of several none is taken: the others would pass for judged.
pub(super) fn only_line(text: &str) -> Result<&str, Failure> {
    match filled_lines(text).count() {
        0 | 1 => Ok(first_line(text)),
        lines => Err(Failure::usage("error-many-lines").with("lines", lines)),
    }
}

/// Asks for a secret line: on a terminal without showing it, else from standard input (its one line that is not blank).
pub fn read_line(texts: &Texts) -> Result<Zeroizing<String>, Failure> {
    if io::stdin().is_terminal() {
        let prompt = texts.get("prompt-line");
        return rpassword::prompt_password(prompt).map(Zeroizing::new).map_err(|error| no_line(&error));
    }
    Ok(Zeroizing::new(only_line(&read_input(Path::new("-"))?)?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: &str =
        "https://shop.example/v/mk7CfDX5FcMoIRqHZjhiSu2e8dEcRkd2y5vGyLpLO1M#g6NVdO6HLT0OWd5mXsHc-A";

    #[test]
    fn a_line_gives_serial_code_and_link() {
        let line = DeliveredLine::parse(&format!("  2849----3962-5200----{LINK}\r\n")).expect("a line");
        assert_eq!((line.serial.as_str(), line.code.as_str()), ("2849", "3962-5200"));
        assert_eq!(line.link.site, "https://shop.example");
        assert!(line.link.stamp.is_some());
        assert_eq!(format!("{line:?}"), "DeliveredLine(hidden)");
        let bare = LINK.split('#').next().expect("an address");
        let line = DeliveredLine::parse(&format!("----39625200----{bare}")).expect("a line");
        assert!(line.serial.is_empty() && line.opening().stamp.is_none());
        let line = DeliveredLine::parse(&format!("39625200----{LINK}")).expect("a line");
        assert_eq!((line.serial.as_str(), line.code.as_str()), ("", "39625200"));
    }

    #[test]
    fn a_line_without_link_or_code_is_refused() {
        for (text, error) in [
            (" \n", LineError::Empty),
            ("2849----3962", LineError::NoLink),
            ("3962", LineError::NoLink),
            ("2849----3962----https://shop.example", LineError::NoLink),
            (LINK, LineError::NoCode),
        ] {
            assert_eq!(DeliveredLine::parse(text).err(), Some(error), "{text}");
        }
        for text in [format!("----{LINK}"), format!("2849---- ----{LINK}"), format!("2849 {LINK}")] {
            assert_eq!(DeliveredLine::parse(&text).err(), Some(LineError::NoCode));
        }
    }

    #[test]
    fn a_link_full_of_hyphens_is_found_by_its_scheme() {
        let address = format!("https://shop.example/v/{}A#{}A", "-".repeat(42), "-".repeat(21));
        let line = DeliveredLine::parse(&format!("2849----3962----{address}")).expect("a line");
        assert_eq!((line.serial.as_str(), line.code.as_str()), ("2849", "3962"));
        assert_eq!(line.link.site, "https://shop.example");
    }
}

//! What is asked about: a dossier file, a voucher's key or link, or a delivered line.

use super::line::{DeliveredLine, first_line, only_line, read_line};
use super::{file, read_text};
use crate::failure::Failure;
use crate::lang::Texts;
use protocol::PublicKey;
use protocol::voucher::Link;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// What is asked about.
#[derive(Debug, Clone)]
pub enum Asked {
    /// A dossier in hand.
    Dossier(InHand),
    /// A voucher by its key, with the site of the link that named it.
    Voucher {
        /// Its key.
        key: PublicKey,
        /// Everything before `/v/` of a link.
        site: Option<String>,
    },
    /// A voucher with its code.
    Line(DeliveredLine),
}

/// A file that was given as a dossier; whether it is one is judged later.
#[derive(Debug, Clone)]
pub struct InHand {
    bytes: Vec<u8>,
    /// Where it came from; `-` is standard input.
    path: PathBuf,
}

impl InHand {
    /// As it is.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// As the text that a dossier is.
    pub fn into_text(self) -> Result<String, Failure> {
        file::text_of(self.bytes, &self.path)
    }
}

impl Asked {
    /// From the argument: `-` or none is standard input, or the prompt on a terminal.
    pub fn read(what: Option<&str>, texts: &Texts) -> Result<Self, Failure> {
        match what {
            None | Some("-") if std::io::stdin().is_terminal() => Self::secret(&read_line(texts)?),
            None | Some("-") => Self::standard_input(),
            Some(what) => Self::argument(what),
        }
    }

    /// From a file that holds a delivered line, or a link with its stamp.
    pub fn line_file(path: &Path) -> Result<Self, Failure> {
        let text = Zeroizing::new(read_text(path)?);
        Self::secret(only_line(&text)?)
    }

    fn standard_input() -> Result<Self, Failure> {
        let path = Path::new("-");
        let bytes = unmarked(file::read_stdin()?);
        if begins_as_json(&bytes) {
            return Ok(Self::in_hand(bytes, path));
        }
        Self::secret(only_line(&Zeroizing::new(file::text_of(bytes, path)?))?)
    }

    fn in_hand(bytes: Vec<u8>, path: &Path) -> Self {
        Self::Dossier(InHand { bytes, path: path.to_owned() })
    }

    /// A line that may be secret: a delivered line, a link with or without stamp, a key.
    fn secret(line: &str) -> Result<Self, Failure> {
        match Self::name(line.trim()) {
            Some(asked) => Ok(asked),
            None => Ok(Self::Line(DeliveredLine::parse(line)?)),
        }
    }

    /// An argument: no secret, as the command line was searched for those before.
    fn argument(what: &str) -> Result<Self, Failure> {
        if let Some(asked) = Self::name(what) {
            return Ok(asked);
        }
        let path = Path::new(what);
        // A code that somebody typed here by mistake must not be repeated; what looks like a path may be.
        let looks_like_path = what.contains(['/', '.', '\\']) || path.exists();
        if looks_like_path && !what.starts_with("http") {
            let bytes = file::read_file(path).map_err(|failure| match failure.text.id() {
                "error-no-such-file" => Failure::usage("error-no-such-dossier").with_foreign("path", what),
                _ => failure,
            })?;
            return Self::file(bytes, path);
        }
        Err(Failure::usage(if what.starts_with("http") { "error-no-link" } else { "error-what" }))
    }

    /// A dossier, or the delivered line that somebody keeps in a file. What begins as a dossier is judged as one, however it
    /// goes on; of anything else only text is.
    fn file(bytes: Vec<u8>, path: &Path) -> Result<Self, Failure> {
        let bytes = unmarked(bytes);
        if begins_as_json(&bytes) {
            return Ok(Self::in_hand(bytes, path));
        }
        let text = Zeroizing::new(file::text_of(bytes, path)?);
        match DeliveredLine::parse(first_line(&text)) {
            Ok(line) => only_line(&text).map(|_| Self::Line(line)),
            Err(_) => Ok(Self::in_hand(text.as_bytes().to_vec(), path)),
        }
    }

    /// A voucher's key or link.
    fn name(text: &str) -> Option<Self> {
        if let Some(link) = Link::parse(text) {
            return Some(Self::Voucher { key: link.voucher, site: Some(link.site) });
        }
        key_from_text(text).map(|key| Self::Voucher { key, site: None })
    }
}

/// Without the byte order mark, which editors put before what they save: it is no part of it.
fn unmarked(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    bytes
}

fn begins_as_json(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"{")
}

/// A key as `0x` and hex, or as it stands in links.
pub fn key_from_text(text: &str) -> Option<PublicKey> {
    let is_name = !text.contains(['/', '#']);
    let in_link = || is_name.then(|| Link::parse(&format!("https://x/v/{text}"))).flatten();
    text.to_ascii_lowercase().parse().ok().or_else(|| in_link().map(|link| link.voucher))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_in_both_forms() {
        let hex = "0x9A4EC27C35F915C328211A876638624AED9EF1D11C464776CB9BC6C8BA4B3B53";
        let name = "mk7CfDX5FcMoIRqHZjhiSu2e8dEcRkd2y5vGyLpLO1M";
        assert_eq!(key_from_text(hex), key_from_text(name));
        assert!(key_from_text(hex).is_some());
        let line = format!("1----2----https://shop.example/v/{name}");
        for wrong in ["", "0x9a4e", "mk7CfDX5", "a/b", "a#b", &line] {
            assert_eq!(key_from_text(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_code_given_as_argument_is_not_repeated() {
        let failure = Asked::argument("3962520037848969").expect_err("no voucher");
        assert!(!format!("{failure:?}").contains("3962"));
    }
}

//! Receipts: checked before they are believed, kept before anything else is done (docs/protocol.md section 9).

use super::files::{head, unreadable, unwritable};
use crate::failure::Failure;
use crate::node_client::ReceiptView;
use protocol::digest::{Digest, LedgerId, PublicKey, bytes_from_hex, bytes_to_hex};
use protocol::entry::{Entry, Signed};
use protocol::receipt::Receipt;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// An entry as it stands in the log, with all that travels with it: the API's `Step`.
#[derive(Debug, Clone, Deserialize)]
pub struct StepView {
    /// Place in the log.
    pub index: u64,
    /// 98 bytes, hex.
    pub entry: String,
    /// The memo, where there is one.
    #[serde(default)]
    pub memo: Option<String>,
    /// Who signed.
    #[serde(default)]
    pub signatures: Vec<Signed>,
    /// The operator's promise.
    pub receipt: ReceiptView,
}

impl StepView {
    /// The entry, if its bytes are one.
    pub fn entry(&self) -> Option<Entry> {
        entry_from_hex(&self.entry)
    }
}

/// An entry from its hex.
pub fn entry_from_hex(text: &str) -> Option<Entry> {
    Entry::decode(&bytes_from_hex(text).ok()?)
}

/// Who must have signed receipts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    /// The ledger.
    pub ledger: LedgerId,
    /// The operator's key.
    pub key: PublicKey,
}

/// What is wrong with an answer to an instruction: each is evidence against the operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// The entry is not the one that was signed.
    Entry,
    /// The receipt is for another entry.
    Leaf,
    /// The operator's key did not sign the receipt.
    Signature,
}

impl Wrong {
    /// Its message in `party.ftl`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Entry => "party-receipt-wrong-entry",
            Self::Leaf => "party-receipt-wrong-leaf",
            Self::Signature => "party-receipt-wrong-signature",
        }
    }
}

impl Operator {
    /// Whether the receipt promises just what was asked for.
    pub fn check(&self, asked: &Entry, stands: &Entry, receipt: &Receipt) -> Result<(), Wrong> {
        if stands.without_clock() != asked.without_clock() {
            Err(Wrong::Entry)
        } else if receipt.leaf != stands.leaf() {
            Err(Wrong::Leaf)
        } else if receipt.is_signed_by(&self.key, self.ledger) {
            Ok(())
        } else {
            Err(Wrong::Signature)
        }
    }
}

#[derive(Serialize)]
struct Line<'l> {
    ledger: LedgerId,
    operator_key: PublicKey,
    entry: String,
    memo: Option<&'l str>,
    signatures: &'l [Signed],
    receipt: Receipt,
    verified: bool,
}

/// A file of receipts, one JSON object a line, only ever added to.
#[derive(Debug)]
pub struct ReceiptFile {
    file: File,
    path: PathBuf,
    /// The leaves whose verified receipts it holds, by ledger; read when it is first asked for.
    held: Option<HashSet<(LedgerId, Digest)>>,
}

impl ReceiptFile {
    /// Opens it, or begins it; refuses a file of something else before anything is written to it. A last line that a crash cut
    /// off is left as it is, on a line of its own.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let failed = |error: io::Error| unwritable(path, &error);
        if !can_be_read_again(path).map_err(failed)? {
            return Err(failed(io::Error::other("it is no regular file")));
        }
        match head(path) {
            Ok(head) if !is_of_receipts(&head) => {
                return Err(Failure::usage("party-receipts-foreign").with_foreign("path", path.display()));
            }
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
        let open = || {
            let mut file = File::options().create(true).append(true).read(true).open(path)?;
            if file.seek(SeekFrom::End(0))? > 0 {
                file.seek(SeekFrom::End(-1))?;
                let mut last = [0];
                file.read_exact(&mut last)?;
                if last != *b"\n" {
                    file.write_all(b"\n")?;
                }
            }
            Ok(file)
        };
        Ok(Self { file: open().map_err(failed)?, path: path.to_owned(), held: None })
    }

    /// Whether it holds a receipt of this entry that was found right when it was kept.
    pub fn holds(&mut self, operator: &Operator, entry: &Entry) -> Result<bool, Failure> {
        let held = match self.held.take() {
            Some(held) => held,
            None => held_in(&self.path)?,
        };
        Ok(self.held.insert(held).contains(&(operator.ledger, entry.leaf())))
    }

    /// Keeps a receipt, right or wrong: a wrong one is evidence.
    pub fn keep(
        &mut self,
        operator: &Operator,
        stands: &Entry,
        memo: Option<&str>,
        signatures: &[Signed],
        receipt: Receipt,
        verified: bool,
    ) -> io::Result<()> {
        let line = Line {
            ledger: operator.ledger,
            operator_key: operator.key,
            entry: bytes_to_hex(&stands.encode()),
            memo,
            signatures,
            receipt,
            verified,
        };
        let text = serde_json::to_string(&line).map(|text| text + "\n").map_err(io::Error::other)?;
        append(&mut self.file, text.as_bytes())
    }

    /// Puts it on disk.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Adds all of a line at the end, or nothing of it: what a full disk cut off is taken away again.
fn append(file: &mut File, line: &[u8]) -> io::Result<()> {
    let mut rest = line;
    let failure = loop {
        match file.write(rest) {
            Ok(written) if written == rest.len() => return Ok(()),
            Ok(0) => break ErrorKind::WriteZero.into(),
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => break error,
        }
    };
    let written = (line.len() - rest.len()) as u64;
    // Another run may have added its own behind it: that stays.
    if let Ok(end) = file.stream_position()
        && file.metadata().is_ok_and(|facts| facts.is_file() && facts.len() == end)
    {
        let _ = file.set_len(end.saturating_sub(written));
    }
    Err(failure)
}

/// Whether a path is of no file yet, or of one that can be read to its end: from a pipe, a socket or a terminal nothing ever
/// comes.
fn can_be_read_again(path: &Path) -> io::Result<bool> {
    let kind = match std::fs::metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    // A folder is refused by the system; a device may be none at all (`/dev/null`).
    #[cfg(unix)]
    if std::os::unix::fs::FileTypeExt::is_char_device(&kind) {
        return File::open(path).map(|device| !io::IsTerminal::is_terminal(&device));
    }
    Ok(kind.is_file() || kind.is_dir())
}

/// Its lines one at a time: it grows with every step, without end.
pub fn lines_of(path: &Path) -> Result<io::Split<BufReader<File>>, Failure> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    Ok(BufReader::new(file).split(b'\n'))
}

/// Whether a file that begins so is one of receipts: its first whole line is a receipt, and those before it, which crashes
/// cut off, began as one.
pub fn is_of_receipts(head: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Kept {
        #[serde(rename = "entry")]
        _entry: String,
        #[serde(rename = "receipt")]
        _receipt: ReceiptView,
    }
    const BEGIN: &[u8] = br#"{"ledger":"0x"#;
    for line in head.split(|byte| *byte == b'\n') {
        if serde_json::from_slice::<IgnoredAny>(line).is_ok() {
            return serde_json::from_slice::<Kept>(line).is_ok();
        }
        if !(line.starts_with(BEGIN) || BEGIN.starts_with(line)) {
            return false;
        }
    }
    true
}

/// The leaves of the verified receipts in a file; a line that a crash cut off holds none.
fn held_in(path: &Path) -> Result<HashSet<(LedgerId, Digest)>, Failure> {
    #[derive(Deserialize)]
    struct Held {
        ledger: LedgerId,
        entry: String,
        verified: bool,
    }
    let mut held = HashSet::new();
    for line in lines_of(path)? {
        let line = line.map_err(|error| unreadable(path, &error))?;
        let Ok(line) = serde_json::from_slice::<Held>(&line) else { continue };
        let entry = entry_from_hex(&line.entry).filter(|_| line.verified);
        held.extend(entry.map(|entry| (line.ledger, entry.leaf())));
    }
    Ok(held)
}

/// The memos in a file of receipts; a line that a crash cut off holds none.
pub fn memos_in(path: &Path) -> Result<Vec<String>, Failure> {
    #[derive(Deserialize)]
    struct Kept {
        memo: Option<String>,
    }
    let mut memos = Vec::new();
    for line in lines_of(path)? {
        let kept = serde_json::from_slice(&line.map_err(|error| unreadable(path, &error))?).ok();
        memos.extend(kept.and_then(|Kept { memo }| memo));
    }
    Ok(memos)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;
    use protocol::signing::KeyPair;

    const LEDGER: LedgerId = LedgerId::new([4; 32]);

    fn asked() -> Entry {
        Entry {
            kind: 2,
            status: 1,
            first: 0,
            count: 3,
            prev: 0,
            at: 0,
            party: PublicKey::new([2; 32]),
            content: Digest::ZERO,
        }
    }

    #[test]
    fn only_the_promise_of_what_was_asked_by_the_operator_is_right() {
        let key = KeyPair::from_seed(&[9; 32]);
        let operator = Operator { ledger: LEDGER, key: key.public() };
        let asked = asked();
        let stands = Entry { at: 77, ..asked };
        let good = Receipt::sign(&key, LEDGER, 5, stands.leaf(), 1000);
        assert_eq!(operator.check(&asked, &stands, &good), Ok(()));
        let moved = Entry { count: 2, ..stands };
        assert_eq!(operator.check(&asked, &moved, &good), Err(Wrong::Entry));
        let later = Entry { at: 78, ..stands };
        assert_eq!(operator.check(&asked, &later, &good), Err(Wrong::Leaf));
        for bad in [
            Receipt { index: 6, ..good },
            Receipt { anchor_by: 2000, ..good },
            Receipt::sign(&key, LedgerId::new([5; 32]), 5, stands.leaf(), 1000),
            Receipt::sign(&KeyPair::from_seed(&[8; 32]), LEDGER, 5, stands.leaf(), 1000),
        ] {
            assert_eq!(operator.check(&asked, &stands, &bad), Err(Wrong::Signature));
        }
    }

    #[test]
    fn a_file_of_something_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("other");
        for there in [
            "serial,secret\n",
            "{\n  \"format\": \"vouchsafe/key@1\",\n  \"seed\": \"0x…\"\n}\n",
            r#"{"format":"vouchsafe/key@1","seed":"0x…"}"#,
            r#"{"ledger":"0x12","number":1}"#,
            "{\"ledger\":\"0x12\"\nsecret",
            "\u{1}\n",
        ] {
            std::fs::write(&path, there).unwrap();
            assert_eq!(ReceiptFile::open(&path).unwrap_err().text.id(), "party-receipts-foreign", "{there}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), there);
        }
        assert_eq!(ReceiptFile::open(folder.path()).unwrap_err().text.id(), "party-file-unwritable");
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_no_file_of_receipts_and_the_null_device_takes_them() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        assert_eq!(ReceiptFile::open(&pipe).unwrap_err().text.id(), "party-file-unwritable");
        assert!(ReceiptFile::open(Path::new("/dev/null")).is_ok());
    }

    #[test]
    fn receipts_are_added_and_a_cut_line_spoils_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("receipts.ndjson");
        let key = KeyPair::from_seed(&[9; 32]);
        let operator = Operator { ledger: LEDGER, key: key.public() };
        let asked = asked();
        let receipt = Receipt::sign(&key, LEDGER, 5, asked.leaf(), 1000);
        std::fs::write(&path, "{\"ledger\":\"0x04").unwrap();
        for _ in 0..2 {
            let mut file = ReceiptFile::open(&path).unwrap();
            file.keep(&operator, &asked, None, &[], receipt, true).unwrap();
            file.sync().unwrap();
            assert!(file.holds(&operator, &asked).unwrap());
            assert!(!file.holds(&operator, &Entry { at: 1, ..asked }).unwrap());
            let elsewhere = Operator { ledger: LedgerId::new([5; 32]), ..operator };
            assert!(!file.holds(&elsewhere, &asked).unwrap());
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        for line in &lines[1..] {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            assert_eq!(value["receipt"]["index"], 5);
            assert_eq!(entry_from_hex(value["entry"].as_str().unwrap()), Some(asked));
        }
    }
}

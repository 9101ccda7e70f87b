//! Names of the members of a case, and the list of hashes.

use crate::evidence::PartyFile;
use protocol::voucher::link_name;
use protocol::{LedgerId, PublicKey};
use sha2::{Digest as _, Sha256};

/// The index.
pub const INDEX: &str = "case.json";
/// The hashes of all other members, in the form that `sha256sum -c` takes.
pub const HASHES: &str = "SHA256SUMS";
/// What this is and how to check it, for whoever opens the archive.
pub const READ_ME: &str = "README.txt";
/// The folder of the files that the parties add.
pub const FILES: &str = "files/";

/// A voucher's dossier.
pub fn dossier(voucher: &PublicKey) -> String {
    format!("dossiers/{}.json", link_name(voucher))
}

/// A checkpoint.
pub fn checkpoint(ledger: LedgerId, number: u64) -> String {
    format!("checkpoints/{}-{number}.json", short(ledger))
}

/// A receipt.
pub fn receipt(ledger: LedgerId, index: u64) -> String {
    format!("receipts/{}-{index}.json", short(ledger))
}

/// A refused second sale of a voucher, counted from 1.
pub fn incident(voucher: &PublicKey, count: usize) -> String {
    format!("incidents/{}-{count}.json", link_name(voucher))
}

/// An added file, counted from 1: its own name without what a file system or a shell would stumble over.
pub fn file(count: usize, file: &PartyFile) -> String {
    const KEPT_CHARS: usize = 80;
    let safe = |character: char| match character {
        '.' | '-' | '_' => character,
        _ if character.is_alphanumeric() => character,
        _ => '_',
    };
    let name: Vec<char> = file.name.chars().map(safe).collect();
    let begin = name.len().saturating_sub(KEPT_CHARS);
    let kept: String = name.iter().skip(begin).collect();
    format!("{FILES}{count:02}-{kept}")
}

/// The first 8 bytes of a ledger's name: enough to keep the files of two ledgers apart.
fn short(ledger: LedgerId) -> String {
    hex::encode(ledger.as_bytes().split_at(8).0)
}

/// The SHA-256 of a member.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// A SHA-256 from its text: 64 hex digits and nothing else.
pub fn read_sha256(text: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    // A prefix would be passed over, and leaves too few digits.
    (text.len() == 64 && hex::decode_to_slice(text, &mut hash).is_ok()).then_some(hash)
}

/// One line for `sha256sum -c`.
pub fn hash_line(hash: &[u8; 32], name: &str) -> String {
    format!("{}  {name}\n", hex::encode(hash))
}

/// The lines of a list of hashes; `Err` is the number of the first line, from 1, that is none.
pub fn read_hashes(text: &str) -> Result<Vec<([u8; 32], String)>, usize> {
    let line = |(place, line): (usize, &str)| {
        let (hash, name) = line.split_once("  ").ok_or(place + 1)?;
        let hash = read_sha256(hash).filter(|_| !name.is_empty());
        Ok((hash.ok_or(place + 1)?, name.to_owned()))
    };
    text.lines().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_64_digits_and_nothing_else() {
        let digits = "0f".repeat(32);
        assert_eq!(read_sha256(&digits), Some([0x0f; 32]));
        let (short, padded) = (&digits[2..], format!(" {digits}"));
        for wrong in
            ["", short, &padded, &format!("0x{digits}"), &format!("0x{short}"), &format!("zz{short}")]
        {
            assert_eq!(read_sha256(wrong), None, "{wrong}");
        }
    }

    fn named(name: &str) -> String {
        file(7, &PartyFile { name: name.to_owned(), by: "A".to_owned(), size: 0, sha256: [0; 32] })
    }

    #[test]
    fn names_of_added_files_lead_nowhere() {
        assert_eq!(named("聊天记录 1.png"), "files/07-聊天记录_1.png");
        assert_eq!(named("../../etc/passwd"), "files/07-.._.._etc_passwd");
        assert_eq!(named("a\\b\nc\u{202e}d:e"), "files/07-a_b_c_d_e");
        assert!(named(&"x".repeat(500)).len() < 100);
        assert!(named(&format!("{}.pdf", "x".repeat(500))).rsplit('.').next() == Some("pdf"));
    }

    #[test]
    fn hash_lines_are_read_as_written() {
        let line = hash_line(&[0xab; 32], "files/01-收据 a.pdf");
        assert_eq!(read_hashes(&line), Ok(vec![([0xab; 32], "files/01-收据 a.pdf".to_owned())]));
        assert_eq!(read_hashes(&format!("{line}{line}x\n")), Err(3));
        assert_eq!(read_hashes("abcd  a\n"), Err(1));
    }
}

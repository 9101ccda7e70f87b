//! What `issue` leaves behind: the shop-ready file, the bad lines, and the sidecar with the receipt.

use crate::failure::Failure;
use crate::node_client::LedgerName;
use crate::node_client::ReceiptView;
use crate::party::files::{Over, has_format, suffixed, unreadable};
use crate::source::DeliveredLine;
use protocol::checkpoint::LedgerOrigin;
use protocol::digest::{Digest, LedgerId, PublicKey};
use protocol::entry::Signed;
use protocol::manifest::Terms;
use protocol::receipt::Receipt;
use protocol::voucher::Link;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The `format` of a sidecar.
pub const FORMAT: &str = "vouchsafe/batch@1";

/// What stands beside the shop-ready file: everything public of the batch, and the operator's promise.
#[derive(Debug, Serialize)]
pub struct Sidecar<'s> {
    /// [`FORMAT`].
    pub format: &'static str,
    /// The ledger, as dossiers name it.
    pub ledger: LedgerText<'s>,
    /// Who issued.
    pub issuer: PublicKey,
    /// The root of the batch tree.
    pub batch_root: Digest,
    /// Number of the first voucher.
    pub first: u64,
    /// Vouchers.
    pub count: u64,
    /// The manifest's exact text.
    pub manifest: &'s str,
    /// The terms' bytes.
    pub terms: String,
    /// The Issue entry's bytes.
    pub entry: String,
    /// Who signed it.
    pub signatures: &'s [Signed],
    /// Whose receipts count.
    pub operator_key: PublicKey,
    /// The operator's promise.
    pub receipt: Receipt,
}

/// A ledger by its name and where it was opened.
#[derive(Debug, Serialize)]
pub struct LedgerText<'s> {
    /// Its name.
    pub id: LedgerId,
    /// What the name is computed from.
    #[serde(flatten)]
    pub origin: &'s LedgerOrigin,
}

/// What an earlier run left beside the shop-ready file.
#[derive(Debug, Deserialize)]
pub struct Earlier {
    /// The root of the batch tree.
    pub batch_root: Digest,
    /// The manifest's exact text.
    pub manifest: String,
    /// The terms' bytes.
    pub terms: String,
    /// The operator's promise.
    pub receipt: ReceiptView,
}

/// Which file the shop-ready file replaces: one of delivered lines.
pub const OVER_LINES: Over = Over::Kind(|head| {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    std::str::from_utf8(line).is_ok_and(|line| DeliveredLine::parse(line).is_ok())
});

/// Which file the sidecar replaces.
pub const OVER_SIDECAR: Over = Over::Kind(|head| has_format(head, FORMAT));

/// The sidecar's name.
pub fn sidecar_path(out: &Path) -> PathBuf {
    suffixed(out, ".receipt.json")
}

/// The name of the file of bad lines: that of the shop-ready file with the ending of the supplier's.
pub fn bad_path(out: &Path, supplier: &Path) -> PathBuf {
    let ending = supplier.extension().and_then(OsStr::to_str).unwrap_or("txt");
    suffixed(out, &format!(".bad.{ending}"))
}

/// Whether the bad lines lie there already. Another file is not overwritten: it may be the one that was issued, or hold
/// corrections.
pub fn holds_bad_lines(path: &Path, lines: &[u8]) -> Result<bool, Failure> {
    match std::fs::read(path) {
        Ok(there) if there == lines => Ok(true),
        _ => Over::Nothing.check(path).map(|()| false),
    }
}

/// What an earlier run left. A shop-ready file without its sidecar is somebody else's, and is not overwritten.
pub fn earlier(out: &Path) -> Result<Option<Earlier>, Failure> {
    let path = sidecar_path(out);
    match std::fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| {
            Failure::usage("party-sidecar-malformed")
                .with("file", path.display().to_string())
                .with("problem", error.to_string())
        }),
        Err(error) if error.kind() == ErrorKind::NotFound && out.exists() => {
            Err(Failure::usage("party-out-exists").with("file", out.display().to_string()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(&path, &error)),
    }
}

/// Checks what is to stand before `/v/` in links.
pub fn site(text: &str) -> Result<String, Failure> {
    let site = text.trim_end_matches('/');
    let voucher = PublicKey::new([0; 32]);
    let reads_back = Link::parse(&format!("{site}/v/{}", protocol::voucher::link_name(&voucher)));
    let plain = !site
        .contains(|character: char| character.is_whitespace() || character.is_control() || character == '#');
    match reads_back {
        Some(link) if link.site == site && plain && site.matches("://").count() == 1 => Ok(site.to_owned()),
        _ => Err(Failure::usage("party-site-malformed").with("site", crate::console::plain(text, 100))),
    }
}

/// The terms of an earlier batch.
pub fn terms_of(text: &str) -> Option<Terms> {
    Terms::decode(&protocol::digest::bytes_from_hex(text).ok()?).ok()
}

/// The name of a ledger, if it is the one computed from where the ledger was opened.
pub fn origin_of(name: &LedgerName, node: &str) -> Result<LedgerOrigin, Failure> {
    name.origin().ok_or_else(|| Failure::refused("party-ledger-misnamed").with("node", node))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;

    #[test]
    fn sites_are_addresses_that_links_can_begin_with() {
        assert_eq!(site("https://v.example/").unwrap(), "https://v.example");
        assert_eq!(site("http://127.0.0.1:8080/cards").unwrap(), "http://127.0.0.1:8080/cards");
        for bad in
            ["", "v.example", "ftp://v.example", "https://a https://b", "https://v.example#x", "https://v\n"]
        {
            assert!(site(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_file_that_is_not_ours_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("cards.txt");
        assert!(earlier(&out).unwrap().is_none());
        std::fs::write(&out, "something").unwrap();
        assert_eq!(earlier(&out).unwrap_err().text.id(), "party-out-exists");
        std::fs::write(sidecar_path(&out), "{}").unwrap();
        assert_eq!(earlier(&out).unwrap_err().text.id(), "party-sidecar-malformed");
        let bad = bad_path(&out, Path::new("a/b.csv"));
        assert!(!holds_bad_lines(&bad, b"1").unwrap());
        std::fs::write(&bad, "1").unwrap();
        assert!(holds_bad_lines(&bad, b"1").unwrap());
        assert_eq!(holds_bad_lines(&bad, b"2").unwrap_err().text.id(), "error-out-exists");
        assert!(bad_path(&out, Path::new("a/b.csv")).ends_with("cards.txt.bad.csv"));
    }
}

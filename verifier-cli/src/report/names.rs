//! Whom a key belongs to, as far as the asker can know.

use crate::console::plain;
use crate::lang::Text;
use protocol::PublicKey;
use protocol::verify::{HistoryLine, VoucherFacts};

/// The beginning and the end of a key: enough to compare by eye, never enough to trust.
pub fn short(key: &PublicKey) -> String {
    let hex = key.to_string();
    let (head, tail) = (hex.get(..10), hex.get(hex.len().saturating_sub(4)..));
    format!("{}…{}", head.unwrap_or_default(), tail.unwrap_or_default())
}

/// Names a key: the asker's own, the issuer's, the voucher's, or the key itself.
pub(super) fn who(key: &PublicKey, voucher: &VoucherFacts, my_key: Option<PublicKey>) -> Text {
    if my_key == Some(*key) {
        return Text::new("who-you");
    }
    if *key == voucher.issuer {
        return match &voucher.issuer_name {
            Some(name) => Text::new("who-issuer-named").with("name", plain(name, 60)),
            None => Text::new("who-issuer"),
        };
    }
    if *key == voucher.key {
        return Text::new("who-voucher");
    }
    Text::new("who-key").with("key", short(key))
}

/// Who reported a step: of its signers the one who acted, not the voucher's key or the owner, who may sign beside him.
pub(super) fn reporter(line: &HistoryLine, voucher: &VoucherFacts) -> Option<PublicKey> {
    let beside = |key: &&PublicKey| **key == voucher.key || Some(**key) == line.party;
    let signers = || line.signed_by.iter();
    let issuer = signers().find(|key| **key == voucher.issuer);
    issuer.or_else(|| signers().find(|key| !beside(key))).or_else(|| signers().next()).copied()
}

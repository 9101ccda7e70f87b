//! The examples of `docs/openapi.json`: built from the protocol's own types, so that each is of the right form.

use protocol::digest::bytes_to_hex;
use protocol::entry::{Entry, memo_content};
use protocol::lifecycle::{Kind, Status};
use protocol::manifest::{Flags, Terms};
use protocol::{Digest, PublicKey};
use serde_json::{Value, json};

const MEMO: &str = r#"{"order":"0x5f1c0b1e0a5f1c0b1e0a5f1c0b1e0a5f1c0b1e0a5f1c0b1e0a5f1c0b1e0a5f1c","nonce":"0x00112233445566778899aabbccddeeff"}"#;

fn key(byte: u8) -> String {
    bytes_to_hex(&[byte; 32])
}

fn signed_by(role: &str, signer: u8) -> Value {
    json!([{ "role": role, "key": key(signer), "signature": bytes_to_hex(&[0x5e; 64]) }])
}

/// A case on one voucher, with a file that a party adds.
pub(super) fn case() -> Value {
    let sha256 = "a1".repeat(32);
    let file = json!({ "name": "chat.png", "by": "the buyer", "size": 48_213, "sha256": sha256 });
    json!({ "vouchers": [key(0xc1)], "files": [file] })
}

/// A sale of voucher 17 to nobody named.
pub(super) fn step() -> Value {
    let entry = Entry {
        kind: Kind::Sell.byte(),
        status: Status::Sold.byte(),
        first: 17,
        count: 1,
        prev: 0,
        at: 0,
        party: PublicKey::NOBODY,
        content: memo_content(Some(MEMO)),
    };
    let entry = bytes_to_hex(&entry.encode());
    json!({ "entry": entry, "memo": MEMO, "signatures": signed_by("holder", 0xa1) })
}

/// A list of one step.
pub(super) fn steps() -> Value {
    json!({ "steps": [step()] })
}

/// The line before the records of a batch of a thousand.
pub(super) fn batch() -> Value {
    let flags = Flags { stamped: true, ..Flags::default() };
    let terms = Terms::new(1000, 1, flags, Vec::new(), Vec::new());
    let manifest = json!({
        "format": "vouchsafe/manifest@1",
        "issuer": { "name": "Example Studio" },
        "product": { "sku": "game-50", "title": "Game card 50" },
        "face_value": { "amount": "50.00", "currency": "EUR" },
        "code_form": "strip-upper",
        "source_digest": key(0xd1),
        "created_at": "2026-09-21T08:00:00Z",
        "tool": "vouchsafe 0.1.0",
    });
    let entry = Entry {
        kind: Kind::Issue.byte(),
        status: Status::InTrade.byte(),
        first: 0,
        count: 1000,
        prev: Entry::NO_PREV,
        at: 0,
        party: PublicKey::new([0xa1; 32]),
        content: Digest::new([0xb1; 32]),
    };
    json!({
        "manifest": manifest.to_string(),
        "terms": terms.map(|terms| bytes_to_hex(&terms.encode())).unwrap_or_default(),
        "entry": bytes_to_hex(&entry.encode()),
        "signatures": signed_by("issuer", 0xa1),
    })
}

/// A voucher of this ledger, with whom the asker trusts.
pub(super) fn verify() -> Value {
    json!({
        "voucher": key(0xc1),
        "policy": {
            "chains": [{ "chain_id": 31337, "contract": bytes_to_hex(&[0xac; 20]), "ledgers": [key(0x1e)] }],
            "issuers": [{ "key": key(0xa1), "name": "Example Studio" }],
            "max_age_s": 86_400,
        },
        "my_key": key(0xe1),
        "as_of": false,
    })
}

//! The ledger that is audited here, and the development chain on which it can be opened.

use anchors::{AnchorWriter as _, Clock, Devnet};
use ledgers::published::Published;
use protocol::Digest;
use protocol::checkpoint::LedgerOrigin;
use serde_json::json;
use std::sync::{Arc, OnceLock};

pub const NOW: u64 = 1_790_000_000_000;

/// A development chain on which the ledger can be opened.
pub fn chain() -> Arc<Devnet> {
    Devnet::in_memory(Clock::new(|| NOW))
}

pub fn salt() -> Digest {
    Digest::new([4; 32])
}

/// Where the first account of every such chain opens it.
pub fn origin() -> LedgerOrigin {
    static ORIGIN: OnceLock<LedgerOrigin> = OnceLock::new();
    *ORIGIN.get_or_init(|| chain().client().signing_with(Devnet::development_key(0).unwrap()).origin(salt()))
}

pub fn opened() -> Published {
    Published::new(origin(), NOW)
}

pub fn story() -> Published {
    Published::story(origin(), NOW)
}

/// The file of the checkpoint that the auditor trusts: the newest.
pub fn trusted(made: &Published) -> String {
    let mut value = serde_json::to_value(made.newest()).unwrap();
    value["ledger"] = json!(origin().ledger());
    value["block_time"] = json!(NOW + 60_000);
    value.to_string()
}

//! The golden dossiers as files of a folder.

use crate::run::Folder;
use protocol::dossier::Dossier;
use protocol::entry::Entry;
use serde_json::{Value, json};
use std::path::Path;

pub fn case(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../tests/vectors/dossiers/{name}.json"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// A folder with `dossier.json`, `trusted.json`, `policy.json`, and `opening.json` where the vector has one; the clock
/// stands a minute after the newest entry.
pub fn folder(name: &str) -> Folder {
    let case = case(name);
    let newest = ["history", "pending"].iter().filter_map(|list| case["dossier"][*list].as_array()).flatten();
    let newest = newest.filter_map(|item| {
        let bytes = protocol::digest::bytes_from_hex(item["entry"].as_str()?).ok()?;
        Entry::decode(&bytes).map(|entry| entry.at)
    });
    let folder = Folder::new()
        .with_json("dossier.json", &case["dossier"])
        .with_json("trusted.json", &case["trusted_checkpoint"])
        .set("VOUCHSAFE_NOW_MS", &(newest.max().unwrap_or(crate::run::NOW) + 60_000));
    let folder = match Dossier::parse(&case["dossier"].to_string()) {
        Ok(dossier) => folder.with_json("policy.json", &policy(&dossier)),
        Err(_) => folder,
    };
    if case["opening"].is_null() { folder } else { folder.with_json("opening.json", &case["opening"]) }
}

/// A policy that names the dossier's ledger and issuer.
pub fn policy(dossier: &Dossier) -> Value {
    let origin = dossier.ledger.origin;
    json!({
        "chains": [{ "chain_id": origin.chain_id, "contract": origin.contract, "ledgers": [dossier.ledger.id] }],
        "issuers": [{ "key": dossier.history[0].step.entry.party, "name": "甲游戏官方" }],
    })
}

/// The party of the dossier's last entry.
pub fn owner(name: &str) -> String {
    let dossier = Dossier::parse(&case(name)["dossier"].to_string()).unwrap();
    let pending = dossier.pending.last().map(|item| item.step.entry.party);
    pending.unwrap_or_else(|| dossier.history.last().unwrap().step.entry.party).to_string()
}

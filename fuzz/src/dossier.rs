//! A dossier from a stranger, judged under the golden ledger's checkpoint.

use crate::seeds;
use protocol::digest::bytes_from_hex;
use protocol::dossier::{Dossier, VoucherPart};
use protocol::entry::Entry;
use protocol::merkle::{TreeHead, verify_inclusion};
use protocol::verify::{Finality, Opening, Question, TrustedCheckpoint, verify};
use protocol::voucher::Record;
use protocol::{Keccak, PublicKey};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What is known of the golden ledger.
struct Golden {
    trusted: TrustedCheckpoint,
    opening: Opening,
    /// The vouchers whose records any golden dossier shows, by their number. Of the others nobody who reads these files
    /// knows a record, which is a preimage of the batch's root.
    vouchers: BTreeMap<u64, PublicKey>,
}

/// An hour after the golden ledger's last entry.
const NOW: u64 = 1_790_003_700_000;

static GOLDEN: LazyLock<Golden> = LazyLock::new(|| {
    let case = seeds::vectors("dossiers/ok-redeemed.json");
    let trusted = TrustedCheckpoint::parse(&case["trusted_checkpoint"].to_string()).expect("a checkpoint");
    let batches = batches();
    let dossiers =
        seeds::dossiers().into_iter().filter_map(|case| Dossier::parse(&case["dossier"].to_string()).ok());
    let parts = dossiers
        .map(|dossier| dossier.voucher)
        .filter(|voucher| batches.iter().any(|batch| has(batch, voucher)));
    let vouchers: BTreeMap<_, _> = parts.map(|voucher| (voucher.number, voucher.key)).collect();
    assert!(vouchers.len() > 12, "{vouchers:?}");
    let opening = Opening::parse(&case["opening"].to_string()).expect("an opening");
    Golden { trusted, opening, vouchers }
});

/// The entries that issued the golden ledger's vouchers.
fn batches() -> Vec<Entry> {
    let ledger = seeds::vectors("ledger.json");
    let entries = ledger["entries"].as_array().expect("entries").iter();
    let issues = entries.filter(|entry| entry["kind"] == "Issue");
    let encoded = issues.map(|entry| bytes_from_hex(entry["encoded"].as_str().expect("text")).expect("hex"));
    encoded.map(|bytes| Entry::decode(&bytes).expect("an entry")).collect()
}

/// Whether the record stands in this batch, at the leaf of its number.
fn has(issue: &Entry, voucher: &VoucherPart) -> bool {
    let record = Record { key: voucher.key, label: voucher.label };
    let tree = TreeHead { size: issue.count + 1, root: issue.content };
    issue.covers(voucher.number)
        && verify_inclusion::<Keccak>(record.leaf(), voucher.number - issue.first + 1, tree, &voucher.path)
            .is_ok()
}

pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let golden = &*GOLDEN;
    let report = verify(&Question {
        trusted: Some(&golden.trusted),
        finality: Finality::Final,
        opening: Some(&golden.opening),
        ..Question::of(text, NOW)
    });
    serde_json::to_string(&report).expect("a report is shown");
    if report.failed_step().is_none() {
        // No bytes whatever pass for a voucher that the ledger does not have.
        let facts = report.voucher.as_ref().expect("a voucher that was judged");
        let true_key = golden.vouchers.get(&facts.number);
        assert!(true_key.is_some_and(|key| *key == facts.key), "voucher {} is another", facts.number);
    }
    if let Ok(dossier) = Dossier::parse(text) {
        let written = serde_json::to_string(&dossier).expect("a dossier is written");
        assert_eq!(Dossier::parse(&written).as_ref(), Ok(&dossier), "a dossier written again is another");
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    seeds::dossiers().iter().map(|case| case["dossier"].to_string().into_bytes()).collect()
}

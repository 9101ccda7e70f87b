//! A dossier from a stranger, judged under the golden ledger's checkpoint.

use crate::seeds;
use protocol::PublicKey;
use protocol::dossier::Dossier;
use protocol::verify::{Finality, Opening, Question, TrustedCheckpoint, verify};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What is known of the golden ledger.
struct Golden {
    trusted: TrustedCheckpoint,
    opening: Opening,
    /// Vouchers by their number.
    vouchers: BTreeMap<u64, PublicKey>,
}

/// An hour after the golden ledger's last entry.
const NOW: u64 = 1_790_003_700_000;

static GOLDEN: LazyLock<Golden> = LazyLock::new(|| {
    let case = seeds::vectors("dossiers/ok-redeemed.json");
    let trusted = TrustedCheckpoint::parse(&case["trusted_checkpoint"].to_string()).expect("a checkpoint");
    let good = seeds::dossiers().into_iter().filter(|case| {
        case["expect"]["ok"] == true && case["trusted_checkpoint"]["log_root"] == trusted_root(&trusted)
    });
    let vouchers = good.map(|case| {
        let dossier = Dossier::parse(&case["dossier"].to_string()).expect("a dossier");
        (dossier.voucher.number, dossier.voucher.key)
    });
    let vouchers = vouchers.collect();
    let opening = Opening::parse(&case["opening"].to_string()).expect("an opening");
    Golden { trusted, opening, vouchers }
});

fn trusted_root(trusted: &TrustedCheckpoint) -> String {
    trusted.checkpoint.log_root.to_string()
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
        assert!(true_key.is_none_or(|key| *key == facts.key), "voucher {} is another", facts.number);
    }
    if let Ok(dossier) = Dossier::parse(text) {
        let written = serde_json::to_string(&dossier).expect("a dossier is written");
        assert_eq!(Dossier::parse(&written).as_ref(), Ok(&dossier), "a dossier written again is another");
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    seeds::dossiers().iter().map(|case| case["dossier"].to_string().into_bytes()).collect()
}

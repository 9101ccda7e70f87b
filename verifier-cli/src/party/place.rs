//! Whether a voucher has the number that a node tells. A party signs numbers: a node that tells those of other vouchers
//! would have a holder hand on what he never meant to. A voucher whose own key signs needs no such check.

use protocol::digest::{LedgerId, PublicKey};
use protocol::verify::{Outcome, Question, StepCode, verify};

/// Whether the dossier proves that this voucher of this ledger has this number. The issuer signed the batch and its first
/// number, so no checkpoint is needed; a dossier that refutes itself proves nothing.
pub fn has_number(dossier: &str, ledger: LedgerId, voucher: &PublicKey, number: u64, now: u64) -> bool {
    let report = verify(&Question { as_of: true, ..Question::of(dossier, now) });
    // What is over may still be voided or returned.
    let holds =
        |code, outcome: &Outcome| code == StepCode::TermsCurrent || !matches!(outcome, Outcome::Failed(_));
    let named = report
        .voucher
        .as_ref()
        .is_some_and(|facts| facts.ledger == ledger && facts.key == *voucher && facts.number == number);
    named && report.steps.iter().all(|step| holds(step.code, &step.outcome))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;
    use serde_json::Value;

    #[test]
    fn a_dossier_proves_the_number_of_its_voucher_and_of_no_other() {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/dossiers/ok-in-trade-wholesaled.json");
        let vector: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let dossier = &vector["dossier"];
        let key = dossier["voucher"]["key"].as_str().unwrap().parse::<PublicKey>().unwrap();
        let ledger = dossier["ledger"]["id"].as_str().unwrap().parse().unwrap();
        let number = dossier["voucher"]["number"].as_u64().unwrap();
        let text = dossier.to_string();
        let proven = |text: &str, ledger, key: PublicKey, number| {
            has_number(text, ledger, &key, number, 1_790_000_000_000)
        };
        assert!(proven(&text, ledger, key, number));
        assert!(!proven(&text, ledger, key, number + 1));
        assert!(!proven(&text, LedgerId::new([1; 32]), key, number));
        assert!(!proven(&text, ledger, PublicKey::new([1; 32]), number));
        let mut moved = dossier.clone();
        moved["voucher"]["number"] = (number + 1).into();
        assert!(!proven(&moved.to_string(), ledger, key, number + 1));
        assert!(!proven("{}", ledger, key, number));
    }
}

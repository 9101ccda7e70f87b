//! Whether a voucher has the number that a node tells. A party signs numbers: a node that tells those of other vouchers
//! would have a holder hand on, or an issuer redeem, what he never meant to. Where the voucher's own key must sign, no such
//! check is needed.

use super::selection::Named;
use crate::source::DeliveredLine;
use protocol::digest::LedgerId;
use protocol::verify::{Outcome, Question, StepCode, verify};

/// Whether the dossier proves that this voucher of this ledger has this number. The issuer signed the batch and its first
/// number, so no checkpoint is needed; that he is the voucher's issuer, its code shows where it is at hand. A dossier that
/// refutes itself proves nothing.
pub fn has_number(dossier: &str, ledger: LedgerId, named: &Named, number: u64, now: u64) -> bool {
    let (voucher, opening) = (named.voucher(), named.delivered().map(DeliveredLine::opening));
    let report = verify(&Question { as_of: true, opening: opening.as_ref(), ..Question::of(dossier, now) });
    // What is over may still be voided or returned.
    let holds =
        |code, outcome: &Outcome| code == StepCode::TermsCurrent || !matches!(outcome, Outcome::Failed(_));
    let named = report
        .voucher
        .as_ref()
        .is_some_and(|facts| facts.ledger == ledger && facts.key == voucher && facts.number == number);
    named && report.steps.iter().all(|step| holds(step.code, &step.outcome))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;
    use protocol::PublicKey;
    use protocol::digest::bytes_from_hex;
    use protocol::voucher::{Stamp, secret_link};
    use serde_json::Value;

    #[test]
    fn a_dossier_proves_the_number_of_its_voucher_and_of_no_other() {
        let (_, dossier) = vector();
        let key = dossier["voucher"]["key"].as_str().unwrap().parse::<PublicKey>().unwrap();
        let ledger = dossier["ledger"]["id"].as_str().unwrap().parse().unwrap();
        let number = dossier["voucher"]["number"].as_u64().unwrap();
        let text = dossier.to_string();
        let proven = |text: &str, ledger, key: PublicKey, number| {
            has_number(text, ledger, &Named::Voucher(key), number, 1_790_000_000_000)
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

    #[test]
    fn a_batch_of_another_issuer_proves_nothing_of_a_voucher_whose_code_is_at_hand() {
        let (vector, dossier) = vector();
        let key: PublicKey = dossier["voucher"]["key"].as_str().unwrap().parse().unwrap();
        let ledger = dossier["ledger"]["id"].as_str().unwrap().parse().unwrap();
        let number = dossier["voucher"]["number"].as_u64().unwrap();
        let member = |name: &str| vector["opening"][name].as_str().unwrap();
        let stamp = bytes_from_hex(member("stamp")).unwrap().try_into().unwrap();
        let link = secret_link("https://v.example", &key, &Stamp::new(stamp));
        let proven = |code: &str| {
            let delivered = format!("{}----{code}----{}", member("serial"), *link);
            let named = Named::parse(&delivered).unwrap();
            has_number(&dossier.to_string(), ledger, &named, number, 1_790_000_000_000)
        };
        assert!(proven(member("code")));
        // The key does not follow from this code and the issuer of the dossier.
        assert!(!proven("8054755900280459"));
    }

    fn vector() -> (Value, Value) {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors/dossiers/ok-in-trade-wholesaled.json");
        let vector: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let dossier = vector["dossier"].clone();
        (vector, dossier)
    }
}

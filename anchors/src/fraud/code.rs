//! Whether a contract is the judge of this version: its code is the artefact's, but for the words that are filled in when it
//! is made. What these are it says itself; whose code it is, nobody else can.

use super::contract::FraudProofs;
use serde::Deserialize;
use std::sync::LazyLock;

/// Where those words begin, in order.
static IMMUTABLES: LazyLock<Vec<usize>> = LazyLock::new(|| {
    #[derive(Deserialize)]
    struct Artefact {
        immutables: Vec<usize>,
    }
    let artefact = serde_json::from_str(include_str!("../../../contracts/artifacts/FraudProofs.json"));
    artefact.map(|Artefact { immutables }| immutables).unwrap_or_default()
});

/// Whether this is the code of the judge.
pub(super) fn is_of_the_judge(code: &[u8]) -> bool {
    let mut code = code.to_vec();
    for word in IMMUTABLES.iter().copied() {
        if let Some(word) = code.get_mut(word..word.saturating_add(32)) {
            word.fill(0);
        }
    }
    code == *FraudProofs::DEPLOYED_BYTECODE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_byte_but_those_filled_in_makes_it_another() {
        let judge = FraudProofs::DEPLOYED_BYTECODE.to_vec();
        assert!(IMMUTABLES.len() > 1 && is_of_the_judge(&judge));
        let filled = |at: usize| IMMUTABLES.iter().any(|word| (*word..word + 32).contains(&at));
        for at in (0..judge.len()).step_by(7).chain(IMMUTABLES.iter().map(|word| word + 31)) {
            let mut other = judge.clone();
            other[at] ^= 1;
            assert_eq!(is_of_the_judge(&other), filled(at), "byte {at}");
        }
        assert!(!is_of_the_judge(&judge[1..]) && !is_of_the_judge(&[]));
        assert!(!is_of_the_judge(&[&judge[..], &[0]].concat()));
    }
}

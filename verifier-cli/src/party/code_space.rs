//! How many codes there could be, estimated from the codes of a batch: what stands between an unstamped code and
//! whoever tries them all offline (docs/protocol.md section 3).

use std::collections::HashSet;
use zeroize::Zeroizing;

/// Codes without a stamp need a space of at least `2^80`.
pub const REQUIRED_BITS: f64 = 80.0;

/// From this many codes on, places in which all of them agree count for nothing. Fewer agree by chance too often.
const TELLING_CODES: usize = 8;

/// What the codes of a batch have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CodeSpace {
    /// Characters of the shortest code.
    pub length: usize,
    /// Different characters among all codes.
    pub alphabet: usize,
    /// Places of the shortest code in which the codes differ.
    pub free_places: usize,
    /// `free_places * log2(alphabet)`: an upper limit, because codes counted upwards are easier to guess than drawn ones.
    pub bits: f64,
}

impl CodeSpace {
    /// Of formed codes.
    pub fn of(codes: impl Iterator<Item = Zeroizing<String>>) -> Self {
        let mut alphabet = HashSet::new();
        let mut pattern: Option<Zeroizing<Vec<Option<char>>>> = None;
        let mut count = 0_usize;
        for code in codes {
            count += 1;
            alphabet.extend(code.chars());
            let Some(pattern) = &mut pattern else {
                pattern = Some(Zeroizing::new(code.chars().map(Some).collect()));
                continue;
            };
            let mut characters = code.chars();
            let shared = pattern.iter_mut().zip(characters.by_ref());
            let length =
                shared.map(|(place, character)| *place = place.filter(|known| *known == character)).count();
            pattern.truncate(length);
        }
        let pattern = pattern.unwrap_or_default();
        let fixed = pattern.iter().filter(|place| place.is_some()).count();
        let free_places = if count < TELLING_CODES { pattern.len() } else { pattern.len() - fixed };
        let alphabet = alphabet.len();
        Self { length: pattern.len(), alphabet, free_places, bits: bits(free_places, alphabet) }
    }

    /// Whether codes of this space may go without a stamp.
    pub fn suffices(&self) -> bool {
        self.bits >= REQUIRED_BITS
    }
}

#[expect(clippy::cast_precision_loss, reason = "a line has at most 16,384 characters")]
fn bits(places: usize, alphabet: usize) -> f64 {
    places as f64 * (alphabet.max(1) as f64).log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(codes: &[&str]) -> CodeSpace {
        CodeSpace::of(codes.iter().map(|code| Zeroizing::new((*code).to_owned())))
    }

    #[test]
    fn digits_of_a_card_are_far_too_few_and_a_long_key_suffices() {
        let short = of(&["12345678", "90817263"]);
        assert_eq!((short.length, short.alphabet), (8, 10));
        assert!(short.bits > 26.0 && short.bits < 27.0);
        assert!(!short.suffices());
        let key = of(&["ABCDEFGHJKMNPQRSTVWXYZ234", "56789ABCDEFGHJKMNPQRSTVWX"]);
        assert!(key.bits > 115.0 && key.suffices());
    }

    #[test]
    fn the_shortest_code_counts_and_a_common_beginning_does_not() {
        let codes: Vec<String> =
            (0..10).map(|code| format!("ACME-2026-SUMMER-SALE-000{code}{}", (code * 7) % 10)).collect();
        let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
        let space = of(&codes);
        assert_eq!((space.length, space.free_places), (27, 2));
        assert!(!space.suffices());
        assert_eq!(of(&["ABCDEF", "AB"]).length, 2);
        assert_eq!(of(&[]).length, 0);
        assert!(!of(&[]).suffices());
    }
}

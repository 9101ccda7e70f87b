//! A supplier file: every line is a card or is refused, and the refused ones can be given back.

use crate::seeds;
use vouchsafe_cli::import::{Options, read};

pub fn check(bytes: &[u8]) {
    let Ok(import) = read(bytes, &Options::default()) else { return };
    assert!(!import.cards.is_empty());
    let accepted: Vec<u64> = import.cards.iter().map(|card| card.line).collect();
    let refused: Vec<u64> = import.refused.iter().map(|refused| refused.line).collect();
    assert!(accepted.is_sorted_by(|a, b| a < b) && refused.is_sorted_by(|a, b| a < b));
    assert!(accepted.iter().all(|line| refused.binary_search(line).is_err()), "a line is both");
    assert!(import.cards.iter().all(|card| !card.code.is_empty()), "a card without a code");
    assert!(import.bad_lines(bytes).len() <= bytes.len());
}

pub fn seeds() -> Vec<Vec<u8>> {
    // The beginning of each file holds all that is special about it, and short inputs run faster.
    seeds::files("data/supplier").into_iter().map(|file| file[..file.len().min(2000)].to_vec()).collect()
}

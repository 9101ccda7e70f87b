//! Cards that a file gives twice.
//!
//! A card is its serial and code together, after the code form: stamp and name follow from both (docs/protocol.md
//! section 3), so the pair again would be the same voucher again. One code under two serials is two vouchers; among
//! 10^4 cards with 8-digit secrets it is to be expected. One serial under two codes is two vouchers too, but hardly ever
//! meant: it is counted and left to the caller.

use super::cards::Cards;
use protocol::voucher::CodeForm;
use std::hash::{DefaultHasher, Hasher as _};
use zeroize::Zeroizing;

/// A card's fingerprint: 64 bits of the formed serial and 64 of the formed pair.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fingerprint {
    serial: u64,
    pair: u64,
    /// The card's place in [`Cards`].
    pub(super) place: u32,
    with_serial: bool,
}

impl Fingerprint {
    /// Of the formed fields of the card at a place.
    pub(super) fn of(serial: &str, code: &str, place: u32) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(serial.as_bytes());
        let of_serial = hasher.finish();
        // 0xFF is in no UTF-8 text: ("1", "23") and ("12", "3") differ.
        hasher.write_u8(0xFF);
        hasher.write(code.as_bytes());
        Self { serial: of_serial, pair: hasher.finish(), place, with_serial: !serial.is_empty() }
    }
}

/// What [`find`] finds.
pub(super) struct Duplicates {
    /// Places that repeat an earlier card, ascending, each with the line of the first.
    pub(super) later: Vec<(u32, u64)>,
    /// Cards whose serial an earlier one has with another code.
    pub(super) repeated_serials: u64,
}

/// Finds the cards that repeat an earlier one. Exact: equal fingerprints are compared in the clear.
pub(super) fn find(mut fingerprints: Vec<Fingerprint>, cards: &Cards, form: CodeForm) -> Duplicates {
    fingerprints.sort_unstable();
    let (mut later, mut repeated_serials) = (Vec::new(), 0);
    for same_serial in fingerprints.chunk_by(|a, b| a.serial == b.serial) {
        let mut codes = 0;
        for same in same_serial.chunk_by(|a, b| a.pair == b.pair) {
            codes += 1;
            if same.len() > 1 {
                repeats(same, cards, form, &mut later);
            }
        }
        if same_serial.first().is_some_and(|first| first.with_serial) {
            repeated_serials += codes - 1;
        }
    }
    later.sort_unstable();
    Duplicates { later, repeated_serials }
}

/// Adds those of one fingerprint that repeat an earlier card.
fn repeats(same: &[Fingerprint], cards: &Cards, form: CodeForm, later: &mut Vec<(u32, u64)>) {
    let mut firsts: Vec<(Zeroizing<String>, Zeroizing<String>, u64)> = Vec::new();
    for fingerprint in same {
        let Some(card) = cards.get(fingerprint.place as usize) else { continue };
        let (serial, code) = (form.apply(card.serial), form.apply(card.code));
        match firsts.iter().find(|(first, its_code, _)| *first == serial && *its_code == code) {
            Some((.., line)) => later.push((fingerprint.place, *line)),
            None => firsts.push((serial, code, card.line)),
        }
    }
}

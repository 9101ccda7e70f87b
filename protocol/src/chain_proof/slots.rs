//! Where the contract `Anchors` keeps what a ledger anchored (docs/protocol.md section 12): the layout that its compiler
//! gives, as `contracts/artifacts/Anchors.json` writes it down.

use crate::digest::{Digest, LedgerId};
use crate::keccak::keccak;

/// Slot of `_tips`, by ledger: who anchors, the latest number and its block's time, in one word.
pub const TIPS_SLOT: u8 = 4;
/// Slot of `_rings`, by ledger: 64 checkpoint hashes, that of checkpoint n at n mod 64.
pub const RINGS_SLOT: u8 = 5;
/// Checkpoint hashes that are kept.
pub const RING: u64 = 64;
/// First byte, counted from the low end of the word, of the latest number: behind the anchorer's 20.
pub const TIP_NUMBER_OFFSET: usize = 20;
/// First byte, counted from the low end of the word, of the latest block time.
pub const TIP_TIME_OFFSET: usize = 26;
/// Bytes of either.
pub const TIP_FIELD_BYTES: usize = 6;

/// The key of a ledger's tip in the contract's storage.
pub fn tip_key(ledger: LedgerId) -> Digest {
    of_ledger(ledger, TIPS_SLOT)
}

/// The key of a checkpoint's place in the ring of its ledger.
pub fn ring_key(ledger: LedgerId, number: u64) -> Digest {
    let mut key = *of_ledger(ledger, RINGS_SLOT).as_bytes();
    // The place in the ring is added to a 256-bit number.
    let mut carry = u8::try_from(number % RING).unwrap_or_default();
    for byte in key.iter_mut().rev() {
        let (sum, overflows) = byte.overflowing_add(carry);
        *byte = sum;
        carry = u8::from(overflows);
    }
    Digest::new(key)
}

/// A mapping's value lies at the hash of its key and the mapping's slot.
fn of_ledger(ledger: LedgerId, slot: u8) -> Digest {
    let mut word = [0; 32];
    word[31] = slot;
    keccak(&[ledger.as_bytes(), &word])
}

/// Latest number and Unix seconds of its block, from the word of a tip.
pub fn read_tip(word: &[u8; 32]) -> (u64, u64) {
    let field = |offset: usize| {
        let bytes = word.iter().rev().skip(offset).take(TIP_FIELD_BYTES);
        bytes.rev().fold(0, |number, byte| (number << 8) | u64::from(*byte))
    };
    (field(TIP_NUMBER_OFFSET), field(TIP_TIME_OFFSET))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_ring_carries_over_bytes() {
        // The first ledger whose ring begins so close below a multiple of 256 that its last place lies above it.
        let near_the_end = |ledger: &LedgerId| ring_key(*ledger, 0).as_bytes()[31] > 0xff - 63;
        let ledger = (0..=255_u8).map(|n| LedgerId::new([n; 32])).find(near_the_end).expect("one in four");
        let (first, last) = (ring_key(ledger, 64), ring_key(ledger, 127));
        assert_eq!(first, ring_key(ledger, 0), "the ring is 64 long");
        let number = |key: Digest| u128::from_be_bytes(key.as_bytes()[16..].try_into().expect("16 bytes"));
        assert_eq!(number(last).wrapping_sub(number(first)), 63);
        assert_ne!(first.as_bytes()[30], last.as_bytes()[30]);
    }

    #[test]
    fn the_layout_is_the_compiler_s() {
        let artifact = include_str!("../../../contracts/artifacts/Anchors.json");
        let artifact: serde_json::Value = serde_json::from_str(artifact).expect("JSON");
        let named = |list: &serde_json::Value, label: &str| {
            let found = list.as_array().expect("a list").iter().find(|variable| variable["label"] == label);
            found.unwrap_or_else(|| panic!("no {label}")).clone()
        };
        let (tips, rings) = (named(&artifact["storage"], "_tips"), named(&artifact["storage"], "_rings"));
        assert_eq!((&tips["slot"], &tips["offset"]), (&TIPS_SLOT.into(), &0.into()));
        assert_eq!((&rings["slot"], &rings["bytes"]), (&RINGS_SLOT.into(), &(RING * 32).into()));
        let offsets = [("anchorer", 0), ("number", TIP_NUMBER_OFFSET), ("time", TIP_TIME_OFFSET)];
        for (label, offset) in offsets {
            let member = named(&tips["members"], label);
            assert_eq!((&member["slot"], &member["offset"]), (&0.into(), &offset.into()), "{label}");
        }
        for label in ["number", "time"] {
            assert_eq!(named(&tips["members"], label)["bytes"], TIP_FIELD_BYTES, "{label}");
        }
    }

    #[test]
    fn a_tip_is_read_from_its_packed_word() {
        let mut word = [0; 32];
        word[12..].copy_from_slice(&[0xAA; 20]);
        word[6..12].copy_from_slice(&[0, 0, 0, 0, 1, 2]);
        word[..6].copy_from_slice(&[0, 0, 0x69, 0, 0, 0]);
        assert_eq!(read_tip(&word), (258, 0x6900_0000));
    }
}

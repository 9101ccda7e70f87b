//! The supplier file of the demo: 1,000 cards as a mobile carrier's wholesaler gets them, out of Excel. No card is real.

use protocol::Digest;
use protocol::keccak::keccak;
use std::fmt::Write as _;

/// Cards in the file.
pub const CARDS: u64 = 1000;

/// CSV with Chinese headers, a byte order mark and CRLF; serials of 17 and secrets of 18 digits. The same at every run.
pub fn file() -> String {
    let mut text = String::from("\u{feff}卡号,卡密,面额\r\n");
    for number in 0..CARDS {
        let (serial, secret) = card(number);
        // Writing to a String cannot fail.
        let _ = write!(text, "{serial},{secret},30\r\n");
    }
    text
}

/// A card that is not in the file.
pub fn foreign_card() -> (String, String) {
    card(CARDS)
}

fn card(number: u64) -> (String, String) {
    let drawn = keccak(&[b"vouchsafe/demo/card", &number.to_be_bytes()]);
    (format!("16202244275{number:06}"), digits(drawn))
}

/// 18 digits, the first of them not zero: Excel would take it away.
fn digits(drawn: Digest) -> String {
    const TEN_TO_THE_17: u64 = 10_u64.pow(17);
    let number =
        drawn.as_bytes().iter().fold(0, |number: u64, byte| number.wrapping_mul(257) ^ u64::from(*byte));
    (TEN_TO_THE_17 + number % (9 * TEN_TO_THE_17)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn cards_have_the_widths_of_the_layout_and_no_two_are_alike() {
        let text = file();
        let cards: Vec<&str> = text.lines().skip(1).collect();
        let distinct: HashSet<&&str> = cards.iter().collect();
        assert_eq!((cards.len(), distinct.len()), (1000, 1000));
        for card in cards {
            let widths: Vec<usize> = card.split(',').map(str::len).collect();
            assert_eq!(widths, [17, 18, 2], "{card}");
            assert!(card.bytes().all(|byte| byte.is_ascii_digit() || byte == b','), "{card}");
        }
    }
}

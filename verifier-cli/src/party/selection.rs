//! Which vouchers a step is about: numbers, names, links, delivered lines.

use crate::failure::Failure;
use crate::source::{DeliveredLine, key_from_text};
use protocol::PublicKey;
use protocol::voucher::Link;
use std::str::FromStr;

/// Neighbouring voucher numbers: `FIRST:COUNT` or `FIRST-LAST`, or one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// First number.
    pub first: u64,
    /// How many, at least 1.
    pub count: u64,
}

/// A text that is no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a range of voucher numbers: write FIRST:COUNT or FIRST-LAST")]
pub struct NotARange;

impl FromStr for Range {
    type Err = NotARange;

    fn from_str(text: &str) -> Result<Self, NotARange> {
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| NotARange);
        let (first, count) = if let Some((first, count)) = text.split_once(':') {
            (number(first)?, number(count)?)
        } else if let Some((first, last)) = text.split_once('-') {
            let (first, last) = (number(first)?, number(last)?);
            (first, last.checked_sub(first).and_then(|count| count.checked_add(1)).ok_or(NotARange)?)
        } else {
            (number(text)?, 1)
        };
        let within = count > 0 && first.checked_add(count).is_some();
        if within { Ok(Self { first, count }) } else { Err(NotARange) }
    }
}

impl Range {
    /// One past the last number.
    pub const fn end(self) -> u64 {
        self.first.saturating_add(self.count)
    }

    /// The same numbers in as few ranges as possible, ascending, each number once.
    pub fn joined(mut ranges: Vec<Self>) -> Vec<Self> {
        ranges.sort_unstable();
        let mut joined: Vec<Self> = Vec::new();
        for range in ranges {
            match joined.last_mut() {
                Some(last) if range.first <= last.end() => {
                    last.count = last.end().max(range.end()) - last.first;
                }
                _ => joined.push(range),
            }
        }
        joined
    }
}

/// A voucher as a party names it.
pub enum Named {
    /// By its key, or by a link.
    Voucher(PublicKey),
    /// With its code.
    Delivered(DeliveredLine),
}

impl std::fmt::Debug for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Named({})", self.voucher())
    }
}

impl Named {
    /// Which voucher.
    pub const fn voucher(&self) -> PublicKey {
        match self {
            Self::Voucher(voucher) => *voucher,
            Self::Delivered(delivered) => delivered.link.voucher,
        }
    }

    /// Its delivered line, if that is what names it.
    pub const fn delivered(&self) -> Option<&DeliveredLine> {
        match self {
            Self::Voucher(_) => None,
            Self::Delivered(delivered) => Some(delivered),
        }
    }

    /// Reads a line: a key as `0x…` or base64url, a link, or a delivered line.
    pub fn parse(line: &str) -> Option<Self> {
        let line = line.trim();
        if let Ok(delivered) = DeliveredLine::parse(line) {
            return Some(Self::Delivered(delivered));
        }
        let linked = || Link::parse(line).map(|link| link.voucher);
        key_from_text(line).or_else(linked).map(Self::Voucher)
    }

    /// Reads a file of lines; blank ones, and those that begin with `#`, are passed over.
    pub fn parse_lines(text: &str) -> Result<Vec<Self>, Failure> {
        let lines = text.trim_start_matches('\u{feff}').lines().enumerate();
        let filled = lines.filter(|(_, line)| !line.trim().is_empty() && !line.trim_start().starts_with('#'));
        let named = filled.map(|(place, line)| {
            Self::parse(line).ok_or_else(|| Failure::usage("party-line-unknown").with("line", place + 1))
        });
        named.collect()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;
    use protocol::voucher::{Stamp, link_name, secret_link};

    fn range(text: &str) -> Option<(u64, u64)> {
        text.parse::<Range>().ok().map(|range| (range.first, range.count))
    }

    #[test]
    fn ranges_are_first_and_count_or_first_and_last() {
        assert_eq!(range("100:50"), Some((100, 50)));
        assert_eq!(range("100-149"), Some((100, 50)));
        assert_eq!(range("7"), Some((7, 1)));
        for text in ["", "a", "5:0", "5-4", "1:2:3", "-5", "18446744073709551615:1", "0-18446744073709551615"]
        {
            assert_eq!(range(text), None, "{text}");
        }
    }

    #[test]
    fn ranges_are_joined_and_no_number_stands_twice() {
        let ranges = ["10:5", "0:2", "2:1", "12-20", "30"].map(|text| text.parse().unwrap());
        let joined: Vec<(u64, u64)> =
            Range::joined(ranges.to_vec()).into_iter().map(|range| (range.first, range.count)).collect();
        assert_eq!(joined, [(0, 3), (10, 11), (30, 1)]);
    }

    #[test]
    fn every_way_to_name_a_voucher_is_read() {
        let key = PublicKey::new([0xfb; 32]);
        let link = secret_link("https://v.example", &key, &Stamp::new([1; 16]));
        let text = format!(
            "\u{feff}# a note\n{key}\r\n\n {} \nhttps://v.example/v/{}\n{}\nS-1----1234----{}\n",
            link_name(&key),
            link_name(&key),
            *link,
            *link
        );
        let named = Named::parse_lines(&text).unwrap();
        assert_eq!(named.len(), 5);
        assert!(named.iter().all(|named| named.voucher() == key));
        assert!(matches!(&named[4], Named::Delivered(card) if card.serial.as_str() == "S-1"));
        let failure = Named::parse_lines("\n0x12\n").unwrap_err();
        assert_eq!(failure, Failure::usage("party-line-unknown").with("line", 2_usize));
    }
}

//! Reading RLP, the encoding of Ethereum's headers, accounts and trie nodes. Only what its encoders write is taken: the
//! shortest form of each length, and nothing behind the item.

use std::fmt;

/// What is no RLP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("bytes are not RLP")]
pub struct RlpError;

/// One item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Item<'a> {
    /// Its encoding, by which a node is hashed.
    pub raw: &'a [u8],
    payload: &'a [u8],
    is_list: bool,
}

impl fmt::Debug for Item<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", crate::digest::bytes_to_hex(self.raw))
    }
}

impl<'a> Item<'a> {
    /// The one item that these bytes are.
    pub fn read(bytes: &'a [u8]) -> Result<Self, RlpError> {
        let (item, rest) = Self::split(bytes)?;
        if rest.is_empty() { Ok(item) } else { Err(RlpError) }
    }

    /// The bytes of a string.
    pub fn bytes(&self) -> Result<&'a [u8], RlpError> {
        if self.is_list { Err(RlpError) } else { Ok(self.payload) }
    }

    /// The members of a list.
    pub fn members(&self) -> Result<Vec<Self>, RlpError> {
        if !self.is_list {
            return Err(RlpError);
        }
        let mut members = Vec::new();
        let mut rest = self.payload;
        while !rest.is_empty() {
            let (item, behind) = Self::split(rest)?;
            members.push(item);
            rest = behind;
        }
        Ok(members)
    }

    /// Whether it is a list.
    pub const fn is_list(&self) -> bool {
        self.is_list
    }

    /// A string as a number: big-endian, without zeros in front.
    pub fn number(&self) -> Result<u64, RlpError> {
        big_endian(self.bytes()?)
    }

    /// A string as a 32-byte word: a number of up to 256 bits, without zeros in front.
    pub fn word(&self) -> Result<[u8; 32], RlpError> {
        let bytes = self.bytes()?;
        if bytes.len() > 32 || bytes.first() == Some(&0) {
            return Err(RlpError);
        }
        let mut word = [0; 32];
        for (to, from) in word.iter_mut().rev().zip(bytes.iter().rev()) {
            *to = *from;
        }
        Ok(word)
    }

    /// The first item, and what lies behind it.
    fn split(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), RlpError> {
        let (first, behind) = bytes.split_first().ok_or(RlpError)?;
        let (is_list, payload, rest) = match first {
            0..=0x7f => {
                let (payload, rest) = bytes.split_at_checked(1).ok_or(RlpError)?;
                (false, payload, rest)
            }
            0x80..=0xb7 => {
                let (payload, rest) = short(behind, first.wrapping_sub(0x80))?;
                // A byte below 0x80 is its own encoding.
                if matches!(payload, [0..=0x7f]) {
                    return Err(RlpError);
                }
                (false, payload, rest)
            }
            0xb8..=0xbf => {
                let (payload, rest) = long(behind, first.wrapping_sub(0xb7))?;
                (false, payload, rest)
            }
            0xc0..=0xf7 => {
                let (payload, rest) = short(behind, first.wrapping_sub(0xc0))?;
                (true, payload, rest)
            }
            0xf8..=0xff => {
                let (payload, rest) = long(behind, first.wrapping_sub(0xf7))?;
                (true, payload, rest)
            }
        };
        let raw = bytes.get(..bytes.len().saturating_sub(rest.len())).ok_or(RlpError)?;
        Ok((Self { raw, payload, is_list }, rest))
    }
}

fn short(bytes: &[u8], length: u8) -> Result<(&[u8], &[u8]), RlpError> {
    bytes.split_at_checked(usize::from(length)).ok_or(RlpError)
}

/// A payload of more than 55 bytes: its length in so many bytes, then itself.
fn long(bytes: &[u8], width: u8) -> Result<(&[u8], &[u8]), RlpError> {
    let (length, behind) = bytes.split_at_checked(usize::from(width)).ok_or(RlpError)?;
    let length = big_endian(length)?;
    if length <= 55 {
        return Err(RlpError);
    }
    behind.split_at_checked(usize::try_from(length).map_err(|_| RlpError)?).ok_or(RlpError)
}

fn big_endian(bytes: &[u8]) -> Result<u64, RlpError> {
    if bytes.len() > 8 || bytes.first() == Some(&0) {
        return Err(RlpError);
    }
    Ok(bytes.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::Item;

    fn read(hex: &str) -> Option<Item<'static>> {
        let bytes = Box::leak(hex::decode(hex).expect("hex").into_boxed_slice());
        Item::read(bytes).ok()
    }

    #[test]
    fn strings_numbers_and_lists_are_read() {
        assert_eq!(read("83646f67").expect("dog").bytes(), Ok(&b"dog"[..]));
        assert_eq!(read("80").expect("nothing").bytes(), Ok(&[][..]));
        assert_eq!(read("80").expect("zero").number(), Ok(0));
        assert_eq!(read("0f").expect("15").number(), Ok(15));
        assert_eq!(read("820400").expect("1024").number(), Ok(1024));
        let list = read("c88363617483646f67").expect("a list");
        let members: Vec<_> = list.members().expect("members").iter().map(|item| item.raw.to_vec()).collect();
        assert_eq!(members, [b"\x83cat".to_vec(), b"\x83dog".to_vec()]);
        assert_eq!(read("c0").expect("a list").members(), Ok(Vec::new()));
        assert_eq!(read(&format!("b838{}", "61".repeat(56))).expect("long").bytes(), Ok(&[0x61; 56][..]));
    }

    #[test]
    fn every_other_form_is_refused() {
        for wrong in ["", "8100", "817f", "83646f", "83646f6767", "b801ff", "b80061", "f800", "b90038"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        // A length of fewer than 56, written long; and one with a zero in front.
        assert_eq!(read(&format!("b837{}", "61".repeat(55))), None);
        assert_eq!(read(&format!("b90038{}", "61".repeat(56))), None);
        // A list whose last member is cut off is one item, and has no members.
        assert!(read("c2836f").expect("one item").members().is_err());
        assert!(read("820001").expect("two bytes").number().is_err(), "a zero in front");
        assert!(read("c0").expect("a list").bytes().is_err() && read("80").expect("none").members().is_err());
        assert!(read(&format!("a1{}", "61".repeat(33))).expect("33 bytes").word().is_err());
    }
}

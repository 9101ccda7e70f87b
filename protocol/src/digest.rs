//! One newtype for each kind of fixed-width bytes: a digest can not be taken for a key, nor a ledger for a root.
//! Their text is lower-case hex with `0x` and nothing else (docs/protocol.md section 0).

use std::fmt;

/// What is wrong with a text that should be fixed-width bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HexError {
    /// The text does not begin with `0x`.
    #[error("bytes are written as lower-case hex after 0x")]
    Prefix,
    /// A character that is not `0-9a-f`, upper case included, or an odd number of digits.
    #[error("not lower-case hex: character {at}")]
    Character {
        /// Where, counted in characters from 0 after the prefix.
        at: usize,
    },
    /// Another width than the kind has.
    #[error("{actual} bytes where {expected} are due")]
    Width {
        /// Bytes that the kind has.
        expected: usize,
        /// Bytes that the text holds.
        actual: usize,
    },
}

/// Bytes of any length from their text: lower-case hex after `0x`.
pub fn bytes_from_hex(text: &str) -> Result<Vec<u8>, HexError> {
    let digits = text.strip_prefix("0x").ok_or(HexError::Prefix)?;
    let wrong = digits.bytes().position(|byte| !is_lower_hex(byte));
    if let Some(at) = wrong {
        return Err(HexError::Character { at });
    }
    hex::decode(digits).map_err(|_| HexError::Character { at: digits.len() })
}

const fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// The text of bytes: lower-case hex after `0x`.
pub fn bytes_to_hex(bytes: &[u8]) -> String {
    hex::encode_prefixed(bytes)
}

macro_rules! fixed_bytes {
    ($(#[$doc:meta])* $name:ident, $width:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $width]);

        impl $name {
            /// Width in bytes.
            pub const WIDTH: usize = $width;

            /// From its bytes.
            pub const fn new(bytes: [u8; $width]) -> Self {
                Self(bytes)
            }

            /// From a slice of exactly its width; another width gives [`HexError::Width`].
            pub fn from_slice(bytes: &[u8]) -> Result<Self, HexError> {
                let fixed = bytes
                    .try_into()
                    .map_err(|_| HexError::Width { expected: $width, actual: bytes.len() })?;
                Ok(Self(fixed))
            }

            /// Its bytes.
            pub const fn as_bytes(&self) -> &[u8; $width] {
                &self.0
            }

            /// Its text, written into this room: a dossier has a hundred of them.
            fn text_in<'a>(&self, room: &'a mut [u8; 2 + 2 * $width]) -> &'a str {
                let (prefix, digits) = room.split_at_mut(2);
                prefix.copy_from_slice(b"0x");
                // The room fits, and hexadecimal digits are UTF-8.
                let _ = hex::encode_to_slice(self.0, digits);
                std::str::from_utf8(room).unwrap_or_default()
            }

            /// Whether every byte is zero.
            pub fn is_zero(&self) -> bool {
                self.0.iter().all(|byte| *byte == 0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.text_in(&mut [0; 2 + 2 * $width]))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = HexError;
            fn from_str(text: &str) -> Result<Self, HexError> {
                let mut bytes = [0; $width];
                let digits = text.strip_prefix("0x").unwrap_or_default();
                let lower = digits.bytes().all(is_lower_hex);
                if lower && hex::decode_to_slice(digits, &mut bytes).is_ok() {
                    return Ok(Self(bytes));
                }
                // Said in full only where something is wrong.
                Self::from_slice(&bytes_from_hex(text)?)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.text_in(&mut [0; 2 + 2 * $width]))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(from)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

fixed_bytes! {
    /// A Keccak-256 digest: a root, a node, the hash of a text.
    Digest, 32
}
fixed_bytes! {
    /// The name of a ledger (docs/protocol.md section 2).
    LedgerId, 32
}
fixed_bytes! {
    /// An Ed25519 public key as it is written, canonical or not: a voucher, a party, an operator.
    PublicKey, 32
}
fixed_bytes! {
    /// An Ed25519 signature as it is written.
    Signature, 64
}
fixed_bytes! {
    /// An account or contract on an EVM chain.
    Address, 20
}

impl Digest {
    /// 32 zero bytes: "no memo", "no checkpoint before".
    pub const ZERO: Self = Self([0; 32]);
}

impl PublicKey {
    /// 32 zero bytes: "nobody named".
    pub const NOBODY: Self = Self([0; 32]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_lower_case_hex_with_prefix_and_exact_width() {
        let address: Address = "0x02cc2c0e7774eea121694250945acf0626d82d3c".parse().expect("well-formed");
        assert_eq!(address.to_string(), "0x02cc2c0e7774eea121694250945acf0626d82d3c");
        for (text, error) in [
            ("02cc", HexError::Prefix),
            ("0X02", HexError::Prefix),
            ("0x0G", HexError::Character { at: 1 }),
            ("0xAB", HexError::Character { at: 0 }),
            ("0xabc", HexError::Character { at: 3 }),
            ("0xab", HexError::Width { expected: 20, actual: 1 }),
            ("0x€", HexError::Character { at: 0 }),
            ("0x0x2cc2c0e7774eea121694250945acf0626d82d3c", HexError::Character { at: 1 }),
        ] {
            assert_eq!(text.parse::<Address>(), Err(error), "{text}");
        }
        for text in ["0x0x12", "0x1g", "12", "0x123"] {
            assert!(bytes_from_hex(text).is_err(), "{text}");
        }
    }
}

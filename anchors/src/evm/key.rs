//! The key that pays for anchoring.

use crate::contract;
use alloy::signers::local::PrivateKeySigner;
use protocol::Address;
use std::fmt;
use zeroize::Zeroizing;

/// A secp256k1 private key in memory. It is overwritten when dropped and shown as its address only. Where it comes from
/// (a file readable by its owner alone, the environment) is the caller's work.
#[derive(Clone)]
pub struct AnchoringKey(PrivateKeySigner);

/// Why a text is no private key. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Other characters, or another length.
    #[error("an anchoring key is 64 hex digits, with or without 0x in front")]
    Text,
    /// Zero, or not below the order of the curve.
    #[error("these 64 hex digits are no secp256k1 private key: draw another")]
    Range,
}

impl AnchoringKey {
    /// From 64 hex digits, with or without `0x`, blanks around them ignored.
    pub fn from_hex(text: &str) -> Result<Self, KeyError> {
        let digits = text.trim();
        let digits = digits.strip_prefix("0x").unwrap_or(digits);
        let mut bytes = Zeroizing::new([0; 32]);
        alloy::hex::decode_to_slice(digits, bytes.as_mut_slice()).map_err(|_| KeyError::Text)?;
        let signer = PrivateKeySigner::from_slice(bytes.as_slice()).map_err(|_| KeyError::Range)?;
        Ok(Self(signer))
    }

    /// The account that it signs for.
    pub fn address(&self) -> Address {
        contract::address(self.0.address())
    }

    pub(super) fn signer(&self) -> &PrivateKeySigner {
        &self.0
    }
}

impl fmt::Debug for AnchoringKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnchoringKey({})", self.address())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_shown_as_its_address() {
        let text = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
        let key = AnchoringKey::from_hex(&format!(" 0x{text}\n")).expect("a key");
        assert_eq!(format!("{key:?}"), "AnchoringKey(0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266)");
        assert_eq!(AnchoringKey::from_hex(text).expect("a key").address(), key.address());
    }

    #[test]
    fn what_is_no_key_is_refused_without_repeating_it() {
        assert_eq!(AnchoringKey::from_hex("0x12").err(), Some(KeyError::Text));
        assert_eq!(AnchoringKey::from_hex(&"zz".repeat(32)).err(), Some(KeyError::Text));
        assert_eq!(AnchoringKey::from_hex(&"00".repeat(32)).err(), Some(KeyError::Range));
        assert_eq!(AnchoringKey::from_hex(&"ff".repeat(32)).err(), Some(KeyError::Range));
    }
}

//! Ed25519 as the protocol has it: RFC 8032 keys and signatures, verified strictly (docs/protocol.md section 0).

use crate::digest::{PublicKey, Signature};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};

/// A key pair that can sign. The secret half is wiped when it is dropped and never shown.
pub struct KeyPair(SigningKey);

impl KeyPair {
    /// The RFC 8032 key pair of a 32-byte seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The public half, which is the name of its owner everywhere.
    pub fn public(&self) -> PublicKey {
        PublicKey::new(self.0.verifying_key().to_bytes())
    }

    /// Signs these bytes.
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature::new(self.0.sign(message).to_bytes())
    }
}

impl std::fmt::Debug for KeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyPair({})", self.public())
    }
}

/// Whether `signature` is `key`'s over `message`: without cofactor, A and R canonical and not of small order, S below
/// the group order.
///
/// `verify_strict` decides all of it but whether A is canonical: for a key it hashes the bytes it was given, so two
/// encodings of one point would be two names of one party.
pub fn verify_signature(key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
    let Ok(verifying) = VerifyingKey::from_bytes(key.as_bytes()) else { return false };
    let canonical = verifying.to_edwards().compress().to_bytes() == *key.as_bytes();
    let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
    canonical && verifying.verify_strict(message, &signature).is_ok()
}

//! What the operator signs: that an entry is in the log at a place, and that a voucher is not
//! (docs/protocol.md section 9).

use crate::digest::{Digest, LedgerId, PublicKey, Signature};
use crate::signing::{KeyPair, verify_signature};
use serde::Serialize;

/// The promise that an entry stands at an index of the log and will be anchored in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Place in the log.
    pub index: u64,
    /// Leaf hash of the entry.
    pub leaf: Digest,
    /// Unix milliseconds by which a checkpoint covers it.
    pub anchor_by: u64,
    /// The operator's.
    pub signature: Signature,
}

impl Receipt {
    /// Signs a promise.
    pub fn sign(operator: &KeyPair, ledger: LedgerId, index: u64, leaf: Digest, anchor_by: u64) -> Self {
        let signature = operator.sign(&Self::message(ledger, index, leaf, anchor_by));
        Self { index, leaf, anchor_by, signature }
    }

    /// Whether the operator of this ledger signed it.
    pub fn is_signed_by(&self, operator: &PublicKey, ledger: LedgerId) -> bool {
        let message = Self::message(ledger, self.index, self.leaf, self.anchor_by);
        verify_signature(operator, &message, &self.signature)
    }

    fn message(ledger: LedgerId, index: u64, leaf: Digest, anchor_by: u64) -> Vec<u8> {
        [
            b"vouchsafe/v1/receipt".as_slice(),
            ledger.as_bytes(),
            &index.to_be_bytes(),
            leaf.as_bytes(),
            &anchor_by.to_be_bytes(),
        ]
        .concat()
    }
}

/// The operator's word that no Issue entry below a checkpoint's size has this voucher.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Absence {
    /// The voucher that was asked for.
    pub voucher: PublicKey,
    /// The checkpoint that is spoken of.
    pub checkpoint_hash: Digest,
    /// When it was said, Unix milliseconds.
    pub at: u64,
    /// The operator's.
    pub signature: Signature,
}

impl Absence {
    /// Signs the statement.
    pub fn sign(
        operator: &KeyPair,
        ledger: LedgerId,
        voucher: PublicKey,
        checkpoint_hash: Digest,
        at: u64,
    ) -> Self {
        let signature = operator.sign(&Self::message(ledger, voucher, checkpoint_hash, at));
        Self { voucher, checkpoint_hash, at, signature }
    }

    /// Whether the operator of this ledger signed it.
    pub fn is_signed_by(&self, operator: &PublicKey, ledger: LedgerId) -> bool {
        let message = Self::message(ledger, self.voucher, self.checkpoint_hash, self.at);
        verify_signature(operator, &message, &self.signature)
    }

    fn message(ledger: LedgerId, voucher: PublicKey, checkpoint_hash: Digest, at: u64) -> Vec<u8> {
        [
            b"vouchsafe/v1/absent".as_slice(),
            ledger.as_bytes(),
            voucher.as_bytes(),
            checkpoint_hash.as_bytes(),
            &at.to_be_bytes(),
        ]
        .concat()
    }
}

//! The ledger's name and its checkpoints: what the contract anchors (docs/protocol.md sections 2 and 8).

use crate::digest::{Address, Digest, LedgerId, PublicKey};
use crate::keccak::{Keccak, keccak};
use crate::merkle::TreeHash;
use serde::Serialize;

/// Sizes and voucher numbers stay below this (docs/protocol.md section 12).
pub const SIZE_LIMIT: u64 = 1 << 48;

/// Where a ledger was opened: what its name is computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LedgerOrigin {
    /// EIP-155 chain id, below 2^53.
    pub chain_id: u64,
    /// The `Anchors` contract.
    pub contract: Address,
    /// Who opened the ledger.
    pub opener: Address,
    /// Chosen by the opener.
    pub salt: Digest,
}

impl LedgerOrigin {
    /// `keccak256(abi.encode(uint256 chainid, address contract, address opener, bytes32 salt))`.
    pub fn ledger(&self) -> LedgerId {
        let hash = keccak(&[
            &word(&self.chain_id.to_be_bytes()),
            &word(self.contract.as_bytes()),
            &word(self.opener.as_bytes()),
            self.salt.as_bytes(),
        ]);
        LedgerId::new(*hash.as_bytes())
    }
}

/// One anchored state of a ledger: everything that was true of its first `size` entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Checkpoint {
    /// Counted from 0, the opening.
    pub number: u64,
    /// Entries in the log.
    pub size: u64,
    /// Vouchers issued by these entries.
    pub vouchers: u64,
    /// Root of the log over exactly `size` entries.
    pub log_root: Digest,
    /// Root of the head tree after exactly `size` entries.
    pub head_root: Digest,
    /// The key that signs receipts from here on.
    pub operator_key: PublicKey,
    /// Hash of the checkpoint before; zero for number 0.
    pub previous: Digest,
}

impl Checkpoint {
    /// Checkpoint 0 of a ledger opened with this key.
    pub fn genesis(operator_key: PublicKey) -> Self {
        Self {
            number: 0,
            size: 0,
            vouchers: 0,
            log_root: Keccak::empty(),
            head_root: Keccak::empty(),
            operator_key,
            previous: Digest::ZERO,
        }
    }

    /// `keccak256(abi.encode(ledger, number, size, vouchers, logRoot, headRoot, operatorKey, previous))`.
    pub fn hash(&self, ledger: LedgerId) -> Digest {
        keccak(&[
            ledger.as_bytes(),
            &word(&self.number.to_be_bytes()),
            &word(&self.size.to_be_bytes()),
            &word(&self.vouchers.to_be_bytes()),
            self.log_root.as_bytes(),
            self.head_root.as_bytes(),
            self.operator_key.as_bytes(),
            self.previous.as_bytes(),
        ])
    }
}

/// A value right-aligned in a 32-byte word, as `abi.encode` lays out integers and addresses.
fn word(bytes: &[u8]) -> [u8; 32] {
    let mut word = [0; 32];
    for (to, from) in word.iter_mut().rev().zip(bytes.iter().rev()) {
        *to = *from;
    }
    word
}

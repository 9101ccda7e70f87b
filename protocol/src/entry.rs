//! One step in a voucher's life: the 98 bytes that are a leaf of the log, and what its signers sign
//! (docs/protocol.md sections 5 and 7).

use crate::digest::{Digest, LedgerId, PublicKey, Signature};
use crate::keccak::{Keccak, keccak};
use crate::lifecycle::{Kind, Status};
use crate::merkle::TreeHash;
use crate::signing::{KeyPair, verify_signature};

/// An entry as it stands in the log. Kind and status are kept as they are written: what the life cycle does not list is
/// judged illegal, never unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Section 6's kind.
    pub kind: u8,
    /// Status of every covered voucher afterwards.
    pub status: u8,
    /// First voucher number covered.
    pub first: u64,
    /// How many are covered.
    pub count: u64,
    /// Log index of the entry that was the latest of every covered voucher; [`Entry::NO_PREV`] for Issue.
    pub prev: u64,
    /// The operator's clock, Unix milliseconds.
    pub at: u64,
    /// The key in control afterwards; [`PublicKey::NOBODY`] if nobody is named.
    pub party: PublicKey,
    /// Issue: the batch root; else the hash of the memo, or zero.
    pub content: Digest,
}

impl Entry {
    /// Bytes of an entry.
    pub const WIDTH: usize = 98;
    /// `prev` of an Issue.
    pub const NO_PREV: u64 = u64::MAX;

    /// The 98 bytes.
    pub fn encode(&self) -> [u8; Self::WIDTH] {
        let mut bytes = [0; Self::WIDTH];
        let mut rest = bytes.as_mut_slice();
        for part in [
            [self.kind].as_slice(),
            &[self.status],
            &self.first.to_be_bytes(),
            &self.count.to_be_bytes(),
            &self.prev.to_be_bytes(),
            &self.at.to_be_bytes(),
            self.party.as_bytes(),
            self.content.as_bytes(),
        ] {
            let (to, after) = std::mem::take(&mut rest).split_at_mut(part.len());
            to.copy_from_slice(part);
            rest = after;
        }
        bytes
    }

    /// From its 98 bytes; `None` at another width.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; Self::WIDTH] = bytes.try_into().ok()?;
        let (head, rest) = bytes.split_first_chunk::<2>()?;
        let (first, rest) = rest.split_first_chunk::<8>()?;
        let (count, rest) = rest.split_first_chunk::<8>()?;
        let (prev, rest) = rest.split_first_chunk::<8>()?;
        let (at, rest) = rest.split_first_chunk::<8>()?;
        let (party, content) = rest.split_first_chunk::<32>()?;
        let [kind, status] = *head;
        Some(Self {
            kind,
            status,
            first: u64::from_be_bytes(*first),
            count: u64::from_be_bytes(*count),
            prev: u64::from_be_bytes(*prev),
            at: u64::from_be_bytes(*at),
            party: PublicKey::new(*party),
            content: Digest::from_slice(content).ok()?,
        })
    }

    /// Its kind, if section 6 lists it.
    pub fn kind(&self) -> Option<Kind> {
        Kind::from_byte(self.kind)
    }

    /// Its status, if section 6 lists it.
    pub fn status(&self) -> Option<Status> {
        Status::from_byte(self.status)
    }

    /// The hash of its leaf in the log.
    pub fn leaf(&self) -> Digest {
        Keccak::leaf(&self.encode())
    }

    /// One past the last voucher number covered. Wider than a number, because a forged range may leave them.
    pub fn end(&self) -> u128 {
        u128::from(self.first).saturating_add(u128::from(self.count))
    }

    /// Whether voucher `number` is covered.
    pub fn covers(&self, number: u64) -> bool {
        self.first <= number && u128::from(number) < self.end()
    }

    /// Whether the range lies inside that of `other`.
    pub fn is_inside(&self, other: &Self) -> bool {
        other.first <= self.first && self.end() <= other.end()
    }

    /// Whether the ranges share a voucher.
    pub fn overlaps(&self, other: &Self) -> bool {
        u128::from(self.first) < other.end() && u128::from(other.first) < self.end()
    }

    /// What its signers decided: the entry before the operator put his clock on it.
    #[must_use]
    pub const fn without_clock(mut self) -> Self {
        self.at = 0;
        self
    }

    /// The bytes that each signer signs. `prev_leaf` is the leaf hash of the entry at `prev`, [`Digest::ZERO`] for
    /// an Issue.
    pub fn instruction(&self, ledger: LedgerId, prev_leaf: Digest) -> Vec<u8> {
        [
            b"vouchsafe/v1/instruction".as_slice(),
            ledger.as_bytes(),
            prev_leaf.as_bytes(),
            &self.without_clock().encode(),
        ]
        .concat()
    }
}

/// The hash of a memo as an entry's `content` holds it: of its exact bytes, zero for none.
pub fn memo_content(memo: Option<&str>) -> Digest {
    memo.map_or(Digest::ZERO, |text| keccak(&[text.as_bytes()]))
}

/// A signature that travels with an entry. `role` informs; a demand is met by the key.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// As whom the signer signs, in his own words.
    pub role: String,
    /// The signer.
    pub key: PublicKey,
    /// Over the instruction.
    pub signature: Signature,
}

impl Signed {
    /// Signs an instruction.
    pub fn new(role: &str, signer: &KeyPair, instruction: &[u8]) -> Self {
        Self { role: role.to_owned(), key: signer.public(), signature: signer.sign(instruction) }
    }
}

/// The keys among `signatures` that truly signed the instruction. Invalid ones are surplus and are ignored.
pub fn signers(signatures: &[Signed], instruction: &[u8]) -> Vec<PublicKey> {
    let valid = |signed: &&Signed| verify_signature(&signed.key, instruction, &signed.signature);
    signatures.iter().filter(valid).map(|signed| signed.key).collect()
}

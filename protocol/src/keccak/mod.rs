//! The one hash of the protocol: Keccak-256 as Ethereum has it, not FIPS 202's SHA3-256 (docs/protocol.md section 0).
//! One at a time here, many at once in [`many`].

mod block;
pub mod many;
mod permutation;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::digest::Digest;
use crate::merkle::TreeHash;
use sha3::{Digest as _, Keccak256};

/// `H` of the parts, joined.
pub fn keccak(parts: &[&[u8]]) -> Digest {
    let mut hash = Keccak256::new();
    for part in parts {
        hash.update(part);
    }
    Digest::new(hash.finalize().into())
}

/// The first 16 bytes of a digest: `bytes16` of docs/protocol.md section 0.
pub fn bytes16(digest: Digest) -> [u8; 16] {
    let (head, _) = digest.as_bytes().split_at(16);
    head.try_into().unwrap_or([0; 16])
}

/// A text too long for the `u16` that gives its length (docs/protocol.md section 0).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a text of {0} bytes: at most 65,535 fit")]
pub struct TooLong(pub usize);

/// `str(x)` of docs/protocol.md section 0: the length as `u16`, to be followed by the bytes of x.
pub fn text_length(text: &str) -> Result<[u8; 2], TooLong> {
    u16::try_from(text.len()).map(u16::to_be_bytes).map_err(|_| TooLong(text.len()))
}

/// Trees over Keccak-256: batches, the log, the heads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keccak;

impl TreeHash for Keccak {
    type Output = Digest;

    fn empty() -> Digest {
        keccak(&[])
    }
    fn leaf(data: &[u8]) -> Digest {
        if data.len() < many::LONGEST { many::hash_leaf(0, data) } else { keccak(&[&[0], data]) }
    }
    fn node(left: &Digest, right: &Digest) -> Digest {
        many::hash_node(1, left, right)
    }
    fn leaves(data: &[u8], width: usize) -> Vec<Digest> {
        if !(1..many::LONGEST).contains(&width) {
            return data.chunks_exact(width.max(1)).map(Self::leaf).collect();
        }
        let mut hashes = Vec::new();
        many::hash_leaves(many::Instructions::best(), 0, data, width, &mut hashes);
        hashes
    }
    fn nodes(children: &[Digest], parents: &mut Vec<Digest>) {
        many::hash_nodes(many::Instructions::best(), 1, children, parents);
    }
}

//! Many hashes at once: the same permutation over several messages side by side, one in each lane of a vector register.
//!
//! In scope: messages of one width that fit one block, which is every leaf and node of our trees. Out of scope: long
//! messages; they are rare and go through `sha3`. Which instructions are used is decided at run time, so that one build
//! runs everywhere.

pub use super::block::LONGEST;
use super::block::{Blocks, Hash, WORDS, digest, padded, pair, put};
use super::permutation::portable;
#[cfg(target_arch = "x86_64")]
use super::x86;
use crate::digest::Digest;

/// Which instructions hash. There is a value only for what this machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instructions(Set);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    #[cfg(target_arch = "x86_64")]
    Avx512,
    #[cfg(target_arch = "x86_64")]
    Avx2,
    /// One message at a time, with the instructions that rotate without a move and negate within an and.
    #[cfg(target_arch = "x86_64")]
    Bmi,
    Portable,
}

impl Instructions {
    /// All that this machine has, the fastest first.
    pub fn available() -> Vec<Self> {
        let mut found = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            let many = [
                (std::arch::is_x86_feature_detected!("avx512f"), Set::Avx512),
                (std::arch::is_x86_feature_detected!("avx2"), Set::Avx2),
                (has_bmi(), Set::Bmi),
            ];
            found.extend(many.into_iter().filter(|(has, _)| *has).map(|(_, set)| Self(set)));
        }
        found.push(Self(Set::Portable));
        found
    }

    /// The fastest that this machine has.
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        {
            if std::arch::is_x86_feature_detected!("avx512f") {
                return Self(Set::Avx512);
            }
            if std::arch::is_x86_feature_detected!("avx2") {
                return Self(Set::Avx2);
            }
        }
        Self::one()
    }

    /// The fastest for one message alone.
    pub fn one() -> Self {
        #[cfg(target_arch = "x86_64")]
        if has_bmi() {
            return Self(Set::Bmi);
        }
        Self(Set::Portable)
    }

    /// What they are called.
    pub const fn name(self) -> &'static str {
        match self.0 {
            #[cfg(target_arch = "x86_64")]
            Set::Avx512 => "AVX-512, eight at once",
            #[cfg(target_arch = "x86_64")]
            Set::Avx2 => "AVX2, four at once",
            #[cfg(target_arch = "x86_64")]
            Set::Bmi => "BMI, one at a time",
            Set::Portable => "portable, one at a time",
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn has_bmi() -> bool {
    std::arch::is_x86_feature_detected!("bmi1") && std::arch::is_x86_feature_detected!("bmi2")
}

/// Appends the hashes of `tag || message` for messages of `width` bytes that stand one after the other; bytes at the end
/// that are no whole message are passed over. `width` is below [`LONGEST`]; there is no hash of longer ones.
pub fn hash_leaves(by: Instructions, tag: u8, messages: &[u8], width: usize, hashes: &mut Vec<Digest>) {
    if width == 0 || width >= LONGEST {
        return;
    }
    hashes.reserve(messages.len().checked_div(width).unwrap_or(0));
    match by.0 {
        #[cfg(target_arch = "x86_64")]
        Set::Avx512 => leaves_with(x86::eight, tag, messages, width, hashes),
        #[cfg(target_arch = "x86_64")]
        Set::Avx2 => leaves_with(x86::four, tag, messages, width, hashes),
        _ => hashes.extend(messages.chunks_exact(width).map(|message| alone(by, &padded(tag, message)))),
    }
}

/// Appends the hashes of `tag || left || right` for digests that stand two by two; a last one alone is passed over.
pub fn hash_nodes(by: Instructions, tag: u8, children: &[Digest], hashes: &mut Vec<Digest>) {
    let (pairs, _) = children.as_chunks::<2>();
    hashes.reserve(pairs.len());
    match by.0 {
        #[cfg(target_arch = "x86_64")]
        Set::Avx512 => pairs_with(x86::eight_pairs, tag, pairs, hashes),
        #[cfg(target_arch = "x86_64")]
        Set::Avx2 => pairs_with(x86::four_pairs, tag, pairs, hashes),
        _ => hashes.extend(pairs.iter().map(|[left, right]| alone(by, &pair(tag, left, right)))),
    }
}

/// The hash of `tag || message`, alone; the message is shorter than [`LONGEST`], and cut there if it is not.
pub fn hash_leaf(tag: u8, message: &[u8]) -> Digest {
    alone(Instructions::one(), &padded(tag, message))
}

/// The hash of `tag || left || right`, alone.
pub fn hash_node(tag: u8, left: &Digest, right: &Digest) -> Digest {
    alone(Instructions::one(), &pair(tag, left, right))
}

#[inline]
fn alone(by: Instructions, block: &[u64; WORDS]) -> Digest {
    digest(match by.0 {
        #[cfg(target_arch = "x86_64")]
        Set::Bmi => x86::one(block),
        _ => portable(block),
    })
}

#[cfg(target_arch = "x86_64")]
fn leaves_with<const L: usize>(
    permute: impl Fn(&Blocks<L>) -> [Hash; L],
    tag: u8,
    messages: &[u8],
    width: usize,
    hashes: &mut Vec<Digest>,
) {
    let mut blocks = [[0; L]; WORDS];
    for messages in messages.chunks(L.saturating_mul(width)) {
        let mut lanes = 0;
        for (lane, message) in messages.chunks_exact(width).enumerate() {
            put(&mut blocks, lane, &padded(tag, message));
            lanes = lane.saturating_add(1);
        }
        hashes.extend(permute(&blocks).into_iter().take(lanes).map(digest));
    }
}

#[cfg(target_arch = "x86_64")]
fn pairs_with<const L: usize>(
    hash: impl Fn(u8, &[[Digest; 2]; L]) -> [Hash; L],
    tag: u8,
    pairs: &[[Digest; 2]],
    hashes: &mut Vec<Digest>,
) {
    let (whole, rest) = pairs.as_chunks::<L>();
    for pairs in whole {
        hashes.extend(hash(tag, pairs).map(digest));
    }
    if !rest.is_empty() {
        let mut pairs = [[Digest::new([0; 32]); 2]; L];
        for (place, pair) in pairs.iter_mut().zip(rest) {
            *place = *pair;
        }
        hashes.extend(hash(tag, &pairs).into_iter().take(rest.len()).map(digest));
    }
}

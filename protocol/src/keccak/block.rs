//! Messages as padded blocks, word by word, and hashes out of such words.

use crate::digest::Digest;

/// Bytes of a block: a message of at most this less one fits one, with its padding.
const RATE: usize = 136;
/// Words of a block.
pub const WORDS: usize = RATE / 8;
/// Longest message, its tag byte included.
pub const LONGEST: usize = RATE - 1;

/// Padded blocks side by side, word by word: `words[word][lane]`. Lanes without a message stay zero.
pub type Blocks<const L: usize> = [[u64; L]; WORDS];
/// The first four words of a permuted state.
pub type Hash = [u64; 4];
/// The last word of a padded block whose message leaves it free.
pub const LAST_WORD: u64 = 0x80 << 56;

/// Puts a block into a lane.
#[inline]
pub fn put<const L: usize>(blocks: &mut Blocks<L>, lane: usize, block: &[u64; WORDS]) {
    for (words, word) in blocks.iter_mut().zip(block) {
        if let Some(place) = words.get_mut(lane) {
            *place = *word;
        }
    }
}

/// The block of `tag || message`, padded. A message is shorter than [`LONGEST`].
#[inline]
pub fn padded(tag: u8, message: &[u8]) -> [u64; WORDS] {
    let message = message.get(..message.len().min(LONGEST - 1)).unwrap_or_default();
    let mut block = [0; RATE];
    let (head, rest) = block.split_at_mut(1);
    head.fill(tag);
    let (body, padding) = rest.split_at_mut(message.len());
    body.copy_from_slice(message);
    if let Some(first) = padding.first_mut() {
        *first = 0x01;
    }
    if let Some(last) = padding.last_mut() {
        *last |= 0x80;
    }
    let (words, _) = block.as_chunks::<8>();
    let mut block = [0; WORDS];
    for (word, bytes) in block.iter_mut().zip(words) {
        *word = u64::from_le_bytes(*bytes);
    }
    block
}

/// The same of two digests, whose words are shifted by the tag's byte: without a pass over the bytes.
#[inline]
pub fn pair(tag: u8, left: &Digest, right: &Digest) -> [u64; WORDS] {
    let mut block = [0; WORDS];
    let (left, right) = (left.as_bytes().as_chunks::<8>().0, right.as_bytes().as_chunks::<8>().0);
    let mut carried = u64::from(tag);
    let (words, padding) = block.split_at_mut(8);
    for (word, bytes) in words.iter_mut().zip(left.iter().chain(right)) {
        let next = u64::from_le_bytes(*bytes);
        *word = carried | next << 8;
        carried = next >> 56;
    }
    if let [first, .., last] = padding {
        *first = carried | 0x01 << 8;
        *last = LAST_WORD;
    }
    block
}

/// A hash of its four words.
#[inline]
pub fn digest(words: Hash) -> Digest {
    let mut hash = [0; 32];
    for (bytes, word) in hash.as_chunks_mut::<8>().0.iter_mut().zip(words) {
        *bytes = word.to_le_bytes();
    }
    Digest::new(hash)
}

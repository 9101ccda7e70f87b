//! The head array: which entry is each voucher's latest, and the chunks of which its tree is made
//! (docs/protocol.md section 8).

use crate::digest::Digest;
use crate::keccak::Keccak;
use crate::merkle::TreeHash;

/// Words in a chunk.
pub const CHUNK_WORDS: u64 = 16;
/// Bytes in a chunk.
pub const CHUNK_BYTES: usize = 128;
/// Log indices fit the low 60 bits of a word.
pub const INDEX_LIMIT: u64 = 1 << 60;

/// One word of the array: the status in the top 4 bits, the index of the latest entry in the low 60.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Head(u64);

impl Head {
    /// The padding beyond the last voucher.
    pub const PADDING: Self = Self(0);

    /// The word of a status byte and a log index; `None` where either does not fit its bits.
    pub fn new(status: u8, index: u64) -> Option<Self> {
        let fits = status < 16 && index < INDEX_LIMIT;
        fits.then_some(Self(u64::from(status) << 60 | index))
    }

    /// From the word as it is written.
    pub const fn from_word(word: u64) -> Self {
        Self(word)
    }

    /// The word.
    pub const fn word(self) -> u64 {
        self.0
    }

    /// The status bits.
    pub const fn status(self) -> u8 {
        (self.0 >> 60) as u8
    }

    /// The log index.
    pub const fn index(self) -> u64 {
        self.0 & (INDEX_LIMIT - 1)
    }
}

/// 16 neighbouring words of the array: the data of one leaf of the head tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk([u8; CHUNK_BYTES]);

impl Default for Chunk {
    fn default() -> Self {
        Self([0; CHUNK_BYTES])
    }
}

impl Chunk {
    /// From its 128 bytes; `None` at another width.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Its bytes.
    pub const fn encode(&self) -> &[u8; CHUNK_BYTES] {
        &self.0
    }

    /// Its words, in the order of the vouchers.
    pub fn words(&self) -> impl Iterator<Item = Head> + '_ {
        let (words, _) = self.0.as_chunks::<8>();
        words.iter().map(|word| Head(u64::from_be_bytes(*word)))
    }

    /// The word of voucher `number`, by its place in its chunk.
    pub fn word_of(&self, number: u64) -> Head {
        let place = usize::try_from(number % CHUNK_WORDS).unwrap_or_default();
        self.words().nth(place).unwrap_or_default()
    }

    /// Writes the word of voucher `number`.
    pub fn set(&mut self, number: u64, head: Head) {
        let place = usize::try_from(number % CHUNK_WORDS).unwrap_or_default();
        let (words, _) = self.0.as_chunks_mut::<8>();
        if let Some(word) = words.get_mut(place) {
            *word = head.0.to_be_bytes();
        }
    }

    /// Its hash in the head tree.
    pub fn leaf(&self) -> Digest {
        Keccak::leaf(&self.0)
    }
}

/// The chunk that holds voucher `number`.
pub const fn chunk_of(number: u64) -> u64 {
    number / CHUNK_WORDS
}

/// How many chunks hold so many vouchers: the size of the head tree.
pub const fn chunks_for(vouchers: u64) -> u64 {
    vouchers.div_ceil(CHUNK_WORDS)
}

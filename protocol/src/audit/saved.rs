//! A replay as bytes, to go on later: all that it holds, and a sum by which damage is found.
//!
//! In scope: that what is read is what was written. Out of scope: whether it is the ledger that is asked for; who keeps
//! the bytes compares the size with a checkpoint.

use super::Replay;
use super::batch::{Astray, Batches, IssuedBatch};
use super::heads::HeadArray;
use super::latest::{Latest, LatestEntries};
use super::names::Names;
use crate::digest::{Digest, LedgerId, PublicKey};
use crate::entry::Entry;
use crate::heads::Head;
use crate::keccak::Keccak;
use crate::manifest::Terms;
use crate::merkle::{Frontier, TreeHash as _};

const BEGINNING: &[u8] = b"vouchsafe/replay@2\n";
/// Bytes hashed at a time for the sum: as many as one permutation takes.
const BLOCK: usize = 128;

/// Why bytes are no replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SavedError {
    /// Something else, or of another version.
    #[error("not a replay of this version")]
    Format,
    /// The sum is another.
    #[error("{bytes} bytes whose sum is another than the one they were written with")]
    Damaged {
        /// As many as there are.
        bytes: usize,
    },
}

/// The root over blocks of the bytes, of which the last may be shorter: many blocks are hashed at once.
fn sum(bytes: &[u8]) -> Digest {
    let (blocks, rest) = bytes.as_chunks::<BLOCK>();
    let mut tree = Frontier::<Keccak>::default();
    tree.extend(&Keccak::leaves(blocks.as_flattened(), BLOCK), |_, _| {});
    tree.append(Keccak::leaf(rest), |_, _| {});
    tree.root()
}

impl Replay {
    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut log = self.log.clone();
        log.extend(&self.leaves, |_, _| {});
        let mut to = Writer(BEGINNING.to_vec());
        to.bytes(self.ledger.as_bytes());
        to.number(self.size);
        to.list(log.edge(), |to, digest| to.bytes(digest.as_bytes()));
        to.list(self.before.as_slice(), |to, entry| to.bytes(&entry.encode()));
        to.list(self.gap.as_slice(), |to, gap| to.number(*gap));
        to.list(self.names.keys(), |to, key| to.bytes(key.as_bytes()));
        to.list(self.heads.words(), |to, head| to.number(head.word()));
        to.list(self.batches.all(), |to, batch| {
            for number in [batch.first, batch.count, batch.index] {
                to.number(number);
            }
            to.bytes(batch.issuer.as_bytes());
            let terms = batch.terms.as_ref().map(Terms::encode).unwrap_or_default();
            to.list(&terms, |to, byte| to.bytes(&[*byte]));
        });
        to.list(&self.astray.all(), |to, (first, last, index)| {
            for number in [first, last, index] {
                to.number(*number);
            }
        });
        let (latest, sellers) = self.latest.all();
        to.list(sellers, |to, key| to.bytes(key.as_bytes()));
        to.list(&latest, |to, (index, latest)| {
            to.number(*index);
            to.bytes(&latest.entry.encode());
            to.list(latest.seller.as_slice(), |to, place| to.number(u64::from(*place)));
            to.number(u64::from(latest.used));
            to.bytes(&[u8::from(latest.was_returned)]);
            to.number(latest.vouchers);
        });
        let sum = sum(&to.0);
        to.bytes(sum.as_bytes());
        to.0
    }

    /// From bytes that [`Replay::to_bytes`] gave.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SavedError> {
        let (written, stated) = bytes.split_last_chunk::<32>().ok_or(SavedError::Format)?;
        let mut from = Reader(written.strip_prefix(BEGINNING).ok_or(SavedError::Format)?);
        if sum(written) != Digest::new(*stated) {
            return Err(SavedError::Damaged { bytes: bytes.len() });
        }
        from.replay().filter(|_| from.0.is_empty()).ok_or(SavedError::Format)
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn number(&mut self, number: u64) {
        self.bytes(&number.to_be_bytes());
    }

    fn list<T>(&mut self, items: &[T], write: impl Fn(&mut Self, &T)) {
        self.number(u64::try_from(items.len()).unwrap_or(u64::MAX));
        for item in items {
            write(self, item);
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (bytes, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*bytes)
    }

    fn number(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    fn key(&mut self) -> Option<PublicKey> {
        self.take().map(PublicKey::new)
    }

    fn entry(&mut self) -> Option<Entry> {
        Entry::decode(&self.take::<{ Entry::WIDTH }>()?)
    }

    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        // No room is made ahead: every item takes bytes, so what there is bounds what there can be.
        let items = self.number()?;
        (0..items).map(|_| read(self)).collect()
    }

    fn replay(&mut self) -> Option<Replay> {
        let ledger = LedgerId::new(self.take()?);
        let size = self.number()?;
        let edge = self.list(|from| from.take().map(Digest::new))?;
        let before = self.list(Self::entry)?.first().copied();
        let gap = self.list(Self::number)?.first().copied();
        let names = Names::new(self.list(Self::key)?);
        let words = self.list(|from| from.number().map(Head::from_word))?;
        let batches = self.list(Self::batch)?;
        let astray = self.list(|from| Some((from.number()?, from.number()?, from.number()?)))?;
        let sellers = self.list(Self::key)?;
        let latest = self.list(Self::latest)?;
        Some(Replay {
            ledger,
            log: Frontier::from_edge(size, edge)?,
            leaves: Vec::new(),
            size,
            before,
            names,
            batches: Batches::new(batches),
            astray: Astray::new(astray),
            heads: HeadArray::new(words),
            latest: LatestEntries::new(latest, sellers),
            gap,
        })
    }

    fn batch(&mut self) -> Option<IssuedBatch> {
        let (first, count, index, issuer) = (self.number()?, self.number()?, self.number()?, self.key()?);
        let terms = self.list(|from| from.take().map(|[byte]: [u8; 1]| byte))?;
        Some(IssuedBatch { first, count, index, issuer, terms: Terms::decode(&terms).ok() })
    }

    fn latest(&mut self) -> Option<(u64, Latest)> {
        let (index, entry) = (self.number()?, self.entry()?);
        let seller = self.list(Self::number)?.first().and_then(|place| u32::try_from(*place).ok());
        let used = u32::try_from(self.number()?).ok()?;
        let [returned] = self.take()?;
        let vouchers = self.number()?;
        Some((index, Latest { entry, seller, used, was_returned: returned != 0, vouchers }))
    }
}

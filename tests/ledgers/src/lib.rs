//! Small ledgers, honest or not, for the tests of whoever judges them. Those in memory have real roots and proofs, and no
//! signatures, because the fraud rules do not look at them; those that are published have everything.
//!
//! In scope: random honest ledgers ([`honest`]), each lie of docs/protocol.md section 13 told in them ([`lies`]), what is
//! true of a ledger without the rules ([`theorem`]), one made by hand ([`story`]), one for whoever begins with public
//! data ([`published`]). Out of scope: judging.

#![forbid(unsafe_code)]
#![expect(clippy::missing_panics_doc, reason = "a test stops at what it did not expect")]
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

pub mod honest;
pub mod lies;
pub mod published;
pub mod story;
pub mod theorem;
mod view;

pub use view::View;

use protocol::entry::Entry;
use protocol::heads::Head;
use protocol::lifecycle::Kind;
use protocol::merkle::{Tree, TreeHash as _};
use protocol::voucher::Record;
use protocol::{Keccak, PublicKey, keccak};
use std::collections::BTreeMap;

/// Of the numbers that a test counts: never more than fits memory.
pub fn at(index: u64) -> usize {
    usize::try_from(index).unwrap()
}

/// A party: any 32 bytes, one for each name.
pub fn party(name: u64) -> PublicKey {
    PublicKey::new(*keccak(&[b"party", &name.to_be_bytes()]).as_bytes())
}

/// The record that voucher `number` gets from an honest issuer.
pub fn record(number: u64) -> Record {
    let key = keccak(&[b"voucher", &number.to_be_bytes()]);
    Record { key: PublicKey::new(*key.as_bytes()), label: keccak(&[b"label", key.as_bytes()]) }
}

/// Numbers without end from one seed (splitmix64): a failure names its seed and comes again.
pub struct Dice(u64);

impl Dice {
    /// All that is drawn from this seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Any number.
    pub fn any(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Below `limit`, which is not zero.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.any() % limit
    }

    /// Any byte.
    pub fn byte(&mut self) -> u8 {
        self.any().to_be_bytes()[0]
    }

    /// True once in so many times.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of these; none of none.
    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() { None } else { Some(from[at(self.below(from.len() as u64))]) }
    }
}

/// What an operator has written down, true or not.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// The log.
    pub entries: Vec<Entry>,
    /// The head array; its length is the number of vouchers.
    pub heads: Vec<Head>,
    /// The records of a batch, by the index of its Issue entry.
    pub batches: BTreeMap<u64, Vec<Record>>,
}

impl Ledger {
    /// Entries in the log.
    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    /// Words in the head array.
    pub fn vouchers(&self) -> u64 {
        self.heads.len() as u64
    }

    /// The operator's clock as the last entry has it.
    pub fn now(&self) -> u64 {
        self.entries.last().map_or(0, |entry| entry.at)
    }

    /// Indices of the entries that cover a voucher, oldest first.
    pub fn covering(&self, number: u64) -> Vec<u64> {
        (0..self.size()).filter(|index| self.entries[at(*index)].covers(number)).collect()
    }

    /// Indices of the entries for which something holds.
    pub fn indices(&self, of: impl Fn(&Entry) -> bool) -> Vec<u64> {
        (0..self.size()).filter(|index| of(&self.entries[at(*index)])).collect()
    }

    /// Appends an entry and points the heads of its vouchers at it, as an operator does.
    pub fn append(&mut self, entry: Entry) -> u64 {
        let index = self.size();
        self.entries.push(entry);
        for number in entry.first..self.vouchers() {
            if entry.covers(number) {
                self.heads[at(number)] = word(entry.status, index);
            }
        }
        index
    }

    /// Issues the next `count` numbers, with the records that an honest issuer makes.
    pub fn issue(&mut self, count: u64, issuer: PublicKey, clock: u64) -> u64 {
        let first = self.vouchers();
        let records: Vec<Record> = (first..first + count).map(record).collect();
        let content = batch_tree(&records).root();
        self.heads.resize(at(first + count), Head::PADDING);
        self.batches.insert(self.size(), records);
        let prev = Entry::NO_PREV;
        self.append(Entry { kind: 1, status: 1, first, count, prev, at: clock, party: issuer, content })
    }

    /// Makes the heads say what the entries say, so that a lie in the entries is told consistently.
    pub fn settle_heads(&mut self) {
        for number in 0..self.vouchers() {
            if let Some(index) = self.covering(number).pop() {
                self.heads[at(number)] = word(self.entries[at(index)].status, index);
            }
        }
    }

    /// Gives every Issue entry a batch as long as it says, if that can be, and puts its root into the entry.
    pub fn seal_batches(&mut self) {
        let issues = self.indices(|entry| entry.kind == Kind::Issue.byte());
        self.batches.retain(|index, _| issues.contains(index));
        for index in issues {
            self.batches.entry(index).or_default();
        }
        for (index, records) in &mut self.batches {
            let entry = &mut self.entries[at(*index)];
            if entry.count <= 1000 {
                let more = records.len() as u64..entry.count;
                records.extend(more.map(|place| record(1_000_000 + index * 1000 + place)));
                records.truncate(at(entry.count));
            }
            entry.content = batch_tree(records).root();
        }
    }

    /// The ledger under a checkpoint over all of it.
    pub fn view(&self) -> View {
        View::new(self.clone())
    }
}

/// The word of a status and an index; of a status that has no place in a word, its low bits.
fn word(status: u8, index: u64) -> Head {
    Head::new(status & 15, index).unwrap()
}

fn batch_tree(records: &[Record]) -> Tree<Keccak> {
    let manifest_and_terms = Keccak::leaf(&[0; 45]);
    std::iter::once(manifest_and_terms).chain(records.iter().map(Record::leaf)).collect()
}

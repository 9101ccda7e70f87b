//! Small ledgers in memory, honest or not: their roots and proofs are real, only signatures are left out, because the
//! fraud rules do not look at them.

mod asked;
mod check;
mod golden;
mod honest;
mod lies;
pub mod story;
mod theorem;

use std::collections::BTreeMap;
use std::convert::Infallible;
use vouchsafe_protocol::checkpoint::Checkpoint;
use vouchsafe_protocol::entry::Entry;
use vouchsafe_protocol::fraud::{LedgerView, ProvenEntry, ProvenHead, ProvenRecord};
use vouchsafe_protocol::heads::{Chunk, Head, chunk_of, chunks_for};
use vouchsafe_protocol::lifecycle::Kind;
use vouchsafe_protocol::merkle::{Tree, TreeHash as _};
use vouchsafe_protocol::voucher::Record;
use vouchsafe_protocol::{Digest, Keccak, PublicKey, keccak};

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
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

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

    pub fn byte(&mut self) -> u8 {
        self.any().to_be_bytes()[0]
    }

    pub fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> Option<T> {
        if from.is_empty() { None } else { Some(from[at(self.below(from.len() as u64))]) }
    }
}

/// What an operator has written down, true or not.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    pub entries: Vec<Entry>,
    /// The head array; its length is the number of vouchers.
    pub heads: Vec<Head>,
    /// The records of a batch, by the index of its Issue entry.
    pub batches: BTreeMap<u64, Vec<Record>>,
}

impl Ledger {
    pub fn size(&self) -> u64 {
        self.entries.len() as u64
    }

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

/// A ledger under its checkpoint. Whatever the checkpoint does not have is asked for in vain: the test panics.
pub struct View {
    pub ledger: Ledger,
    checkpoint: Checkpoint,
    chunks: Vec<Chunk>,
    log: Tree<Keccak>,
    heads: Tree<Keccak>,
    batches: BTreeMap<u64, Tree<Keccak>>,
}

impl View {
    fn new(ledger: Ledger) -> Self {
        let mut chunks = vec![Chunk::default(); at(chunks_for(ledger.vouchers()))];
        for (number, head) in (0..).zip(&ledger.heads) {
            chunks[at(chunk_of(number))].set(number, *head);
        }
        let log: Tree<Keccak> = ledger.entries.iter().map(Entry::leaf).collect();
        let heads: Tree<Keccak> = chunks.iter().map(Chunk::leaf).collect();
        let batches = ledger.batches.iter().map(|(index, records)| (*index, batch_tree(records))).collect();
        let checkpoint = Checkpoint {
            number: 7,
            size: ledger.size(),
            vouchers: ledger.vouchers(),
            log_root: log.root(),
            head_root: heads.root(),
            operator_key: party(99),
            previous: keccak(&[b"checkpoint 6"]),
        };
        Self { ledger, checkpoint, chunks, log, heads, batches }
    }

    pub fn entry_proof(&self, index: u64) -> ProvenEntry {
        let path = self.log.inclusion_path(index, self.checkpoint.size);
        ProvenEntry { index, entry: self.ledger.entries[at(index)], path }
    }

    pub fn head_proof(&self, number: u64) -> ProvenHead {
        let place = chunk_of(number);
        let path = self.heads.inclusion_path(place, self.heads.size());
        ProvenHead { number, chunk: self.chunks[at(place)], path }
    }

    /// The path of a leaf of a batch; leaf 0 is manifest and terms, 45 zero bytes here.
    pub fn batch_path(&self, issue: u64, leaf: u64) -> Vec<Digest> {
        let batch = &self.batches[&issue];
        batch.inclusion_path(leaf, batch.size())
    }

    pub fn record_proof(&self, issue: u64, leaf: u64) -> ProvenRecord {
        let record = self.ledger.batches[&issue][at(leaf - 1)];
        let path = self.batch_path(issue, leaf);
        ProvenRecord { issue: self.entry_proof(issue), leaf, record, path }
    }
}

impl LedgerView for View {
    type Error = Infallible;

    fn checkpoint(&self) -> Checkpoint {
        self.checkpoint
    }
    fn entry(&self, index: u64) -> Result<Entry, Infallible> {
        Ok(self.ledger.entries[at(index)])
    }
    fn entry_path(&self, index: u64) -> Result<Vec<Digest>, Infallible> {
        Ok(self.entry_proof(index).path)
    }
    fn chunk(&self, chunk: u64) -> Result<Chunk, Infallible> {
        Ok(self.chunks[at(chunk)])
    }
    fn chunk_path(&self, chunk: u64) -> Result<Vec<Digest>, Infallible> {
        Ok(self.heads.inclusion_path(chunk, self.heads.size()))
    }
    fn record(&self, issue: u64, leaf: u64) -> Result<Record, Infallible> {
        Ok(self.ledger.batches[&issue][at(leaf - 1)])
    }
    fn record_path(&self, issue: u64, leaf: u64) -> Result<Vec<Digest>, Infallible> {
        Ok(self.record_proof(issue, leaf).path)
    }
}

//! Looking things up in the ledger: the same questions over what is stored and over what is about to be.

use super::rows::{Accepted, Batch, Block, ReadError, Run, decode, decode_entry, key_number, number_key};
use crate::store::{Order, Row, Snapshot, Span, StoreError, Table, WriteSet};
use protocol::PublicKey;
use protocol::entry::Entry;
use protocol::voucher::Record;
use std::collections::BTreeMap;

/// A voucher that a batch issued.
#[derive(Debug, Clone)]
pub struct Issued {
    /// Its number.
    pub number: u64,
    /// Its record.
    pub record: Record,
    /// First number of its batch.
    pub batch_first: u64,
    /// Its batch.
    pub batch: Batch,
}

/// Point and floor reads over the tables of a ledger, and the questions that need nothing else.
pub trait Reads {
    /// The value at `key`.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// The row with the greatest key that is at most `key`.
    fn floor(&self, table: Table, key: &[u8]) -> Result<Option<Row>, StoreError>;

    /// The accepted entry at `index`.
    fn entry(&self, index: u64) -> Result<Option<Accepted>, ReadError> {
        let value = self.get(Table::Entries, &number_key(index))?;
        value.map(|value| Accepted::decode(index, &value)).transpose()
    }

    /// The entry alone at `index`, where another row says that there is one: without its memo and its signatures.
    fn known_entry_alone(&self, index: u64) -> Result<Entry, ReadError> {
        let value = self.get(Table::Entries, &number_key(index))?;
        decode_entry(index, &value.ok_or_else(|| ReadError::damaged(Table::Entries, index))?)
    }

    /// The accepted entry at `index`, where another row says that there is one.
    fn known_entry(&self, index: u64) -> Result<Accepted, ReadError> {
        self.entry(index)?.ok_or_else(|| ReadError::damaged(Table::Entries, index))
    }

    /// The run that holds voucher `number`, with its first number.
    fn run_of(&self, number: u64) -> Result<Option<(u64, Run)>, ReadError> {
        let Some(row) = self.floor(Table::Runs, &number_key(number))? else { return Ok(None) };
        let first = key_number(Table::Runs, &row.key)?;
        let run: Run = decode(Table::Runs, first, &row.value)?;
        Ok((number < run.end).then_some((first, run)))
    }

    /// The batch that holds voucher `number`, with its first number.
    fn batch_of(&self, number: u64) -> Result<Option<(u64, Batch)>, ReadError> {
        let Some(row) = self.floor(Table::Batches, &number_key(number))? else { return Ok(None) };
        let first = key_number(Table::Batches, &row.key)?;
        let batch: Batch = decode(Table::Batches, first, &row.value)?;
        Ok((number - first < batch.count).then_some((first, batch)))
    }

    /// The record of voucher `number`, of the batch that begins at `batch`.
    fn record(&self, batch: u64, number: u64) -> Result<Option<Record>, ReadError> {
        let block = Block::of(batch, number);
        let Some(value) = self.get(Table::Records, &block.key())? else { return Ok(None) };
        Ok(block.record(&value, number))
    }

    /// Whether a voucher was issued. One read where it was not, so this is no answer to a stranger: see [`Self::issued`].
    fn is_issued(&self, voucher: &PublicKey) -> Result<bool, ReadError> {
        Ok(self.get(Table::Vouchers, voucher.as_bytes())?.is_some() && self.issued(voucher)?.is_some())
    }

    /// An issued voucher. Rows that an import left behind when it broke off lead nowhere: their number is not issued, or
    /// it is another voucher's.
    fn issued(&self, voucher: &PublicKey) -> Result<Option<Issued>, ReadError> {
        let value = self.get(Table::Vouchers, voucher.as_bytes())?;
        let number = value.as_deref().map(|value| key_number(Table::Vouchers, value)).transpose()?;
        // Whoever guesses must not see by the time of an answer whether a name stands in rows that are not issued: each
        // name costs the same reads.
        let place = number.unwrap_or(u64::MAX);
        let batch = self.batch_of(place)?;
        let begin = batch.as_ref().map_or(0, |(first, _)| *first);
        let record = self.record(begin, place)?.filter(|record| record.key == *voucher);
        Ok(number.zip(batch).zip(record).map(|((number, (batch_first, batch)), record)| Issued {
            number,
            record,
            batch_first,
            batch,
        }))
    }

    /// The entries of a voucher's history from its Issue to `latest`, oldest first; none where they come to more than so
    /// many bytes.
    fn chain_to(&self, latest: Accepted, most: usize) -> Result<Option<Vec<Accepted>>, ReadError> {
        let mut chain = Vec::new();
        let (mut next, mut bytes) = (latest, 0_usize);
        loop {
            bytes = bytes.saturating_add(shown_bytes(&next));
            if bytes > most {
                return Ok(None);
            }
            let prev = next.state.entry.prev;
            chain.push(next);
            if prev == Entry::NO_PREV {
                chain.reverse();
                return Ok(Some(chain));
            }
            next = self.known_entry(prev)?;
        }
    }
}

/// Bytes that an entry takes where it is shown with its proof, about.
pub fn shown_bytes(entry: &Accepted) -> usize {
    const WITHOUT_MEMO: usize = 3 << 10;
    entry.memo.as_ref().map_or(0, String::len).saturating_add(WITHOUT_MEMO)
}

impl Reads for dyn Snapshot + '_ {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Snapshot::get(self, table, key)
    }
    fn floor(&self, table: Table, key: &[u8]) -> Result<Option<Row>, StoreError> {
        Snapshot::floor(self, table, key)
    }
}

/// A snapshot with the writes of entries that are decided and not committed yet. Nothing is ever deleted here.
pub struct Overlay<'a> {
    below: &'a dyn Snapshot,
    rows: BTreeMap<(Table, Vec<u8>), Vec<u8>>,
}

impl<'a> Overlay<'a> {
    /// Nothing decided yet.
    pub fn over(below: &'a dyn Snapshot) -> Self {
        Self { below, rows: BTreeMap::new() }
    }

    /// Writes a row.
    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: Vec<u8>) {
        self.rows.insert((table, key.into()), value);
    }

    /// How many incidents are kept against the entry at `prev`.
    pub fn incidents_against(&self, prev: u64) -> Result<usize, StoreError> {
        let decided = self
            .rows
            .keys()
            .filter(|(table, key)| *table == Table::Incidents && key.starts_with(&number_key(prev)));
        let stored = self.below.rows(Table::Incidents, Span::prefix(&number_key(prev)), Order::Ascending);
        Ok(decided.count() + stored.collect::<Result<Vec<_>, _>>()?.len())
    }

    /// Everything that was written.
    pub fn into_writes(self) -> WriteSet {
        let mut writes = WriteSet::new();
        self.rows.into_iter().for_each(|((table, key), value)| writes.put(table, key, value));
        writes
    }
}

impl Reads for Overlay<'_> {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        match self.rows.get(&(table, key.to_vec())) {
            Some(value) => Ok(Some(value.clone())),
            None => self.below.get(table, key),
        }
    }

    fn floor(&self, table: Table, key: &[u8]) -> Result<Option<Row>, StoreError> {
        let stored = self.below.floor(table, key)?;
        let decided = self.rows.range((table, Vec::new())..=(table, key.to_vec())).next_back();
        let decided = decided.map(|((_, key), value)| Row { key: key.clone(), value: value.clone() });
        Ok(match (stored, decided) {
            (Some(stored), Some(decided)) if stored.key > decided.key => Some(stored),
            (stored, decided) => decided.or(stored),
        })
    }
}

//! The public data of the ledger (docs/protocol.md section 16), file by file: each read from one snapshot, from rows as
//! many as the file has items, and nothing past the newest anchored checkpoint.

use super::heads::HeadTree;
use super::reads::Reads as _;
use super::rows::{Accepted, Batch, Block, ReadError, key_number, number_key};
use super::sequencer::LogTree;
use super::tiles::Tiles as _;
use super::view::{View, accepted_step};
use crate::store::{Order, Span, Table};
use protocol::dossier::Step;
use protocol::heads::{Chunk, chunks_for};
use protocol::lifecycle::Kind;
use protocol::public_data::{
    DataPath, Part, RECORDS_PER_FILE, TILE_HEIGHT, encode_bundle, encode_checkpoint, encode_chunks,
    encode_ledger, encode_tile, level_size, record_file,
};

impl View {
    /// The bytes of a file; none where there is no such file, or not yet.
    pub fn public_data(&self, path: DataPath) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(newest) = self.latest_anchored()?.map(|newest| newest.checkpoint) else { return Ok(None) };
        let covered = |part: Part, size| part.items().end <= size;
        match path {
            DataPath::Ledger => Ok(Some(encode_ledger(&self.ledger()))),
            DataPath::Checkpoint(number) if number <= newest.number => {
                let found = self.checkpoint(number)?;
                Ok(found.map(|published| encode_checkpoint(&published.checkpoint)))
            }
            DataPath::LogTile { level, part } if covered(part, level_size(newest.size, level)) => {
                self.log_tile(level, part).map(Some)
            }
            DataPath::Entries(part) if covered(part, newest.size) => self.bundle(part).map(Some),
            DataPath::Manifest(index) if index < newest.size => {
                Ok(self.batch_issued_by(index)?.map(|(_, batch)| batch.manifest.into_bytes()))
            }
            DataPath::Terms(index) if index < newest.size => {
                Ok(self.batch_issued_by(index)?.map(|(_, batch)| batch.terms))
            }
            DataPath::Records { batch, file } if batch < newest.size => self.record_file(batch, file),
            DataPath::HeadTile { checkpoint, level, part } if checkpoint <= newest.number => {
                self.head_tile(checkpoint, level, part)
            }
            DataPath::HeadChunks { checkpoint, part } if checkpoint <= newest.number => {
                self.head_chunks(checkpoint, part)
            }
            _ => Ok(None),
        }
    }

    fn log_tile(&self, level: u8, part: Part) -> Result<Vec<u8>, ReadError> {
        let level = level.saturating_mul(TILE_HEIGHT);
        Ok(encode_tile(&LogTree(self.snapshot()).row(level, part.items())?))
    }

    fn bundle(&self, part: Part) -> Result<Vec<u8>, ReadError> {
        let span = Span::all().at_least(&number_key(part.items().start)).below(&number_key(part.items().end));
        let mut steps: Vec<Step> = Vec::with_capacity(256);
        for row in self.snapshot().rows(Table::Entries, span, Order::Ascending) {
            let row = row?;
            let index = key_number(Table::Entries, &row.key)?;
            steps.push(accepted_step(&Accepted::decode(index, &row.value)?));
        }
        whole(&steps, part, Table::Entries)?;
        Ok(encode_bundle(&steps))
    }

    /// The batch whose Issue entry has this index, with its first number.
    fn batch_issued_by(&self, index: u64) -> Result<Option<(u64, Batch)>, ReadError> {
        let entry = self.snapshot().known_entry(index)?.state.entry;
        if entry.kind() != Some(Kind::Issue) {
            return Ok(None);
        }
        let found = self.snapshot().batch_of(entry.first)?.filter(|(_, batch)| batch.index == index);
        found.map(Some).ok_or_else(|| ReadError::damaged(Table::Batches, entry.first))
    }

    fn record_file(&self, index: u64, file: u64) -> Result<Option<Vec<u8>>, ReadError> {
        let Some((first, batch)) = self.batch_issued_by(index)? else { return Ok(None) };
        let count = record_file(file, batch.count);
        if count == 0 {
            return Ok(None);
        }
        let begin = first.saturating_add(file.saturating_mul(RECORDS_PER_FILE));
        let end = begin.saturating_add(count);
        let mut bytes = Vec::new();
        let mut next = begin;
        while next < end {
            let block = Block::of(first, next);
            let row = self.snapshot().get(Table::Records, &block.key())?.unwrap_or_default();
            let here = next..block.vouchers(batch.count).end.min(end);
            next = here.end;
            for number in here {
                let record = block.record(&row, number);
                bytes.extend(record.ok_or_else(|| ReadError::damaged(Table::Records, number))?.encode());
            }
        }
        Ok(Some(bytes))
    }

    /// Chunks in the head tree under a checkpoint, if there is such a checkpoint.
    fn head_size(&self, checkpoint: u64) -> Result<Option<u64>, ReadError> {
        Ok(self.checkpoint(checkpoint)?.map(|published| chunks_for(published.checkpoint.vouchers)))
    }

    fn head_tile(&self, checkpoint: u64, level: u8, part: Part) -> Result<Option<Vec<u8>>, ReadError> {
        let size = self.head_size(checkpoint)?.map(|chunks| level_size(chunks, level));
        if size.and_then(|size| Part::of(part.index(), size)) != Some(part) {
            return Ok(None);
        }
        let tree = HeadTree::at(self.snapshot(), checkpoint);
        let level = level.saturating_mul(TILE_HEIGHT);
        Ok(Some(encode_tile(&tree.row(level, part.items())?)))
    }

    fn head_chunks(&self, checkpoint: u64, part: Part) -> Result<Option<Vec<u8>>, ReadError> {
        let size = self.head_size(checkpoint)?;
        if size.and_then(|size| Part::of(part.index(), size)) != Some(part) {
            return Ok(None);
        }
        let tree = HeadTree::at(self.snapshot(), checkpoint);
        let chunks: Result<Vec<Chunk>, _> = part.items().map(|chunk| tree.chunk(chunk)).collect();
        Ok(Some(encode_chunks(&chunks?)))
    }
}

/// Refuses a part of a table that lacks rows.
fn whole<T>(rows: &[T], part: Part, table: Table) -> Result<(), ReadError> {
    let read = rows.len() as u64;
    if read == part.width() {
        Ok(())
    } else {
        Err(ReadError::damaged(table, part.first().saturating_add(read)))
    }
}

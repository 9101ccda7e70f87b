//! The embedded store: an LSM tree with a journal, from the `fjall` crate.
//!
//! One fjall keyspace per table, one fjall batch per write set. A commit returns after `fdatasync` of the journal; a
//! staged set is handed to the system and waits for the next sync. fjall syncs the journal before it writes any table
//! file, so that a part of a set can never outlive the journal that makes it whole. Write sets are numbered (`mark`), and
//! the journal is held against the numbers before fjall opens it (`journal`).

#[cfg(test)]
mod damage;
mod folder;
mod journal;
mod mark;
#[cfg(test)]
mod tests;

use std::io::ErrorKind;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use ::fjall::{Database, Keyspace, KeyspaceCreateOptions, LsmError, PersistMode, Readable};

use self::folder::{Folder, refused};
use self::journal::Lost;
use self::mark::{Confirmed, ConfirmedFile, MARK_KEY, Mark, StoreName};
use super::{
    Order, Row, Rows, Snapshot, Span, Store, StoreError, Table, WriteSet, check_size, check_sizes, format,
    in_sets,
};

/// Sizes of a [`FjallStore`]. Its memory is the cache and, for each table that is being written, one to five times
/// `memtable_bytes`: with the defaults 64 MiB, and at most 80 MiB a table under a heavy load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FjallOptions {
    /// Memory for blocks read from disk, over all tables.
    pub cache_bytes: u64,
    /// Memory for recent writes, for each table: when a table reaches it, they go to a table file in the background.
    /// A writer who outruns that waits at four times as much.
    pub memtable_bytes: u64,
    /// Disk for the journal before tables are made to catch up; at least 64 MiB. Opening reads it all.
    pub journal_bytes: u64,
    /// Disk that must stay free for background work: a write that would leave less is refused, so that a full disk
    /// stops writes in good order instead of in the middle of one.
    pub reserve_bytes: u64,
}

impl Default for FjallOptions {
    fn default() -> Self {
        Self {
            cache_bytes: 64 << 20,
            memtable_bytes: 16 << 20,
            journal_bytes: 64 << 20,
            reserve_bytes: 256 << 20,
        }
    }
}

/// Least journal size that fjall takes.
const MIN_JOURNAL_BYTES: u64 = 64 << 20;

/// Table files kept open. What of the process's files connections do not get must be more (`OTHER_FILES` of `serve`).
const OPEN_FILES: usize = 400;

/// Threads of fjall. The first of them keeps itself free for flushes: while there is a compaction to do that no other has
/// taken yet, it spins. With as many threads as cores, which is fjall's choice, two cores lose one for as long as
/// anything is merged.
const WORKERS: usize = 4;

/// Rows from which on a load becomes table files of its own. Fewer are cheaper together with what comes before and after
/// them: each such file is merged with all others of its table later.
const INGESTED_FROM: usize = 1 << 16;

/// A [`Store`] in a folder.
///
/// Two limits to the contract. A power cut in the middle of a write set with a value of 4 KiB or more can leave a
/// journal that fjall refuses, and opening fails with [`StoreError::Corrupt`] although nothing confirmed is lost. And a
/// power cut that comes together with damage to the last confirmed set can go unseen (docs/decisions/0012-numbered-write-sets.md).
pub struct FjallStore {
    engine: Arc<Engine>,
}

/// Fields drop in order: the folder is given free after the database has closed.
struct Engine {
    tables: Vec<Keyspace>,
    /// Taken between two write sets, and cloned for every reader. fjall's own newest snapshot will not do: when a table
    /// file is written in the background, fjall 3.1 moves the visible sequence number past a batch that is still
    /// being applied, and a snapshot taken at that moment shows half of it.
    latest: RwLock<::fjall::Snapshot>,
    /// Held from the first row of a write set until it shows in `latest`.
    turn: Mutex<Numbers>,
    confirmed: ConfirmedFile,
    database: Database,
    reserve_bytes: u64,
    stopped: OnceLock<String>,
    folder: Arc<Folder>,
}

/// Where the numbers of the write sets stand.
struct Numbers {
    store: StoreName,
    written: u64,
    durable: u64,
}

impl FjallStore {
    /// Opens the store in `path` with the default sizes, and creates it where the folder is missing or empty.
    ///
    /// Fails with [`StoreError::Locked`], [`StoreError::NotWritable`], [`StoreError::NotAStore`],
    /// [`StoreError::UnknownFormat`], [`StoreError::Corrupt`] or [`StoreError::Io`].
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_with(path, &FjallOptions::default())
    }

    /// Like [`Self::open`], with sizes.
    pub fn open_with(path: &Path, options: &FjallOptions) -> Result<Self, StoreError> {
        let folder = Arc::new(Folder::open(path)?);
        if !folder.engine().exists() {
            let created = Self::start(&folder.engine_new()?, &folder, options)?;
            format::stamp(&created)?;
            drop(created);
            folder.publish()?;
        }
        let store = Self::start(&folder.engine(), &folder, options)?;
        format::bring_up(&store, folder.path())?;
        Ok(store)
    }

    fn start(place: &Path, folder: &Arc<Folder>, options: &FjallOptions) -> Result<Self, StoreError> {
        let failed = |error| unreadable(folder.path(), "open its tables", error);
        let unread = |error| refused(folder.path(), "read its journal", error);
        let lost =
            |lost: Lost| StoreError::Corrupt { path: folder.path().to_owned(), detail: lost.to_string() };
        let confirmed = Confirmed::read(place).map_err(unread)?;
        if place.exists() {
            journal::check(place, confirmed).map_err(unread)?.map_err(lost)?;
        }
        let database = Database::builder(place)
            .cache_size(options.cache_bytes)
            .max_cached_files(Some(OPEN_FILES))
            .worker_threads(WORKERS)
            .max_journaling_size(options.journal_bytes.max(MIN_JOURNAL_BYTES))
            .open()
            .map_err(failed)?;
        let sizes = || KeyspaceCreateOptions::default().max_memtable_size(options.memtable_bytes);
        let tables: Vec<_> = Table::ALL
            .into_iter()
            .map(|table| database.keyspace(table.name(), sizes))
            .collect::<Result<_, _>>()
            .map_err(failed)?;
        let latest = database.snapshot();
        let newest = latest.get(&tables[Table::Meta.index()], MARK_KEY).map_err(failed)?;
        let newest = newest.and_then(|mark: ::fjall::Slice| Mark::decode(&mark));
        let numbers = Numbers::after(newest, confirmed, folder.path())?;
        Ok(Self {
            engine: Arc::new(Engine {
                tables,
                latest: RwLock::new(latest),
                turn: Mutex::new(numbers),
                confirmed: ConfirmedFile::open(place).map_err(unread)?,
                database,
                reserve_bytes: options.reserve_bytes,
                stopped: OnceLock::new(),
                folder: Arc::clone(folder),
            }),
        })
    }
}

impl Store for FjallStore {
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        let at = self.engine.latest.read().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Box::new(View { at, engine: Arc::clone(&self.engine) }))
    }

    fn commit(&self, writes: WriteSet) -> Result<(), StoreError> {
        self.engine.write(writes, PersistMode::SyncData)
    }

    fn stage(&self, writes: WriteSet) -> Result<(), StoreError> {
        self.engine.write(writes, PersistMode::Buffer)
    }

    fn load(&self, table: Table, rows: &mut dyn ExactSizeIterator<Item = Row>) -> Result<(), StoreError> {
        if rows.len() < INGESTED_FROM {
            return in_sets(self, table, rows);
        }
        self.engine.ingest(table, rows)
    }

    fn check_room(&self, bytes: u64) -> Result<(), StoreError> {
        self.engine.check_room(bytes)
    }
}

impl Engine {
    /// Writes table files of these rows and nothing else: neither the journal nor the memory of recent writes sees them.
    /// Where that is broken off, the files stay until the store is opened again: room for all rows is asked for first,
    /// as if each were like the first.
    fn ingest(&self, table: Table, rows: &mut dyn ExactSizeIterator<Item = Row>) -> Result<(), StoreError> {
        let count = rows.len();
        let mut rows = rows.peekable();
        let first = rows.peek().map_or(0, |row| row.key.len() + row.value.len());
        self.check_room(count.saturating_mul(first) as u64)?;
        let mut files = self.table(table).start_ingestion().map_err(|error| self.stop(error))?;
        for (number, Row { key, value }) in rows.enumerate() {
            if number.is_multiple_of(INGESTED_FROM) {
                self.check_room(WriteSet::BULK_BYTES as u64)?;
            }
            check_size(table, &key, &value)?;
            files.write(key, value).map_err(|error| self.stop(error))?;
        }
        let mut numbers = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cause) = self.stopped.get() {
            return Err(StoreError::Stopped { cause: cause.clone() });
        }
        // The files are on disk when this returns, and so must be every set before them.
        let written = self.database.persist(PersistMode::SyncData).and_then(|()| files.finish());
        written.map_err(|error| self.stop(error))?;
        self.confirmed.note(numbers.confirm());
        *self.latest.write().unwrap_or_else(PoisonError::into_inner) = self.database.snapshot();
        Ok(())
    }

    fn write(&self, writes: WriteSet, persist: PersistMode) -> Result<(), StoreError> {
        check_sizes(&writes)?;
        let mut numbers = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(cause) = self.stopped.get() {
            return Err(StoreError::Stopped { cause: cause.clone() });
        }
        self.check_room(writes.bytes() as u64)?;
        let outcome = if writes.is_empty() {
            self.database.persist(persist)
        } else {
            let mut batch = self.database.batch().durability(Some(persist));
            for (table, key, value) in writes.into_rows() {
                match value {
                    Some(value) => batch.insert(self.table(table), key, value),
                    None => batch.remove(self.table(table), key),
                }
            }
            let mark = numbers.next();
            batch.insert(self.table(Table::Meta), MARK_KEY, mark.encode());
            batch.commit()
        };
        outcome.map_err(|error| self.stop(error))?;
        if matches!(persist, PersistMode::SyncData) {
            self.confirmed.note(numbers.confirm());
        }
        *self.latest.write().unwrap_or_else(PoisonError::into_inner) = self.database.snapshot();
        Ok(())
    }

    fn check_room(&self, bytes: u64) -> Result<(), StoreError> {
        let needed = self.reserve_bytes.saturating_add(bytes);
        let free = self.folder.free_bytes()?;
        if free < needed {
            return Err(StoreError::Full { path: self.folder.path().to_owned(), free, needed });
        }
        Ok(())
    }

    /// fjall takes no write after a failed one either, and no longer says why: the first cause is kept here.
    fn stop(&self, error: ::fjall::Error) -> StoreError {
        let cause = match error {
            ::fjall::Error::Poisoned => "background work failed; is the disk full?".to_owned(),
            ::fjall::Error::Io(error) | ::fjall::Error::Storage(LsmError::Io(error)) => error.to_string(),
            other => other.to_string(),
        };
        StoreError::Stopped { cause: self.stopped.get_or_init(|| cause).clone() }
    }

    fn table(&self, table: Table) -> &Keyspace {
        &self.tables[table.index()]
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // Keeps what was staged. Should the sync fail, the contract still holds: nobody was told that it is durable.
        let kept = self.database.persist(PersistMode::SyncData);
        let numbers = self.turn.get_mut().unwrap_or_else(PoisonError::into_inner);
        if kept.is_ok() && self.stopped.get().is_none() {
            self.confirmed.note(numbers.confirm());
            self.confirmed.sync();
        }
    }
}

fn draw(path: &Path) -> Result<StoreName, StoreError> {
    let mut name = StoreName::default();
    getrandom::fill(&mut name)
        .map_err(|error| refused(path, "draw its name", std::io::Error::other(error.to_string())))?;
    Ok(name)
}

impl Numbers {
    /// Going on from the newest set of a store that was opened, all of which fjall has brought to the disk by then.
    fn after(newest: Option<Mark>, confirmed: Option<Confirmed>, path: &Path) -> Result<Self, StoreError> {
        let number = newest.map_or(0, |mark| mark.number);
        let of_this = |confirmed: &Confirmed| newest.is_none_or(|mark| mark.store == confirmed.store);
        match confirmed.filter(of_this) {
            Some(confirmed) if confirmed.number > number => {
                let missing = Lost::Missing { from: number.saturating_add(1), to: confirmed.number };
                Err(StoreError::Corrupt { path: path.to_owned(), detail: missing.to_string() })
            }
            _ => {
                let store = newest.map_or_else(|| draw(path), |mark| Ok(mark.store))?;
                Ok(Self { store, written: number, durable: number })
            }
        }
    }

    fn next(&mut self) -> Mark {
        self.written = self.written.saturating_add(1);
        Mark { store: self.store, number: self.written, durable: self.durable }
    }

    /// All that was written is on the disk.
    fn confirm(&mut self) -> Confirmed {
        self.durable = self.written;
        Confirmed { store: self.store, number: self.written }
    }
}

struct View {
    at: ::fjall::Snapshot,
    engine: Arc<Engine>,
}

impl Snapshot for View {
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        let value = self.at.get(self.engine.table(table), key);
        let value = value.map_err(|error| unreadable(self.engine.folder.path(), "read a row", error))?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn rows(&self, table: Table, span: Span, order: Order) -> Rows {
        if span.is_empty() {
            return Box::new(std::iter::empty());
        }
        let rows = self.at.range::<Vec<u8>, _>(self.engine.table(table), span.into_bounds());
        Box::new(ViewRows { rows: Some(rows), order, engine: Arc::clone(&self.engine) })
    }
}

/// `rows` is gone after the first error.
struct ViewRows {
    rows: Option<::fjall::Iter>,
    order: Order,
    engine: Arc<Engine>,
}

impl Iterator for ViewRows {
    type Item = Result<Row, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rows = self.rows.as_mut()?;
        let row = match self.order {
            Order::Ascending => rows.next()?,
            Order::Descending => rows.next_back()?,
        };
        match row.into_inner() {
            Ok((key, value)) => Some(Ok(Row { key: key.to_vec(), value: value.to_vec() })),
            Err(error) => {
                self.rows = None;
                Some(Err(unreadable(self.engine.folder.path(), "read a row", error)))
            }
        }
    }
}

/// What an error of fjall outside a write means to the node.
fn unreadable(path: &Path, doing: &'static str, error: ::fjall::Error) -> StoreError {
    match error {
        ::fjall::Error::Locked => StoreError::Locked { path: path.to_owned(), holder: None },
        ::fjall::Error::Io(source) | ::fjall::Error::Storage(LsmError::Io(source)) => match source.kind() {
            // A file that should be there is missing or cut short, or says that something stands where nothing can.
            ErrorKind::NotFound
            | ErrorKind::UnexpectedEof
            | ErrorKind::InvalidData
            | ErrorKind::InvalidInput => {
                StoreError::Corrupt { path: path.to_owned(), detail: source.to_string() }
            }
            _ => refused(path, doing, source),
        },
        other => StoreError::Corrupt { path: path.to_owned(), detail: damage(&other) },
    }
}

/// What is damaged, in words.
fn damage(error: &::fjall::Error) -> String {
    use ::fjall::Error::{Decompress, InvalidTag, InvalidTrailer, InvalidVersion, JournalRecovery, Storage};
    let words = match error {
        Storage(LsmError::ChecksumMismatch { .. }) => "a block does not have its checksum",
        Decompress(_) | Storage(LsmError::Decompress(_)) => "a block can not be decompressed",
        InvalidVersion(_) | Storage(LsmError::InvalidVersion(_)) => "a file is of an unknown version",
        JournalRecovery(_) => "its journal can not be read",
        InvalidTag(_)
        | InvalidTrailer
        | Storage(
            LsmError::InvalidTag(_)
            | LsmError::InvalidTrailer
            | LsmError::InvalidHeader(_)
            | LsmError::Utf8(_),
        ) => "a block is not of its form",
        ::fjall::Error::Unrecoverable | Storage(LsmError::Unrecoverable) => "a file is missing or unreadable",
        other => return other.to_string(),
    };
    words.to_owned()
}

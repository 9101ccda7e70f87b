//! Making a node's store anew from a mirror of its ledger, or bringing an old one up to it.
//!
//! In scope: reading the mirror's files, and the folder in which the store grows until it is whole. Out of scope: judging
//! what is read (`ledger::replay`); fetching it (`vouchsafe mirror`). The keys are not public and must be there.
//!
//! What is not public is not rebuilt: entries that no anchored checkpoint covers, incidents, and the times that receipts
//! promised. Promises are given anew from each entry's own time; all of them are kept already, for the entries are
//! anchored. A store that is brought up to a mirror keeps what it has of all this.

use crate::chain::{ChainError, connect};
use crate::config::{Config, ConfigError, Folder};
use crate::ledger::outbox::record_opening;
use crate::ledger::replay::{PublicBatch, Replay, ReplayError};
use crate::store::{FjallStore, Store, StoreError};
use anchors::{AnchorError, AnchorReader, AnchoredCheckpoint, Clock, Finality};
use protocol::checkpoint::Checkpoint;
use protocol::dossier::{Ledger, Step};
use protocol::entry::Entry;
use protocol::public_data::{
    DataPath, FormatError, Part, decode_bundle, decode_checkpoint, decode_ledger, decode_manifest,
    decode_terms, record_file, record_files,
};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Why a store is not rebuilt. What was done so far is kept; the same command goes on.
#[derive(Debug, thiserror::Error)]
pub enum RebuildError {
    /// The data folder.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The chain.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The chain did not answer: without it nobody knows whether the mirror is whole.
    #[error("{0}; a store is rebuilt against the chain alone")]
    Anchor(#[from] AnchorError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the mirror holds is not the log.
    #[error(transparent)]
    Replay(#[from] ReplayError),
    /// A file of the mirror.
    #[error("{}: {problem}; write vouchsafe mirror to have it fetched again", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The mirror is of another ledger.
    #[error("the mirror is of ledger {mirror}, this node is of {node}: name the right folder")]
    OtherLedger {
        /// The mirror's.
        mirror: protocol::LedgerId,
        /// The node's.
        node: protocol::LedgerId,
    },
    /// The chain has more than the mirror.
    #[error(
        "the mirror has no checkpoint {0}, the newest on the chain: copy it again with vouchsafe mirror, from \
         whoever has it"
    )]
    MirrorIsOld(u64),
    /// The chain and the mirror contradict each other.
    #[error(
        "checkpoint {0} of the mirror is not the one on the chain: it is no mirror of this ledger's history"
    )]
    OtherHistory(u64),
    /// A store is there beside one that is being rebuilt.
    #[error(
        "{} and {} are both there: take away the one that is not to be gone on with; nothing was changed",
        .store.display(), .rebuilding.display()
    )]
    Both {
        /// The store.
        store: PathBuf,
        /// The one that was begun.
        rebuilding: PathBuf,
    },
    /// This machine.
    #[error("{}: {source}", .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// What was rebuilt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rebuilt {
    /// Entries that the store had already.
    pub had: u64,
    /// Entries now.
    pub entries: u64,
    /// Vouchers now.
    pub vouchers: u64,
    /// The newest checkpoint.
    pub checkpoint: u64,
}

/// Makes the store of a data folder, or brings it up to the mirror. `progress` is told how many entries are in the store
/// of how many.
pub async fn rebuild(
    folder: &Folder,
    mirror: &Path,
    progress: impl FnMut(u64, u64),
) -> Result<Rebuilt, RebuildError> {
    let config = folder.load()?;
    let chain = connect(folder, &config, &Clock::system())?;
    let reader = &*chain.writer;
    let ledger = Ledger::opened_at(config.origin(reader.chain()));
    let source = MirrorFolder(mirror);
    let found = source.read(DataPath::Ledger, decode_ledger)?;
    if found != ledger {
        return Err(RebuildError::OtherLedger { mirror: found.id, node: ledger.id });
    }
    let opened = reader.ledger(ledger.id).await?;
    let said = unsettled(reader, &ledger, &source).await?;
    let place = begin(folder)?;
    let store = FjallStore::open(&place)?;
    if !crate::chain::is_opening_recorded(&store)? {
        let genesis = Checkpoint::genesis(opened.operator_key);
        record_opening(&store, genesis, Some((&opened.opened, opened.finality)))?;
    }
    folder.clear_spool()?;
    let work = Work { folder, source, said, progress };
    let rebuilt = work.run(&store, &ledger, &config)?;
    drop(store);
    std::fs::rename(&place, folder.store()).map_err(|source| RebuildError::Io { path: place, source })?;
    Ok(rebuilt)
}

/// The folder in which the store grows: a node does not start on it. A store that is there is taken for it.
fn begin(folder: &Folder) -> Result<PathBuf, RebuildError> {
    let (store, rebuilding) = (folder.store(), folder.rebuilding());
    match (store.exists(), rebuilding.exists()) {
        (true, true) => Err(RebuildError::Both { store, rebuilding }),
        (true, false) => {
            // Refused while a node is at work on it.
            drop(FjallStore::open(&store)?);
            let moved = std::fs::rename(&store, &rebuilding);
            moved.map_err(|source| RebuildError::Io { path: store, source })?;
            Ok(rebuilding)
        }
        (false, _) => Ok(rebuilding),
    }
}

/// What the chain has of its newest checkpoints, down to the newest final one; the mirror must have the same.
async fn unsettled(
    reader: &dyn AnchorReader,
    ledger: &Ledger,
    source: &MirrorFolder<'_>,
) -> Result<Vec<AnchoredCheckpoint>, RebuildError> {
    let newest = reader.latest(ledger.id).await?.number;
    let mut said = Vec::new();
    for number in (1..=newest).rev() {
        let one = reader.checkpoint(ledger.id, number).await?;
        let path = DataPath::Checkpoint(number);
        if !source.file(path).exists() {
            return Err(RebuildError::MirrorIsOld(number));
        }
        if source.checkpoint(number)? != one.checkpoint {
            return Err(RebuildError::OtherHistory(number));
        }
        let is_final = one.finality == Finality::Final;
        said.push(one);
        if is_final {
            break;
        }
    }
    said.reverse();
    Ok(said)
}

/// The files of a mirror.
#[derive(Clone, Copy)]
struct MirrorFolder<'a>(&'a Path);

impl MirrorFolder<'_> {
    fn file(&self, path: DataPath) -> PathBuf {
        self.0.join(path.to_string())
    }

    fn bytes(&self, path: DataPath) -> Result<Vec<u8>, RebuildError> {
        let file = self.file(path);
        std::fs::read(&file).map_err(|error| RebuildError::File { path: file, problem: error.to_string() })
    }

    fn read<T>(
        &self,
        path: DataPath,
        decode: impl FnOnce(&[u8]) -> Result<T, FormatError>,
    ) -> Result<T, RebuildError> {
        let bytes = self.bytes(path)?;
        let wrong =
            |error: FormatError| RebuildError::File { path: self.file(path), problem: error.to_string() };
        decode(&bytes).map_err(wrong)
    }

    fn checkpoint(&self, number: u64) -> Result<Checkpoint, RebuildError> {
        self.read(DataPath::Checkpoint(number), |bytes| decode_checkpoint(bytes, number))
    }
}

struct Work<'a, P> {
    folder: &'a Folder,
    source: MirrorFolder<'a>,
    /// The newest checkpoints, oldest first.
    said: Vec<AnchoredCheckpoint>,
    progress: P,
}

impl<P: FnMut(u64, u64)> Work<'_, P> {
    fn run(mut self, store: &dyn Store, ledger: &Ledger, config: &Config) -> Result<Rebuilt, RebuildError> {
        let promise_ms = config.anchoring.promise_s.saturating_mul(1000);
        let mut replay = Replay::open(store, ledger.id, promise_ms)?;
        let had = replay.size();
        let newest = match self.said.last() {
            Some(newest) => newest.checkpoint,
            None => self.source.checkpoint(0)?,
        };
        let known = replay.newest().number;
        if known > newest.number || self.source.checkpoint(known)? != *replay.newest() {
            return Err(RebuildError::OtherHistory(known));
        }
        self.compare(&replay, newest.size)?;
        for number in known.saturating_add(1)..=newest.number {
            let due = self.source.checkpoint(number)?;
            self.entries(&mut replay, &due, newest.size)?;
            let said = self.said.iter().find(|said| said.checkpoint.number == number);
            replay.checkpoint(&due, said)?;
        }
        let (entries, checkpoint) = (replay.size(), *replay.newest());
        replay.finish()?;
        Ok(Rebuilt { had, entries, vouchers: checkpoint.vouchers, checkpoint: checkpoint.number })
    }

    /// Entries of the store that its own checkpoints do not cover yet, held against the mirror's.
    fn compare(&self, replay: &Replay<'_>, size: u64) -> Result<(), RebuildError> {
        let mut at = replay.newest().size;
        while at < replay.size().min(size) {
            let (part, steps) = self.bundle(at, size)?;
            let skipped = usize::try_from(at.saturating_sub(part.first())).unwrap_or(usize::MAX);
            replay.compare(at, steps.get(skipped..).unwrap_or_default())?;
            at = part.items().end;
        }
        Ok(())
    }

    /// Takes in the entries up to the size of a checkpoint.
    fn entries(&mut self, replay: &mut Replay<'_>, due: &Checkpoint, size: u64) -> Result<(), RebuildError> {
        if replay.size() > due.size {
            // The store went on after this checkpoint: what it has is no beginning of the anchored log.
            return Err(RebuildError::OtherHistory(due.number));
        }
        while replay.size() < due.size {
            let (part, steps) = self.bundle(replay.size(), size)?;
            let place =
                |index: u64| usize::try_from(index.saturating_sub(part.first())).unwrap_or(usize::MAX);
            let wanted = place(replay.size())..place(due.size.min(part.items().end));
            let steps = steps.get(wanted).unwrap_or_default();
            replay.take(steps, |index, entry| self.batch(index, entry))?;
            (self.progress)(replay.size(), size);
        }
        Ok(())
    }

    fn bundle(&self, index: u64, size: u64) -> Result<(Part, Vec<Step>), RebuildError> {
        let missing = || ReplayError::Checkpoint { number: 0 };
        let part = Part::holding(index, size).ok_or_else(missing)?;
        Ok((part, self.source.read(DataPath::Entries(part), |bytes| decode_bundle(bytes, part))?))
    }

    fn batch(&self, index: u64, entry: &Entry) -> Result<PublicBatch, RebuildError> {
        let manifest =
            self.source.read(DataPath::Manifest(index), |bytes| decode_manifest(bytes).map(str::to_owned))?;
        let terms = self.source.read(DataPath::Terms(index), decode_terms)?;
        let path = self.folder.spool().join("records");
        let failed = |source| RebuildError::Io { path: path.clone(), source };
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        let mut records: File = file.map_err(failed)?;
        // Gone when it is closed.
        std::fs::remove_file(&path).map_err(failed)?;
        for file in 0..record_files(entry.count) {
            let name = DataPath::Records { batch: index, file };
            let bytes = self.source.bytes(name)?;
            let due = record_file(file, entry.count).saturating_mul(64);
            if bytes.len() as u64 != due {
                let problem = format!("{} bytes where {due} are due", bytes.len());
                return Err(RebuildError::File { path: self.source.file(name), problem });
            }
            records.write_all(&bytes).map_err(failed)?;
        }
        Ok(PublicBatch { manifest, terms, records })
    }
}

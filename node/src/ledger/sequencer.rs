//! The only writer: one thread takes instructions in the order of their arrival, decides each, and commits a group of
//! them with one sync. A caller hears of its entry only after that.

use super::decide::{Clocks, Decision, Instruction, Tip, decide, decided};
use super::reads::Overlay;
use super::refused::Refused;
use super::rows::{Accepted, Batch, ReadError, decode, key_number};
use super::tiles::{self, Growing, TileId, Tiles};
use crate::observe;
use crate::store::{Snapshot, Span, Store, StoreError, Table};
use anchors::Clock;
use protocol::Digest;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{mpsc, oneshot, watch};

/// Instructions that wait at most: beyond it callers are told to come back.
const QUEUE: usize = 4096;
/// Instructions that share one sync at most: 512 of 98 bytes with two signatures are about 200 KiB.
const GROUP: usize = 512;

/// What an instruction led to.
#[derive(Debug)]
pub struct Outcome {
    /// The entry.
    pub accepted: Accepted,
    /// It stood in the log before.
    pub repeated: bool,
}

/// An instruction that is in line.
#[must_use]
pub struct Begun(oneshot::Receiver<Result<Outcome, Refused>>);

impl Begun {
    /// What it led to. When `Ok` comes back, the entry is on disk.
    pub async fn outcome(self) -> Result<Outcome, Refused> {
        self.0.await.unwrap_or(Err(Refused::Stopped))
    }
}

struct Job {
    instruction: Instruction,
    reply: oneshot::Sender<Result<Outcome, Refused>>,
}

/// How far the log has come, for those who watch it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Entries that are on disk.
    pub size: u64,
    /// Vouchers that are on disk.
    pub vouchers: u64,
    /// Size after the latest Issue: what is anchored at once.
    pub issued: u64,
}

impl Progress {
    fn of(tip: &Tip) -> Self {
        Self { size: tip.log.size(), vouchers: tip.vouchers, issued: tip.issued }
    }
}

/// The way to the sequencer. When the last one is dropped, the thread ends after what it has.
#[derive(Clone)]
pub struct Sequencer {
    jobs: mpsc::Sender<Job>,
    progress: watch::Receiver<Progress>,
}

impl Sequencer {
    /// Reads where the log ends and begins to take instructions.
    pub fn start(store: Arc<dyn Store>, clock: Clock, promise_ms: u64) -> Result<Self, ReadError> {
        let tip = load_tip(&*store.snapshot()?)?;
        let (jobs, queue) = mpsc::channel(QUEUE);
        let (watcher, progress) = watch::channel(Progress::of(&tip));
        let mut room = Room { store, clock, promise_ms, tip, watcher };
        std::thread::Builder::new()
            .name("sequencer".to_owned())
            .spawn(move || room.run(queue))
            .map_err(|error| ReadError::damaged(Table::Entries, format!("(no thread: {error})")))?;
        Ok(Self { jobs, progress })
    }

    /// Puts an instruction in line: it is decided after those before it, whether or not anybody waits for it.
    pub fn begin(&self, instruction: Instruction) -> Result<Begun, Refused> {
        let (reply, answer) = oneshot::channel();
        self.jobs.try_send(Job { instruction, reply }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Refused::Overloaded,
            mpsc::error::TrySendError::Closed(_) => Refused::Stopped,
        })?;
        Ok(Begun(answer))
    }

    /// How far the log has come; changes are signalled.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }
}

struct Room {
    store: Arc<dyn Store>,
    clock: Clock,
    promise_ms: u64,
    tip: Tip,
    watcher: watch::Sender<Progress>,
}

impl Room {
    fn run(&mut self, mut queue: mpsc::Receiver<Job>) {
        while let Some(first) = queue.blocking_recv() {
            let mut jobs = vec![first];
            while jobs.len() < GROUP
                && let Ok(job) = queue.try_recv()
            {
                jobs.push(job);
            }
            let instructions = jobs.len();
            if let Err(error) = self.take(jobs) {
                // The store says by itself whether it takes more; the next group finds out.
                observe::not_stored(self.tip.log.size(), instructions, &error);
            }
        }
    }

    /// Decides a group, commits it, and only then answers.
    fn take(&mut self, jobs: Vec<Job>) -> Result<(), Arc<StoreError>> {
        let snapshot = match self.store.snapshot() {
            Ok(snapshot) => snapshot,
            Err(error) => return Err(fail(jobs.into_iter().map(|job| job.reply), error)),
        };
        let clocks = Clocks { now: self.clock.now(), promise: self.promise_ms };
        let mut overlay = Overlay::over(&*snapshot);
        let mut tip = self.tip.clone();
        let mut answers = Vec::with_capacity(jobs.len());
        for Job { instruction, reply } in jobs {
            let decision = decide(&mut overlay, &mut tip, clocks, &instruction);
            answers.push((reply, decision));
        }
        let writes = decided(overlay, &mut tip);
        if !writes.is_empty() {
            let began = Instant::now();
            if let Err(error) = self.store.commit(writes) {
                return Err(fail(answers.into_iter().map(|(reply, _)| reply), error));
            }
            observe::committed(answers.len(), began.elapsed());
        }
        // Commit point: from here on every accepted entry of the group is in the log at its index, whatever happens.
        // Before it nobody was told anything, and a crash leaves nothing of the group behind.
        self.tip = tip;
        self.watcher.send_replace(Progress::of(&self.tip));
        for (reply, decision) in answers {
            let outcome = decision.map(|decision| match decision {
                Decision::Accepted(accepted) => Outcome { accepted, repeated: false },
                Decision::Repeated(accepted) => Outcome { accepted, repeated: true },
            });
            // A caller that went away still has its entry.
            let _ = reply.send(outcome);
        }
        Ok(())
    }
}

fn fail(
    replies: impl Iterator<Item = oneshot::Sender<Result<Outcome, Refused>>>,
    error: StoreError,
) -> Arc<StoreError> {
    let error = Arc::new(error);
    for reply in replies {
        let _ = reply.send(Err(Refused::NotStored(Arc::clone(&error))));
    }
    error
}

/// Where the log ends, read from its last rows.
pub fn load_tip(snapshot: &dyn Snapshot) -> Result<Tip, ReadError> {
    let Some(row) = snapshot.last(Table::Entries, Span::all())? else { return Ok(Tip::default()) };
    let index = key_number(Table::Entries, &row.key)?;
    let latest = Accepted::decode(index, &row.value)?;
    let (vouchers, issued) = match snapshot.last(Table::Batches, Span::all())? {
        Some(row) => {
            let first = key_number(Table::Batches, &row.key)?;
            let batch: Batch = decode(Table::Batches, first, &row.value)?;
            (first.saturating_add(batch.count), batch.index.saturating_add(1))
        }
        None => (0, 0),
    };
    let log = Growing::load(&LogTree(snapshot), index.saturating_add(1))?;
    Ok(Tip { log, vouchers, issued, at: latest.state.entry.at })
}

/// The tree of the log as it is stored.
pub struct LogTree<'a>(pub &'a dyn Snapshot);

impl Tiles for LogTree<'_> {
    fn tile(&self, at: TileId) -> Result<Vec<Digest>, ReadError> {
        let value = self.0.get(Table::LogTiles, &at.key())?;
        value.and_then(|value| tiles::decode(&value)).ok_or_else(|| self.damaged(at))
    }

    fn damaged(&self, at: TileId) -> ReadError {
        ReadError::damaged(Table::LogTiles, at)
    }
}

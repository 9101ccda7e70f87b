//! The ledger: what it takes, what it decides, what it shows.
//!
//! In scope: accepting steps and batches, cutting checkpoints, assembling dossiers. Out of scope: the chain
//! (`anchoring`), HTTP (`api`), how bytes are kept (`store`).
//!
//! `decide` decides, `sequencer` is the only writer, `batch` takes in records, `heads` and `cut` make checkpoints, `view`
//! and `public` answer, `replay` takes a log in again, `rows` knows the bytes of each table, `tiles` how a tree is stored.

pub mod batch;
pub mod census;
pub mod cut;
mod decide;
pub mod heads;
mod operator;
pub mod outbox;
mod public;
pub mod reads;
mod refused;
mod remembered;
pub mod replay;
pub mod rows;
mod sequencer;
mod shown;
pub mod tiles;
mod view;

pub use batch::BatchHeader;
pub use operator::OperatorKeys;
pub use reads::shown_bytes;
pub use refused::Refused;
pub use sequencer::{Begun, LogTree, Outcome, Progress};
pub use view::{View, VoucherNow, accepted_step, incident_step};

use crate::store::Store;
use anchors::Clock;
use decide::Instruction;
use protocol::Digest;
use protocol::dossier;
use protocol::entry::{Entry, Signed, memo_content, signers};
use protocol::lifecycle::Kind;
use reads::Reads as _;
use remembered::Remembered;
use rows::ReadError;
use sequencer::Sequencer;
use std::fs::File;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::sync::{Mutex, watch};
use tracing::Instrument as _;

/// Longest memo, in bytes.
pub const MEMO_LIMIT: usize = 16 * 1024;
/// Most signatures on one instruction: section 6 demands two at most, the rest is surplus.
pub const SIGNATURE_LIMIT: usize = 8;

/// Why nothing is taken meanwhile: by the newest checkpoint that readers trust, the next key signs nothing yet.
const KEY_CHANGE: &str = "the operator's key is being changed: steps are taken as soon as the checkpoint that names the next one is final";

/// What a ledger runs with.
pub struct Setup {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Its name and origin.
    pub ledger: dossier::Ledger,
    /// Sign receipts.
    pub operator: OperatorKeys,
    /// The operator's clock.
    pub clock: Clock,
    /// Milliseconds within which every entry is promised to be anchored.
    pub promise_ms: u64,
}

/// One open ledger. Cheap to clone.
#[derive(Clone)]
pub struct Ledger {
    store: Arc<dyn Store>,
    facts: dossier::Ledger,
    operator: Arc<RwLock<OperatorKeys>>,
    remembered: Arc<Remembered>,
    clock: Clock,
    sequencer: Sequencer,
    /// One batch is taken in at a time: so what was found free of duplicates still is when its entry is decided.
    importing: Arc<Mutex<()>>,
    /// Why nothing is taken, in words: the chain contradicts the store, or the clock. None while all is well.
    halted: Arc<watch::Sender<Option<String>>>,
}

/// A step as it is submitted.
#[derive(Debug, Clone)]
pub struct StepRequest {
    /// The entry, its clock 0.
    pub entry: Entry,
    /// Its memo.
    pub memo: Option<String>,
    /// Its signatures.
    pub signatures: Vec<Signed>,
}

impl Ledger {
    /// Opens what is stored and begins to take instructions.
    pub fn open(setup: Setup) -> Result<Self, ReadError> {
        census::complete(&*setup.store)?;
        let sequencer = Sequencer::start(Arc::clone(&setup.store), setup.clock.clone(), setup.promise_ms)?;
        Ok(Self {
            store: setup.store,
            facts: setup.ledger,
            operator: Arc::new(RwLock::new(setup.operator)),
            remembered: Arc::default(),
            clock: setup.clock,
            sequencer,
            importing: Arc::new(Mutex::new(())),
            halted: Arc::new(watch::Sender::new(None)),
        })
    }

    /// Its name and origin.
    pub fn facts(&self) -> dossier::Ledger {
        self.facts
    }

    /// The keys that sign in the operator's name.
    pub fn operator(&self) -> OperatorKeys {
        self.operator.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The operator's next key takes the place of the other one, and steps are taken again.
    pub fn change_operator_key(&self) {
        let mut operator = self.operator.write().unwrap_or_else(PoisonError::into_inner);
        *operator = operator.changed();
    }

    /// The operator's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Where everything is kept.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.store
    }

    /// How far the log has come; changes are signalled.
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.sequencer.progress()
    }

    /// The ledger as it is now. Blocks for a moment: the store is asked.
    pub fn view(&self) -> Result<View, ReadError> {
        // Keys first: those of a change that ends in between are both in what was read before.
        let operator = self.operator();
        let snapshot = self.store.snapshot()?;
        Ok(View::new(snapshot, self.facts, operator, Arc::clone(&self.remembered)))
    }

    /// Takes nothing more, for this reason, or goes on: whatever is promised while the chain holds another history is a
    /// broken promise.
    pub fn set_halted(&self, why: Option<String>) {
        self.halted.send_replace(why);
    }

    /// Why nothing is taken, in words; none while it is.
    pub fn halted(&self) -> Option<String> {
        let changing = || self.operator().is_changing().then(|| KEY_CHANGE.to_owned());
        self.halted.borrow().clone().or_else(changing)
    }

    fn check_not_halted(&self) -> Result<(), Refused> {
        let is_halted = self.halted.borrow().is_some() || self.operator().is_changing();
        if is_halted { Err(Refused::Stopped) } else { Ok(()) }
    }

    /// Takes one step. When `Ok` comes back, its entry is on disk at its index.
    pub async fn submit(&self, request: StepRequest) -> Result<Outcome, Refused> {
        self.begin(request)?.outcome().await
    }

    /// Checks one step and puts it in line: of several that are begun before the first is waited for, most share a sync.
    pub fn begin(&self, request: StepRequest) -> Result<Begun, Refused> {
        self.check_not_halted()?;
        self.sequencer.begin(self.prepare(request)?)
    }

    /// Everything about a step that needs no turn at the sequencer: its form, its memo, its signatures. They are
    /// checked here, on the thread on which the request came (there are several for each core), against the leaf at
    /// `prev`, which can not change any more.
    fn prepare(&self, request: StepRequest) -> Result<Instruction, Refused> {
        let StepRequest { entry, memo, signatures } = request;
        check_form(&entry, memo.as_deref(), &signatures)?;
        let snapshot = self.store.snapshot()?;
        let Some(prev) = snapshot.entry(entry.prev)? else {
            return Err(Refused::Malformed(format!("prev names entry {}, which does not exist", entry.prev)));
        };
        let signers = signers(&signatures, &entry.instruction(self.facts.id, prev.state.entry.leaf()));
        Ok(Instruction { entry, memo, signatures, signers, batch: None })
    }

    /// Takes a batch, whose records lie in a file. When `Ok` comes back, its Issue entry is on disk and so is
    /// everything that it covers. `held` is dropped when there is nothing more to do, whether or not the caller stayed.
    pub async fn issue(
        &self,
        header: BatchHeader,
        records: File,
        held: impl Send + 'static,
    ) -> Result<Outcome, Refused> {
        self.check_not_halted()?;
        let bytes = records.metadata().map(|facts| facts.len()).unwrap_or_default();
        let width = protocol::voucher::Record::WIDTH as u64;
        if !bytes.is_multiple_of(width) {
            return Err(Refused::Malformed(format!("{bytes} bytes of records are no multiple of {width}")));
        }
        header.check(bytes / width)?;
        check_issue_form(&header)?;
        // On a task of its own: a caller who goes away must not end the turn while rows are staged or the entry is
        // decided, or the next batch would be staged over them.
        let ledger = self.clone();
        let taking = async move {
            let _held = held;
            ledger.take_in(header, records).await
        };
        tokio::spawn(taking.in_current_span()).await.unwrap_or(Err(Refused::Stopped))
    }

    async fn take_in(self, header: BatchHeader, mut records: File) -> Result<Outcome, Refused> {
        let _turn = self.importing.lock().await;
        let ledger = self.clone();
        match blocking(move || ledger.stage(&header, &mut records)).await? {
            Staged::Already(outcome) => Ok(*outcome),
            Staged::Ready(instruction) => self.sequencer.begin(*instruction)?.outcome().await,
        }
    }

    fn stage(&self, header: &BatchHeader, records: &mut File) -> Result<Staged, Refused> {
        let view = self.view()?;
        if let Some((_, batch)) = view.batch_by_root(header.entry.content)? {
            let damaged = || ReadError::damaged(crate::store::Table::Entries, batch.index);
            let accepted = view.entry(batch.index)?.ok_or_else(damaged)?;
            if accepted.state.entry.party == header.entry.party {
                return Ok(Staged::Already(Box::new(Outcome { accepted, repeated: true })));
            }
        }
        let first = view.vouchers()?;
        if header.entry.first != first {
            return Err(Refused::FirstMoved { first, signed: header.entry.first });
        }
        // A store keeps what an open view may still read: every row staged from here on would stay in memory.
        drop(view);
        let signers = signers(&header.signatures, &header.entry.instruction(self.facts.id, Digest::ZERO));
        let demand = protocol::lifecycle::issue_demand(&header.entry);
        if !demand.is_met_by(&signers) {
            return Err(Refused::Unauthorised { role: demand.role });
        }
        Ok(Staged::Ready(Box::new(batch::stage(&*self.store, header, records, signers)?)))
    }
}

enum Staged {
    Already(Box<Outcome>),
    Ready(Box<Instruction>),
}

fn check_form(entry: &Entry, memo: Option<&str>, signatures: &[Signed]) -> Result<(), Refused> {
    let malformed = |what: String| Err(Refused::Malformed(what));
    if entry.at != 0 {
        return malformed("the operator sets the clock: an instruction has at = 0".to_owned());
    }
    match entry.kind() {
        None => return malformed(format!("kind {} does not exist", entry.kind)),
        Some(Kind::Issue) => return malformed("an Issue comes with its batch: see /v1/batches".to_owned()),
        Some(_) => {}
    }
    if entry.count == 0 {
        return malformed("the entry covers no voucher: count is 0".to_owned());
    }
    let length = memo.map_or(0, str::len);
    if length > MEMO_LIMIT {
        return malformed(format!("a memo of {length} bytes: at most {MEMO_LIMIT} are taken"));
    }
    if signatures.len() > SIGNATURE_LIMIT {
        return malformed(format!("{} signatures: at most {SIGNATURE_LIMIT} are taken", signatures.len()));
    }
    if let Some(signed) = signatures.iter().find(|signed| signed.role.len() > 64) {
        return malformed(format!("a role of {} bytes: at most 64 are taken", signed.role.len()));
    }
    if memo_content(memo) != entry.content {
        return malformed("content is not the hash of the memo".to_owned());
    }
    Ok(())
}

fn check_issue_form(header: &BatchHeader) -> Result<(), Refused> {
    let entry = &header.entry;
    let in_order = entry.kind() == Some(Kind::Issue) && entry.at == 0 && entry.prev == Entry::NO_PREV;
    if !in_order {
        let what = "the entry of a batch is an Issue with at = 0 and no prev";
        return Err(Refused::Malformed(what.to_owned()));
    }
    if header.signatures.len() > SIGNATURE_LIMIT {
        let count = header.signatures.len();
        return Err(Refused::Malformed(format!("{count} signatures: at most {SIGNATURE_LIMIT} are taken")));
    }
    Ok(())
}

/// Runs what blocks on a thread where that is no harm.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refused> + Send + 'static,
) -> Result<T, Refused> {
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work)).await.unwrap_or(Err(Refused::Stopped))
}

#[cfg(test)]
mod crashes;
#[cfg(test)]
mod flipped;
#[cfg(test)]
mod released;
#[cfg(test)]
mod tests;

//! A whole ledger, replayed: every entry, batch and anchored checkpoint held against docs/protocol.md, entry by entry in the
//! order of the log.
//!
//! In scope: what each entry and checkpoint contradicts, in [`Contradiction`]s that name a place, a reason and, where
//! section 13 has a rule for it, a [`Lead`] from which a proof is made. Signatures are handed out as [`Demanded`], for
//! the caller to check on as many threads as he has. Out of scope: where entries come from, which checkpoints are
//! anchored, what to do about a contradiction.
//!
//! Memory: about 60 bytes a voucher (its key, its head, its place in the index of keys, its share of the head tree), and
//! 140 for each entry that is the latest of some voucher. Nothing is kept of entries that were left.

mod batch;
mod dispute;
mod heads;
mod issue;
mod latest;
mod names;
mod saved;
mod step;

pub use batch::{Batch, BatchTree};
pub use heads::HeadArray;
pub use saved::SavedError;

use crate::checkpoint::Checkpoint;
use crate::digest::{Digest, LedgerId};
use crate::dossier::{Memo, Step};
use crate::entry::{Entry, Signed};
use crate::fraud::Lead;
use crate::heads::{Chunk, Head, chunk_of, chunks_for};
use crate::keccak::Keccak;
use crate::lifecycle::{Demand, Role};
use crate::merkle::{Frontier, Nodes};
use crate::signing::verify_signature;
use crate::verify::{Detail, Reason, not_after};
use batch::{Astray, Batches};
use latest::LatestEntries;
use names::Names;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// Index of the entry that contradicts; none where a head does.
    pub index: Option<u64>,
    /// The first voucher that it touches.
    pub voucher: Option<u64>,
    /// Number of the checkpoint whose heads contradict.
    pub checkpoint: Option<u64>,
    /// The reason, with its stable code.
    pub detail: Detail,
    /// From which a proof for the contract is made; none where section 13 has no rule.
    pub lead: Option<Lead>,
}

impl Contradiction {
    /// Of an entry, by a reason that no rule of section 13 hears of.
    pub const fn of_entry(index: u64, voucher: Option<u64>, detail: Detail) -> Self {
        Self { index: Some(index), voucher, checkpoint: None, detail, lead: None }
    }

    /// Of an entry, by a rule of section 13.
    fn led(entry: &Entry, index: u64, lead: Lead) -> Self {
        let detail = lead.detail();
        Self { index: Some(index), voucher: Some(entry.first), checkpoint: None, detail, lead: Some(lead) }
    }

    /// Of a voucher's anchored head.
    pub fn of_head(checkpoint: u64, number: u64, lead: Lead) -> Self {
        let detail = lead.detail();
        Self { index: None, voucher: Some(number), checkpoint: Some(checkpoint), detail, lead: Some(lead) }
    }
}

/// An entry as it was given, with all that can be said of it alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    step: Step,
    leaf: Digest,
    /// What is wrong with its memo.
    memo: Option<Reason>,
}

impl Given {
    /// Reads the memo and takes its hash: work that needs no other entry. `leaf` is the hash of the entry's leaf.
    pub fn new(step: Step, leaf: Digest) -> Self {
        // The content of an Issue is its batch's root: it has no memo.
        let fits = step.memo.fits(step.entry.content) || is_issue(&step.entry) && step.memo == Memo::None;
        let latest = step.memo.text().and_then(not_after);
        let memo = match latest {
            _ if !fits => Some(Reason::MemoDiffers),
            Some(latest) if step.entry.at > latest => Some(Reason::PastNotAfter),
            _ => None,
        };
        Self { step, leaf, memo }
    }

    /// The entry.
    pub const fn entry(&self) -> &Entry {
        &self.step.entry
    }

    /// The hash of its leaf.
    pub const fn leaf(&self) -> Digest {
        self.leaf
    }
}

fn is_issue(entry: &Entry) -> bool {
    entry.kind() == Some(crate::lifecycle::Kind::Issue)
}

/// The signatures that an entry must carry, and those that it carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demanded {
    /// Index of the entry.
    pub index: u64,
    ledger: LedgerId,
    entry: Entry,
    prev: Option<Entry>,
    demands: Vec<Demand>,
    signatures: Vec<Signed>,
}

impl Demanded {
    /// How many signatures are due: so many checks it takes if all is well.
    pub const fn len(&self) -> usize {
        self.demands.len()
    }

    /// Whether nothing is due.
    pub const fn is_empty(&self) -> bool {
        self.demands.is_empty()
    }

    /// The first demand that no valid signature meets, as a contradiction. Only signatures of the demanded keys are
    /// checked, each strictly and by itself; surplus ones are ignored.
    pub fn check(&self) -> Option<Contradiction> {
        let prev_leaf = self.prev.map_or(Digest::ZERO, |prev| prev.leaf());
        let instruction = self.entry.instruction(self.ledger, prev_leaf);
        let unmet = self.demands.iter().find(|demand| {
            !self.signatures.iter().any(|signed| {
                demand.is_met_by(&[signed.key])
                    && verify_signature(&signed.key, &instruction, &signed.signature)
            })
        })?;
        let detail = Detail::with(Reason::NotSigned, [&self.index, &Role::name(unmet.role)]);
        Some(Contradiction::of_entry(self.index, Some(self.entry.first), detail))
    }
}

/// What came of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Taken {
    /// What it contradicts.
    pub contradictions: Vec<Contradiction>,
    /// Whose signatures it must carry; none where that can not be said, because the entry is not one of a legal history.
    pub demanded: Option<Demanded>,
}

/// How an anchored checkpoint agrees with the entries below its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// Both roots are those of the entries.
    Full,
    /// The entries that were given are not those that were anchored, or too few were given.
    OtherLog,
    /// The log is the anchored one, the heads are not those that follow from it.
    OtherHeads,
    /// The log is the anchored one; what heads follow from it can not be said, because numbers were given out wrongly.
    HeadsUnclear,
}

/// A ledger as far as it was replayed.
#[derive(Debug, Clone)]
pub struct Replay {
    ledger: LedgerId,
    log: Frontier<Keccak>,
    /// Leaves that the frontier has not taken in yet: many at once are cheaper.
    leaves: Vec<Digest>,
    size: u64,
    before: Option<Entry>,
    names: Names,
    batches: Batches,
    astray: Astray,
    heads: HeadArray,
    latest: LatestEntries,
    /// The first number that was never given out although higher ones were; from then on heads can not be recomputed.
    gap: Option<u64>,
}

impl Replay {
    /// Of a ledger of which nothing was read yet.
    pub fn new(ledger: LedgerId) -> Self {
        Self {
            ledger,
            log: Frontier::default(),
            leaves: Vec::new(),
            size: 0,
            before: None,
            names: Names::default(),
            batches: Batches::default(),
            astray: Astray::default(),
            heads: HeadArray::default(),
            latest: LatestEntries::default(),
            gap: None,
        }
    }

    /// Entries taken so far: the index of the next.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Vouchers whose records were shown.
    pub fn vouchers(&self) -> u64 {
        self.heads.len()
    }

    /// The index of the Issue entry with this voucher, if its records were shown.
    pub fn issued_by(&self, voucher: &crate::PublicKey) -> Option<u64> {
        let number = self.names.number_of(voucher)?;
        self.batches.of(number).map(|batch| batch.index)
    }

    /// Takes the next entry of the log, under the first checkpoint whose size is beyond it. `batch` is what was shown of
    /// its batch, where [`Replay::needs_batch`]. `earlier` gives an entry that was left already: only contradictions ask
    /// for one. An error of it leaves the replay as it was.
    pub fn take<E>(
        &mut self,
        given: Given,
        batch: Option<Batch>,
        under: &Checkpoint,
        earlier: impl Fn(u64) -> Result<Entry, E>,
    ) -> Result<Taken, E> {
        let (entry, leaf) = (given.step.entry, given.leaf);
        let taken = if is_issue(&entry) {
            self.take_issue(given, batch, under)
        } else {
            self.take_step(given, under, earlier)?
        };
        self.leaves.push(leaf);
        self.before = Some(entry);
        self.size = self.size.saturating_add(1);
        Ok(taken)
    }

    /// Holds a checkpoint against the entries taken so far, of which its size must be the number.
    pub fn close(&mut self, checkpoint: &Checkpoint) -> Agreement {
        self.log.extend(&std::mem::take(&mut self.leaves), |_, _| {});
        if self.log.size() != checkpoint.size || self.log.root() != checkpoint.log_root {
            return Agreement::OtherLog;
        }
        if self.gap.is_some() {
            return Agreement::HeadsUnclear;
        }
        let same = self.heads.len() == checkpoint.vouchers && self.heads.root() == checkpoint.head_root;
        if same { Agreement::Full } else { Agreement::OtherHeads }
    }

    /// The first number that was passed over: whatever an anchored head says of it, no entry says.
    pub const fn gap(&self) -> Option<u64> {
        self.gap
    }

    /// The word that a voucher's head must have now.
    pub fn head(&self, number: u64) -> Option<Head> {
        self.heads.word(number)
    }

    /// The chunk that must stand at this place now.
    pub fn chunk(&self, chunk: u64) -> Chunk {
        self.heads.chunk(chunk)
    }

    /// The chunks of which an anchored head array says something else than the entries do: the first of them, at most so
    /// many. `anchored` are the nodes of the tree of the checkpoint's `head_root`.
    pub fn disputed_chunks<N: Nodes<Digest>>(
        &self,
        checkpoint: &Checkpoint,
        anchored: &N,
        at_most: usize,
    ) -> Result<Vec<u64>, N::Error> {
        let unissued = self.gap.unwrap_or(self.heads.len());
        let unissued = (unissued < checkpoint.vouchers).then(|| chunk_of(unissued));
        if self.gap.is_some() {
            return Ok(unissued.into_iter().collect());
        }
        let mut chunks = self.heads.differing(anchored, chunks_for(checkpoint.vouchers), at_most)?;
        // The word of a voucher that nobody issued may look like padding, and so be in an equal chunk.
        chunks.extend(unissued.filter(|chunk| !chunks.contains(chunk)));
        Ok(chunks)
    }
}

//! One audit: from the checkpoint that was reached to the newest that the data reaches, and what was found on the way.

use super::anchored::Anchored;
use super::evidence::{Lacking, Leaf, Word, unless_unreachable};
use super::folder::{Earlier, Folder, Progress};
use super::intake::Intake;
use super::receipts::Receipts;
use super::report::Found;
use super::signatures::Checks;
use super::view::View;
use crate::failure::Failure;
use crate::public_data::PublicData;
use protocol::audit::{Agreement, Contradiction, Given, Replay};
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::fraud::{Lead, LedgerView as _};
use protocol::heads::{chunk_of, chunks_for};
use protocol::merkle::{TreeHead, verify_inclusion};
use protocol::verify::{Detail, GRACE_MS, Reason};
use protocol::{Keccak, LedgerId};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Chunks of one checkpoint whose words are compared at most.
const MOST_CHUNKS: usize = 16;

/// What a round came to.
#[derive(Debug)]
pub struct Round {
    /// The newest checkpoint that the data reaches.
    pub newest: Checkpoint,
    /// Number of the newest anchored checkpoint.
    pub anchored: u64,
    /// What could not be checked.
    pub unchecked: Vec<Found>,
    /// Somebody asked it to stop; it goes on from there the next time.
    pub interrupted: bool,
    /// What broke it off, although something contradicts.
    pub failure: Option<Failure>,
}

/// A contradiction with the checkpoint that it is shown under, before it is written down.
pub(super) struct Open {
    pub contradiction: Contradiction,
    pub word: Option<Word>,
    /// None: the newest.
    pub under: Option<Checkpoint>,
}

/// An audit that can go on, round after round.
pub struct Auditor {
    pub(super) data: Arc<dyn PublicData>,
    pub(super) anchored: Anchored,
    pub(super) folder: Folder,
    pub(super) origin: LedgerOrigin,
    pub(super) ledger: LedgerId,
    pub(super) replay: Replay,
    pub(super) progress: Progress,
    pub(super) receipts: Receipts,
    pub(super) open: Vec<Open>,
    /// Leaves that can not be had.
    pub(super) lacking: Vec<Lacking>,
    /// How far it came before it passed over a batch, or heads: from there it goes on the next time.
    pub(super) whole: Option<Box<(Progress, Replay)>>,
    checks: Checks,
    pub(super) files: usize,
    /// A time that the newest block in hand is not before, Unix ms.
    not_before: u64,
    pub(super) kept_at: Instant,
}

/// Why an interval between two checkpoints ended.
enum End {
    Done,
    Interrupted,
    Withheld(Leaf),
}

impl Auditor {
    /// An audit in its folder. Gives besides why it does not go on from what the folder holds, if it does not.
    pub fn open(
        data: Arc<dyn PublicData>,
        anchored: Anchored,
        folder: Folder,
        origin: LedgerOrigin,
        receipts: Receipts,
    ) -> (Self, Option<String>) {
        let ledger = origin.ledger();
        let (kept, why) = match folder.earlier(ledger) {
            Earlier::Nothing => (None, None),
            Earlier::Some(kept) => (Some(*kept), None),
            Earlier::Unusable(why) => (None, Some(why)),
        };
        let (mut progress, replay) = kept.unwrap_or_else(|| (Progress::new(ledger), Replay::new(ledger)));
        // They are given anew, and held against the log anew.
        progress.audited.receipts = 0;
        let files = progress.found.iter().filter(|found| found.file.is_some()).count();
        let auditor = Self {
            data,
            anchored,
            folder,
            origin,
            ledger,
            replay,
            progress,
            receipts,
            open: Vec::new(),
            lacking: Vec::new(),
            whole: None,
            checks: Checks::new(),
            files,
            not_before: 0,
            kept_at: Instant::now(),
        };
        (auditor, why)
    }

    /// How far it came.
    pub const fn progress(&self) -> &Progress {
        &self.progress
    }

    /// Entries and vouchers gone over.
    pub fn sizes(&self) -> (u64, u64) {
        (self.replay.size(), self.replay.vouchers())
    }

    /// Its folder.
    pub const fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Where its data comes from.
    pub fn source(&self) -> String {
        self.data.whence()
    }

    /// Goes on to the newest checkpoint. `watch` is told how many entries are done, of how many. A failure is of the chain,
    /// the source or the folder, and leaves what was done in place; it hides nothing that was found.
    pub fn round(&mut self, stop: &AtomicBool, watch: &mut dyn FnMut(u64, u64)) -> Result<Round, Failure> {
        let tip = self.anchored.tip()?;
        let data = Arc::clone(&self.data);
        let newest = self.anchored.newest_in(&*data, tip.number)?;
        let headers = self.headers(&newest)?;
        let gone = self.go_over(&headers, &newest, stop, watch);
        self.finish_checks();
        let held = match gone {
            Ok(End::Done) => self.hold_promises(&newest, tip.number),
            _ => Ok(()),
        };
        self.go_back();
        let settled = self.settle(&headers, &newest, tip.number);
        let mut unchecked = Vec::new();
        let told = self.tell_lacking(&headers, &newest, tip.number, &mut unchecked);
        let late = if newest.number < tip.number { self.is_late(tip.block_time) } else { Ok(false) };
        if matches!(late, Ok(true)) {
            let detail = Detail::with(Reason::DataBehind, [&newest.number, &tip.number]);
            unchecked.push(Found::unchecked(&detail));
        }
        let interrupted = matches!(gone, Ok(End::Interrupted));
        let failure = [gone.map(drop), held, settled, told, late.map(drop)].into_iter().find_map(Result::err);
        match failure {
            Some(failure) if self.progress.found.is_empty() => Err(failure),
            failure => Ok(Round { newest, anchored: tip.number, unchecked, interrupted, failure }),
        }
    }

    /// Goes over the entries of each checkpoint, and holds it against them. What can not be had is set down as lacking.
    fn go_over(
        &mut self,
        headers: &[Checkpoint],
        newest: &Checkpoint,
        stop: &AtomicBool,
        watch: &mut dyn FnMut(u64, u64),
    ) -> Result<End, Failure> {
        let mut intake = Intake::new(&self.data, self.replay.size(), newest.size)?;
        for header in headers {
            match self.interval(&mut intake, header, newest, stop, watch)? {
                End::Done => {}
                End::Interrupted => return Ok(End::Interrupted),
                End::Withheld(leaf) => {
                    self.lacking.push(Lacking::unshown(leaf, *header));
                    return Ok(End::Withheld(leaf));
                }
            }
            if let Some(lacking) = self.close(header, newest)? {
                self.lacking.push(lacking);
                if matches!(lacking.leaf, Leaf::Entry { .. }) {
                    return Ok(End::Withheld(lacking.leaf));
                }
            }
        }
        Ok(End::Done)
    }

    /// The checkpoints to hold the entries against: those after the one that was reached. Where that one is no longer the
    /// anchored one, all is begun anew.
    fn headers(&mut self, newest: &Checkpoint) -> Result<Vec<Checkpoint>, Failure> {
        let data = Arc::clone(&self.data);
        if let Some((number, hash)) = self.progress.closed {
            if number <= newest.number {
                let mut headers = self.anchored.down(&*data, Some(newest), number)?;
                if headers.first().map(|known| known.hash(self.ledger)) == Some(hash) {
                    headers.remove(0);
                    return Ok(headers);
                }
            }
            self.begin_anew();
        }
        self.anchored.down(&*data, Some(newest), 0)
    }

    /// Forgets what was replayed: it does not lead to what is anchored.
    pub(super) fn begin_anew(&mut self) {
        self.folder.forget();
        self.progress.begin_anew();
        self.replay = Replay::new(self.ledger);
        self.whole = None;
        self.not_before = 0;
    }

    /// Takes the entries up to a checkpoint's size.
    fn interval(
        &mut self,
        intake: &mut Intake,
        header: &Checkpoint,
        newest: &Checkpoint,
        stop: &AtomicBool,
        watch: &mut dyn FnMut(u64, u64),
    ) -> Result<End, Failure> {
        let data = Arc::clone(&self.data);
        let view = View::new(&*data, *newest, newest);
        while self.replay.size() < header.size {
            let index = self.replay.size();
            if index.is_multiple_of(256) {
                watch(index, newest.size);
                if stop.load(Ordering::Relaxed) {
                    return Ok(End::Interrupted);
                }
                self.keep_now_and_then(newest)?;
            }
            let Some(given) = unless_unreachable(intake.next())?.flatten() else {
                return Ok(End::Withheld(Leaf::Entry { index }));
            };
            self.check_time(&given, header)?;
            let batch = if self.replay.needs_batch(given.entry(), header) {
                match self.batch(index, given.entry(), header)? {
                    Ok(batch) => Some(batch),
                    Err(leaf) => return Ok(End::Withheld(leaf)),
                }
            } else {
                None
            };
            let taken = self.replay.take(given, batch, header, |index| view.entry(index));
            let Some(taken) = unless_unreachable(taken)? else {
                return Ok(End::Withheld(Leaf::Entry { index }));
            };
            for contradiction in taken.contradictions {
                // What a checkpoint does not count, a later one may.
                let uncounted = matches!(contradiction.lead, Some(Lead::UncountedVoucher { .. }));
                self.open.push(Open { contradiction, word: None, under: uncounted.then_some(*header) });
            }
            if let Some(demanded) = taken.demanded {
                self.checks.add(demanded);
            }
        }
        watch(self.replay.size(), newest.size);
        Ok(End::Done)
    }

    /// An entry may be ten minutes ahead of the block that anchors it. Blocks do not go back, so one that is known to be late
    /// enough answers for all after it.
    fn check_time(&mut self, given: &Given, header: &Checkpoint) -> Result<(), Failure> {
        let at = given.entry().at;
        if at <= self.not_before.saturating_add(GRACE_MS) {
            return Ok(());
        }
        let Some(time) = self.anchored.block_time(header.number)? else { return Ok(()) };
        self.not_before = self.not_before.max(time);
        if at > time.saturating_add(GRACE_MS) {
            let index = self.replay.size();
            let detail = Detail::with(Reason::FromTheFuture, [&index]);
            let voucher = Some(given.entry().first);
            let contradiction = Contradiction::of_entry(index, voucher, detail);
            self.open.push(Open { contradiction, word: None, under: None });
        }
        Ok(())
    }

    /// Holds a checkpoint against the entries, and disputes its heads where they differ. Gives a leaf that can not be had.
    fn close(&mut self, header: &Checkpoint, newest: &Checkpoint) -> Result<Option<Lacking>, Failure> {
        let data = Arc::clone(&self.data);
        let view = View::new(&*data, *header, newest);
        match self.replay.close(header) {
            Agreement::Full => {}
            Agreement::OtherLog => {
                let size = self.progress.size;
                self.finish_checks();
                // The operator's own word is no part of what was shown.
                self.open.retain(|open| {
                    open.word.is_some() || open.contradiction.index.is_some_and(|index| index < size)
                });
                let index = view.first_other_entry(size.min(header.size.saturating_sub(1)));
                self.begin_anew();
                return Ok(Some(Lacking::unshown(Leaf::Entry { index }, *header)));
            }
            Agreement::OtherHeads | Agreement::HeadsUnclear => {
                self.finish_checks();
                let before = self.progress.clone();
                self.progress.close(header);
                let disputed = self.dispute(header, &view);
                match &disputed {
                    // A source that was silent at the right moment must not have settled this, and no more one that lacks
                    // the words: the next run disputes them again.
                    Err(_) => self.begin_anew(),
                    Ok(Some(_)) if self.whole.is_none() => {
                        self.whole = Some(Box::new((before, self.replay.clone())));
                    }
                    Ok(_) => {}
                }
                return disputed;
            }
        }
        self.progress.close(header);
        Ok(None)
    }

    fn dispute(&mut self, header: &Checkpoint, view: &View<'_>) -> Result<Option<Lacking>, Failure> {
        let touched = self.replay.vouchers().min(header.vouchers).saturating_sub(1);
        let unshown = |chunk| Lacking::unshown(Leaf::Chunk { chunk }, *header);
        let chunks = self.replay.disputed_chunks(header, view.heads(), MOST_CHUNKS);
        let Some(chunks) = unless_unreachable(chunks)? else { return Ok(Some(unshown(chunk_of(touched)))) };
        let heads = TreeHead { size: chunks_for(header.vouchers), root: header.head_root };
        let (mut withheld, mut nowhere) = (None, None);
        for place in chunks {
            let chunk = unless_unreachable(view.chunk(place))?;
            let path = unless_unreachable(view.chunk_path(place))?;
            let shown = chunk
                .zip(path)
                .filter(|(chunk, path)| verify_inclusion::<Keccak>(chunk.leaf(), place, heads, path).is_ok());
            let Some((chunk, _)) = shown else {
                withheld.get_or_insert(unshown(place));
                continue;
            };
            let disputed = self.replay.dispute(header, place, &chunk, |index| view.entry(index));
            for contradiction in unless_unreachable(disputed)?.unwrap_or_default() {
                // The same head under the checkpoints that follow is the same lie.
                let number = contradiction.voucher.unwrap_or(u64::MAX);
                // Words past the last voucher have no proof, but nobody can answer for them.
                if contradiction.lead.is_none() {
                    nowhere.get_or_insert(Lacking { is_nowhere: true, ..unshown(place) });
                }
                if !self.progress.heads.contains(&number) {
                    self.progress.heads.push(number);
                    self.open.push(Open { contradiction, word: None, under: Some(*header) });
                }
            }
        }
        // What nobody can have is the surer of the two.
        Ok(nowhere.or(withheld))
    }

    /// Whether a batch was passed over for want of what is shown of it.
    pub(super) fn lacks_batch(&self) -> bool {
        let is_batch = |lacking: &Lacking| matches!(lacking.leaf, Leaf::Record { .. }) && !lacking.is_nowhere;
        self.lacking.iter().any(is_batch)
    }

    pub(super) fn finish_checks(&mut self) {
        let found = self.checks.finish();
        let open = found.into_iter().map(|contradiction| Open { contradiction, word: None, under: None });
        self.open.extend(open);
        self.progress.audited.signatures += std::mem::take(&mut self.checks.signatures);
    }

    fn is_late(&self, tip_time: Option<u64>) -> Result<bool, Failure> {
        let now = self.anchored.now()?.or(tip_time).unwrap_or_default();
        Ok(tip_time.is_none_or(|time| now > time.saturating_add(GRACE_MS)) || !self.anchored.is_chain())
    }
}

//! What the ledger shows of itself: everything read from one snapshot, so that no answer mixes two moments.

use super::batch::BatchTree;
use super::census::Census;
use super::heads::HeadTree;
use super::operator::OperatorKeys;
use super::reads::{Issued, Reads as _};
use super::remembered::{Remembered, Which};
use super::rows::{Accepted, Batch, Incident, Published, ReadError, Run, decode, key_number, number_key};
use super::sequencer::LogTree;
use crate::store::{Order, Row, Snapshot, Span, Table};
use protocol::dossier::{
    Dossier, DossierCheckpoint, HeadPart, HistoryItem, Ledger, ManifestPart, Memo, PendingItem, Step,
    VoucherPart,
};
use protocol::heads::{chunk_of, chunks_for};
use protocol::lifecycle::Kind;
use protocol::receipt::{Absence, Receipt};
use protocol::signing::KeyPair;
use protocol::verify::GRACE_MS;
use protocol::voucher::Record;
use protocol::{Digest, PublicKey};
use std::sync::Arc;

/// The ledger at one moment.
pub struct View {
    snapshot: Box<dyn Snapshot>,
    ledger: Ledger,
    operator: OperatorKeys,
    remembered: Arc<Remembered>,
}

/// A voucher where it stands now.
#[derive(Debug, Clone)]
pub struct VoucherNow {
    /// Its number.
    pub number: u64,
    /// Its record.
    pub record: Record,
    /// Its latest entry.
    pub latest: Accepted,
    /// First number of its batch.
    pub batch_first: u64,
    /// Its batch.
    pub batch: Batch,
}

impl View {
    pub(super) fn new(
        snapshot: Box<dyn Snapshot>,
        ledger: Ledger,
        operator: OperatorKeys,
        remembered: Arc<Remembered>,
    ) -> Self {
        Self { snapshot, ledger, operator, remembered }
    }

    /// The ledger's name and origin.
    pub(super) fn ledger(&self) -> Ledger {
        self.ledger
    }

    /// What everything is read from.
    pub(super) fn snapshot(&self) -> &dyn Snapshot {
        &*self.snapshot
    }

    /// Entries in the log.
    pub fn size(&self) -> Result<u64, ReadError> {
        let row = self.snapshot.last(Table::Entries, Span::all())?;
        row.map_or(Ok(0), |row| Ok(key_number(Table::Entries, &row.key)?.saturating_add(1)))
    }

    /// Vouchers issued: the number that the next one gets.
    pub fn vouchers(&self) -> Result<u64, ReadError> {
        let Some(row) = self.snapshot.last(Table::Batches, Span::all())? else { return Ok(0) };
        let first = key_number(Table::Batches, &row.key)?;
        Ok(self.snapshot.batch_of(first)?.map_or(first, |(first, batch)| first.saturating_add(batch.count)))
    }

    /// The entry at `index`.
    pub fn entry(&self, index: u64) -> Result<Option<Accepted>, ReadError> {
        self.snapshot.entry(index)
    }

    /// The receipt of an accepted entry: the same however often it is asked for, until the operator's key
    /// changes.
    pub fn receipt(&self, accepted: &Accepted) -> Receipt {
        receipt(self.operator.current(), &self.ledger, accepted)
    }

    /// The runs over `first..end`, clipped to it, at most `limit`.
    pub fn runs(&self, first: u64, end: u64, limit: usize) -> Result<Vec<(u64, Run)>, ReadError> {
        let mut runs = Vec::new();
        let mut number = first;
        while number < end && runs.len() < limit {
            let Some((_, run)) = self.snapshot.run_of(number)? else { break };
            runs.push((number, Run { end: run.end.min(end), ..run }));
            number = run.end;
        }
        Ok(runs)
    }

    /// The batch with this root, with its first number.
    pub fn batch_by_root(&self, root: Digest) -> Result<Option<(u64, Batch)>, ReadError> {
        let Some(value) = self.snapshot.get(Table::Requests, root.as_bytes())? else { return Ok(None) };
        self.snapshot.batch_of(key_number(Table::Requests, &value)?)
    }

    /// Batches with their first numbers and censuses, from the first number `from` on in this order, at most `limit`.
    pub fn batches(
        &self,
        from: Option<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<(u64, Batch, Census)>, ReadError> {
        let span = match (from, order) {
            (None, _) => Span::all(),
            (Some(from), Order::Ascending) => Span::all().at_least(&number_key(from)),
            (Some(from), Order::Descending) => Span::all().at_most(&number_key(from)),
        };
        let rows = self.snapshot.page(Table::Batches, span, order, limit)?;
        let of = |row: Row| {
            let first = key_number(Table::Batches, &row.key)?;
            let census = self.snapshot.get(Table::Censuses, &row.key)?;
            let census = census.ok_or_else(|| ReadError::damaged(Table::Censuses, first))?;
            Ok((first, decode(Table::Batches, first, &row.value)?, Census::decode(first, &census)?))
        };
        rows.into_iter().map(of).collect()
    }

    /// A voucher by its name.
    pub fn voucher(&self, key: &PublicKey) -> Result<Option<VoucherNow>, ReadError> {
        let Some(Issued { number, record, batch_first, batch }) = self.snapshot.issued(key)? else {
            return Ok(None);
        };
        let damaged = || ReadError::damaged(Table::Runs, format!("for voucher {number}"));
        let (_, run) = self.snapshot.run_of(number)?.ok_or_else(damaged)?;
        let latest = self.snapshot.known_entry(run.index)?;
        Ok(Some(VoucherNow { number, record, latest, batch_first, batch }))
    }

    /// A voucher's entries, oldest first; none where it would take more than so many bytes to show them.
    pub fn history(&self, voucher: &VoucherNow, most: usize) -> Result<Option<Vec<Accepted>>, ReadError> {
        self.snapshot.chain_to(voucher.latest.clone(), most)
    }

    /// The checkpoint of this number.
    pub fn checkpoint(&self, number: u64) -> Result<Option<Published>, ReadError> {
        let value = self.snapshot.get(Table::Checkpoints, &number_key(number))?;
        value.map(|value| Published::decode(&value)).transpose()
    }

    /// Checkpoints from `number` upwards, at most `limit`.
    pub fn checkpoints(&self, number: u64, limit: usize) -> Result<Vec<Published>, ReadError> {
        let span = Span::all().at_least(&number_key(number));
        let rows = self.snapshot.page(Table::Checkpoints, span, Order::Ascending, limit)?;
        rows.iter().map(|row| Published::decode(&row.value)).collect()
    }

    /// The newest checkpoint that stands in a block of the chain.
    pub fn latest_anchored(&self) -> Result<Option<Published>, ReadError> {
        for row in self.snapshot.rows(Table::Checkpoints, Span::all(), Order::Descending) {
            let published = Published::decode(&row?.value)?;
            if published.anchored.is_some() {
                return Ok(Some(published));
            }
        }
        Ok(None)
    }

    /// The newest final checkpoint with the time of the next one's block, unless that was too long ago for a reader of this
    /// time to call it fresh; else the newest that stands in a block.
    pub fn latest_settled(&self, now: u64) -> Result<Option<(Published, Option<u64>)>, ReadError> {
        let (mut newest, mut superseded_at) = (None, None);
        for row in self.snapshot.rows(Table::Checkpoints, Span::all(), Order::Descending) {
            let published = Published::decode(&row?.value)?;
            let Some(anchored) = published.anchored else { continue };
            if superseded_at.is_some_and(|at| now.saturating_sub(at) > GRACE_MS) {
                break;
            }
            if published.is_final {
                return Ok(Some((published, superseded_at)));
            }
            newest.get_or_insert((published, None));
            superseded_at = Some(anchored.block_time);
        }
        Ok(newest)
    }

    /// How many checkpoints are not final yet.
    pub fn unsettled(&self) -> Result<u64, ReadError> {
        let mut count: u64 = 0;
        for row in self.snapshot.rows(Table::Outbox, Span::all(), Order::Ascending) {
            row?;
            count = count.saturating_add(1);
        }
        Ok(count)
    }

    /// Incidents after `after`, in the order of the entries that they were signed against, with their keys: at most
    /// `limit`, and no more once their rows come to `bytes`.
    pub fn incidents(
        &self,
        after: Option<&[u8]>,
        limit: usize,
        bytes: usize,
    ) -> Result<Vec<(Vec<u8>, Incident)>, ReadError> {
        let span = after.map_or_else(Span::all, |key| Span::all().above(key));
        let (mut found, mut read) = (Vec::new(), 0_usize);
        for row in self.snapshot.rows(Table::Incidents, span, Order::Ascending).take(limit) {
            let row = row?;
            read = read.saturating_add(row.value.len());
            found.push((row.key, Incident::decode(&row.value)?));
            if read >= bytes {
                break;
            }
        }
        Ok(found)
    }

    /// The refused sales that were signed against these entries and were a second hand-over of voucher `number`. A
    /// refused range can cover vouchers that nobody had handed on, and a sale can lose against a Hold or a Use: that
    /// is said of the step, and is no evidence against these vouchers.
    pub fn incidents_of(&self, number: u64, history: &[Accepted]) -> Result<Vec<Incident>, ReadError> {
        let mut found = Vec::new();
        let mut rest = history;
        // Nothing was handed on after the last.
        while let [item, later @ ..] = rest
            && !later.is_empty()
        {
            rest = later;
            let against = Span::prefix(&number_key(item.state.index));
            for row in self.snapshot.rows(Table::Incidents, against, Order::Ascending) {
                let incident = Incident::decode(&row?.value)?;
                let second = later.iter().any(|later| is_handed_on(later, incident.log_size));
                if incident.entry.covers(number) && second {
                    found.push(incident);
                }
            }
        }
        Ok(found)
    }

    /// The operator's word that no entry below this checkpoint's size issued `voucher`; none without the key that the
    /// checkpoint names.
    pub fn absence(&self, voucher: PublicKey, checkpoint: &Published, now: u64) -> Option<Absence> {
        let hash = checkpoint.checkpoint.hash(self.ledger.id);
        let operator = self.operator.named(&checkpoint.checkpoint.operator_key)?;
        Some(Absence::sign(operator, self.ledger.id, voucher, hash, now))
    }

    /// The dossier of a voucher, whose history is `chain`, under an anchored checkpoint, with what is pending after it
    /// where it is the newest; none where the checkpoint does not cover its Issue entry.
    pub fn dossier(
        &self,
        voucher: &VoucherNow,
        chain: &[Accepted],
        under: &Published,
    ) -> Result<Option<Dossier>, ReadError> {
        let checkpoint = &under.checkpoint;
        let incidents = self.incidents_of(voucher.number, chain)?;
        let covered = chain.partition_point(|item| item.state.index < checkpoint.size);
        let (history, pending) = chain.split_at(covered);
        if history.is_empty() {
            return Ok(None);
        }
        // Readers hold receipts against the key of the checkpoint: by another one they would be refuted.
        let operator = self.operator.named(&checkpoint.operator_key);
        let newest = !pending.is_empty()
            && self.latest_anchored()?.is_some_and(|latest| latest.checkpoint == *checkpoint);
        let history = history.iter().map(|item| self.history_item(item, checkpoint.size));
        let operator = operator.filter(|_| newest);
        let shown =
            operator.into_iter().flat_map(|operator| pending.iter().map(move |item| (operator, item)));
        let pending = shown.map(|(operator, item)| self.pending_item(operator, item));
        let (manifest, part) = self.batch_parts(voucher)?;
        Ok(Some(Dossier::new(
            self.ledger,
            DossierCheckpoint { checkpoint: *checkpoint, anchored: under.anchored, proof: None },
            manifest,
            part,
            self.head_part(voucher.number, under)?,
            history.collect::<Result<_, _>>()?,
            pending.collect(),
            incidents.into_iter().map(incident_step).collect(),
        )))
    }

    fn batch_parts(&self, voucher: &VoucherNow) -> Result<(ManifestPart, VoucherPart), ReadError> {
        let VoucherNow { number, record, batch_first, batch, .. } = voucher;
        let stored = BatchTree::new(&*self.snapshot, *batch_first, batch);
        let nodes = self.remembered.before(Which::Batch(*batch_first), stored);
        let size = batch.count.saturating_add(1);
        let leaf = (number - batch_first).saturating_add(1);
        let terms = batch.read_terms(*batch_first)?;
        let path = nodes.inclusion_path(0, size)?;
        let manifest = ManifestPart { text: batch.manifest.clone(), terms, path };
        let path = nodes.inclusion_path(leaf, size)?;
        Ok((manifest, VoucherPart { number: *number, key: record.key, label: record.label, path }))
    }

    fn head_part(&self, number: u64, under: &Published) -> Result<HeadPart, ReadError> {
        let checkpoint = under.checkpoint.number;
        let stored = HeadTree::at(&*self.snapshot, checkpoint);
        let tree = self.remembered.before(Which::Heads(checkpoint), stored);
        let chunk = chunk_of(number);
        let path = tree.inclusion_path(chunk, chunks_for(under.checkpoint.vouchers))?;
        Ok(HeadPart { chunk: tree.stored().chunk(chunk)?, path })
    }

    fn history_item(&self, item: &Accepted, size: u64) -> Result<HistoryItem, ReadError> {
        let index = item.state.index;
        let log = self.remembered.before(Which::Log, LogTree(&*self.snapshot));
        let path = log.inclusion_path(index, size)?;
        Ok(HistoryItem { index, step: accepted_step(item), path })
    }

    fn pending_item(&self, operator: &KeyPair, item: &Accepted) -> PendingItem {
        let receipt = receipt(operator, &self.ledger, item);
        PendingItem { index: item.state.index, step: accepted_step(item), receipt }
    }
}

/// Whether this entry, one of the first `log_size`, took the voucher from who had it or ended it.
fn is_handed_on(entry: &Accepted, log_size: u64) -> bool {
    let stays = matches!(entry.state.entry.kind(), Some(Kind::Use | Kind::Hold | Kind::Release));
    entry.state.index < log_size && !stays
}

impl super::Ledger {
    /// The receipt of an accepted entry: the same however often it is asked for, until the operator's key
    /// changes. Does not block.
    pub fn receipt(&self, accepted: &Accepted) -> Receipt {
        receipt(self.operator().current(), &self.facts, accepted)
    }
}

fn receipt(operator: &KeyPair, ledger: &Ledger, accepted: &Accepted) -> Receipt {
    let state = &accepted.state;
    Receipt::sign(operator, ledger.id, state.index, state.entry.leaf(), accepted.anchor_by)
}

/// An accepted entry as dossiers and answers show it.
pub fn accepted_step(item: &Accepted) -> Step {
    Step {
        entry: item.state.entry,
        memo: item.memo.clone().map_or(Memo::None, Memo::Text),
        signatures: item.signatures.clone(),
    }
}

/// An incident as dossiers and answers show it.
pub fn incident_step(incident: Incident) -> Step {
    Step {
        entry: incident.entry,
        memo: incident.memo.map_or(Memo::None, Memo::Text),
        signatures: incident.signatures,
    }
}

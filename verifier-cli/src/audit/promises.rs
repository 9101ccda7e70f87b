//! Receipts and absences, held against the log: what the operator signed and did not keep.

use super::auditor::{Auditor, Open};
use super::evidence::{Lacking, Leaf, Word, unless_unreachable};
use super::view::View;
use crate::failure::Failure;
use protocol::audit::Contradiction;
use protocol::checkpoint::Checkpoint;
use protocol::fraud::LedgerView as _;
use protocol::receipt::{Absence, Receipt};
use protocol::verify::{Detail, GRACE_MS, Reason};
use std::sync::Arc;

/// What became of a receipt.
enum Held {
    /// It was held against the log.
    Done,
    /// It can not be held yet.
    NotYet,
    /// Its entry can not be had, which this checkpoint covers.
    Withheld(Checkpoint),
}

/// What receipts are held against.
struct Log<'a> {
    headers: &'a [Checkpoint],
    view: View<'a>,
    /// The data reaches as far as the chain.
    is_all: bool,
}

impl Auditor {
    /// Holds all that was given against a log that was gone over up to `newest`. What could not be held is kept for the next
    /// round. The first entry that can not be had for a receipt is set down as lacking.
    pub(super) fn hold_promises(&mut self, newest: &Checkpoint, tip: u64) -> Result<(), Failure> {
        let signed = self.receipts.take_signed(self.ledger, &self.progress.keys);
        if signed.is_empty() {
            return Ok(());
        }
        let data = Arc::clone(&self.data);
        let headers = match self.anchored.down(&*data, Some(newest), 0) {
            Ok(headers) => headers,
            Err(failure) => {
                self.receipts.put_back(signed);
                return Err(failure);
            }
        };
        let view = View::new(&*data, *newest, newest);
        let log = Log { headers: &headers, view, is_all: newest.number == tip };
        for absence in signed.absences {
            // Whether a voucher is there, only all batches can say.
            if self.lacks_batch() {
                self.receipts.absences.push(absence);
            } else {
                self.hold_absence(&log, absence);
            }
        }
        let mut withheld = None;
        let mut result = Ok(());
        for receipt in signed.receipts.into_values().flatten() {
            match self.hold(&receipt, &log) {
                Ok(Held::Done) => continue,
                Ok(Held::NotYet) => {}
                Ok(Held::Withheld(covering)) => {
                    let leaf = Leaf::Entry { index: receipt.index };
                    withheld.get_or_insert(Lacking::unshown(leaf, covering));
                }
                Err(failure) => result = result.and(Err(failure)),
            }
            self.receipts.keep(receipt);
        }
        self.lacking.extend(withheld);
        result
    }

    fn hold(&mut self, receipt: &Receipt, log: &Log<'_>) -> Result<Held, Failure> {
        match log.headers.iter().find(|header| header.size > receipt.index) {
            Some(covering) => self.hold_anchored(receipt, covering, &log.view),
            None if log.is_all => self.hold_due(receipt),
            None => Ok(Held::NotYet),
        }
    }

    /// A receipt for an index that is anchored.
    fn hold_anchored(
        &mut self,
        receipt: &Receipt,
        covering: &Checkpoint,
        view: &View<'_>,
    ) -> Result<Held, Failure> {
        let index = receipt.index;
        let Some(entry) = unless_unreachable(view.entry(index))? else {
            return Ok(Held::Withheld(*covering));
        };
        if entry.leaf() == receipt.leaf {
            let time = self.anchored.block_time(covering.number)?;
            let late = time.map_or(0, |time| time.saturating_sub(receipt.anchor_by));
            if late > GRACE_MS {
                self.broken(receipt, Detail::with(Reason::PromiseBroken, [&index, &(late / 60_000)]));
            }
        } else {
            self.broken(receipt, Detail::with(Reason::ReceiptBroken, [&index]));
        }
        self.progress.audited.receipts += 1;
        Ok(Held::Done)
    }

    /// A receipt for an index that is not anchored yet.
    fn hold_due(&mut self, receipt: &Receipt) -> Result<Held, Failure> {
        let late = self.anchored.now()?.unwrap_or_default().saturating_sub(receipt.anchor_by);
        if late <= GRACE_MS {
            return Ok(Held::NotYet);
        }
        let detail = Detail::with(Reason::PromiseBroken, [&receipt.index, &(late / 60_000)]);
        self.broken(receipt, detail);
        self.progress.audited.receipts += 1;
        Ok(Held::Done)
    }

    fn broken(&mut self, receipt: &Receipt, detail: Detail) {
        let contradiction = Contradiction::of_entry(receipt.index, None, detail);
        self.open.push(Open { contradiction, word: Some(Word::Receipt(*receipt)), under: None });
    }

    /// A voucher of which the operator said that no entry below that checkpoint's size issued it.
    fn hold_absence(&mut self, log: &Log<'_>, absence: Absence) {
        let named = log.headers.iter().find(|header| header.hash(self.ledger) == absence.checkpoint_hash);
        // Its checkpoint may be one that is not anchored yet.
        let Some(named) = named else { return self.receipts.absences.push(absence) };
        if !absence.is_signed_by(&named.operator_key, self.ledger) {
            return;
        }
        self.progress.audited.receipts += 1;
        let Some(index) = self.replay.issued_by(&absence.voucher).filter(|index| *index < named.size) else {
            return;
        };
        let detail = Detail::with(Reason::AbsenceBroken, [&absence.voucher, &index]);
        let contradiction = Contradiction::of_entry(index, None, detail);
        self.open.push(Open { contradiction, word: Some(Word::Absence(absence)), under: None });
    }
}

//! Receipts and absences, held against the log: what the operator signed and did not keep.

use super::auditor::{Auditor, Open};
use super::evidence::{Word, unless_unreachable};
use super::receipts::Receipts;
use super::view::View;
use crate::failure::Failure;
use protocol::audit::Contradiction;
use protocol::checkpoint::Checkpoint;
use protocol::fraud::LedgerView as _;
use protocol::receipt::{Absence, Receipt};
use protocol::verify::{Detail, GRACE_MS, Reason};
use std::sync::Arc;

impl Auditor {
    /// Holds all that was given against a log that was gone over up to `newest`. What is not due yet is asked again in the
    /// next round.
    pub(super) fn hold_promises(&mut self, newest: &Checkpoint, tip: u64) -> Result<(), Failure> {
        let receipts = std::mem::take(&mut self.receipts.receipts);
        // Whether a voucher is there, only all batches can say.
        let is_whole = self.whole.is_none();
        let absences = if is_whole { std::mem::take(&mut self.receipts.absences) } else { Vec::new() };
        if receipts.is_empty() && absences.is_empty() {
            return Ok(());
        }
        let data = Arc::clone(&self.data);
        let view = View::new(&*data, *newest, newest);
        let headers = self.anchored.down(&*data, Some(newest), 0)?;
        for absence in absences {
            self.hold_absence(&headers, &absence);
        }
        for (index, receipts) in receipts {
            for receipt in receipts {
                // What no operator of this ledger signed, he has not promised.
                if !Receipts::is_signed(&receipt, self.ledger, &self.progress.keys) {
                    continue;
                }
                let covering = headers.iter().find(|header| header.size > index);
                match covering {
                    Some(covering) => self.hold_receipt(&receipt, covering, &view)?,
                    None if newest.number == tip => self.hold_due(receipt)?,
                    None => self.receipts.receipts.entry(index).or_default().push(receipt),
                }
            }
        }
        Ok(())
    }

    /// A receipt for an index that is anchored.
    fn hold_receipt(
        &mut self,
        receipt: &Receipt,
        covering: &Checkpoint,
        view: &View<'_>,
    ) -> Result<(), Failure> {
        self.progress.audited.receipts += 1;
        let index = receipt.index;
        let Some(entry) = unless_unreachable(view.entry(index))? else { return Ok(()) };
        if entry.leaf() != receipt.leaf {
            self.broken(receipt, Detail::with(Reason::ReceiptBroken, [&index]));
            return Ok(());
        }
        let late = match self.anchored.block_time(covering.number)? {
            Some(time) => time.saturating_sub(receipt.anchor_by),
            None => 0,
        };
        if late > GRACE_MS {
            self.broken(receipt, Detail::with(Reason::PromiseBroken, [&index, &(late / 60_000)]));
        }
        Ok(())
    }

    /// A receipt for an index that is not anchored yet.
    fn hold_due(&mut self, receipt: Receipt) -> Result<(), Failure> {
        let late = self.anchored.now()?.unwrap_or_default().saturating_sub(receipt.anchor_by);
        if late > GRACE_MS {
            self.progress.audited.receipts += 1;
            let detail = Detail::with(Reason::PromiseBroken, [&receipt.index, &(late / 60_000)]);
            self.broken(&receipt, detail);
        } else {
            self.receipts.receipts.entry(receipt.index).or_default().push(receipt);
        }
        Ok(())
    }

    fn broken(&mut self, receipt: &Receipt, detail: Detail) {
        let contradiction = Contradiction::of_entry(receipt.index, None, detail);
        self.open.push(Open { contradiction, word: Some(Word::Receipt(*receipt)), under: None });
    }

    /// A voucher of which the operator said that no entry below that checkpoint's size issued it.
    fn hold_absence(&mut self, headers: &[Checkpoint], absence: &Absence) {
        let named = headers.iter().find(|header| header.hash(self.ledger) == absence.checkpoint_hash);
        let Some(named) = named.filter(|named| absence.is_signed_by(&named.operator_key, self.ledger)) else {
            return;
        };
        self.progress.audited.receipts += 1;
        let Some(index) = self.replay.issued_by(&absence.voucher).filter(|index| *index < named.size) else {
            return;
        };
        let detail = Detail::with(Reason::AbsenceBroken, [&absence.voucher, &index]);
        let contradiction = Contradiction::of_entry(index, None, detail);
        self.open.push(Open { contradiction, word: Some(Word::Absence(*absence)), under: None });
    }
}

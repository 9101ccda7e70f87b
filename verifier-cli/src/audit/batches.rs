//! What is shown of a batch, and what is done where it is not.
//!
//! In scope: reading manifest, terms and records, and passing over a batch that can not be had: nobody shall hide a lie
//! behind one. Out of scope: what is wrong with a batch (`protocol::audit`).

use super::auditor::Auditor;
use super::evidence::{Lacking, Leaf, unless_unreachable};
use crate::failure::Failure;
use protocol::audit::{Batch, BatchTree};
use protocol::checkpoint::Checkpoint;
use protocol::entry::Entry;
use protocol::public_data::{DataPath, RECORDS_PER_FILE};
use protocol::voucher::Record;

/// Vouchers of a batch that is passed over at most: a liar may count more than there is memory for.
const MOST_HIDDEN: u64 = 1 << 24;

impl Auditor {
    /// The batch of an Issue entry, or the leaf for want of which the audit ends.
    pub(super) fn batch(
        &mut self,
        issue: u64,
        entry: &Entry,
        header: &Checkpoint,
    ) -> Result<Result<Batch, Leaf>, Failure> {
        let (batch, lacking) = match self.shown_batch(issue, entry)? {
            // Of a batch with another number of records there is a leaf that nobody can show.
            Ok(batch) => {
                let leaf = batch.unprovable_leaf(entry.count).map(|leaf| Leaf::Record { issue, leaf });
                (batch, leaf.map(|leaf| Lacking { leaf, under: *header, is_nowhere: true }))
            }
            Err(leaf) if entry.count > MOST_HIDDEN => return Ok(Err(leaf)),
            Err(leaf) => {
                self.remember();
                (Batch::hidden(entry.count), Some(Lacking::unshown(leaf, *header)))
            }
        };
        self.lacking.extend(lacking);
        Ok(Ok(batch))
    }

    /// What is shown of it, or the leaf that can not be had.
    fn shown_batch(&self, issue: u64, entry: &Entry) -> Result<Result<Batch, Leaf>, Failure> {
        let manifest = unless_unreachable(self.data.fetch(DataPath::Manifest(issue)))?;
        let terms = unless_unreachable(self.data.fetch(DataPath::Terms(issue)))?;
        let Some((manifest, terms)) = manifest.zip(terms) else {
            return Ok(Err(Leaf::Record { issue, leaf: 0 }));
        };
        let mut tree = BatchTree::new(&manifest, &terms);
        // One file more than are due: a batch may have more records than its entry says.
        for file in 0..=entry.count.div_ceil(RECORDS_PER_FILE) {
            let records = self.data.fetch(DataPath::Records { batch: issue, file });
            let Some(records) = unless_unreachable(records)? else { break };
            tree.extend(&records);
            if (records.len() / Record::WIDTH) as u64 != RECORDS_PER_FILE {
                break;
            }
        }
        let shown = tree.records();
        let leaf = if shown < entry.count { shown + 1 } else { 1 };
        Ok(Batch::new(&manifest, &terms, tree, entry.content).ok_or(Leaf::Record { issue, leaf }))
    }

    /// Keeps how far it came with everything at hand.
    fn remember(&mut self) {
        if self.whole.is_none() {
            self.finish_checks();
            self.whole = Some(Box::new((self.progress.clone(), self.replay.clone())));
        }
    }

    /// Whatever follows a batch or heads that could not be had was held against less than all, so it is done again the next
    /// time. What was found there stays found.
    pub(super) fn go_back(&mut self) {
        if let Some(whole) = self.whole.take() {
            let receipts = self.progress.audited.receipts;
            (self.progress, self.replay) = *whole;
            self.progress.audited.receipts = receipts;
        }
    }
}

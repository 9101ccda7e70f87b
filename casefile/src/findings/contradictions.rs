//! What contradicts what. Everything here is backed by a signature or by a proof that failed; what is only odd is not a
//! contradiction.

use super::{Row, before};
use protocol::PublicKey;
use protocol::dossier::{Dossier, Step};
use protocol::entry::signers;
use protocol::lifecycle::Kind;
use protocol::verify::{Detail, Report, StepCode, Verdict, incident_stands};

/// Two things that cannot both be right, or one that cannot be.
#[derive(Debug, Clone, PartialEq)]
pub enum Contradiction<'a> {
    /// A holder signed a second sale from the same state.
    SecondSale {
        /// The refused Sell.
        refused: &'a Step,
        /// Who signed it as the holder.
        by: PublicKey,
        /// Index of the entry that both continue.
        prev: u64,
        /// Index of the entry that was accepted instead, where the dossier shows one.
        accepted: Option<u64>,
    },
    /// The operator's signed receipt is for another entry than the log has at that index.
    OtherEntry {
        /// The place.
        index: u64,
    },
    /// The operator's signed promise was kept late.
    Late {
        /// The place.
        index: u64,
        /// What was promised, Unix milliseconds.
        anchor_by: u64,
        /// When it was in a block.
        in_block: u64,
    },
    /// It was sold, taken back and so may be known to an earlier buyer.
    SoldBefore {
        /// Index of the sale or claim.
        sold: u64,
        /// Index of the return.
        returned: u64,
    },
    /// A proof of the dossier does not hold.
    Refuted {
        /// Which step.
        code: StepCode,
        /// Why.
        detail: Detail,
    },
}

/// What a dossier contradicts, or is contradicted by.
pub fn find<'a>(dossier: &'a Dossier, report: &Report, rows: &[Row<'a>]) -> Vec<Contradiction<'a>> {
    let mut found = Vec::new();
    if report.verdict == Verdict::Refuted
        && let Some((code, detail)) = report.failed_step().and_then(|step| Some((step.code, step.detail()?)))
    {
        found.push(Contradiction::Refuted { code, detail: detail.clone() });
    }
    let incidents = dossier.incidents.iter().filter(|incident| incident_stands(dossier, incident));
    found.extend(incidents.filter_map(|incident| second_sale(dossier, incident, rows)));
    found.extend(rows.iter().filter_map(broken_promise));
    found.extend(sold_before(rows));
    found
}

fn second_sale<'a>(dossier: &'a Dossier, refused: &'a Step, rows: &[Row<'a>]) -> Option<Contradiction<'a>> {
    let entry = &refused.entry;
    let by = before(dossier, entry)?.party;
    let accepted =
        rows.iter().find(|row| row.step.entry.prev == entry.prev && row.kind() != Some(Kind::Issue));
    Some(Contradiction::SecondSale {
        refused,
        by,
        prev: entry.prev,
        accepted: accepted.map(|row| row.line.index),
    })
}

fn broken_promise<'a>(row: &Row<'_>) -> Option<Contradiction<'a>> {
    let promise = row.promise.filter(|promise| promise.is_signed)?;
    let index = row.line.index;
    if !promise.is_of_entry {
        return Some(Contradiction::OtherEntry { index });
    }
    // Only between neighbours is it known that no earlier block held it.
    let first_in = row.bounds.first_in.filter(|_| row.bounds.are_tight())?;
    let late = promise.is_late(first_in);
    let in_block = first_in.block_time()?;
    late.then_some(Contradiction::Late { index, anchor_by: promise.receipt.anchor_by, in_block })
}

fn sold_before<'a>(rows: &[Row<'_>]) -> Vec<Contradiction<'a>> {
    let mut sold = None;
    let mut found = Vec::new();
    for row in rows {
        match row.kind() {
            Some(Kind::Sell | Kind::Claim) => sold = sold.or(Some(row.line.index)),
            Some(Kind::Return) => {
                let pair =
                    sold.take().map(|sold| Contradiction::SoldBefore { sold, returned: row.line.index });
                found.extend(pair);
            }
            _ => {}
        }
    }
    found
}

/// The keys that truly signed a refused step.
pub fn refused_signers(dossier: &Dossier, refused: &Step) -> Vec<PublicKey> {
    let leaf = before(dossier, &refused.entry).map(protocol::entry::Entry::leaf);
    let instruction = leaf.map(|leaf| refused.entry.instruction(dossier.ledger.id, leaf));
    instruction.map_or_else(Vec::new, |instruction| signers(&refused.signatures, &instruction))
}

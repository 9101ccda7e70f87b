//! One entry by itself: everything that follows from it, the entry at its `prev` and its batch. Nothing here depends on
//! what was checked before, so entries are looked at on all cores.

use super::{as_fault, batch};
use crate::ledger::reads::Reads as _;
use crate::ledger::rows::{Accepted, ReadError, key_number};
use crate::store::{Row, Snapshot, Table};
use protocol::entry::{Entry, memo_content, signers};
use protocol::lifecycle::{Kind, State, issue_demand};
use protocol::{Digest, LedgerId};

/// An entry that was looked at.
pub struct Looked {
    /// Where it stands.
    pub index: u64,
    /// The entry.
    pub entry: Entry,
    /// Whether the stored state is the one that follows.
    pub follows: bool,
    /// What does not hold.
    pub faults: Vec<String>,
}

/// Looks at a row of the log.
pub fn look(snapshot: &dyn Snapshot, ledger: LedgerId, row: &Row) -> Result<Looked, ReadError> {
    let index = key_number(Table::Entries, &row.key)?;
    let accepted = Accepted::decode(index, &row.value)?;
    let entry = accepted.state.entry;
    let mut faults = Vec::new();
    let state = if entry.kind() == Some(Kind::Issue) {
        issue(snapshot, ledger, &accepted, &mut faults)
    } else {
        step(snapshot, ledger, &accepted, &mut faults)
    };
    let state = match state {
        Ok(state) => state,
        Err(error) => {
            faults.push(format!("entry {index}: {}", as_fault(error)?));
            None
        }
    };
    Ok(Looked { index, entry, follows: state == Some(accepted.state), faults })
}

/// An Issue: its signature, its batch, and every record of it.
fn issue(
    snapshot: &dyn Snapshot,
    ledger: LedgerId,
    accepted: &Accepted,
    faults: &mut Vec<String>,
) -> Result<Option<State>, ReadError> {
    let State { entry, index, .. } = &accepted.state;
    let signed_by = signers(&accepted.signatures, &entry.instruction(ledger, Digest::ZERO));
    if !issue_demand(entry).is_met_by(&signed_by) {
        faults.push(format!("entry {index} lacks the issuer's signature"));
    }
    match snapshot.batch_of(entry.first)? {
        Some((first, batch)) if first == entry.first => {
            faults.extend(batch::faults(snapshot, *index, entry, &batch)?);
        }
        _ => faults.push(format!("the batch of entry {index} is missing")),
    }
    Ok(State::issued(entry, *index).ok())
}

/// Any later step: legal, signed, its memo the one that was hashed.
fn step(
    snapshot: &dyn Snapshot,
    ledger: LedgerId,
    accepted: &Accepted,
    faults: &mut Vec<String>,
) -> Result<Option<State>, ReadError> {
    let State { entry, index, .. } = &accepted.state;
    if memo_content(accepted.memo.as_deref()) != entry.content {
        faults.push(format!("the memo of entry {index} is another"));
    }
    // That an entry continues nothing before it is said where the order of the log is checked.
    let Some(before) = snapshot.entry(entry.prev)?.filter(|_| entry.prev < *index) else { return Ok(None) };
    let damaged = || ReadError::damaged(Table::Batches, format!("for voucher {}", entry.first));
    let (first, batch) = snapshot.batch_of(entry.first)?.ok_or_else(damaged)?;
    let terms = batch.read_terms(first)?;
    let voucher = match entry.count {
        1 => snapshot.record(first, entry.first)?.map(|record| record.key),
        _ => None,
    };
    let before = before.state;
    let signed_by = signers(&accepted.signatures, &entry.instruction(ledger, before.entry.leaf()));
    let demands = before.demands(entry, &terms, voucher.as_ref());
    if let Some(unmet) = demands.iter().find(|demand| !demand.is_met_by(&signed_by)) {
        faults.push(format!("entry {index} lacks the signature of the {}", unmet.role.name()));
    }
    match before.step(entry, *index, &terms, voucher.as_ref()) {
        Ok(state) => Ok(Some(state)),
        Err(illegal) => {
            faults.push(format!("entry {index}: {illegal}"));
            Ok(None)
        }
    }
}

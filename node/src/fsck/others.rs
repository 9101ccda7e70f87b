//! Rows that stand beside the log: none may lead where the log does not.

use super::heads::Heads;
use crate::ledger::census::Census;
use crate::ledger::reads::Reads as _;
use crate::ledger::rows::{Batch, Incident, Published, ReadError, decode, incident_key, key_number};
use crate::store::{Order, Row, Snapshot, Span, Table};
use protocol::entry::signers;
use protocol::heads::Head;
use protocol::lifecycle::{Kind, Status};
use protocol::{LedgerId, keccak};

/// What does not hold of incidents, batches, requests and the outbox.
pub fn faults(
    snapshot: &dyn Snapshot,
    ledger: LedgerId,
    entries: u64,
    checkpoints: &[Published],
    heads: &Heads,
) -> Result<Vec<String>, ReadError> {
    let mut faults = Vec::new();
    for row in snapshot.rows(Table::Incidents, Span::all(), Order::Ascending) {
        faults.extend(incident(snapshot, ledger, entries, &row?)?);
    }
    for row in snapshot.rows(Table::Batches, Span::all(), Order::Ascending) {
        let row = row?;
        let first = key_number(Table::Batches, &row.key)?;
        let batch: Batch = decode(Table::Batches, first, &row.value)?;
        let issue = snapshot.entry(batch.index)?.map(|accepted| accepted.state.entry);
        if issue.is_none_or(|entry| entry.kind() != Some(Kind::Issue) || entry.first != first) {
            faults.push(format!("the batch at voucher {first} has no Issue entry"));
        }
    }
    for row in snapshot.rows(Table::Requests, Span::all(), Order::Ascending) {
        let row = row?;
        let first = key_number(Table::Requests, &row.value)?;
        let batch = snapshot.batch_of(first)?.filter(|(begin, _)| *begin == first);
        if batch.is_none_or(|(_, batch)| batch.root.as_slice() != row.key) {
            faults.push(format!("a batch root leads to voucher {first}, where its batch does not begin"));
        }
    }
    for row in snapshot.rows(Table::Outbox, Span::all(), Order::Ascending) {
        let number = key_number(Table::Outbox, &row?.key)?;
        let waits = checkpoints.iter().any(|one| one.checkpoint.number == number && !one.is_final);
        if !waits {
            faults.push(format!("checkpoint {number} waits to be sent and is final, or does not exist"));
        }
    }
    for row in snapshot.rows(Table::Censuses, Span::all(), Order::Ascending) {
        faults.extend(census(snapshot, heads, &row?)?);
    }
    Ok(faults)
}

/// The counts of a batch are those that follow from the log. A batch without them is counted when the node starts.
fn census(snapshot: &dyn Snapshot, heads: &Heads, row: &Row) -> Result<Option<String>, ReadError> {
    let first = key_number(Table::Censuses, &row.key)?;
    let Some((_, batch)) = snapshot.batch_of(first)?.filter(|(begin, _)| *begin == first) else {
        return Ok(Some(format!("there are counts of a batch at voucher {first}, where none begins")));
    };
    let status = |head: Head| Status::from_byte(head.status());
    let mut due = Census::default();
    for status in heads.words(first..first.saturating_add(batch.count)).filter_map(status) {
        due.joined(1, status);
    }
    let holds = due == Census::decode(first, &row.value)?;
    Ok((!holds).then(|| format!("the counts of the batch at voucher {first} are not those of the log")))
}

/// A refused sale proves something only if the holder signed it against the entry that it names.
fn incident(
    snapshot: &dyn Snapshot,
    ledger: LedgerId,
    entries: u64,
    row: &Row,
) -> Result<Option<String>, ReadError> {
    let Incident { entry, log_size, memo, signatures } = Incident::decode(&row.value)?;
    let against = entry.prev;
    let Some(before) = snapshot.entry(against)?.map(|accepted| accepted.state.entry) else {
        return Ok(Some(format!("an incident is against entry {against}, which does not exist")));
    };
    let signed_text = keccak(&[&entry.without_clock().encode()]);
    let signed_by = signers(&signatures, &entry.instruction(ledger, before.leaf()));
    let holds = row.key == incident_key(against, signed_text)
        && entry.kind() == Some(Kind::Sell)
        && entry.is_inside(&before)
        && signed_by.contains(&before.party)
        && protocol::entry::memo_content(memo.as_deref()) == entry.content
        && log_size <= entries;
    Ok((!holds).then(|| format!("an incident against entry {against} proves nothing: it was damaged")))
}

//! What becomes of one instruction: decided from the ledger as it is, by the one transition function of the protocol.
//! No clock, no I/O but reads, no writes but into the overlay.

use super::census::Census;
use super::reads::{Overlay, Reads};
use super::refused::Refused;
use super::rows::{
    Accepted, Batch, Incident, ReadError, Run, encode, incident_key, log_node_key, number_key,
};
use crate::store::Table;
use protocol::entry::{Entry, Signed};
use protocol::lifecycle::{Kind, State, Status, issue_demand};
use protocol::merkle::Frontier;
use protocol::verify::not_after;
use protocol::{Digest, Keccak, PublicKey};

/// An instruction whose form, memo and signatures are checked already.
#[derive(Debug, Clone)]
pub struct Instruction {
    /// The entry, its clock still 0.
    pub entry: Entry,
    /// What the parties wrote; its hash is the entry's content.
    pub memo: Option<String>,
    /// As they were given.
    pub signatures: Vec<Signed>,
    /// The keys that truly signed.
    pub signers: Vec<PublicKey>,
    /// For an Issue: the batch, whose records are staged already.
    pub batch: Option<Batch>,
}

/// The end of the log, as the sequencer keeps it between decisions.
#[derive(Debug, Clone, Default)]
pub struct Tip {
    /// The right edge of the log tree; its size is the next index.
    pub log: Frontier<Keccak>,
    /// The next voucher number.
    pub vouchers: u64,
    /// Size of the log after the latest Issue.
    pub issued: u64,
    /// The clock of the latest entry.
    pub at: u64,
}

/// What became of an instruction.
#[derive(Debug)]
pub enum Decision {
    /// It is the entry at the end of the log now.
    Accepted(Accepted),
    /// It was accepted before.
    Repeated(Accepted),
}

/// The operator's clock and promise for an entry that is accepted now.
#[derive(Debug, Clone, Copy)]
pub struct Clocks {
    /// Unix milliseconds.
    pub now: u64,
    /// Milliseconds within which an entry is anchored.
    pub promise: u64,
}

/// Decides about `instruction` and, where it is accepted, writes the entry and moves the tip.
pub fn decide(
    reads: &mut Overlay<'_>,
    tip: &mut Tip,
    clocks: Clocks,
    instruction: &Instruction,
) -> Result<Decision, Refused> {
    let at = clocks.now.max(tip.at);
    let entry = Entry { at, ..instruction.entry };
    let index = tip.log.size();
    let (state, from) = match &instruction.batch {
        Some(batch) => (issue(tip, &entry, index, batch, instruction)?, None),
        None => match step(reads, tip, &entry, index, instruction)? {
            Judged::Next { state, from } => (state, Some(from)),
            Judged::Repeated(accepted) => return Ok(Decision::Repeated(accepted)),
        },
    };
    let accepted = Accepted {
        state,
        memo: instruction.memo.clone(),
        signatures: instruction.signatures.clone(),
        anchor_by: at.saturating_add(clocks.promise),
    };
    let census = census(reads, &accepted.state, from)?;
    write(reads, tip, &accepted, instruction.batch.as_ref())?;
    if let Some((first, census)) = census {
        reads.put(Table::Censuses, number_key(first), census.encode());
    }
    Ok(Decision::Accepted(accepted))
}

enum Judged {
    Next { state: State, from: Status },
    Repeated(Accepted),
}

fn issue(tip: &Tip, entry: &Entry, index: u64, batch: &Batch, by: &Instruction) -> Result<State, Refused> {
    if entry.first != tip.vouchers {
        return Err(Refused::FirstMoved { first: tip.vouchers, signed: entry.first });
    }
    if entry.prev != Entry::NO_PREV || entry.count != batch.count {
        return Err(Refused::Malformed("an Issue covers its whole batch and continues nothing".to_owned()));
    }
    let state = State::issued(entry, index)?;
    let demand = issue_demand(entry);
    if demand.is_met_by(&by.signers) { Ok(state) } else { Err(Refused::Unauthorised { role: demand.role }) }
}

fn step(
    reads: &mut Overlay<'_>,
    tip: &Tip,
    entry: &Entry,
    index: u64,
    by: &Instruction,
) -> Result<Judged, Refused> {
    let last = entry.end().saturating_sub(1);
    if last >= u128::from(tip.vouchers) || entry.count == 0 {
        return Err(Refused::NoSuchNumber { number: entry.first.max(tip.vouchers), vouchers: tip.vouchers });
    }
    let last = entry.first.saturating_add(entry.count - 1);
    let (_, run) = run_of(reads, entry.first)?;
    if run.index != entry.prev || last >= run.end {
        return moved_on(reads, entry, (last, index), by).map(Judged::Repeated);
    }
    let before = reads.known_entry(entry.prev)?;
    let terms = reads.terms_of(entry.first)?;
    let voucher = match entry.count {
        1 => reads.record(entry.first)?.map(|record| record.key),
        _ => None,
    };
    let next = before.state.step(entry, index, &terms, voucher.as_ref())?;
    if let Some(limit) = by.memo.as_deref().and_then(not_after).filter(|limit| entry.at > *limit) {
        return Err(Refused::Expired { not_after: limit, at: entry.at });
    }
    let demands = before.state.demands(entry, &terms, voucher.as_ref());
    match demands.iter().find(|demand| !demand.is_met_by(&by.signers)) {
        Some(unmet) => Err(Refused::Unauthorised { role: unmet.role }),
        None => Ok(Judged::Next { state: next, from: before.state.status }),
    }
}

fn run_of(reads: &Overlay<'_>, number: u64) -> Result<(u64, Run), Refused> {
    let run = reads.run_of(number)?;
    Ok(run.ok_or_else(|| ReadError::damaged(Table::Runs, format!("for voucher {number}")))?)
}

/// The vouchers have moved on: it was this very instruction that moved them, or another that came first.
fn moved_on(
    reads: &mut Overlay<'_>,
    entry: &Entry,
    (last, log_size): (u64, u64),
    by: &Instruction,
) -> Result<Accepted, Refused> {
    let (number, run) = first_that_moved(reads, entry, last)?;
    let chain = reads.chain_to(reads.known_entry(run.index)?)?;
    if !chain.iter().any(|item| item.state.index == entry.prev) {
        return Err(Refused::Unlinked { number, prev: entry.prev, latest: run.index });
    }
    let Some(winner) = chain.into_iter().find(|item| item.state.entry.prev == entry.prev) else {
        return Err(Refused::MixedRange { first: entry.first, last, prev: entry.prev });
    };
    if winner.state.entry.without_clock() == entry.without_clock() {
        return Ok(winner);
    }
    let incident = keep_incident(reads, entry, log_size, by)?;
    Err(Refused::AlreadyMoved { number, prev: entry.prev, winner: Box::new(winner), incident })
}

/// The first voucher of the range whose latest entry is not the instruction's `prev`.
fn first_that_moved(reads: &Overlay<'_>, entry: &Entry, last: u64) -> Result<(u64, Run), Refused> {
    let mut number = entry.first;
    loop {
        let (_, run) = run_of(reads, number)?;
        if run.index != entry.prev || run.end > last {
            return Ok((number, run));
        }
        number = run.end;
    }
}

/// How many refused sales are kept against one entry: enough for any case, too few to fill a disk.
const INCIDENTS_PER_ENTRY: usize = 16;

/// Keeps a second sale that the holder signed: the evidence that the voucher's dossier shows.
fn keep_incident(
    reads: &mut Overlay<'_>,
    entry: &Entry,
    log_size: u64,
    by: &Instruction,
) -> Result<bool, Refused> {
    let before = reads.known_entry(entry.prev)?;
    let signed = by.signers.contains(&before.state.entry.party) && entry.is_inside(&before.state.entry);
    if entry.kind() != Some(Kind::Sell) || !signed {
        return Ok(false);
    }
    let signed_text = protocol::keccak(&[&entry.without_clock().encode()]);
    let key = incident_key(entry.prev, signed_text);
    if reads.get(Table::Incidents, &key)?.is_some() {
        return Ok(true);
    }
    if reads.incidents_against(entry.prev)? >= INCIDENTS_PER_ENTRY {
        return Ok(false);
    }
    let (memo, signatures) = (by.memo.clone(), by.signatures.clone());
    let incident = Incident { entry: *entry, log_size, memo, signatures };
    reads.put(Table::Incidents, key, incident.encode());
    Ok(true)
}

/// What becomes of the census of the entry's batch; none where nothing is counted otherwise than before.
fn census(
    reads: &Overlay<'_>,
    after: &State,
    from: Option<Status>,
) -> Result<Option<(u64, Census)>, Refused> {
    let (entry, to) = (&after.entry, after.status);
    let Some(from) = from else { return Ok(Some((entry.first, Census::issued(entry.count)))) };
    if from == to {
        return Ok(None);
    }
    let damaged = |table| ReadError::damaged(table, format!("for voucher {}", entry.first));
    let (first, _) = reads.batch_of(entry.first)?.ok_or_else(|| damaged(Table::Batches))?;
    let row = reads.get(Table::Censuses, &number_key(first))?.ok_or_else(|| damaged(Table::Censuses))?;
    let mut census = Census::decode(first, &row)?;
    census.moved(entry.count, from, to);
    Ok(Some((first, census)))
}

/// Writes an accepted entry: the log, its nodes, the run of its vouchers, its batch. Everything is read before anything
/// is written: what fails half way would be committed with the rest of its group.
fn write(
    reads: &mut Overlay<'_>,
    tip: &mut Tip,
    accepted: &Accepted,
    batch: Option<&Batch>,
) -> Result<(), Refused> {
    let State { entry, index, .. } = accepted.state;
    let end = entry.first.saturating_add(entry.count);
    let split = match batch {
        Some(_) => None,
        None => Some(run_of(reads, entry.first)?),
    };
    tip.log.append(entry.leaf(), |at, node: Digest| {
        reads.put(Table::LogNodes, log_node_key(at), node.as_bytes().to_vec());
    });
    reads.put(Table::Entries, number_key(index), accepted.encode());
    if let Some(batch) = batch {
        reads.put(Table::Batches, number_key(entry.first), encode(&Batch { index, ..batch.clone() }));
        reads.put(Table::Requests, batch.root, number_key(entry.first).to_vec());
        tip.vouchers = end;
        tip.issued = tip.log.size();
    }
    if let Some((first, run)) = split {
        if first < entry.first {
            reads.put(Table::Runs, number_key(first), encode(&Run { end: entry.first, index: run.index }));
        }
        if end < run.end {
            reads.put(Table::Runs, number_key(end), encode(&run));
        }
    }
    reads.put(Table::Runs, number_key(entry.first), encode(&Run { end, index }));
    tip.at = entry.at;
    Ok(())
}

//! What becomes of one instruction: decided from the ledger as it is, by the one transition function of the protocol.
//! No clock, no I/O but reads, no writes but into the overlay.

use super::census::Census;
use super::reads::{Overlay, Reads};
use super::refused::Refused;
use super::rows::{Accepted, Batch, Incident, ReadError, Run, encode, incident_key, number_key};
use super::tiles::{self, Growing};
use crate::store::{Table, WriteSet};
use protocol::entry::{Entry, Signed};
use protocol::lifecycle::{Kind, State, Status, issue_demand};
use protocol::verify::not_after;
use protocol::{Keccak, PublicKey};

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
    pub log: Growing<Keccak>,
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
    let (state, before) = match &instruction.batch {
        Some(batch) => (issue(tip, &entry, index, batch, instruction)?, None),
        None => match step(reads, tip, &entry, index, instruction)? {
            Judged::Next { state, before } => (state, Some(before)),
            Judged::Repeated(accepted) => return Ok(Decision::Repeated(accepted)),
        },
    };
    let accepted = Accepted {
        state,
        memo: instruction.memo.clone(),
        signatures: instruction.signatures.clone(),
        anchor_by: at.saturating_add(clocks.promise),
    };
    let census = census(reads, &accepted.state, before.as_ref())?;
    write(reads, tip, &accepted, instruction.batch.as_ref(), before.as_ref());
    if let Some((first, census)) = census {
        reads.put(Table::Censuses, number_key(first), census.encode());
    }
    Ok(Decision::Accepted(accepted))
}

/// Everything that was decided, and the edge of the log.
pub fn decided(mut reads: Overlay<'_>, tip: &mut Tip) -> WriteSet {
    tip.log.give_rest(|at, nodes| reads.put(Table::LogTiles, at.key(), tiles::encode(nodes)));
    reads.into_writes()
}

enum Judged {
    Next { state: State, before: Before },
    Repeated(Accepted),
}

/// Where the vouchers of a step stood before it.
struct Before {
    status: Status,
    /// The run that they are part of, with its first number.
    run: (u64, Run),
    /// First voucher of their batch.
    batch: u64,
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
    let run = run_of(reads, entry.first)?;
    if run.1.index != entry.prev || last >= run.1.end {
        return moved_on(reads, entry, (last, index), by).map(Judged::Repeated);
    }
    let before = reads.known_entry(entry.prev)?;
    let damaged = || ReadError::damaged(Table::Batches, format!("for voucher {}", entry.first));
    let (batch, facts) = reads.batch_of(entry.first)?.ok_or_else(damaged)?;
    let terms = facts.read_terms(batch)?;
    let voucher = match entry.count {
        1 => reads.record(batch, entry.first)?.map(|record| record.key),
        _ => None,
    };
    let next = before.state.step(entry, index, &terms, voucher.as_ref())?;
    if let Some(limit) = by.memo.as_deref().and_then(not_after).filter(|limit| entry.at > *limit) {
        return Err(Refused::Expired { not_after: limit, at: entry.at });
    }
    let demands = before.state.demands(entry, &terms, voucher.as_ref());
    match demands.iter().find(|demand| !demand.is_met_by(&by.signers)) {
        Some(unmet) => Err(Refused::Unauthorised { role: unmet.role }),
        None => Ok(Judged::Next { state: next, before: Before { status: before.state.status, run, batch } }),
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
    if run.index == entry.prev {
        return Err(Refused::MixedRange { first: entry.first, last, prev: entry.prev });
    }
    let Some(winner) = next_after(reads, entry.prev, run.index)? else {
        return Err(Refused::Unlinked { number, prev: entry.prev, latest: run.index });
    };
    if winner.state.entry.without_clock() == entry.without_clock() {
        return Ok(winner);
    }
    let incident = keep_incident(reads, entry, log_size, by)?;
    Err(Refused::AlreadyMoved { number, prev: entry.prev, winner: Box::new(winner), incident })
}

/// The entry that follows the one at `prev` in the history that ends with `latest`. Everybody waits for this, and anybody
/// may ask for it without a signature: of a long history no more is held at a time than one entry.
fn next_after(reads: &Overlay<'_>, prev: u64, latest: u64) -> Result<Option<Accepted>, ReadError> {
    let mut index = latest;
    while index > prev && index != Entry::NO_PREV {
        match reads.known_entry_alone(index)?.prev {
            before if before == prev => return reads.known_entry(index).map(Some),
            before => index = before,
        }
    }
    Ok(None)
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
    before: Option<&Before>,
) -> Result<Option<(u64, Census)>, Refused> {
    let (entry, to) = (&after.entry, after.status);
    let Some(Before { status, batch, .. }) = before else {
        return Ok(Some((entry.first, Census::issued(entry.count))));
    };
    if *status == to {
        return Ok(None);
    }
    let row = reads.get(Table::Censuses, &number_key(*batch))?;
    let row = row.ok_or_else(|| ReadError::damaged(Table::Censuses, batch))?;
    let mut census = Census::decode(*batch, &row)?;
    census.moved(entry.count, *status, to);
    Ok(Some((*batch, census)))
}

/// Writes an accepted entry: the log, the tiles that it fills, the run of its vouchers, its batch. Nothing is read any more,
/// so nothing can fail half way.
fn write(
    reads: &mut Overlay<'_>,
    tip: &mut Tip,
    accepted: &Accepted,
    batch: Option<&Batch>,
    before: Option<&Before>,
) {
    let State { entry, index, .. } = accepted.state;
    let end = entry.first.saturating_add(entry.count);
    tip.log.append(&[entry.leaf()], |at, nodes| {
        reads.put(Table::LogTiles, at.key(), tiles::encode(nodes));
    });
    reads.put(Table::Entries, number_key(index), accepted.encode());
    if let Some(batch) = batch {
        reads.put(Table::Batches, number_key(entry.first), encode(&Batch { index, ..batch.clone() }));
        reads.put(Table::Requests, batch.root, number_key(entry.first).to_vec());
        tip.vouchers = end;
        tip.issued = tip.log.size();
    }
    if let Some(Before { run: (first, run), .. }) = before {
        if *first < entry.first {
            reads.put(Table::Runs, number_key(*first), encode(&Run { end: entry.first, index: run.index }));
        }
        if end < run.end {
            reads.put(Table::Runs, number_key(end), encode(run));
        }
    }
    reads.put(Table::Runs, number_key(entry.first), encode(&Run { end, index }));
    tip.at = entry.at;
}

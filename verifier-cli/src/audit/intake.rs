//! Entries in the order of the log, fetched and read ahead on threads of their own.

use super::anchored::pool;
use crate::failure::Failure;
use crate::public_data::{DataError, PublicData};
use protocol::Keccak;
use protocol::audit::Given;
use protocol::entry::Entry;
use protocol::merkle::TreeHash as _;
use protocol::public_data::{PART_WIDTH, Part};
use rayon::ThreadPool;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::vec::IntoIter;

/// Bundles under way at a time: enough that a node some way off keeps two cores busy, and no more than 64 x 256 entries of
/// memory.
const AHEAD: usize = 64;
/// Threads that fetch and read bundles.
const THREADS: usize = 8;

type Answer = Result<Vec<Given>, DataError>;

/// The entries of a log from one index up to its size.
pub struct Intake {
    data: Arc<dyn PublicData>,
    pool: ThreadPool,
    /// Bundles not asked for yet.
    parts: VecDeque<Part>,
    under_way: VecDeque<Receiver<Answer>>,
    at_hand: IntoIter<Given>,
    /// Entries of the first bundle that were taken on an earlier day.
    skip: usize,
}

impl Intake {
    /// Begins to fetch.
    pub fn new(data: &Arc<dyn PublicData>, from: u64, size: u64) -> Result<Self, Failure> {
        let parts = (from / PART_WIDTH..size.div_ceil(PART_WIDTH)).filter_map(|index| Part::of(index, size));
        let mut intake = Self {
            data: Arc::clone(data),
            pool: pool(THREADS)?,
            parts: parts.collect(),
            under_way: VecDeque::new(),
            at_hand: Vec::new().into_iter(),
            skip: usize::try_from(from % PART_WIDTH).unwrap_or_default(),
        };
        intake.ask_ahead();
        Ok(intake)
    }

    fn ask_ahead(&mut self) {
        while self.under_way.len() < AHEAD
            && let Some(part) = self.parts.pop_front()
        {
            let (to, from) = sync_channel(1);
            let data = Arc::clone(&self.data);
            // Nobody waits any more where the audit ended first.
            self.pool.spawn(move || drop(to.send(read(&*data, part))));
            self.under_way.push_back(from);
        }
    }

    /// The next entry; none after the last.
    pub fn next(&mut self) -> Result<Option<Given>, DataError> {
        loop {
            if let Some(given) = self.at_hand.next() {
                return Ok(Some(given));
            }
            let Some(answer) = self.under_way.pop_front() else { return Ok(None) };
            self.ask_ahead();
            // The sender answers unless it panicked, and then the bundle could not be read.
            let bundle = answer.recv().unwrap_or_else(|_| {
                Err(DataError::Unreachable {
                    whence: self.data.whence(),
                    cause: "reading it broke off".to_owned(),
                })
            })?;
            self.at_hand = bundle.into_iter();
            for _ in 0..std::mem::take(&mut self.skip) {
                self.at_hand.next();
            }
        }
    }
}

fn read(data: &dyn PublicData, part: Part) -> Answer {
    let steps = data.entries(part)?;
    let bytes: Vec<u8> = steps.iter().flat_map(|step| step.entry.encode()).collect();
    let leaves = Keccak::leaves(&bytes, Entry::WIDTH);
    Ok(steps.into_iter().zip(leaves).map(|(step, leaf)| Given::new(step, leaf)).collect())
}

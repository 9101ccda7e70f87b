//! Which checkpoints are anchored: the chain's word for the newest, and from there down by `previous`, by which each
//! names the one before it. So one question to the chain vouches for all of them, whoever gives their bytes.

use crate::failure::Failure;
use crate::mirror::newest_there;
use crate::public_data::PublicData;
use crate::source::{TrustArgs, chain_failure, runtime};
use anchors::{AnchorReader as _, Chain, EvmChain, EvmOptions};
use protocol::LedgerId;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::verify::TrustedCheckpoint;
use rayon::ThreadPool;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use std::collections::HashMap;
use tokio::runtime::Runtime;

/// Checkpoints fetched at a time, on the way down.
const AT_A_TIME: u64 = 256;

/// A source of trusted checkpoints of one ledger.
pub struct Anchored {
    source: Source,
    ledger: LedgerId,
    /// Block times that were asked for already, Unix ms.
    times: HashMap<u64, u64>,
}

enum Source {
    Chain { chain: EvmChain, runtime: Runtime },
    File(TrustedCheckpoint),
}

/// How far the ledger is anchored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tip {
    /// Number of the newest checkpoint.
    pub number: u64,
    /// Time of its block, Unix ms, where it is known.
    pub block_time: Option<u64>,
}

impl Anchored {
    /// The chain or the file that the arguments name.
    pub fn open(trust: &TrustArgs, origin: &LedgerOrigin) -> Result<Self, Failure> {
        let ledger = origin.ledger();
        if let Some(checkpoint) = trust.of_file()? {
            if checkpoint.ledger != ledger {
                return Err(Failure::usage("error-other-ledger")
                    .with("asked", checkpoint.ledger.to_string())
                    .with("given", ledger.to_string()));
            }
            return Ok(Self { source: Source::File(checkpoint), ledger, times: HashMap::new() });
        }
        let endpoints = trust.endpoints()?;
        if endpoints.is_empty() {
            return Err(Failure::usage("error-audit-needs-chain"));
        }
        let options = EvmOptions::new(Chain::new(origin.chain_id, origin.contract), endpoints);
        let chain = EvmChain::new(&options).map_err(|error| chain_failure(&error))?;
        let runtime =
            runtime().map_err(|cause| Failure::unknown("chain-declines").with_foreign("cause", cause))?;
        Ok(Self { source: Source::Chain { chain, runtime }, ledger, times: HashMap::new() })
    }

    /// Whether it is a chain, which goes on, and not a file, which stays as it is.
    pub const fn is_chain(&self) -> bool {
        matches!(self.source, Source::Chain { .. })
    }

    /// The newest checkpoint.
    pub fn tip(&mut self) -> Result<Tip, Failure> {
        match &self.source {
            Source::File(trusted) => {
                Ok(Tip { number: trusted.checkpoint.number, block_time: trusted.block_time })
            }
            Source::Chain { chain, runtime } => {
                let tip =
                    runtime.block_on(chain.latest(self.ledger)).map_err(|error| chain_failure(&error))?;
                self.times.insert(tip.number, tip.block_time);
                Ok(Tip { number: tip.number, block_time: Some(tip.block_time) })
            }
        }
    }

    /// The chain's own clock, Unix ms: the time of its newest block; none without a chain.
    pub fn now(&self) -> Result<Option<u64>, Failure> {
        let Source::Chain { chain, runtime } = &self.source else { return Ok(None) };
        let head = runtime.block_on(chain.head()).map_err(|error| chain_failure(&error))?;
        Ok(Some(head.latest.time))
    }

    /// The checkpoint of this number, by the chain's word. A file vouches for its own alone.
    pub fn checkpoint(&mut self, number: u64) -> Result<Option<Checkpoint>, Failure> {
        match &self.source {
            Source::File(trusted) => Ok(Some(trusted.checkpoint).filter(|known| known.number == number)),
            Source::Chain { chain, runtime } => {
                let anchored = runtime.block_on(chain.checkpoint(self.ledger, number));
                let anchored = anchored.map_err(|error| chain_failure(&error))?;
                self.times.insert(number, anchored.place.block_time);
                Ok(Some(anchored.checkpoint))
            }
        }
    }

    /// When a checkpoint was anchored, Unix ms; none where only a file vouches for it.
    pub fn block_time(&mut self, number: u64) -> Result<Option<u64>, Failure> {
        if let Source::File(trusted) = &self.source {
            return Ok(trusted.block_time.filter(|_| trusted.checkpoint.number == number));
        }
        if let Source::Chain { chain, runtime } = &self.source
            && !self.times.contains_key(&number)
        {
            // Those of all that follow with it: a long ledger asks for many.
            let times = runtime.block_on(chain.anchor_times(self.ledger, number));
            self.times.extend(times.map_err(|error| chain_failure(&error))?);
        }
        if let Some(time) = self.times.get(&number) {
            return Ok(Some(*time));
        }
        self.checkpoint(number)?;
        Ok(self.times.get(&number).copied())
    }

    /// The newest checkpoint that the data reaches.
    pub fn newest_in(&mut self, data: &dyn PublicData, tip: u64) -> Result<Checkpoint, Failure> {
        let low = newest_there(data, tip)?.ok_or_else(|| missing(0))?;
        if let Some(checkpoint) = self.checkpoint(low)? {
            return Ok(checkpoint);
        }
        let above = self.down(data, None, low)?;
        above.first().copied().ok_or_else(|| missing(low))
    }

    /// The checkpoints from number `from` up to `newest`, or to what the file vouches for: each the one that the next names.
    pub fn down(
        &mut self,
        data: &dyn PublicData,
        newest: Option<&Checkpoint>,
        from: u64,
    ) -> Result<Vec<Checkpoint>, Failure> {
        let trusted = match (&self.source, newest) {
            (_, Some(newest)) => *newest,
            (Source::File(trusted), None) => trusted.checkpoint,
            (Source::Chain { .. }, None) => return Err(missing(from)),
        };
        let mut found = vec![trusted];
        let mut upper = trusted.number;
        let mut due = trusted.previous;
        while upper > from {
            let lower = upper.saturating_sub(AT_A_TIME).max(from);
            let given: Vec<_> = pool(8)?.install(|| {
                (lower..upper).into_par_iter().map(|number| data.checkpoint(number).ok()).collect()
            });
            for (number, given) in (lower..upper).rev().zip(given.into_iter().rev()) {
                let given = given.filter(|checkpoint| checkpoint.hash(self.ledger) == due);
                let checkpoint = if let Some(checkpoint) = given {
                    checkpoint
                } else {
                    let named = self.checkpoint(number)?;
                    named.filter(|named| named.hash(self.ledger) == due).ok_or_else(|| missing(number))?
                };
                due = checkpoint.previous;
                found.push(checkpoint);
            }
            upper = lower;
        }
        found.reverse();
        Ok(found)
    }
}

fn missing(number: u64) -> Failure {
    Failure::unknown("error-checkpoint-chain").with("number", number.to_string())
}

/// Threads that wait for answers, beside those that compute.
pub(super) fn pool(threads: usize) -> Result<ThreadPool, Failure> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.map_err(|error| Failure::usage("error-threads").with_foreign("cause", error))
}

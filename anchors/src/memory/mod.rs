//! A chain in memory that fails on demand: for tests of what stands on top of a chain.
//!
//! It keeps the contracts of [`AnchorReader`] and [`AnchorWriter`] and refuses what the contract refuses, in the same
//! order. It is no EVM, costs no gas, and has no judges.

mod chain;
mod ledger;

use crate::clock::Clock;
use crate::error::{AnchorError, Missing};
use crate::reader::{
    AnchorReader, AnchoredCheckpoint, Block, Chain, DEVELOPMENT_CHAIN_ID, Head, LedgerFacts, Tip, TxState,
};
use crate::writer::{AnchorWriter, Opening, Submission};
use async_trait::async_trait;
use chain::{Blocks, Call, Extension};
use ledger::Ledger;
use protocol::chain_proof::ChainProof;
use protocol::chain_proof::slots::RING;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::{Address, Digest, LedgerId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How a write shall fail. Either way the caller sees [`AnchorError::OutOfReach`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The transaction never arrived.
    Before,
    /// The transaction arrived; the answer was lost.
    After,
}

/// A chain in memory, seen from one account. Clones, and [`seen_from`](Self::seen_from), are the same chain: drop a
/// node, keep the chain.
#[derive(Debug, Clone)]
pub struct MemoryChain {
    chain: Chain,
    account: Address,
    clock: Clock,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    blocks: Blocks,
    unreachable: bool,
    holds: bool,
    holds_finality: bool,
    writes: u64,
    checkpoints_read: usize,
    faults: BTreeMap<u64, Fault>,
}

/// Stands in for an endpoint in messages.
const ENDPOINT: &str = "memory";

impl MemoryChain {
    /// An empty chain with id 31337 that mines each transaction at once into a final block of its own.
    pub fn new(clock: Clock) -> Self {
        Self::with_id(DEVELOPMENT_CHAIN_ID, clock)
    }

    /// The same with another chain id.
    pub fn with_id(chain_id: u64, clock: Clock) -> Self {
        let state = State { blocks: Blocks::new(clock.now()), ..State::default() };
        let chain = Chain::new(chain_id, Address::new([0xAC; 20]));
        Self { chain, account: Address::new([0x0A; 20]), clock, state: Arc::new(Mutex::new(state)) }
    }

    /// The same chain seen from another account.
    #[must_use]
    pub fn seen_from(&self, account: Address) -> Self {
        Self { account, ..self.clone() }
    }

    /// Lets the `nth` call of `open` or `anchor` from now fail; 1 is the next one. Counted are the calls that would send.
    pub fn fail(&self, nth: u64, fault: Fault) {
        let mut state = self.lock();
        let at = state.writes.saturating_add(nth);
        state.faults.insert(at, fault);
    }

    /// From now on no call gets an answer, or every call does again.
    pub fn set_unreachable(&self, unreachable: bool) {
        self.lock().unreachable = unreachable;
    }

    /// From now on transactions stay pending until [`mine`](Self::mine).
    pub fn hold(&self) {
        self.lock().holds = true;
    }

    /// Mines what is pending, a block a transaction, and everything at once from now on.
    pub fn mine(&self) {
        let mut state = self.lock();
        state.holds = false;
        state.mine(self.chain, &self.clock);
    }

    /// From now on new blocks are not final until [`finalise`](Self::finalise).
    pub fn hold_finality(&self) {
        self.lock().holds_finality = true;
    }

    /// Makes all blocks final, and new ones at once from now on.
    pub fn finalise(&self) {
        let mut state = self.lock();
        state.holds_finality = false;
        state.blocks.finalise();
    }

    /// Adds an empty block, as time passes on a chain that others use too.
    pub fn pass_block(&self) {
        let mut state = self.lock();
        state.blocks.append(self.clock.now(), None, self.chain);
        state.settle();
    }

    /// Forgets what is pending, as a node that restarts does. Gives the number of transactions lost.
    pub fn drop_pending(&self) -> usize {
        self.lock().blocks.drop_pending()
    }

    /// Takes back all blocks that are not final, and their transactions with them. Gives the number of blocks lost.
    pub fn reorganise(&self) -> usize {
        self.lock().blocks.reorganise(self.chain)
    }

    /// Takes back the newest blocks, although they were final: what no chain promises, and some have done.
    pub fn break_finality(&self, blocks: usize) {
        self.lock().blocks.break_finality(blocks, self.chain);
    }

    /// Transactions that reached the chain, in blocks or pending: so that a test can tell that nothing was sent twice.
    pub fn transactions(&self) -> usize {
        self.lock().blocks.transactions()
    }

    /// How often a checkpoint was asked for.
    pub fn checkpoints_read(&self) -> usize {
        self.lock().checkpoints_read
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reach(&self) -> Result<MutexGuard<'_, State>, AnchorError> {
        let state = self.lock();
        if state.unreachable { Err(out_of_reach("the test cut the connection")) } else { Ok(state) }
    }

    fn found<'a>(&self, state: &'a State, ledger: LedgerId) -> Result<&'a Ledger, AnchorError> {
        let missing = Missing::Ledger { ledger, chain_id: self.chain.chain_id };
        state.blocks.ledger(ledger).ok_or(AnchorError::NotFound(missing))
    }

    fn send(&self, mut state: MutexGuard<'_, State>, call: Call) -> Result<Submission, AnchorError> {
        if let Some(nonce) = state.blocks.in_flight(self.account) {
            return Ok(Submission::InFlight { nonce });
        }
        state.blocks.try_call(self.account, &call, self.chain)?;
        state.writes += 1;
        let at = state.writes;
        let fault = state.faults.remove(&at);
        if fault == Some(Fault::Before) {
            return Err(out_of_reach("the test lost the transaction"));
        }
        let tx = state.blocks.submit(self.account, call);
        if !state.holds {
            state.mine(self.chain, &self.clock);
        }
        if fault == Some(Fault::After) {
            return Err(out_of_reach("the test lost the answer"));
        }
        Ok(Submission::Sent { tx })
    }
}

impl State {
    fn mine(&mut self, chain: Chain, clock: &Clock) {
        while let Some(pending) = self.blocks.next_pending() {
            self.blocks.append(clock.now(), Some(pending), chain);
        }
        self.settle();
    }

    fn settle(&mut self) {
        if !self.holds_finality {
            self.blocks.finalise();
        }
    }
}

fn out_of_reach(cause: &'static str) -> AnchorError {
    AnchorError::OutOfReach { endpoint: ENDPOINT.to_owned(), cause: cause.into() }
}

#[async_trait]
impl AnchorReader for MemoryChain {
    fn chain(&self) -> Chain {
        self.chain
    }

    async fn head(&self) -> Result<Head, AnchorError> {
        Ok(self.reach()?.blocks.head())
    }

    async fn ledger(&self, ledger: LedgerId) -> Result<LedgerFacts, AnchorError> {
        let state = self.reach()?;
        let found = self.found(&state, ledger)?;
        let (place, finality) = state.blocks.place(found.opened_in);
        Ok(LedgerFacts {
            origin: found.origin,
            operator_key: found.operator_key,
            anchorer: found.origin.opener,
            bond_wei: found.bond_wei,
            phase: found.phase,
            opened: place,
            finality,
        })
    }

    async fn latest(&self, ledger: LedgerId) -> Result<Tip, AnchorError> {
        let state = self.reach()?;
        let tip = self.found(&state, ledger)?.tip();
        let Block { time, .. } = state.blocks.block(tip.block);
        Ok(Tip { number: tip.checkpoint.number, hash: tip.checkpoint.hash(ledger), block_time: time })
    }

    async fn checkpoint(&self, ledger: LedgerId, number: u64) -> Result<AnchoredCheckpoint, AnchorError> {
        let mut state = self.reach()?;
        state.checkpoints_read += 1;
        let found = self.found(&state, ledger)?;
        let latest = found.tip().checkpoint.number;
        let Some(anchored) = found.checkpoint(number) else {
            return Err(Missing::Checkpoint { ledger, number, latest }.into());
        };
        let next = number.checked_add(1).and_then(|next| found.checkpoint(next));
        let (place, finality) = state.blocks.place(anchored.block);
        Ok(AnchoredCheckpoint {
            checkpoint: anchored.checkpoint,
            hash: anchored.checkpoint.hash(ledger),
            place,
            finality,
            superseded_at: next.map(|next| state.blocks.block(next.block).time),
        })
    }

    async fn judges(&self, ledger: LedgerId) -> Result<Vec<Address>, AnchorError> {
        let state = self.reach()?;
        self.found(&state, ledger).map(|_| Vec::new())
    }

    /// It has no state root to prove anything under.
    async fn proof(&self, _: &LedgerOrigin, _: u64) -> Result<ChainProof, AnchorError> {
        let message = "a chain in memory proves nothing".to_owned();
        Err(AnchorError::Declined { endpoint: ENDPOINT.to_owned(), code: -32601, message })
    }

    async fn transaction(&self, tx: Digest) -> Result<TxState, AnchorError> {
        Ok(self.reach()?.blocks.transaction(tx))
    }
}

#[async_trait]
impl AnchorWriter for MemoryChain {
    fn account(&self) -> Address {
        self.account
    }

    async fn on_its_way(&self) -> Result<Option<u64>, AnchorError> {
        Ok(self.reach()?.blocks.in_flight(self.account))
    }

    async fn open(&self, opening: &Opening) -> Result<Submission, AnchorError> {
        self.send(self.reach()?, Call::Open(*opening))
    }

    async fn anchor(
        &self,
        ledger: LedgerId,
        prev: &Checkpoint,
        next: &Checkpoint,
        consistency: &[Digest],
    ) -> Result<Submission, AnchorError> {
        let state = self.reach()?;
        let found = state.blocks.ledger(ledger);
        let kept = found.filter(|found| found.tip().checkpoint.number.saturating_sub(next.number) < RING);
        let standing = kept.and_then(|found| found.checkpoint(next.number));
        if standing.is_some_and(|standing| standing.checkpoint == *next) {
            return Ok(Submission::AlreadyAnchored);
        }
        let extension = Extension { ledger, prev: *prev, next: *next, consistency: consistency.to_vec() };
        self.send(state, Call::Anchor(Box::new(extension)))
    }
}

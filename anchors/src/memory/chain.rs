//! Blocks, pending transactions and what follows from them: ledgers are folded from the blocks, so that taking blocks
//! back takes back what they did.

use super::ledger::Ledger;
use crate::error::Refusal;
use crate::reader::{Block, Chain, DEVELOPMENT_MINIMUM_BOND_WEI, Finality, Head, Phase, Place, TxState};
use crate::writer::Opening;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::{Address, Digest, LedgerId, keccak};
use std::collections::HashMap;

/// What a transaction calls.
#[derive(Debug, Clone)]
pub(super) enum Call {
    Open(Opening),
    Anchor(Box<Extension>),
}

/// The arguments of `anchor`.
#[derive(Debug, Clone)]
pub(super) struct Extension {
    pub ledger: LedgerId,
    pub prev: Checkpoint,
    pub next: Checkpoint,
    pub consistency: Vec<Digest>,
}

#[derive(Debug, Clone)]
pub(super) struct Tx {
    hash: Digest,
    sender: Address,
    call: Call,
}

/// A block holds one transaction, or none.
#[derive(Debug)]
struct Mined {
    block: Block,
    tx: Option<(Tx, Result<(), Refusal>)>,
}

#[derive(Debug, Default)]
pub(super) struct Blocks {
    mined: Vec<Mined>,
    pending: Vec<Tx>,
    /// Blocks that are final, counted from the first.
    finalized: usize,
    ledgers: HashMap<LedgerId, Ledger>,
    /// Makes every transaction and block hash differ from all others, of blocks taken back too.
    serial: u64,
}

impl Blocks {
    pub fn new(now: u64) -> Self {
        let mut blocks = Self::default();
        let genesis = blocks.next_block(now);
        blocks.mined.push(Mined { block: genesis, tx: None });
        blocks.finalized = 1;
        blocks
    }

    pub fn ledger(&self, ledger: LedgerId) -> Option<&Ledger> {
        self.ledgers.get(&ledger)
    }

    pub fn block(&self, number: u64) -> Block {
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        self.mined.get(at).map_or(Block { number, hash: Digest::ZERO, time: 0 }, |mined| mined.block)
    }

    pub fn head(&self) -> Head {
        let finalized =
            self.finalized.checked_sub(1).and_then(|at| self.mined.get(at)).map(|mined| mined.block);
        Head { latest: self.block(self.height()), finalized }
    }

    /// Where the transaction of this block stands.
    pub fn place(&self, number: u64) -> (Place, Finality) {
        let block = self.block(number);
        let at = usize::try_from(number).unwrap_or(usize::MAX);
        let tx =
            self.mined.get(at).and_then(|mined| mined.tx.as_ref()).map_or(Digest::ZERO, |(tx, _)| tx.hash);
        let place = Place { tx, block_number: number, block_hash: block.hash, block_time: block.time };
        let finality = if at < self.finalized {
            Finality::Final
        } else {
            Finality::Pending { confirmations: self.height() - number + 1 }
        };
        (place, finality)
    }

    pub fn transaction(&self, hash: Digest) -> TxState {
        if self.pending.iter().any(|tx| tx.hash == hash) {
            return TxState::Pending;
        }
        let found = self.mined.iter().find_map(|mined| {
            let (tx, outcome) = mined.tx.as_ref()?;
            (tx.hash == hash).then_some((mined.block.number, outcome))
        });
        let Some((number, outcome)) = found else { return TxState::Unknown };
        let (place, finality) = self.place(number);
        match outcome {
            Ok(()) => TxState::Mined { place, finality },
            Err(reason) => TxState::Failed { place, finality, reason: reason.clone() },
        }
    }

    /// The nonce of the sender's transaction that is pending, if one is.
    pub fn in_flight(&self, sender: Address) -> Option<u64> {
        let waits = self.pending.iter().any(|tx| tx.sender == sender);
        let spent =
            self.mined.iter().filter(|mined| mined.tx.as_ref().is_some_and(|(tx, _)| tx.sender == sender));
        waits.then(|| u64::try_from(spent.count()).unwrap_or(u64::MAX))
    }

    /// What the contract would say to this call now.
    pub fn try_call(&self, sender: Address, call: &Call, chain: Chain) -> Result<(), Refusal> {
        let block = self.height() + 1;
        apply(&mut self.ledgers.clone(), chain, sender, call, block)
    }

    pub fn submit(&mut self, sender: Address, call: Call) -> Digest {
        let hash = self.fresh_hash(b"memory transaction");
        self.pending.push(Tx { hash, sender, call });
        hash
    }

    /// Takes the transaction that has waited longest.
    pub fn next_pending(&mut self) -> Option<Tx> {
        if self.pending.is_empty() { None } else { Some(self.pending.remove(0)) }
    }

    pub fn append(&mut self, now: u64, tx: Option<Tx>, chain: Chain) {
        let block = self.next_block(now);
        let tx = tx.map(|tx| {
            let outcome = apply(&mut self.ledgers, chain, tx.sender, &tx.call, block.number);
            (tx, outcome)
        });
        self.mined.push(Mined { block, tx });
    }

    pub fn finalise(&mut self) {
        self.finalized = self.mined.len();
    }

    pub fn drop_pending(&mut self) -> usize {
        std::mem::take(&mut self.pending).len()
    }

    pub fn reorganise(&mut self, chain: Chain) -> usize {
        let lost = self.mined.split_off(self.finalized).len();
        self.ledgers.clear();
        for mined in &self.mined {
            if let Some((tx, Ok(()))) = &mined.tx {
                // It was applied in this order before, so it applies again.
                let _ = apply(&mut self.ledgers, chain, tx.sender, &tx.call, mined.block.number);
            }
        }
        lost
    }

    pub fn break_finality(&mut self, blocks: usize, chain: Chain) {
        self.finalized = self.finalized.min(self.mined.len().saturating_sub(blocks)).max(1);
        self.reorganise(chain);
    }

    pub fn transactions(&self) -> usize {
        self.pending.len() + self.mined.iter().filter(|mined| mined.tx.is_some()).count()
    }

    fn height(&self) -> u64 {
        u64::try_from(self.mined.len()).unwrap_or(u64::MAX).saturating_sub(1)
    }

    fn next_block(&mut self, now: u64) -> Block {
        let number = u64::try_from(self.mined.len()).unwrap_or(u64::MAX);
        let before = self.mined.last().map_or(0, |mined| mined.block.time);
        // A chain counts seconds, and its time never goes back.
        Block { number, hash: self.fresh_hash(b"memory block"), time: (now / 1000 * 1000).max(before) }
    }

    fn fresh_hash(&mut self, kind: &[u8]) -> Digest {
        self.serial += 1;
        keccak(&[kind, &self.serial.to_be_bytes()])
    }
}

fn apply(
    ledgers: &mut HashMap<LedgerId, Ledger>,
    chain: Chain,
    sender: Address,
    call: &Call,
    block: u64,
) -> Result<(), Refusal> {
    match call {
        Call::Open(opening) => {
            let Chain { chain_id, contract, .. } = chain;
            let origin = LedgerOrigin { chain_id, contract, opener: sender, salt: opening.salt };
            let ledger = origin.ledger();
            if let Some(opened) = ledgers.get(&ledger) {
                return Err(Refusal::WrongPhase { ledger, phase: opened.phase });
            }
            let (given, minimum) = (opening.bond_wei, DEVELOPMENT_MINIMUM_BOND_WEI);
            if given < minimum {
                return Err(Refusal::BondTooSmall { given, minimum });
            }
            ledgers.insert(ledger, Ledger::open(origin, opening.operator_key, opening.bond_wei, block));
            Ok(())
        }
        Call::Anchor(extension) => {
            let Extension { ledger, prev, next, consistency } = extension.as_ref();
            let unopened = Refusal::WrongPhase { ledger: *ledger, phase: Phase::Unopened };
            let found = ledgers.get_mut(ledger).ok_or(unopened)?;
            found.anchor(sender, prev, next, consistency, block)
        }
    }
}

//! One ledger as the contract keeps it: the rules of docs/protocol.md section 12, in the order of `Anchors.sol`.

use crate::error::Refusal;
use crate::reader::Phase;
use protocol::checkpoint::{Checkpoint, LedgerOrigin, SIZE_LIMIT};
use protocol::merkle::{TreeHead, verify_consistency};
use protocol::{Address, Digest, Keccak, PublicKey};

/// A ledger and all its checkpoints. Its anchorer is its opener: replacing keys is the contract's own test.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    pub origin: LedgerOrigin,
    pub operator_key: PublicKey,
    pub bond_wei: u128,
    pub phase: Phase,
    pub opened_in: u64,
    first: Anchored,
    later: Vec<Anchored>,
}

/// A checkpoint and the number of the block that holds it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anchored {
    pub checkpoint: Checkpoint,
    pub block: u64,
}

impl Ledger {
    pub fn open(origin: LedgerOrigin, operator_key: PublicKey, bond_wei: u128, block: u64) -> Self {
        let first = Anchored { checkpoint: Checkpoint::genesis(operator_key), block };
        Self {
            origin,
            operator_key,
            bond_wei,
            phase: Phase::Open,
            opened_in: block,
            first,
            later: Vec::new(),
        }
    }

    pub fn tip(&self) -> &Anchored {
        self.later.last().unwrap_or(&self.first)
    }

    pub fn checkpoint(&self, number: u64) -> Option<&Anchored> {
        match number.checked_sub(1) {
            None => Some(&self.first),
            Some(index) => self.later.get(usize::try_from(index).ok()?),
        }
    }

    pub fn anchor(
        &mut self,
        sender: Address,
        prev: &Checkpoint,
        next: &Checkpoint,
        consistency: &[Digest],
        block: u64,
    ) -> Result<(), Refusal> {
        let ledger = self.origin.ledger();
        if self.phase != Phase::Open {
            return Err(Refusal::WrongPhase { ledger, phase: self.phase });
        }
        if sender != self.origin.opener {
            return Err(Refusal::NotAnchorer { sender, anchorer: self.origin.opener });
        }
        let (given, latest) = (prev.hash(ledger), self.tip().checkpoint.hash(ledger));
        if given != latest {
            return Err(Refusal::NotLatest { given, latest });
        }
        if next.previous != latest {
            return Err(Refusal::PreviousMismatch { given: next.previous, expected: latest });
        }
        require_extension(prev, next, consistency)?;
        self.later.push(Anchored { checkpoint: *next, block });
        Ok(())
    }
}

fn require_extension(prev: &Checkpoint, next: &Checkpoint, consistency: &[Digest]) -> Result<(), Refusal> {
    if next.number != prev.number + 1 {
        return Err(Refusal::NumberNotNext { given: next.number, expected: prev.number + 1 });
    }
    if next.size < prev.size {
        return Err(Refusal::SizeShrank { from: prev.size, to: next.size });
    }
    if next.vouchers < prev.vouchers {
        return Err(Refusal::VouchersShrank { from: prev.vouchers, to: next.vouchers });
    }
    if next.size >= SIZE_LIMIT || next.vouchers >= SIZE_LIMIT {
        return Err(Refusal::TooLarge { size: next.size, vouchers: next.vouchers });
    }
    let from = TreeHead { size: prev.size, root: prev.log_root };
    let to = TreeHead { size: next.size, root: next.log_root };
    verify_consistency::<Keccak>(from, to, consistency).map_err(|_| {
        let nodes = u64::try_from(consistency.len()).unwrap_or(u64::MAX);
        Refusal::NotAnExtension { from: prev.size, to: next.size, nodes }
    })
}

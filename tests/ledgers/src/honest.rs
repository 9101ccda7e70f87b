//! Random ledgers of an honest operator: every step that the life cycle lists, in random order, over batches of
//! different terms and ranges of mixed history.

use super::{Dice, Ledger, at, party};
use protocol::entry::Entry;
use protocol::lifecycle::{Kind, State, Status};
use protocol::manifest::{Flags, Terms};
use protocol::{PublicKey, keccak};
use std::collections::BTreeSet;

/// Which steps of the life cycle a run has seen.
pub type Seen = BTreeSet<(Status, Kind)>;

/// An operator who takes a step only if `State::step` does.
struct Operator {
    ledger: Ledger,
    states: Vec<State>,
    terms: Vec<Terms>,
}

/// The honest ledger of a seed: up to 5 batches, 80 vouchers and 50 entries.
pub fn honest_ledger(seed: u64, walked: &mut Seen) -> Ledger {
    let mut dice = Dice::new(seed);
    let mut operator = Operator { ledger: Ledger::default(), states: Vec::new(), terms: Vec::new() };
    for _ in 0..dice.below(50) {
        let batches = operator.ledger.batches.len();
        if batches == 0 || batches < 5 && dice.one_in(8) {
            operator.issue(&mut dice);
        } else {
            operator.step(&mut dice, walked);
        }
    }
    operator.ledger
}

impl Operator {
    fn clock(&self, dice: &mut Dice) -> u64 {
        self.ledger.now() + dice.below(4)
    }

    fn issue(&mut self, dice: &mut Dice) {
        let count = 1 + dice.below(16);
        let flags = Flags { transferable: !dice.one_in(4), stamped: true, claims_after_sale: dice.one_in(3) };
        let uses = 1 + u16::from(dice.byte() % 4);
        let terms = Terms::new(count, uses, flags, Vec::new(), Vec::new()).unwrap();
        let clock = self.clock(dice);
        let index = self.ledger.issue(count, party(dice.below(3)), clock);
        let state = State::issued(&self.ledger.entries[at(index)], index).unwrap();
        self.states.resize(self.ledger.heads.len(), state);
        self.terms.resize(self.ledger.heads.len(), terms);
    }

    /// A random range around a random voucher, all of one latest entry, takes a random legal step.
    fn step(&mut self, dice: &mut Dice, walked: &mut Seen) {
        let number = dice.below(self.ledger.vouchers());
        let state = self.states[at(number)];
        let alike = |other: &u64| self.states.get(at(*other)).is_some_and(|other| other.index == state.index);
        let below = (0..number).rev().take_while(alike).count() as u64;
        let above = (number + 1..self.ledger.vouchers()).take_while(alike).count() as u64;
        let kinds: Vec<Kind> =
            Kind::ALL.iter().copied().filter(|kind| state.status.after(*kind).is_some()).collect();
        let Some(kind) = dice.pick(&kinds) else { return };
        let (mut first, mut end) = (number - dice.below(below + 1), number + 1 + dice.below(above + 1));
        if matches!(kind, Kind::Claim | Kind::Use) {
            (first, end) = (number, number + 1);
        }
        let named = party(3 + dice.below(6));
        let kept = state.entry.party;
        let entry = Entry {
            kind: kind.byte(),
            status: state.status.after(kind).unwrap().byte(),
            first,
            count: end - first,
            prev: state.index,
            at: self.clock(dice),
            party: match kind {
                Kind::Sell if dice.one_in(2) => PublicKey::NOBODY,
                Kind::Claim if state.status == Status::Sold && kept != PublicKey::NOBODY => kept,
                Kind::Issue | Kind::Transfer | Kind::Sell | Kind::Claim => named,
                Kind::Use | Kind::Redeem | Kind::Void | Kind::Hold | Kind::Release => kept,
                Kind::Return => state.seller.unwrap_or(named),
            },
            content: keccak(&[&dice.any().to_be_bytes()]),
        };
        let (index, voucher) = (self.ledger.size(), super::record(number).key);
        let Ok(after) = state.step(&entry, index, &self.terms[at(number)], Some(&voucher)) else { return };
        self.ledger.append(entry);
        self.states[at(first)..at(end)].fill(after);
        walked.insert((state.status, kind));
    }
}

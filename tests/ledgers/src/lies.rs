//! One lie of an operator at a time, each told in an otherwise honest ledger.

use super::honest::{Seen, honest_ledger};
use super::{Dice, Ledger, at, party, record, word};
use protocol::entry::Entry;
use protocol::fraud::Rule;
use protocol::heads::Head;
use protocol::lifecycle::{Kind, Status};
use protocol::{Digest, PublicKey};
use std::collections::BTreeMap;

macro_rules! lies {
    ($($(#[$doc:meta])* $name:ident => $rules:expr),* $(,)?) => {
        /// A kind of lie that section 13 names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Lie { $($(#[$doc])* $name),* }

        impl Lie {
            /// Every one.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The rules of which at least one must accuse it.
            pub fn rules(self) -> &'static [Rule] {
                match self { $(Self::$name => $rules),* }
            }
        }
    };
}

lies! {
    /// A second step out of a state that was left already.
    DoubleSpend => &[Rule::F1],
    /// Another status than the step has.
    OtherStatus => &[Rule::F2, Rule::F2a],
    /// A step that the life cycle does not list, such as a sale of a spent code.
    UnlistedStep => &[Rule::F2, Rule::F2a],
    /// Another party where it must stay.
    ReplacedParty => &[Rule::F2],
    /// Illegal whatever came before.
    IllegalAlone => &[Rule::F2a],
    /// More vouchers than the entry before covers.
    WiderRange => &[Rule::F3],
    /// A link to itself, a later entry, or none.
    LaterLink => &[Rule::F3],
    /// A link to an earlier entry that is not the latest of its vouchers.
    OtherLink => &[Rule::F1, Rule::F2, Rule::F3],
    /// A head that hides the last steps.
    StaleHead => &[Rule::F4],
    /// Fewer vouchers counted than issued, or numbers far past the count.
    UncountedVoucher => &[Rule::F4],
    /// Any other word for a head.
    OtherHead => &[Rule::F4, Rule::F5],
    /// More vouchers counted than issued.
    InventedVoucher => &[Rule::F5],
    /// A batch whose numbers do not begin where the last one ended.
    SkippedNumber => &[Rule::F5],
    /// One key for two vouchers.
    KeyTwice => &[Rule::F6],
    /// A number of one batch given out by another.
    OverlappingNumbers => &[Rule::F7],
    /// A step that says it came before the one before it.
    ClockBack => &[Rule::F9],
}

/// Tells lies in random ledgers, four in each, and lets each be judged together with its name and the seed. Ends with a
/// failure where one of the lies was hardly ever told.
pub fn tell_all(ledgers: u64, mut judge: impl FnMut(Lie, &Ledger, &str)) {
    let mut told: BTreeMap<Lie, u64> = BTreeMap::new();
    for seed in 0..ledgers {
        let honest = honest_ledger(seed, &mut Seen::new());
        let mut dice = Dice::new(!seed);
        for lie in Lie::ALL.iter().cycle().skip(at(seed % 4) * 4).take(4) {
            let Some(damaged) = tell(*lie, &honest, &mut dice) else { continue };
            judge(*lie, &damaged, &format!("{lie:?} in {seed}"));
            *told.entry(*lie).or_default() += 1;
        }
    }
    for lie in Lie::ALL {
        let times = told.get(lie).copied().unwrap_or_default();
        assert!(times > ledgers / 20, "{lie:?} was told {times} times only");
    }
}

fn is_issue(entry: &Entry) -> bool {
    entry.kind == Kind::Issue.byte()
}

/// The ledger with this lie in it; `None` where the ledger gives no occasion for it. Batches are resealed and, half of
/// the time, the heads are made to agree with the lie, as a careful liar would.
pub fn tell(lie: Lie, honest: &Ledger, dice: &mut Dice) -> Option<Ledger> {
    let mut ledger = honest.clone();
    match lie {
        Lie::StaleHead | Lie::UncountedVoucher | Lie::OtherHead | Lie::InventedVoucher => {
            lie_in_heads(lie, &mut ledger, dice)?;
            return Some(ledger);
        }
        Lie::SkippedNumber | Lie::KeyTwice | Lie::OverlappingNumbers => {
            lie_in_batches(lie, &mut ledger, dice)?;
        }
        _ => lie_in_entries(lie, &mut ledger, dice)?,
    }
    ledger.seal_batches();
    if dice.one_in(2) {
        ledger.settle_heads();
    }
    Some(ledger)
}

fn lie_in_entries(lie: Lie, ledger: &mut Ledger, dice: &mut Dice) -> Option<()> {
    let now = ledger.now();
    let step = dice.pick(&ledger.indices(|entry| !is_issue(entry)));
    match lie {
        Lie::DoubleSpend => {
            let mut again = Entry { at: now, ..ledger.entries[at(step?)] };
            again.first += dice.below(again.count);
            again.count = 1;
            ledger.append(again);
        }
        Lie::OtherStatus => {
            let index = dice.below(ledger.size().max(1));
            ledger.entries.get_mut(at(index))?.status ^= 1 + dice.byte() % 255;
        }
        Lie::UnlistedStep => return unlisted_step(ledger, dice),
        Lie::ReplacedParty => {
            let bound = ledger.indices(|entry| match entry.kind() {
                Some(Kind::Use | Kind::Redeem | Kind::Void | Kind::Hold | Kind::Release) => true,
                Some(Kind::Claim) => {
                    let before = &ledger.entries[at(entry.prev)];
                    before.status == Status::Sold.byte() && !before.party.is_zero()
                }
                _ => false,
            });
            ledger.entries[at(dice.pick(&bound)?)].party = party(50);
        }
        Lie::IllegalAlone => return illegal_alone(ledger, dice),
        Lie::WiderRange => {
            let y = ledger.entries[at(step?)];
            let x = ledger.entries[at(y.prev)];
            let wider = &mut ledger.entries[at(step?)];
            if dice.one_in(2) && x.first > 0 {
                wider.first = x.first - 1;
                wider.count = y.first + y.count - wider.first;
            } else {
                wider.count = x.first + x.count + 1 + dice.below(3) - y.first;
            }
        }
        Lie::LaterLink => {
            let later = step? + dice.below(3);
            ledger.entries[at(step?)].prev = if dice.one_in(4) { Entry::NO_PREV } else { later };
        }
        Lie::OtherLink => {
            let other = dice.below(step?);
            let entry = &mut ledger.entries[at(step?)];
            if entry.prev == other {
                return None;
            }
            entry.prev = other;
        }
        Lie::ClockBack => {
            let later = ledger.indices(|entry| entry.at > 0).into_iter().filter(|index| *index > 0);
            let index = dice.pick(&later.collect::<Vec<_>>())?;
            let before = ledger.entries[at(dice.below(index))].at;
            ledger.entries[at(index)].at = before.checked_sub(1)?;
        }
        _ => unreachable!("{lie:?} is not told in an entry"),
    }
    Some(())
}

fn unlisted_step(ledger: &mut Ledger, dice: &mut Dice) -> Option<()> {
    let number = dice.pick(&(0..ledger.vouchers()).collect::<Vec<_>>())?;
    let head = ledger.heads[at(number)];
    let before = Status::from_byte(head.status()).unwrap();
    let (kind, status) = (dice.byte() % 16, dice.byte() % 16);
    if Kind::from_byte(kind).is_some_and(|kind| before.after(kind).is_some()) {
        return None;
    }
    let party = ledger.entries[at(head.index())].party;
    let (first, count, prev, now) = (number, 1, head.index(), ledger.now());
    ledger.append(Entry { kind, status, first, count, prev, at: now, party, content: Digest::ZERO });
    Some(())
}

fn illegal_alone(ledger: &mut Ledger, dice: &mut Dice) -> Option<()> {
    let of = |kinds: &[Kind]| ledger.indices(|entry| entry.kind().is_some_and(|kind| kinds.contains(&kind)));
    let which = dice.below(6);
    let among = match which {
        0 | 1 => of(&[Kind::Issue]),
        2 => of(&[Kind::Claim, Kind::Use]),
        3 => of(&[Kind::Transfer, Kind::Claim]),
        _ => of(Kind::ALL),
    };
    let index = dice.pick(&among)?;
    let entry = &mut ledger.entries[at(index)];
    match which {
        0 => entry.prev = dice.below(index + 2),
        1 => entry.status = 2 + dice.byte() % 254,
        2 => entry.count = 2 + dice.below(5),
        3 => entry.party = PublicKey::NOBODY,
        4 => entry.count = 0,
        _ => entry.count = u64::MAX - dice.below(2),
    }
    // 2^64 numbers from 0 on are a range, though no ledger has it: F4 says so.
    (entry.count == 0 || which < 5 || entry.end() > 1 << 64).then_some(())
}

fn lie_in_heads(lie: Lie, ledger: &mut Ledger, dice: &mut Dice) -> Option<()> {
    let number = dice.pick(&(0..ledger.vouchers()).collect::<Vec<_>>())?;
    let head = ledger.heads[at(number)];
    match lie {
        Lie::StaleHead => {
            let mut chain = ledger.covering(number);
            chain.pop();
            let hidden = dice.pick(&chain)?;
            ledger.heads[at(number)] = word(ledger.entries[at(hidden)].status, hidden);
        }
        Lie::UncountedVoucher if dice.one_in(2) => {
            ledger.heads.pop();
        }
        Lie::UncountedVoucher => {
            // A whole batch past the count, at it or further on.
            let (vouchers, now) = (ledger.vouchers(), ledger.now());
            let index = ledger.issue(1 + dice.below(3), party(1), now);
            ledger.heads.truncate(at(vouchers));
            ledger.entries[at(index)].first += dice.below(3);
        }
        Lie::InventedVoucher => {
            let index = dice.below(ledger.size() + 1);
            ledger.heads.push(word(dice.byte(), index));
        }
        _ => {
            let forged = match dice.below(3) {
                0 => word(dice.byte(), head.index()),
                1 => word(head.status(), dice.below(ledger.size() + 2)),
                _ => Head::from_word(dice.any()),
            };
            if forged == head {
                return None;
            }
            ledger.heads[at(number)] = forged;
        }
    }
    Some(())
}

fn lie_in_batches(lie: Lie, ledger: &mut Ledger, dice: &mut Dice) -> Option<()> {
    let (now, issuer) = (ledger.now(), party(1));
    let batches: Vec<u64> = ledger.batches.keys().copied().collect();
    match lie {
        Lie::SkippedNumber => {
            let index = dice.below(ledger.size() + 1);
            ledger.heads.push(word(Status::InTrade.byte(), index));
            ledger.issue(1 + dice.below(3), issuer, now);
        }
        Lie::KeyTwice => {
            let (one, other) = (dice.pick(&batches)?, dice.pick(&batches)?);
            let key = dice.pick(&ledger.batches[&one])?.key;
            let records = ledger.batches.get_mut(&other)?;
            let place = at(dice.below(records.len() as u64));
            if records[place].key == key {
                return None;
            }
            records[place].key = key;
        }
        _ => {
            // Of numbers that are taken: a batch moved down over the one before it, or a new one.
            let later = dice.pick(&batches).filter(|index| *index > 0);
            if let Some(index) = later {
                ledger.entries[at(index)].first -= 1;
            } else {
                let number = dice.pick(&(0..ledger.vouchers()).collect::<Vec<_>>())?;
                let index = ledger.issue(1, issuer, now);
                ledger.heads.pop();
                ledger.entries[at(index)].first = number;
                ledger.batches.insert(index, vec![record(2_000_000 + number)]);
            }
        }
    }
    Some(())
}

/// Any one change to any one field, true or not: what it does to the theorem is the theorem's to say.
pub fn tamper(honest: &Ledger, dice: &mut Dice) -> Option<Ledger> {
    let mut ledger = honest.clone();
    let (size, vouchers) = (ledger.size(), ledger.vouchers());
    let index = dice.below(size.max(1));
    let near = |value: u64, dice: &mut Dice| value.wrapping_add(dice.below(5)).wrapping_sub(2);
    if dice.one_in(6) && vouchers > 0 {
        let head = &mut ledger.heads[at(dice.below(vouchers))];
        *head = Head::from_word(near(head.word(), dice));
        return Some(ledger);
    }
    let entry = ledger.entries.get_mut(at(index))?;
    match dice.below(8) {
        0 => entry.kind = dice.byte() % 12,
        1 => entry.status = dice.byte() % 17,
        2 => entry.first = near(entry.first, dice),
        3 => entry.count = near(entry.count, dice),
        4 => entry.prev = near(entry.prev, dice),
        5 => entry.at = near(entry.at, dice),
        6 if dice.one_in(3) => entry.party = PublicKey::NOBODY,
        6 => entry.party = party(dice.below(9)),
        _ => {
            let number = dice.below(vouchers + 1);
            let records = ledger.batches.get_mut(&index)?;
            *records.first_mut()? = record(number);
        }
    }
    ledger.seal_batches();
    if dice.one_in(2) {
        ledger.settle_heads();
    }
    Some(ledger)
}

//! The table of the life cycle, found by asking the transition function: which step it allows after which status, whose
//! signatures it demands, which party it lets a step name.

use protocol::entry::Entry;
use protocol::lifecycle::{Demand, Kind, State, Status, issue_demand};
use protocol::manifest::{Flags, Terms};
use protocol::{Digest, PublicKey};
use std::fmt::Write as _;

const NOBODY: PublicKey = PublicKey::NOBODY;
const ISSUER: PublicKey = PublicKey::new([1; 32]);
const PARTY: PublicKey = PublicKey::new([2; 32]);
const SELLER: PublicKey = PublicKey::new([3; 32]);
const REDEEMER: PublicKey = PublicKey::new([4; 32]);
const ARBITER: PublicKey = PublicKey::new([5; 32]);
const VOUCHER: PublicKey = PublicKey::new([6; 32]);
const ANOTHER: PublicKey = PublicKey::new([7; 32]);

/// Markdown.
pub fn table() -> String {
    let mut table = "| kind | from | to | who signs | party afterwards |\n|---|---|---|---|---|\n".to_owned();
    let _ = writeln!(table, "{}", issue());
    for kind in Kind::ALL {
        for from in Status::ALL {
            if let Some(to) = from.after(*kind) {
                let _ = writeln!(table, "{}", row(*kind, *from, to));
            }
        }
    }
    table
}

fn entry(kind: Kind, status: Status, prev: u64, party: PublicKey) -> Entry {
    let (kind, status) = (kind.byte(), status.byte());
    Entry { kind, status, first: 0, count: 1, prev, at: 0, party, content: Digest::ZERO }
}

fn issue() -> String {
    let first = entry(Kind::Issue, Status::InTrade, Entry::NO_PREV, ISSUER);
    let state = State::issued(&first, 0).expect("a legal Issue");
    let signer = signers(&[issue_demand(&first)]);
    assert_eq!(state.party(), Some(ISSUER));
    format!("| 1 Issue | (none) | {} | {signer} | the issuer |", status(state.status))
}

fn row(kind: Kind, from: Status, to: Status) -> String {
    let plain = Case { kind, from, to, before: PARTY, arbiters: vec![] };
    let (mut who, mut party) = (signers(&plain.demands()), plain.parties().to_owned());
    let judged = Case { arbiters: vec![ARBITER], ..plain.clone() };
    add_other(&mut who, &signers(&plain.demands()), &signers(&judged.demands()), "the terms name arbiters");
    if matches!(from, Status::Sold | Status::SoldOnHold) {
        let unnamed = Case { before: NOBODY, ..plain.clone() };
        add_other(&mut who, &signers(&plain.demands()), &signers(&unnamed.demands()), "nobody is named");
        add_other(&mut party, plain.parties(), unnamed.parties(), "nobody is named");
    }
    format!("| {} {} | {} | {} | {who} | {party} |", kind.byte(), kind.name(), status(from), status(to))
}

/// What holds in a special case, if it is something else.
fn add_other(text: &mut String, plain: &str, other: &str, when: &str) {
    if other != plain {
        let _ = write!(text, "; {other} where {when}");
    }
}

fn status(status: Status) -> String {
    format!("{} {}", status.byte(), status.name())
}

/// One step after one status, of a voucher whose latest entry names `before`.
#[derive(Clone)]
struct Case {
    kind: Kind,
    from: Status,
    to: Status,
    before: PublicKey,
    arbiters: Vec<PublicKey>,
}

impl Case {
    fn state(&self) -> State {
        State {
            entry: entry(Kind::Sell, self.from, 0, self.before),
            index: 1,
            status: self.from,
            issuer: ISSUER,
            seller: Some(SELLER),
            used: 0,
            was_returned: false,
        }
    }

    /// Terms that allow whatever some terms allow.
    fn terms(&self) -> Terms {
        let flags = Flags { transferable: true, ..Flags::default() };
        Terms::new(1, 2, flags, vec![REDEEMER], self.arbiters.clone()).expect("terms")
    }

    fn step(&self, party: PublicKey) -> Entry {
        entry(self.kind, self.to, 1, party)
    }

    fn demands(&self) -> Vec<Demand> {
        self.state().demands(&self.step(ANOTHER), &self.terms(), Some(&VOUCHER))
    }

    /// The parties that the step may name, in words.
    fn parties(&self) -> &'static str {
        let allows = |party: &PublicKey| {
            self.state().step(&self.step(*party), 2, &self.terms(), Some(&VOUCHER)).is_ok()
        };
        let all = [NOBODY, ISSUER, PARTY, SELLER, VOUCHER, ANOTHER];
        let allowed: Vec<PublicKey> = all.into_iter().filter(allows).collect();
        let without = |left_out: &[PublicKey]| -> Vec<PublicKey> {
            all.into_iter().filter(|party| !left_out.contains(party)).collect()
        };
        match allowed {
            only if only == [self.before] => "unchanged",
            only if only == [SELLER] => "the seller",
            any if any == all => "any key, or nobody",
            any if any == without(&[NOBODY]) => "any key",
            any if any == without(&[NOBODY, VOUCHER]) => "any key but V",
            other => {
                panic!("{} from {} allows {other:?}: give that a name", self.kind.name(), self.from.name())
            }
        }
    }
}

/// Demands in words: alternatives of one joined by "or", all of them by "and".
fn signers(demands: &[Demand]) -> String {
    let name = |demand: &Demand, key: &PublicKey| match *key {
        ISSUER => "issuer",
        REDEEMER => "a redeemer",
        ARBITER => "an arbiter",
        VOUCHER => "V",
        _ => demand.role.name(),
    };
    let one =
        |demand: &Demand| demand.keys.iter().map(|key| name(demand, key)).collect::<Vec<_>>().join(" or ");
    demands.iter().map(one).collect::<Vec<_>>().join(" and ")
}

//! The fraud rules, one by one: what each accuses, and its neighbours that it must not. The model check beside them is
//! in `fraud_model`.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

mod fraud_model;
mod spoiled;
mod vectors;

use ledgers::story::{
    CLAIMED, CLOCK_BACK, DOUBLE_SPEND, FALSE_LINK, ILLEGAL_STEP, IN_TRADE, NOBODY, OVERLAPPING, REDEEMED,
    SOLD, add, judge, pair, story,
};
use ledgers::{Ledger, View, at, party, record};
use spoiled::assert_spoiled_proofs_are_refused;
use vouchsafe_protocol::checkpoint::Checkpoint;
use vouchsafe_protocol::entry::Entry;
use vouchsafe_protocol::fraud::{Accusation, Fraud, LedgerView as _, Refused, Rule, Shown};
use vouchsafe_protocol::heads::Head;
use vouchsafe_protocol::lifecycle::{Kind, Status};
use vouchsafe_protocol::merkle::ProofError;
use vouchsafe_protocol::{Digest, LedgerId, keccak};

/// The proof holds, as the rule's, and no spoiled copy of it does.
fn assert_proves(view: &View, fraud: &Fraud, rule: Rule) {
    assert_eq!(fraud.judge(&view.checkpoint()), Ok(()), "{fraud:?}");
    assert_eq!(fraud.rule(), rule);
    assert_spoiled_proofs_are_refused(fraud, &view.checkpoint());
}

#[test]
fn f1_accuses_two_steps_out_of_one_state() {
    let mut ledger = story();
    let again = add(&mut ledger, Kind::Sell, SOLD, 3..5, 2, party(4));
    let same_prev = add(&mut ledger, Kind::Sell, SOLD, 5..6, 2, party(4));
    let issued = ledger.issue(1, party(0), 200);
    ledger.entries[at(issued)].first = 3;
    let view = ledger.view();
    let of = |x, y| judge(&view, &pair(&view, DOUBLE_SPEND, x, y));
    assert_proves(&view, &pair(&view, DOUBLE_SPEND, 4, again), Rule::F1);
    assert_proves(&view, &pair(&view, DOUBLE_SPEND, again, 4), Rule::F1);
    assert_eq!(of(2, 3), Err(Refused::Apart { x: 2, y: 3 }), "ranges that touch");
    assert_eq!(of(again, same_prev), Err(Refused::Apart { x: again, y: same_prev }));
    assert_eq!(of(4, 4), Err(Refused::SameEntry { index: 4 }));
    assert_eq!(of(4, 5), Err(Refused::OtherPrev { x: 4, y: 5 }), "a chain of hands");
    assert_eq!(of(0, issued), Err(Refused::Issue { index: 0 }), "that is F7");
    assert_eq!(of(4, issued), Err(Refused::Issue { index: issued }));
}

#[test]
fn f2_accuses_exactly_what_the_life_cycle_does_not_list() {
    let bytes = || (0..=16).chain([255]);
    let mut legal = 0;
    for (before, kind) in bytes().flat_map(|before| bytes().map(move |kind| (before, kind))) {
        let due = Status::from_byte(before)
            .zip(Kind::from_byte(kind))
            .and_then(|(status, kind)| status.after(kind))
            .map(Status::byte);
        for status in bytes() {
            let mut ledger = Ledger::default();
            ledger.issue(3, party(0), 10);
            ledger.entries[0].status = before;
            let y = add(&mut ledger, Kind::Sell, SOLD, 1..2, 0, party(0));
            ledger.entries[at(y)].kind = kind;
            ledger.entries[at(y)].status = status;
            let judged = judge(&ledger.view(), &pair(&ledger.view(), ILLEGAL_STEP, 0, y));
            let refused = if due == Some(status) { Err(Refused::Legal { x: 0, y }) } else { Ok(()) };
            assert_eq!(judged, refused, "{before} then {kind} to {status}");
            legal += usize::from(due == Some(status));
        }
    }
    assert_eq!(legal, 25, "steps that section 6 lists");
}

#[test]
fn f2_accuses_a_replaced_party() {
    let mut ledger = story();
    let redeemed = add(&mut ledger, Kind::Redeem, REDEEMED, 21..22, 6, party(1));
    let stolen = add(&mut ledger, Kind::Redeem, REDEEMED, 1..2, 2, party(7));
    let given_away = add(&mut ledger, Kind::Transfer, IN_TRADE, 4..5, 2, party(7));
    let claimed = add(&mut ledger, Kind::Claim, CLAIMED, 12..13, 7, party(7));
    let sold = add(&mut ledger, Kind::Sell, SOLD, 6..8, 2, party(3));
    let buyer = add(&mut ledger, Kind::Claim, CLAIMED, 6..7, sold, party(3));
    let thief = add(&mut ledger, Kind::Claim, CLAIMED, 7..8, sold, party(7));
    let from_trade = add(&mut ledger, Kind::Claim, CLAIMED, 8..9, 2, party(7));
    let elsewhere = add(&mut ledger, Kind::Redeem, REDEEMED, 15..16, 2, party(7));
    let view = ledger.view();
    let of = |x, y| judge(&view, &pair(&view, ILLEGAL_STEP, x, y));
    assert_proves(&view, &pair(&view, ILLEGAL_STEP, 2, stolen), Rule::F2);
    assert_proves(&view, &pair(&view, ILLEGAL_STEP, sold, thief), Rule::F2);
    for (x, y) in [(6, redeemed), (2, given_away), (7, claimed), (sold, buyer), (2, from_trade)] {
        assert_eq!(of(x, y), Err(Refused::Legal { x, y }));
    }
    assert_eq!(of(2, elsewhere), Err(Refused::Apart { x: 2, y: elsewhere }), "that is F3");
    assert_eq!(of(3, elsewhere), Err(Refused::NotLinked { x: 3, y: elsewhere, prev: 2 }));
    assert_eq!(of(stolen, 2), Err(Refused::NotLinked { x: stolen, y: 2, prev: 0 }), "the wrong way round");
}

#[test]
fn f2a_accuses_what_is_illegal_alone() {
    let base = Entry { prev: 2, count: 1, first: 1, ..story().entries[4] };
    let kind = |kind: Kind| Entry { kind: kind.byte(), ..base };
    let issue = Entry { prev: Entry::NO_PREV, status: IN_TRADE, ..kind(Kind::Issue) };
    let judged = |entry: Entry| {
        let mut ledger = story();
        let index = ledger.append(entry);
        let view = ledger.view();
        let fraud = Fraud::IllegalAlone { y: view.entry_proof(index) };
        if judge(&view, &fraud).is_ok() {
            assert_proves(&view, &fraud, Rule::F2a);
        }
        judge(&view, &fraud)
    };
    for illegal in [
        Entry { prev: 7, ..issue },
        Entry { status: SOLD, ..issue },
        Entry { status: 0, ..issue },
        Entry { count: 0, ..base },
        Entry { count: 0, ..issue },
        Entry { first: 2, count: u64::MAX, ..base },
        Entry { first: u64::MAX, count: 2, ..issue },
        Entry { count: 2, ..kind(Kind::Claim) },
        Entry { count: 2, ..kind(Kind::Use) },
        Entry { party: NOBODY, ..kind(Kind::Transfer) },
        Entry { party: NOBODY, ..kind(Kind::Claim) },
        Entry { kind: 0, count: 0, ..base },
    ] {
        assert_eq!(judged(illegal), Ok(()), "{illegal:?}");
    }
    for legal in [
        issue,
        Entry { count: 1000, ..issue },
        Entry { first: 1, count: u64::MAX, ..base },
        Entry { first: u64::MAX, ..issue },
        Entry { count: 2, ..kind(Kind::Redeem) },
        Entry { party: NOBODY, ..kind(Kind::Sell) },
        kind(Kind::Claim),
        Entry { prev: Entry::NO_PREV, ..kind(Kind::Use) },
        Entry { kind: 11, status: 200, ..base },
    ] {
        assert_eq!(judged(legal), Err(Refused::LegalAlone { index: 8 }), "{legal:?}");
    }
}

#[test]
fn f3_accuses_a_range_that_leaves_the_one_before() {
    let mut ledger = story();
    let past = add(&mut ledger, Kind::Transfer, IN_TRADE, 5..11, 2, party(4));
    let beside = add(&mut ledger, Kind::Transfer, IN_TRADE, 10..12, 2, party(4));
    let before = add(&mut ledger, Kind::Transfer, IN_TRADE, 9..12, 3, party(4));
    let same = add(&mut ledger, Kind::Transfer, IN_TRADE, 0..10, 2, party(4));
    let endless = add(&mut ledger, Kind::Transfer, IN_TRADE, 1..2, 2, party(4));
    ledger.entries[at(endless)].count = u64::MAX;
    let view = ledger.view();
    let of = |x, y| judge(&view, &pair(&view, FALSE_LINK, x, y));
    for (x, y) in [(2, past), (2, beside), (3, before), (2, endless)] {
        assert_proves(&view, &pair(&view, FALSE_LINK, x, y), Rule::F3);
    }
    assert_eq!(of(2, same), Err(Refused::Inside { x: 2, y: same }));
    assert_eq!(of(2, 4), Err(Refused::Inside { x: 2, y: 4 }));
    assert_eq!(of(4, past), Err(Refused::NotLinked { x: 4, y: past, prev: 2 }));
}

#[test]
fn f3_accuses_a_link_that_does_not_lead_back() {
    for prev in [8, 9, 1 << 50, Entry::NO_PREV] {
        let mut ledger = story();
        let y = add(&mut ledger, Kind::Transfer, IN_TRADE, 5..6, prev, party(4));
        let view = ledger.view();
        assert_proves(&view, &Fraud::ForwardLink { y: view.entry_proof(y) }, Rule::F3);
    }
    let view = story().view();
    let of = |y| judge(&view, &Fraud::ForwardLink { y: view.entry_proof(y) });
    assert_eq!(of(5), Err(Refused::LinksBack { index: 5, prev: 4 }));
    assert_eq!(of(1), Err(Refused::Issue { index: 1 }));
}

#[test]
fn f4_accuses_a_head_that_hides_a_step() {
    let mut ledger = story();
    ledger.heads[3] = Head::new(IN_TRADE, 2).unwrap();
    let view = ledger.view();
    let of = |y, number| Fraud::StaleHead { y: view.entry_proof(y), head: view.head_proof(number) };
    assert_proves(&view, &of(4, 3), Rule::F4);
    assert_proves(&view, &of(5, 3), Rule::F4);
    assert_eq!(judge(&view, &of(2, 3)), Err(Refused::Current { number: 3, head: 2, index: 2 }));
    assert_eq!(judge(&view, &of(3, 3)), Err(Refused::NotCovered { index: 3, number: 3 }));
    assert_eq!(judge(&view, &of(4, 4)), Err(Refused::NotCovered { index: 4, number: 4 }), "a neighbour");
    assert_eq!(judge(&view, &of(2, 4)), Err(Refused::Current { number: 4, head: 2, index: 2 }));
}

#[test]
fn f4_accuses_a_count_that_leaves_vouchers_out() {
    let mut ledger = story();
    ledger.heads.pop();
    let view = ledger.view();
    let of = |y, number| Fraud::UncountedVoucher { y: view.entry_proof(y), number };
    assert_proves(&view, &of(1, 23), Rule::F4);
    assert_eq!(judge(&view, &of(1, 22)), Err(Refused::Counted { number: 22, vouchers: 23 }));
    assert_eq!(judge(&view, &of(1, 24)), Err(Refused::NotCovered { index: 1, number: 24 }));
}

#[test]
fn f5_accuses_a_head_that_says_what_no_entry_says() {
    let mut ledger = story();
    ledger.heads[0] = Head::new(SOLD, 4).unwrap();
    ledger.heads[3] = Head::new(IN_TRADE, 5).unwrap();
    ledger.heads[6] = Head::new(IN_TRADE, 8).unwrap();
    ledger.heads[7] = Head::new(IN_TRADE, 7).unwrap();
    let view = ledger.view();
    let of = |x, number| Fraud::ForgedHead { x: view.entry_proof(x), head: view.head_proof(number) };
    assert_proves(&view, &of(4, 0), Rule::F5);
    assert_proves(&view, &of(5, 3), Rule::F5);
    assert_eq!(judge(&view, &of(2, 4)), Err(Refused::TrueHead { number: 4, index: 2 }), "a neighbour");
    assert_eq!(judge(&view, &of(5, 4)), Err(Refused::OtherHead { number: 4, head: 2, index: 5 }));
    assert_eq!(judge(&view, &of(4, 3)), Err(Refused::OtherHead { number: 3, head: 5, index: 4 }));

    let past = |number| Fraud::HeadPastLog { head: view.head_proof(number) };
    assert_proves(&view, &past(6), Rule::F5);
    assert_eq!(judge(&view, &past(7)), Err(Refused::InLog { number: 7, head: 7, size: 8 }));
    let mut padding = view.head_proof(20);
    padding.number = 24;
    let refused = Err(Refused::NoHead { number: 24, vouchers: 24 });
    assert_eq!(judge(&view, &Fraud::HeadPastLog { head: padding.clone() }), refused);
    assert_eq!(judge(&view, &Fraud::ForgedHead { x: view.entry_proof(0), head: padding }), refused);
}

#[test]
fn f6_accuses_one_key_at_two_numbers() {
    let mut ledger = story();
    ledger.batches.get_mut(&1).unwrap()[0] = record(5);
    ledger.batches.get_mut(&0).unwrap()[11].key = record(9).key;
    let overlapping = ledger.issue(2, party(0), 200);
    ledger.entries[at(overlapping)].first = 7;
    ledger.batches.get_mut(&overlapping).unwrap()[0] = record(7);
    ledger.seal_batches();
    let view = ledger.view();
    let of = |x: (u64, u64), y: (u64, u64)| Fraud::DoubleIssue {
        x: view.record_proof(x.0, x.1),
        y: view.record_proof(y.0, y.1),
    };
    assert_proves(&view, &of((0, 6), (1, 1)), Rule::F6);
    assert_proves(&view, &of((0, 10), (0, 12)), Rule::F6);
    assert_eq!(judge(&view, &of((0, 5), (1, 1))), Err(Refused::OtherVoucher { x: 4, y: 20 }));
    assert_eq!(judge(&view, &of((0, 6), (0, 6))), Err(Refused::SameNumber { number: 5 }));
    assert_eq!(judge(&view, &of((0, 8), (overlapping, 1))), Err(Refused::SameNumber { number: 7 }));

    let with = |change: fn(&mut Fraud, &View)| {
        let mut fraud = of((0, 6), (1, 1));
        change(&mut fraud, &view);
        judge(&view, &fraud)
    };
    let manifest = with(|fraud, _| {
        if let Fraud::DoubleIssue { y, .. } = fraud {
            y.leaf = 0;
        }
    });
    assert_eq!(manifest, Err(Refused::NotRecord));
    let beyond = with(|fraud, _| {
        if let Fraud::DoubleIssue { y, .. } = fraud {
            y.leaf = 5;
        }
    });
    assert_eq!(beyond, Err(Refused::Record { leaf: 5, cause: ProofError::Index { index: 5, size: 5 } }));
    let step = with(|fraud, view| {
        if let Fraud::DoubleIssue { y, .. } = fraud {
            y.issue = view.entry_proof(2);
        }
    });
    assert_eq!(step, Err(Refused::NotIssue { index: 2 }));
}

#[test]
fn f7_accuses_one_number_given_out_twice() {
    let mut ledger = story();
    let over = ledger.issue(3, party(0), 200);
    let touching = ledger.issue(3, party(0), 200);
    let last = ledger.issue(1, party(0), 200);
    let wrapping = ledger.issue(1, party(0), 200);
    let whole = ledger.issue(1, party(0), 200);
    ledger.entries[at(over)].first = 23;
    ledger.entries[at(touching)].first = 26;
    ledger.entries[at(last)].first = u64::MAX;
    for (index, first, count) in [(wrapping, 5, u64::MAX), (whole, 0, u64::MAX)] {
        ledger.entries[at(index)].first = first;
        ledger.entries[at(index)].count = count;
    }
    let view = ledger.view();
    let of = |x, y| judge(&view, &pair(&view, OVERLAPPING, x, y));
    assert_proves(&view, &pair(&view, OVERLAPPING, 1, over), Rule::F7);
    assert_proves(&view, &pair(&view, OVERLAPPING, last, wrapping), Rule::F7);
    assert_eq!(of(over, touching), Err(Refused::Apart { x: over, y: touching }));
    assert_eq!(of(last, whole), Err(Refused::Apart { x: last, y: whole }), "touching below 2^64");
    assert_eq!(of(0, 1), Err(Refused::Apart { x: 0, y: 1 }));
    assert_eq!(of(1, 1), Err(Refused::SameEntry { index: 1 }));
    assert_eq!(of(0, 2), Err(Refused::NotIssue { index: 2 }));
}

#[test]
fn f9_accuses_a_clock_that_goes_back() {
    let mut ledger = story();
    ledger.entries[6].at = ledger.entries[4].at - 1;
    ledger.entries[7].at = ledger.entries[6].at;
    let view = ledger.view();
    let of = |x, y| judge(&view, &pair(&view, CLOCK_BACK, x, y));
    for (x, y) in [(5, 6), (4, 6), (4, 7)] {
        assert_proves(&view, &pair(&view, CLOCK_BACK, x, y), Rule::F9);
    }
    let back = ledger.entries[6].at;
    assert_eq!(of(6, 7), Err(Refused::Clock { x: back, y: back }), "an equal clock");
    assert_eq!(of(6, 5), Err(Refused::NotLater { x: 6, y: 5 }));
    assert_eq!(of(6, 6), Err(Refused::NotLater { x: 6, y: 6 }));
}

/// A ledger that lies, and S with two checkpoints after it.
fn shown() -> (View, Shown) {
    let mut ledger = story();
    ledger.entries[7].at = 0;
    let view = ledger.view();
    let (id, checkpoint) = (LedgerId::new([7; 32]), view.checkpoint());
    let next = |before: &Checkpoint| {
        let (number, previous) = (before.number + 1, before.hash(id));
        Checkpoint { number, previous, ..*before }
    };
    let newer = vec![next(&checkpoint), next(&next(&checkpoint))];
    (view, Shown { ledger: id, checkpoint, newer })
}

#[test]
fn an_accusation_holds_under_an_anchored_checkpoint_only() {
    let (view, walked) = shown();
    let fraud = pair(&view, CLOCK_BACK, 6, 7);
    let of = |shown: &Shown, anchored: Digest| {
        Accusation { shown: shown.clone(), fraud: fraud.clone() }.judge(anchored)
    };
    let newest = walked.newer[1].hash(walked.ledger);
    assert_eq!((walked.anchored_number(), of(&walked, newest)), (9, Ok(Rule::F9)));
    let direct = Shown { newer: Vec::new(), ..walked.clone() };
    let own = direct.checkpoint.hash(direct.ledger);
    assert_eq!((direct.anchored_number(), of(&direct, own)), (7, Ok(Rule::F9)));

    assert_eq!(of(&direct, newest), Err(Refused::Checkpoint { number: 7 }));
    assert_eq!(of(&walked, own), Err(Refused::Checkpoint { number: 9 }));
    let elsewhere = Shown { ledger: LedgerId::new([8; 32]), ..direct.clone() };
    assert_eq!(of(&elsewhere, own), Err(Refused::Checkpoint { number: 7 }));
    let gap = Shown { newer: vec![walked.newer[1]], ..walked.clone() };
    assert_eq!(of(&gap, newest), Err(Refused::Previous { number: 9 }));
    let mut forged = direct;
    forged.checkpoint.log_root = keccak(&[b"another"]);
    assert_eq!(of(&forged, own), Err(Refused::Checkpoint { number: 7 }));
    assert_eq!(
        of(&forged, forged.checkpoint.hash(forged.ledger)),
        Err(Refused::Entry { index: 6, cause: ProofError::Root })
    );
}

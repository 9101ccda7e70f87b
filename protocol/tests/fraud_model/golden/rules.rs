//! Rule by rule: what each accuses, and its nearest neighbours that it must not.

use super::{assert_golden, case};
use ledgers::story::{
    CLAIMED, CLOCK_BACK, DOUBLE_SPEND, FALSE_LINK, ILLEGAL_STEP, IN_TRADE, NOBODY, OVERLAPPING, Pair,
    REDEEMED, SOLD, add, pair, story,
};
use ledgers::{Ledger, View, at, party, record};
use serde_json::Value;
use vouchsafe_protocol::entry::Entry;
use vouchsafe_protocol::fraud::Fraud;
use vouchsafe_protocol::heads::Head;
use vouchsafe_protocol::lifecycle::Kind;

/// The same rule asked of several pairs of entries.
fn pairs(view: &View, of: Pair, asked: &[(&str, u64, u64)]) -> Vec<Value> {
    asked.iter().map(|(description, x, y)| case(description, view, &pair(view, of, *x, *y))).collect()
}

/// The ledger without its last entries: what an earlier checkpoint knows.
fn earlier(ledger: &Ledger, size: u64) -> View {
    let mut earlier = ledger.clone();
    earlier.entries.truncate(at(size));
    earlier.view()
}

#[test]
fn f1_double_spend() {
    let mut ledger = story();
    let again = add(&mut ledger, Kind::Sell, SOLD, 3..5, 2, party(4));
    let beside = add(&mut ledger, Kind::Sell, SOLD, 5..6, 2, party(4));
    let issued = ledger.issue(1, party(0), 200);
    ledger.entries[at(issued)].first = 3;
    let endless = add(&mut ledger, Kind::Sell, SOLD, 6..7, 2, party(4));
    ledger.entries[at(endless)].count = u64::MAX;
    let view = ledger.view();
    let mut cases = pairs(
        &view,
        DOUBLE_SPEND,
        &[
            ("voucher 3 sold twice out of one transfer", 4, again),
            ("the other way round", again, 4),
            ("ranges that touch", 2, 3),
            ("ranges that touch, in one state", again, beside),
            ("ranges that touch, one of them past all numbers", beside, endless),
            ("the same entry twice", 4, 4),
            ("a chain of hands", 4, 5),
            ("two Issue entries, which is F7", 0, issued),
            ("a step and an Issue", 4, issued),
        ],
    );
    let small = earlier(&ledger, again);
    let beyond = Fraud::DoubleSpend { x: small.entry_proof(4), y: view.entry_proof(again) };
    cases.push(case("an entry beyond the size of the checkpoint", &small, &beyond));
    let of = pair(&view, DOUBLE_SPEND, 4, again);
    cases.push(case("the proofs of another checkpoint", &earlier(&ledger, again + 1), &of));
    assert_golden("f1.json", "F1: two entries leave the same entry, and both cover one voucher", &cases);
}

#[test]
fn f2_illegal_step() {
    let mut ledger = story();
    let resold = add(&mut ledger, Kind::Sell, SOLD, 12..13, 7, party(4));
    let moved_on = add(&mut ledger, Kind::Transfer, IN_TRADE, 3..4, 5, party(4));
    let redeemed = add(&mut ledger, Kind::Redeem, REDEEMED, 21..22, 6, party(1));
    let stolen = add(&mut ledger, Kind::Redeem, REDEEMED, 1..2, 2, party(7));
    let given_away = add(&mut ledger, Kind::Transfer, IN_TRADE, 4..5, 2, party(7));
    let claimed = add(&mut ledger, Kind::Claim, CLAIMED, 12..13, 7, party(7));
    let sold = add(&mut ledger, Kind::Sell, SOLD, 6..8, 2, party(3));
    let buyer = add(&mut ledger, Kind::Claim, CLAIMED, 6..7, sold, party(3));
    let thief = add(&mut ledger, Kind::Claim, CLAIMED, 7..8, sold, party(7));
    let from_trade = add(&mut ledger, Kind::Claim, CLAIMED, 8..9, 2, party(7));
    let elsewhere = add(&mut ledger, Kind::Redeem, REDEEMED, 15..16, 2, party(7));
    let unknown = add(&mut ledger, Kind::Void, 5, 9..10, 2, party(2));
    ledger.entries[at(unknown)].kind = 200;
    let nowhere = add(&mut ledger, Kind::Sell, 0, 9..10, 2, party(2));
    let returned = add(&mut ledger, Kind::Return, IN_TRADE, 6..7, sold, party(2));
    let no_status = add(&mut ledger, Kind::Transfer, 0, 3..4, 5, party(4));
    let odd = add(&mut ledger, Kind::Use, IN_TRADE, 22..23, 1, party(1));
    ledger.entries[at(odd)].status = 77;
    let after_odd = add(&mut ledger, Kind::Redeem, REDEEMED, 22..23, odd, party(1));
    let cases = pairs(
        &ledger.view(),
        ILLEGAL_STEP,
        &[
            ("a sold voucher sold", 7, resold),
            ("a spent voucher moved on", 5, moved_on),
            ("a redemption that replaces the holder", 2, stolen),
            ("a claim over the head of the buyer named", sold, thief),
            ("a kind that the life cycle does not list", 2, unknown),
            ("status 0 after a sale", 2, nowhere),
            ("status 0 after a step that is not listed", 5, no_status),
            ("a status that the life cycle does not list", 1, odd),
            ("a step out of such a status", odd, after_odd),
            ("a redemption", 6, redeemed),
            ("a transfer", 2, given_away),
            ("a claim where nobody was named", 7, claimed),
            ("a claim by the buyer named", sold, buyer),
            ("a claim straight out of trade", 2, from_trade),
            ("a return to the seller", sold, returned),
            ("no common voucher, which is F3", 2, elsewhere),
            ("entries that are not linked", 3, elsewhere),
            ("the wrong way round", stolen, 2),
        ],
    );
    assert_golden("f2.json", "F2: y follows x, and section 6 lists no such step or another party", &cases);
}

#[test]
fn f2a_illegal_alone() {
    let base = Entry { prev: 2, count: 1, first: 1, ..story().entries[4] };
    let kind = |kind: Kind| Entry { kind: kind.byte(), ..base };
    let issue = Entry { prev: Entry::NO_PREV, status: IN_TRADE, ..kind(Kind::Issue) };
    let cases: Vec<Value> = [
        ("an Issue that follows something", Entry { prev: 7, ..issue }),
        ("an Issue to another status", Entry { status: SOLD, ..issue }),
        ("an Issue to status 0", Entry { status: 0, ..issue }),
        ("a step of no voucher", Entry { count: 0, ..base }),
        ("an Issue of no voucher", Entry { count: 0, ..issue }),
        ("a range past 2^64", Entry { first: 2, count: u64::MAX, ..base }),
        ("an Issue past 2^64", Entry { first: u64::MAX, count: 2, ..issue }),
        ("a claim of two", Entry { count: 2, ..kind(Kind::Claim) }),
        ("a use of two", Entry { count: 2, ..kind(Kind::Use) }),
        ("a transfer to nobody", Entry { party: NOBODY, ..kind(Kind::Transfer) }),
        ("a claim by nobody", Entry { party: NOBODY, ..kind(Kind::Claim) }),
        ("an unlisted kind of no voucher", Entry { kind: 0, count: 0, ..base }),
        ("an Issue", issue),
        ("an Issue of many", Entry { count: 1000, ..issue }),
        ("a range that ends at 2^64", Entry { first: 1, count: u64::MAX, ..base }),
        ("the last number of all", Entry { first: u64::MAX, ..issue }),
        ("a redemption of two", Entry { count: 2, ..kind(Kind::Redeem) }),
        ("a sale to nobody named", Entry { party: NOBODY, ..kind(Kind::Sell) }),
        ("a claim of one", kind(Kind::Claim)),
        ("a step that follows nothing, which is F3", Entry { prev: Entry::NO_PREV, ..kind(Kind::Use) }),
        ("an unlisted kind and status, which is F2", Entry { kind: 11, status: 200, ..base }),
    ]
    .into_iter()
    .map(|(description, entry)| {
        let mut ledger = story();
        let index = ledger.append(entry);
        let view = ledger.view();
        case(description, &view, &Fraud::IllegalAlone { y: view.entry_proof(index) })
    })
    .collect();
    assert_golden("f2a.json", "F2a: y is illegal whatever came before it", &cases);
}

#[test]
fn f3_false_link() {
    let mut ledger = story();
    let past = add(&mut ledger, Kind::Transfer, IN_TRADE, 5..11, 2, party(4));
    let beside = add(&mut ledger, Kind::Transfer, IN_TRADE, 10..12, 2, party(4));
    let before = add(&mut ledger, Kind::Transfer, IN_TRADE, 9..12, 3, party(4));
    let same = add(&mut ledger, Kind::Transfer, IN_TRADE, 0..10, 2, party(4));
    let endless = add(&mut ledger, Kind::Transfer, IN_TRADE, 1..2, 2, party(4));
    ledger.entries[at(endless)].count = u64::MAX;
    let mut cases = pairs(
        &ledger.view(),
        FALSE_LINK,
        &[
            ("one voucher too many at the end", 2, past),
            ("beside it", 2, beside),
            ("one voucher too many at the beginning", 3, before),
            ("past all numbers", 2, endless),
            ("the same range", 2, same),
            ("a part of it", 2, 4),
            ("entries that are not linked", 4, past),
        ],
    );
    for (description, prev) in [
        ("a step that follows itself", 8),
        ("a step that follows a later one", 9),
        ("a step that follows none", Entry::NO_PREV),
    ] {
        let mut ledger = story();
        let y = add(&mut ledger, Kind::Transfer, IN_TRADE, 5..6, prev, party(4));
        let view = ledger.view();
        cases.push(case(description, &view, &Fraud::ForwardLink { y: view.entry_proof(y) }));
    }
    let view = story().view();
    for (description, index) in
        [("a step that follows an earlier one", 5), ("an Issue, which follows nothing", 1)]
    {
        cases.push(case(description, &view, &Fraud::ForwardLink { y: view.entry_proof(index) }));
    }
    assert_golden(
        "f3.json",
        "F3: y leaves the range of the entry that it follows, or follows no earlier one",
        &cases,
    );
}

#[test]
fn f4_stale_head() {
    let mut ledger = story();
    ledger.heads[3] = Head::new(IN_TRADE, 2).unwrap();
    let view = ledger.view();
    let stale = |y, number| Fraud::StaleHead { y: view.entry_proof(y), head: view.head_proof(number) };
    let mut cases: Vec<Value> = [
        ("a sale hidden", 4, 3),
        ("a redemption hidden", 5, 3),
        ("the entry that the head points at", 2, 3),
        ("an entry that does not cover the voucher", 3, 3),
        ("the word of a neighbour", 4, 4),
        ("a true word", 2, 4),
    ]
    .into_iter()
    .map(|(description, y, number)| case(description, &view, &stale(y, number)))
    .collect();
    let mut ledger = story();
    ledger.heads.pop();
    let view = ledger.view();
    let uncounted = |number| Fraud::UncountedVoucher { y: view.entry_proof(1), number };
    for (description, number) in [
        ("a voucher that is not counted", 23),
        ("the last one that is counted", 22),
        ("a number that the entry does not cover", 24),
    ] {
        cases.push(case(description, &view, &uncounted(number)));
    }
    assert_golden(
        "f4.json",
        "F4: y covers a voucher whose head points below y, or that is not counted",
        &cases,
    );
}

#[test]
fn f5_forged_head() {
    let mut ledger = story();
    ledger.heads[0] = Head::new(SOLD, 4).unwrap();
    ledger.heads[3] = Head::new(IN_TRADE, 5).unwrap();
    ledger.heads[6] = Head::new(IN_TRADE, 8).unwrap();
    ledger.heads[7] = Head::new(IN_TRADE, 7).unwrap();
    let view = ledger.view();
    let forged = |x, number| Fraud::ForgedHead { x: view.entry_proof(x), head: view.head_proof(number) };
    let mut cases: Vec<Value> = [
        ("an entry that does not cover the voucher", 4, 0),
        ("another status than the entry's", 5, 3),
        ("a true word, neighbour of forged ones", 2, 4),
        ("a word that points elsewhere", 5, 4),
        ("a forged word, but of another entry", 4, 3),
    ]
    .into_iter()
    .map(|(description, x, number)| case(description, &view, &forged(x, number)))
    .collect();
    let past = |number| Fraud::HeadPastLog { head: view.head_proof(number) };
    cases.push(case("one past the log's end", &view, &past(6)));
    cases.push(case("the log's last entry", &view, &past(7)));
    let mut padding = view.head_proof(20);
    padding.number = 24;
    cases.push(case("padding taken for a word", &view, &Fraud::HeadPastLog { head: padding.clone() }));
    let of_entry = Fraud::ForgedHead { x: view.entry_proof(0), head: padding };
    cases.push(case("padding held against an entry", &view, &of_entry));
    assert_golden("f5.json", "F5: a head that no entry says", &cases);
}

#[test]
fn f6_double_issue() {
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
    let mut cases: Vec<Value> = [
        ("one key in two batches", (0, 6), (1, 1)),
        ("one key twice in one batch, under two labels", (0, 10), (0, 12)),
        ("neighbours", (0, 5), (1, 1)),
        ("the same record twice", (0, 6), (0, 6)),
        ("one number in two batches, which is F7", (0, 8), (overlapping, 1)),
    ]
    .into_iter()
    .map(|(description, x, y)| case(description, &view, &of(x, y)))
    .collect();
    let issue = view.entry_proof(2);
    for (description, leaf, of_step) in
        [("leaf 0", 0, false), ("a leaf beyond the batch", 5, false), ("a batch of no Issue", 1, true)]
    {
        let mut y = view.record_proof(1, 1);
        y.leaf = leaf;
        if of_step {
            y.issue = issue.clone();
        }
        cases.push(case(description, &view, &Fraud::DoubleIssue { x: view.record_proof(0, 6), y }));
    }
    assert_golden("f6.json", "F6: one voucher key at two numbers", &cases);
}

#[test]
fn f7_overlapping_numbers() {
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
    let cases = pairs(
        &ledger.view(),
        OVERLAPPING,
        &[
            ("one number of the batch before", 1, over),
            ("a range past 2^64", last, wrapping),
            ("ranges that touch", over, touching),
            ("ranges that touch below 2^64", last, whole),
            ("one batch after the other", 0, 1),
            ("the same entry twice", 1, 1),
            ("an entry that is no Issue", 0, 2),
        ],
    );
    assert_golden("f7.json", "F7: two Issue entries give out one number", &cases);
}

#[test]
fn f9_clock_back() {
    let mut ledger = story();
    ledger.entries[6].at = ledger.entries[4].at - 1;
    ledger.entries[7].at = ledger.entries[6].at;
    let cases = pairs(
        &ledger.view(),
        CLOCK_BACK,
        &[
            ("the entry before", 5, 6),
            ("an earlier entry", 4, 6),
            ("two that are not neighbours", 4, 7),
            ("an equal clock", 6, 7),
            ("the wrong way round", 6, 5),
            ("the same entry twice", 6, 6),
        ],
    );
    assert_golden("f9.json", "F9: y stands after x in the log and before it in time", &cases);
}

//! A valid dossier that was changed in its structure: it may hide what is not anchored yet, and never say anything else.
//!
//! The bytes are a list of changes: which golden dossier, then for each change what, where, and with which other part. So
//! nearly every input still parses, which bytes flipped at random in a text hardly ever do.

use crate::seeds;
use protocol::dossier::{Dossier, Memo, Step};
use protocol::verify::{Finality, Question, StepCode, StepReport, TrustedCheckpoint, verify};
use serde_json::Value;
use std::sync::LazyLock;

/// A dossier that holds, with the checkpoint that it holds under.
struct Golden {
    value: Value,
    dossier: Dossier,
    trusted: TrustedCheckpoint,
}

static GOLDEN: LazyLock<Vec<Golden>> = LazyLock::new(|| {
    let cases = seeds::dossiers().into_iter().filter(|case| case["expect"]["ok"] == true);
    let golden = |case: Value| Golden {
        dossier: Dossier::parse(&case["dossier"].to_string()).expect("a dossier"),
        trusted: TrustedCheckpoint::parse(&case["trusted_checkpoint"].to_string()).expect("a checkpoint"),
        value: case["dossier"].clone(),
    };
    cases.map(golden).collect()
});

/// Most changes of one input.
const CHANGES: usize = 6;

/// Reads choices from bytes; 0 where there are no more.
struct Choices<'a>(std::slice::Iter<'a, u8>);

impl Choices<'_> {
    fn below(&mut self, end: usize) -> usize {
        let mut byte = || usize::from(self.0.next().copied().unwrap_or_default());
        (byte() << 8 | byte()) % end.max(1)
    }
}

pub fn check(bytes: &[u8]) {
    let mut choices = Choices(bytes.iter());
    let golden = &GOLDEN[choices.below(GOLDEN.len())];
    let mut value = golden.value.clone();
    for _ in 0..CHANGES.min(bytes.len().div_ceil(8)) {
        change(&mut value, &mut choices);
    }
    let text = value.to_string();
    let report = verify(&Question {
        trusted: Some(&golden.trusted),
        finality: Finality::Final,
        as_of: true,
        ..Question::of(&text, golden.trusted.block_time.unwrap_or(1_790_003_700_000))
    });
    // What could not be checked is not accepted; without a policy that is so of the two steps of trust.
    let trust = [StepCode::LedgerTrusted, StepCode::IssuerTrusted];
    let unknown = |step: &StepReport| step.result() == "unknown" && !trust.contains(&step.code);
    if report.failed_step().is_some() || report.steps.iter().any(unknown) {
        return;
    }
    let changed = Dossier::parse(&text).expect("what was accepted parses");
    assert_means_the_same(&golden.dossier, &changed);
}

/// What an accepted dossier says is what the one said that it was made of; less, where the rest is not anchored.
fn assert_means_the_same(before: &Dossier, after: &Dossier) {
    assert_eq!(after.ledger.id, before.ledger.id, "another ledger");
    assert_eq!(after.checkpoint.checkpoint, before.checkpoint.checkpoint, "another checkpoint");
    assert_eq!(after.manifest.text, before.manifest.text, "another manifest");
    assert_eq!(after.manifest.terms, before.manifest.terms, "other terms");
    let name = |dossier: &Dossier| (dossier.voucher.number, dossier.voucher.key, dossier.voucher.label);
    assert_eq!(name(after), name(before), "another voucher");
    assert_eq!(after.head.chunk, before.head.chunk, "other heads");
    assert_eq!(after.history.len(), before.history.len(), "another history");
    for (after, before) in after.history.iter().zip(&before.history) {
        assert_eq!(after.index, before.index, "another place");
        assert_same_step(&after.step, &before.step);
    }
    assert!(after.pending.len() <= before.pending.len(), "an entry that nobody promised");
    for (after, before) in after.pending.iter().zip(&before.pending) {
        assert_eq!((after.index, after.receipt), (before.index, before.receipt), "another promise");
        assert_same_step(&after.step, &before.step);
    }
}

fn assert_same_step(after: &Step, before: &Step) {
    assert_eq!(after.entry, before.entry, "another entry");
    let is_same = after.memo == before.memo || after.memo == Memo::Withheld;
    assert!(is_same, "another memo: {:?} for {:?}", after.memo, before.memo);
}

/// Changes one place of a value.
fn change(value: &mut Value, choices: &mut Choices<'_>) {
    let places = places(value);
    let place = &places[choices.below(places.len())];
    let other = value.pointer(&places[choices.below(places.len())]).cloned().unwrap_or_default();
    let foreign = GOLDEN[choices.below(GOLDEN.len())].value.pointer(place).cloned();
    let way = choices.below(9);
    let at = choices.below(1 << 16);
    let Some(here) = value.pointer_mut(place) else { return };
    match (way, here) {
        (0, here) => *here = other,
        (1, here) => *here = foreign.unwrap_or(other),
        (2, here) => *here = Value::Null,
        (3, Value::String(text)) => flip(text, at),
        (4, Value::String(text)) => shorten(text, at),
        (5, Value::Number(number)) => {
            let moved = number.as_u64().unwrap_or_default().wrapping_add(at as u64).wrapping_sub(1 << 15);
            *number = moved.into();
        }
        (6, Value::Array(items)) if !items.is_empty() => {
            let item = items[at % items.len()].clone();
            items.insert(at % (items.len() + 1), item);
        }
        (7, Value::Array(items)) if !items.is_empty() => {
            items.remove(at % items.len());
        }
        (8, Value::Array(items)) if items.len() > 1 => {
            let count = items.len();
            items.swap(at % count, (at >> 8) % count);
        }
        (_, Value::Object(members)) => {
            let name = members.keys().nth(at % members.len().max(1)).cloned().unwrap_or_default();
            members.remove(&name);
        }
        (_, here) => *here = other,
    }
}

/// The JSON pointers of all places, the root aside.
fn places(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, "", &mut found);
    found
}

fn collect(value: &Value, at: &str, found: &mut Vec<String>) {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => {
            (0..).zip(items).map(|(place, item): (usize, _)| (place.to_string(), item)).collect()
        }
        _ => Vec::new(),
    };
    for (name, child) in children {
        let place = format!("{at}/{name}");
        collect(child, &place, found);
        found.push(place);
    }
}

/// Another digit in the place of one.
fn flip(text: &mut String, at: usize) {
    let digits = b"0123456789abcdef";
    let place = at % text.len().max(1);
    if text.is_char_boundary(place) && text.is_char_boundary((place + 1).min(text.len())) && !text.is_empty()
    {
        let digit = char::from(digits[(at >> 12) % digits.len()]);
        text.replace_range(place..=place, digit.encode_utf8(&mut [0; 4]));
    }
}

/// Two digits fewer.
fn shorten(text: &mut String, at: usize) {
    let place = at % text.len().max(1);
    let end = (place + 2).min(text.len());
    if text.is_char_boundary(place) && text.is_char_boundary(end) {
        text.replace_range(place..end, "");
    }
}

/// Changes of each kind, spread over the dossiers.
pub fn seeds() -> Vec<Vec<u8>> {
    let byte = |seed: u64, place: u64| {
        let hash = protocol::keccak(&[b"changes", &seed.to_be_bytes(), &place.to_be_bytes()]);
        hash.as_bytes()[0]
    };
    (0..400).map(|seed| (0..(8 + seed % 40)).map(|place| byte(seed, place)).collect()).collect()
}

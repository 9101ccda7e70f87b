//! Changes in the structure of a JSON value, as an input's bytes choose them: what, where, and with which other part. So
//! nearly every input still parses, which bytes flipped at random in a text hardly ever do.

use serde_json::Value;

/// Most changes of one input.
const CHANGES: usize = 6;

/// Reads choices from bytes; 0 where there are no more.
pub struct Choices<'a>(std::slice::Iter<'a, u8>);

impl<'a> Choices<'a> {
    /// All that these bytes choose.
    pub fn of(bytes: &'a [u8]) -> Self {
        Self(bytes.iter())
    }

    /// A number below `end`; 0 where there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let mut byte = || usize::from(self.0.next().copied().unwrap_or_default());
        (byte() << 8 | byte()) % end.max(1)
    }
}

/// The value, changed by what is left of the choices: a change for eight bytes. Parts of the others come into its place.
pub fn changed<'a>(value: &Value, choices: &mut Choices<'_>, others: impl Fn(usize) -> &'a Value) -> Value {
    let mut changed = value.clone();
    for _ in 0..CHANGES.min(choices.0.len().div_ceil(8)) {
        change(&mut changed, choices, &others);
    }
    changed
}

/// Changes one place of a value.
fn change<'a>(value: &mut Value, choices: &mut Choices<'_>, others: impl Fn(usize) -> &'a Value) {
    let places = places(value);
    let place = &places[choices.below(places.len())];
    let other = value.pointer(&places[choices.below(places.len())]).cloned().unwrap_or_default();
    let foreign = others(choices.below(1 << 16)).pointer(place).cloned();
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

/// Inputs that make changes of each kind, some few and some many.
pub fn seeds() -> Vec<Vec<u8>> {
    let byte = |seed: u64, place: u64| {
        let hash = protocol::keccak(&[b"changes", &seed.to_be_bytes(), &place.to_be_bytes()]);
        hash.as_bytes()[0]
    };
    (0..400).map(|seed| (0..(8 + seed % 40)).map(|place| byte(seed, place)).collect()).collect()
}

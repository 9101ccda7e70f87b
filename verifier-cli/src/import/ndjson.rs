//! One JSON object a line: the members that a card needs, read without keeping the others.

use super::reason::Reason;
use super::text::{Wiped, trimmed};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

/// The members of a card, by the names that the first object uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) serial: Option<String>,
    pub(super) code: String,
    pub(super) face: Option<String>,
}

/// The names of an object's members in their order; `None` if the line is no object.
pub(super) fn names(line: &str) -> Option<Vec<String>> {
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let names = deserializer.deserialize_map(AllNames).ok()?;
    deserializer.end().ok().map(|()| names)
}

/// Serial, secret and face value of one object, empty where absent or null.
pub(super) fn fields<'l>(line: &'l str, names: &Names) -> Result<[Wiped<'l>; 3], Reason> {
    let mut deserializer = serde_json::Deserializer::from_str(line);
    let values = deserializer.deserialize_map(Members(names)).map_err(|_| Reason::Json)?;
    deserializer.end().map_err(|_| Reason::Json)?;
    let [serial, code, face] = values;
    if matches!(serial, Value::Fraction) || matches!(code, Value::Fraction) {
        return Err(Reason::DamagedNumber);
    }
    Ok([serial, code, face].map(|value| match value {
        Value::Text(Cow::Borrowed(text)) => Wiped(Cow::Borrowed(trimmed(text))),
        Value::Text(Cow::Owned(text)) => {
            let whole = Wiped(Cow::Owned(text));
            Wiped(Cow::Owned(trimmed(&whole).to_owned()))
        }
        Value::Absent | Value::Fraction => Wiped(Cow::Borrowed("")),
    }))
}

/// A member's value, as far as a card can hold it.
enum Value<'l> {
    Absent,
    Text(Cow<'l, str>),
    /// A number with a fraction or beyond 64 bits: its digits are lost.
    Fraction,
}

/// Reads every name and no value.
struct AllNames;

impl<'l> Visitor<'l> for AllNames {
    type Value = Vec<String>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'l>>(self, mut map: A) -> Result<Vec<String>, A::Error> {
        let mut names = Vec::new();
        while let Some((name, IgnoredAny)) = map.next_entry::<String, IgnoredAny>()? {
            names.push(name);
        }
        Ok(names)
    }
}

/// Reads the members of a card and skips the others.
struct Members<'n>(&'n Names);

impl<'l> Visitor<'l> for Members<'_> {
    type Value = [Value<'l>; 3];
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'l>>(self, mut map: A) -> Result<[Value<'l>; 3], A::Error> {
        let mut values = [const { None }; 3];
        while let Some(place) = map.next_key_seed(Place(self.0))? {
            match place {
                None => {
                    map.next_value::<IgnoredAny>()?;
                }
                Some(place) => {
                    // Which of two values is meant nobody can say.
                    if values[place].replace(map.next_value_seed(Plain)?).is_some() {
                        return Err(A::Error::custom("a name given twice"));
                    }
                }
            }
        }
        Ok(values.map(|value| value.unwrap_or(Value::Absent)))
    }
}

/// The place of a member's name in [`fields`]' answer.
struct Place<'n>(&'n Names);

impl<'l> DeserializeSeed<'l> for Place<'_> {
    type Value = Option<usize>;
    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Place<'_> {
    type Value = Option<usize>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }
    fn visit_str<E: Error>(self, name: &str) -> Result<Option<usize>, E> {
        let Names { serial, code, face } = self.0;
        Ok([serial.as_deref(), Some(code), face.as_deref()].iter().position(|known| *known == Some(name)))
    }
}

/// Texts and numbers; nothing else can be a field of a card.
struct Plain;

impl<'l> DeserializeSeed<'l> for Plain {
    type Value = Value<'l>;
    fn deserialize<D: Deserializer<'l>>(self, deserializer: D) -> Result<Value<'l>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'l> Visitor<'l> for Plain {
    type Value = Value<'l>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }
    fn visit_borrowed_str<E: Error>(self, text: &'l str) -> Result<Value<'l>, E> {
        Ok(Value::Text(Cow::Borrowed(text)))
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Value<'l>, E> {
        Ok(Value::Text(Cow::Owned(text.to_owned())))
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Value<'l>, E> {
        Ok(Value::Text(Cow::Owned(number.to_string())))
    }
    fn visit_f64<E: Error>(self, _: f64) -> Result<Value<'l>, E> {
        Ok(Value::Fraction)
    }
    fn visit_unit<E: Error>(self) -> Result<Value<'l>, E> {
        Ok(Value::Absent)
    }
}

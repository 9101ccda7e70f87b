//! Reading the project's JSON texts: I-JSON without duplicate names, with a place in every error
//! (docs/protocol.md sections 0 and 4).
//!
//! `serde_json` reads the syntax; what its derived readers would let pass is refused here: a duplicate name anywhere,
//! even in a member that nobody reads, and a list where an object is due.

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::collections::HashSet;
use std::fmt;

/// Integers are plain digits below this.
pub const INTEGER_LIMIT: u64 = 1 << 53;

/// A JSON value as it was written; members keep their order.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// Digits alone, below 2^64.
    Integer(u64),
    /// Any other number.
    Number(f64),
    /// A text.
    Text(String),
    /// `[…]`
    List(Vec<Json>),
    /// `{…}`
    Object(Vec<(String, Json)>),
}

/// Names of members that hold secrets wherever this project writes them: neither a request to a node nor a memo has one.
pub const SECRET_MEMBERS: [&str; 8] =
    ["code", "stamp", "serial", "opening", "secret", "seed", "stamp_secret", "label_key"];

impl Json {
    /// Which of [`SECRET_MEMBERS`] a member at any depth is named, the first if there are several.
    pub fn secret_member(&self) -> Option<&'static str> {
        match self {
            Self::Object(members) => {
                let named =
                    |(name, _): &(String, Self)| SECRET_MEMBERS.into_iter().find(|known| known == name);
                let inside = |(_, value): &(String, Self)| value.secret_member();
                members.iter().find_map(named).or_else(|| members.iter().find_map(inside))
            }
            Self::List(items) => items.iter().find_map(Self::secret_member),
            Self::Null | Self::Bool(_) | Self::Integer(_) | Self::Number(_) | Self::Text(_) => None,
        }
    }
}

/// What is wrong with a JSON text, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {problem}")]
pub struct JsonError {
    /// `history[3].entry`, or a line and column.
    pub place: String,
    /// What is wrong there.
    pub problem: String,
}

impl JsonError {
    /// An error at a place.
    pub fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }
}

/// Reads a text as I-JSON: one value, no duplicate names, no lone surrogates.
pub fn parse(text: &str) -> Result<Json, JsonError> {
    serde_json::from_str(text).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        let problem = error.to_string();
        let problem = problem.split(" at line ").next().unwrap_or_default().to_owned();
        JsonError { place, problem }
    })
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

/// Members of an object whose names are compared one by one.
const FEW: usize = 16;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Json, E> {
        Ok(Json::Bool(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Json, E> {
        Ok(Json::Integer(value))
    }
    #[expect(clippy::cast_precision_loss, reason = "a negative number is never an integer of the protocol")]
    fn visit_i64<E>(self, value: i64) -> Result<Json, E> {
        Ok(Json::Number(value as f64))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Json, E> {
        Ok(Json::Number(value))
    }
    fn visit_str<E>(self, value: &str) -> Result<Json, E> {
        Ok(Json::Text(value.to_owned()))
    }
    fn visit_string<E>(self, value: String) -> Result<Json, E> {
        Ok(Json::Text(value))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Json::List(list))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Json, A::Error> {
        let mut object: Vec<(String, Json)> = Vec::new();
        let mut names = HashSet::new();
        while let Some((name, value)) = members.next_entry::<String, Json>()? {
            // A few names are compared faster than hashed; many must not be compared each with each.
            let known = if object.len() < FEW {
                object.iter().any(|(known, _)| *known == name)
            } else {
                if names.is_empty() {
                    names.extend(object.iter().map(|(known, _)| known.clone()));
                }
                !names.insert(name.clone())
            };
            if known {
                return Err(A::Error::custom(format_args!("the name {name:?} stands twice")));
            }
            object.push((name, value));
        }
        Ok(Json::Object(object))
    }
}

/// A value and where it stands, for readers that say where something is wrong. The place is looked for only then.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    root: &'a Json,
    name: &'a str,
    value: &'a Json,
}

impl<'a> At<'a> {
    /// The whole text; `name` is what it is, for errors.
    pub const fn root(value: &'a Json, name: &'a str) -> Self {
        Self { root: value, name, value }
    }

    const fn of(&self, value: &'a Json) -> Self {
        Self { value, ..*self }
    }

    /// An error here.
    pub fn error(&self, problem: impl Into<String>) -> JsonError {
        let way = way_to(self.root, self.value).unwrap_or_default();
        JsonError::new(format!("{}{way}", self.name), problem)
    }

    /// The members, of an object.
    pub fn members(&self) -> Result<&'a [(String, Json)], JsonError> {
        match self.value {
            Json::Object(members) => Ok(members),
            _ => Err(self.error("an object is due")),
        }
    }

    /// A member that may be absent.
    pub fn optional(&self, name: &str) -> Result<Option<At<'a>>, JsonError> {
        let found = self.members()?.iter().find(|(key, _)| key == name);
        Ok(found.map(|(_, value)| self.of(value)))
    }

    /// A member that may be absent or null.
    pub fn nullable(&self, name: &str) -> Result<Option<At<'a>>, JsonError> {
        Ok(self.optional(name)?.filter(|member| !member.is_null()))
    }

    /// A member that is required.
    pub fn member(&self, name: &str) -> Result<At<'a>, JsonError> {
        self.optional(name)?.ok_or_else(|| self.error(format!("the member {name:?} is missing")))
    }

    /// Refuses members of other names: a request with a misspelt member must not pass as one without it.
    pub fn refuse_others(&self, known: &[&str]) -> Result<(), JsonError> {
        match self.members()?.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            Some((name, _)) => Err(self.error(format!("unknown member {name:?}"))),
            None => Ok(()),
        }
    }

    /// The items of a list.
    pub fn items(&self) -> Result<Vec<At<'a>>, JsonError> {
        let Json::List(items) = self.value else { return Err(self.error("a list is due")) };
        Ok(items.iter().map(|item| self.of(item)).collect())
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        *self.value == Json::Null
    }

    /// A text.
    pub fn text(&self) -> Result<&'a str, JsonError> {
        match self.value {
            Json::Text(text) => Ok(text),
            _ => Err(self.error("a text is due")),
        }
    }

    /// `true` or `false`.
    pub fn boolean(&self) -> Result<bool, JsonError> {
        match self.value {
            Json::Bool(value) => Ok(*value),
            _ => Err(self.error("true or false is due")),
        }
    }

    /// Plain digits below 2^53.
    pub fn integer(&self) -> Result<u64, JsonError> {
        match self.value {
            Json::Integer(value) if *value < INTEGER_LIMIT => Ok(*value),
            _ => Err(self.error("plain digits below 2^53 are due")),
        }
    }

    /// Anything that is written as text in one way: digests, keys, signatures.
    pub fn parsed<T: std::str::FromStr<Err: fmt::Display>>(&self) -> Result<T, JsonError> {
        self.text()?.parse().map_err(|error: T::Err| self.error(error.to_string()))
    }

    /// A list of such.
    pub fn parsed_list<T: std::str::FromStr<Err: fmt::Display>>(&self) -> Result<Vec<T>, JsonError> {
        self.items()?.iter().map(At::parsed).collect()
    }

    /// Bytes of any width.
    pub fn bytes(&self) -> Result<Vec<u8>, JsonError> {
        crate::digest::bytes_from_hex(self.text()?).map_err(|error| self.error(error.to_string()))
    }
}

/// How one gets from a value to the very one that is meant, not one like it: `.history[3].entry`.
fn way_to(from: &Json, meant: &Json) -> Option<String> {
    if std::ptr::eq(from, meant) {
        return Some(String::new());
    }
    let step = |(step, value): (String, &Json)| way_to(value, meant).map(|rest| step + &rest);
    match from {
        Json::List(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, item)| step((format!("[{index}]"), item)))
        }
        Json::Object(members) => {
            let mut members = members.iter();
            members.find_map(|(name, member)| step((format!(".{name}"), member)))
        }
        _ => None,
    }
}

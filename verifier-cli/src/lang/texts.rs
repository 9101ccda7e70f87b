//! The messages of one language, and how one is named with its values.

use super::{FILES, Language};
use casefile::lang::bundle_of;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use std::borrow::Cow;
use std::fmt;

/// A value in a text.
#[derive(Debug, Clone, PartialEq)]
pub enum Arg {
    /// Shown as it is.
    Text(String),
    /// A count, which plural forms may depend on.
    Number(u64),
    /// Another message, in the same language.
    Message(Box<Text>),
}

macro_rules! numbers {
    ($($kind:ty),*) => {
        $(impl From<$kind> for Arg {
            fn from(number: $kind) -> Self {
                u64::try_from(number).map_or_else(|_| Self::Text(number.to_string()), Self::Number)
            }
        })*
    };
}
numbers!(u8, u16, u32, u64, usize, i32);

impl From<String> for Arg {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Arg {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Text> for Arg {
    fn from(text: Text) -> Self {
        Self::Message(Box::new(text))
    }
}

/// A message by its id, with the values that it speaks of; in no language yet.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    id: Cow<'static, str>,
    args: Vec<(&'static str, Arg)>,
}

impl Text {
    /// The message of this id.
    pub fn new(id: impl Into<Cow<'static, str>>) -> Self {
        Self { id: id.into(), args: Vec::new() }
    }

    /// With a value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// Its id.
    pub fn id(&self) -> &str {
        &self.id
    }
}

/// The messages of one language.
pub struct Texts {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("language", &self.language).finish_non_exhaustive()
    }
}

impl Texts {
    /// The messages of this language.
    pub fn new(language: Language) -> Self {
        let files = FILES.iter().find(|(of, _)| *of == language).map_or(&[] as &[_], |(_, files)| files);
        let bundle = bundle_of(language.tag(), files);
        Self { language, bundle }
    }

    /// Which language.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The text in this language; its id, should the language not have it.
    pub fn say(&self, text: &Text) -> String {
        self.find(text, None).unwrap_or_else(|| text.id().to_owned())
    }

    /// An attribute of the message (`advice`, `meaning`), if it has one.
    pub fn attribute(&self, text: &Text, name: &str) -> Option<String> {
        self.find(text, Some(name))
    }

    /// A message without values.
    pub fn get(&self, id: &'static str) -> String {
        self.say(&Text::new(id))
    }

    /// Whether the language has this message.
    pub fn has(&self, id: &str) -> bool {
        self.bundle.get_message(id).is_some_and(|message| message.value().is_some())
    }

    fn find(&self, text: &Text, attribute: Option<&str>) -> Option<String> {
        let message = self.bundle.get_message(text.id())?;
        let pattern = match attribute {
            None => message.value()?,
            Some(name) => message.get_attribute(name)?.value(),
        };
        let args: FluentArgs<'_> = text.args.iter().map(|(name, value)| (*name, self.value(value))).collect();
        // A value that is missing shows as its name in braces.
        let said = self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new());
        Some(said.into_owned())
    }

    #[expect(clippy::cast_precision_loss, reason = "only plural forms and sums below 2^53 are numbers here")]
    fn value(&self, value: &Arg) -> FluentValue<'static> {
        match value {
            Arg::Text(text) => FluentValue::from(text.clone()),
            Arg::Number(number) if *number < 1 << 53 => FluentValue::from(*number as f64),
            Arg::Number(number) => FluentValue::from(number.to_string()),
            Arg::Message(text) => FluentValue::from(self.say(text)),
        }
    }
}

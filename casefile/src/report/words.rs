//! How the report names things in its language: times, keys, kinds, reasons.

use super::document::{Style, Text, Tone};
use crate::findings::{Hands, Row, short};
use crate::lang::{Language, Texts};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use protocol::PublicKey;
use protocol::lifecycle::Status;
use protocol::verify::{Detail, Reason};

/// The words of one report.
pub struct Words<'a> {
    texts: Texts,
    hands: &'a Hands,
}

impl<'a> Words<'a> {
    /// In this language, about these hands.
    pub fn new(language: Language, hands: &'a Hands) -> Self {
        Self { texts: Texts::new(language), hands }
    }

    /// Its language.
    pub const fn language(&self) -> Language {
        self.texts.language()
    }

    /// A message.
    pub fn get(&self, id: &str) -> String {
        self.texts.get(id)
    }

    /// A message with values.
    pub fn with(&self, id: &str, values: &[(&'static str, &str)]) -> String {
        self.texts.with(id, values)
    }

    /// Everybody.
    pub const fn hands(&self) -> &'a Hands {
        self.hands
    }

    /// A time of day: UTC in English, Beijing's in Chinese; the report says which.
    pub fn time(&self, at: u64) -> String {
        let offset = match self.language() {
            Language::Chinese => Offset::constant(8),
            Language::English => Offset::UTC,
        };
        let time = i64::try_from(at).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
        match time {
            Some(time) => time.to_zoned(TimeZone::fixed(offset)).strftime("%Y-%m-%d %H:%M:%S").to_string(),
            None => format!("{at} ms"),
        }
    }

    /// A key by its letter and its ends.
    pub fn hand(&self, key: &PublicKey) -> Text {
        Text::of(Style::Strong, self.hands.letter(key)).then(Style::Mono, format!(" {}", short(key)))
    }

    /// Who has it then; nobody is named where there is no key.
    pub fn party(&self, key: Option<&PublicKey>) -> Text {
        key.map_or_else(|| Text::of(Style::Quiet, self.get("case-nobody")), |key| self.hand(key))
    }

    /// What a key did, in words.
    pub fn roles(&self, key: &PublicKey) -> String {
        let roles = self.hands.find(key).map(|hand| hand.roles.clone()).unwrap_or_default();
        let names: Vec<String> =
            roles.iter().map(|role| self.get(&format!("case-role-{}", role.name()))).collect();
        names.join(&self.get("case-and"))
    }

    /// The kind of an entry.
    pub fn kind(&self, row: &Row<'_>) -> String {
        self.get(&format!("kind-{}", row.line.kind))
    }

    /// A status byte.
    pub fn status(&self, byte: Option<u8>) -> String {
        let status = byte.and_then(Status::from_byte);
        status.map_or_else(String::new, |status| self.get(&format!("status-{}", status.name())))
    }

    /// What came of a step (`passed`, `failed`, `unknown` or `skipped`), in the tone of it.
    pub fn result(&self, result: &str) -> Text {
        let name = self.get(&format!("result-{result}"));
        let (mark, style) = match result {
            "passed" => ("✔", Style::Toned(Tone::Good)),
            "failed" => ("✘", Style::Toned(Tone::Bad)),
            "unknown" => ("?", Style::Toned(Tone::Care)),
            _ => ("–", Style::Quiet),
        };
        Text::of(style, format!("{mark} {name}"))
    }

    /// Why a step has its result.
    pub fn detail(&self, detail: &Detail) -> String {
        detail_text(detail, &self.texts)
    }
}

/// A detail in the language: its arguments put into the text that the language has for its reason.
pub fn detail_text(detail: &Detail, texts: &Texts) -> String {
    let id = format!("detail-{}", detail.reason.code());
    // English stands where the reasons are defined.
    let said = if texts.language() == Language::English || !texts.has(&id) {
        detail.to_string()
    } else {
        let args: Vec<String> = detail
            .args
            .iter()
            .enumerate()
            .map(|(place, arg)| worded(detail.reason, place, arg, texts))
            .collect();
        let values: Vec<(&'static str, &str)> =
            ["a0", "a1", "a2"].into_iter().zip(args.iter().map(String::as_str)).collect();
        texts.with(&id, &values)
    };
    crate::plain::plain(&said)
}

/// Names of the protocol in the language's words.
fn worded(reason: Reason, place: usize, arg: &str, texts: &Texts) -> String {
    let id = match (reason, place) {
        (Reason::IllegalTransition, 1) => format!("status-{arg}"),
        (Reason::IllegalTransition, 2) => format!("kind-{arg}"),
        (Reason::NotSigned, 1) => format!("role-{}", arg.replace(' ', "-")),
        _ => return arg.to_owned(),
    };
    if texts.has(&id) { texts.get(&id) } else { arg.to_owned() }
}

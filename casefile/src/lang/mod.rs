//! Everything that a case says to people, in both languages: the report, the read-me, the lines of a check.
//!
//! The words for steps, reasons, kinds and statuses are the command's: one definition, read from its files. What is the
//! case's own stands beside this file; its ids begin with `case-`.

mod language;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
pub use language::Language;
use std::fmt;

/// The languages of a report, the first one first.
pub const LANGUAGES: [Language; 2] = [Language::Chinese, Language::English];

const fn files(language: Language) -> &'static [&'static str] {
    match language {
        Language::Chinese => &[
            include_str!("../../../verifier-cli/src/lang/zh-CN/steps.ftl"),
            include_str!("../../../verifier-cli/src/lang/zh-CN/report.ftl"),
            include_str!("zh-CN/report.ftl"),
            include_str!("zh-CN/checks.ftl"),
        ],
        Language::English => &[
            include_str!("../../../verifier-cli/src/lang/en/steps.ftl"),
            include_str!("../../../verifier-cli/src/lang/en/report.ftl"),
            include_str!("en/report.ftl"),
            include_str!("en/checks.ftl"),
        ],
    }
}

/// The messages of these Fluent files, one bundle. No marks are set around values: no language here runs from right to
/// left, and a report shows such marks by their numbers.
pub fn bundle_of(tag: &str, files: &[&str]) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(tag.parse().into_iter().collect());
    bundle.set_use_isolating(false);
    for file in files {
        // What the parser could read counts; tests refuse files with anything else.
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(readable, _)| readable);
        bundle.add_resource_overriding(resource);
    }
    bundle
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
        let bundle = bundle_of(language.tag(), files(language));
        Self { language, bundle }
    }

    /// Which language.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// A message without values.
    pub fn get(&self, id: &str) -> String {
        self.with(id, &[])
    }

    /// A message with its values; its id, should the language not have it.
    pub fn with(&self, id: &str, values: &[(&'static str, &str)]) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let args: FluentArgs<'_> =
            values.iter().map(|(name, value)| (*name, FluentValue::from((*value).to_owned()))).collect();
        self.bundle.format_pattern(pattern, Some(&args), &mut Vec::new()).into_owned()
    }

    /// Whether the language has this message.
    pub fn has(&self, id: &str) -> bool {
        self.bundle.get_message(id).is_some_and(|message| message.value().is_some())
    }
}

#[cfg(test)]
mod tests;

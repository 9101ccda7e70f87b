//! A report as its content, before it is a page: both renderers show the same blocks.

use super::graph::Graph;
use crate::lang::Language;

/// A report in one language.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its language.
    pub language: Language,
    /// Its title.
    pub title: String,
    /// What stands at the foot of each printed page.
    pub foot: String,
    /// Its content.
    pub blocks: Vec<Block>,
}

/// A part of a report.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// The heading of a chapter.
    Chapter(String),
    /// The heading of a part of a chapter.
    Section(String),
    /// A paragraph.
    Paragraph(Text),
    /// A paragraph that must not be overlooked.
    Notice(Tone, Text),
    /// Points without order.
    Points(Vec<Text>),
    /// Steps in their order, each with the command that takes it, if one does.
    Steps(Vec<(Text, Option<String>)>),
    /// Names and what they are.
    Facts(Vec<(String, Text)>),
    /// Rows and columns.
    Table(Table),
    /// The graph of hands.
    Graph(Graph),
}

/// Rows under a head.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// Each column's head and its share of the width.
    pub columns: Vec<(String, f32)>,
    /// The rows; each has as many cells as there are columns.
    pub rows: Vec<Vec<Text>>,
}

/// How something is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// In order.
    Good,
    /// To be noted.
    Care,
    /// Wrong.
    Bad,
}

/// How a run of text is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As text is.
    Plain,
    /// As digits and names of files are.
    Mono,
    /// Heavier.
    Strong,
    /// Lighter.
    Quiet,
    /// In the colour of a tone.
    Toned(Tone),
}

/// A text of runs; a line break in a run is one on the page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Text(pub Vec<(Style, String)>);

impl Text {
    /// One run.
    pub fn of(style: Style, text: impl Into<String>) -> Self {
        Self(vec![(style, text.into())])
    }

    /// Digits, names of files.
    pub fn mono(text: impl Into<String>) -> Self {
        Self::of(Style::Mono, text)
    }

    /// With another run behind it.
    #[must_use]
    pub fn then(mut self, style: Style, text: impl Into<String>) -> Self {
        self.0.push((style, text.into()));
        self
    }

    /// With another text behind it.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Several, with a separator between.
    pub fn joined(texts: impl IntoIterator<Item = Self>, separator: &str) -> Self {
        let mut joined = Self::default();
        for text in texts {
            if !joined.0.is_empty() {
                joined = joined.then(Style::Plain, separator);
            }
            joined = joined.and(text);
        }
        joined
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self::of(Style::Plain, text)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self::of(Style::Plain, text)
    }
}

//! What stands between the fields of a line, and the fields it makes. Not which field is which.

use super::columns::is_name;
use super::reason::{ImportError, Reason};
use super::text::{Wiped, is_blank, trimmed};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// What separates the fields of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Separator {
    /// This text; fields may be quoted as in CSV. Never empty.
    Text(Cow<'static, str>),
    /// Two blanks or more; single ones belong to a field.
    WideBlanks,
    /// Any run of blanks.
    Blanks,
    /// Nothing: a line is one code.
    None,
}

/// Text separators in the order in which they are tried: the ones that hardly stand inside a code first. `;` before `,`
/// because of decimal commas; the wide forms come from Chinese keyboards.
const KNOWN: [&str; 13] = ["----", "---", "——", "║", "|", "｜", "\t", ";", "；", ",", "，", ":", "："];

/// Separators that are part of no code: in a file of single codes a line with one of them holds more than a code.
const NEVER_IN_A_CODE: [&str; 4] = ["----", "——", "║", "\t"];

impl FromStr for Separator {
    type Err = ImportError;

    /// `none`, `tab`, `blank`, or the separating text itself.
    fn from_str(word: &str) -> Result<Self, ImportError> {
        Ok(match word {
            "" => return Err(ImportError::UnclearColumns),
            "none" => Self::None,
            "tab" | "\\t" => Self::Text("\t".into()),
            "blank" | " " => Self::Blanks,
            text => Self::Text(text.to_owned().into()),
        })
    }
}

impl fmt::Display for Separator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(text) if text == "\t" => "tab",
            Self::Text(text) => text,
            Self::WideBlanks | Self::Blanks => "blank",
            Self::None => "none",
        })
    }
}

impl Separator {
    /// The fields of a line, without the blanks and quotation marks around them.
    pub(super) fn split<'l>(&self, line: &'l str) -> Result<Vec<Wiped<'l>>, Reason> {
        match self {
            Self::Text(text) => quoted_fields(line, text),
            Self::WideBlanks => filled(line.split("  ")),
            Self::Blanks => filled(line.split(is_blank)),
            Self::None if NEVER_IN_A_CODE.iter().any(|text| trimmed(line).contains(text)) => {
                Err(Reason::Columns { found: 2, expected: 1 })
            }
            Self::None => Ok(vec![unquoted(line)?]),
        }
    }

    /// How many fields the lines mostly have, if this separates at least two thirds of them; an error if it separates
    /// more than one third but fewer than that.
    fn columns(&self, lines: &[&str]) -> Result<Option<usize>, ImportError> {
        let mut counts = std::collections::BTreeMap::<usize, usize>::new();
        for line in lines {
            let address = matches!(self, Self::Text(text) if text == ":") && line.contains("://");
            let fields = if address { 1 } else { self.split(line).map_or(1, |fields| fields.len()) };
            *counts.entry(fields).or_default() += 1;
        }
        counts.remove(&0);
        counts.remove(&1);
        let separated: usize = counts.values().sum();
        if separated * 3 < lines.len() * 2 {
            return if separated * 3 > lines.len() { Err(ImportError::UnclearColumns) } else { Ok(None) };
        }
        Ok(counts
            .into_iter()
            .max_by_key(|(columns, lines)| (*lines, usize::MAX - columns))
            .map(|(columns, _)| columns))
    }

    /// The separator that makes two known names or more of the first line, if another line has it too; with the number
    /// of columns it makes.
    pub(super) fn of_header(lines: &[&str]) -> Option<(Self, usize)> {
        let (header, rows) = lines.split_first()?;
        KNOWN.into_iter().find_map(|text| {
            let separator = Self::Text(text.into());
            let fields = separator.split(header).ok()?;
            let named = fields.iter().filter(|field| is_name(field)).count() >= 2;
            let used = rows.is_empty() || rows.iter().any(|row| row.contains(text));
            (named && used).then_some((separator, fields.len()))
        })
    }

    /// The separator of these lines and the number of columns it makes.
    pub(super) fn guess(lines: &[&str]) -> Result<(Self, usize), ImportError> {
        let mut unclear = None;
        for candidate in KNOWN.map(|text| Self::Text(text.into())).into_iter().chain([Self::WideBlanks]) {
            match candidate.columns(lines) {
                Ok(Some(columns)) => return Ok((candidate, columns)),
                Ok(None) => {}
                Err(error) => unclear = Some(error),
            }
        }
        if let Some(error) = unclear {
            return Err(error);
        }
        match Self::Blanks.columns(lines)? {
            // Groups of one length, "ABCD EFGH JKLM": one code, as it is printed.
            Some(3..) if lines.iter().all(|line| in_equal_groups(line)) => Ok((Self::None, 1)),
            Some(columns) => Ok((Self::Blanks, columns)),
            None => Ok((Self::None, 1)),
        }
    }

    /// The number of columns that a given separator makes.
    pub(super) fn count(&self, lines: &[&str]) -> usize {
        match self {
            Self::None => 1,
            _ => self.columns(lines).ok().flatten().unwrap_or(2),
        }
    }
}

fn in_equal_groups(line: &str) -> bool {
    let mut lengths =
        line.split(is_blank).filter(|group| !group.is_empty()).map(|group| group.chars().count());
    let first = lengths.next();
    lengths.all(|length| Some(length) == first)
}

fn filled<'l>(fields: impl Iterator<Item = &'l str>) -> Result<Vec<Wiped<'l>>, Reason> {
    fields.filter(|field| !trimmed(field).is_empty()).map(unquoted).collect()
}

/// A field that no marks enclose. A mark at one end alone is half of a pair: the other half stands on another line, or was
/// lost, and so was a part of the field.
fn unquoted(field: &str) -> Result<Wiped<'_>, Reason> {
    let field = trimmed(field);
    let begun = field.strip_prefix('=').unwrap_or(field);
    if begun.starts_with('"') == begun.ends_with('"') && begun != "\"" {
        Ok(bare(Cow::Borrowed(field)))
    } else {
        Err(Reason::Quotes)
    }
}

/// Fields as RFC 4180 quotes them, but over one line: a mark that is not closed damages its own line alone.
fn quoted_fields<'l>(line: &'l str, separator: &str) -> Result<Vec<Wiped<'l>>, Reason> {
    let outer = |character: char| is_blank(character) && !separator.contains(character);
    let mut fields = Vec::with_capacity(4);
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches(outer);
        let after = if let Some(quoted) = rest.strip_prefix('"') {
            let (field, after) = quoted_field(quoted).ok_or(Reason::Quotes)?;
            fields.push(bare(field));
            after.trim_start_matches(outer)
        } else {
            let end = rest.find(separator).unwrap_or(rest.len());
            let (field, after) = rest.split_at(end);
            fields.push(unquoted(field)?);
            after
        };
        if after.is_empty() {
            return Ok(fields);
        }
        rest = after.strip_prefix(separator).ok_or(Reason::Quotes)?;
    }
}

/// What stands before the closing mark, doubled marks made single, and what stands behind it.
fn quoted_field(quoted: &str) -> Option<(Cow<'_, str>, &str)> {
    let mut from = 0;
    let mut doubled = false;
    loop {
        let mark = from + quoted.get(from..)?.find('"')?;
        let (field, after) = (quoted.get(..mark)?, quoted.get(mark + 1..)?);
        if !after.starts_with('"') {
            let field = if doubled { Cow::Owned(field.replace("\"\"", "\"")) } else { Cow::Borrowed(field) };
            return Some((field, after));
        }
        doubled = true;
        from = mark + 2;
    }
}

/// A field without what spreadsheets need to leave a number alone: `="0123"` and `'0123`.
fn bare(field: Cow<'_, str>) -> Wiped<'_> {
    match field {
        Cow::Borrowed(field) => Wiped(Cow::Borrowed(unguarded(field))),
        Cow::Owned(field) => {
            let whole = Wiped(Cow::Owned(field));
            Wiped(Cow::Owned(unguarded(&whole).to_owned()))
        }
    }
}

fn unguarded(field: &str) -> &str {
    let field = trimmed(field);
    let field = field.strip_prefix("=\"").and_then(|inner| inner.strip_suffix('"')).unwrap_or(field);
    let digits = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    trimmed(field.strip_prefix('\'').filter(digits).unwrap_or(field))
}

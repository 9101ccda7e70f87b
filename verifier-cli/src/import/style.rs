//! How a file arranges its cards, found from its first lines; and one line read by it.

use super::columns::Columns;
use super::labels;
use super::ndjson::{self, Names};
use super::reason::{ImportError, Reason};
use super::separator::Separator;
use super::text::{Wiped, trimmed};
use protocol::voucher::CodeForm;

/// How a file arranges its cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A card a line, without names of columns.
    Lines,
    /// A first line that names the columns.
    Table,
    /// Every field with its name before it.
    Labelled,
    /// A JSON object a line.
    Ndjson,
}

/// What reading a line needs to know.
pub(super) enum Arrangement {
    Columns { separator: Separator, columns: Columns, header: Option<u64> },
    Labelled(Names),
    Ndjson(Names),
}

/// The fields of a card as given, without the blanks around them; empty where absent.
pub(super) struct Row<'l> {
    pub(super) serial: Wiped<'l>,
    pub(super) code: Wiped<'l>,
    pub(super) face: Wiped<'l>,
}

impl Arrangement {
    /// Finds it from the first lines that are not blank, with their numbers.
    pub(super) fn find(sample: &[(u64, Wiped<'_>)], asked: Option<&Separator>) -> Result<Self, ImportError> {
        let Some((_, first)) = sample.first() else { return Err(ImportError::Empty) };
        let lines: Vec<&str> = sample.iter().map(|(_, line)| &**line).collect();
        if let Some(separator) = asked {
            return Self::in_columns(sample, separator.clone(), separator.count(&lines));
        }
        let opening: String = first.chars().filter(|character| !character.is_whitespace()).take(2).collect();
        match opening.as_str() {
            "{\"" | "{}" => return Ok(Self::Ndjson(member_names(sample)?)),
            "{" | "[{" | "[" => return Err(ImportError::NotNdjson),
            _ => {}
        }
        let labelled = lines.iter().filter(|line| labels::fields(line).is_some()).count();
        if labelled * 3 >= lines.len() * 2 {
            let (number, named) = sample
                .iter()
                .find_map(|(number, line)| Some((*number, labels::fields(line)?)))
                .ok_or(ImportError::UnclearColumns)?;
            return Ok(Self::Labelled(resolve(
                &named.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
                number,
            )?));
        }
        let (separator, count) = match Separator::of_header(&lines) {
            Some(found) => found,
            None => Separator::guess(&lines)?,
        };
        Self::in_columns(sample, separator, count)
    }

    fn in_columns(
        sample: &[(u64, Wiped<'_>)],
        separator: Separator,
        count: usize,
    ) -> Result<Self, ImportError> {
        let rows: Vec<Vec<Wiped<'_>>> =
            sample.iter().map(|(_, line)| separator.split(line).unwrap_or_default()).collect();
        let (Some((number, _)), Some(first)) = (sample.first(), rows.first()) else {
            return Err(ImportError::Empty);
        };
        let (columns, header) = match Columns::named(first.iter().map(|field| &**field), *number)? {
            Some(columns) => (columns, Some(*number)),
            None => (Columns::guess(&rows, count)?, None),
        };
        if header.is_none() && looks_like_header(&rows, columns.code) {
            return Err(ImportError::UnknownHeader { line: *number });
        }
        Ok(Self::Columns { separator, columns, header })
    }

    /// Its public name.
    pub(super) fn style(&self) -> Style {
        match self {
            Self::Columns { header: Some(_), .. } => Style::Table,
            Self::Columns { header: None, .. } => Style::Lines,
            Self::Labelled(_) => Style::Labelled,
            Self::Ndjson(_) => Style::Ndjson,
        }
    }

    /// The line that names the columns.
    pub(super) fn header(&self) -> Option<u64> {
        if let Self::Columns { header, .. } = self { *header } else { None }
    }

    /// What separates the fields.
    pub(super) fn separator(&self) -> Option<&Separator> {
        if let Self::Columns { separator, .. } = self { Some(separator) } else { None }
    }

    /// One line's fields. Its blanks stay around it: a tab in front may be an empty first column.
    pub(super) fn row<'l>(&self, line: &'l str) -> Result<Row<'l>, Reason> {
        match self {
            Self::Columns { separator, columns, header } => {
                let mut fields = separator.split(line)?;
                // A column without a name may be passed over only where it is empty.
                let chosen = columns.chosen();
                let is_due = |place| match header {
                    Some(_) => place < columns.count,
                    None => chosen.contains(&Some(place)),
                };
                let mut filled = fields.iter().enumerate().filter(|(_, field)| !field.is_empty());
                if filled.any(|(place, _)| !is_due(place)) {
                    let taken = chosen.iter().flatten().count();
                    let expected = if header.is_some() { columns.count } else { taken };
                    return Err(Reason::Columns { found: fields.len(), expected });
                }
                let mut take = |place: Option<usize>| {
                    place.and_then(|place| fields.get_mut(place)).map(std::mem::take).unwrap_or_default()
                };
                let (serial, code, face) =
                    (take(columns.serial), take(Some(columns.code)), take(columns.face));
                Ok(Row { serial, code, face })
            }
            Self::Labelled(names) => {
                let expected = [&names.serial, &names.face].into_iter().flatten().count() + 1;
                let mut fields = labels::fields(line).ok_or(Reason::Columns { found: 1, expected })?;
                let mut take = |wanted: Option<&str>| {
                    let field = fields.iter_mut().find(|(name, _)| Some(*name) == wanted);
                    field.map(|(_, value)| std::mem::take(value)).unwrap_or_default()
                };
                let (serial, face) = (take(names.serial.as_deref()), take(names.face.as_deref()));
                Ok(Row { serial, code: take(Some(&names.code)), face })
            }
            Self::Ndjson(names) => {
                let [serial, code, face] = ndjson::fields(trimmed(line), names)?;
                Ok(Row { serial, code, face })
            }
        }
    }
}

/// The members of a card, from the first line that is an object.
fn member_names(sample: &[(u64, Wiped<'_>)]) -> Result<Names, ImportError> {
    let (number, names) = sample
        .iter()
        .find_map(|(number, line)| Some((*number, ndjson::names(trimmed(line))?)))
        .ok_or(ImportError::NotNdjson)?;
    resolve(&names.iter().map(String::as_str).collect::<Vec<_>>(), number)
}

fn resolve(names: &[&str], line: u64) -> Result<Names, ImportError> {
    let columns = Columns::named(names.iter().copied(), line)?.ok_or(ImportError::NoSecretColumn { line })?;
    let name = |place: usize| names.get(place).map(|name| (*name).to_owned());
    Ok(Names {
        serial: columns.serial.and_then(name),
        code: name(columns.code).unwrap_or_default(),
        face: columns.face.and_then(name),
    })
}

/// Whether the first line is words over numbers: no digit in it, a digit in every other secret, and of another length
/// than the next.
fn looks_like_header(rows: &[Vec<Wiped<'_>>], code: usize) -> bool {
    let Some((header, rows)) = rows.split_first() else { return false };
    let digit = |field: &str| field.chars().any(char::is_numeric);
    let length = |row: &[Wiped<'_>]| row.get(code).map(|field| CodeForm::Strip.apply(field).chars().count());
    rows.len() >= 2
        && !header.iter().any(|field| digit(field))
        && rows.iter().filter_map(|row| row.get(code)).all(|field| field.is_empty() || digit(field))
        && rows.first().is_some_and(|row| length(row) != length(header))
}

//! Two passes over a file: line by line what each says for itself, then what the lines say together.

use super::cards::{Card, Cards, Shape};
use super::duplicates::{self, Fingerprint};
use super::layout::{self, Layout, Lengths};
use super::reason::{Field, ImportError, Reason};
use super::style::{Arrangement, Row};
use super::text::{Line, Text, trimmed};
use super::{Import, MAX_LINE_BYTES, Options, Refused, damage, unicode15};
use encoding_rs::UTF_8;
use protocol::voucher::CodeForm;
use std::ops::Range;

/// Bytes of the longest text that the protocol hashes (docs/protocol.md section 0).
const MAX_FORMED_BYTES: usize = 65_535;

/// The first pass: every line judged by itself.
pub(super) struct Gathered {
    cards: Cards,
    fingerprints: Vec<Fingerprint>,
    refused: Vec<Refused>,
    header: Option<Range<usize>>,
}

/// Why a file has no line to look at: blank ones alone, or none that can be decoded.
pub(super) fn nothing_readable(text: &Text<'_>) -> ImportError {
    let unreadable = text.lines().filter(|line| text.decode(line).is_none());
    let refused: Vec<Refused> = unreadable.map(|line| refuse(&line, undecoded(&line))).collect();
    if refused.is_empty() { ImportError::Empty } else { ImportError::EveryLineBad { refused } }
}

fn refuse(line: &Line<'_>, reason: Reason) -> Refused {
    Refused { line: line.number, reason, raw: line.raw.clone() }
}

fn undecoded(line: &Line<'_>) -> Reason {
    if line.content.len() > MAX_LINE_BYTES { Reason::TooLong } else { Reason::Undecodable }
}

impl Gathered {
    /// Reads every line.
    pub(super) fn read(text: &Text<'_>, arrangement: &Arrangement, form: CodeForm) -> Self {
        let lines = text.lines().count();
        let mut gathered = Self {
            // Beyond UTF-8, two bytes become three at most, but for a single letter of GB18030 that no card has.
            cards: Cards::with_capacity(
                if text.encoding == UTF_8 { text.len() } else { text.len() / 2 * 3 },
                lines,
            ),
            fingerprints: Vec::with_capacity(lines),
            refused: Vec::new(),
            header: None,
        };
        for line in text.lines() {
            if arrangement.header() == Some(line.number) {
                gathered.header = Some(line.raw);
                continue;
            }
            let outcome = match text.decode(&line) {
                None => Err(undecoded(&line)),
                Some(blank) if trimmed(&blank).is_empty() => continue,
                Some(filled) => {
                    arrangement.row(&filled).and_then(|row| gathered.keep(line.number, &row, form))
                }
            };
            if let Err(reason) = outcome {
                gathered.refused.push(refuse(&line, reason));
            }
        }
        gathered
    }

    /// Keeps the card of a row that is sound by itself.
    fn keep(&mut self, line: u64, row: &Row<'_>, form: CodeForm) -> Result<(), Reason> {
        if row.code.is_empty() {
            return Err(Reason::MissingSecret);
        }
        for field in [&row.serial, &row.code] {
            if damage::is_damaged(field) {
                return Err(Reason::DamagedNumber);
            }
            check_characters(field)?;
        }
        let (serial, code) = (form.apply(&row.serial), form.apply(&row.code));
        if serial.len() > MAX_FORMED_BYTES || code.len() > MAX_FORMED_BYTES {
            return Err(Reason::TooLong);
        }
        let shape = match form {
            CodeForm::Exact => shape(&CodeForm::Strip.apply(&row.serial), &CodeForm::Strip.apply(&row.code)),
            CodeForm::Strip | CodeForm::StripUpper => shape(&serial, &code),
        };
        if shape.code == 0 {
            return Err(Reason::MissingSecret);
        }
        let place = u32::try_from(self.cards.len()).map_err(|_| Reason::TooLong)?;
        let face = Some(&*row.face).filter(|face| !face.is_empty());
        if !self.cards.push(Card { line, serial: &row.serial, code: &row.code, face }, shape) {
            return Err(Reason::TooLong);
        }
        self.fingerprints.push(Fingerprint::of(&serial, &code, place));
        Ok(())
    }

    /// The second pass: missing serials, rounded columns, lengths, duplicates.
    pub(super) fn judge(
        mut self,
        text: &Text<'_>,
        arrangement: &Arrangement,
        options: &Options,
    ) -> Result<Import, ImportError> {
        let expected = Expected::of(&self.cards, options.lengths);
        let mut late: Vec<(usize, Reason)> = (self.cards.iter().zip(self.cards.shapes()).enumerate())
            .filter_map(|(place, (card, shape))| Some((place, expected.refusal(&card, shape)?)))
            .collect();
        let mut refused_places = late.iter().map(|(place, _)| *place).peekable();
        self.fingerprints
            .retain(|fingerprint| refused_places.next_if_eq(&(fingerprint.place as usize)).is_none());
        let duplicates = duplicates::find(self.fingerprints, &self.cards, options.code_form);
        let again =
            duplicates.later.into_iter().map(|(place, first)| (place as usize, Reason::Duplicate { first }));
        late.extend(again);
        late.sort_unstable_by_key(|(place, _)| *place);

        refuse_late(&mut self.refused, &late, &self.cards, text);
        self.cards.remove(late.iter().map(|(place, _)| *place));
        if self.cards.is_empty() {
            return Err(match self.refused {
                refused if refused.is_empty() => ImportError::Empty,
                refused => ImportError::EveryLineBad { refused },
            });
        }
        Ok(Import {
            layout: expected.layout(&self.cards),
            cards: self.cards,
            refused: self.refused,
            encoding: text.encoding,
            style: arrangement.style(),
            separator: arrangement.separator().cloned(),
            repeated_serials: duplicates.repeated_serials,
            mark: text.mark,
            header: self.header,
        })
    }
}

/// Adds the refusals of the second pass, whose bytes are found by their lines; both lists ascend, and so does the result.
fn refuse_late(refused: &mut Vec<Refused>, late: &[(usize, Reason)], cards: &Cards, text: &Text<'_>) {
    if late.is_empty() {
        return;
    }
    let mut by_line =
        late.iter().filter_map(|(place, reason)| Some((cards.get(*place)?.line, *reason))).peekable();
    for line in text.lines() {
        if let Some((_, reason)) = by_line.next_if(|(number, _)| *number == line.number) {
            refused.push(refuse(&line, reason));
        }
    }
    refused.sort_by_key(|refused| refused.line);
}

/// Refuses what no card shows: controls, marks of wrong decoding, characters without a meaning.
fn check_characters(field: &str) -> Result<(), Reason> {
    if field.bytes().all(|byte| matches!(byte, 0x20..=0x7E)) {
        return Ok(());
    }
    for character in field.chars() {
        if character.is_control() {
            return Err(Reason::ControlCharacter);
        }
        if character == char::REPLACEMENT_CHARACTER {
            return Err(Reason::Undecodable);
        }
        if !unicode15::assigns(character) {
            return Err(Reason::UnassignedCharacter);
        }
    }
    Ok(())
}

fn shape(serial: &str, code: &str) -> Shape {
    let characters = |text: &str| u16::try_from(text.chars().count()).unwrap_or(u16::MAX);
    let digits = [serial, code].iter().all(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    Shape { serial: characters(serial), code: characters(code), digits }
}

/// What the lines together demand of each.
struct Expected {
    lengths: Lengths,
    serial: Option<u16>,
    code: Option<u16>,
    serials: bool,
    rounded_serials: bool,
    rounded_codes: bool,
}

impl Expected {
    fn of(cards: &Cards, lengths: Lengths) -> Self {
        let serials = cards.iter().any(|card| !card.serial.is_empty());
        let complete = || cards.shapes().filter(|shape| !serials || shape.serial > 0);
        let (serial, code) = match lengths {
            Lengths::Any => (None, None),
            Lengths::Of(layout) => (Some(layout.serial), Some(layout.code)),
            Lengths::Shared => (
                layout::shared(complete().map(|shape| shape.serial)),
                layout::shared(complete().map(|shape| shape.code)),
            ),
        };
        Self {
            lengths,
            serial,
            code,
            serials,
            // Serials may honestly run in steps of ten; secrets are random.
            rounded_serials: damage::is_rounded_column(cards.iter().map(|card| card.serial), 17),
            rounded_codes: damage::is_rounded_column(cards.iter().map(|card| card.code), 16),
        }
    }

    fn refusal(&self, card: &Card<'_>, shape: Shape) -> Option<Reason> {
        if self.serials && shape.serial == 0 {
            return Some(Reason::MissingSerial);
        }
        if self.rounded_serials && damage::lost_digits(card.serial)
            || self.rounded_codes && damage::lost_digits(card.code)
        {
            return Some(Reason::DamagedNumber);
        }
        let lengths = [(Field::Serial, shape.serial, self.serial), (Field::Code, shape.code, self.code)];
        for (field, found, expected) in lengths {
            if let Some(expected) = expected.filter(|expected| *expected != found) {
                return Some(Reason::Length { field, found, expected });
            }
        }
        let digits_wanted = matches!(self.lengths, Lengths::Of(Layout { digits: true, .. }));
        (digits_wanted && !shape.digits).then_some(Reason::NotDigits)
    }

    fn layout(&self, cards: &Cards) -> Option<Layout> {
        match self.lengths {
            Lengths::Of(layout) => Some(layout),
            _ => Some(Layout::of(self.serial?, self.code?, cards.shapes().all(|shape| shape.digits))),
        }
    }
}

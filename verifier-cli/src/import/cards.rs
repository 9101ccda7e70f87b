//! The cards of a file, in one piece of memory that is wiped as one.

use std::fmt;
use zeroize::Zeroizing;

/// Accepted cards in the order of the file.
///
/// A million of them are one text and 20 bytes each, not three million allocations.
pub struct Cards {
    /// Serial, code and face value of every card, one after the other.
    text: Zeroizing<String>,
    spans: Vec<Span>,
}

/// One card as the file gives it; the code form is not applied.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Card<'c> {
    /// Its line in the file, from 1.
    pub line: u64,
    /// The serial; empty for cards without.
    pub serial: &'c str,
    /// The secret.
    pub code: &'c str,
    /// The face value, where the file gives one.
    pub face: Option<&'c str>,
}

impl fmt::Debug for Card<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Card").field("line", &self.line).finish_non_exhaustive()
    }
}

impl fmt::Debug for Cards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cards({})", self.len())
    }
}

/// A card in [`Cards::text`], and what was measured of it.
#[derive(Clone, Copy)]
pub(super) struct Span {
    line: u32,
    start: u32,
    /// Bytes of the three fields.
    serial: u16,
    code: u16,
    face: u16,
    /// What a layout speaks of.
    pub(super) shape: Shape,
}

/// Characters without blanks and dashes.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) serial: u16,
    pub(super) code: u16,
    /// Both are ASCII digits alone.
    pub(super) digits: bool,
}

impl Cards {
    /// None yet; `bytes` and `cards` are limits as good as known, so that growing leaves no copies behind.
    pub(super) fn with_capacity(bytes: usize, cards: usize) -> Self {
        Self { text: Zeroizing::new(String::with_capacity(bytes)), spans: Vec::with_capacity(cards) }
    }

    /// Keeps a card; false if it does not fit the limits, which are far above those of a line and a file.
    pub(super) fn push(&mut self, card: Card<'_>, shape: Shape) -> bool {
        let face = card.face.unwrap_or_default();
        let width = |field: &str| u16::try_from(field.len()).ok();
        let (Some(serial), Some(code), Some(face_width)) =
            (width(card.serial), width(card.code), width(face))
        else {
            return false;
        };
        let (Ok(line), Ok(start)) = (u32::try_from(card.line), u32::try_from(self.text.len())) else {
            return false;
        };
        for field in [card.serial, card.code, face] {
            self.text.push_str(field);
        }
        self.spans.push(Span { line, start, serial, code, face: face_width, shape });
        true
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The card at this place, from 0.
    pub fn get(&self, place: usize) -> Option<Card<'_>> {
        self.spans.get(place).map(|span| self.card(span))
    }

    /// All of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Card<'_>> + DoubleEndedIterator + Clone {
        self.spans.iter().map(|span| self.card(span))
    }

    /// What was measured of each.
    pub(super) fn shapes(&self) -> impl Iterator<Item = Shape> {
        self.spans.iter().map(|span| span.shape)
    }

    /// Drops the cards at these places, which ascend.
    pub(super) fn remove(&mut self, places: impl Iterator<Item = usize>) {
        let (mut places, mut place) = (places.peekable(), 0);
        self.spans.retain(|_| {
            let keep = places.next_if_eq(&place).is_none();
            place += 1;
            keep
        });
    }

    fn card(&self, span: &Span) -> Card<'_> {
        let rest = self.text.get(span.start as usize..).unwrap_or_default();
        let (serial, rest) = rest.split_at(span.serial.into());
        let (code, rest) = rest.split_at(span.code.into());
        let face = rest.get(..span.face.into()).filter(|face| !face.is_empty());
        Card { line: span.line.into(), serial, code, face }
    }
}

//! Text into lines: broken where Unicode (UAX 14) lets a line break, and where nothing does, before the letter that no
//! longer fits.

use super::font::{Face, Glyph, Typeface};
use crate::report::document::{Style, Text, Tone};
use crate::report::graph::{Colour, INK, QUIET, RED};
use unicode_linebreak::{BreakOpportunity, linebreaks};

/// The two faces.
pub struct Faces {
    text: Typeface,
    mono: Typeface,
}

impl Faces {
    /// Opens both.
    pub fn open() -> Result<Self, super::PdfError> {
        Ok(Self { text: Typeface::open(Face::Text)?, mono: Typeface::open(Face::Mono)? })
    }

    /// The face that a style is set in.
    pub const fn of(&self, style: Style) -> &Typeface {
        match style {
            Style::Mono => &self.mono,
            Style::Plain | Style::Strong | Style::Quiet | Style::Toned(_) => &self.text,
        }
    }
}

/// How much smaller a style is than the text around it.
pub const fn scale(style: Style) -> f32 {
    match style {
        Style::Mono => 0.92,
        Style::Quiet => 0.9,
        Style::Plain | Style::Strong | Style::Toned(_) => 1.0,
    }
}

/// The colour of a style.
pub const fn colour(style: Style) -> Colour {
    match style {
        Style::Plain | Style::Mono | Style::Strong => INK,
        Style::Quiet => QUIET,
        Style::Toned(tone) => tone_colour(tone),
    }
}

/// The colour of a tone.
pub const fn tone_colour(tone: Tone) -> Colour {
    match tone {
        Tone::Good => [0x14, 0x6c, 0x3a],
        Tone::Care => [0x8a, 0x53, 0x00],
        Tone::Bad => RED,
    }
}

/// A line as it is set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Line {
    /// From the left.
    pub pieces: Vec<Piece>,
}

/// Neighbouring letters of one style.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Its style.
    pub style: Style,
    /// Its letters.
    pub text: String,
    /// A glyph each.
    pub glyphs: Vec<Glyph>,
}

impl Piece {
    /// Its width where the text around it has this size.
    pub fn width(&self, size: f32) -> f32 {
        self.glyphs.iter().map(|glyph| glyph.width).sum::<f32>() * size * scale(self.style)
    }
}

/// A letter before it has a line.
struct Letter {
    character: char,
    glyph: Glyph,
    style: Style,
    width: f32,
}

/// The lines of a text at this size, none wider than `width`.
pub fn lines(text: &Text, size: f32, width: f32, faces: &Faces) -> Vec<Line> {
    let letters = letters(text, size, faces);
    let joined: String = letters.iter().map(|letter| letter.character).collect();
    let breaks = breaks(&joined);
    let mut found = Vec::new();
    let (mut begin, mut good, mut at, mut used) = (0, 0, 0, 0.0);
    while let Some(letter) = letters.get(at) {
        if letter.character == '\n' {
            found.push(line(letters.get(begin..at)));
            (begin, good, used) = (at + 1, at + 1, 0.0);
        } else if used + letter.width > width && at > begin && letter.character != ' ' {
            let end = if good > begin { good } else { at };
            found.push(line(letters.get(begin..end)));
            (begin, good, used) = (end, end, 0.0);
            at = end;
            continue;
        } else {
            used += letter.width;
        }
        at += 1;
        if breaks.get(at).copied().unwrap_or(false) {
            good = at;
        }
    }
    found.push(line(letters.get(begin..)));
    found
}

fn letters(text: &Text, size: f32, faces: &Faces) -> Vec<Letter> {
    let mut letters = Vec::new();
    for (style, run) in &text.0 {
        for (place, part) in run.split('\n').enumerate() {
            if place > 0 {
                let glyph = Glyph { id: 0, width: 0.0 };
                letters.push(Letter { character: '\n', glyph, style: *style, width: 0.0 });
            }
            let (settable, glyphs) = faces.of(*style).glyphs(part);
            letters.extend(settable.chars().zip(glyphs).map(|(character, glyph)| Letter {
                character,
                glyph,
                style: *style,
                width: glyph.width * size * scale(*style),
            }));
        }
    }
    letters
}

/// For each letter, whether a line may begin with it.
fn breaks(text: &str) -> Vec<bool> {
    let mut breaks = vec![false; text.chars().count() + 1];
    let mut opportunities = linebreaks(text).peekable();
    for (place, (byte, _)) in text.char_indices().enumerate() {
        while let Some((offset, kind)) = opportunities.peek().copied() {
            if offset > byte {
                break;
            }
            if offset == byte
                && kind == BreakOpportunity::Allowed
                && let Some(may) = breaks.get_mut(place)
            {
                *may = true;
            }
            opportunities.next();
        }
    }
    breaks
}

fn line(letters: Option<&[Letter]>) -> Line {
    let mut pieces: Vec<Piece> = Vec::new();
    let letters = letters.unwrap_or_default();
    let kept = letters.iter().rposition(|letter| letter.character != ' ').map_or(0, |last| last + 1);
    for letter in letters.iter().take(kept) {
        match pieces.last_mut() {
            Some(piece) if piece.style == letter.style => {
                piece.text.push(letter.character);
                piece.glyphs.push(letter.glyph);
            }
            _ => pieces.push(Piece {
                style: letter.style,
                text: letter.character.to_string(),
                glyphs: vec![letter.glyph],
            }),
        }
    }
    Line { pieces }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test stops at what it did not expect")]
mod tests {
    use super::*;

    fn broken(text: &Text, width: f32) -> Vec<String> {
        let faces = Faces::open().expect("the faces of this crate");
        let lines = lines(text, 10.0, width, &faces);
        for line in &lines {
            let used: f32 = line.pieces.iter().map(|piece| piece.width(10.0)).sum();
            assert!(used <= width, "{used} of {width}");
        }
        let text = |line: &Line| line.pieces.iter().map(|piece| piece.text.as_str()).collect();
        lines.iter().map(text).collect()
    }

    #[test]
    fn chinese_breaks_between_characters_but_not_before_a_full_stop() {
        assert_eq!(broken(&"这张凭证已经售出。".into(), 80.0), ["这张凭证已经售", "出。"]);
    }

    #[test]
    fn english_breaks_between_words_and_a_hash_where_it_must() {
        assert_eq!(broken(&"sold to a buyer".into(), 45.0), ["sold to a", "buyer"]);
        let hash = broken(&Text::mono("0x".to_owned() + &"ab".repeat(32)), 100.0);
        assert!(hash.len() > 2);
        assert_eq!(hash.concat().len(), 66);
    }

    #[test]
    fn what_the_face_lacks_is_shown_by_its_number() {
        assert_eq!(broken(&"a😀b".into(), 200.0), ["a[U+1F600]b"]);
        assert_eq!(broken(&"e\u{301}".into(), 200.0), ["e[U+0301]"]);
        assert_eq!(broken(&"a\nb".into(), 200.0), ["a", "b"]);
    }
}

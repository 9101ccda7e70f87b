//! The typeface of the report on paper: which glyph a character has, and how wide it is.
//!
//! Latin and Chinese need no shaping: one character is one glyph, one behind the other. What the face does not have, and
//! what would need shaping, is shown by its number.

use super::PdfError;
use crate::plain::number;
use flate2::read::GzDecoder;
use krilla::text::Font;
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};
use std::io::Read as _;
use std::sync::{Arc, OnceLock};

/// The `WenQuanYi Micro Hei`, a collection of two faces. `casefile/fonts/README.md` says where it is from.
const PACKED: &[u8] = include_bytes!("../../../fonts/wqy-microhei.ttc.gz");

/// One of the collection's faces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Letters as wide as they are.
    Text,
    /// All Latin letters of one width.
    Mono,
}

impl Face {
    const fn index(self) -> u32 {
        match self {
            Self::Text => 0,
            Self::Mono => 1,
        }
    }
}

/// A face, ready to measure and to set.
pub struct Typeface {
    /// For krilla.
    pub font: Font,
    file: Arc<Vec<u8>>,
    index: u32,
    units: f32,
}

/// A character's glyph and its width where the letter's height is 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Glyph {
    /// Its number in the face.
    pub id: u32,
    /// Its width.
    pub width: f32,
}

impl Typeface {
    /// Opens a face.
    pub fn open(face: Face) -> Result<Self, PdfError> {
        let file = unpacked()?;
        let index = face.index();
        let unreadable = || PdfError::Font;
        let font = Font::new(file.clone().into(), index).ok_or_else(unreadable)?;
        let reader = FontRef::from_index(&file, index).map_err(|_| unreadable())?;
        let units = f32::from(reader.metrics(Size::unscaled(), LocationRef::default()).units_per_em.max(1));
        Ok(Self { font, file, index, units })
    }

    /// The glyphs of a text, each with the characters that it stands for: the text as it can be set.
    pub fn glyphs(&self, text: &str) -> (String, Vec<Glyph>) {
        let mut settable = String::with_capacity(text.len());
        let mut glyphs = Vec::new();
        let Ok(reader) = FontRef::from_index(&self.file, self.index) else { return (settable, glyphs) };
        let (map, metrics) =
            (reader.charmap(), reader.glyph_metrics(Size::unscaled(), LocationRef::default()));
        let glyph = |character: char| {
            let id = map.map(character).filter(|id| id.to_u32() != 0 && !needs_shaping(character))?;
            Some(Glyph { id: id.to_u32(), width: metrics.advance_width(id).unwrap_or(0.0) / self.units })
        };
        for character in text.chars() {
            if let Some(found) = glyph(character) {
                settable.push(character);
                glyphs.push(found);
            } else {
                for digit in number(character).replace('⟨', "[").replace('⟩', "]").chars() {
                    settable.push(digit);
                    glyphs.push(glyph(digit).unwrap_or(Glyph { id: 0, width: 0.5 }));
                }
            }
        }
        (settable, glyphs)
    }
}

/// Scripts whose letters join, stack or run from right to left; marks that stand upon a letter.
fn needs_shaping(character: char) -> bool {
    matches!(u32::from(character), 0x0300..=0x036f | 0x0483..=0x0489 | 0x0590..=0x109f | 0x1700..=0x1dbf
        | 0x1dc0..=0x1dff | 0x20d0..=0x20ff | 0x3099..=0x309a | 0xa800..=0xabff | 0xfb1d..=0xfdff | 0xfe20..=0xfe2f
        | 0xfe70..=0xfeff)
}

/// The collection, unpacked once.
fn unpacked() -> Result<Arc<Vec<u8>>, PdfError> {
    static FILE: OnceLock<Arc<Vec<u8>>> = OnceLock::new();
    if let Some(file) = FILE.get() {
        return Ok(file.clone());
    }
    let mut file = Vec::new();
    GzDecoder::new(PACKED).read_to_end(&mut file).map_err(|_| PdfError::Font)?;
    Ok(FILE.get_or_init(|| Arc::new(file)).clone())
}

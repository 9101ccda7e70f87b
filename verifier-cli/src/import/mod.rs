//! Supplier files, read: bytes in, cards and refused lines out.
//!
//! In scope: encodings, line endings, separators, tables with Chinese or English headers, labelled lines, NDJSON; what
//! makes a line unfit for a batch. Out of scope: input and output, keys and stamps, and the code form, which is applied
//! to decide on duplicates but not to the cards: the protocol applies it once, to serial and code as given
//! (docs/protocol.md section 3).
//!
//! A line is a card: a quoted field cannot hold a line break, so that each refusal has one line and one bad line costs
//! one card.

mod cards;
mod columns;
mod damage;
mod duplicates;
mod gather;
mod labels;
mod layout;
mod ndjson;
mod reason;
mod separator;
mod style;
mod text;
mod unicode15;

pub use cards::{Card, Cards};
pub use encoding_rs::Encoding;
pub use layout::{Layout, Lengths, UnknownLayout};
pub use reason::{Field, ImportError, Reason};
pub use separator::Separator;
pub use style::Style;

use gather::Gathered;
use protocol::voucher::CodeForm;
use std::ops::Range;
use style::Arrangement;
use text::{Text, trimmed};
use zeroize::Zeroizing;

/// Bytes of the largest file that is read: 2^30, so that every offset fits 32 bits even where decoding triples it.
pub const MAX_FILE_BYTES: usize = 1 << 30;

/// Bytes of the longest line that may be a card. Shops limit a card to 760 characters; NDJSON brings names.
pub const MAX_LINE_BYTES: usize = 16 * 1024;

/// Lines that are looked at to find how a file arranges its cards.
const SAMPLED_LINES: usize = 1000;

/// What the caller knows of a file; by default nothing, and all of it is found from the file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The lengths that serials and secrets must have.
    pub lengths: Lengths,
    /// What separates the fields; this also says that the file is neither NDJSON nor labelled.
    pub separator: Option<Separator>,
    /// The encoding, where the guess fails: Big5 and others that look like GBK.
    pub encoding: Option<&'static Encoding>,
    /// The form in which two cards are compared.
    pub code_form: CodeForm,
}

/// A line that gives no card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its number in the file, from 1, blank lines counted.
    pub line: u64,
    /// Why.
    pub reason: Reason,
    /// Where it stands in the file, with its line ending.
    pub raw: Range<usize>,
}

/// What a file gives. Never without a card.
#[derive(Debug)]
pub struct Import {
    /// The accepted cards in the order of the file.
    pub cards: Cards,
    /// The refused lines in the order of the file.
    pub refused: Vec<Refused>,
    /// The encoding that was used.
    pub encoding: &'static Encoding,
    /// How the cards are arranged.
    pub style: Style,
    /// What separates the fields, in lines and tables.
    pub separator: Option<Separator>,
    /// The layout that was given, or that the lines share.
    pub layout: Option<Layout>,
    /// Accepted cards whose serial an earlier one has with another code: allowed, hardly ever meant.
    pub repeated_serials: u64,
    /// Bytes of the byte order mark, at the beginning of the file.
    mark: usize,
    /// Where the line that names the columns stands, with its ending.
    header: Option<Range<usize>>,
}

impl Import {
    /// The face value, if every card has the same.
    pub fn common_face(&self) -> Option<&str> {
        let mut faces = self.cards.iter().map(|card| card.face);
        let first = faces.next()??;
        faces.all(|face| face == Some(first)).then_some(first)
    }

    /// The refused lines as a file of their own, to be corrected and read again: same encoding, same header. `file` is
    /// what was read.
    pub fn bad_lines(&self, file: &[u8]) -> Zeroizing<Vec<u8>> {
        let parts = || {
            let lines = self.refused.iter().map(|refused| refused.raw.clone());
            std::iter::once(0..self.mark)
                .chain(self.header.clone())
                .chain(lines)
                .filter_map(|part| file.get(part))
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(parts().map(<[u8]>::len).sum()));
        parts().for_each(|part| bytes.extend_from_slice(part));
        bytes
    }
}

/// Reads a supplier file.
///
/// # Errors
/// When the file as a whole gives no cards; single lines are refused in [`Import::refused`].
pub fn read(file: &[u8], options: &Options) -> Result<Import, ImportError> {
    let text = Text::open(file, options.encoding)?;
    let arrangement = {
        let lines = text.lines().filter_map(|line| Some((line.number, text.decode(&line)?)));
        let filled = lines.filter(|(_, line)| !trimmed(line).is_empty());
        let sample: Vec<_> = filled.take(SAMPLED_LINES).collect();
        if sample.is_empty() && text.lines().any(|line| !line.content.is_empty()) {
            return Err(gather::nothing_readable(&text));
        }
        Arrangement::find(&sample, options.separator.as_ref())?
    };
    Gathered::read(&text, &arrangement, options.code_form).judge(&text, &arrangement, options)
}

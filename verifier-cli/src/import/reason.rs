//! Why a line, or a whole file, is refused. No message here ever holds a field of the file.

use std::fmt;

/// Why one line gives no card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Bytes that the file's encoding does not know, or the mark that an earlier wrong decoding left.
    Undecodable,
    /// The line is longer than [`MAX_LINE_BYTES`](super::MAX_LINE_BYTES), or a formed field longer than the protocol's
    /// 65,535 bytes.
    TooLong,
    /// A quotation mark that is never closed on its line, text behind the closing one, or a mark at the end of a field alone.
    Quotes,
    /// Not one JSON object whose serial and secret are texts or whole numbers, each named once.
    Json,
    /// Fields that the file's columns do not provide for.
    Columns {
        /// Fields of this line.
        found: usize,
        /// Columns of the file.
        expected: usize,
    },
    /// No code, or one of blanks and dashes alone.
    MissingSecret,
    /// No serial, in a file whose cards have serials.
    MissingSerial,
    /// What a spreadsheet leaves of a long number: an exponent, a fraction, thousands marks, zeros beyond 15 digits.
    DamagedNumber,
    /// A control character inside a field.
    ControlCharacter,
    /// A character that Unicode 15 does not assign (docs/protocol.md section 4).
    UnassignedCharacter,
    /// A length other than the layout's, or than the one that the file's lines share. Counted in characters without
    /// blanks and dashes.
    Length {
        /// Where.
        field: Field,
        /// Characters of this line's field.
        found: u16,
        /// Characters that the others have.
        expected: u16,
    },
    /// A letter or sign where the given layout has digits alone.
    NotDigits,
    /// The serial and code of an earlier accepted line, after the code form.
    Duplicate {
        /// That earlier line.
        first: u64,
    },
}

/// The two fields whose lengths a layout fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The serial.
    Serial,
    /// The secret.
    Code,
}

impl Reason {
    /// The stable name, for machines.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Undecodable => "undecodable",
            Self::TooLong => "too-long",
            Self::Quotes => "quotes",
            Self::Json => "json",
            Self::Columns { .. } => "columns",
            Self::MissingSecret => "missing-secret",
            Self::MissingSerial => "missing-serial",
            Self::DamagedNumber => "damaged-number",
            Self::ControlCharacter => "control-character",
            Self::UnassignedCharacter => "unassigned-character",
            Self::Length { .. } => "length",
            Self::NotDigits => "not-digits",
            Self::Duplicate { .. } => "duplicate",
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undecodable => f.write_str("holds bytes that the file's encoding does not know"),
            Self::TooLong => f.write_str("is too long for a card"),
            Self::Quotes => {
                f.write_str("has an unmatched quotation mark (a quoted field cannot hold a line break)")
            }
            Self::Json => f.write_str("is not one JSON object with each name once and plain values"),
            Self::Columns { found, expected } => {
                write!(f, "has {found} fields where the file has {expected} columns")
            }
            Self::MissingSecret => f.write_str("has no secret"),
            Self::MissingSerial => f.write_str("has no serial, though the file's cards have serials"),
            Self::DamagedNumber => f.write_str(
                "has a number that a spreadsheet damaged: export it again with these columns as text",
            ),
            Self::ControlCharacter => f.write_str("has a control character inside a field"),
            Self::UnassignedCharacter => f.write_str("has a character that Unicode 15 does not assign"),
            Self::Length { field, found, expected } => {
                let field = match field {
                    Field::Serial => "serial",
                    Field::Code => "secret",
                };
                write!(f, "has a {field} of {found} characters where {expected} are expected")
            }
            Self::NotDigits => f.write_str("has a letter or sign where the layout has digits alone"),
            Self::Duplicate { first } => write!(f, "repeats the card of line {first}"),
        }
    }
}

/// Why a file gives no cards at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// No line but blank ones.
    #[error("the file is empty: there is no card in it")]
    Empty,
    /// By its first bytes something other than text; `advice` says what to do.
    #[error("the file is {kind}, not text: {advice}")]
    NotText {
        /// What it is.
        kind: &'static str,
        /// What to do.
        advice: &'static str,
    },
    /// Over [`MAX_FILE_BYTES`](super::MAX_FILE_BYTES).
    #[error("the file has {bytes} bytes, more than {limit}: split it")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// A byte order mark or an option names an encoding that cannot be read line by line.
    #[error("files in {0} are not read: save it as UTF-8")]
    Encoding(&'static str),
    /// A JSON array or one object over many lines.
    #[error("the file is one JSON text: give one object a line (NDJSON)")]
    NotNdjson,
    /// The first line names columns, none of which is a secret.
    #[error("line {line} names columns, but none for the secret: call it secret, pin, 卡密 or 密码")]
    NoSecretColumn {
        /// The line of the header.
        line: u64,
    },
    /// The first line names two columns for the secret.
    #[error("line {line} names two columns for the secret: leave one of them out")]
    TwoSecretColumns {
        /// The line of the header.
        line: u64,
    },
    /// The first line is unlike all others and names no known column.
    #[error(
        "line {line} seems to name the columns in words that are not known: call them serial, secret and face \
         (卡号, 卡密, 面额), or say the encoding if the words are not plain to read"
    )]
    UnknownHeader {
        /// The line of the header.
        line: u64,
    },
    /// Neither a separator nor its absence is clear, or the columns it makes cannot be told apart.
    #[error(
        "it is not clear how the lines divide into serial and secret: give the separator (none for whole-line codes), \
         or a first line that names the columns"
    )]
    UnclearColumns,
    /// No line gave a card.
    #[error("no line of the file can be used: {} refused, the first of them, line {}, {}", refused.len(), first_line(refused), first_reason(refused))]
    EveryLineBad {
        /// All of them, in order; never empty.
        refused: Vec<super::Refused>,
    },
}

fn first_line(refused: &[super::Refused]) -> u64 {
    refused.first().map_or(0, |refused| refused.line)
}

fn first_reason(refused: &[super::Refused]) -> String {
    refused.first().map_or_else(String::new, |refused| refused.reason.to_string())
}

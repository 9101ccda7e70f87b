//! Supplier files with known contents: every layout, arrangement, encoding and line ending, with planted faults.

use vouchsafe_cli::import::Layout;

/// How a generated file is made.
#[derive(Debug, Clone)]
pub struct Recipe {
    pub layout: Layout,
    pub rows: usize,
    pub style: Style,
    pub encoding: Encoding,
    pub ending: &'static str,
    pub faults_per_mille: u64,
    pub seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    Lines(&'static str),
    Table(&'static str),
    Labelled,
    Ndjson,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    Utf8Marked,
    Gb18030,
    Utf16Le,
    Utf16Be,
    Utf16LeMarked,
    Utf16BeMarked,
}

/// A file, and what reading it must give.
#[derive(Default)]
pub struct File {
    pub bytes: Vec<u8>,
    /// Serial and code of each card, formed.
    pub accepted: Vec<(String, String)>,
    pub refused: Vec<(u64, &'static str)>,
}

/// `SplitMix64`: small, and the same everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }

    fn text(&mut self, alphabet: &str, length: u16) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..length).map(|_| self.pick(&alphabet)).collect()
    }

    pub fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()].clone()
    }
}

/// A fault that still gives a card, or the reason of its refusal.
const FAULTS: [&str; 14] = [
    "wide",
    "blanks",
    "blank-line",
    "duplicate",
    "length",
    "length",
    "damaged-number",
    "missing-secret",
    "missing-serial",
    "columns",
    "control-character",
    "unassigned-character",
    "undecodable",
    "malformed",
];

/// Makes the file.
pub fn generate(recipe: &Recipe) -> File {
    let mut random = Random(recipe.seed);
    let mut file = File::default();
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let face = random.pick(&["10", "30", "50", "100"]);
    let layout = recipe.layout;
    let rows = Rows { style: recipe.style, has_serial: layout.serial > 0, face, header: random.below(3) };
    lines.extend(rows.header().map(|line| recipe.encoding.encode(&line)));
    for number in 0..recipe.rows {
        let fault = if random.below(1000) < recipe.faults_per_mille { random.pick(&FAULTS) } else { "" };
        let serial = serial(layout, number);
        let code = if layout.digits {
            random.text("0123456789", layout.code)
        } else {
            grouped(&random.text("23456789ABCDEFGHJKLMNPQRSTUVWXYZ", layout.code))
        };
        if fault == "blank-line" {
            lines.push(recipe.encoding.encode(random.pick(&["", "  ", "\u{3000}"])));
        }
        let earlier = (!file.accepted.is_empty()).then(|| random.pick(&file.accepted));
        let (text, refusal) = rows.faulty(fault, &serial, &code, earlier);
        let mut line = recipe.encoding.encode(&text);
        if refusal == Some("undecodable") {
            line.extend(recipe.encoding.undecodable());
        }
        lines.push(line);
        match refusal {
            Some(reason) => file.refused.push((lines.len() as u64, reason)),
            None => file.accepted.push((serial, code.replace('-', ""))),
        }
    }
    file.bytes = recipe.encoding.mark().to_vec();
    for line in lines {
        file.bytes.extend(line);
        file.bytes.extend(recipe.encoding.encode(recipe.ending));
    }
    file
}

/// A running number behind a fixed beginning.
fn serial(layout: Layout, number: usize) -> String {
    let width = usize::from(layout.serial);
    if width == 0 {
        String::new()
    } else {
        format!("{}{number:06}", "72".repeat(width))[width * 2 + 6 - width..].to_owned()
    }
}

/// As licence keys are printed, in fives.
fn grouped(code: &str) -> String {
    code.as_bytes().chunks(5).map(|group| std::str::from_utf8(group).unwrap()).collect::<Vec<_>>().join("-")
}

struct Rows {
    style: Style,
    has_serial: bool,
    face: &'static str,
    /// Which wording of the header.
    header: u64,
}

impl Rows {
    fn header(&self) -> Option<String> {
        let Style::Table(separator) = self.style else { return None };
        let names = match (self.header, self.has_serial) {
            (0, true) => vec!["卡号", "卡密", "面额"],
            (0, false) => vec!["兑换码", "商品", "面额"],
            (1, true) => vec!["Serial No.", "PIN", "Face value"],
            (1, false) => vec!["Licence key", "Note", "Price"],
            (_, true) => vec!["序號", "面額(元)", "卡號", "密碼"],
            (_, false) => vec!["序號", "面額(元)", "密碼"],
        };
        Some(names.join(separator))
    }

    /// One line of these fields.
    fn line(&self, serial: &str, code: &str) -> String {
        let with_serial = |fields: &[&str], separator: &str| {
            fields.iter().skip(usize::from(!self.has_serial)).copied().collect::<Vec<_>>().join(separator)
        };
        match self.style {
            Style::Lines(separator) => with_serial(&[serial, code], separator),
            Style::Table(separator) => match (self.header, self.has_serial) {
                (0 | 1, true) => [serial, code, self.face].join(separator),
                (0 | 1, false) => [code, "x y", self.face].join(separator),
                (_, true) => ["1", self.face, serial, code].join(separator),
                (_, false) => ["1", self.face, code].join(separator),
            },
            Style::Labelled => with_serial(&[&format!("卡号：{serial}"), &format!("密码：{code}")], " "),
            Style::Ndjson => {
                let mut members = serde_json::Map::new();
                if self.has_serial {
                    members.insert("cardNo".to_owned(), serial.into());
                }
                members.insert("cardPwd".to_owned(), code.into());
                members.insert("meta".to_owned(), serde_json::json!({"secret": [1, 2.5, null]}));
                serde_json::Value::Object(members).to_string()
            }
        }
    }

    /// The line with a fault planted, and why it must be refused; the plain line where the fault has no meaning.
    fn faulty(
        &self,
        fault: &'static str,
        serial: &str,
        code: &str,
        earlier: Option<(String, String)>,
    ) -> (String, Option<&'static str>) {
        let delimited = matches!(self.style, Style::Lines(_) | Style::Table(_));
        let blanks = matches!(self.style, Style::Lines(separator) if separator.trim().is_empty());
        match (fault, earlier) {
            ("wide", _) => (self.line(&wide(serial), &wide(code)), None),
            ("blanks", _) => (self.line(&format!(" {serial}"), &format!("{code}  ")), None),
            ("duplicate", Some((serial, code))) => (self.line(&wide(&serial), &code), Some("duplicate")),
            ("length", _) => (self.line(serial, &format!("{code}7")), Some("length")),
            ("damaged-number", _) if self.has_serial => {
                (self.line("6.10979E+14", code), Some("damaged-number"))
            }
            ("damaged-number", _) => (self.line(serial, "6.1E+14"), Some("damaged-number")),
            ("missing-secret", _) if self.has_serial => (self.line(serial, ""), Some("missing-secret")),
            ("missing-serial", _) if self.has_serial && !blanks => {
                (self.line("", code), Some("missing-serial"))
            }
            ("columns", _) if delimited && self.has_serial && !blanks => {
                let (Style::Lines(separator) | Style::Table(separator)) = self.style else { unreachable!() };
                (format!("{}{separator}more", self.line(serial, code)), Some("columns"))
            }
            ("control-character", _) => {
                (self.line(serial, &format!("\u{1}{code}")), Some("control-character"))
            }
            ("unassigned-character", _) => {
                (self.line(serial, &format!("{code}\u{378}")), Some("unassigned-character"))
            }
            ("undecodable", _) => (self.line(serial, code), Some("undecodable")),
            ("malformed", _) => match self.style {
                Style::Table(_) => (format!("\"{}", self.line(serial, code)), Some("quotes")),
                Style::Ndjson => (self.line(serial, code).replace('}', ""), Some("json")),
                _ => (self.line(serial, code), None),
            },
            _ => (self.line(serial, code), None),
        }
    }
}

/// Digits as a Chinese keyboard writes them.
fn wide(text: &str) -> String {
    let widen = |c: char| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xFEE0).unwrap() } else { c };
    text.chars().map(widen).collect()
}

impl Encoding {
    pub const ALL: [Self; 7] = [
        Self::Utf8,
        Self::Utf8Marked,
        Self::Gb18030,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::Utf16LeMarked,
        Self::Utf16BeMarked,
    ];

    fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8Marked => b"\xEF\xBB\xBF",
            Self::Utf16LeMarked => b"\xFF\xFE",
            Self::Utf16BeMarked => b"\xFE\xFF",
            _ => b"",
        }
    }

    fn encode(self, text: &str) -> Vec<u8> {
        match self {
            Self::Utf8 | Self::Utf8Marked => text.into(),
            Self::Gb18030 => encoding_rs::GB18030.encode(text).0.into_owned(),
            Self::Utf16Le | Self::Utf16LeMarked => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Self::Utf16Be | Self::Utf16BeMarked => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }

    /// Bytes that mean nothing in this encoding: 0xFF, or the first half of a pair alone.
    fn undecodable(self) -> &'static [u8] {
        match self {
            Self::Utf8 | Self::Utf8Marked | Self::Gb18030 => b"\xFF",
            Self::Utf16Le | Self::Utf16LeMarked => b"\x00\xD8",
            Self::Utf16Be | Self::Utf16BeMarked => b"\xD8\x00",
        }
    }
}

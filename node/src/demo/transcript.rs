//! What the demo tells: numbered chapters, plain sentences, commands as a user types them, and of their output what
//! matters. Codes never come here; long hex and link names are shortened, so that lines can be read.

use casefile::lang::Language;
use std::io::{self, Write as _};

/// Which lines of an output are told.
#[derive(Debug, Clone, Copy)]
pub enum Lines<'a> {
    /// None: the output says nothing that matters here.
    None,
    /// So many from the top, blank ones not counted.
    First(usize),
    /// Those that begin with one of these words.
    Beginning(&'a [&'a str]),
}

/// Tells the story on standard output, line by line as it happens.
#[derive(Debug)]
pub struct Transcript {
    language: Language,
    chapters: u32,
}

impl Transcript {
    /// An empty one.
    pub const fn new(language: Language) -> Self {
        Self { language, chapters: 0 }
    }

    /// In which language it is told.
    pub const fn language(&self) -> Language {
        self.language
    }

    /// The sentence of this transcript's language.
    pub fn choose<'t>(&self, english: &'t str, chinese: &'t str) -> &'t str {
        match self.language {
            Language::English => english,
            Language::Chinese => chinese,
        }
    }

    /// A chapter begins with its number and a sentence.
    pub fn chapter(&mut self, english: &str, chinese: &str) -> io::Result<()> {
        self.chapters += 1;
        line("")?;
        line(&format!("{}. {}", self.chapters, self.choose(english, chinese)))
    }

    /// A sentence.
    pub fn say(&self, english: &str, chinese: &str) -> io::Result<()> {
        line(&shortened(self.choose(english, chinese)))
    }

    /// A command as it is typed.
    #[expect(clippy::unused_self, reason = "everything that is told goes through the transcript")]
    pub fn command(&self, typed: &str) -> io::Result<()> {
        // A line ends before an option, so that none stands apart from its value.
        let typed = shortened(typed).replace(" --", "\u{0}--");
        line(&wrapped(typed.split('\u{0}'), "   $ ", " \\", "       "))
    }

    /// What it printed.
    #[expect(clippy::unused_self, reason = "everything that is told goes through the transcript")]
    pub fn output(&self, printed: &str, lines: Lines<'_>) -> io::Result<()> {
        let all = printed.lines().filter(|line| !line.trim().is_empty());
        match lines {
            Lines::None => Ok(()),
            Lines::First(count) => all.take(count).try_for_each(told),
            Lines::Beginning(words) => {
                let begins = |line: &&str| words.iter().any(|word| line.starts_with(word));
                all.filter(begins).try_for_each(told)
            }
        }
    }
}

/// A line of an output.
fn told(printed: &str) -> io::Result<()> {
    let text = printed.trim_start();
    let indent = " ".repeat(INDENT + printed.len() - text.len());
    let text = shortened(text);
    // A row of a table stays a row.
    if text.contains("  ") {
        line(&format!("{indent}{text}"))
    } else {
        line(&wrapped(text.split(' '), &indent, "", &(indent.clone() + "  ")))
    }
}

/// Fails where nobody reads any more: then the demo ends, and cleans up.
fn line(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Columns before the lines of an output.
const INDENT: usize = 5;
/// Columns of a line, where a blank allows to break it.
const WIDTH: usize = 110;

/// Parts of a text in lines: `before` the first, `joint` at the end of each but the last, `indent` before the others.
fn wrapped<'t>(parts: impl Iterator<Item = &'t str>, before: &str, joint: &str, indent: &str) -> String {
    let mut whole = before.to_owned();
    let mut columns = before.len();
    for (place, part) in parts.enumerate() {
        let width = part.chars().count();
        if place > 0 && columns + 1 + width + joint.len() > WIDTH {
            whole = whole + joint + "\n" + indent;
            columns = indent.len();
        } else if place > 0 {
            whole.push(' ');
            columns += 1;
        }
        whole.push_str(part);
        columns += width;
    }
    whole
}

/// Digits that are kept of a long hex string, at either end.
const KEPT: usize = 4;

/// Long hex strings and the names in links, by their ends: `0x83a3…9f1c`. What the command itself has cut stays as it is:
/// its tables are aligned.
fn shortened(text: &str) -> String {
    let is_part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    let mut short = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|character| !is_part(character)).unwrap_or(from.len()));
        short.push_str(before);
        short.push_str(&if after.starts_with('…') { word.to_owned() } else { shortened_word(word) });
        rest = after;
    }
    short + rest
}

fn shortened_word(word: &str) -> String {
    let (prefix, digits) = match word.strip_prefix("0x") {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => ("0x", digits),
        // The name of a voucher in links has 43 characters; no word of any sentence has.
        _ if word.len() == 43 => ("", word),
        _ => return word.to_owned(),
    };
    let end = digits.len().saturating_sub(KEPT);
    match (digits.get(..KEPT), digits.get(end..)) {
        (Some(head), Some(tail)) if digits.len() > 3 * KEPT => format!("{prefix}{head}…{tail}"),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_hex_and_link_names_are_shortened_and_nothing_else() {
        let key = format!("0x83a3{}9f1c", "0".repeat(56));
        assert_eq!(shortened(&format!("Held by {key}.")), "Held by 0x83a3…9f1c.");
        let name = format!(
            "mk7C{}LO1M",
            "x-_"
                .repeat(12) /* 36 */
                .get(..35)
                .unwrap_or_default()
        );
        assert_eq!(shortened(&format!("http://h:1/v/{name}")), "http://h:1/v/mk7C…LO1M");
        let cut = "{\"nonce\":\"0x6da20e6ef7a5d9ad…  promised";
        for plain in [cut, "0x1234", "vouchsafe sell --range 100:1", "卡号,卡密", "", "ORDER-1001"] {
            assert_eq!(shortened(plain), plain);
        }
    }

    #[test]
    fn long_commands_go_on_in_the_next_line_as_a_shell_takes_them() {
        let typed = format!("vouchsafe {}", "--option value ".repeat(10));
        let told = wrapped(typed.trim_end().split(' '), "   $ ", " \\", "       ");
        assert!(told.lines().all(|line| line.chars().count() <= WIDTH), "{told}");
        assert_eq!(told.replace(" \\\n       ", " "), format!("   $ {}", typed.trim_end()));
        assert_eq!(wrapped("kill %1".split(' '), "   $ ", " \\", ""), "   $ kill %1");
    }
}

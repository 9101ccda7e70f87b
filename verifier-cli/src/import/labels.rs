//! Lines in which every field bears its name: `卡号：123 密码：456`, `SN: 123, PIN: 456`.

use super::columns::is_name;
use super::text::{Wiped, is_blank, trimmed};
use std::borrow::Cow;

/// The named fields of such a line; `None` for any other line.
pub(super) fn fields(line: &str) -> Option<Vec<(&str, Wiped<'_>)>> {
    let mut pieces = line.split([':', '：']);
    let mut name = pieces.next().map(trimmed).filter(|name| is_name(name))?;
    let mut fields = Vec::with_capacity(3);
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        let next = if pieces.peek().is_some() { trailing_name(piece)? } else { "" };
        let value = piece.trim_end_matches(is_blank).strip_suffix(next)?;
        fields.push((name, Wiped(Cow::Borrowed(value.trim_matches(is_between)))));
        name = next;
    }
    (!fields.is_empty()).then_some(fields)
}

/// The name at the end of a piece, which belongs to the next value: the last word, or its last letters beyond ASCII.
fn trailing_name(piece: &str) -> Option<&str> {
    let word = piece.trim_end_matches(is_blank).rsplit(is_between).next()?;
    let beyond_ascii = word.rsplit(|character: char| character.is_ascii()).next()?;
    [word, beyond_ascii].into_iter().find(|name| is_name(name))
}

fn is_between(character: char) -> bool {
    is_blank(character) || matches!(character, ',' | '，' | ';' | '；' | '|' | '、' | '。')
}

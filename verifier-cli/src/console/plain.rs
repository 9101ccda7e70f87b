//! Foreign text on a terminal: what others wrote (a product's name, a memo) must not move the cursor, colour anything or
//! turn the direction of writing.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The text without control characters and marks of direction, cut to so many columns.
pub fn plain(text: &str, limit: usize) -> String {
    let mut shown = String::new();
    let mut columns = 0;
    for character in text.chars().map(|character| if is_unruly(character) { '\u{fffd}' } else { character }) {
        columns += character.width().unwrap_or(0);
        if columns >= limit {
            shown.push('…');
            break;
        }
        shown.push(character);
    }
    shown
}

/// Whether people can read a text as a name: nothing names nothing, and what steers a terminal is no name.
pub fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(char::is_control)
}

/// Columns of a text on a terminal; a Chinese character takes two.
pub fn width(text: &str) -> usize {
    text.width()
}

/// Rows with their cells padded to the widest of each column, two blanks between.
pub fn columns(rows: &[Vec<String>]) -> Vec<String> {
    let count = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| width(cell)).max();
    let widths: Vec<usize> = (0..count).map(|column| widest(column).unwrap_or(0)).collect();
    let pad = |(cell, wanted): (&String, &usize)| format!("{cell}{}", " ".repeat(wanted - width(cell)));
    let line = |row: &Vec<String>| row.iter().zip(&widths).map(pad).collect::<Vec<_>>().join("  ");
    rows.iter().map(|row| line(row).trim_end().to_owned()).collect()
}

fn is_unruly(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_steer_a_terminal() {
        assert_eq!(plain("a\u{1b}[2Jb\u{202e}c\nd", 80), "a\u{fffd}[2Jb\u{fffd}c\u{fffd}d");
        assert_eq!(plain("甲游戏 50", 80), "甲游戏 50");
        assert_eq!(plain("甲游戏", 6), "甲游…");
    }

    #[test]
    fn cells_align_by_columns_not_characters() {
        let rows = vec![vec!["甲".to_owned(), "x".to_owned()], vec!["abcd".to_owned(), "y".to_owned()]];
        assert_eq!(columns(&rows), ["甲    x", "abcd  y"]);
    }
}

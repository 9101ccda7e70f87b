//! Foreign text on a page: what parties wrote must not turn the direction of writing, hide anything, or flood a report.

/// Characters of one foreign text that a report shows; the whole text is in the dossier.
const SHOWN_CHARS: usize = 600;

/// The text with every character that steers instead of being seen written as its number, cut to a bound.
pub fn plain(text: &str) -> String {
    cut(text, SHOWN_CHARS)
}

/// The same, cut to so many characters.
pub fn cut(text: &str, limit: usize) -> String {
    let mut shown = String::new();
    for (place, character) in text.chars().enumerate() {
        if place == limit {
            let all = text.chars().count();
            return format!("{shown}… [{all}]");
        }
        push(&mut shown, character);
    }
    shown
}

fn push(shown: &mut String, character: char) {
    if is_unruly(character) {
        shown.push_str(&number(character));
    } else {
        shown.push(character);
    }
}

/// A character by its number, as Unicode writes it.
pub fn number(character: char) -> String {
    format!("⟨U+{:04X}⟩", u32::from(character))
}

fn is_unruly(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffc}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_is_shown_by_its_number() {
        assert_eq!(plain("a\u{202e}b\u{1b}c\nd"), "a⟨U+202E⟩b⟨U+001B⟩c⟨U+000A⟩d");
        assert_eq!(plain("{\"价\":\"12.00\"}"), "{\"价\":\"12.00\"}");
    }

    #[test]
    fn a_flood_is_cut_and_says_how_much_there_was() {
        let shown = plain(&"水".repeat(70_000));
        assert_eq!(shown.chars().count(), SHOWN_CHARS + "… [70000]".chars().count());
        assert!(shown.ends_with("… [70000]"));
    }
}

//! Secrets do not belong on a command line: the shell keeps them, and every user of the machine can list them.

use std::ffi::OsString;
use std::path::Path;

/// Whether an argument is a delivered line or a link with its stamp, and no file of that name.
pub(super) fn is_among(arguments: &[OsString]) -> bool {
    let given = arguments.iter().skip(1);
    given
        .map(|argument| argument.to_string_lossy())
        .any(|text| is_secret(&text) && !Path::new(&*text).exists())
}

fn is_secret(text: &str) -> bool {
    let value =
        text.strip_prefix("--").and_then(|option| option.split_once('=')).map_or(text, |(_, value)| value);
    is_delivered_line(value) || is_stamped_link(value)
}

/// `serial----code`, with or without what follows.
fn is_delivered_line(text: &str) -> bool {
    text.split_once("----").is_some_and(|(before, after)| {
        let is_value = |part: &str| part.contains(|character: char| character.is_alphanumeric());
        is_value(before) && is_value(after)
    })
}

/// Any address of a voucher with something in its fragment.
fn is_stamped_link(text: &str) -> bool {
    text.split_once("/v/")
        .and_then(|(_, rest)| rest.split_once('#'))
        .is_some_and(|(_, stamp)| !stamp.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_stamped_links_are_secrets() {
        for secret in [
            "2849279424136244----3962520037848969----https://shop.example/v/AAAA#BBBB",
            "2849279424136244----3962520037848969",
            "https://shop.example/v/mk7Cf#g6NVdO6HLT0OWd5mXsHc-A",
            "--note=2849279424136244----3962520037848969",
            "--note=https://shop.example/v/mk7Cf#g6NVdO6HLT0OWd5mXsHc-A",
        ] {
            assert!(is_secret(secret), "{secret}");
        }
    }

    #[test]
    fn names_links_and_options_are_not() {
        for plain in [
            "verify",
            "--json",
            "--separator=----",
            "----",
            "https://shop.example/v/mk7Cf",
            "https://shop.example/v/mk7Cf#",
            "0x83a3",
            "a-b--c---d",
        ] {
            assert!(!is_secret(plain), "{plain}");
        }
    }
}

//! Which language to speak.

use casefile::lang::Language;
use std::ffi::OsString;

/// The one that `--lang` names, else the one of the locale: what an error in the other arguments is told in.
pub fn spoken(arguments: &[OsString], variable: impl Fn(&str) -> Option<String>) -> Language {
    asked_for(arguments).unwrap_or_else(|| Language::of_locale(variable))
}

fn asked_for(arguments: &[OsString]) -> Option<Language> {
    let texts: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let joined = texts.iter().find_map(|text| text.strip_prefix("--lang="));
    let apart = || texts.iter().skip_while(|text| **text != "--lang").nth(1).copied();
    let name = joined.or_else(apart)?;
    <Language as clap::ValueEnum>::from_str(name, true).ok()
}

#[cfg(test)]
mod tests {
    use super::spoken;
    use casefile::lang::Language::{self, Chinese, English};
    use std::ffi::OsString;

    fn found(arguments: &[&str], variables: &[(&str, &str)]) -> Language {
        let arguments: Vec<OsString> = arguments.iter().map(Into::into).collect();
        let variables = variables.to_vec();
        spoken(&arguments, |name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_option_comes_before_the_locale_and_lc_all_before_lang() {
        assert_eq!(found(&[], &[]), English);
        assert_eq!(found(&[], &[("LANG", "zh_CN.UTF-8")]), Chinese);
        assert_eq!(found(&[], &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "C")]), English);
        assert_eq!(found(&[], &[("LANG", "en_US.UTF-8"), ("LC_MESSAGES", "zh_TW"), ("LC_ALL", "")]), Chinese);
        assert_eq!(found(&["verify", "--lang", "en"], &[("LANG", "zh_CN")]), English);
        assert_eq!(found(&["--lang=zh", "verify"], &[]), Chinese);
        assert_eq!(found(&["--lang"], &[("LANG", "zh_CN")]), Chinese);
        assert_eq!(found(&["--lang", "fr"], &[("LANG", "de_DE")]), English);
    }
}

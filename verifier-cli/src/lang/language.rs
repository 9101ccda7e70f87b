//! Which language to speak.

use std::ffi::OsString;

/// A language of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// English
    #[value(name = "en")]
    English,
    /// Chinese in simplified characters
    #[value(name = "zh", alias = "zh-CN")]
    Chinese,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// Its BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The one that `--lang` names, else the one of the locale: what an error in the other arguments is told in.
    pub fn find(arguments: &[OsString], variable: impl Fn(&str) -> Option<String>) -> Self {
        Self::asked_for(arguments).unwrap_or_else(|| Self::of_locale(variable))
    }

    fn asked_for(arguments: &[OsString]) -> Option<Self> {
        let texts: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
        let joined = texts.iter().find_map(|text| text.strip_prefix("--lang="));
        let apart = || texts.iter().skip_while(|text| **text != "--lang").nth(1).copied();
        let name = joined.or_else(apart)?;
        <Self as clap::ValueEnum>::from_str(name, true).ok()
    }

    /// The first of these variables that is not empty decides, as in every POSIX program.
    fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &&str| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set).unwrap_or_default();
        if locale.to_ascii_lowercase().starts_with("zh") { Self::Chinese } else { Self::English }
    }
}

impl From<Language> for casefile::lang::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::English => Self::English,
            Language::Chinese => Self::Chinese,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language::{self, Chinese, English};
    use std::ffi::OsString;

    fn found(arguments: &[&str], variables: &[(&str, &str)]) -> Language {
        let arguments: Vec<OsString> = arguments.iter().map(Into::into).collect();
        let variables = variables.to_vec();
        Language::find(&arguments, |name| {
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

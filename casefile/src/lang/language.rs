//! Which language to speak.

/// A language of reports and commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Language {
    /// English
    #[cfg_attr(feature = "clap", value(name = "en"))]
    English,
    /// Chinese in simplified characters
    #[cfg_attr(feature = "clap", value(name = "zh", alias = "zh-CN"))]
    Chinese,
}

impl Language {
    /// Its BCP 47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The one of the locale: the first of these variables that is not empty decides, as in every POSIX program.
    pub fn of_locale(variable: impl Fn(&str) -> Option<String>) -> Self {
        let set = |name: &&str| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set).unwrap_or_default();
        if locale.to_ascii_lowercase().starts_with("zh") { Self::Chinese } else { Self::English }
    }

    /// The locale that makes other programs speak it.
    pub const fn locale(self) -> &'static str {
        match self {
            Self::English => "C.UTF-8",
            Self::Chinese => "zh_CN.UTF-8",
        }
    }
}

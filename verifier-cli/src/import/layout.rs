//! How long serials and secrets are: the layouts that suppliers use, and the one that a file's own lines share.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

/// The lengths of a kind of card, in characters without blanks and dashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// The kind's name, if it has one.
    pub name: Option<&'static str>,
    /// Characters of the serial; 0 for cards without.
    pub serial: u16,
    /// Characters of the secret.
    pub code: u16,
    /// Whether both are ASCII digits alone.
    pub digits: bool,
}

/// Name, serial, secret, digits alone.
const KNOWN: [(&str, u16, u16, bool); 16] = [
    ("cmcc", 17, 18, true),
    ("cmcc-zhejiang", 10, 8, true),
    ("cmcc-jiangsu", 16, 17, true),
    ("unicom", 15, 19, true),
    ("telecom", 19, 18, true),
    ("junnet", 16, 16, true),
    ("qcoin", 9, 12, true),
    ("zhengtu", 16, 8, true),
    ("jiuyou", 13, 10, true),
    ("netease", 13, 9, true),
    ("wanmei", 10, 15, true),
    ("sohu", 20, 12, true),
    ("zongyou", 15, 15, true),
    ("tianxia", 15, 8, true),
    ("licence", 0, 15, false),
    ("licence5", 0, 25, false),
];

/// A word that is no layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no layout is called {0:?}: give lengths as 16-18, or one of {names}", names = names())]
pub struct UnknownLayout(pub String);

fn names() -> String {
    KNOWN.map(|(name, ..)| name).join(", ")
}

impl Layout {
    /// All layouts with a name.
    pub fn known() -> impl Iterator<Item = Self> {
        KNOWN.into_iter().map(|(name, serial, code, digits)| Self { name: Some(name), serial, code, digits })
    }

    /// The layout of these lengths, with its name if it has one.
    pub fn of(serial: u16, code: u16, digits: bool) -> Self {
        let fits = |known: &Self| known.serial == serial && known.code == code && (digits || !known.digits);
        let name = Self::known().find(fits).and_then(|known| known.name);
        Self { name, serial, code, digits }
    }
}

impl FromStr for Layout {
    type Err = UnknownLayout;

    /// A name, or the lengths of serial and secret as `16-18`, which say nothing of digits; `0-15` has no serial.
    fn from_str(word: &str) -> Result<Self, UnknownLayout> {
        let lengths = || {
            let (serial, code) = word.split_once('-')?;
            let (serial, code) = (serial.parse().ok()?, code.parse().ok().filter(|code| *code > 0)?);
            Some(Self { name: None, serial, code, digits: false })
        };
        Self::known()
            .find(|known| known.name == Some(word))
            .or_else(lengths)
            .ok_or_else(|| UnknownLayout(word.to_owned()))
    }
}

impl fmt::Display for Layout {
    /// The name, else the lengths as `16-18`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name {
            Some(name) => f.write_str(name),
            None => write!(f, "{}-{}", self.serial, self.code),
        }
    }
}

/// Which lengths lines must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lengths {
    /// Those that at least two thirds of the lines share, serial and secret each for itself; any where no two thirds of
    /// at least three lines agree.
    #[default]
    Shared,
    /// Any.
    Any,
    /// A layout's.
    Of(Layout),
}

/// The length that at least two thirds of at least three values have.
///
/// Two thirds leave room for every sixth line to be damaged, and a file of two kinds of cards half and half is not
/// taken for one of them.
pub(super) fn shared(lengths: impl Iterator<Item = u16>) -> Option<u16> {
    let mut counts = HashMap::<u16, usize>::new();
    let mut total = 0;
    for length in lengths {
        *counts.entry(length).or_default() += 1;
        total += 1;
    }
    counts.into_iter().find(|(_, count)| total >= 3 && count * 3 >= total * 2).map(|(length, _)| length)
}

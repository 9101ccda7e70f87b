//! What keeps a command from doing its work: what went wrong, what to do, and the exit code.

use crate::lang::{Arg, Text};

/// The exit code where an answer could not be had (docs/protocol.md section 11, `unknown`).
pub const UNKNOWN: u8 = 3;
/// The exit code of wrong usage, and of files that cannot be read or written.
pub const USAGE: u8 = 2;
/// The exit code of a step that the node refused, or that a party's command could not take.
pub const REFUSED: u8 = 1;

/// Columns that foreign words may take in a failure.
const FOREIGN_COLUMNS: usize = 400;

/// A command's end without its result. The text is a message of the `.ftl` files that has an `advice`: what went wrong,
/// and what to do.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// The exit code.
    pub exit: u8,
    /// What went wrong; its `advice` attribute says what to do.
    pub text: Text,
}

impl Failure {
    /// With this exit code. `id` names the message.
    pub fn new(exit: u8, id: &'static str) -> Self {
        Self { exit, text: Text::new(id) }
    }

    /// Wrong usage, or a file that cannot be read or written.
    pub fn usage(id: &'static str) -> Self {
        Self::new(USAGE, id)
    }

    /// Nobody who could answer was reached.
    pub fn unknown(id: &'static str) -> Self {
        Self::new(UNKNOWN, id)
    }

    /// A step that was not taken.
    pub fn refused(id: &'static str) -> Self {
        Self::new(REFUSED, id)
    }

    /// With a value that the text speaks of; never a secret.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.text = self.text.with(name, value);
        self
    }

    /// With a text that others wrote (a path, a server's words): cut, and without anything that steers a terminal.
    #[must_use]
    pub fn with_foreign(self, name: &'static str, text: impl std::fmt::Display) -> Self {
        self.with(name, crate::console::plain(&text.to_string(), FOREIGN_COLUMNS))
    }
}

//! Where a command speaks: results to standard output, everything about the doing to standard error, in one language,
//! with or without colour. All of the process's surroundings that change what is printed are gathered here.

mod paint;
mod plain;
mod times;

pub use paint::{Paint, Tone};
pub use plain::{columns, is_name, plain, width};
pub use times::Times;

use crate::failure::Failure;
use crate::lang::{Language, Text, Texts};
use crate::node_client::Waiting;
use serde::Serialize;
use std::io::{self, IsTerminal as _, Write};

/// The surroundings of a command.
pub struct Console {
    /// What is said.
    pub texts: Texts,
    /// The clock, and how times are written.
    pub times: Times,
    /// How standard output is coloured.
    pub paint: Paint,
    /// How standard error is coloured.
    pub paint_err: Paint,
    /// Whether somebody watches standard error: progress is shown to nobody else.
    pub is_watched: bool,
    out: Box<dyn Write>,
    err: Box<dyn Write>,
    broken: Option<io::Error>,
}

impl Console {
    /// The console of this process.
    pub fn of_process(language: Language) -> Self {
        let colour_wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            && std::env::var_os("TERM").is_none_or(|term| term != "dumb");
        let is_watched = io::stderr().is_terminal();
        Self {
            texts: Texts::new(language),
            times: Times::of_process(),
            paint: Paint::new(colour_wanted && io::stdout().is_terminal()),
            paint_err: Paint::new(colour_wanted && is_watched),
            is_watched,
            out: Box::new(io::BufWriter::new(io::stdout())),
            err: Box::new(io::stderr()),
            broken: None,
        }
    }

    /// A line of the result.
    pub fn line(&mut self, line: &str) {
        let written = writeln!(self.out, "{line}");
        self.keep(written);
    }

    /// Bytes of the result, as they are.
    pub fn raw(&mut self, bytes: &[u8]) {
        let written = self.out.write_all(bytes);
        self.keep(written);
    }

    /// The result for machines: indented JSON.
    pub fn json(&mut self, value: &impl Serialize) {
        match serde_json::to_string_pretty(value) {
            Ok(text) => self.line(&text),
            Err(error) => self.keep(Err(error.into())),
        }
    }

    /// A message of the result.
    pub fn say(&mut self, text: &Text) {
        let line = self.texts.say(text);
        self.line(&line);
    }

    /// A remark about the doing, to standard error.
    pub fn remark(&mut self, text: &Text) {
        let line = self.texts.say(text);
        self.remark_line(&line);
    }

    /// Tells on standard error of a node that asked for patience.
    pub fn waiting(&self) -> Waiting {
        let texts = Texts::new(self.texts.language());
        Box::new(move |seconds| {
            let line = texts.say(&Text::new("node-waits").with("seconds", seconds));
            // What cannot be said there can be said nowhere.
            let _ = writeln!(io::stderr(), "{line}");
        })
    }

    /// What went wrong and what to do, to standard error.
    pub fn fail(&mut self, failure: &Failure) {
        let what = self.texts.say(&failure.text);
        let label = self.texts.get("error-label");
        let label = self.paint_err.paint(Tone::Bad, &format!("✖ {label}"));
        self.remark_line(&format!("{label}{what}"));
        if let Some(advice) = self.texts.attribute(&failure.text, "advice") {
            self.remark_line(&format!("  → {advice}"));
        }
    }

    /// A line to standard error. What cannot be said there can be said nowhere.
    pub fn remark_line(&mut self, line: &str) {
        let _ = self.out.flush();
        let _ = writeln!(self.err, "{line}");
    }

    /// Writes out what is still held back. A reader who closed the pipe has read enough; any other failure to write takes
    /// the place of success.
    pub fn finish(mut self, exit: u8) -> u8 {
        let flushed = self.out.flush();
        self.keep(flushed);
        match self.broken.take() {
            Some(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                self.fail(&Failure::usage("error-output").with("cause", error.to_string()));
                if exit == 0 { crate::failure::USAGE } else { exit }
            }
            _ => exit,
        }
    }

    fn keep(&mut self, written: io::Result<()>) {
        if let Err(error) = written {
            self.broken.get_or_insert(error);
        }
    }
}

impl std::fmt::Debug for Console {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Console")
            .field("texts", &self.texts)
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}

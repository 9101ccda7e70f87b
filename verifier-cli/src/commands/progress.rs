//! Bars for long work, on standard error, for a terminal that somebody watches.

use crate::console::Console;
use crate::lang::Text;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar over so many items; without anybody watching, one that shows nothing.
pub fn bar(console: &Console, length: u64, label: &'static str) -> ProgressBar {
    if !console.is_watched || length < 2 {
        return ProgressBar::hidden();
    }
    let label = console.texts.say(&Text::new(label));
    let style = ProgressStyle::with_template("{prefix} {wide_bar} {human_pos}/{human_len} {eta}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style).with_prefix(label)
}

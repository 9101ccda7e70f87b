//! Measuring: rounds of both sides in turn, so that a machine that slows down slows both; a median and its spread.
//! A figure is a ratio within one run wherever there is something to divide by: seconds are this machine's alone.

use std::time::Instant;

/// Several measurements of one thing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The one in the middle.
    pub median: f64,
    /// The smallest.
    pub least: f64,
    /// The largest.
    pub most: f64,
}

impl Spread {
    /// Of at least one measurement.
    pub fn of(mut measured: Vec<f64>) -> Self {
        measured.sort_by(f64::total_cmp);
        let at = |index: usize| measured.get(index).copied().unwrap_or(f64::NAN);
        Self { median: at(measured.len() / 2), least: at(0), most: at(measured.len().saturating_sub(1)) }
    }

    /// Of one.
    pub const fn single(measured: f64) -> Self {
        Self { median: measured, least: measured, most: measured }
    }
}

/// What a figure should be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Goal {
    /// Not less.
    AtLeast(f64),
    /// Not more.
    AtMost(f64),
    /// Anything: it is part of another figure, and shows where that comes from.
    Open,
}

impl Goal {
    /// Whether it is met.
    pub fn is_met_by(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(limit) => figure >= limit,
            Self::AtMost(limit) => figure <= limit,
            Self::Open => true,
        }
    }
}

/// One line of the report.
#[derive(Debug, Clone)]
pub struct Figure {
    /// What was done.
    pub what: String,
    /// What it was done beside, or how it was counted.
    pub beside: String,
    /// What it should be.
    pub goal: Goal,
    /// Of the goal and the figure: `times`, `ms`, `MiB`.
    pub unit: &'static str,
    /// What it is.
    pub measured: Spread,
    /// What lies behind it, on this machine.
    pub behind: String,
}

/// Seconds that a piece of work takes.
pub fn seconds(work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    start.elapsed().as_secs_f64()
}

/// Seconds of two pieces of work, taken in turn; the first round warms up and is not counted.
pub fn in_turn(rounds: usize, mut ours: impl FnMut(), mut theirs: impl FnMut()) -> Pair {
    let mut pair = Pair { ours: Vec::new(), theirs: Vec::new() };
    for round in 0..=rounds {
        let (one, other) = (seconds(&mut ours), seconds(&mut theirs));
        if round > 0 {
            pair.ours.push(one);
            pair.theirs.push(other);
        }
    }
    pair
}

/// What [`in_turn`] measured, round by round.
#[derive(Debug, Clone)]
pub struct Pair {
    /// Seconds of ours.
    pub ours: Vec<f64>,
    /// Seconds of the other side.
    pub theirs: Vec<f64>,
}

impl Pair {
    /// How many times as fast ours is.
    pub fn times_as_fast(&self) -> Spread {
        Spread::of(self.theirs.iter().zip(&self.ours).map(|(theirs, ours)| theirs / ours).collect())
    }

    /// Both medians, in words; each side's work is counted in so many `pieces`.
    pub fn behind(&self, pieces: usize) -> String {
        let each = |seconds: &[f64]| in_words(Spread::of(seconds.to_vec()).median / number(pieces));
        format!("{} against {}", each(&self.ours), each(&self.theirs))
    }
}

/// A count as a number to divide by.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
pub const fn number(count: usize) -> f64 {
    count as f64
}

/// Seconds, readable.
pub fn in_words(seconds: f64) -> String {
    if seconds >= 1.0 {
        format!("{seconds:.2} s")
    } else if seconds >= 1e-3 {
        format!("{:.1} ms", seconds * 1e3)
    } else if seconds >= 1e-6 {
        format!("{:.2} us", seconds * 1e6)
    } else {
        format!("{:.0} ns", seconds * 1e9)
    }
}

//! What was measured, as a page: docs/performance.md.

use crate::measure::{Figure, Goal, Spread};
use std::fmt::Write as _;
use std::process::Command;

/// One figure on one line.
pub fn line(figure: &Figure) -> String {
    let Figure { what, beside, goal, unit, measured: spread, behind } = figure;
    let met = if goal.is_met_by(spread.median) { "ok " } else { "   " };
    format!(
        "{met} {what}: {} ({}), goal {}; {beside}: {behind}",
        short(spread.median),
        range(*spread),
        wish(*goal, unit)
    )
}

/// The whole page.
pub fn page(figures: &[(&str, Figure)]) -> String {
    let mut page = String::from(HEAD);
    let _ = writeln!(page, "| | |\n|---|---|");
    for (name, value) in machine() {
        let _ = writeln!(page, "| {name} | {value} |");
    }
    let _ = writeln!(
        page,
        "\n## Figures\n\n| what | beside | goal | measured | smallest to largest | behind it |\n|---|---|---|---|---|---|"
    );
    for (_, figure) in figures {
        let Figure { what, beside, goal, unit, measured: spread, behind } = figure;
        let met = if goal.is_met_by(spread.median) { "" } else { " (not met)" };
        let _ = writeln!(
            page,
            "| {what} | {beside} | {} | **{}**{met} | {} | {behind} |",
            wish(*goal, unit),
            short(spread.median),
            range(*spread),
        );
    }
    page + include_str!("where_the_time_goes.md")
}

const HEAD: &str = "# Performance\n\n\
    Made by `make bench`; do not edit. Each figure is a ratio within one run wherever there is something to divide by: both sides\n\
    in turn, the median of the rounds, the smallest and the largest. Seconds are those of the machine named here, and say little of another.\n\
\n";

fn wish(goal: Goal, unit: &str) -> String {
    match goal {
        Goal::AtLeast(limit) => format!(">= {limit} {unit}"),
        Goal::AtMost(limit) => format!("<= {limit} {unit}"),
        Goal::Open => format!("none; {unit}"),
    }
}

fn range(spread: Spread) -> String {
    format!("{} to {}", short(spread.least), short(spread.most))
}

fn short(value: f64) -> String {
    if value >= 100.0 {
        format!("{value:.0}")
    } else if value >= 10.0 {
        format!("{value:.1}")
    } else {
        format!("{value:.2}")
    }
}

fn machine() -> Vec<(&'static str, String)> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    let model = model.trim_start_matches([' ', '\t', ':']).to_owned();
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let flags = protocol::keccak::many::Instructions::available()
        .iter()
        .map(|by| by.name())
        .collect::<Vec<_>>()
        .join("; ");
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let memory = memory.lines().next().unwrap_or_default().trim_start_matches("MemTotal:").trim().to_owned();
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc
        .map_or_else(|_| "unknown".to_owned(), |out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    vec![
        ("processor", format!("{model}, {cores} cores")),
        ("hashing by", flags),
        ("memory", memory),
        ("compiler", rustc),
        ("beside", ["rs_merkle", "jmt", "axum", "fjall", "ed25519-dalek"].map(version).join(", ")),
        ("command", "`make bench`".to_owned()),
    ]
}

/// A library with the version that the lock file names.
fn version(library: &str) -> String {
    let lock = include_str!("../../Cargo.lock");
    let after = lock.split(&format!("name = \"{library}\"\nversion = \"")).nth(1).unwrap_or_default();
    format!("{library} {}", after.split('"').next().unwrap_or("unknown"))
}

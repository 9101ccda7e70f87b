//! What the docs say is what the code does: tables that are made from code stand in the pages as the code makes them, and
//! figures are those of constants, artefacts and tests. `UPDATE_DOCS=1` writes the made ones anew.
//!
//! Out of scope: that the files which a page names exist (`structure.rs`), and the transcript in the README.

#[path = "docs/commands.rs"]
mod commands;
#[path = "docs/container.rs"]
mod container;
#[path = "docs/figures.rs"]
mod figures;
#[path = "docs/lifecycle.rs"]
mod lifecycle;
#[path = "docs/metrics.rs"]
mod metrics;
#[path = "docs/unit.rs"]
mod unit;
#[path = "docs/words.rs"]
mod words;

use serde_json::Value;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use vouchsafe_node::api::{openapi, problem};
use vouchsafe_tests::repository;

/// A file of the repository.
fn file(name: &str) -> String {
    fs::read_to_string(repository().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The files of a folder and below whose name ends so, by their path from the root.
fn files_below(folder: &str, end: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(folder)];
    while let Some(folder) = folders.pop() {
        let items = fs::read_dir(repository().join(&folder)).expect("a folder").flatten();
        for item in items {
            let path = folder.join(item.file_name());
            let name = path.to_string_lossy().into_owned();
            if item.file_type().expect("its type").is_dir() {
                folders.push(path);
            } else if name.ends_with(end) {
                found.push(name);
            }
        }
    }
    found.sort();
    found
}

/// The README and all pages in `docs/`.
fn pages() -> Vec<String> {
    let docs = files_below("docs", ".md");
    docs.into_iter().chain(["README.md".to_owned()]).collect()
}

/// The part of a page from a heading to the next of its level.
fn section(page: &str, heading: &str) -> String {
    let text = file(page);
    let begin = text.find(&format!("\n{heading}")).unwrap_or_else(|| panic!("{page} has no {heading:?}"));
    let rest = &text[begin + 1..];
    let level = heading.split(' ').next().unwrap_or_default();
    let end =
        rest.get(1..).and_then(|rest| rest.find(&format!("\n{level} "))).map_or(rest.len(), |end| end + 1);
    rest[..end].to_owned()
}

/// The rows of the first table in a text, without its head: their cells, without the backticks around them.
fn rows(text: &str) -> Vec<Vec<String>> {
    let table =
        text.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| {
        let cells = line.trim_matches('|').split('|').map(|cell| cell.trim().trim_matches('`').to_owned());
        cells.collect()
    };
    table.skip(2).map(cells).collect()
}

fn column(text: &str, place: usize) -> Vec<String> {
    rows(text).into_iter().map(|row| row.get(place).cloned().unwrap_or_default()).collect()
}

/// Holds the made part of a page against what the code makes, or writes it.
fn generated(page: &str, part: &str, made: &str) {
    // Tests run side by side, and two parts of one page must not be written over each other.
    static WRITING: Mutex<()> = Mutex::new(());
    let _turn = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let text = file(page);
    let (begin, end) =
        (format!("<!-- generated:{part}:begin -->\n"), format!("<!-- generated:{part}:end -->"));
    let place = text.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?)));
    let Some((before, (stands, after))) = place else { panic!("{page} has no place for {part}") };
    if stands == made {
        return;
    }
    assert!(
        std::env::var_os("UPDATE_DOCS").is_some(),
        "{page}: {part} is not what the code makes; run `UPDATE_DOCS=1 cargo test -p vouchsafe-tests --test docs`"
    );
    fs::write(repository().join(page), format!("{before}{begin}{made}{end}{after}")).expect("the page");
}

/// A number with commas.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[test]
fn the_life_cycle_is_the_codes() {
    generated("docs/protocol.md", "lifecycle", &lifecycle::table());
}

#[test]
fn gas_is_the_snapshots() {
    for (contract, part) in [("Anchors", "gas"), ("FraudProofs", "gas-of-proofs")] {
        let snapshot = file(&format!("contracts/snapshots/{contract}.json"));
        let snapshot: Value = serde_json::from_str(&snapshot).expect("JSON");
        let mut table = "| call | gas |\n|---|---|\n".to_owned();
        for (call, gas) in snapshot.as_object().expect("an object") {
            let gas: u64 = gas.as_str().and_then(|gas| gas.parse().ok()).expect("a number");
            let _ = writeln!(table, "| {call} | {} |", grouped(gas));
        }
        generated("docs/protocol.md", part, &table);
    }
}

#[test]
fn routes_are_the_services() {
    let description: Value = serde_json::from_str(openapi::text()).expect("JSON");
    let mut table = "| route | |\n|---|---|\n".to_owned();
    for (path, methods) in description["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let text =
                operation["summary"].as_str().or(operation["description"].as_str()).unwrap_or_default();
            let summary = text.lines().next().unwrap_or_default().replace('|', "\\|");
            let _ = writeln!(table, "| `{} {path}` | {summary} |", method.to_uppercase());
        }
    }
    generated("docs/ARCHITECTURE.md", "routes", &table);
}

#[test]
fn problems_are_the_services() {
    let mut table = "| name | status | when |\n|---|---|---|\n".to_owned();
    for kind in problem::Kind::ALL {
        let when = kind.description().split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(table, "| `{}` | {} | {when} |", kind.name(), kind.status());
    }
    generated("docs/ARCHITECTURE.md", "problems", &table);
    assert!(file("docs/ARCHITECTURE.md").contains(problem::URN));
}

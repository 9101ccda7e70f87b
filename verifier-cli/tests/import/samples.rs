//! The sample files and what is expected of them.

use std::fs;
use std::path::Path;
use vouchsafe_cli::import::{Options, read};

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Expected {
    layout: String,
    accepted: usize,
    refused: Vec<Line>,
}

#[derive(Debug, PartialEq, serde::Deserialize)]
struct Line {
    line: u64,
    reason: String,
}

#[test]
fn every_sample_gives_what_is_expected_of_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data/supplier");
    let mut read_files = 0;
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let mut expectation = path.clone().into_os_string();
        expectation.push(".expect.json");
        let Ok(expectation) = fs::read(expectation) else { continue };
        let expected: Expected = serde_json::from_slice(&expectation).unwrap();

        let import = read(&fs::read(&path).unwrap(), &Options::default()).unwrap();
        let refused = import.refused.iter();
        let got = Expected {
            layout: import.layout.unwrap().to_string(),
            accepted: import.cards.len(),
            refused: refused.map(|r| Line { line: r.line, reason: r.reason.name().to_owned() }).collect(),
        };
        assert_eq!(got, expected, "{}", path.display());
        read_files += 1;
    }
    assert_eq!(read_files, 6);
}

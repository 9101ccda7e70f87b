//! What holds of the repository as a whole: who may depend on whom, how long a file is, that docs name what exists.

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use vouchsafe_tests::repository;

/// Lines of the longest source file that is accepted.
const LONGEST_FILE: usize = 450;

/// What the protocol may stand on: hashing, signatures, text and values. Adding to it is a decision of its own.
const UNDER_THE_PROTOCOL: &[&str] = &[
    "base64",
    "const-hex",
    "ed25519-dalek",
    "serde",
    "serde_json",
    "sha3",
    "thiserror",
    "unicode-normalization",
    "zeroize",
];

fn printed(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(repository()).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The files under version control that are there.
fn tracked() -> Vec<String> {
    let names = printed("git", &["ls-files", "-z"]);
    let names = names.split_terminator('\0').map(str::to_owned);
    names.filter(|name| repository().join(name).is_file()).collect()
}

/// A tracked file's text; nothing for one that is no UTF-8.
fn text(name: &str) -> Option<String> {
    String::from_utf8(fs::read(repository().join(name)).expect("a tracked file")).ok()
}

/// What a crate is linked with, as its manifest names it; not what its tests and build use.
fn dependencies(crate_name: &str) -> BTreeSet<String> {
    let metadata = printed(env!("CARGO"), &["metadata", "--format-version", "1", "--no-deps", "--offline"]);
    let metadata: Value = serde_json::from_str(&metadata).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let package = packages.iter().find(|package| package["name"] == crate_name);
    let package = package.unwrap_or_else(|| panic!("no crate {crate_name}"));
    let linked = package["dependencies"].as_array().expect("dependencies").iter();
    let linked = linked.filter(|dependency| dependency["kind"].is_null());
    linked.map(|dependency| dependency["name"].as_str().expect("a name").to_owned()).collect()
}

fn of_this_workspace(crate_name: &str) -> BTreeSet<String> {
    let ours = |name: &String| name.starts_with("vouchsafe-");
    dependencies(crate_name).into_iter().filter(ours).collect()
}

fn names(of: &[&str]) -> BTreeSet<String> {
    of.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn crates_depend_in_one_direction() {
    assert_eq!(of_this_workspace("vouchsafe-protocol"), names(&[]));
    assert_eq!(of_this_workspace("vouchsafe-anchors"), names(&["vouchsafe-protocol"]));
    assert_eq!(of_this_workspace("vouchsafe-casefile"), names(&["vouchsafe-protocol"]));
    let below_the_command = of_this_workspace("vouchsafe-cli");
    assert!(below_the_command.contains("vouchsafe-protocol"));
    assert!(!below_the_command.contains("vouchsafe-node"), "a verifier must not need a node");
    assert!(!of_this_workspace("vouchsafe-node").contains("vouchsafe-tests"));
}

#[test]
fn the_protocol_stands_on_hashing_signatures_and_text_alone() {
    let more: Vec<_> =
        dependencies("vouchsafe-protocol").difference(&names(UNDER_THE_PROTOCOL)).cloned().collect();
    assert!(more.is_empty(), "the protocol depends on {more:?} too");
}

/// What input and output, clocks, randomness, concurrency and panics are written with. `clippy` refuses what panics by
/// what it is applied to (an index, an overflow): by the lints that `protocol/src/lib.rs` sets.
const NOT_IN_THE_PROTOCOL: &[&str] = &[
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::env",
    "std::os",
    "print!",
    "println!",
    "std::time",
    "Instant",
    "SystemTime",
    "rand",
    "std::thread",
    "std::sync",
    "async ",
    "panic!",
    "unreachable!",
    "todo!",
    "unimplemented!",
    "assert!",
    "assert_eq!",
    "assert_ne!",
    ".unwrap()",
    ".expect(",
];

#[test]
fn the_protocol_does_no_input_or_output_and_has_no_clock_randomness_concurrency_or_panic() {
    let is_source = |name: &String| {
        name.starts_with("protocol/src/") && !name.ends_with("/tests.rs") && !name.contains("/tests/")
    };
    let sources: Vec<String> = tracked().into_iter().filter(is_source).collect();
    assert!(sources.len() > 30, "{sources:?}");
    let mut found = Vec::new();
    for name in sources {
        let text = text(&name).unwrap_or_else(|| panic!("{name} is no UTF-8"));
        // Tests stand at the end of a file.
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for line in code.lines().map(str::trim_start).filter(|line| !line.starts_with("//")) {
            let words = NOT_IN_THE_PROTOCOL.iter().filter(|word| line.contains(**word));
            found.extend(words.map(|word| format!("{name}: {word} in {line}")));
            if line.trim_start_matches("pub ").starts_with("static ") {
                found.push(format!("{name}: {line}"));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    let root = text("protocol/src/lib.rs").unwrap_or_default();
    for lint in ["indexing_slicing", "arithmetic_side_effects", "panic", "expect_used"] {
        assert!(root.contains(&format!("clippy::{lint}")), "the protocol may use {lint}");
    }
}

#[test]
fn no_source_file_is_too_long() {
    let sources = tracked().into_iter().filter(|name| {
        let kind = Path::new(name).extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        ["rs", "sol", "ts", "js", "py", "sh", "css", "html", "ftl"].contains(&kind)
    });
    let lengths = sources.filter_map(|name| Some((text(&name)?.lines().count(), name)));
    let long: Vec<_> = lengths.filter(|(lines, _)| *lines > LONGEST_FILE).collect();
    assert!(long.is_empty(), "longer than {LONGEST_FILE} lines: {long:?}");
}

/// The files that a page names: links, and whatever in backticks looks like a file. A file of somebody else's is written
/// without backticks.
fn named_files(page: &str) -> BTreeSet<String> {
    const KINDS: &[&str] =
        &["rs", "md", "toml", "json", "sol", "js", "ts", "css", "html", "ftl", "tree", "sh", "py"];
    let links = page.split("](").skip(1).filter_map(|rest| rest.split([')', '#', ' ']).next());
    let links = links.filter(|link| !link.is_empty() && !link.contains(':'));
    let quoted = page.split('`').skip(1).step_by(2).filter(|word| {
        let plain = |c: char| c.is_ascii_alphanumeric() || "./-_".contains(c);
        let kind = word.rsplit_once('.').map(|(name, kind)| (!name.is_empty(), kind));
        // What begins at the root is an address of the service.
        !word.starts_with('/')
            && word.chars().all(plain)
            && matches!(kind, Some((true, kind)) if KINDS.contains(&kind))
    });
    links.chain(quoted).map(str::to_owned).collect()
}

/// Whether a page in this folder may name this file: by a path from there or from the root, or by the end of one.
fn exists(folder: &Path, name: &str, tracked: &[String]) -> bool {
    let paths: [PathBuf; 2] = [folder.join(name), repository().join(name)];
    paths.iter().any(|path| path.exists())
        || tracked.iter().any(|file| file == name || file.ends_with(&format!("/{name}")))
}

#[test]
fn docs_name_files_that_exist() {
    let tracked = tracked();
    let is_page = |name: &&String| Path::new(name).extension().is_some_and(|kind| kind == "md");
    let mut missing = Vec::new();
    for page in tracked.iter().filter(is_page) {
        let folder = repository().join(page).parent().expect("a folder").to_owned();
        let named = named_files(&text(page).unwrap_or_else(|| panic!("{page} is no UTF-8")));
        let absent = named.into_iter().filter(|name| !exists(&folder, name, &tracked));
        missing.extend(absent.map(|name| format!("{page} names {name}")));
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn the_names_of_files_are_found_in_a_page() {
    let page = "See [the map](docs/MAP.md#top), `a/b.rs`, `Cargo.toml`, [x](https://x.example/y.md), `x.y()`, `.rs`.";
    assert_eq!(named_files(page), names(&["docs/MAP.md", "a/b.rs", "Cargo.toml"]));
}

/// The project speaks of itself alone: no paths of the machine that it was made on, no host that packages happen to
/// come from. Each word is written in two parts, so that this file passes, too.
#[test]
fn files_speak_of_the_project_alone() {
    let words: Vec<String> = [
        ("/wor", "k/"),
        ("../sha", "red"),
        (".libr", "ary/"),
        ("issues sh", "ow"),
        ("co-authored", "-by"),
        ("registry.npm", "js"),
        ("files.python", "hosted"),
        ("deb.deb", "ian"),
    ]
    .map(|(begin, end)| format!("{begin}{end}"))
    .into();
    let mut found = Vec::new();
    for name in tracked() {
        let Some(text) = text(&name).map(|text| text.to_lowercase()) else { continue };
        found.extend(words.iter().filter(|word| text.contains(*word)).map(|word| format!("{name}: {word}")));
    }
    assert!(found.is_empty(), "{found:#?}");
}

//! The programs under test, and those that they are tested with.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A program that a suite starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// The node.
    Node,
    /// The command.
    Vouchsafe,
    /// The independent chain.
    Anvil,
    /// The independent client of chains.
    Cast,
}

impl Program {
    /// Its file name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Node => "vouchsafe-node",
            Self::Vouchsafe => "vouchsafe",
            Self::Anvil => "anvil",
            Self::Cast => "cast",
        }
    }
}

/// Where a program lies. Our own are refused when their sources have changed since, so that no suite passes on the
/// program of yesterday.
pub fn path(program: Program) -> PathBuf {
    match program {
        Program::Node | Program::Vouchsafe => ours(program.name()),
        Program::Anvil | Program::Cast => foundry(program.name()),
    }
}

/// Beside the folder of the running test, which is `target/debug/deps`.
fn ours(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("the path of this test");
    let folder = test.ancestors().nth(2).expect("a target folder");
    let program = folder.join(name);
    let advice = "run `cargo build --bins`, or `make rust`, which does it";
    assert!(program.is_file(), "no {name} in {}: {advice}", folder.display());
    if let Some(newer) = newer_source(&program) {
        panic!("{} is newer than {}: {advice}", newer.display(), program.display());
    }
    program
}

/// A source that was written after the program, by the list that cargo keeps beside it: `program: source source …`.
fn newer_source(program: &Path) -> Option<PathBuf> {
    let list = fs::read_to_string(program.with_extension("d")).expect("cargo's list of sources");
    let (_, sources) = list.split_once(": ").expect("a list of sources");
    let built = modified(program)?;
    // A blank within a path is written with a backslash before it.
    let sources = sources.replace("\\ ", "\0");
    let sources = sources.split_whitespace().map(|source| PathBuf::from(source.replace('\0', " ")));
    sources.filter(|source| source.is_file()).find(|source| modified(source) > Some(built))
}

fn modified(file: &Path) -> Option<SystemTime> {
    fs::metadata(file).and_then(|facts| facts.modified()).ok()
}

/// A program of the contracts' toolchain: where the variable of its name in capitals says, or where npm put it. Not
/// `node_modules/.bin`: those scripts end with 0 whatever the program ends with, and leave it behind when killed.
fn foundry(name: &str) -> PathBuf {
    let variable = name.to_uppercase();
    if let Some(path) = std::env::var_os(&variable) {
        return path.into();
    }
    let packages = crate::repository().join("contracts/node_modules/@foundry-rs");
    let folders = fs::read_dir(&packages).into_iter().flatten().flatten();
    let programs = folders
        .filter(|folder| folder.file_name().to_string_lossy().starts_with(&format!("{name}-")))
        .map(|folder| folder.path().join("bin").join(name));
    programs.into_iter().find(|program| program.is_file()).unwrap_or_else(|| {
        panic!("no {name} in {}: run `make setup`, or set {variable} to its path", packages.display())
    })
}

//! The programs under test, and those that they are tested with.

use std::fs;
use std::path::PathBuf;

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

/// Where a program lies. Our own are as they were built last: `make rust` and `cargo nextest run --workspace` build them
/// anew, `cargo test --package vouchsafe-tests` alone does not.
pub fn path(program: Program) -> PathBuf {
    match program {
        Program::Node | Program::Vouchsafe => ours(program.name()),
        Program::Anvil | Program::Cast => foundry(program.name()),
    }
}

/// Beside the running program, or, because a test lies in `target/debug/deps`, beside its folder.
fn ours(name: &str) -> PathBuf {
    let this = std::env::current_exe().expect("the path of this program");
    let folders = this.ancestors().skip(1).take(2);
    let program = folders.map(|folder| folder.join(name)).find(|program| program.is_file());
    program.unwrap_or_else(|| panic!("no {name} beside {}: run `cargo build --bins`", this.display()))
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

//! Running the binary in a folder of its own, with nothing of this machine's surroundings.

use serde_json::Value;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// A minute after the newest entry of the golden ledger, so that no promise in it is broken yet.
pub const NOW: u64 = 1_790_000_000_000;

/// A folder with files, and the surroundings of a run in it.
pub struct Folder {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What a run left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ran {
    pub exit: i32,
    pub out: String,
    pub err: String,
}

impl Folder {
    pub fn new() -> Self {
        let variables =
            [("TZ", "<+08>-8".to_owned()), ("LANG", "C".to_owned()), ("VOUCHSAFE_NOW_MS", NOW.to_string())];
        let variables = variables.map(|(name, value)| (name.to_owned(), value)).to_vec();
        Self { folder: tempfile::tempdir().unwrap(), variables }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        std::fs::write(self.path().join(name), content).unwrap();
        self
    }

    pub fn with_json(self, name: &str, value: &impl serde::Serialize) -> Self {
        let text = serde_json::to_string(value).unwrap();
        self.with(name, text)
    }

    pub fn set(mut self, name: &str, value: &impl ToString) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_string()));
        self
    }

    /// Runs `vouchsafe` with the words of `line` as arguments and `input` on standard input.
    pub fn run_with(&self, line: &str, input: &(impl AsRef<[u8]> + ?Sized)) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_vouchsafe"));
        command.args(line.split_whitespace()).current_dir(self.path()).env_clear();
        command.envs(self.variables.iter().cloned());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that does not read leaves a closed pipe.
        let _ = child.stdin.take().unwrap().write_all(input.as_ref());
        let output = child.wait_with_output().unwrap();
        Ran {
            exit: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub fn run(&self, line: &str) -> Ran {
        self.run_with(line, "")
    }

    /// The report of a run with `--json`.
    pub fn report(&self, line: &str) -> Value {
        let ran = self.run(&format!("{line} --json"));
        let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
        assert_eq!(report["exit"], ran.exit, "{ran:?}");
        report
    }
}

//! A program that is run to its end: the command, as its users type it.

use crate::{PATIENCE, Process, Program, path};
use serde_json::Value;
use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::time::timeout;

/// A program with its arguments and what it reads.
#[must_use = "nothing runs before `end`"]
pub struct Run {
    program: Program,
    command: Command,
    input: Vec<u8>,
    at_most: Duration,
}

impl Run {
    /// A program with these arguments; nothing on its standard input; English, without colours, whatever the terminal
    /// of the tester is like.
    pub fn new<A: AsRef<OsStr>>(program: Program, arguments: impl IntoIterator<Item = A>) -> Self {
        let mut command = Command::new(path(program));
        command.args(arguments).env("LC_ALL", "C.UTF-8").env_remove("LANGUAGE").env("NO_COLOR", "1");
        Self { program, command, input: Vec::new(), at_most: PATIENCE }
    }

    /// `vouchsafe` with these arguments.
    pub fn vouchsafe<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Self {
        Self::new(Program::Vouchsafe, arguments)
    }

    /// More arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    /// What stands on its standard input.
    pub fn input(mut self, input: impl Into<Vec<u8>>) -> Self {
        self.input = input.into();
        self
    }

    /// A variable of its environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// The folder that it runs in.
    pub fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// How long it may take, where [`PATIENCE`] is not enough.
    pub fn at_most(mut self, time: Duration) -> Self {
        self.at_most = time;
        self
    }

    /// Starts it, for a test that does not wait for its end.
    pub fn begin(self) -> Process {
        Process::start(self.command)
    }

    /// Runs it and waits for its end.
    pub async fn end(mut self) -> Finished {
        let name = self.program.name();
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = self.command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = self.input;
        // Beside the program: it may print more than a pipe holds before it reads. It need not read at all.
        let writing = tokio::spawn(async move { stdin.write_all(&input).await });
        let output = timeout(self.at_most, child.wait_with_output()).await;
        let output = output.unwrap_or_else(|_| panic!("{name} did not end within {:?}", self.at_most));
        let output = output.unwrap_or_else(|error| panic!("{name}: {error}"));
        writing.abort();
        let text =
            |bytes: Vec<u8>| String::from_utf8(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        Finished {
            name,
            exit: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

/// What came of a run.
#[derive(Debug)]
pub struct Finished {
    name: &'static str,
    /// Its exit code; `None` if a signal ended it.
    pub exit: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

impl Finished {
    /// Demands an exit code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        let Self { name, exit, stdout, stderr } = &self;
        assert_eq!(*exit, Some(code), "{name} printed:\n{stdout}\nand complained:\n{stderr}");
        self
    }

    /// Its standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        let Self { name, stdout, stderr, .. } = self;
        serde_json::from_str(stdout)
            .unwrap_or_else(|error| panic!("{name} printed no JSON ({error}):\n{stdout}\n{stderr}"))
    }
}

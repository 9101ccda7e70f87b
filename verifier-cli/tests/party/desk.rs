//! A folder in which somebody works with the command, with keys of his own, and a node if there is one.

use crate::ledger::Lies;
use crate::server::Node;
use protocol::PublicKey;
use serde_json::Value;
use std::io::Write as _;
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub struct Desk {
    folder: TempDir,
    pub node: Option<Node>,
}

/// What a run left; `json` is null where its output is none.
#[derive(Debug)]
pub struct Ran {
    pub exit: i32,
    pub out: String,
    pub err: String,
    pub json: Value,
}

impl Ran {
    pub fn exits(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "{}\n{}", self.out, self.err);
        self
    }
}

impl Desk {
    pub fn without_node() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), node: None }
    }

    pub fn with_node() -> Self {
        Self { node: Some(Node::start()), ..Self::without_node() }
    }

    pub fn lie(&self, lies: Lies) {
        self.node.as_ref().unwrap().ledger.lock().unwrap().lies = lies;
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    pub fn remove(&self, name: &str) {
        std::fs::remove_file(self.folder.path().join(name)).unwrap();
    }

    pub fn line(&self, name: &str, place: usize) -> String {
        self.read(name).lines().nth(place).unwrap().to_owned()
    }

    #[cfg(unix)]
    pub fn mode(&self, name: &str) -> u32 {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::metadata(self.folder.path().join(name)).unwrap().permissions().mode() & 0o777
    }

    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path()).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// Makes a key file of this name and gives its public key.
    pub fn key(&self, name: &str) -> PublicKey {
        let mut arguments = vec!["keygen", "--json", "--out", name];
        if name.starts_with("issuer") {
            arguments.push("--issuer");
        }
        let made = self.run(&arguments).exits(0);
        made.json["public_key"].as_str().unwrap().parse().unwrap()
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with(arguments, "")
    }

    pub fn run_with(&self, arguments: &[&str], input: &str) -> Ran {
        self.run_as(Command::new(env!("CARGO_BIN_EXE_vouchsafe")), arguments, input)
    }

    /// As on a disk that is full: no file grows beyond so many blocks of 512 bytes.
    #[cfg(unix)]
    pub fn run_within(&self, blocks: u32, arguments: &[&str]) -> Ran {
        let mut command = Command::new("/bin/sh");
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
        command.args(["-c", &limited, env!("CARGO_BIN_EXE_vouchsafe")]);
        self.run_as(command, arguments, "")
    }

    fn run_as(&self, mut command: Command, arguments: &[&str], input: &str) -> Ran {
        command.args(arguments).current_dir(self.folder.path()).env_clear().env("LANG", "C").env("TZ", "UTC");
        if let Some(node) = &self.node {
            command.env("VOUCHSAFE_NODE", &node.address);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that does not read leaves a closed pipe.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let out = String::from_utf8(output.stdout).unwrap();
        let json = serde_json::from_str(&out).unwrap_or(Value::Null);
        Ran { exit: output.status.code().unwrap(), out, err: String::from_utf8(output.stderr).unwrap(), json }
    }
}

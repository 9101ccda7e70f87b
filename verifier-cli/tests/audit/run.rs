//! A folder with public data and a trusted checkpoint, and the command run in it.

use crate::follow::files;
use crate::made::{NOW, trusted};
use ledgers::published::Published;
use protocol::fraud::file::{ChallengeFile, Charge};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

pub struct Folder {
    folder: TempDir,
}

pub struct Ran {
    pub exit: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Folder {
    /// What the operator shows, in `data`.
    pub fn of(made: &Published) -> Self {
        let folder = Self { folder: TempDir::new().unwrap() };
        made.write(&folder.path("data"));
        std::fs::write(folder.path("trusted.json"), trusted(made)).unwrap();
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn remove(&self, name: &str) {
        let path = self.path(name);
        if path.is_dir() {
            std::fs::remove_dir_all(path).unwrap();
        } else {
            std::fs::remove_file(path).unwrap();
        }
    }

    pub fn run(&self, typed: &str) -> Ran {
        let output = Command::new(env!("CARGO_BIN_EXE_vouchsafe"))
            .args(typed.split_whitespace())
            .current_dir(self.folder.path())
            .env("LC_ALL", "C.UTF-8")
            .env("NO_COLOR", "1")
            .env("VOUCHSAFE_NOW_MS", NOW.to_string())
            .env_remove("VOUCHSAFE_NODE")
            .env_remove("VOUCHSAFE_RPC")
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let ran = Ran { exit: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran
    }

    /// Audits the data against the trusted checkpoint, and demands an exit code. Gives the report.
    pub fn audit(&self, exit: i32) -> Value {
        self.audit_with("", exit)
    }

    pub fn audit_with(&self, more: &str, exit: i32) -> Value {
        self.audit_from("data", more, exit)
    }

    /// The same of what the operator's own node shows: a copy that lacks something accuses nobody.
    pub fn audit_node(&self, exit: i32) -> Value {
        self.audit_from(&self.node(), "", exit)
    }

    /// The address of a server with the data.
    pub fn node(&self) -> String {
        files(self.path("data"), Arc::default())
    }

    fn audit_from(&self, from: &str, more: &str, exit: i32) -> Value {
        let typed =
            format!("audit --from {from} --trusted-checkpoint trusted.json --out audit --json {more}");
        let ran = self.run(&typed);
        assert_eq!(ran.exit, Some(exit), "{}\n{}", ran.out, ran.err);
        let report: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&self.read("audit/report.json")).unwrap(), report);
        report
    }

    /// The challenge file that a finding names: read again, and held against the trusted checkpoint.
    pub fn challenge(&self, made: &Published, found: &Value) -> ChallengeFile {
        let text = self.read(&format!("audit/{}", found["file"].as_str().unwrap()));
        let file = ChallengeFile::parse(&text).unwrap();
        let shown = file.charge.shown();
        let anchored = made.checkpoints.iter().find(|(known, _)| known.number == shown.anchored_number());
        let anchored = anchored.unwrap().0.hash(shown.ledger);
        match &file.charge {
            Charge::Accusation(accusation) => {
                let rule = accusation.judge(anchored).unwrap();
                assert_eq!(found["rule"], rule.code());
            }
            Charge::Challenge(challenge) => {
                challenge.check(anchored).unwrap();
                assert_eq!(found["rule"], "F8");
            }
        }
        file
    }
}

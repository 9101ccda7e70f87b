//! A program that keeps running while a test talks to it.

use crate::PATIENCE;
use rustix::process::{Pid, Signal, kill_process};
use std::fmt::Write as _;
use std::process::{ExitStatus, Stdio};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::timeout;

/// What a process holds of its machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Footprint {
    /// Memory, KiB.
    pub resident_kib: u64,
    /// Open files and sockets.
    pub files: usize,
}

/// Ends with the test, and with this value.
pub struct Process {
    name: String,
    child: Child,
    /// What it printed so far, both of its outputs; closed when it closes them.
    lines: watch::Receiver<Vec<String>>,
}

impl Process {
    /// Starts it. What it prints is kept.
    pub fn start(command: Command) -> Self {
        Self::start_logging(command, Stdio::piped())
    }

    /// Starts it. What it prints is kept, but for its standard error where that goes elsewhere.
    pub fn start_logging(mut command: Command, log: Stdio) -> Self {
        let name = command.as_std().get_program().to_string_lossy().into_owned();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).kill_on_drop(true);
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let (sender, lines) = watch::channel(Vec::new());
        keep_lines(child.stdout.take().expect("a pipe"), sender.clone());
        if let Some(log) = child.stderr.take() {
            keep_lines(log, sender);
        }
        Self { name, child, lines }
    }

    /// Waits for a line that holds this text, and gives the line.
    pub async fn says(&mut self, text: &str) -> String {
        let has = |lines: &Vec<String>| lines.iter().any(|line| line.contains(text));
        let heard = matches!(timeout(PATIENCE, self.lines.wait_for(has)).await, Ok(Ok(_)));
        assert!(heard, "{} did not say {text:?}:\n{}", self.name, self.said());
        let lines = self.lines.borrow();
        lines.iter().find(|line| line.contains(text)).cloned().unwrap_or_default()
    }

    /// What it printed so far, on both outputs.
    pub fn said(&self) -> String {
        self.lines.borrow().iter().fold(String::new(), |mut text, line| {
            let _ = writeln!(text, "{line}");
            text
        })
    }

    /// Its number; 0 once it has ended.
    pub fn id(&self) -> u32 {
        self.child.id().unwrap_or_default()
    }

    /// What it holds of the machine now.
    pub fn footprint(&self) -> Footprint {
        let folder = format!("/proc/{}", self.child.id().expect("a process that runs"));
        let status = std::fs::read_to_string(format!("{folder}/status")).expect("its status");
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.split_whitespace().next());
        Footprint {
            resident_kib: resident.and_then(|kib| kib.parse().ok()).expect("its memory"),
            files: std::fs::read_dir(format!("{folder}/fd")).expect("its files").count(),
        }
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks it to end (SIGTERM) and waits until it did.
    pub async fn stop(mut self) -> ExitStatus {
        let id = self.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        if let Some(id) = id {
            // One that has just ended by itself can not be asked.
            let _ = kill_process(id, Signal::TERM);
        }
        self.ended().await
    }

    /// Ends it at once, as a power cut does (SIGKILL).
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap_or_else(|error| panic!("{} can not be killed: {error}", self.name));
    }

    /// What ends it at once, for somebody who does not have it.
    pub fn killer(&self) -> impl FnOnce() + Send + 'static {
        let id = self.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        move || {
            if let Some(id) = id {
                // One that has just ended by itself can not be killed.
                let _ = kill_process(id, Signal::KILL);
            }
        }
    }

    /// Waits until it ends by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        let Ok(status) = timeout(PATIENCE, self.child.wait()).await else {
            panic!("{} did not end within {PATIENCE:?}:\n{}", self.name, self.said());
        };
        status.unwrap_or_else(|error| panic!("{}: {error}", self.name))
    }
}

fn keep_lines(from: impl AsyncRead + Unpin + Send + 'static, to: watch::Sender<Vec<String>>) {
    tokio::spawn(async move {
        let mut lines = BufReader::new(from).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            to.send_modify(|kept| kept.push(line));
        }
    });
}

//! Where the demo plays: a folder of its own, a node of its own, and a shell that types the commands.
//!
//! In scope: starting and ending real processes, and holding what came of a command against what the story says. Out of
//! scope: the story.

use super::DemoError;
use super::transcript::{Lines, Transcript};
use anchors::{AnchorReader as _, Devnet, EvmChain, EvmOptions};
use casefile::lang::Language;
use protocol::verify::Verdict;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::io::Read as _;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep, timeout};

/// How long anything may take that the demo waits for.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two looks at what is waited for.
const LOOK: Duration = Duration::from_millis(50);
/// What the node says goes there, for whoever looks for the cause of a failure.
const LOG: &str = "node.log";

/// The folder, the node and the transcript.
pub struct Stage {
    folder: TempDir,
    programs: PathBuf,
    address: SocketAddr,
    node: Option<Child>,
    /// What is told.
    pub transcript: Transcript,
}

/// What came of a command.
pub struct Came {
    /// What it printed, both outputs in their order.
    pub printed: String,
    exit: i32,
}

impl Stage {
    /// An empty folder, and a port that nobody listens on.
    pub fn new(language: Language) -> Result<Self, DemoError> {
        let this = std::env::current_exe()?;
        let programs = this.parent().unwrap_or(Path::new("/")).to_owned();
        for name in ["vouchsafe", "vouchsafe-node"] {
            if !programs.join(name).is_file() {
                return Err(DemoError::NotBuilt { name, folder: programs });
            }
        }
        let folder = tempfile::Builder::new().prefix("vouchsafe-demo-").tempdir()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Ok(Self { folder, programs, address, node: None, transcript: Transcript::new(language) })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the node listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// A file of the folder.
    pub fn read(&self, name: &str) -> Result<String, DemoError> {
        Ok(std::fs::read_to_string(self.folder().join(name))?)
    }

    /// Writes one.
    pub fn write(&self, name: &str, text: &str) -> Result<(), DemoError> {
        Ok(std::fs::write(self.folder().join(name), text)?)
    }

    /// Types a command, tells it and what it printed, and demands its exit code.
    pub async fn types(&self, typed: &str, exit: i32, lines: Lines<'_>) -> Result<String, DemoError> {
        let came = self.quietly(typed).await?;
        came.is(typed, exit)?;
        self.transcript.command(typed)?;
        self.transcript.output(&came.printed, lines)?;
        Ok(came.printed)
    }

    /// Types a `vouchsafe verify`, demands the verdict, and tells what it printed. Gives the report.
    pub async fn verdict(&self, typed: &str, verdict: Verdict, told: usize) -> Result<Value, DemoError> {
        let typed_json = format!("{typed} --json");
        let came = self.quietly(&typed_json).await?;
        came.is(&typed_json, i32::from(verdict.exit()))?;
        let report: Value = serde_json::from_str(&came.printed)
            .map_err(|error| DemoError::otherwise(typed, format!("no JSON: {error}"), &came.printed))?;
        let found = report.get("verdict").and_then(Value::as_str).unwrap_or_default();
        if found != verdict.name() {
            return Err(DemoError::otherwise(
                typed,
                format!("{found}, not {}", verdict.name()),
                &came.printed,
            ));
        }
        self.types(typed, i32::from(verdict.exit()), Lines::First(told)).await?;
        Ok(report)
    }

    /// Types a command and tells nothing.
    pub async fn quietly(&self, typed: &str) -> Result<Came, DemoError> {
        let (mut reader, writer) = std::io::pipe()?;
        let mut shell = self.shell(typed);
        shell.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
        let mut child = shell.spawn()?;
        // The command holds the pipe's other ends: as long as it lives, the reading below does not end.
        drop(shell);
        let reading = tokio::task::spawn_blocking(move || {
            let mut printed = String::new();
            reader.read_to_string(&mut printed).map(|_| printed)
        });
        let late = |_| DemoError::otherwise(typed, format!("no end within {PATIENCE:?}"), "");
        let status = timeout(PATIENCE, child.wait()).await.map_err(late)??;
        let printed = reading.await.map_err(std::io::Error::from)??;
        Ok(Came { printed, exit: status.code().unwrap_or(-1) })
    }

    /// Types it again and again until `is_there` finds what the story waits for.
    pub async fn until(&self, typed: &str, is_there: impl Fn(&Came) -> bool) -> Result<(), DemoError> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let came = self.quietly(typed).await?;
            if is_there(&came) {
                return Ok(());
            }
            if Instant::now() > deadline {
                let what = format!("not what was waited for within {PATIENCE:?}");
                return Err(DemoError::otherwise(typed, what, &came.printed));
            }
            sleep(LOOK).await;
        }
    }

    /// Starts the node, as `typed` with `&` behind it, and waits until its chain answers.
    pub async fn start_node(&mut self, typed: &str) -> Result<(), DemoError> {
        // In place of the shell: what is stopped later must be the node itself.
        let mut shell = self.shell(&format!("exec {typed} 2>>{LOG}"));
        // Of its own: Ctrl-C ends the demo, which then ends the node in order.
        shell.stdin(Stdio::null()).stdout(Stdio::null()).process_group(0);
        let node = self.node.insert(shell.spawn()?);
        self.transcript.command(&format!("{typed} 2>>{LOG} &"))?;
        let url = format!("http://{}/rpc", self.address);
        let endpoint = url.parse().map_err(|error| DemoError::otherwise(&url, format!("{error}"), ""))?;
        let chain = EvmChain::new(&EvmOptions::new(Devnet::chain(), vec![endpoint]))?;
        let deadline = Instant::now() + PATIENCE;
        while chain.head().await.is_err() {
            let ended = node.try_wait()?.is_some();
            if ended || Instant::now() > deadline {
                let what = if ended { "it ended".to_owned() } else { format!("silent for {PATIENCE:?}") };
                let log = std::fs::read_to_string(self.folder.path().join(LOG)).unwrap_or_default();
                return Err(DemoError::otherwise(typed, what, &log));
            }
            sleep(LOOK).await;
        }
        Ok(())
    }

    /// Asks the node to end and waits until it did. Gives its exit code; none where no node runs.
    pub async fn stop_node(&mut self) -> Result<Option<i32>, DemoError> {
        let Some(mut node) = self.node.take() else { return Ok(None) };
        if let Some(id) = node_id(&node) {
            // One that has ended by itself can not be asked.
            let _ = kill_process(id, Signal::TERM);
        }
        if let Ok(status) = timeout(PATIENCE, node.wait()).await {
            return Ok(Some(status?.code().unwrap_or(-1)));
        }
        node.kill().await?;
        Err(DemoError::otherwise("vouchsafe-node serve", format!("no end within {PATIENCE:?}"), ""))
    }

    /// The process number of the node, while it runs.
    pub fn node_id(&self) -> Option<u32> {
        self.node.as_ref().and_then(Child::id)
    }

    /// Ends what runs, and removes the folder.
    pub async fn clear(mut self) -> Result<(), DemoError> {
        let stopped = self.stop_node().await;
        self.folder.close()?;
        stopped.map(|_| ())
    }

    /// Leaves everything as it is: the node at work, the folder with its files.
    pub fn leave(mut self) {
        if let Some(node) = self.node.take() {
            // Dropped, it would be killed; it is meant to outlive this process.
            std::mem::forget(node);
        }
        let _ = self.folder.keep();
    }

    /// A shell in the folder that finds the programs beside this one and asks this node.
    fn shell(&self, typed: &str) -> Command {
        let mut path = self.programs.clone().into_os_string();
        if let Some(others) = std::env::var_os("PATH") {
            path.push(":");
            path.push(others);
        }
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(typed).current_dir(self.folder.path()).kill_on_drop(true);
        for variable in ["VOUCHSAFE_KEY", "VOUCHSAFE_DATA", "VOUCHSAFE_NOW_MS", "RUST_LOG", "LANGUAGE"] {
            shell.env_remove(variable);
        }
        shell.env("PATH", path).env("NO_COLOR", "1").env("LC_ALL", self.transcript.language().locale());
        shell.env("VOUCHSAFE_NODE", format!("http://{}", self.address));
        shell
    }
}

fn node_id(node: &Child) -> Option<Pid> {
    node.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?))
}

impl Came {
    /// Whether it ended with this code.
    pub const fn ended_with(&self, exit: i32) -> bool {
        self.exit == exit
    }

    fn is(&self, typed: &str, exit: i32) -> Result<(), DemoError> {
        if self.exit == exit {
            return Ok(());
        }
        let what = format!("exit code {}, not {exit}", self.exit);
        Err(DemoError::otherwise(typed, what, &self.printed))
    }
}

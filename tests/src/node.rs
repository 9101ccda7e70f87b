//! `vouchsafe-node` in a folder of its own.

use crate::{Anvil, Faults, Finished, Http, PATIENCE, Process, Program, Run, free_port, path, until};
use anchors::DEVELOPMENT_CHAIN_ID;
use std::fs::File;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

/// A node that ends with the test, and its data with it.
pub struct Node {
    folder: TempDir,
    http: Http,
    process: Option<Process>,
    environment: Vec<(&'static str, String)>,
    log: Option<PathBuf>,
    /// The name of its ledger, as `init` printed it.
    pub ledger: String,
    /// The contract that anchors it.
    pub contract: String,
}

impl Node {
    /// Makes a node on a development chain of its own, not started yet; `options` go to `init`.
    pub async fn on_devnet(options: &[&str]) -> Self {
        Self::init(options, "").await
    }

    /// Makes a node on `anvil` with a contract of its own, not started yet.
    pub async fn on_anvil(anvil: &Anvil, options: &[&str]) -> Self {
        Self::on_rpc(anvil.url(), options).await
    }

    /// The same, where `anvil` is reached by another address.
    pub async fn on_rpc(rpc: &str, options: &[&str]) -> Self {
        Self::on_chain(rpc, DEVELOPMENT_CHAIN_ID, options).await
    }

    /// The same, where `anvil` stands for the chain of this id: one that is for no development.
    pub async fn on_chain(rpc: &str, chain_id: u64, options: &[&str]) -> Self {
        let chain_id = chain_id.to_string();
        let chain = ["--rpc", rpc, "--chain-id", &chain_id, "--deploy", "--anchoring-key", "-"];
        Self::init(&[&chain, options].concat(), Anvil::funded_key()).await
    }

    async fn init(options: &[&str], key: &str) -> Self {
        let folder = TempDir::new().expect("a folder");
        let address = format!("127.0.0.1:{}", free_port());
        let init = Run::new(Program::Node, ["init", "--listen", &address, "--data"]);
        let said = init.args([folder.path().join("node")]).args(options).input(key).end().await.exits(0);
        let word = |name| said_after(&said, name);
        let (ledger, contract) = (word("ledger"), word("contract"));
        let (http, environment) = (Http::new(format!("http://{address}")), Vec::new());
        Self { folder, http, process: None, environment, log: None, ledger, contract }
    }

    /// From its next start on it runs on a disk and by a clock that fail by this plan; `chain` is the port of its chain.
    pub fn under(&mut self, faults: &Faults, chain: Option<u16>) {
        self.environment = faults.environment(&self.data(), chain);
    }

    /// From its next start on its log goes to a file, as that of a service does: who reads it along takes a part of the
    /// machine that is measured.
    pub fn log_to_a_file(&mut self) {
        self.log = Some(self.folder.path().join("log"));
    }

    /// Starts it and waits until it is ready.
    pub async fn start(&mut self) {
        let is_up = self.comes_up().await;
        assert!(is_up, "the node ended:\n{}", self.process().said());
        let is_ready = self.answers("/readyz").await;
        assert!(is_ready, "the node ended:\n{}", self.process().said());
    }

    /// Starts it and waits until it serves or has ended. Tells which. It need not be ready: its disk may fail.
    pub async fn comes_up(&mut self) -> bool {
        let mut command = Command::new(path(Program::Node));
        command.arg("serve").arg("--data").arg(self.data()).envs(self.environment.iter().cloned());
        let log = self.log.as_ref().map(|path| File::options().create(true).append(true).open(path));
        let log = log.map_or_else(Stdio::piped, |file| file.expect("a log file").into());
        self.process = Some(Process::start_logging(command, log));
        self.answers("/healthz").await
    }

    /// Waits until it answers with success, or has ended. Tells which.
    async fn answers(&mut self, resource: &str) -> bool {
        let process = self.process.as_mut().expect("a node that runs");
        let answers = async {
            while !self.http.answers(resource).await {
                if !process.is_running() {
                    return false;
                }
                sleep(Duration::from_millis(5)).await;
            }
            true
        };
        let in_time = timeout(PATIENCE, answers).await;
        in_time.unwrap_or_else(|_| panic!("no {resource} after {PATIENCE:?}:\n{}", process.said()))
    }

    /// Takes the bounds on requests away: all clients of a test have one address. It must not run meanwhile.
    pub fn answer_all(&self) {
        self.configure(|line| {
            let (name, _) = line.split_once(" = ")?;
            let is_bound = name.ends_with("_per_address") || name.ends_with("_per_voucher");
            is_bound.then(|| format!("{name} = 0"))
        });
    }

    /// Changes the lines of its configuration for which there is another; there is at least one. It must not run meanwhile.
    pub fn configure(&self, other: impl Fn(&str) -> Option<String>) {
        let path = self.data().join("node.toml");
        let config = std::fs::read_to_string(&path).expect("the configuration");
        assert!(config.lines().any(|line| other(line).is_some()), "nothing to change in {}", path.display());
        let lines = config.lines().map(|line| other(line).unwrap_or_else(|| line.to_owned()) + "\n");
        std::fs::write(&path, lines.collect::<String>()).expect("the configuration");
    }

    /// Waits until the newest anchored checkpoint holds so many entries.
    pub async fn is_anchored(&self, size: u64) {
        until(&format!("{size} entries are anchored"), async || {
            let said = self.http.get("/v1/ledger").await.is(200).json();
            (said["checkpoint"]["size"] == size).then_some(())
        })
        .await;
    }

    /// Waits until it calls itself not ready.
    pub async fn is_unready(&self) {
        until("the node says that it is not ready", async || {
            (self.http.get("/readyz").await.status == 503).then_some(())
        })
        .await;
    }

    /// Asks it to end, and demands that it does so in order.
    pub async fn stop(&mut self) -> ExitStatus {
        let process = self.process.take().expect("a node that runs");
        process.stop().await
    }

    /// Ends it as a power cut does.
    pub async fn kill(&mut self) {
        self.process.take().expect("a node that runs").kill().await;
    }

    /// Waits until it was killed by a fault of its plan, and gives what it printed.
    pub async fn is_killed(&mut self) -> String {
        let mut process = self.process.take().expect("a node that runs");
        let status = process.ended().await;
        assert!(status.code().is_none(), "the node ended by itself, {status}:\n{}", process.said());
        process.said()
    }

    /// The process, while it runs.
    pub fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("a node that runs")
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("node")
    }

    /// Its address, like `http://127.0.0.1:7311`.
    pub fn url(&self) -> &str {
        self.http.base()
    }

    /// Its API.
    pub const fn http(&self) -> &Http {
        &self.http
    }

    /// Reads everything again: `vouchsafe-node fsck`. It must not run meanwhile.
    pub async fn fsck(&self) -> Finished {
        Run::new(Program::Node, ["fsck", "--data"]).args([self.data()]).end().await
    }
}

impl Drop for Node {
    /// What a failed test leaves is kept to be looked at.
    #[expect(clippy::print_stderr, reason = "whoever looks at a failed test must find it")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.folder.disable_cleanup(true);
            eprintln!("the data folder of the failed test is kept: {}", self.data().display());
        }
    }
}

/// The word after a name at the beginning of a line.
fn said_after(said: &Finished, name: &str) -> String {
    let mut lines = said.stdout.lines().map(str::split_whitespace);
    let word = lines.find_map(|mut words| (words.next() == Some(name)).then(|| words.next()).flatten());
    word.unwrap_or_else(|| panic!("no {name} in:\n{}", said.stdout)).to_owned()
}

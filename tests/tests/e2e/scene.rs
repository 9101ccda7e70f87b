//! A node, and a folder in which parties with keys of their own type commands at it.

use protocol::dossier::Dossier;
use protocol::verify::Verdict;
use protocol::voucher::Link;
use protocol::{PublicKey, keccak};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::path::PathBuf;
use tempfile::TempDir;
use tokio::process::Command;
use vouchsafe_tests::{Anvil, Finished, Node, Process, Program, Run, path, until};

/// A node with everything around it; all of it ends with the test.
pub struct Scene {
    /// The node.
    pub node: Node,
    /// Where the parties work.
    pub folder: TempDir,
    /// The chain that the verdicts are held against.
    rpc: String,
}

/// What an issue left.
pub struct Batch {
    /// The shop-ready lines.
    pub lines: Vec<String>,
    /// The vouchers, in the same order.
    pub vouchers: Vec<PublicKey>,
    /// The number of the first.
    pub first: u64,
}

impl Scene {
    /// On the embedded chain; the node is at work.
    pub async fn on_devnet() -> Self {
        let node = Node::on_devnet(&["--anchor-interval", "1"]).await;
        let rpc = format!("{}/rpc", node.url());
        Self::of(node, rpc).await
    }

    /// On `anvil`; the node is at work.
    pub async fn on_anvil(anvil: &Anvil) -> Self {
        let node = Node::on_anvil(anvil, &["--anchor-interval", "1"]).await;
        Self::of(node, anvil.url().to_owned()).await
    }

    /// Starts a node whose chain can be read there.
    pub async fn of(mut node: Node, rpc: String) -> Self {
        node.start().await;
        Self { node, folder: TempDir::new().unwrap(), rpc }
    }

    /// A command of a party: its arguments, apart by blanks.
    pub fn vouchsafe(&self, typed: &str) -> Run {
        let run =
            Run::vouchsafe(typed.split_whitespace()).env("VOUCHSAFE_NODE", self.node.url()).env("TZ", "UTC");
        run.folder(self.folder.path())
    }

    /// Types it and demands an exit code.
    pub async fn types(&self, typed: &str, exit: i32) -> Finished {
        let ran = self.vouchsafe(typed).end().await.exits(exit);
        assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
        ran
    }

    /// Types a command that takes long, to be disturbed meanwhile.
    pub fn begins(&self, typed: &str) -> Process {
        let mut command = Command::new(path(Program::Vouchsafe));
        command.args(typed.split_whitespace()).current_dir(self.folder.path());
        command.env("VOUCHSAFE_NODE", self.node.url()).env("LC_ALL", "C.UTF-8");
        Process::start(command)
    }

    /// Makes a key file `NAME.key`.
    pub async fn key(&self, name: &str, options: &str) -> PublicKey {
        let ran = self.types(&format!("keygen --out {name}.key --json {options}"), 0).await.json();
        ran["public_key"].as_str().unwrap().parse().unwrap()
    }

    /// Makes `issuer.key`, and a policy that trusts it and this ledger.
    pub async fn issuer(&self) -> PublicKey {
        let issuer = self.key("issuer", "--issuer").await;
        let ledger = self.node.http().get("/v1/ledger").await.is(200).json()["ledger"].clone();
        let policy = json!({
            "chains": [{ "chain_id": ledger["chain_id"], "contract": ledger["contract"], "ledgers": [ledger["id"]] }],
            "issuers": [{ "key": issuer, "name": "Example Telecom" }],
        });
        self.write("policy.json", &policy.to_string());
        issuer
    }

    /// Issues cards of this test's own making as `NAME.txt`.
    pub async fn issue(&self, name: &str, cards: u64, options: &str) -> Batch {
        let mut file = String::new();
        for number in 0..cards {
            let drawn = keccak(&[name.as_bytes(), &number.to_be_bytes()]);
            let digits: String =
                drawn.as_bytes().iter().take(16).map(|byte| char::from(b'0' + byte % 10)).collect();
            writeln!(file, "{name}{number:08}----{digits}").unwrap();
        }
        self.write(&format!("{name}.supplier"), &file);
        self.issue_file(&format!("{name}.supplier"), name, options).await
    }

    /// Issues a file as `NAME.txt`.
    pub async fn issue_file(&self, file: &str, name: &str, options: &str) -> Batch {
        let typed = format!(
            "issue {file} --key issuer.key --product SKU-1 --issuer-name Telecom --out {name}.txt --json {options}"
        );
        let told = self.types(&typed, 0).await.json();
        assert_eq!(told["already"], false, "{told}");
        assert_eq!(told["receipt_verified"], true, "{told}");
        self.batch(name, told["first"].as_u64().unwrap())
    }

    /// The batch whose shop-ready file is `NAME.txt`.
    pub fn batch(&self, name: &str, first: u64) -> Batch {
        let lines: Vec<String> = self.read(&format!("{name}.txt")).lines().map(str::to_owned).collect();
        let link = |line: &String| Link::parse(&line[line.find("http").unwrap()..]).unwrap();
        let vouchers = lines.iter().map(|line| link(line).voucher).collect();
        Batch { lines, vouchers, first }
    }

    /// Asks for a verdict against the chain, with the policy, and demands it. Gives the report.
    pub async fn verdict(&self, typed: &str, verdict: Verdict) -> Value {
        let rpc = &self.rpc;
        self.judged(&format!("verify {typed} --rpc {rpc} --policy policy.json"), verdict, verdict.exit())
            .await
    }

    /// Asks for a verdict with nothing added.
    pub async fn judged(&self, typed: &str, verdict: Verdict, exit: u8) -> Value {
        let report = self.vouchsafe(&format!("{typed} --json")).end().await;
        let said = report.json();
        assert_eq!(said["verdict"], verdict.name(), "{typed}:\n{}\n{}", report.stdout, report.stderr);
        report.exits(i32::from(exit));
        said
    }

    /// Waits until everything that happened to a voucher is anchored, and saves its dossier.
    pub async fn anchored(&self, voucher: &PublicKey, file: &str) -> Dossier {
        let typed = format!("dossier {voucher} --force --out {file}");
        until(&format!("{voucher} is anchored"), async || {
            let ran = self.vouchsafe(&typed).end().await;
            assert!(matches!(ran.exit, Some(0 | 3)), "{}", ran.stderr);
            let dossier = (ran.exit == Some(0)).then(|| Dossier::parse(&self.read(file)).ok()).flatten();
            dossier.filter(|dossier| dossier.pending.is_empty())
        })
        .await
    }

    /// The last look, at the end of a test.
    pub async fn in_order(mut self) {
        self.ends_in_order().await;
    }

    /// Stops the node and looks back: nothing panicked, and everything that it keeps is in order.
    pub async fn ends_in_order(&mut self) {
        let said = self.node.process().said();
        assert!(!said.contains("panicked"), "{said}");
        assert!(self.node.stop().await.success(), "{said}");
        self.node.fsck().await.exits(0);
    }

    /// How many entries the log has.
    pub async fn size(&self) -> u64 {
        self.node.http().get("/v1/ledger").await.is(200).json()["size"].as_u64().unwrap()
    }

    /// A path in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Reads a file of the folder.
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Writes one.
    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.file(name), text).unwrap();
    }
}

/// What a program complained of besides its log: demands that it is one line for people, with these words.
pub fn one_clear_line(complaint: &str, words: &[&str]) {
    let lines: Vec<&str> =
        complaint.lines().filter(|line| !line.starts_with('{') && !line.is_empty()).collect();
    assert_eq!(lines.len(), 1, "{complaint}");
    for word in words {
        assert!(lines[0].contains(word), "no {word:?} in: {complaint}");
    }
    assert!(!complaint.contains("panicked"), "{complaint}");
}

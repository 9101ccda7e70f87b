//! The monitor: on a development chain, over a web server, until something contradicts.

use crate::made::{NOW, chain, origin, salt, story};
use crate::run::Folder;
use crate::server::serve;
use anchors::{AnchorWriter as _, DEVELOPMENT_MINIMUM_BOND_WEI, Devnet, Opening};
use ledgers::published::{Published, pair, voucher};
use protocol::lifecycle::Kind;
use protocol::merkle::Tree;
use protocol::receipt::Absence;
use protocol::{Digest, Keccak};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Anchors the checkpoints from number `from` on; number 0 opens the ledger.
pub fn anchor(chain: &Arc<Devnet>, made: &Published, from: usize) {
    let writer = chain.client().signing_with(Devnet::development_key(0).unwrap());
    let log: Tree<Keccak> = made.steps.iter().map(|step| step.entry.leaf()).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        if from == 0 {
            let operator_key = made.checkpoints[0].0.operator_key;
            let opening = Opening { salt: salt(), operator_key, bond_wei: DEVELOPMENT_MINIMUM_BOND_WEI };
            writer.open(&opening).await.unwrap();
        }
        for pair in made.checkpoints[from..].windows(2) {
            let (prev, next) = (pair[0].0, pair[1].0);
            let proof: Vec<Digest> = log.consistency_path(prev.size, next.size);
            writer.anchor(origin().ledger(), &prev, &next, &proof).await.unwrap();
        }
    });
}

pub fn files(folder: PathBuf, down: Arc<AtomicBool>) -> String {
    serve(move |_, path, _| {
        if down.load(Ordering::Relaxed) {
            return (0, Vec::new());
        }
        match std::fs::read(folder.join(path.trim_start_matches('/'))) {
            Ok(bytes) => (200, bytes),
            Err(_) => (404, Vec::new()),
        }
    })
}

/// Asks it to end as a service manager does; gives its exit code.
pub fn stop(child: &mut Child) -> Option<i32> {
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    child.wait().unwrap().code()
}

/// A monitor that ends with the test.
struct Monitor {
    child: Child,
    metrics: String,
}

impl Drop for Monitor {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Monitor {
    fn start(folder: &Folder, typed: &str, hook: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_vouchsafe"))
            .args(typed.split_whitespace())
            .current_dir(folder.path(""))
            .env("LC_ALL", "C.UTF-8")
            .env("VOUCHSAFE_NOW_MS", NOW.to_string())
            .env("VOUCHSAFE_WEBHOOK", hook)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let metrics =
            lines.find_map(|line| Some(line.unwrap().strip_prefix("Metrics at http://")?.to_owned()));
        let metrics = metrics.unwrap().trim_end_matches("/metrics").to_owned();
        // Whoever stops reading stops the writer.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, metrics }
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.metrics).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn waits_for(&self, line: &str) {
        let begin = Instant::now();
        let mut said = String::new();
        while begin.elapsed() < PATIENCE {
            said = self.get("/metrics");
            if said.lines().any(|said| said == line) {
                return;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("no {line:?} in:\n{said}");
    }
}

#[test]
fn monitor_waits_for_what_is_down_and_ends_at_the_first_contradiction() {
    let chain = chain();
    let mut made = story();
    anchor(&chain, &made, 0);
    let folder = Folder::of(&made);
    let asked = Arc::clone(&chain);
    let rpc = serve(move |_, _, body| (200, asked.answer(body)));
    let down = Arc::new(AtomicBool::new(false));
    let data = files(folder.path("data"), Arc::clone(&down));
    let posted: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let taken = Arc::clone(&posted);
    let hook = serve(move |method, _, body| {
        let mut taken = taken.lock().unwrap();
        taken.push(body.to_vec());
        // Nobody takes the first.
        if method == "POST" && taken.len() > 1 { (204, Vec::new()) } else { (503, Vec::new()) }
    });
    let typed = format!(
        "audit --from {data} --rpc {rpc} --out audit --follow --interval 1 --metrics 127.0.0.1:0 --json"
    );
    let mut monitor = Monitor::start(&folder, &typed, &hook);
    monitor.waits_for("vouchsafe_audit_entries 6");
    monitor.waits_for("vouchsafe_audit_source_up 1");
    assert!(monitor.get("/").starts_with("HTTP/1.1 404"));
    down.store(true, Ordering::Relaxed);
    monitor.waits_for("vouchsafe_audit_source_up 0");
    down.store(false, Ordering::Relaxed);
    monitor.waits_for("vouchsafe_audit_source_up 1");
    monitor.waits_for("vouchsafe_audit_contradictions 0");

    made.take(Kind::Transfer, 1, 3..4, 5, &pair("shop", 1), None, &[pair("buyer", 0)]);
    made.anchor();
    made.write(&folder.path("data"));
    anchor(&chain, &made, made.checkpoints.len() - 2);
    let begin = Instant::now();
    while monitor.child.try_wait().unwrap().is_none() {
        assert!(begin.elapsed() < PATIENCE, "the monitor goes on");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(monitor.child.wait().unwrap().code(), Some(30));
    let posted = posted.lock().unwrap();
    let report: Value = serde_json::from_slice(posted.last().unwrap()).unwrap();
    assert_eq!((&report["result"], posted.len()), (&Value::from("contradicted"), 2));
    assert_eq!(report["contradictions"][0]["code"], "illegal_step");
    folder.challenge(&made, &report["contradictions"][0]);
    assert_eq!(serde_json::from_str::<Value>(&folder.read("audit/report.json")).unwrap(), report);
}

/// A monitor of the ledger, over a web server of the folder that may be down.
fn monitor(folder: &Folder, made: &Published, down: &Arc<AtomicBool>) -> Monitor {
    let chain = chain();
    anchor(&chain, made, 0);
    let rpc = serve(move |_, _, body| (200, chain.answer(body)));
    let data = files(folder.path("data"), Arc::clone(down));
    let typed =
        format!("audit --from {data} --rpc {rpc} --out audit --follow --interval 1 --metrics 127.0.0.1:0");
    Monitor::start(folder, &typed, "")
}

#[test]
fn monitor_that_is_stopped_ends_by_the_worst_that_it_saw() {
    let made = story();
    let folder = Folder::of(&made);
    let mut honest = monitor(&folder, &made, &Arc::default());
    honest.waits_for("vouchsafe_audit_entries 6");
    honest.waits_for("vouchsafe_audit_source_up 1");
    assert_eq!(stop(&mut honest.child), Some(0));

    folder.remove("audit");
    folder.remove("data/tile/entries");
    let mut hiding = monitor(&folder, &made, &Arc::default());
    hiding.waits_for("vouchsafe_audit_unchecked 1");
    made.write(&folder.path("data"));
    hiding.waits_for("vouchsafe_audit_unchecked 0");
    assert_eq!(stop(&mut hiding.child), Some(3), "what was withheld once was seen");
}

#[test]
fn monitor_waits_for_a_source_that_is_down_at_its_start() {
    let made = story();
    let folder = Folder::of(&made);
    let down = Arc::new(AtomicBool::new(true));
    let mut waiting = monitor(&folder, &made, &down);
    std::thread::sleep(Duration::from_secs(1));
    waiting.waits_for("vouchsafe_audit_source_up 0");
    down.store(false, Ordering::Relaxed);
    waiting.waits_for("vouchsafe_audit_entries 6");
    waiting.waits_for("vouchsafe_audit_source_up 1");
    assert_eq!(stop(&mut waiting.child), Some(0));

    down.store(true, Ordering::Relaxed);
    let mut never = monitor(&folder, &made, &down);
    assert_eq!(stop(&mut never.child), Some(3), "nothing was looked at");
}

#[test]
fn word_about_a_checkpoint_to_come_is_held_when_it_is_there() {
    let (chain, mut made) = (chain(), story());
    anchor(&chain, &made, 0);
    let folder = Folder::of(&made);
    made.claim(30, 0);
    made.anchor();
    let (ledger, hash) = (origin().ledger(), made.newest().hash(origin().ledger()));
    let absence = Absence::sign(&pair("operator", 0), ledger, voucher(7), hash, NOW);
    std::fs::create_dir(folder.path("words")).unwrap();
    std::fs::write(folder.path("words/one.json"), json!({ "absence": absence }).to_string()).unwrap();
    let asked = Arc::clone(&chain);
    let rpc = serve(move |_, _, body| (200, asked.answer(body)));
    let data = files(folder.path("data"), Arc::default());
    let typed = format!("audit --from {data} --rpc {rpc} --out audit --follow --interval 1 --receipts words");
    let mut monitor = Monitor::start(&folder, &format!("{typed} --metrics 127.0.0.1:0"), "");
    monitor.waits_for("vouchsafe_audit_entries 6");
    monitor.waits_for("vouchsafe_audit_source_up 1");
    made.write(&folder.path("data"));
    anchor(&chain, &made, made.checkpoints.len() - 2);
    let begin = Instant::now();
    while monitor.child.try_wait().unwrap().is_none() {
        assert!(begin.elapsed() < PATIENCE, "the monitor goes on");
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(monitor.child.wait().unwrap().code(), Some(30));
    assert!(folder.read("audit/report.json").contains("absence_broken"));
}

#[test]
fn monitor_waits_for_a_source_that_is_not_whole_at_its_start() {
    let made = story();
    let folder = Folder::of(&made);
    folder.remove("data");
    let mut waiting = monitor(&folder, &made, &Arc::default());
    waiting.waits_for("vouchsafe_audit_source_up 0");
    // All of it at once: what is there in part was withheld.
    made.write(&folder.path("whole"));
    std::fs::rename(folder.path("whole"), folder.path("data")).unwrap();
    waiting.waits_for("vouchsafe_audit_entries 6");
    waiting.waits_for("vouchsafe_audit_source_up 1");
    assert_eq!(stop(&mut waiting.child), Some(0));
}

//! What a killed node needs until it is ready, what a check of everything takes, and the cut of a checkpoint.

use crate::Scale;
use crate::claims::{bare_checks, last_share};
use crate::issue::{Issued, until_anchored};
use crate::measure::{Figure, Goal, Spread, in_words, seconds};
use jmt::mock::MockTreeStore;
use jmt::{KeyHash, Sha256Jmt};
use std::path::Path;
use std::time::{Duration, Instant};
use vouchsafe_node::ledger::cut::{cut, latest};
use vouchsafe_node::store::{FjallStore, Store as _};
use vouchsafe_tests::{Program, Run};

/// How long a check of everything may take.
const AT_MOST: Duration = Duration::from_hours(1);

/// Kills, starts, checks.
pub async fn figures(scale: Scale, mut issued: Issued) -> Vec<Figure> {
    claim_unanchored(&mut issued).await;
    issued.node.kill().await;
    let cutting = cutting(scale, &issued);
    issued.node.start().await;
    let mut starts = Vec::new();
    for _ in 0..if scale.small { 1 } else { 5 } {
        issued.node.kill().await;
        let start = Instant::now();
        issued.node.start().await;
        starts.push(start.elapsed().as_secs_f64());
    }
    let entries = issued.count + 1;
    let audit = audit(scale, &mut issued).await;
    issued.node.kill().await;
    let fsck = async |_| {
        let run = Run::new(Program::Node, ["fsck", "--data"]).args([issued.node.data()]);
        run.at_most(AT_MOST).end().await.exits(0);
    };
    let fsck = beside_bare_checks(scale, &issued, format!("fsck of {entries} entries"), fsck).await;
    vec![
        Figure {
            what: format!("start after kill -9, {} vouchers, {entries} entries: ready", issued.count),
            beside: "its own".to_owned(),
            goal: Goal::AtMost(2.0),
            unit: "s",
            measured: Spread::of(starts),
            behind: "process start to /readyz".to_owned(),
        },
        fsck,
        audit,
        cutting,
    ]
}

/// The command's audit of a mirror of everything, its last part anchored first.
async fn audit(scale: Scale, issued: &mut Issued) -> Figure {
    issued.node.stop().await;
    set_interval(issued, SELDOM, OFTEN);
    issued.node.start().await;
    until_anchored(&issued.node, "size", issued.count + 1).await;
    let folder = tempfile::tempdir().expect("a folder");
    let rpc = format!("{}/rpc", issued.node.url());
    let run = |typed: &[&str]| {
        let run = Run::vouchsafe(typed).args(["--rpc", &rpc, "--json"]).folder(folder.path());
        run.at_most(AT_MOST).end()
    };
    run(&["mirror", "copy", "--from", issued.node.url()]).await.exits(0);
    let audit = async |round| {
        let out = format!("audited-{round}");
        let report = run(&["audit", "--from", "copy", "--out", &out]).await.exits(0).json();
        assert_eq!(report["signatures"], issued.count * 2 + 1, "all of them were checked");
    };
    let what = format!("audit of {} entries, from a mirror", issued.count + 1);
    beside_bare_checks(scale, issued, what, audit).await
}

/// A check of everything, beside the bare checks of its signatures before and after it.
async fn beside_bare_checks(
    scale: Scale,
    issued: &Issued,
    what: String,
    check: impl AsyncFn(usize),
) -> Figure {
    let mut ratios = Vec::new();
    let (mut took, mut bare) = (0.0, bare_checks(issued));
    for round in 0..scale.rounds().min(3) {
        let (start, before) = (Instant::now(), bare);
        check(round).await;
        took = start.elapsed().as_secs_f64();
        bare = bare_checks(issued);
        ratios.push(f64::midpoint(before, bare) / took);
    }
    Figure {
        what,
        beside: "checking its signatures on both cores and nothing else".to_owned(),
        goal: Goal::AtLeast(0.7),
        unit: "of its rate",
        measured: Spread::of(ratios),
        behind: format!("{} against {}", in_words(took), in_words(bare)),
    }
}

/// Claims the last share of the vouchers while nothing is anchored.
async fn claim_unanchored(issued: &mut Issued) {
    issued.node.stop().await;
    set_interval(issued, OFTEN, SELDOM);
    issued.node.start().await;
    last_share(issued).await;
}

/// How the configuration says that a checkpoint is due every second, and none within the hour.
const OFTEN: &str = "interval_s = 1";
const SELDOM: &str = "interval_s = 3599";

fn set_interval(issued: &Issued, from: &str, to: &str) {
    issued.node.configure(|line| (line == from).then(|| to.to_owned()));
}

/// The cut over copies of the node's store, beside as many updates of an authenticated map.
fn cutting(scale: Scale, issued: &Issued) -> Figure {
    let rounds = scale.rounds().min(3);
    let updates = issued.count / 10;
    let cuts: Vec<f64> = (0..rounds).map(|_| cut_once(issued) * 1e3).collect();
    let map = Map::of(issued.count);
    let of_map: Vec<f64> = (1..=rounds).map(|round| map.update(round, updates)).collect();
    Figure {
        what: format!(
            "anchoring cut: {} vouchers, {} entries, {updates} of them new",
            issued.count,
            issued.count + 1
        ),
        beside: format!("jmt over SHA-256, in memory: {updates} updates of {} keys", issued.count),
        goal: Goal::AtMost(300.0),
        unit: "ms",
        measured: Spread::of(cuts),
        behind: format!("the map takes {}", in_words(Spread::of(of_map).median)),
    }
}

/// Seconds from the freeze to what is to be sent, on a copy of the store.
fn cut_once(issued: &Issued) -> f64 {
    let folder = tempfile::tempdir().expect("a folder");
    let copy = folder.path().join("store");
    copy_folder(&issued.node.data().join("store"), &copy);
    let store = FjallStore::open(&copy).expect("the copied store");
    let before = latest(&*store.snapshot().expect("a snapshot")).expect("a checkpoint").checkpoint;
    let mut size = 0;
    let took = seconds(|| {
        let published = cut(&store, issued.ledger, before.operator_key, 0, false).expect("a cut");
        size = published.expect("a checkpoint").checkpoint.size;
    });
    assert_eq!(size, issued.count as u64 + 1, "all entries are covered");
    assert!(before.size < size, "some were new");
    took
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).expect("a copy");
        }
    }
}

/// An authenticated map with a key for each voucher.
struct Map {
    store: MockTreeStore,
    keys: usize,
}

impl Map {
    fn of(keys: usize) -> Self {
        let map = Self { store: MockTreeStore::new(true), keys };
        map.put(0, 0..keys);
        map
    }

    /// Seconds of so many updates, in one batch; a version for each round.
    fn update(&self, version: usize, updates: usize) -> f64 {
        let first = version * updates % self.keys;
        seconds(|| self.put(version, first..first + updates))
    }

    fn put(&self, version: usize, numbers: std::ops::Range<usize>) {
        let key =
            |number: usize| KeyHash(*protocol::keccak(&[&(number % self.keys).to_be_bytes()]).as_bytes());
        let values = numbers.map(|number| (key(number), Some(version.to_be_bytes().to_vec())));
        let tree = Sha256Jmt::new(&self.store);
        let (_, written) = tree.put_value_set(values, version as u64).expect("updated");
        self.store.write_tree_update_batch(written).expect("written");
    }
}

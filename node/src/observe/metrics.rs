//! The metrics of this process: what is counted, by which labels, and under which names they are shown.

use super::LedgerFigures;
use crate::clock;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::sync::LazyLock;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct RequestLabels {
    pub method: String,
    pub route: String,
    pub status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct StepLabels {
    pub kind: &'static str,
    pub result: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct StepRefusal {
    pub kind: &'static str,
    pub reason: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct ReasonLabels {
    pub reason: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct EndpointLabels {
    pub endpoint: String,
    pub reason: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
pub struct LimitLabels {
    pub limit: &'static str,
}

/// A whole number that rises and falls.
type Whole = Gauge<u64, AtomicU64>;

pub struct Metrics {
    pub registry: Registry,
    pub requests: Family<RequestLabels, Histogram, fn() -> Histogram>,
    pub steps: Family<StepLabels, Counter>,
    pub step_refusals: Family<StepRefusal, Counter>,
    pub commits: Histogram,
    pub groups: Histogram,
    pub connections: Whole,
    pub at_work: Whole,
    pub at_work_most: Whole,
    pub sent_away: Counter,
    pub refusals: Family<ReasonLabels, Counter>,
    pub rate_limited: Family<LimitLabels, Counter>,
    pub verdicts: Family<ReasonLabels, Counter>,
    pub sent: Family<ReasonLabels, Counter>,
    pub chain_errors: Family<ReasonLabels, Counter>,
    pub endpoints: Family<EndpointLabels, Counter>,
    pub incidents: Counter,
    pub panics: Counter,
    pub cuts: Counter,
    pub vanished: Counter,
    pub challenges_answered: Counter,
    pub challenges_open: Whole,
    pub challenges_unanswerable: Whole,
    pub entries: Whole,
    pub vouchers: Whole,
    pub anchored_checkpoint: Whole,
    pub anchored_entries: Whole,
    pub unanchored_entries: Whole,
    pub outbox: Whole,
    pub promise_seconds: Whole,
    pub lag_seconds: Gauge<f64, AtomicU64>,
    pub clock_ahead_seconds: Gauge<f64, AtomicU64>,
    pub memory_bytes: Whole,
    pub open_files: Whole,
}

pub static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::registered);

/// From a read of a warm page to an upload of a million records.
fn durations() -> Histogram {
    Histogram::new([0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 120.0])
}

/// A sync of a good disk takes a millisecond, of a bad one a second.
fn syncs() -> Histogram {
    Histogram::new([0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0])
}

/// Memory of this process in bytes, and its open files; 0 where the system does not say.
fn footprint() -> (u64, u64) {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages: Option<u64> = pages.and_then(|text| text.split(' ').nth(1)?.parse().ok());
    let bytes = pages.unwrap_or_default().saturating_mul(rustix::param::page_size() as u64);
    let files = std::fs::read_dir("/proc/self/fd").map(Iterator::count).unwrap_or_default();
    (bytes, files as u64)
}

impl Metrics {
    fn registered() -> Self {
        let mut all = Self {
            registry: Registry::with_prefix("vouchsafe"),
            requests: Family::new_with_constructor(durations),
            steps: Family::default(),
            step_refusals: Family::default(),
            commits: syncs(),
            groups: Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0]),
            connections: Gauge::default(),
            at_work: Gauge::default(),
            at_work_most: Gauge::default(),
            sent_away: Counter::default(),
            refusals: Family::default(),
            rate_limited: Family::default(),
            verdicts: Family::default(),
            sent: Family::default(),
            chain_errors: Family::default(),
            endpoints: Family::default(),
            incidents: Counter::default(),
            panics: Counter::default(),
            cuts: Counter::default(),
            vanished: Counter::default(),
            challenges_answered: Counter::default(),
            challenges_open: Gauge::default(),
            challenges_unanswerable: Gauge::default(),
            entries: Gauge::default(),
            vouchers: Gauge::default(),
            anchored_checkpoint: Gauge::default(),
            anchored_entries: Gauge::default(),
            unanchored_entries: Gauge::default(),
            outbox: Gauge::default(),
            promise_seconds: Gauge::default(),
            lag_seconds: Gauge::default(),
            clock_ahead_seconds: Gauge::default(),
            memory_bytes: Gauge::default(),
            open_files: Gauge::default(),
        };
        all.register_counts();
        all.register_figures();
        all
    }

    fn register_counts(&mut self) {
        let to = &mut self.registry;
        to.register("request_duration_seconds", "Requests by route and status", self.requests.clone());
        to.register("steps", "Steps and batches by kind and result", self.steps.clone());
        to.register("step_refusals", "Steps refused, by kind and reason", self.step_refusals.clone());
        to.register("commit_seconds", "One sync of the log to the disk", self.commits.clone());
        to.register("commit_instructions", "Instructions that shared a sync", self.groups.clone());
        to.register("connections_sent_away", "Came while all places were taken", self.sent_away.clone());
        to.register("refusals", "Problems answered with, by their name", self.refusals.clone());
        let limited = "Requests refused as one too many, by limit";
        to.register("rate_limited", limited, self.rate_limited.clone());
        to.register("verdicts", "Verdicts given", self.verdicts.clone());
        to.register("incidents", "Signed second sales that were refused", self.incidents.clone());
        to.register("panics", "Requests that ended in a defect", self.panics.clone());
        to.register("checkpoints_cut", "Checkpoints cut", self.cuts.clone());
        to.register("checkpoints_vanished", "Checkpoints that left the chain", self.vanished.clone());
        to.register("checkpoints_sent", "Attempts to anchor, by outcome", self.sent.clone());
        to.register("challenges_answered", "Answers to challenges sent", self.challenges_answered.clone());
        to.register("chain_errors", "What the chain did not do, by reason", self.chain_errors.clone());
        to.register("endpoint_errors", "Trouble with one chain endpoint, by host", self.endpoints.clone());
    }

    fn register_figures(&mut self) {
        let to = &mut self.registry;
        to.register("entries", "Entries in the log", self.entries.clone());
        to.register("vouchers", "Vouchers issued", self.vouchers.clone());
        to.register("anchored_checkpoint", "Newest anchored checkpoint", self.anchored_checkpoint.clone());
        to.register("anchored_entries", "Entries that it covers", self.anchored_entries.clone());
        to.register("unanchored_entries", "Entries that it does not cover", self.unanchored_entries.clone());
        to.register("challenges_open", "Challenges that wait for an answer", self.challenges_open.clone());
        let (unanswerable, what) =
            (self.challenges_unanswerable.clone(), "Those that the store can not answer");
        to.register("challenges_unanswerable", what, unanswerable);
        to.register("outbox_checkpoints", "Checkpoints that are not final", self.outbox.clone());
        let promised = "Within so long every entry is promised to be anchored";
        to.register("promise_seconds", promised, self.promise_seconds.clone());
        to.register("anchoring_lag_seconds", "Age of the oldest unanchored entry", self.lag_seconds.clone());
        to.register("connections", "Connections now", self.connections.clone());
        to.register("requests_at_work", "Requests at work now, of 512", self.at_work.clone());
        to.register("requests_at_work_most", "Most of them at a time so far", self.at_work_most.clone());
        let ahead = self.clock_ahead_seconds.clone();
        to.register("clock_ahead_seconds", "How far the system's clock is ahead of the node's", ahead);
        to.register("memory_bytes", "Resident memory of the process", self.memory_bytes.clone());
        to.register("open_files", "Open files and sockets of the process", self.open_files.clone());
    }

    pub fn set(&self, ledger: &LedgerFigures) {
        self.entries.set(ledger.entries);
        self.vouchers.set(ledger.vouchers);
        self.anchored_checkpoint.set(ledger.anchored_checkpoint);
        self.anchored_entries.set(ledger.anchored_entries);
        self.unanchored_entries.set(ledger.entries.saturating_sub(ledger.anchored_entries));
        self.outbox.set(ledger.outbox);
        self.lag_seconds.set(Duration::from_millis(ledger.lag_ms).as_secs_f64());
        let ahead = clock::system_ahead_ms();
        let seconds = Duration::from_millis(ahead.unsigned_abs()).as_secs_f64();
        self.clock_ahead_seconds.set(if ahead < 0 { -seconds } else { seconds });
        let (bytes, files) = footprint();
        self.memory_bytes.set(bytes);
        self.open_files.set(files);
    }
}

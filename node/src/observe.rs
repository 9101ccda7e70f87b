//! Every log line and every metric of the service is a function here, so that what an operator sees is in one place.
//!
//! What is said never holds a code, a stamp, a private key or a voucher: requests are named by the template of their
//! route. Metrics are of this process alone and begin anew with it; what the ledger knows is read from it when asked.

use crate::anchoring::TurnError;
use crate::answering;
use crate::clock;
use anchors::{AnchorError, Submission, Trouble};
use indicatif::{ProgressBar, ProgressStyle};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use protocol::dossier;
use protocol::{Address, Digest};
use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::atomic::AtomicU64;
use std::sync::{LazyLock, Once};
use std::time::Duration;
use tracing_subscriber::EnvFilter;

/// What `/metrics` answers with.
pub const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A request that was answered.
#[derive(Debug)]
pub struct Answered<'a> {
    /// Names the request in the log and in its answer.
    pub id: &'a str,
    /// Its method.
    pub method: &'a str,
    /// The template of its route, never its path.
    pub route: &'a str,
    /// HTTP status.
    pub status: u16,
    /// Name of the problem, where it is one.
    pub problem: Option<&'static str>,
    /// From its first byte to its answer.
    pub took: Duration,
}

/// What the ledger shows of itself when the metrics are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct LedgerFigures {
    /// Entries in the log.
    pub entries: u64,
    /// Vouchers issued.
    pub vouchers: u64,
    /// Number of the newest checkpoint that stands in a block.
    pub anchored_checkpoint: u64,
    /// Its size.
    pub anchored_entries: u64,
    /// Age of the oldest entry that no anchored checkpoint covers, milliseconds.
    pub lag_ms: u64,
    /// Checkpoints that are not final yet.
    pub outbox: u64,
}

/// From now on log lines go to standard error, as JSON where nobody watches. `RUST_LOG` chooses what; unless
/// set, what the node itself says and the warnings of what it uses.
pub fn log_to_stderr() {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,vouchsafe_node=info"));
    let to = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let watched = std::io::IsTerminal::is_terminal(&std::io::stderr());
    // Fails only where a log was set up before, which then stays.
    let _ = if watched { to.try_init() } else { to.json().flatten_event(true).try_init() };
}

/// A bar on standard error for long work over `what`, where a terminal watches; else nothing is drawn.
pub fn progress_bar(what: &'static str) -> ProgressBar {
    let shape = "{bar:40} {human_pos} of {human_len} {msg}, {eta} left";
    let bar = ProgressBar::new(0).with_message(what);
    match ProgressStyle::with_template(shape) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The service takes requests.
pub fn started(address: SocketAddr, ledger: &dossier::Ledger) {
    let dossier::Ledger { id, origin } = ledger;
    tracing::info!(%address, ledger = %id, chain = origin.chain_id, contract = %origin.contract, "serving");
}

/// Says and counts that a request was answered.
pub fn answered(request: &Answered<'_>) {
    let Answered { id, method, route, status, problem, took } = *request;
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let problem = problem.unwrap_or_default();
    if status >= 500 {
        tracing::warn!(id, method, route, status, problem, millis, "answered");
    } else {
        tracing::info!(id, method, route, status, problem, millis, "answered");
    }
    let labels = RequestLabels { method: method.to_owned(), route: route.to_owned(), status };
    METRICS.requests.get_or_create(&labels).observe(took.as_secs_f64());
}

/// Counts what became of a step of this kind: `accepted`, `repeated` or `refused`.
pub fn step(kind: &'static str, result: &'static str) {
    METRICS.steps.get_or_create(&StepLabels { kind, result }).inc();
}

/// Counts why a step of this kind was refused.
pub fn refused_step(kind: &'static str, reason: &str) {
    METRICS.step_refusals.get_or_create(&StepRefusal { kind, reason: reason.to_owned() }).inc();
}

/// A group of instructions was made durable by one sync, which took so long.
pub fn committed(instructions: usize, took: Duration) {
    METRICS.commits.observe(took.as_secs_f64());
    // Exact: a group has 512 at most.
    METRICS.groups.observe(f64::from(u32::try_from(instructions).unwrap_or(u32::MAX)));
}

/// Counts a connection for as long as it lives.
#[derive(Debug)]
pub struct Connected(());

impl Connected {
    /// From now on.
    pub fn new() -> Self {
        METRICS.connections.inc();
        Self(())
    }
}

impl Default for Connected {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        METRICS.connections.dec();
    }
}

/// A connection came while all places were taken.
pub fn sent_away() {
    METRICS.sent_away.inc();
}

/// Counts a problem that was answered with.
pub fn refused(reason: &'static str) {
    METRICS.refusals.get_or_create(&ReasonLabels { reason }).inc();
}

/// Counts a request that was refused because it was one too many, by the limit of node.toml.
pub fn rate_limited(limit: &'static str) {
    METRICS.rate_limited.get_or_create(&LimitLabels { limit }).inc();
}

/// Somebody who is no proxy of node.toml said whom he speaks for. Said once: if it is a proxy, all its visitors are
/// counted as one.
pub fn unknown_proxy() {
    static SAID: Once = Once::new();
    SAID.call_once(|| {
        tracing::warn!(
            "a request came with X-Forwarded-For from an address that is not among rates.proxies of node.toml: it is \
             counted under the address of its connection; name your proxy there if it is one"
        );
    });
}

/// A second sale was signed, refused and kept; `winner` is the entry that came first.
pub fn incident(winner: u64) {
    METRICS.incidents.inc();
    tracing::warn!(winner, "a second sale was signed: refused, and kept as an incident");
}

/// Counts a verdict that was given.
pub fn verdict(name: &'static str) {
    METRICS.verdicts.get_or_create(&ReasonLabels { reason: name }).inc();
}

/// Something failed that is not the asker's fault; he is told less.
pub fn failed(doing: &'static str, error: &dyn Display) {
    tracing::error!(%error, "failed: {doing}");
}

/// A handler panicked: a defect of this program.
pub fn panicked() {
    METRICS.panics.inc();
    tracing::error!("a request ended in a panic: this is a defect, please report it with the lines before");
}

/// A checkpoint was cut and written down.
pub fn cut(number: u64, size: u64) {
    METRICS.cuts.inc();
    tracing::info!(number, size, "checkpoint cut");
}

/// A checkpoint was handed to the chain.
pub fn sent(number: u64, submission: &Submission) {
    let outcome = match submission {
        Submission::Sent { .. } => "sent",
        Submission::Replaced { .. } => "replaced",
        Submission::InFlight { .. } => "in_flight",
        Submission::AlreadyAnchored => "already_anchored",
    };
    METRICS.sent.get_or_create(&ReasonLabels { reason: outcome }).inc();
    tracing::info!(number, outcome, "checkpoint sent");
}

/// The opening of the ledger left the chain with its block, and was sent again.
pub fn reopened() {
    tracing::warn!("the opening of the ledger left the chain: sent again, the same as before");
}

/// A checkpoint left the chain with its block; it is sent again, the same as before.
pub fn vanished(number: u64) {
    METRICS.vanished.inc();
    tracing::warn!(number, "an anchored checkpoint left the chain with its block: it is pending again");
}

/// A checkpoint stands in a block.
pub fn anchored(number: u64, size: u64) {
    tracing::info!(number, size, "checkpoint anchored");
}

/// A turn of the anchoring job broke off.
pub fn anchoring_failed(error: &TurnError) {
    match error {
        TurnError::Chain(error) => chain_error(error),
        TurnError::Cut(_) => count_chain_error("cut"),
        TurnError::OtherHistory { .. } => count_chain_error("other_history"),
        TurnError::Behind { .. } => count_chain_error("behind"),
        TurnError::StoreIsOld { .. } => count_chain_error("store_is_old"),
        TurnError::LedgerGone(_) => count_chain_error("ledger_gone"),
    }
    tracing::warn!(%error, "anchoring waits");
}

/// The chain gave no answer, or refused.
pub fn chain_error(error: &AnchorError) {
    count_chain_error(match error {
        AnchorError::OutOfReach { .. } => "out_of_reach",
        AnchorError::WrongChain { .. } => "wrong_chain",
        AnchorError::NoContract { .. } => "no_contract",
        AnchorError::NoJudge { .. } => "no_judge",
        AnchorError::NotFound(_) => "not_found",
        AnchorError::Reverted(_) => "reverted",
        AnchorError::Declined { .. } => "declined",
        AnchorError::Inconsistent { .. } => "inconsistent",
        AnchorError::Disagreement { .. } => "disagreement",
        AnchorError::NoFunds { .. } => "no_funds",
        AnchorError::TooDear { .. } => "too_dear",
        AnchorError::Unproven { .. } => "unproven",
    });
}

/// The ledger is under a judge from now on: its bond backs what it anchors.
pub fn judge_admitted(judge: Address) {
    tracing::info!(%judge, "the ledger was put under its judge");
}

/// How many challenges wait, and for how many of them the store has no answer.
pub fn challenges(open: usize, unanswerable: u64) {
    METRICS.challenges_open.set(u64::try_from(open).unwrap_or(u64::MAX));
    METRICS.challenges_unanswerable.set(unanswerable);
}

/// An answer to a challenge is on its way.
pub fn challenge_answered(id: Digest, tx: Digest) {
    METRICS.challenges_answered.inc();
    tracing::warn!(%id, %tx, "challenged on the chain: answered");
}

/// A challenge asks for a leaf that the store does not have. `until` is Unix milliseconds.
pub fn unanswerable(id: Digest, until: u64) {
    tracing::error!(
        %id, until,
        "challenged on the chain for a leaf that this store does not have: THE BOND IS LOST at that time; \
         restore the newest store before"
    );
}

/// A turn of the answering job broke off.
pub fn answering_failed(error: &answering::TurnError) {
    match error {
        answering::TurnError::Chain(error) => chain_error(error),
        answering::TurnError::Read(_) | answering::TurnError::BrokeOff => count_chain_error("answering"),
    }
    tracing::warn!(%error, "watching for challenges waits");
}

/// The bond was taken.
pub fn slashed() {
    tracing::error!("this ledger was proven to lie and its bond was taken: it never anchors again");
}

/// The chain was asked for a verdict and gave no answer in time.
pub fn chain_silent() {
    count_chain_error("silent");
}

/// Something is wrong with one endpoint, named without its path: that may hold an access key. Another may have answered.
pub fn endpoint_trouble(endpoint: &str, trouble: Trouble) {
    let reason = trouble.name();
    tracing::warn!(endpoint, reason, "trouble with a chain endpoint");
    METRICS.endpoints.get_or_create(&EndpointLabels { endpoint: endpoint.to_owned(), reason }).inc();
}

fn count_chain_error(reason: &'static str) {
    METRICS.chain_errors.get_or_create(&ReasonLabels { reason }).inc();
}

/// All metrics as text, those of the ledger as they are now.
pub fn metrics(ledger: &LedgerFigures) -> String {
    METRICS.set(ledger);
    let mut text = String::new();
    // Writing to a string does not fail.
    let _ = encode(&mut text, &METRICS.registry);
    text
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StepLabels {
    kind: &'static str,
    result: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct StepRefusal {
    kind: &'static str,
    reason: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ReasonLabels {
    reason: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct EndpointLabels {
    endpoint: String,
    reason: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct LimitLabels {
    limit: &'static str,
}

type Whole = Gauge<u64, AtomicU64>;

struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Histogram, fn() -> Histogram>,
    steps: Family<StepLabels, Counter>,
    step_refusals: Family<StepRefusal, Counter>,
    commits: Histogram,
    groups: Histogram,
    connections: Whole,
    sent_away: Counter,
    refusals: Family<ReasonLabels, Counter>,
    rate_limited: Family<LimitLabels, Counter>,
    verdicts: Family<ReasonLabels, Counter>,
    sent: Family<ReasonLabels, Counter>,
    chain_errors: Family<ReasonLabels, Counter>,
    endpoints: Family<EndpointLabels, Counter>,
    incidents: Counter,
    panics: Counter,
    cuts: Counter,
    vanished: Counter,
    challenges_answered: Counter,
    challenges_open: Whole,
    challenges_unanswerable: Whole,
    entries: Whole,
    vouchers: Whole,
    anchored_checkpoint: Whole,
    anchored_entries: Whole,
    unanchored_entries: Whole,
    outbox: Whole,
    lag_seconds: Gauge<f64, AtomicU64>,
    clock_ahead_seconds: Gauge<f64, AtomicU64>,
    memory_bytes: Whole,
    open_files: Whole,
}

static METRICS: LazyLock<Metrics> = LazyLock::new(Metrics::registered);

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
        to.register("anchoring_lag_seconds", "Age of the oldest unanchored entry", self.lag_seconds.clone());
        to.register("connections", "Connections now", self.connections.clone());
        let ahead = self.clock_ahead_seconds.clone();
        to.register("clock_ahead_seconds", "How far the system's clock is ahead of the node's", ahead);
        to.register("memory_bytes", "Resident memory of the process", self.memory_bytes.clone());
        to.register("open_files", "Open files and sockets of the process", self.open_files.clone());
    }

    fn set(&self, ledger: &LedgerFigures) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_of_the_ledger_are_those_given_and_counts_only_rise() {
        step("Sell", "accepted");
        chain_error(&AnchorError::Declined { endpoint: "x".to_owned(), code: 1, message: String::new() });
        let figures = LedgerFigures {
            entries: 12,
            vouchers: 1000,
            anchored_checkpoint: 3,
            anchored_entries: 10,
            lag_ms: 1500,
            outbox: 1,
        };
        let text = metrics(&figures);
        for line in [
            "vouchsafe_entries 12\n",
            "vouchsafe_anchored_checkpoint 3\n",
            "vouchsafe_unanchored_entries 2\n",
            "vouchsafe_anchoring_lag_seconds 1.5\n",
            "vouchsafe_chain_errors_total{reason=\"declined\"} ",
            "vouchsafe_steps_total{kind=\"Sell\",result=\"accepted\"} ",
            "# EOF\n",
        ] {
            assert!(text.contains(line), "{line:?} is missing in\n{text}");
        }
    }
}

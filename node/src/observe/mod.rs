//! Every log line and every metric of the service is a function here, so that what an operator sees is in one place.
//!
//! What is said never holds a code, a stamp, a private key or a voucher: requests are named by the template of their
//! route. Metrics are of this process alone and begin anew with it; what the ledger knows is read from it when asked.

mod metrics;

use crate::anchoring::TurnError;
use crate::answering;
use anchors::{AnchorError, Submission, Trouble};
use indicatif::{ProgressBar, ProgressStyle};
use metrics::{EndpointLabels, LimitLabels, METRICS, ReasonLabels, RequestLabels, StepLabels, StepRefusal};
use prometheus_client::encoding::text::encode;
use protocol::dossier;
use protocol::{Address, Digest, PublicKey};
use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt::Display;
use std::net::SocketAddr;
use std::panic::PanicHookInfo;
use std::sync::Once;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tracing::Span;
use tracing_subscriber::EnvFilter;

/// What `/metrics` answers with.
pub const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A request that was answered.
#[derive(Debug)]
pub struct Answered<'a> {
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
    let _ =
        if watched { to.try_init() } else { to.json().flatten_event(true).with_span_list(false).try_init() };
    std::panic::set_hook(Box::new(defect));
}

/// A panic, wherever it happens: said like everything else, and so with the name of the request that met it. Its own words
/// stay unsaid, because they may hold anything that somebody sent.
fn defect(panic: &PanicHookInfo<'_>) {
    let at = panic.location().map(ToString::to_string).unwrap_or_default();
    let trace = Backtrace::capture();
    if trace.status() == BacktraceStatus::Captured {
        tracing::error!(at, %trace, "panicked");
    } else {
        tracing::error!(at, "panicked; with RUST_BACKTRACE=1 the next one says how it came there");
    }
}

/// What is said within it carries the request's name, which its answer has, too.
pub fn request(id: &str) -> Span {
    // As grave as can be, so that no filter takes the name away from a line that it lets through.
    tracing::error_span!("request", id)
}

/// What is said within it carries the name of the work that nobody asked for.
pub fn background(work: &'static str) -> Span {
    tracing::error_span!("background", work)
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

/// The service takes requests, and promises to anchor within so long.
pub fn started(address: SocketAddr, ledger: &dossier::Ledger, promise_s: u64) {
    let dossier::Ledger { id, origin } = ledger;
    METRICS.promise_seconds.set(promise_s);
    tracing::info!(%address, ledger = %id, chain = origin.chain_id, contract = %origin.contract, "serving");
}

/// Says and counts that a request was answered.
pub fn answered(request: &Answered<'_>) {
    let Answered { method, route, status, problem, took } = *request;
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    let problem = problem.unwrap_or_default();
    if status >= 500 {
        tracing::warn!(method, route, status, problem, millis, "answered");
    } else {
        tracing::info!(method, route, status, problem, millis, "answered");
    }
    let labels = RequestLabels { method: method.to_owned(), route: route.to_owned(), status };
    METRICS.requests.get_or_create(&labels).observe(took.as_secs_f64());
}

/// No step is taken until the chain has this key of the operator for good.
pub fn operator_key_changes(key: &PublicKey) {
    tracing::warn!(%key, "the operator's key is being changed: no step is taken until its checkpoint is final");
}

/// The operator's key was changed to this one.
pub fn operator_key_changed(key: &PublicKey) {
    tracing::warn!(%key, "the operator's key was changed: steps are taken again");
}

/// The checkpoint with the operator's next key is final, and the key can not be put in its place.
pub fn operator_key_stays(error: &dyn Display) {
    tracing::error!(%error, "the operator's key can not be changed yet: it is tried again each second");
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

/// A group of instructions could not be made durable: those who sent them are told so. The log had `size` entries.
pub fn not_stored(size: u64, instructions: usize, error: &dyn Display) {
    tracing::error!(size, instructions, %error, "a group of entries could not be stored");
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

/// Counts a request for as long as it is at work.
#[derive(Debug)]
pub struct AtWork(());

impl AtWork {
    /// From now on.
    pub fn new() -> Self {
        let now = METRICS.at_work.inc().saturating_add(1);
        METRICS.at_work_most.inner().fetch_max(now, Ordering::Relaxed);
        Self(())
    }
}

impl Default for AtWork {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        METRICS.at_work.dec();
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
        TurnError::NotOurs { .. } => count_chain_error("not_ours"),
        TurnError::StoreIsOld { .. } => count_chain_error("store_is_old"),
        TurnError::LedgerGone(_) => count_chain_error("ledger_gone"),
        TurnError::WrongClock(_) => count_chain_error("wrong_clock"),
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
    // What is declined is counted alone: whoever asked says what came of it, with the endpoint's words.
    if trouble != Trouble::Declined {
        tracing::warn!(endpoint, reason, "trouble with a chain endpoint");
    }
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

#[cfg(test)]
mod tests;

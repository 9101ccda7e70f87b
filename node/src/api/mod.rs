//! HTTP: the ledger's resources under `/v1`, one file each, and what every request goes through.
//!
//! In scope: reading requests strictly, asking the ledger, saying what came of it. Out of scope: deciding anything; the
//! ledger decides, `protocol::verify` judges. `request` reads, `views` shows, `problem` refuses, `layers` surrounds.

mod absences;
mod audits;
mod batches;
mod cases;
mod checkpoints;
mod data;
mod entries;
mod examples;
mod health;
mod incidents;
mod layers;
mod ledger;
pub mod openapi;
mod outgoing;
pub mod problem;
mod rates;
mod request;
mod rpc;
mod runs;
mod shapes;
mod steps;
mod upload;
mod verify;
pub mod views;
mod vouchers;

#[cfg(test)]
#[expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test stops at what it did not expect")]
mod tests;

use crate::anchoring::Standing;
use crate::answering::Backing;
use crate::config::RateConfig;
use crate::ledger::{Ledger, View};
use crate::observe;
use anchors::{AnchorReader, Devnet};
use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use layers::Gate;
use outgoing::Outgoing;
use problem::{Kind, Problem};
use rates::{Class, Rates};
use std::fmt::Display;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// What the HTTP side runs with.
#[derive(Clone)]
pub struct ApiState {
    /// The ledger.
    pub ledger: Ledger,
    /// The chain, asked for every verdict.
    pub reader: Arc<dyn AnchorReader>,
    /// How anchoring stands.
    pub standing: watch::Receiver<Standing>,
    /// What lies behind the ledger; none before the chain was asked.
    pub backing: watch::Receiver<Option<Backing>>,
    /// The development chain to serve at `/rpc`, where this node has one.
    pub devnet: Option<Arc<Devnet>>,
    /// The public address: what stands before `/v/` in links.
    pub site: String,
    /// Seconds between two checkpoints while steps come in.
    pub anchor_interval_s: u64,
    /// Most vouchers in one batch.
    pub batch_vouchers: u64,
    /// The report of an audit, to be shown.
    pub audit_report: Option<PathBuf>,
    /// How often one asker is answered.
    pub rates: RateConfig,
    /// Folder for uploads while they come in; nothing in it outlives its request.
    pub spool: PathBuf,
}

/// Uploads taken at a time: each may hold 64 bytes a record on the disk.
const UPLOADS: usize = 8;
/// Verdicts computed at a time: each may hold a thread for a second.
const VERDICTS: usize = 16;

/// Long histories shown at a time.
const LONG_HISTORIES: usize = 2;

/// Requests at work at a time, uploads aside: as many steps as share one sync.
const AT_WORK: usize = 512;

/// Lists of steps decided at a time: as many steps as may wait for their turn.
const LISTS: usize = 64;

/// A request other than an upload is answered within this time.
const REQUEST_TIME: Duration = Duration::from_secs(30);

/// The state that all handlers share.
struct Api {
    state: ApiState,
    places: Arc<Semaphore>,
    incoming: Arc<Semaphore>,
    uploads: Arc<Semaphore>,
    verdicts: Arc<Semaphore>,
    lists: Arc<Semaphore>,
    long: Arc<Semaphore>,
    files: Arc<Semaphore>,
    probe: health::Probe,
    rates: Arc<Rates>,
}

type Shared = Arc<Api>;
type Answer<T> = Result<axum::Json<T>, Problem>;

/// The service, ready to be served. Every answer that is not a success is a problem (RFC 9457), whoever gives it.
pub fn router(state: ApiState) -> Router {
    let with_devnet = state.devnet.is_some();
    let rates = Arc::new(Rates::new(&state.rates));
    let places = Arc::new(Semaphore::new(AT_WORK));
    let mut routes = routes(&rates, &places);
    let api = Arc::new(Api {
        state,
        places,
        incoming: Arc::new(Semaphore::new(request::INCOMING)),
        uploads: Arc::new(Semaphore::new(UPLOADS)),
        verdicts: Arc::new(Semaphore::new(VERDICTS)),
        lists: Arc::new(Semaphore::new(LISTS)),
        long: Arc::new(Semaphore::new(LONG_HISTORIES)),
        files: Arc::new(Semaphore::new(data::FILES)),
        probe: health::Probe::default(),
        rates,
    });
    if with_devnet {
        routes = routes.merge(layers::open(Router::new().route("/rpc", post(rpc::answer))));
    }
    layers::surround(routes.merge(crate::page::routes())).with_state(api)
}

/// The route table. What is for those who run the node is counted by nobody.
fn routes(rates: &Arc<Rates>, places: &Arc<Semaphore>) -> Router<Shared> {
    let gate = |class| Gate {
        places: Some(Arc::clone(places)),
        time: Some(REQUEST_TIME),
        rate: Some((Arc::clone(rates), class)),
    };
    let reads = Router::new()
        .route("/v1/ledger", get(ledger::show))
        .route("/v1/audits/latest", get(audits::latest))
        .route("/v1/checkpoints", get(checkpoints::list))
        .route("/v1/checkpoints/{number}", get(checkpoints::show))
        .route("/v1/batches", get(batches::list))
        .route("/v1/batches/{batch_root}", get(batches::show))
        .route("/v1/runs", get(runs::list))
        .route("/v1/vouchers/{voucher}", get(vouchers::show))
        .route("/v1/vouchers/{voucher}/dossier", get(vouchers::dossier))
        .route("/v1/vouchers/{voucher}/history", get(vouchers::history))
        .route("/v1/entries/{index}", get(entries::show))
        .route("/v1/receipts/{index}", get(entries::receipt))
        .route("/v1/incidents", get(incidents::list))
        .route("/v1/absences/{voucher}", get(absences::show))
        .route("/v1/openapi.json", get(openapi::show));
    let posed = Router::new().route("/v1/cases", post(cases::make)).route("/v1/verify", post(verify::judge));
    let files = Router::new().route("/data/{*path}", get(data::show));
    let steps = Router::new()
        .route("/v1/steps", post(steps::submit))
        .route("/v1/steps/many", post(steps::submit_many));
    // An upload takes as long as its sender keeps sending.
    let uploads = Router::new().route("/v1/batches", post(batches::submit));
    // Whoever looks after the node is answered when it has too much to do, too.
    let health = Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics));
    let with_body = |class| Gate { places: None, ..gate(class) };
    let asked = gate(Class::Read).around(reads).merge(gate(Class::File).around(files));
    let sent = with_body(Class::Read).around(posed).merge(with_body(Class::Step).around(steps));
    let bounded = from_fn_with_state(Outgoing::new(Arc::clone(rates)), outgoing::bounded);
    layers::open(asked.merge(sent).layer(bounded))
        .merge(Gate { time: None, ..with_body(Class::Step) }.around(uploads))
        .merge(Gate { time: Some(REQUEST_TIME), ..Gate::default() }.around(health))
}

impl Api {
    /// Asks the ledger as it is now. Most of it is in memory, so that it takes less than to hand the question to another
    /// thread; where it waits for the disk, other threads go on: the runtime has more than there are cores.
    #[expect(clippy::unused_async, reason = "whoever asks need not know where the answer is found")]
    async fn read<T>(&self, question: impl FnOnce(&View) -> Result<T, Problem>) -> Result<T, Problem> {
        question(&self.state.ledger.view()?)
    }

    /// Milliseconds since 1970 by the operator's clock.
    fn now(&self) -> u64 {
        self.state.ledger.clock().now()
    }

    /// How long to wait for what the next checkpoint brings; a batch is anchored at once.
    fn anchored_soon(&self) -> Duration {
        Duration::from_secs(self.state.anchor_interval_s.clamp(1, 5))
    }
}

/// Runs what blocks on a thread where that is no harm.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let span = tracing::Span::current();
    match tokio::task::spawn_blocking(move || span.in_scope(work)).await {
        Ok(done) => done,
        Err(_) => Err(layers::panicked()),
    }
}

/// A defect of ours: what it was made of is our own.
fn unmade(error: impl Display) -> Problem {
    observe::failed("making an answer", &error);
    layers::panicked()
}

/// A place among those who are at work, for as long as it is held.
struct Place(#[expect(dead_code, reason = "it is held")] (OwnedSemaphorePermit, observe::AtWork));

impl Place {
    fn take(places: &Arc<Semaphore>) -> Result<Self, Problem> {
        let full = |_| {
            Problem::new(Kind::Overloaded, "too many requests are at work: send the same request again")
                .retry_after(Duration::from_secs(1))
        };
        let place = Arc::clone(places).try_acquire_owned().map_err(full)?;
        Ok(Self((place, observe::AtWork::new())))
    }
}

/// A place among those who are served at a time, if one is free. Work that goes on when its asker has left takes the place
/// along: else whoever asks and leaves would have more at work than there are places.
fn admit(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Problem> {
    let full = || Problem::new(Kind::Overloaded, "too many requests of this kind are at work: try again");
    Arc::clone(places).try_acquire_owned().map_err(|_| full().retry_after(Duration::from_secs(2)))
}

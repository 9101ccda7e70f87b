//! What every request goes through: a name, a log line and a duration, an answer of the right form even where a handler
//! panics or there is none; and the gate, by which requests of one kind are bounded in number, rate and time.

use super::Place;
use super::problem::{Answered, Kind, Problem};
use super::rates::{Class, Rates};
use crate::observe;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;
use tower_http::cors::{Any, CorsLayer};
use tracing::Instrument as _;

/// Puts the layers around the routes.
pub(super) fn surround<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes
        .fallback(async || Problem::new(Kind::NotFound, "no such resource: see /v1/openapi.json"))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(observed))
}

/// Lets pages of other origins ask: one that was saved to a disk, or that another host gives out, checks as well as this
/// node's own. Nothing here goes by cookie or address of origin, so a foreign page can do no more than its visitor.
pub(super) fn open<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    let foreign = CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE])
        .expose_headers([header::RETRY_AFTER, HeaderName::from_static("x-request-id")])
        .max_age(Duration::from_hours(24));
    // What is asked before a foreign POST has a method that no route takes: the layer must stand around that, too.
    routes.method_not_allowed_fallback(wrong_method).layer(foreign)
}

async fn wrong_method(method: Method) -> Problem {
    Problem::new(Kind::WrongMethod, format!("this resource does not take {method}"))
}

/// What a panic is answered with. What it says stays in the log: it may hold anything.
pub(super) fn panicked() -> Problem {
    observe::panicked();
    Problem::new(
        Kind::Internal,
        "this request met a defect of the service; nothing that was confirmed is lost",
    )
}

/// What requests may take, all of them through one gate or its clones.
#[derive(Clone, Default)]
pub(super) struct Gate {
    /// So many are at work at a time. Those with a body take their place when it is there: who sends slowly keeps nobody
    /// else from sending.
    pub places: Option<Arc<Semaphore>>,
    /// They are answered within this time.
    pub time: Option<Duration>,
    /// Each is counted by who sent it.
    pub rate: Option<(Arc<Rates>, Class)>,
}

impl Gate {
    /// Lets requests come to these routes through the gate alone.
    pub(super) fn around<S: Clone + Send + Sync + 'static>(self, routes: Router<S>) -> Router<S> {
        routes.layer(from_fn_with_state(self, passed))
    }

    /// Sends away who comes while more are at work than can be served in good time, so that who is served waits for few
    /// others; and breaks off what takes too long. A step that is already with the sequencer is still decided: the same
    /// step sent again gets its answer.
    async fn pass(&self, request: Request, next: Next) -> Result<Response, Problem> {
        let _place = self.places.as_ref().map(Place::take).transpose()?;
        let answer = self.counted(request, next);
        let Some(time) = self.time else { return answer.await };
        tokio::time::timeout(time, answer).await.unwrap_or_else(|_| {
            Err(Problem::new(Kind::Overloaded, "the answer took too long: send the same request again")
                .retry_after(Duration::from_secs(5)))
        })
    }

    async fn counted(&self, mut request: Request, next: Next) -> Result<Response, Problem> {
        if let Some((rates, class)) = &self.rate {
            rates.count(*class, &mut request).await?;
        }
        Ok(next.run(request).await)
    }
}

async fn passed(State(gate): State<Gate>, request: Request, next: Next) -> Response {
    gate.pass(request, next).await.unwrap_or_else(Problem::into_response)
}

/// Names the request and says how it ended. All that is said in between carries its name.
async fn observed(request: Request, next: Next) -> Response {
    let id = next_id();
    let mut response = answered(request, next).instrument(observe::request(&id)).await;
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert("x-request-id", id);
    }
    headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    response
}

async fn answered(request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = shown(request.method());
    // The template alone: a path may hold what somebody pasted by mistake.
    let route = request.extensions().get::<MatchedPath>().cloned();
    // What a handler had in hand is dropped with it, and what all share stays whole or is poisoned.
    let ended = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let response = ended.unwrap_or_else(|_| panicked().into_response());
    let problem = response.extensions().get::<Answered>().map(|answered| answered.0.name());
    if let Some(name) = problem {
        observe::refused(name);
    }
    observe::answered(&observe::Answered {
        method,
        route: route.as_ref().map_or("none", MatchedPath::as_str),
        status: response.status().as_u16(),
        problem,
        took: began.elapsed(),
    });
    response
}

/// A method as the log and the metrics know it: nobody adds a label by inventing one.
fn shown(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Unlike any other of this process, and most likely of any other process.
fn next_id() -> String {
    static STARTED: LazyLock<u128> =
        LazyLock::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis()));
    static COUNT: AtomicU64 = AtomicU64::new(1);
    format!("{:x}-{}", *STARTED, COUNT.fetch_add(1, Ordering::Relaxed))
}

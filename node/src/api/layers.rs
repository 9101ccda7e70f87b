//! What every request goes through: a name, a log line and a duration, a bound on its time, and an answer of the right
//! form even where a handler panics or there is none.

use super::problem::{Answered, Kind, Problem};
use crate::observe;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::{Any, CorsLayer};
use tracing::Instrument as _;

/// Puts the layers around the routes.
pub(super) fn surround<S: Clone + Send + Sync + 'static>(routes: Router<S>) -> Router<S> {
    routes
        .fallback(async || Problem::new(Kind::NotFound, "no such resource: see /v1/openapi.json"))
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(|_| panicked().into_response()))
        .layer(axum::middleware::from_fn(observed))
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

/// Breaks off what takes too long. A step that is already with the sequencer is still decided: the same step sent again
/// gets its answer.
pub(super) async fn timed(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(Kind::Overloaded, "the answer took too long: send the same request again")
            .retry_after(Duration::from_secs(5))
            .into_response(),
    }
}

/// Sends away who comes while more are at work than can be served in good time: who is served waits for few others.
pub(super) async fn admitted(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_place) = places.try_acquire() else {
        return Problem::new(Kind::Overloaded, "too many requests are at work: send the same request again")
            .retry_after(Duration::from_secs(1))
            .into_response();
    };
    let _counted = observe::AtWork::new();
    next.run(request).await
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
    let response = next.run(request).await;
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

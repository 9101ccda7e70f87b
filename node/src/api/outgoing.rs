//! Answers on their way out: large ones wait in memory for those who read slowly, so all of them together are bounded, and
//! each has to be taken at a pace.

use super::problem::{Kind, Problem};
use crate::serve::Hangup;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body::{Frame, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;

/// Bytes of large answers at a time: 32 of the largest files of public data.
const AT_ONCE: usize = 128 << 20;
/// An answer of so many bytes is not counted: the number of connections bounds these.
const SMALL: u64 = 16 << 10;
/// Bytes handed over at a time. What is not handed over yet is counted as held.
const PIECE: usize = 64 << 10;
/// Bytes a second that have to be taken, after a head start.
const PACE: u64 = 64 << 10;
const HEAD_START: Duration = Duration::from_secs(30);
/// What is counted at a time, bytes.
const UNIT: u64 = 1 << 10;

/// What large answers may take, all of them together.
#[derive(Clone)]
pub(super) struct Outgoing {
    /// [`UNIT`]s that are free.
    budget: Arc<Semaphore>,
    head_start: Duration,
    pace: u64,
}

impl Default for Outgoing {
    fn default() -> Self {
        Self { budget: Arc::new(Semaphore::new(AT_ONCE / 1024)), head_start: HEAD_START, pace: PACE }
    }
}

/// Lets an answer go if there is room for it.
pub(super) async fn bounded(State(outgoing): State<Outgoing>, request: Request, next: Next) -> Response {
    let hangup = request.extensions().get::<Hangup>().cloned();
    let response = next.run(request).await;
    let Some(size) = response.body().size_hint().exact().filter(|size| *size > SMALL) else {
        return response;
    };
    // One that is larger than all that may be on its way goes alone.
    let units = (size / UNIT).min((AT_ONCE / 1024) as u64);
    let Ok(place) = outgoing.budget.try_acquire_many_owned(u32::try_from(units).unwrap_or(u32::MAX)) else {
        let detail = "too many large answers are on their way: send the same request again";
        return Problem::new(Kind::Overloaded, detail).retry_after(Duration::from_secs(5)).into_response();
    };
    // Nothing is asked of the body while its reader takes nothing: the connection itself is given up.
    let late = outgoing.head_start + Duration::from_secs(size / outgoing.pace);
    let watch = hangup.map(|hangup| {
        let watch = async move {
            tokio::time::sleep(late).await;
            hangup.now();
        };
        Watch(tokio::spawn(watch).abort_handle())
    });
    response.map(|body| Body::new(Held { body, rest: Bytes::new(), _place: place, _watch: watch }))
}

/// An answer that is counted until its last piece was handed over.
struct Held {
    body: Body,
    rest: Bytes,
    _place: OwnedSemaphorePermit,
    _watch: Option<Watch>,
}

/// Ends the wait for a slow reader when it is dropped.
struct Watch(AbortHandle);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl http_body::Body for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        while self.rest.is_empty() {
            match ready!(Pin::new(&mut self.body).poll_frame(context)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                end => return Poll::Ready(end),
            }
        }
        let size = self.rest.len().min(PIECE);
        Poll::Ready(Some(Ok(Frame::data(self.rest.split_to(size)))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let body = self.body.size_hint();
        let rest = self.rest.len() as u64;
        match body.exact() {
            Some(exact) => SizeHint::with_exact(exact.saturating_add(rest)),
            None => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::Router;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use tower::ServiceExt as _;

    #[tokio::test]
    async fn a_large_answer_that_nobody_takes_costs_the_connection() {
        let outgoing =
            Outgoing { head_start: Duration::from_millis(50), pace: u64::MAX, ..Outgoing::default() };
        let routes = Router::new().route("/", get(async || vec![7; 1 << 20]));
        let routes = routes.layer(from_fn_with_state(outgoing, bounded));
        let ask = async |hangup: &Hangup| {
            let mut request = Request::new(Body::empty());
            request.extensions_mut().insert(hangup.clone());
            routes.clone().oneshot(request).await.expect("infallible")
        };
        let (taken, untaken) = (Hangup::default(), Hangup::default());
        let body = axum::body::to_bytes(ask(&taken).await.into_body(), usize::MAX).await.expect("a body");
        assert_eq!(body.len(), 1 << 20);
        let _kept = ask(&untaken).await;
        let due = tokio::time::timeout(Duration::from_secs(30), untaken.hung_up());
        assert!(due.await.is_ok(), "it is kept");
        let due = tokio::time::timeout(Duration::from_millis(200), taken.hung_up());
        assert!(due.await.is_err(), "who took it in time is kept");
    }
}

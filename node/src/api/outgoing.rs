//! Answers on their way out: large ones wait in memory for those who read slowly, so all of them together are bounded, and
//! each has to be taken at a pace.

use super::problem::{Kind, Problem};
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body::{Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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

/// The bytes that may be on their way, in [`UNIT`]s.
pub(super) fn budget() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(AT_ONCE / 1024))
}

/// Lets an answer go if there is room for it.
pub(super) async fn bounded(State(budget): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let Some(size) = response.body().size_hint().exact().filter(|size| *size > SMALL) else {
        return response;
    };
    // One that is larger than all that may be on its way goes alone.
    let units = (size / UNIT).min((AT_ONCE / 1024) as u64);
    let Ok(place) = budget.try_acquire_many_owned(u32::try_from(units).unwrap_or(u32::MAX)) else {
        let detail = "too many large answers are on their way: send the same request again";
        return Problem::new(Kind::Overloaded, detail).retry_after(Duration::from_secs(5)).into_response();
    };
    let due = Instant::now() + HEAD_START + Duration::from_secs(size / PACE);
    response.map(|body| Body::new(Held { body, rest: Bytes::new(), due, _place: place }))
}

/// An answer that is counted until its last piece was handed over.
struct Held {
    body: Body,
    rest: Bytes,
    due: Instant,
    _place: OwnedSemaphorePermit,
}

impl http_body::Body for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if Instant::now() > self.due {
            let slow = io::Error::new(io::ErrorKind::TimedOut, "the answer was taken too slowly");
            return Poll::Ready(Some(Err(axum::Error::new(slow))));
        }
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

//! Answers on their way out: large ones wait in memory for those who read slowly, so all of them together are bounded and
//! those of one asker, and each has to be taken at a pace.

use super::problem::{Kind, Problem};
use super::rates::{Asker, Rates};
use crate::serve::Hangup;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body::{Frame, SizeHint};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;

/// What is counted at a time, bytes.
const UNIT: u64 = 1 << 10;
/// Units of large answers at a time: 32 of the largest files of public data.
const AT_ONCE: usize = 128 << 10;
/// One asker gets half of them: twice as many files as a mirror fetches at a time.
const OF_ONE: usize = 64 << 10;
/// An answer of so many bytes is not counted: the number of connections bounds these.
const SMALL: u64 = 16 << 10;
/// Bytes handed over at a time. What is not handed over yet is counted as held.
const PIECE: usize = 64 << 10;
/// Bytes a second that have to be taken, after a head start.
const PACE: u64 = 64 << 10;
const HEAD_START: Duration = Duration::from_secs(30);

/// What large answers may take, all of them together and those of one asker.
#[derive(Clone)]
pub(super) struct Outgoing {
    rates: Arc<Rates>,
    free: Arc<Semaphore>,
    held: Arc<Held>,
    head_start: Duration,
    pace: u64,
}

impl Outgoing {
    /// Nothing is on its way yet; these rates know who asks.
    pub(super) fn new(rates: Arc<Rates>) -> Self {
        let free = Arc::new(Semaphore::new(AT_ONCE));
        Self { rates, free, held: Arc::default(), head_start: HEAD_START, pace: PACE }
    }

    /// Room for an answer of so many bytes; none where there is not enough. One that is larger than an asker's part goes
    /// alone.
    fn room(&self, asker: Asker, bytes: u64) -> Option<Room> {
        let units = usize::try_from(bytes / UNIT).unwrap_or(AT_ONCE).min(AT_ONCE);
        let part = self.held.take(asker, units)?;
        let place = Arc::clone(&self.free).try_acquire_many_owned(u32::try_from(units).ok()?).ok()?;
        Some(Room { _part: part, _place: place })
    }
}

/// How much of the room each asker has who has any: so few at a time as there are large answers.
#[derive(Default)]
struct Held(Mutex<HashMap<Asker, usize>>);

impl Held {
    fn take(self: &Arc<Self>, asker: Asker, units: usize) -> Option<Part> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let has = held.get(&asker).copied().unwrap_or_default();
        let all = has.saturating_add(units);
        if has > 0 && all > OF_ONE {
            return None;
        }
        held.insert(asker, all);
        Some(Part { held: Arc::clone(self), asker, units })
    }
}

/// What one answer takes of its asker's part, until it is dropped.
struct Part {
    held: Arc<Held>,
    asker: Asker,
    units: usize,
}

impl Drop for Part {
    fn drop(&mut self) {
        let mut held = self.held.0.lock().unwrap_or_else(PoisonError::into_inner);
        let rest = held.remove(&self.asker).unwrap_or_default().saturating_sub(self.units);
        if rest > 0 {
            held.insert(self.asker, rest);
        }
    }
}

/// What one answer takes, until it is dropped.
struct Room {
    _part: Part,
    _place: OwnedSemaphorePermit,
}

/// Lets an answer go if there is room for it.
pub(super) async fn bounded(State(outgoing): State<Outgoing>, request: Request, next: Next) -> Response {
    let hangup = request.extensions().get::<Hangup>().cloned();
    let asker = outgoing.rates.asker(request.extensions(), request.headers());
    let response = next.run(request).await;
    let Some(size) = response.body().size_hint().exact().filter(|size| *size > SMALL) else {
        return response;
    };
    let Some(room) = outgoing.room(asker, size) else {
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
    response.map(|body| Body::new(OnItsWay { body, rest: Bytes::new(), _room: room, _watch: watch }))
}

/// An answer that is counted until its last piece was handed over.
struct OnItsWay {
    body: Body,
    rest: Bytes,
    _room: Room,
    _watch: Option<Watch>,
}

/// Ends the wait for a slow reader when it is dropped.
struct Watch(AbortHandle);

impl Drop for Watch {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl http_body::Body for OnItsWay {
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
    use crate::config::RateConfig;
    use axum::Router;
    use axum::middleware::from_fn_with_state;
    use axum::routing::get;
    use std::net::IpAddr;
    use tower::ServiceExt as _;

    fn rates() -> Arc<Rates> {
        Arc::new(Rates::new(&RateConfig::default()))
    }

    #[test]
    fn one_asker_leaves_room_for_others() {
        let outgoing = Outgoing::new(rates());
        let asker = |last| Asker::from(IpAddr::from([203, 0, 113, last]));
        let file = 4 << 20;
        let mut rooms: Vec<Room> = (0..16).map_while(|_| outgoing.room(asker(1), file)).collect();
        assert_eq!(rooms.len(), 16);
        assert!(outgoing.room(asker(1), file).is_none(), "half of it is his");
        // What was taken gives its room back.
        rooms.pop();
        rooms.extend(outgoing.room(asker(1), file));
        assert_eq!(rooms.len(), 16);
        rooms.extend((0..16).map_while(|_| outgoing.room(asker(2), file)));
        assert_eq!(rooms.len(), 32);
        assert!(outgoing.room(asker(9), file).is_none(), "all of it is bounded");
        assert_eq!(outgoing.held.0.lock().expect("no panic").len(), 2, "who got nothing is not counted");
        rooms.clear();
        let whole = outgoing.room(asker(9), u64::MAX).expect("the largest answer goes alone");
        assert!(outgoing.room(asker(8), file).is_none());
        drop(whole);
        assert!(outgoing.held.0.lock().expect("no panic").is_empty());
    }

    #[tokio::test]
    async fn a_large_answer_that_nobody_takes_costs_the_connection() {
        let outgoing =
            Outgoing { head_start: Duration::from_millis(50), pace: u64::MAX, ..Outgoing::new(rates()) };
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

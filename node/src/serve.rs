//! Connections: how many at a time, how long one may keep silent, and the end of all of them.
//!
//! In scope: what a connection may cost before there is a request. Out of scope: what a request may cost (`api::layers`).

use crate::observe;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::response::Response;
use axum::routing::future::RouteFuture;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use rustix::process::{Resource, getrlimit, setrlimit};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};
use tower_service::Service as _;

/// Most connections at a time, where the system lets the process have so many files.
const CONNECTIONS: u64 = 10_000;
/// Files that are not connections: the store's 400, and room for what goes on beside it.
const OTHER_FILES: u64 = 600;
/// From the opening of a connection, or the end of an answer, to the end of the next request's headers.
const HEAD_TIME: Duration = Duration::from_secs(30);
/// Bytes of a request's line and headers. Their number is 100 at most, as hyper has it.
const HEAD_BYTES: usize = 64 << 10;
/// A client that takes no byte of its answer for so long is given up by the system.
const DEAF_MILLIS: u32 = 30_000;
/// Who comes when all places are taken and is told so, at a time; beyond them the connection is closed without a word.
const SENT_AWAY: usize = 64;
/// The whole answer for them: nothing of their request is read before.
const FULL: &str = "HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\n\
    content-type: application/problem+json\r\ncontent-length: 137\r\n\r\n\
    {\"type\":\"urn:vouchsafe:problem:overloaded\",\"title\":\"Too much work at hand\",\"status\":503,\
    \"detail\":\"too many connections: come back later\"}";

/// Serves until `stop` turns true; then the requests at hand are answered.
pub async fn serve(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) -> io::Result<()> {
    let places = Arc::new(Semaphore::new(places()));
    let sent_away = Arc::new(Semaphore::new(SENT_AWAY));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                pause_after(&error).await;
                continue;
            }
        };
        if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
            let hangup = Hangup::default();
            let answering = Answering { router: router.clone(), peer, hangup: hangup.clone() };
            tokio::spawn(attend(graceful.watch(connection(stream, answering)), hangup, place));
            continue;
        }
        observe::sent_away();
        if let Ok(turn) = Arc::clone(&sent_away).try_acquire_owned() {
            tokio::spawn(send_away(stream, turn));
        }
    }
    drop(listener);
    graceful.shutdown().await;
    Ok(())
}

/// How many connections are taken at a time. The process asks for all the files that it may have.
fn places() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        // Where it is refused, the places are as many as before.
        let _ = setrlimit(Resource::Nofile, limit);
    }
    let files = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let places = files.saturating_sub(OTHER_FILES).clamp(64, CONNECTIONS);
    usize::try_from(places).unwrap_or(usize::MAX)
}

/// A client that went away again is no reason to wait; a system that has no more files is.
async fn pause_after(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        observe::failed("accepting a connection", error);
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// What answers the requests of one connection.
struct Answering {
    router: Router,
    peer: SocketAddr,
    hangup: Hangup,
}

/// Ends a connection whose client does not keep up. Each request carries that of its own.
#[derive(Debug, Clone, Default)]
pub struct Hangup(Arc<Notify>);

impl Hangup {
    /// The connection is closed, whatever is on its way.
    pub fn now(&self) {
        self.0.notify_one();
    }

    /// Waits until it is to be closed.
    pub async fn hung_up(&self) {
        self.0.notified().await;
    }
}

impl hyper::service::Service<Request<Incoming>> for Answering {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        request.extensions_mut().insert(self.hangup.clone());
        self.router.clone().call(request)
    }
}

fn connection(stream: TcpStream, answering: Answering) -> http1::Connection<TokioIo<TcpStream>, Answering> {
    // Fails only where the connection is gone already, which is noticed at once.
    let _ = stream.set_nodelay(true);
    let _ = rustix::net::sockopt::set_tcp_user_timeout(&stream, DEAF_MILLIS);
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), answering)
}

async fn attend(
    connection: impl Future<Output = Result<(), hyper::Error>>,
    hangup: Hangup,
    place: OwnedSemaphorePermit,
) {
    let _counted = observe::Connected::new();
    tokio::select! {
        // How a client breaks off is its own affair, and can be had a thousand times a second for the log.
        _ = connection => {}
        () = hangup.hung_up() => {}
    }
    drop(place);
}

async fn send_away(mut stream: TcpStream, turn: OwnedSemaphorePermit) {
    let telling = async {
        stream.write_all(FULL.as_bytes()).await?;
        stream.shutdown().await?;
        // A connection that is closed on unread bytes is reset, and the answer lost.
        let mut rest = [0; 4096];
        while stream.read(&mut rest).await? > 0 {}
        Ok::<(), io::Error>(())
    };
    let _ = tokio::time::timeout(Duration::from_secs(2), telling).await;
    drop(turn);
}

#[cfg(test)]
mod tests {
    use super::FULL;

    #[test]
    fn who_is_sent_away_gets_a_whole_answer() {
        let (head, body) = FULL.split_once("\r\n\r\n").expect("a head and a body");
        assert!(head.contains(&format!("content-length: {}", body.len())), "{} bytes", body.len());
        let problem: serde_json::Value = serde_json::from_str(body).expect("JSON");
        assert_eq!(problem["type"], "urn:vouchsafe:problem:overloaded");
    }
}

//! The API from the outside: requests in, answers out, each held against the description that it is documented by.

mod batches;
mod bounds;
mod cases;
mod conform;
mod data;
mod lookups;
mod rates;
mod reads;
mod serving;
mod steps;
mod verdicts;

use super::{ApiState, router};
use crate::config::RateConfig;
use crate::fixture::{Cards, Fixture, key};
use crate::ledger::StepRequest;
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, Request, StatusCode};
use http_body::Frame;
use http_body_util::BodyExt as _;
use protocol::digest::bytes_to_hex;
use protocol::entry::Signed;
use protocol::lifecycle::Kind;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// A node on a ledger and a chain in memory.
struct Site {
    fixture: Fixture,
    router: Router,
    state: ApiState,
    spool: TempDir,
}

/// A body in pieces, and how it ends.
struct Sending {
    pieces: VecDeque<Bytes>,
    then: Then,
}

/// What comes after the last piece.
#[derive(Clone, Copy)]
enum Then {
    End,
    CutOff,
    Silence,
}

fn sending(pieces: impl IntoIterator<Item = Vec<u8>>, then: Then) -> Body {
    Body::new(Sending { pieces: pieces.into_iter().map(Bytes::from).collect(), then })
}

impl HttpBody for Sending {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        match (self.pieces.pop_front(), self.then) {
            (Some(piece), _) => Poll::Ready(Some(Ok(Frame::data(piece)))),
            (None, Then::End) => Poll::Ready(None),
            (None, Then::CutOff) => {
                self.then = Then::End;
                Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into())))
            }
            (None, Then::Silence) => Poll::Pending,
        }
    }
}

/// An answer.
#[derive(Debug)]
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Bytes,
    text: String,
    json: Value,
}

impl Reply {
    /// Its JSON, if it has this status.
    fn with(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self.json
    }

    /// Its members, if it is this problem.
    fn problem(self, name: &str) -> Value {
        assert_eq!(self.json["type"], format!("urn:vouchsafe:problem:{name}"), "{}", self.text);
        assert_eq!(self.json["status"], self.status.as_u16());
        assert_eq!(self.headers["content-type"], "application/problem+json");
        self.json
    }
}

impl Site {
    async fn new() -> Self {
        Self::of(Fixture::new().await)
    }

    fn of(fixture: Fixture) -> Self {
        let spool = TempDir::new().expect("a folder");
        let state = ApiState {
            ledger: fixture.ledger.clone(),
            reader: Arc::new(fixture.chain.clone()),
            standing: fixture.anchoring.standing(),
            backing: tokio::sync::watch::Sender::new(None).subscribe(),
            devnet: None,
            site: "https://vouchsafe.example".to_owned(),
            anchor_interval_s: 60,
            batch_vouchers: 500,
            audit_report: None,
            rates: RateConfig::default(),
            spool: spool.path().to_owned(),
        };
        Self { fixture, router: router(state.clone()), state, spool }
    }

    /// Sends a request and holds the answer against the description.
    async fn send(&self, request: Request<Body>) -> Reply {
        let method = request.method().as_str().to_lowercase();
        let path = request.uri().path().to_owned();
        let response = self.router.clone().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_str(&text).unwrap_or_default();
        let reply = Reply { status: parts.status, headers: parts.headers, bytes, text, json };
        assert!(reply.headers.contains_key("x-request-id"));
        conform::hold(&method, &path, &reply);
        reply
    }

    /// Issues 20 cards and hands the first 16 to and fro between trade parties, each time with the largest memo that is taken.
    async fn with_long_history(&self, steps: u64) -> Cards {
        let cards = self.fixture.issued(20).await;
        let (issuer, other) = (key(1), key(2));
        let memo = json!({ "note": "x".repeat(16 * 1024 - 11) }).to_string();
        for step in 0..steps {
            let (from, to) = if step % 2 == 0 { (&issuer, &other) } else { (&other, &issuer) };
            let transfer =
                self.fixture.step_after(step, Kind::Transfer, 0, 16, to.public(), Some(&memo), &[from]);
            self.submit(&transfer).await.with(201);
        }
        self.fixture.pass(60);
        self.fixture.anchor().await;
        cards
    }

    async fn get(&self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).expect("a request")).await
    }

    async fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_text(path, "application/json", body.to_string()).await
    }

    async fn post_text(&self, path: &str, content_type: &str, body: impl Into<Body>) -> Reply {
        let request = Request::post(path).header("content-type", content_type);
        self.send(request.body(body.into()).expect("a request")).await
    }

    async fn submit(&self, step: &StepRequest) -> Reply {
        self.post("/v1/steps", &step_json(step)).await
    }

    /// Submits a list of steps and gives the answers.
    async fn submit_many(&self, steps: &[&StepRequest]) -> Vec<Value> {
        let steps: Vec<Value> = steps.iter().copied().map(step_json).collect();
        let said = self.post("/v1/steps/many", &json!({ "steps": steps })).await.with(200);
        said["answers"].as_array().expect("answers").clone()
    }
}

fn signatures_json(signatures: &[Signed]) -> Value {
    json!(signatures)
}

fn step_json(step: &StepRequest) -> Value {
    json!({
        "entry": bytes_to_hex(&step.entry.encode()),
        "memo": step.memo,
        "signatures": signatures_json(&step.signatures),
    })
}

/// A copy of an object with one member replaced, or taken away where the new value is null.
fn changed(object: &Value, member: &str, value: Value) -> Value {
    let mut object = object.clone();
    let members = object.as_object_mut().expect("an object");
    if value.is_null() {
        members.remove(member);
    } else {
        members.insert(member.to_owned(), value);
    }
    object
}

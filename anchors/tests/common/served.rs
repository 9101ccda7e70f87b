//! JSON-RPC servers on free ports of this machine, a development chain or answers made up by a test, and clients of them.

use super::anvil::key;
use super::{Log, Time};
use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use vouchsafe_anchors::{Chain, Devnet, EvmChain, EvmOptions};

/// Serves a development chain at `/rpc`, as the node does.
pub async fn devnet(devnet: Arc<Devnet>) -> String {
    answering(move |body| (StatusCode::OK, devnet.answer(body))).await
}

/// Serves whatever `answer` makes of a request.
pub async fn answering(answer: impl Fn(&[u8]) -> (StatusCode, Vec<u8>) + Send + Sync + 'static) -> String {
    let answer = Arc::new(answer);
    let handler = move |body: Bytes| {
        let answer = Arc::clone(&answer);
        async move { tokio::task::spawn_blocking(move || answer(&body)).await.expect("an answer") }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().route("/rpc", post(handler));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/rpc")
}

/// Endpoints that get half a second to answer.
pub fn options(chain: Chain, urls: &[&str]) -> EvmOptions {
    let endpoints = urls.iter().map(|url| url.parse().expect("a URL")).collect();
    EvmOptions { timeout: Duration::from_millis(500), ..EvmOptions::new(chain, endpoints) }
}

/// A client of the development chain behind these endpoints.
pub fn client(urls: &[&str]) -> EvmChain {
    EvmChain::new(&options(Devnet::chain(), urls)).expect("a client")
}

/// A development chain behind a server that answers some requests itself.
pub async fn behind(
    devnet: Arc<Devnet>,
    instead: impl Fn(&Value) -> Option<Value> + Send + Sync + 'static,
) -> String {
    answering(move |body| {
        let request: Value = serde_json::from_slice(body).expect("JSON");
        let answer = instead(&request).map(|mut answer| {
            answer["jsonrpc"] = json!("2.0");
            answer["id"] = request["id"].clone();
            answer.to_string().into_bytes()
        });
        (StatusCode::OK, answer.unwrap_or_else(|| devnet.answer(body)))
    })
    .await
}

/// What stands in front of another endpoint: it may change the request, and then the answer to what was asked.
pub async fn altering(
    to: &str,
    request: impl Fn(&mut Value) + Send + Sync + 'static,
    answer: impl Fn(&Value, &mut Value) + Send + Sync + 'static,
) -> String {
    let (to, client) = (to.to_owned(), reqwest::Client::new());
    let alter = Arc::new((request, answer));
    let handler = move |body: Bytes| {
        let (to, client, alter) = (to.clone(), client.clone(), Arc::clone(&alter));
        async move {
            let mut asked: Value = serde_json::from_slice(&body).expect("JSON");
            alter.0(&mut asked);
            let post = client.post(to).header("content-type", "application/json").body(asked.to_string());
            let given = post.send().await.expect("an answer").bytes().await.expect("a body");
            let mut given: Value = serde_json::from_slice(&given).expect("JSON");
            alter.1(&asked, &mut given);
            given.to_string()
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().route("/rpc", post(handler));
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}/rpc")
}

/// An answer that declines.
pub fn declined(code: i64, message: &str) -> Value {
    json!({ "error": { "code": code, "message": message } })
}

/// A development chain with a ledger whose log was anchored a few times.
pub async fn anchored(times: u64) -> (Arc<Devnet>, Log) {
    let devnet = Devnet::in_memory(Time::begin().clock());
    let writer = devnet.client().signing_with(key(0));
    let mut log = Log::open(&writer, 1).await;
    for _ in 0..times {
        log.anchor(&writer, 2).await;
    }
    (devnet, log)
}

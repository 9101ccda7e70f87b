//! A JSON-RPC server on a free port of this machine: a development chain, or answers made up by a test.

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;
use std::sync::Arc;
use vouchsafe_anchors::Devnet;

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

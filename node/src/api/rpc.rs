//! The development chain's JSON-RPC, so that a verifier speaks to it as to any chain. Only where this node has one.

use super::Shared;
use super::blocking;
use super::problem::{Kind, Problem};
use super::request::{collect, discard, expect_type};
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use std::sync::Arc;

/// Most bytes of a request: a thousand calls with a contract's bytecode among them.
const LIMIT: usize = 4 << 20;

/// Answers one JSON-RPC request or batch of them.
pub(super) async fn answer(
    State(api): State<Shared>,
    headers: HeaderMap,
    mut body: Body,
) -> Result<impl IntoResponse, Problem> {
    let read = async {
        expect_type(&headers, "application/json")?;
        collect(&mut body, "the request", LIMIT, &api.incoming).await
    };
    let read = read.await;
    if read.is_err() {
        discard(&mut body).await;
    }
    let request = read?;
    let missing = || Problem::new(Kind::NotFound, "this node has no development chain");
    let devnet = api.state.devnet.as_ref().map(Arc::clone).ok_or_else(missing)?;
    let answer = blocking(move || Ok(devnet.answer(&request.bytes))).await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], answer))
}

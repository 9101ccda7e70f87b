//! Batches: taken in as one stream, found again by their root.

use super::problem::{Kind, Problem};
use super::request::{Named, expect_ledger, expect_type};
use super::upload::{self, BatchLine};
use super::views::{AcceptedBatch, BatchView};
use super::{Answer, Shared, admit};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use protocol::Digest;
use protocol::digest::bytes_to_hex;

/// Submits a batch.
///
/// The body is one line of JSON, a line feed, then the records of 64 bytes in their order, exactly as many as the terms
/// say. When the answer comes, the Issue entry and all records are on disk. A batch that stands in the ledger already is
/// answered with status 200 and `already`.
#[utoipa::path(post, path = "/v1/batches", operation_id = "submit_batch", tag = "batches",
    request_body(content = inline(BatchLine), content_type = "application/octet-stream",
        description = "One line of JSON of this shape, a line feed, then the records of 64 bytes in their order."),
    responses(
        (status = 201, description = "It is in the ledger now.", body = AcceptedBatch),
        (status = 200, description = "It was in the ledger before.", body = AcceptedBatch)))]
pub(super) async fn submit(
    State(api): State<Shared>,
    headers: HeaderMap,
    mut body: Body,
) -> Result<(StatusCode, Json<AcceptedBatch>), Problem> {
    let ledger = api.state.ledger.clone();
    let take = async {
        expect_type(&headers, "application/octet-stream")?;
        let place = admit(&api.uploads)?;
        let (line, records) = upload::receive(&mut body, &api.state.spool, api.state.batch_vouchers).await?;
        expect_ledger(line.ledger, ledger.facts().id)?;
        Ok((place, line, records))
    };
    let taken: Result<_, Problem> = take.await;
    if taken.is_err() {
        super::request::discard(&mut body).await;
    }
    let (_place, line, records) = taken?;
    let kind = line.entry.kind();
    let (status, outcome) = api.outcome(kind, ledger.issue(line.into_header(), records).await)?;
    let entry = outcome.accepted.state.entry;
    Ok((
        status,
        Json(AcceptedBatch {
            first: entry.first,
            count: entry.count,
            already: outcome.repeated,
            receipt: ledger.receipt(&outcome.accepted).into(),
            entry: bytes_to_hex(&entry.encode()),
        }),
    ))
}

/// A batch by its root: a supplier asks whether his is in already.
#[utoipa::path(get, path = "/v1/batches/{batch_root}", operation_id = "batch", tag = "batches",
    params(("batch_root" = String, Path, description = "Root of the batch tree, 0x hex.")),
    responses((status = 200, description = "The batch.", body = BatchView)))]
pub(super) async fn show(State(api): State<Shared>, Named(root): Named<Digest>) -> Answer<BatchView> {
    api.read(move |view| {
        let missing = || Problem::new(Kind::NotFound, "no batch of this root is in the ledger");
        let (first, batch) = view.batch_by_root(root)?.ok_or_else(missing)?;
        let issue = view.entry(batch.index)?.ok_or_else(missing)?;
        Ok(Json(BatchView::of(first, batch, issue.state.issuer)))
    })
    .await
}

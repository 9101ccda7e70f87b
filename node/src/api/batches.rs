//! Batches: taken in as one stream, found again by their root.

use super::problem::{Kind, Problem};
use super::request::{Asked, Limit, Named, Safe, expect_ledger, expect_type};
use super::upload::{self, BatchLine};
use super::views::{AcceptedBatch, BatchSummary, BatchView, Batches};
use super::{Answer, Shared, admit, shapes};
use crate::ledger::rows::ReadError;
use crate::store::{Order, Table};
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use protocol::Digest;
use protocol::digest::bytes_to_hex;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

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
        let (spool, store) = (&api.state.spool, &**ledger.store());
        let (line, records) = upload::receive(&mut body, spool, store, api.state.batch_vouchers).await?;
        expect_ledger(line.ledger, ledger.facts().id)?;
        Ok((place, line, records))
    };
    let taken: Result<_, Problem> = take.await;
    if taken.is_err() {
        super::request::discard(&mut body).await;
    }
    let (place, line, records) = taken?;
    let kind = line.entry.kind();
    let issued = ledger.issue(line.into_header(), records, place).await;
    let (status, outcome) = api.outcome(kind, issued)?;
    let entry = outcome.accepted.state.entry;
    Ok((
        status,
        Json(AcceptedBatch {
            first: entry.first,
            count: entry.count,
            already: outcome.repeated,
            receipt: api.state.ledger.receipt(&outcome.accepted).into(),
            entry: bytes_to_hex(&entry.encode()),
        }),
    ))
}

/// Batches given at a time: each row holds a manifest, which may be large.
const LIMIT: usize = 100;

/// Which batches.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// First voucher number of the first batch that may be given; where the order begins unless given.
    #[param(inline)]
    from: Option<Safe>,
    /// At most so many; 20 unless given.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 100)]
    limit: Option<Limit<LIMIT>>,
    /// `oldest` first, or `newest` first; the oldest unless given.
    #[param(inline)]
    order: Option<Direction>,
}

/// From which end a list is given.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Direction {
    /// In the order in which they were issued.
    #[default]
    Oldest,
    /// The other way round.
    Newest,
}

/// Batches with what they are of, and how many of their vouchers are in which state, by the node's word.
#[utoipa::path(get, path = "/v1/batches", operation_id = "batches", tag = "batches", params(Page),
    responses((status = 200, description = "A page of batches.", body = Batches)))]
pub(super) async fn list(State(api): State<Shared>, Asked(page): Asked<Page>) -> Answer<Batches> {
    let limit = page.limit.map_or(20, Limit::get);
    let order = match page.order.unwrap_or_default() {
        Direction::Oldest => Order::Ascending,
        Direction::Newest => Order::Descending,
    };
    api.read(move |view| {
        let mut found = view.batches(page.from.map(Safe::get), order, limit.saturating_add(1))?;
        let next = found.get(limit).map(|(first, ..)| *first);
        found.truncate(limit);
        let shown = found.into_iter().map(|(first, batch, census)| {
            let damaged = || ReadError::damaged(Table::Entries, batch.index);
            let issue = view.entry(batch.index)?.ok_or_else(damaged)?;
            Ok(BatchSummary::of(first, &batch, census, &issue))
        });
        Ok(Json(Batches { batches: shown.collect::<Result<_, ReadError>>()?, next }))
    })
    .await
}

/// A batch by its root: a supplier asks whether his is in already.
#[utoipa::path(get, path = "/v1/batches/{batch_root}", operation_id = "batch", tag = "batches",
    params(("batch_root" = inline(shapes::Bytes32), Path, description = "Root of the batch tree.")),
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

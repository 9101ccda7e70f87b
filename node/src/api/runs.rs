//! Runs: which neighbouring vouchers one step can move, and what it must continue.

use super::request::{Asked, Safe};
use super::views::{RunView, Runs};
use super::{Answer, Shared};
use crate::ledger::rows::ReadError;
use crate::store::Table;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

/// Runs given at a time.
const LIMIT: usize = 1000;

/// A range of voucher numbers.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Range {
    /// The first number.
    #[param(inline)]
    first: Safe,
    /// How many.
    #[param(inline)]
    count: Safe,
}

/// Neighbouring vouchers that share their latest entry, clipped to the range.
#[utoipa::path(get, path = "/v1/runs", operation_id = "runs", tag = "vouchers", params(Range),
    responses((status = 200, description = "In the order of their vouchers.", body = Runs)))]
pub(super) async fn list(State(api): State<Shared>, Asked(range): Asked<Range>) -> Answer<Runs> {
    let first = range.first.get();
    api.read(move |view| {
        let end = first.saturating_add(range.count.get());
        let found = view.runs(first, end, LIMIT.saturating_add(1))?;
        let next = found.get(LIMIT).map(|(first, _)| *first);
        let shown = found.into_iter().take(LIMIT).map(|(first, run)| {
            let damaged = || ReadError::damaged(Table::Entries, run.index);
            let latest = view.entry(run.index)?.ok_or_else(damaged)?;
            Ok(RunView::of(first, run.end, &latest))
        });
        let runs = shown.collect::<Result<_, ReadError>>()?;
        Ok(Json(Runs { runs, next }))
    })
    .await
}

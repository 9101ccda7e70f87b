//! Checkpoints: each as it was cut, and where the chain has it.

use super::problem::{Kind, Problem};
use super::request::{Asked, Limit, Named, Safe};
use super::views::{CheckpointView, Checkpoints};
use super::{Answer, Shared};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;

/// Checkpoints given at a time.
const LIMIT: usize = 1000;

/// Which checkpoints.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// The first number; 0 unless given.
    #[param(inline)]
    from: Option<Safe>,
    /// At most so many; 100 unless given.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 1000)]
    limit: Option<Limit<LIMIT>>,
}

/// Checkpoints from a number upwards.
#[utoipa::path(get, path = "/v1/checkpoints", operation_id = "checkpoints", tag = "ledger", params(Page),
    responses((status = 200, description = "In their order.", body = Checkpoints)))]
pub(super) async fn list(State(api): State<Shared>, Asked(page): Asked<Page>) -> Answer<Checkpoints> {
    let (from, limit) = (page.from.map_or(0, Safe::get), page.limit.map_or(100, Limit::get));
    let seen = api.chain_seen();
    let ledger = api.state.ledger.facts().id;
    api.read(move |view| {
        // One more than is shown: it says when the last one was superseded, and that there is more.
        let found = view.checkpoints(from, limit.saturating_add(1))?;
        let next = found.get(limit).map(|more| more.checkpoint.number);
        let followers = found.iter().skip(1).map(Some).chain(std::iter::once(None));
        let shown = found.iter().zip(followers).take(limit);
        let checkpoints = shown.map(|(one, next)| CheckpointView::of(ledger, one, next, seen));
        Ok(Json(Checkpoints { checkpoints: checkpoints.collect(), next }))
    })
    .await
}

/// One checkpoint.
#[utoipa::path(get, path = "/v1/checkpoints/{number}", operation_id = "checkpoint", tag = "ledger",
    params(("number" = inline(Safe), Path, description = "Counted from 0, the opening.")),
    responses((status = 200, description = "The checkpoint.", body = CheckpointView)))]
pub(super) async fn show(State(api): State<Shared>, Named(number): Named<Safe>) -> Answer<CheckpointView> {
    let (seen, number) = (api.chain_seen(), number.get());
    let ledger = api.state.ledger.facts().id;
    api.read(move |view| {
        let found = view.checkpoints(number, 2)?;
        let missing = || Problem::new(Kind::NotFound, format!("there is no checkpoint {number} yet"));
        let one = found.first().filter(|one| one.checkpoint.number == number).ok_or_else(missing)?;
        Ok(Json(CheckpointView::of(ledger, one, found.get(1), seen)))
    })
    .await
}

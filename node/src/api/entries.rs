//! Entries of the log and their receipts.

use super::problem::{Kind, Problem};
use super::request::{Named, Safe};
use super::views::{ReceiptView, StepView};
use super::{Answer, Shared};
use crate::ledger::View;
use crate::ledger::rows::Accepted;
use axum::Json;
use axum::extract::State;

/// An accepted entry, with everything that proves it.
#[utoipa::path(get, path = "/v1/entries/{index}", operation_id = "entry", tag = "log",
    params(("index" = inline(Safe), Path, description = "Place in the log, from 0.")),
    responses((status = 200, description = "The entry.", body = StepView)))]
pub(super) async fn show(State(api): State<Shared>, Named(index): Named<Safe>) -> Answer<StepView> {
    api.read(move |view| {
        let accepted = known(view, index.get())?;
        Ok(Json(StepView::of(&accepted, view.receipt(&accepted))))
    })
    .await
}

/// The receipt of an entry: the same however often it is asked for.
#[utoipa::path(get, path = "/v1/receipts/{index}", operation_id = "receipt", tag = "log",
    params(("index" = inline(Safe), Path, description = "Place in the log, from 0.")),
    responses((status = 200, description = "The operator's promise.", body = ReceiptView)))]
pub(super) async fn receipt(State(api): State<Shared>, Named(index): Named<Safe>) -> Answer<ReceiptView> {
    api.read(move |view| Ok(Json(view.receipt(&known(view, index.get())?).into()))).await
}

fn known(view: &View, index: u64) -> Result<Accepted, Problem> {
    let missing = || Problem::new(Kind::NotFound, format!("the log has no entry {index} yet"));
    view.entry(index)?.ok_or_else(missing)
}

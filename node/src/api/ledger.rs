//! The ledger: its name and where it stands.

use super::views::{CheckpointView, LedgerView};
use super::{Answer, Api, Shared};
use axum::Json;
use axum::extract::State;

/// The ledger and where it stands now.
#[utoipa::path(get, path = "/v1/ledger", operation_id = "ledger", tag = "ledger",
    responses((status = 200, description = "The ledger.", body = LedgerView)))]
pub(super) async fn show(State(api): State<Shared>) -> Answer<LedgerView> {
    let reached = api.chain_reached();
    let (size, vouchers, checkpoint) =
        api.read(|view| Ok((view.size()?, view.vouchers()?, view.latest_anchored()?))).await?;
    let state = &api.state;
    let facts = state.ledger.facts();
    Ok(Json(LedgerView {
        ledger: facts.into(),
        operator_key: state.ledger.operator_key(),
        size,
        vouchers,
        site: state.site.clone(),
        development_chain: state.reader.chain().development,
        anchor_interval_s: state.anchor_interval_s,
        checkpoint: checkpoint.map(|newest| CheckpointView::of(facts.id, &newest, None, reached)),
        now: api.now(),
    }))
}

impl Api {
    /// Whether the chain answered when the anchoring job asked it last.
    pub(super) fn chain_reached(&self) -> bool {
        self.state.standing.borrow().problem.is_none()
    }
}

//! The ledger: its name and where it stands.

use super::views::{BondView, ChainSeen, CheckpointView, LedgerView};
use super::{Answer, Api, Shared};
use axum::Json;
use axum::extract::State;

/// The ledger and where it stands now.
#[utoipa::path(get, path = "/v1/ledger", operation_id = "ledger", tag = "ledger",
    responses((status = 200, description = "The ledger.", body = LedgerView)))]
pub(super) async fn show(State(api): State<Shared>) -> Answer<LedgerView> {
    let seen = api.chain_seen();
    let (size, vouchers, checkpoint) =
        api.read(|view| Ok((view.size()?, view.vouchers()?, view.latest_anchored()?))).await?;
    let state = &api.state;
    let facts = state.ledger.facts();
    Ok(Json(LedgerView {
        ledger: facts.into(),
        operator_key: state.ledger.operator().current().public(),
        size,
        vouchers,
        site: state.site.clone(),
        development_chain: state.reader.chain().development,
        bond: state.backing.borrow().as_ref().and_then(BondView::of),
        anchor_interval_s: state.anchor_interval_s,
        checkpoint: checkpoint.map(|newest| CheckpointView::of(facts.id, &newest, None, seen)),
        now: api.now(),
    }))
}

impl Api {
    /// What the anchoring job saw of the chain when it asked last.
    pub(super) fn chain_seen(&self) -> ChainSeen {
        let standing = self.state.standing.borrow();
        ChainSeen { reached: standing.problem.is_none(), newest_block: standing.newest_block }
    }
}

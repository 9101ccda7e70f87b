//! Health and metrics, for those who run the node.

use super::problem::Problem;
use super::views::{Live, Ready};
use super::{Api, Shared, blocking};
use crate::ledger::View;
use crate::observe::{self, LedgerFigures};
use crate::store::WriteSet;
use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// A probe of the store costs a sync, so its answer is kept for this long.
const PROBE_AGE: Duration = Duration::from_secs(2);

/// When the store was probed last, and whether it took the write.
pub(super) type Probe = Mutex<Option<(Instant, bool)>>;

/// The process answers.
#[utoipa::path(get, path = "/healthz", operation_id = "live", tag = "health",
    responses((status = 200, description = "It does.", body = Live)))]
pub(super) async fn live() -> Json<Live> {
    Json(Live { live: true })
}

/// Whether the node can take steps and keep them.
#[utoipa::path(get, path = "/readyz", operation_id = "ready", tag = "health",
    responses(
        (status = 200, description = "It can.", body = Ready),
        (status = 503, description = "It can not; the members say why.", body = Ready)))]
pub(super) async fn ready(State(api): State<Shared>) -> (StatusCode, Json<Ready>) {
    let standing = api.state.standing.borrow().clone();
    let sequencer_alive = api.state.ledger.progress().has_changed().is_ok();
    let store_writable = api.store_writable().await;
    let halted = api.state.ledger.halted();
    let ready = sequencer_alive && store_writable && halted.is_none();
    let asked = standing.problem.is_some() || standing.reached_at.is_some();
    let view = Ready {
        ready,
        store_writable,
        sequencer_alive,
        halted,
        chain_reached: asked.then_some(standing.problem.is_none()),
        chain_reached_at: standing.reached_at,
    };
    (if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(view))
}

/// All metrics, in the text format that Prometheus reads.
#[utoipa::path(get, path = "/metrics", operation_id = "metrics", tag = "health",
    responses((status = 200, description = "OpenMetrics text.", body = String,
        content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8")))]
pub(super) async fn metrics(State(api): State<Shared>) -> Result<impl IntoResponse, Problem> {
    let now = api.now();
    let figures = api.read(move |view| figures(view, now)).await?;
    Ok(([(header::CONTENT_TYPE, observe::METRICS_TYPE)], observe::metrics(&figures)))
}

pub(super) fn figures(view: &View, now: u64) -> Result<LedgerFigures, Problem> {
    let anchored = view.latest_anchored()?.map(|newest| newest.checkpoint);
    let anchored_entries = anchored.map_or(0, |checkpoint| checkpoint.size);
    let oldest = view.entry(anchored_entries)?;
    Ok(LedgerFigures {
        entries: view.size()?,
        vouchers: view.vouchers()?,
        anchored_checkpoint: anchored.map_or(0, |checkpoint| checkpoint.number),
        anchored_entries,
        lag_ms: oldest.map_or(0, |entry| now.saturating_sub(entry.state.entry.at)),
        outbox: view.unsettled()?,
    })
}

impl Api {
    /// Whether the store takes a write: one of nothing, which asks for room on the disk and for a sync all the same.
    async fn store_writable(&self) -> bool {
        let mut last = self.probe.lock().await;
        if let Some((at, writable)) = *last
            && at.elapsed() < PROBE_AGE
        {
            return writable;
        }
        let store = Arc::clone(self.state.ledger.store());
        let probed = blocking(move || Ok(store.commit(WriteSet::new())?)).await;
        *last = Some((Instant::now(), probed.is_ok()));
        probed.is_ok()
    }
}

//! Incidents: second sales that a holder signed, refused and kept.

use super::problem::Problem;
use super::request::{Asked, Limit};
use super::views::Incidents;
use super::{Answer, Shared};
use crate::ledger::rows::INCIDENT_KEY_WIDTH;
use axum::Json;
use axum::extract::State;
use protocol::digest::{bytes_from_hex, bytes_to_hex};
use serde::Deserialize;
use utoipa::IntoParams;

/// Incidents given at a time.
const LIMIT: usize = 1000;
/// Bytes of their rows, after which a page ends: a memo may be large.
const BYTES: usize = 1 << 20;

/// Which incidents.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Page {
    /// The `next` of the page before; the beginning unless given.
    #[param(pattern = "^0x[0-9a-f]{80}$")]
    from: Option<String>,
    /// At most so many; 100 unless given.
    #[param(value_type = Option<u64>, minimum = 1, maximum = 1000)]
    limit: Option<Limit<LIMIT>>,
}

/// Refused second sales, in the order of the entries that they were signed against.
#[utoipa::path(get, path = "/v1/incidents", operation_id = "incidents", tag = "log", params(Page),
    responses((status = 200, description = "A page of incidents.", body = Incidents)))]
pub(super) async fn list(State(api): State<Shared>, Asked(page): Asked<Page>) -> Answer<Incidents> {
    let limit = page.limit.map_or(100, Limit::get);
    let unread = || Problem::malformed("from is not the next of an earlier page");
    let key = |text: String| bytes_from_hex(&text).ok().filter(|key| key.len() == INCIDENT_KEY_WIDTH);
    let after = page.from.map(|text| key(text).ok_or_else(unread)).transpose()?;
    api.read(move |view| {
        let found = view.incidents(after.as_deref(), limit, BYTES)?;
        let last = found.last().map(|(key, _)| key);
        let has_more = |key: &&Vec<u8>| view.incidents(Some(key), 1, BYTES).map(|more| !more.is_empty());
        let next = match last {
            Some(key) if has_more(&key)? => Some(bytes_to_hex(key)),
            _ => None,
        };
        let incidents = found.into_iter().map(|(_, incident)| incident.into()).collect();
        Ok(Json(Incidents { incidents, next }))
    })
    .await
}

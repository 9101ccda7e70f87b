//! The audit that the operator shows: a report of `vouchsafe audit`, from the file that node.toml names. Shown as it is;
//! whoever doubts it makes his own.

use super::problem::{Kind, Problem};
use super::{Shared, blocking, shapes};
use crate::observe;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use protocol::LedgerId;
use serde::Deserialize;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

/// The `format` of a report.
const FORMAT: &str = "vouchsafe/audit@1";
/// No report is larger: it lists a thousand contradictions at most.
const LIMIT: u64 = 4 << 20;

/// What a report must say to be shown here.
#[derive(Deserialize)]
struct Head {
    format: String,
    ledger: LedgerId,
}

/// The newest audit that the operator shows.
///
/// It is his choice which one he shows: `vouchsafe audit` makes another.
#[utoipa::path(get, path = "/v1/audits/latest", operation_id = "audit", tag = "ledger",
    responses((status = 200, description = "The report, as its auditor wrote it.", body = shapes::Audit)))]
pub(super) async fn latest(State(api): State<Shared>) -> Result<impl IntoResponse, Problem> {
    let missing =
        || Problem::new(Kind::NotFound, "this node shows no audit: make one with `vouchsafe audit`");
    let path = api.state.audit_report.clone().ok_or_else(missing)?;
    let ledger = api.state.ledger.facts().id;
    let text = blocking(move || report(&path, ledger)).await?.ok_or_else(missing)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text))
}

/// The report's text; none before the first audit has written it.
fn report(path: &Path, ledger: LedgerId) -> Result<Option<String>, Problem> {
    let mut text = String::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(LIMIT).read_to_string(&mut text));
    match read {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unshown(&error.to_string())),
    }
    let head: Head = serde_json::from_str(&text).map_err(|error| unshown(&error.to_string()))?;
    if head.format != FORMAT || head.ledger != ledger {
        return Err(unshown("it is no vouchsafe/audit@1 of this ledger"));
    }
    Ok(Some(text))
}

/// The log gets the reason, the asker what he can act on.
fn unshown(why: &str) -> Problem {
    observe::failed("reading the audit_report of node.toml", &why);
    Problem::new(Kind::Storage, "the audit that this node shows can not be read: its operator must look")
}

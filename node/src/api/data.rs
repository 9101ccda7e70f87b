//! The public data of the ledger: static files, for whoever checks or mirrors it (docs/protocol.md section 16).

use super::problem::{Kind, Problem};
use super::{Shared, admit};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::public_data::DataPath;
use protocol::{LedgerId, keccak};

/// Files read at a time: each may be of 4 MiB.
pub(super) const FILES: usize = 32;

/// What the content of a path never does is change.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What is not there may be there soon.
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");

/// A file of the public data.
///
/// Everything that an anchored checkpoint covers, at paths whose content never changes: entries, tree tiles, records,
/// manifests, heads, checkpoints. The paths and formats are those of docs/protocol.md section 16; `path` has slashes.
#[utoipa::path(get, path = "/data/{path}", operation_id = "data", tag = "data",
    params(("path" = String, Path, description = "Such as `tile/entries/000` or `checkpoint/3`.")),
    responses(
        (status = 200, description = "The file. It may be kept for ever.", content(
            (Object = "application/json"), (String = "application/x-ndjson"), (String = "application/octet-stream"))),
        (status = 304, description = "The `If-None-Match` of the request names it: the asker has it.")))]
pub(super) async fn show(
    State(api): State<Shared>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    match answer(&api, &path, &headers).await {
        Ok(response) => response,
        Err(problem) => ([(header::CACHE_CONTROL, NOT_KEPT)], problem).into_response(),
    }
}

async fn answer(api: &Shared, path: &str, headers: &HeaderMap) -> Result<Response, Problem> {
    let missing = || Problem::new(Kind::NotFound, "there is no such file of public data, or not yet");
    let path: DataPath = path.parse().map_err(|_| missing())?;
    let _place = admit(&api.files)?;
    let bytes = api.read(move |view| Ok(view.public_data(path)?)).await?.ok_or_else(missing)?;
    let tag = tag(api.state.ledger.facts().id, path);
    let kept = headers.get_all(header::IF_NONE_MATCH).iter().any(|known| names(known, &tag));
    let about = [(header::CACHE_CONTROL, FOR_EVER), (header::ETAG, tag)];
    if kept {
        return Ok((StatusCode::NOT_MODIFIED, about).into_response());
    }
    Ok((about, [(header::CONTENT_TYPE, media_type(path))], bytes).into_response())
}

/// Ledger and path decide the content, so they name it.
fn tag(ledger: LedgerId, path: DataPath) -> HeaderValue {
    let hash = keccak(&[ledger.as_bytes(), path.to_string().as_bytes()]).to_string();
    let text = format!("\"{}\"", hash.get(2..34).unwrap_or_default());
    HeaderValue::from_str(&text).unwrap_or(NOT_KEPT)
}

/// Whether a list of entity tags has this one.
fn names(list: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(list), Ok(tag)) = (list.to_str(), tag.to_str()) else { return false };
    list.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

fn media_type(path: DataPath) -> &'static str {
    match path {
        DataPath::Ledger | DataPath::Checkpoint(_) | DataPath::Manifest(_) => "application/json",
        DataPath::Entries(_) => "application/x-ndjson",
        DataPath::LogTile { .. }
        | DataPath::Terms(_)
        | DataPath::Records { .. }
        | DataPath::HeadTile { .. }
        | DataPath::HeadChunks { .. } => "application/octet-stream",
    }
}

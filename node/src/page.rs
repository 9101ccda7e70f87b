//! The verification page, carried in the binary: the files of `node/page/dist`, which `node/page` builds.
//!
//! In scope: giving the files out, compressed, under a policy that lets the page run its own scripts and nothing else.
//! Out of scope: what the page does. It asks the API like everybody else; no code and no stamp ever reaches this process.

use crate::api::problem::{Kind, Problem};
use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use protocol::keccak;
use std::io::{self, Write as _};
use std::sync::LazyLock;

/// Which scripts, styles and addresses the page may use; the build writes it beside the page.
const POLICY: &str = include_str!("../page/dist/csp.txt");

/// A file of the page.
struct File {
    name: &'static str,
    media_type: &'static str,
    plain: &'static [u8],
}

macro_rules! file {
    ($name:literal $media_type:literal) => {
        File { name: $name, media_type: $media_type, plain: include_bytes!(concat!("../page/dist/", $name)) }
    };
}

/// The document: the same for every voucher and for the ledger.
static INDEX: File = file!("index.html" "text/html; charset=utf-8");

/// What the document names, by addresses beside its own.
static PARTS: [File; 7] = [
    file!("page/first.js" "text/javascript; charset=utf-8"),
    file!("page/app.js" "text/javascript; charset=utf-8"),
    file!("page/codes.js" "text/javascript; charset=utf-8"),
    file!("page/packing.js" "text/javascript; charset=utf-8"),
    file!("page/page.css" "text/css; charset=utf-8"),
    file!("page/icon.svg" "image/svg+xml"),
    // The page as one file: to be filled in and saved by the page itself, never to be run from here.
    file!("page/saved.html" "text/plain; charset=utf-8"),
];

/// A file as it is sent.
struct Ready {
    file: &'static File,
    /// Changes with every byte of the file.
    tag: HeaderValue,
    gzip: Option<Vec<u8>>,
}

impl Ready {
    fn new(file: &'static File) -> Self {
        let digest = keccak::keccak(&[file.plain]).to_string();
        let short = digest.get(2..34).unwrap_or_default();
        let tag = HeaderValue::from_str(&format!("\"{short}\"")).unwrap_or(HeaderValue::from_static("\"\""));
        Self { file, tag, gzip: gzip(file.plain).ok() }
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let holds = |name, what: &str| {
            let values = asked.get_all(name).iter().filter_map(|value| value.to_str().ok());
            values.flat_map(|value| value.split(',')).any(|value| value.trim() == what)
        };
        let mut headers = self.headers();
        if holds(header::IF_NONE_MATCH, self.tag.to_str().unwrap_or_default()) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        match &self.gzip {
            Some(small) if holds(header::ACCEPT_ENCODING, "gzip") => {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
                (headers, small.clone()).into_response()
            }
            _ => (headers, self.file.plain).into_response(),
        }
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::ETAG, self.tag.clone());
        for (name, value) in [
            (header::CONTENT_TYPE, self.file.media_type),
            // Asked for again each time, answered with 304: a page never runs with the scripts of another version.
            (header::CACHE_CONTROL, "no-cache"),
            (header::VARY, "accept-encoding"),
            (header::CONTENT_SECURITY_POLICY, POLICY),
            (header::REFERRER_POLICY, "no-referrer"),
            (header::X_FRAME_OPTIONS, "DENY"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
        let permissions = "camera=(self), microphone=(), geolocation=()";
        headers.insert("permissions-policy", HeaderValue::from_static(permissions));
        headers
    }
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}

/// The page's routes: `/`, `/ledger`, `/v/{voucher}`, and the parts beside each of them.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/", get(document))
        .route("/ledger", get(document))
        .route("/v/{voucher}", get(document))
        .route("/page/{part}", get(part))
        .route("/v/page/{part}", get(part))
}

/// The document reads its own address: which voucher it is about is not looked at here.
async fn document(asked: HeaderMap) -> Response {
    static READY: LazyLock<Ready> = LazyLock::new(|| Ready::new(&INDEX));
    READY.answer(&asked)
}

async fn part(Path(name): Path<String>, asked: HeaderMap) -> Response {
    static READY: LazyLock<Vec<Ready>> = LazyLock::new(|| PARTS.iter().map(Ready::new).collect());
    match READY.iter().find(|ready| ready.file.name.strip_prefix("page/") == Some(name.as_str())) {
        Some(ready) => ready.answer(&asked),
        None => Problem::new(Kind::NotFound, "the page has no such part").into_response(),
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test stops at what it did not expect")]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    async fn ask(path: &str, headers: &[(&str, &str)]) -> (StatusCode, HeaderMap, Vec<u8>) {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).expect("a request");
        let response = routes::<()>().oneshot(request).await.expect("infallible");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        (parts.status, parts.headers, bytes.to_vec())
    }

    #[tokio::test]
    async fn every_part_that_the_document_names_is_there_beside_every_view() {
        for view in ["/", "/ledger", "/v/mk7CfDX5FcMoIRqHZjhiSu2e8dEcRkd2y5vGyLpLO1M"] {
            let (status, headers, document) = ask(view, &[]).await;
            assert_eq!(status, StatusCode::OK);
            assert!(
                headers["content-security-policy"].to_str().expect("text").contains("default-src 'none'")
            );
            let document = String::from_utf8(document).expect("UTF-8");
            let named = document.split('"').filter(|text| text.starts_with("page/"));
            let folder = view.rsplit_once('/').expect("a path").0;
            let mut parts = 0;
            for name in named.chain(["page/codes.js", "page/packing.js", "page/saved.html"]) {
                let (status, headers, bytes) = ask(&format!("{folder}/{name}"), &[]).await;
                assert_eq!(status, StatusCode::OK, "{folder}/{name}");
                assert!(!bytes.is_empty() && headers.contains_key("content-type"));
                parts += 1;
            }
            assert_eq!(parts, PARTS.len());
        }
        assert_eq!(ask("/page/other.js", &[]).await.0, StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn the_first_view_is_under_100_kb_compressed_and_fetched_once() {
        let mut sum = 0;
        for path in ["/", "/page/first.js", "/page/app.js", "/page/page.css", "/page/icon.svg"] {
            let (_, headers, bytes) = ask(path, &[("accept-encoding", "br, gzip")]).await;
            assert_eq!(headers["content-encoding"], "gzip");
            sum += bytes.len();
            let tag = headers["etag"].to_str().expect("text");
            let (status, _, bytes) = ask(path, &[("if-none-match", tag)]).await;
            assert_eq!((status, bytes.len()), (StatusCode::NOT_MODIFIED, 0));
        }
        assert!(sum < 100_000, "{sum} bytes");
    }
}

//! One place that answers JSON-RPC, and how its name is shown.

use async_trait::async_trait;
use reqwest::Url;
use std::error::Error;
use std::fmt;
use std::time::Duration;

/// More than any answer that is asked for: events come in bounded ranges, blocks without their transactions.
const ANSWER_BYTES: usize = 32 << 20;

/// A JSON-RPC endpoint: `http` or `https`. Its path and its credentials may hold an access key, so it is shown as scheme,
/// host and port only.
#[derive(Clone)]
pub struct Endpoint(Url);

/// Why a text is no endpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// No URL.
    #[error("not a URL: {0}; write http://HOST:PORT or https://HOST/PATH")]
    Url(String),
    /// Another scheme.
    #[error("{0} is not spoken here: write an http or https URL")]
    Scheme(String),
}

impl std::str::FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(text).map_err(|error| EndpointError::Url(error.to_string()))?;
        match url.scheme() {
            "http" | "https" => Ok(Self(url)),
            other => Err(EndpointError::Scheme(other.to_owned())),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.origin().ascii_serialization())
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Why no answer came.
pub(crate) type Cause = Box<dyn Error + Send + Sync>;

/// Bytes of a request in, bytes of its answer out.
#[async_trait]
pub(crate) trait Exchange: Send + Sync {
    /// What to call it in messages.
    fn name(&self) -> String;
    /// Asks once. The caller sets the time limit.
    async fn exchange(&self, request: Vec<u8>) -> Result<Vec<u8>, Cause>;
}

/// An endpoint over HTTP.
pub(crate) struct Http {
    endpoint: Endpoint,
    client: reqwest::Client,
}

impl Http {
    pub(crate) fn new(endpoint: Endpoint, client: reqwest::Client) -> Self {
        Self { endpoint, client }
    }
}

/// The client for all HTTP endpoints of a chain. TLS trusts what the system trusts.
pub(crate) fn client(timeout: Duration) -> Result<reqwest::Client, Cause> {
    // Installed once in a process; whoever was first chose.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder =
        reqwest::Client::builder().connect_timeout(timeout).redirect(reqwest::redirect::Policy::none());
    Ok(builder.build()?)
}

#[async_trait]
impl Exchange for Http {
    fn name(&self) -> String {
        self.endpoint.to_string()
    }

    async fn exchange(&self, request: Vec<u8>) -> Result<Vec<u8>, Cause> {
        let post = self.client.post(self.endpoint.0.clone());
        let post = post.header("content-type", "application/json").body(request);
        let mut response = post.send().await.map_err(without_url)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(without_url)? {
            if body.len() + chunk.len() > ANSWER_BYTES {
                return Err(format!("an answer of more than {ANSWER_BYTES} bytes").into());
            }
            body.extend_from_slice(&chunk);
        }
        // Some servers send JSON-RPC errors with an HTTP error status.
        if status.is_success() || body.first() == Some(&b'{') || body.first() == Some(&b'[') {
            Ok(body)
        } else {
            Err(format!("HTTP status {status}").into())
        }
    }
}

/// The whole chain of causes in one line, and never the URL.
fn without_url(error: reqwest::Error) -> Cause {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_key_is_never_shown() {
        let endpoint: Endpoint =
            "https://user:hunter2@rpc.example:8443/v3/0123abcd?k=v".parse().expect("a URL");
        assert_eq!(format!("{endpoint} {endpoint:?}"), "https://rpc.example:8443 https://rpc.example:8443");
    }

    #[test]
    fn other_schemes_are_refused() {
        assert_eq!("ws://x".parse::<Endpoint>().err(), Some(EndpointError::Scheme("ws".to_owned())));
        assert!(matches!("rpc.example".parse::<Endpoint>(), Err(EndpointError::Url(_))));
    }
}

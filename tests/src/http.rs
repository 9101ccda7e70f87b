//! HTTP as a client of the node speaks it.

use crate::PATIENCE;
use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use serde_json::Value;
use std::time::Duration;

/// One server.
#[derive(Debug, Clone)]
pub struct Http {
    client: Client,
    base: String,
}

impl Http {
    /// The server at an address like `http://127.0.0.1:7311`.
    pub fn new(base: impl Into<String>) -> Self {
        // Fails if it was done before, which is as good. Nothing here uses TLS, but no client is built without.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A node closes what lies idle: a request into a connection that it is about to close would be lost.
        let client = Client::builder().timeout(PATIENCE).pool_idle_timeout(Duration::from_secs(5));
        let client = client.build().expect("an HTTP client");
        Self { client, base: base.into() }
    }

    /// Its address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Whether it answers a GET with success now.
    pub async fn answers(&self, path: &str) -> bool {
        let sent = self.client.get(format!("{}{path}", self.base)).send().await;
        sent.is_ok_and(|answer| answer.status().is_success())
    }

    /// Gets a resource.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.client.get(format!("{}{path}", self.base)), path).await
    }

    /// Posts a JSON value.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_bytes(path, "application/json", body.to_string()).await
    }

    /// Posts anything.
    pub async fn post_bytes(&self, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> Answer {
        let request = self.client.post(format!("{}{path}", self.base));
        self.send(request.header(CONTENT_TYPE, kind).body(body.into()), path).await
    }

    /// Posts anything to a server that may break off.
    pub async fn try_post(
        &self,
        path: &str,
        kind: &str,
        body: impl Into<Vec<u8>>,
    ) -> Result<Answer, reqwest::Error> {
        let request = self.client.post(format!("{}{path}", self.base));
        answer(request.header(CONTENT_TYPE, kind).body(body.into()), path).await
    }

    /// Gets a resource of a server that may break off.
    pub async fn try_get(&self, path: &str) -> Result<Answer, reqwest::Error> {
        answer(self.client.get(format!("{}{path}", self.base)), path).await
    }

    async fn send(&self, request: reqwest::RequestBuilder, path: &str) -> Answer {
        answer(request, path).await.unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

async fn answer(request: reqwest::RequestBuilder, path: &str) -> Result<Answer, reqwest::Error> {
    let answer = request.send().await?;
    let status = answer.status().as_u16();
    let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (kind, retry_after) = (text(CONTENT_TYPE), text(RETRY_AFTER));
    let body = answer.bytes().await?.to_vec();
    Ok(Answer { path: path.to_owned(), status, kind, retry_after, body })
}

/// What a server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    path: String,
    /// Status code.
    pub status: u16,
    /// `content-type`.
    pub kind: Option<String>,
    /// `retry-after`.
    pub retry_after: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// Demands a status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.path, self.text());
        self
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{}: no JSON ({error}): {}", self.path, self.text()))
    }
}

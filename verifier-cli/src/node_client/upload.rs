//! Long bodies, sent in pieces while somebody watches: a batch of a million records has 64 MB.

use super::{NodeClient, NodeError};
use bytes::Bytes;
use reqwest::Body;
use serde::de::DeserializeOwned;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// How long the whole of it may take: 64 MB at 1 Mbit/s are nine minutes, and the node hashes and checks it all.
const TIMEOUT: Duration = Duration::from_hours(1);

/// Bytes of a piece.
const PIECE: usize = 1 << 16;

impl NodeClient {
    /// Posts a long body in two parts, of which no copy is made; `sent` is told the bytes of each piece as it leaves. The node may be silent meanwhile.
    pub fn upload<T: DeserializeOwned>(
        &self,
        path: &str,
        content_type: &str,
        body: [Bytes; 2],
        sent: impl Fn(usize) + Send + Sync + Unpin + 'static,
    ) -> Result<(u16, T), NodeError> {
        let client = super::client(None).map_err(|error| self.out_of_reach(error))?;
        let request = client.post(self.address.resource(path)?).timeout(TIMEOUT);
        let [rest, later] = body;
        let pieces = Pieces { rest, later, sent };
        let request = request.header("content-type", content_type).body(Body::wrap(pieces));
        let (status, bytes) = self.runtime.block_on(self.exchange(request))?;
        Ok((status, self.read_json(&bytes)?))
    }
}

/// A body that is cut off from the front.
struct Pieces<F> {
    rest: Bytes,
    later: Bytes,
    sent: F,
}

impl<F: Fn(usize) + Unpin> http_body::Body for Pieces<F> {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<bytes::Bytes>, Self::Error>>> {
        if self.rest.is_empty() {
            self.rest = std::mem::take(&mut self.later);
        }
        if self.rest.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.rest.len().min(PIECE);
        let piece = self.rest.split_to(length);
        (self.sent)(length);
        Poll::Ready(Some(Ok(http_body::Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.later.is_empty()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        http_body::SizeHint::with_exact((self.rest.len() + self.later.len()) as u64)
    }
}

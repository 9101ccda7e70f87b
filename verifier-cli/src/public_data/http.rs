//! Public data over HTTP: a node, or a mirror behind any web server.

use super::{DataError, PublicData};
use crate::node_client::{ANSWER_BYTES, NodeAddress, causes, client};
use protocol::public_data::{DataPath, PART_WIDTH, decode_ledger};
use reqwest::{Client, Response, StatusCode};
use std::time::Duration;
use tokio::runtime::Runtime;

/// How long a server may send nothing at all while its answer is awaited.
const SILENCE_TIMEOUT: Duration = Duration::from_mins(1);
/// How often a server that has too much to do, or a line that breaks, is tried.
const ATTEMPTS: u32 = 4;
/// The longest pause before the next attempt.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The data below one address.
pub struct HttpData {
    address: NodeAddress,
    folder: &'static str,
    client: Client,
    runtime: Runtime,
}

impl HttpData {
    /// The data of a node at this address, or of a web server that has a mirror there: whichever has a `ledger.json`.
    pub fn open(address: NodeAddress) -> Result<Self, DataError> {
        let broken = |cause: String| DataError::Unreachable { whence: address.to_string(), cause };
        let client = client(Some(SILENCE_TIMEOUT)).map_err(|error| broken(causes(error)))?;
        // Threads that ask wait on their own; one worker drives all connections.
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.map_err(|error| broken(error.to_string()))?;
        let mut data = Self { address, folder: "data/", client, runtime };
        let of_node = data.fetch(DataPath::Ledger);
        if of_node.as_ref().is_ok_and(|bytes| decode_ledger(bytes).is_ok()) {
            return Ok(data);
        }
        data.folder = "";
        match (data.ledger(), of_node) {
            (Ok(_), _) => Ok(data),
            // Whoever has neither is most likely meant as a node.
            (Err(_), Err(error)) | (Err(error), Ok(_)) => Err(error),
        }
    }

    async fn get(&self, path: DataPath) -> Result<Vec<u8>, Trouble> {
        let resource = self.address.resource(&format!("{}{path}", self.folder));
        let resource = resource.map_err(|error| Trouble::lasting(error.to_string()))?;
        let response = self.client.get(resource).send().await.map_err(Trouble::passing)?;
        match response.status() {
            status if status.is_success() => body(response).await,
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(Trouble::Missing),
            status => {
                let pause = response.headers().get("retry-after");
                let pause = pause.and_then(|value| value.to_str().ok()?.parse().ok());
                let again = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
                Err(Trouble::NoAnswer { cause: format!("HTTP status {status}"), again, pause })
            }
        }
    }

    fn ask(&self, path: DataPath) -> Result<Vec<u8>, DataError> {
        self.runtime.block_on(self.get_patiently(path)).map_err(|trouble| match trouble {
            Trouble::Missing => DataError::Missing { path, whence: self.whence() },
            Trouble::NoAnswer { cause, .. } => DataError::Unreachable { whence: self.whence(), cause },
        })
    }

    async fn get_patiently(&self, path: DataPath) -> Result<Vec<u8>, Trouble> {
        let mut pause = Duration::from_millis(250);
        for _ in 1..ATTEMPTS {
            match self.get(path).await {
                Err(Trouble::NoAnswer { again: true, pause: asked, .. }) => {
                    let asked = asked.map(Duration::from_secs);
                    tokio::time::sleep(asked.unwrap_or(pause).min(LONGEST_PAUSE)).await;
                    pause = pause.saturating_mul(2);
                }
                done => return done,
            }
        }
        self.get(path).await
    }
}

async fn body(mut response: Response) -> Result<Vec<u8>, Trouble> {
    let mut body = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(Trouble::passing)? {
        if body.len().saturating_add(piece.len()) > ANSWER_BYTES {
            return Err(Trouble::lasting(format!("an answer of more than {ANSWER_BYTES} bytes")));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// Why one request brought nothing.
enum Trouble {
    Missing,
    NoAnswer { cause: String, again: bool, pause: Option<u64> },
}

impl Trouble {
    fn lasting(cause: String) -> Self {
        Self::NoAnswer { cause, again: false, pause: None }
    }

    fn passing(error: reqwest::Error) -> Self {
        Self::NoAnswer { cause: causes(error), again: true, pause: None }
    }
}

impl PublicData for HttpData {
    fn fetch(&self, path: DataPath) -> Result<Vec<u8>, DataError> {
        let missing = match self.ask(path) {
            Err(error) if error.is_missing() => error,
            read => return read,
        };
        // A web server with a mirror that grew has no narrower part of the log any more; the full one it may have.
        let Some(full) = path.wider(PART_WIDTH) else { return Err(missing) };
        match self.ask(full) {
            Ok(bytes) => path.cut(&bytes).map(<[u8]>::to_vec).ok_or(missing),
            Err(error) if error.is_missing() => Err(missing),
            Err(error) => Err(error),
        }
    }

    fn whence(&self) -> String {
        self.address.to_string()
    }
}

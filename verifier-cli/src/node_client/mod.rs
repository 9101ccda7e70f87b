//! Speaking to a node: its HTTP resources as calls that wait for their answer.
//!
//! In scope: the reading resources, steps and batches, problems (RFC 9457) as errors. Out of scope: believing what a node
//! says; whoever needs to believe it verifies it.

mod address;
mod error;
mod steps;
mod together;
mod upload;
mod views;

pub use address::NodeAddress;
use error::TRIES;
pub use error::{NodeError, Problem};
pub use steps::{LIST, Said, SaidOfStep, TakenStep};
pub use together::together;
pub use views::{CheckpointView, LedgerName, LedgerView, ReceiptView, Run, Runs, VoucherView};

use protocol::PublicKey;
use protocol::voucher::link_name;
use reqwest::{Client, ClientBuilder, RequestBuilder, Response, redirect};
use serde::de::DeserializeOwned;
use std::error::Error;
use std::fmt;
use std::time::Duration;
use tokio::runtime::Runtime;

/// Who is told that the node asked for so many seconds of patience.
pub type Waiting = Box<dyn Fn(u64) + Send + Sync>;

/// No answer of a node is longer.
pub const ANSWER_BYTES: usize = 64 << 20;

/// How long a node may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a node may send nothing at all while its answer is awaited.
const SILENCE_TIMEOUT: Duration = Duration::from_mins(1);
/// How long a connection may lie idle and still be used again. Nodes close idle ones after half a minute, and nobody here
/// notices while a million keys are derived: a request sent into a closed connection is lost.
const IDLE_TIMEOUT: Duration = Duration::from_secs(5);

/// A node. Building one starts a runtime and reads the system's certificates: a command that reads files alone builds none.
pub struct NodeClient {
    address: NodeAddress,
    client: Client,
    runtime: Runtime,
    waiting: Option<Waiting>,
}

impl NodeClient {
    /// The node at this address; nothing is asked yet. TLS trusts what the system trusts.
    pub fn new(address: NodeAddress) -> Result<Self, NodeError> {
        Self::with(address, client(Some(SILENCE_TIMEOUT)))
    }

    /// The same for somebody whose word is wanted: an answer that leads elsewhere is none.
    pub fn without_redirects(address: NodeAddress) -> Result<Self, NodeError> {
        Self::with(address, builder(Some(SILENCE_TIMEOUT)).redirect(redirect::Policy::none()).build())
    }

    fn with(address: NodeAddress, client: reqwest::Result<Client>) -> Result<Self, NodeError> {
        let broken = |cause: String| NodeError::OutOfReach { address: address.to_string(), cause };
        let client = client.map_err(|error| broken(causes(error)))?;
        let runtime = crate::source::runtime().map_err(|error| broken(error.to_string()))?;
        Ok(Self { address, client, runtime, waiting: None })
    }

    /// The same, telling somebody whenever it waits because the node asks for patience.
    #[must_use]
    pub fn telling(mut self, waiting: Waiting) -> Self {
        self.waiting = Some(waiting);
        self
    }

    /// Where it is.
    pub const fn address(&self) -> &NodeAddress {
        &self.address
    }

    /// What it says of its ledger.
    pub fn ledger(&self) -> Result<LedgerView, NodeError> {
        self.get("v1/ledger")
    }

    /// Where a voucher stands.
    pub fn voucher(&self, voucher: &PublicKey) -> Result<VoucherView, NodeError> {
        self.get(&format!("v1/vouchers/{}", link_name(voucher)))
    }

    /// The dossier of a voucher as text, under the newest checkpoint or the one of this number.
    pub fn dossier(
        &self,
        voucher: &PublicKey,
        checkpoint: Option<u64>,
        with_proof: bool,
    ) -> Result<String, NodeError> {
        let wishes = checkpoint.map(|number| format!("checkpoint={number}"));
        let wishes: Vec<String> =
            wishes.into_iter().chain(with_proof.then(|| "proof=true".to_owned())).collect();
        let query = if wishes.is_empty() { String::new() } else { format!("?{}", wishes.join("&")) };
        self.text(&format!("v1/vouchers/{}/dossier{query}", link_name(voucher)))
    }

    /// The text of the resource at this path, which is JSON.
    pub fn text(&self, path: &str) -> Result<String, NodeError> {
        let bytes = self.get_bytes(path)?;
        // A login page of a network in between is no word about the voucher, so it must not be judged as one.
        self.read_json::<serde::de::IgnoredAny>(&bytes)?;
        String::from_utf8(bytes).map_err(|_| self.unreadable("it is not UTF-8"))
    }

    /// Neighbouring vouchers that share their latest entry, within `count` numbers from `first`.
    pub fn runs(&self, first: u64, count: u64) -> Result<Runs, NodeError> {
        self.get(&format!("v1/runs?first={first}&count={count}"))
    }

    /// The resource at this path (without a leading slash), read from JSON.
    pub fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, NodeError> {
        let bytes = self.get_bytes(path)?;
        self.read_json(&bytes)
    }

    /// Asks again after the time that the node names, where it was asked too often.
    fn get_bytes(&self, path: &str) -> Result<Vec<u8>, NodeError> {
        let resource = self.address.resource(path)?;
        let mut tries = 1;
        loop {
            let answer = self.runtime.block_on(self.exchange(self.client.get(resource.clone())));
            let wait_s = answer.as_ref().err().and_then(NodeError::patience_s).filter(|_| tries < TRIES);
            let Some(wait_s) = wait_s else { return Ok(answer?.1) };
            self.wait(wait_s);
            tries += 1;
        }
    }

    fn wait(&self, seconds: u64) {
        self.waiting.iter().for_each(|tell| tell(seconds));
        std::thread::sleep(Duration::from_secs(seconds));
    }

    async fn exchange(&self, request: RequestBuilder) -> Result<(u16, Vec<u8>), NodeError> {
        let response = request.send().await.map_err(|error| self.out_of_reach(error))?;
        let status = response.status();
        let retry_after_s =
            response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let bytes = self.body(response).await?;
        if status.is_success() {
            return Ok((status.as_u16(), bytes));
        }
        let members = serde_json::from_slice(&bytes).ok();
        match members.and_then(|members| Problem::read(status.as_u16(), retry_after_s, members)) {
            Some(problem) => {
                Err(NodeError::Problem { address: self.address.to_string(), problem: Box::new(problem) })
            }
            None => Err(self.unreadable(&format!("HTTP status {status}"))),
        }
    }

    async fn body(&self, mut response: Response) -> Result<Vec<u8>, NodeError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.out_of_reach(error))? {
            if body.len() + chunk.len() > ANSWER_BYTES {
                return Err(self.unreadable(&format!("an answer of more than {ANSWER_BYTES} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn read_json<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, NodeError> {
        serde_json::from_slice(bytes).map_err(|error| self.unreadable(&error.to_string()))
    }

    fn out_of_reach(&self, error: reqwest::Error) -> NodeError {
        NodeError::OutOfReach { address: self.address.to_string(), cause: causes(error) }
    }

    fn unreadable(&self, cause: &str) -> NodeError {
        NodeError::Unreadable { address: self.address.to_string(), cause: cause.to_owned() }
    }
}

impl fmt::Debug for NodeClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NodeClient").field(&self.address).finish()
    }
}

/// A client that gives a node up after so long a silence.
pub(crate) fn client(silence: Option<Duration>) -> reqwest::Result<Client> {
    builder(silence).redirect(redirect::Policy::limited(3)).build()
}

fn builder(silence: Option<Duration>) -> ClientBuilder {
    // Installed once in a process; whoever was first chose.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .user_agent(concat!("vouchsafe/", env!("CARGO_PKG_VERSION")));
    match silence {
        Some(silence) => client.read_timeout(silence),
        None => client,
    }
}

/// The whole chain of causes in one line, without the URL.
pub(crate) fn causes(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

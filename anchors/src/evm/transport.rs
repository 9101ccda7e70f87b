//! Asking several endpoints as if they were one: the first that answers is asked first from then on.
//!
//! An endpoint is believed only after it named the right chain. What an endpoint says about itself (overloaded, broken)
//! counts as no answer; what it says about the request counts as the answer.

use super::endpoint::{Cause, Exchange};
use super::watch::{Trouble, Watch};
use crate::contract;
use crate::error::AnchorError;
use alloy::primitives::U64;
use alloy::providers::RootProvider;
use alloy::rpc::client::RpcClient;
use alloy::rpc::json_rpc::{ErrorPayload, RequestPacket, ResponsePacket, ResponsePayload, RpcError};
use alloy::transports::{TransportError, TransportErrorKind, TransportFut};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;
use tower_service::Service;

#[derive(Clone)]
pub(super) struct FallOver(Arc<Endpoints>);

struct Endpoints {
    chain_id: u64,
    timeout: Duration,
    watch: Watch,
    peers: Vec<Peer>,
    /// The one that answered last.
    preferred: AtomicUsize,
}

struct Peer {
    exchange: Arc<dyn Exchange>,
    on_right_chain: AtomicBool,
}

/// Why one endpoint, or all of them, gave no result. It travels through alloy's errors and comes out in
/// [`AnchorError`].
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{endpoint}: {cause}")]
    NoAnswer { endpoint: String, cause: Cause },
    #[error("{endpoint} serves chain {actual}, not {expected}")]
    WrongChain { endpoint: String, expected: u64, actual: u64 },
    #[error("{endpoint}: {}", .payload.message)]
    Declined { endpoint: String, payload: ErrorPayload },
}

impl FallOver {
    pub(super) fn new(
        chain_id: u64,
        timeout: Duration,
        watch: Watch,
        exchanges: Vec<Arc<dyn Exchange>>,
    ) -> Self {
        let unchecked = |exchange| Peer { exchange, on_right_chain: AtomicBool::new(false) };
        let peers = exchanges.into_iter().map(unchecked).collect();
        Self(Arc::new(Endpoints { chain_id, timeout, watch, peers, preferred: AtomicUsize::new(0) }))
    }

    pub(super) fn provider(self) -> RootProvider {
        RootProvider::new(RpcClient::new(self, false))
    }

    /// From now on no endpoint is taken to serve the right chain before it said so again.
    pub(super) fn doubt(&self) {
        for peer in &self.0.peers {
            peer.on_right_chain.store(false, Ordering::Relaxed);
        }
    }

    /// The names of all endpoints.
    pub(super) fn names(&self) -> String {
        self.0.peers.iter().map(|peer| peer.exchange.name()).collect::<Vec<_>>().join(", ")
    }
}

impl Endpoints {
    async fn ask(&self, packet: RequestPacket) -> Result<ResponsePacket, Failure> {
        let request = serde_json::to_vec(&packet).map_err(|error| no_answer("this request", error.into()))?;
        let first = self.preferred.load(Ordering::Relaxed);
        let mut failures = Vec::new();
        for turn in 0..self.peers.len() {
            let at = (first + turn) % self.peers.len();
            let Some(peer) = self.peers.get(at) else { continue };
            match self.ask_one(peer, request.clone()).await {
                Ok(answer) => {
                    self.preferred.store(at, Ordering::Relaxed);
                    return Ok(answer);
                }
                Err(failure @ Failure::Declined { .. }) => {
                    if !failure.is_revert() {
                        self.watch.tell(failure.endpoint(), Trouble::Declined);
                    }
                    return Err(failure);
                }
                Err(failure) => {
                    let wrong = matches!(failure, Failure::WrongChain { .. });
                    let trouble = if wrong { Trouble::WrongChain } else { Trouble::NoAnswer };
                    self.watch.tell(failure.endpoint(), trouble);
                    failures.push(failure);
                }
            }
        }
        Err(together(failures))
    }

    async fn ask_one(&self, peer: &Peer, request: Vec<u8>) -> Result<ResponsePacket, Failure> {
        if !peer.on_right_chain.load(Ordering::Relaxed) {
            self.check_chain(peer).await?;
            peer.on_right_chain.store(true, Ordering::Relaxed);
        }
        let answer = self.exchange(peer, request).await?;
        let Some(payload) = answer.as_error() else { return Ok(answer) };
        let endpoint = peer.exchange.name();
        if is_about_itself(payload) {
            let cause = format!("{} ({})", payload.message, payload.code);
            return Err(no_answer(&endpoint, cause.into()));
        }
        Err(Failure::Declined { endpoint, payload: payload.clone() })
    }

    async fn check_chain(&self, peer: &Peer) -> Result<(), Failure> {
        let request = br#"{"jsonrpc":"2.0","id":0,"method":"eth_chainId","params":[]}"#.to_vec();
        let answer = self.exchange(peer, request).await?;
        let endpoint = peer.exchange.name();
        let said = answer.first_payload().and_then(ResponsePayload::try_success_as::<U64>);
        match said {
            Some(Ok(actual)) if actual.to::<u64>() == self.chain_id => Ok(()),
            Some(Ok(actual)) => {
                Err(Failure::WrongChain { endpoint, expected: self.chain_id, actual: actual.to() })
            }
            _ => Err(no_answer(&endpoint, "it does not say which chain it serves".into())),
        }
    }

    async fn exchange(&self, peer: &Peer, request: Vec<u8>) -> Result<ResponsePacket, Failure> {
        let name = || peer.exchange.name();
        let answer = tokio::time::timeout(self.timeout, peer.exchange.exchange(request)).await;
        let body = match answer {
            Err(_) => {
                let cause = format!("no answer within {} ms", self.timeout.as_millis());
                return Err(no_answer(&name(), cause.into()));
            }
            Ok(Err(cause)) => return Err(no_answer(&name(), cause)),
            Ok(Ok(body)) => body,
        };
        serde_json::from_slice(&body)
            .map_err(|error| no_answer(&name(), format!("not a JSON-RPC answer: {error}").into()))
    }
}

fn no_answer(endpoint: &str, cause: Cause) -> Failure {
    Failure::NoAnswer { endpoint: endpoint.to_owned(), cause }
}

/// Overloaded or broken, as opposed to a word about the request: then another endpoint may do better.
fn is_about_itself(payload: &ErrorPayload) -> bool {
    const INTERNAL_ERROR: i64 = -32603;
    // Some servers report a revert as an internal error.
    payload.as_revert_data().is_none() && (payload.code == INTERNAL_ERROR || payload.is_retry_err())
}

/// One failure for all: a wrong chain only if nothing else kept them from answering.
fn together(mut failures: Vec<Failure>) -> Failure {
    let out_of_reach = failures.iter().position(|failure| matches!(failure, Failure::NoAnswer { .. }));
    match (failures.len(), out_of_reach) {
        (0, _) => no_answer("no endpoint", "none is configured".into()),
        (1, _) | (_, None) => failures.remove(0),
        (_, Some(_)) => {
            let endpoint = failures.iter().map(Failure::endpoint).collect::<Vec<_>>().join(", ");
            let cause = failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            no_answer(&endpoint, cause.into())
        }
    }
}

impl Failure {
    fn endpoint(&self) -> &str {
        match self {
            Self::NoAnswer { endpoint, .. }
            | Self::WrongChain { endpoint, .. }
            | Self::Declined { endpoint, .. } => endpoint,
        }
    }

    /// The contract's answer, which any endpoint would have given.
    fn is_revert(&self) -> bool {
        matches!(self, Self::Declined { payload, .. } if payload.as_revert_data().is_some())
    }

    fn into_anchor_error(self) -> AnchorError {
        match self {
            Self::NoAnswer { endpoint, cause } => AnchorError::OutOfReach { endpoint, cause },
            Self::WrongChain { endpoint, expected, actual } => {
                AnchorError::WrongChain { endpoint, expected, actual }
            }
            Self::Declined { endpoint, payload } => match payload.as_revert_data() {
                Some(data) => AnchorError::Reverted(contract::refusal(&data)),
                None => AnchorError::Declined {
                    endpoint,
                    code: payload.code,
                    message: payload.message.into_owned(),
                },
            },
        }
    }
}

impl Service<RequestPacket> for FallOver {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, packet: RequestPacket) -> TransportFut<'static> {
        let endpoints = Arc::clone(&self.0);
        Box::pin(async move {
            let answer = endpoints.ask(packet).await;
            answer.map_err(|failure| RpcError::Transport(TransportErrorKind::Custom(Box::new(failure))))
        })
    }
}

/// What an alloy call ended in. `endpoints` are named where alloy could make nothing of an answer.
pub(super) fn anchor_error(endpoints: &str, error: TransportError) -> AnchorError {
    let cause: Cause = match error {
        RpcError::Transport(TransportErrorKind::Custom(failure)) => match failure.downcast::<Failure>() {
            Ok(failure) => return failure.into_anchor_error(),
            Err(other) => other,
        },
        RpcError::DeserError { err, .. } => format!("not the answer that was asked for: {err}").into(),
        other => Box::new(other),
    };
    AnchorError::OutOfReach { endpoint: endpoints.to_owned(), cause }
}

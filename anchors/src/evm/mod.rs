//! Any EVM chain behind JSON-RPC endpoints.
//!
//! In scope: reading `Anchors` and its events, and hearing several endpoints against each other (`agree`); sending its
//! transactions, falling over from one endpoint to the next, until a block takes them (`send`, `fees`).

mod agree;
mod each;
mod endpoint;
mod events;
mod fees;
mod key;
mod opener;
mod proof;
mod read;
mod send;
mod transport;
mod watch;
mod write;

pub use endpoint::{Endpoint, EndpointError};
pub use fees::FeePolicy;
pub use key::{AnchoringKey, KeyError};
pub use watch::{Trouble, Watch};
pub use write::Deployment;

pub(crate) use each::of_any;
#[cfg(feature = "devnet")]
pub(crate) use endpoint::Cause;
pub(crate) use endpoint::Exchange;

use crate::error::AnchorError;
use crate::reader::{Chain, LedgerFacts};
use alloy::primitives::Address as EvmAddress;
use alloy::providers::RootProvider;
use alloy::transports::TransportError;
use protocol::LedgerId;
use send::Flight;
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use transport::FallOver;

/// How an EVM chain is reached.
#[derive(Debug, Clone)]
pub struct EvmOptions {
    /// The chain and the contract on it.
    pub chain: Chain,
    /// Of several, all are asked what the contract says, and those that answer must agree. What is sent goes to all of them.
    /// Whatever else is asked goes to the first that answers; that one is asked first from then on.
    pub endpoints: Vec<Endpoint>,
    /// How long each endpoint may take for an answer.
    pub timeout: Duration,
    /// When a block counts as final.
    pub finality: FinalityRule,
    /// No block before this one holds events of the contract: its deployment, or the opening of the ledger in question.
    /// Reading old checkpoints goes back no further.
    pub from_block: u64,
    /// Blocks asked for events at a time. Halved, for that question, when an endpoint declines a range.
    pub log_range_blocks: u64,
    /// What a transaction may cost.
    pub fees: FeePolicy,
    /// Who is told of what goes wrong with one endpoint.
    pub watch: Watch,
}

impl EvmOptions {
    /// A contract reached through these endpoints; 10 s for an answer, the chain's own word on finality or 64
    /// confirmations, events from the first block on, 5,000 blocks at a time, the default fees, nobody who watches.
    pub fn new(chain: Chain, endpoints: Vec<Endpoint>) -> Self {
        Self {
            chain,
            endpoints,
            timeout: Duration::from_secs(10),
            finality: FinalityRule::Tag { else_confirmations: 64 },
            from_block: 0,
            log_range_blocks: 5_000,
            fees: FeePolicy::default(),
            watch: Watch::default(),
        }
    }
}

/// When a block counts as final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinalityRule {
    /// When the endpoint says so (its `finalized` block); where it does not know that tag, with so many confirmations.
    Tag {
        /// Blocks from its own to the newest, both counted; at least 1.
        else_confirmations: u64,
    },
    /// With so many confirmations, whatever the endpoint says.
    Confirmations(u64),
}

/// Without a key: reads only.
#[derive(Debug, Clone, Copy)]
pub struct ReadOnly;

/// An `Anchors` contract behind JSON-RPC endpoints: an [`AnchorReader`](crate::AnchorReader), and with an
/// [`AnchoringKey`] an [`AnchorWriter`](crate::AnchorWriter). Clones share their connections.
#[derive(Clone)]
pub struct EvmChain<K = ReadOnly> {
    shared: Arc<Shared>,
    key: K,
}

struct Shared {
    chain: Chain,
    endpoints: String,
    transport: FallOver,
    provider: RootProvider,
    finality: FinalityRule,
    /// Whether the endpoint has named a `finalized` block.
    knows_final_tag: AtomicBool,
    from_block: u64,
    log_range_blocks: u64,
    fees: FeePolicy,
    watch: Watch,
    /// Each endpoint alone; none where there is only one.
    witnesses: Vec<EvmChain>,
    /// By account.
    flights: Mutex<HashMap<EvmAddress, Flight>>,
    /// Held while a transaction is made and handed over: two with one nonce would be one.
    sending: tokio::sync::Mutex<()>,
    /// Openings that are final: they never change, and lie far back.
    openings: Mutex<HashMap<LedgerId, LedgerFacts>>,
}

impl EvmChain {
    /// A chain to read. Asks nobody anything yet: whether the endpoints serve this chain is checked with the first
    /// question to each. Fails with [`AnchorError::OutOfReach`] if the system offers no certificates for TLS.
    pub fn new(options: &EvmOptions) -> Result<Self, AnchorError> {
        let names = options.endpoints.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let client = endpoint::client(options.timeout);
        let client = client.map_err(|cause| AnchorError::OutOfReach { endpoint: names, cause })?;
        let http = |endpoint: &Endpoint| -> Arc<dyn Exchange> {
            Arc::new(endpoint::Http::new(endpoint.clone(), client.clone()))
        };
        let exchanges = options.endpoints.iter().map(http).collect();
        Ok(Self::over(exchanges, options))
    }

    /// A chain to read through these exchanges; the options' endpoints do not count.
    pub(crate) fn over(exchanges: Vec<Arc<dyn Exchange>>, options: &EvmOptions) -> Self {
        let alone =
            |exchange: &Arc<dyn Exchange>| Self::with(vec![Arc::clone(exchange)], Vec::new(), options);
        let witnesses = if exchanges.len() > 1 { exchanges.iter().map(alone).collect() } else { Vec::new() };
        Self::with(exchanges, witnesses, options)
    }

    fn with(exchanges: Vec<Arc<dyn Exchange>>, witnesses: Vec<Self>, options: &EvmOptions) -> Self {
        let EvmOptions { chain, timeout, finality, from_block, log_range_blocks, fees, .. } = *options;
        let transport = FallOver::new(chain.chain_id, timeout, options.watch.clone(), exchanges);
        let shared = Shared {
            chain,
            endpoints: transport.names(),
            provider: transport.clone().provider(),
            transport,
            finality,
            knows_final_tag: AtomicBool::new(false),
            from_block,
            log_range_blocks: log_range_blocks.max(1),
            fees,
            watch: options.watch.clone(),
            witnesses,
            flights: Mutex::default(),
            sending: tokio::sync::Mutex::default(),
            openings: Mutex::default(),
        };
        Self { shared: Arc::new(shared), key: ReadOnly }
    }

    /// The same chain with an account to write with.
    pub fn signing_with(&self, key: AnchoringKey) -> EvmChain<AnchoringKey> {
        EvmChain { shared: Arc::clone(&self.shared), key }
    }
}

impl EvmChain<AnchoringKey> {
    pub(crate) const fn key(&self) -> &AnchoringKey {
        &self.key
    }
}

impl<K> EvmChain<K> {
    pub(crate) fn contract(&self) -> EvmAddress {
        crate::contract::to_address(self.shared.chain.contract)
    }

    fn failed(&self, error: TransportError) -> AnchorError {
        transport::anchor_error(&self.shared.endpoints, error)
    }
}

impl<K: fmt::Debug> fmt::Debug for EvmChain<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { shared, key } = self;
        f.debug_struct("EvmChain")
            .field("chain", &shared.chain)
            .field("endpoints", &shared.endpoints)
            .field("key", key)
            .finish_non_exhaustive()
    }
}

//! What a node runs with: one file in its data folder, written by `init`, read by everything else.
//!
//! Secrets do not stand in it: the operator key and the anchoring key lie beside it, each in a file of its own.

mod chain;
mod folder;
mod parser;

pub use chain::{ChainConfig, FeeConfig};
pub use folder::{Folder, read_secret};

use anchors::{Chain, Endpoint};
use ipnet::IpNet;
use protocol::checkpoint::LedgerOrigin;
use protocol::{Address, Digest};
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The version of the file that this program knows.
const FORMAT: u32 = 1;

/// Why a data folder can not be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no node here.
    #[error("{} holds no node: run `vouchsafe-node init --data {}` first", .0.display(), .0.display())]
    NotInitialised(PathBuf),
    /// There is one already.
    #[error("{} holds a node already: choose another folder; nothing was changed", .0.display())]
    AlreadyInitialised(PathBuf),
    /// A file could not be read or written.
    #[error("{}: {source}; check the path and its rights", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file does not say what it should.
    #[error("{}: {problem}", .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong and what is due; never a secret.
        problem: String,
    },
    /// A secret that others can read is none.
    #[error("{} can be read by others (mode {mode:03o}): run `chmod 600` on it", .path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The system gave no randomness.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
}

/// The whole file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Version of this file.
    pub format: u32,
    /// Public address of the node, without a path: what stands before `/v/` in links.
    pub site: String,
    /// Where it listens.
    pub listen: SocketAddr,
    /// The contract that may take the bond; the node answers before it. Once it serves, the ledger is put under it for
    /// good. Without one the bond backs nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judge: Option<Address>,
    /// The chain.
    pub chain: ChainConfig,
    /// The ledger.
    pub ledger: LedgerConfig,
    /// When to anchor, and what is promised.
    #[serde(default)]
    pub anchoring: AnchoringConfig,
    /// What is taken at a time.
    #[serde(default)]
    pub limits: LimitConfig,
    /// File with the report of an audit (`vouchsafe audit`) that this node shows; in the data folder unless the path is
    /// absolute. Nothing there shows none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit_report: Option<PathBuf>,
    /// How often one asker is answered.
    #[serde(default)]
    pub rates: RateConfig,
}

/// The ledger that this node keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LedgerConfig {
    /// The account that opened it.
    pub opener: Address,
    /// Tells the ledgers of one account apart.
    pub salt: Digest,
    /// Wei at stake.
    pub bond_wei: u128,
}

/// When to anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AnchoringConfig {
    /// Seconds between two checkpoints while steps come in; a batch is anchored at once.
    pub interval_s: u64,
    /// Seconds after which a quiet ledger anchors again, to show that it is fresh.
    pub heartbeat_s: u64,
    /// Seconds within which a receipt promises that its entry is anchored.
    pub promise_s: u64,
}

impl AnchoringConfig {
    /// The defaults at another interval.
    pub fn every(interval_s: u64) -> Self {
        let default = Self::default();
        let heartbeat_s = default.heartbeat_s.max(interval_s);
        let promise_s = default.promise_s.max(interval_s.saturating_mul(4));
        Self { interval_s, heartbeat_s, promise_s }
    }

    /// Whether a node can keep this up, in words where it can not.
    pub fn check(&self) -> Result<(), String> {
        let Self { interval_s, heartbeat_s, promise_s } = *self;
        if interval_s == 0 {
            return Err("interval_s is 0: no time between two checkpoints; write at least 1".to_owned());
        }
        if heartbeat_s == 0 {
            return Err("heartbeat_s is 0: a node that anchors without pause; write at least 1".to_owned());
        }
        if promise_s <= interval_s {
            let why = "no promise could be kept; make promise_s the greater";
            return Err(format!("promise_s {promise_s} is not above interval_s {interval_s}: {why}"));
        }
        if promise_s > PROMISE_LIMIT_S {
            return Err(format!("promise_s {promise_s}: write at most {PROMISE_LIMIT_S}, which are 31 days"));
        }
        Ok(())
    }
}

/// Longest promise: one that lies further ahead promises nothing.
const PROMISE_LIMIT_S: u64 = 31 * 86_400;

impl Default for AnchoringConfig {
    fn default() -> Self {
        Self { interval_s: 60, heartbeat_s: 6 * 3600, promise_s: 3600 }
    }
}

/// What is taken at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitConfig {
    /// Vouchers in one batch: 2^24 records are an upload of 1 GiB.
    pub batch_vouchers: u64,
}

impl Default for LimitConfig {
    fn default() -> Self {
        Self { batch_vouchers: 1 << 24 }
    }
}

/// How often one asker is answered: requests a minute, so many at once if none were used before, then as evenly as they
/// come back. 0 takes a bound away, as a load test of one machine wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RateConfig {
    /// Questions of one address (of one /64 where it is IPv6): a whole mobile network can stand behind one.
    pub reads_per_address: u32,
    /// Files of the public data that one address fetches: a mirror wants all of them.
    pub files_per_address: u32,
    /// Steps and batches of one address: a platform sends those of all its shops.
    pub steps_per_address: u32,
    /// Questions about one voucher, whoever asks. One address gets a tenth of it.
    pub reads_per_voucher: u32,
    /// Networks of the proxies before this node: what they write into `X-Forwarded-For` is believed, and nobody
    /// else's. A proxy that is missing here is counted as one asker with all whom it speaks for.
    pub proxies: Vec<IpNet>,
}

impl Default for RateConfig {
    fn default() -> Self {
        Self {
            reads_per_address: 6000,
            files_per_address: 60_000,
            steps_per_address: 60_000,
            reads_per_voucher: 3000,
            proxies: Vec::new(),
        }
    }
}

impl Config {
    /// A configuration with the defaults of this version.
    pub fn new(
        site: String,
        listen: SocketAddr,
        chain: ChainConfig,
        judge: Option<Address>,
        ledger: LedgerConfig,
    ) -> Self {
        Self {
            format: FORMAT,
            site,
            listen,
            judge,
            chain,
            ledger,
            anchoring: AnchoringConfig::default(),
            limits: LimitConfig::default(),
            audit_report: None,
            rates: RateConfig::default(),
        }
    }

    /// What a node.toml says, if a node can run with it; in words where it can not.
    pub fn parse(text: &str) -> Result<Self, String> {
        let config: Self = toml::from_str(text).map_err(|error| parser::said(text, &error))?;
        match config.format {
            FORMAT => config.check().map(|()| config),
            other => Err(format!("format {other}, this program knows {FORMAT}")),
        }
    }

    /// Whether a node can run with it, in words where it can not.
    pub fn check(&self) -> Result<(), String> {
        check_site(&self.site)?;
        self.anchoring.check()?;
        if self.limits.batch_vouchers == 0 {
            return Err("batch_vouchers is 0: no batch could be taken".to_owned());
        }
        match &self.chain {
            ChainConfig::Devnet => Ok(()),
            ChainConfig::Evm { fees: FeeConfig { max_fee_per_gas_gwei: 0, .. }, .. } => {
                Err("max_fee_per_gas_gwei is 0: nothing could be anchored".to_owned())
            }
            ChainConfig::Evm { endpoints: addresses, .. } => endpoints(addresses).map(|_| ()),
        }
    }

    /// What the ledger's name is computed from, on this chain.
    pub fn origin(&self, chain: Chain) -> LedgerOrigin {
        LedgerOrigin {
            chain_id: chain.chain_id,
            contract: chain.contract,
            opener: self.ledger.opener,
            salt: self.ledger.salt,
        }
    }
}

/// Whether links can begin with this address.
pub fn check_site(site: &str) -> Result<(), String> {
    let host = site.strip_prefix("https://").or_else(|| site.strip_prefix("http://"));
    match host.map(|host| host.trim_end_matches('/')) {
        Some(host) if host.contains('@') => {
            Err("it holds a name or a password: write https://HOST".to_owned())
        }
        Some(host) if !host.is_empty() && !host.contains(['/', '#', '?', ' ']) => Ok(()),
        _ => Err(format!("site {site:?}: write https://HOST without a path")),
    }
}

/// The endpoints of a list of addresses.
pub fn endpoints(addresses: &[String]) -> Result<Vec<Endpoint>, String> {
    let parse = |address: &String| address.parse().map_err(|error| format!("endpoint: {error}"));
    let endpoints: Vec<Endpoint> = addresses.iter().map(parse).collect::<Result<_, String>>()?;
    if endpoints.is_empty() { Err("at least one endpoint is needed".to_owned()) } else { Ok(endpoints) }
}

/// Random bytes from the system.
pub fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, ConfigError> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| ConfigError::Random(error.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;

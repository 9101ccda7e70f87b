//! What a node runs with: one file in its data folder, written by `init`, read by everything else.
//!
//! Secrets do not stand in it: the operator key and the anchoring key lie beside it, each in a file of its own.

mod chain;
mod parser;

pub use chain::{ChainConfig, FeeConfig};

use anchors::{Chain, Endpoint};
use ipnet::IpNet;
use protocol::checkpoint::LedgerOrigin;
use protocol::signing::KeyPair;
use protocol::{Address, Digest};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
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

/// The data folder and the names of what lies in it.
#[derive(Debug, Clone)]
pub struct Folder(PathBuf);

impl Folder {
    /// A data folder.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }
    /// The store.
    pub fn store(&self) -> PathBuf {
        self.0.join("store")
    }
    /// A store that is being rebuilt: no node starts beside it.
    pub fn rebuilding(&self) -> PathBuf {
        self.0.join("store.rebuilding")
    }
    /// The embedded development chain.
    pub fn devnet(&self) -> PathBuf {
        self.0.join("devnet.chain")
    }
    /// Uploads that are being taken in; emptied at start.
    pub fn spool(&self) -> PathBuf {
        self.0.join("spool")
    }
    /// Where a running node hears its operator.
    pub fn control(&self) -> PathBuf {
        self.0.join("control")
    }
    /// What a backup needs beside store and chain; the configuration is the last of them.
    pub fn files(&self) -> [PathBuf; 4] {
        [self.operator_key(), self.anchoring_key(), self.opener_key(), self.config()]
    }
    fn config(&self) -> PathBuf {
        self.0.join("node.toml")
    }
    fn operator_key(&self) -> PathBuf {
        self.0.join("operator.key")
    }
    fn anchoring_key(&self) -> PathBuf {
        self.0.join("anchoring.key")
    }

    /// Makes the folder, for its owner alone where it is new; refuses one that holds a node already.
    pub fn create(&self) -> Result<(), ConfigError> {
        if self.config().exists() {
            return Err(ConfigError::AlreadyInitialised(self.0.clone()));
        }
        // A folder that is there keeps its rights: it may be somebody's home. What is secret in it has its own.
        let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
        made.map_err(|source| Self::failed(&self.0, source))
    }

    /// Makes an empty spool: what an earlier run left there belongs to requests that are over.
    pub fn clear_spool(&self) -> Result<(), ConfigError> {
        let spool = self.spool();
        let gone = match std::fs::remove_dir_all(&spool) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
            _ => std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&spool),
        };
        gone.map_err(|source| Self::failed(&spool, source))
    }

    /// Reads the configuration.
    pub fn load(&self) -> Result<Config, ConfigError> {
        let path = self.config();
        let text = std::fs::read_to_string(&path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => ConfigError::NotInitialised(self.0.clone()),
            _ => Self::failed(&path, source),
        })?;
        Config::parse(&text).map_err(|problem| ConfigError::Content { path, problem })
    }

    /// Writes the configuration: last of all, so that a folder with one is complete.
    pub fn save(&self, config: &Config) -> Result<(), ConfigError> {
        let path = self.config();
        let text = toml::to_string_pretty(config)
            .map_err(|error| ConfigError::Content { path: path.clone(), problem: error.to_string() })?;
        self.write_secret(&path, text.as_bytes())
    }

    /// Draws the operator's key and keeps it; gives the one that is there if an `init` was broken off.
    pub fn draw_operator_key(&self) -> Result<KeyPair, ConfigError> {
        if !self.operator_key().exists() {
            let seed = random::<32>()?;
            let text = Zeroizing::new(hex::encode(seed.as_slice()));
            self.write_secret(&self.operator_key(), text.as_bytes())?;
        }
        self.load_operator_key()
    }

    /// The operator's key.
    pub fn load_operator_key(&self) -> Result<KeyPair, ConfigError> {
        let path = self.operator_key();
        let text = read_secret(&path)?;
        let mut seed = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), seed.as_mut_slice()).map_err(|_| ConfigError::Content {
            path,
            problem: "an operator key is 64 hex digits".to_owned(),
        })?;
        Ok(KeyPair::from_seed(&seed))
    }

    /// Keeps the anchoring key.
    pub fn save_anchoring_key(&self, text: &str) -> Result<(), ConfigError> {
        self.write_secret(&self.anchoring_key(), text.trim().as_bytes())
    }

    /// The key of the ledger's opener, where another one anchors: needed to name the next, and to take the bond back.
    pub fn opener_key(&self) -> PathBuf {
        self.0.join("opener.key")
    }

    /// Keeps the key of the ledger's opener.
    pub fn save_opener_key(&self, text: &str) -> Result<(), ConfigError> {
        self.write_secret(&self.opener_key(), text.trim().as_bytes())
    }

    /// The anchoring key as text.
    pub fn load_anchoring_key(&self) -> Result<Zeroizing<String>, ConfigError> {
        read_secret(&self.anchoring_key())
    }

    /// Whole or not at all: half a key would be in the way of every later start.
    fn write_secret(&self, path: &Path, bytes: &[u8]) -> Result<(), ConfigError> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let half = path.with_extension("new");
        let written = options.open(&half).and_then(|mut file| {
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
            file.write_all(bytes)?;
            file.sync_all()?;
            std::fs::rename(&half, path)?;
            File::open(&self.0)?.sync_all()
        });
        written.map_err(|source| Self::failed(path, source))
    }

    fn failed(path: &Path, source: std::io::Error) -> ConfigError {
        ConfigError::File { path: path.to_owned(), source }
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

/// A secret from a file that its owner alone can read.
pub fn read_secret(path: &Path) -> Result<Zeroizing<String>, ConfigError> {
    let failed = |source| ConfigError::File { path: path.to_owned(), source };
    let mut file = File::open(path).map_err(failed)?;
    let mode = file.metadata().map_err(failed)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(ConfigError::Exposed { path: path.to_owned(), mode });
    }
    let mut text = Zeroizing::new(String::new());
    file.read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

/// Random bytes from the system.
pub fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>, ConfigError> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| ConfigError::Random(error.to_string()))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests;

//! The data folder of a node: what lies where, and its secrets, each in a file of its own that its owner alone can read.

use super::{Config, ConfigError, random};
use protocol::signing::KeyPair;
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

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
    /// What a backup needs beside store and chain, in the order in which it is read: the operator's next key, which may take the
    /// place of the other one at any moment, is the first, and the configuration the last.
    pub fn files(&self) -> [PathBuf; 5] {
        [
            self.next_operator_key(),
            self.operator_key(),
            self.anchoring_key(),
            self.opener_key(),
            self.config(),
        ]
    }
    fn config(&self) -> PathBuf {
        self.0.join("node.toml")
    }
    fn operator_key(&self) -> PathBuf {
        self.0.join("operator.key")
    }
    /// The operator's key that is to take the place of the other one, as long as it has not.
    pub fn next_operator_key(&self) -> PathBuf {
        self.0.join("operator-next.key")
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
        self.draw_key(&self.operator_key())
    }

    /// The operator's key.
    pub fn load_operator_key(&self) -> Result<KeyPair, ConfigError> {
        load_key(&self.operator_key())
    }

    /// Draws the key that is to take the place of the operator's; gives the one that is there already.
    pub fn draw_next_operator_key(&self) -> Result<KeyPair, ConfigError> {
        self.draw_key(&self.next_operator_key())
    }

    /// The key that is to take the place of the operator's, if there is one.
    pub fn load_next_operator_key(&self) -> Result<Option<KeyPair>, ConfigError> {
        let path = self.next_operator_key();
        path.exists().then(|| load_key(&path)).transpose()
    }

    /// Puts the next key of the operator in the place of the other one, which is gone with that.
    pub fn adopt_next_operator_key(&self) -> Result<(), ConfigError> {
        let next = self.next_operator_key();
        let moved =
            std::fs::rename(&next, self.operator_key()).and_then(|()| File::open(&self.0)?.sync_all());
        moved.map_err(|source| Self::failed(&next, source))
    }

    fn draw_key(&self, path: &Path) -> Result<KeyPair, ConfigError> {
        if !path.exists() {
            let seed = random::<32>()?;
            let text = Zeroizing::new(hex::encode(seed.as_slice()));
            self.write_secret(path, text.as_bytes())?;
        }
        load_key(path)
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

fn load_key(path: &Path) -> Result<KeyPair, ConfigError> {
    let text = read_secret(path)?;
    let mut seed = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text.trim(), seed.as_mut_slice()).map_err(|_| ConfigError::Content {
        path: path.to_owned(),
        problem: "an operator key is 64 hex digits".to_owned(),
    })?;
    Ok(KeyPair::from_seed(&seed))
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

//! Making a node: keys, configuration, and its ledger opened on the chain. Broken off before the configuration is written,
//! it is carried on by running it again; after that by `serve`, which opens what is not open yet.

use crate::config::{
    AnchoringConfig, ChainConfig, Config, ConfigError, FeeConfig, Folder, LedgerConfig, check_site,
    endpoints, random, read_secret,
};
use crate::run::{RunError, open_ledger};
use anchors::devnet::Devnet;
use anchors::evm::Deployment;
use anchors::fraud::Judge;
use anchors::{
    AnchorError, AnchorReader as _, AnchoringKey, Chain, Clock, EvmChain, EvmOptions, TxState, follow,
};
use protocol::dossier;
use protocol::{Address, Digest, PublicKey};
use std::io::Read as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

/// The bond where none is chosen: 0.01 of the chain's coin, the minimum of the development chain's contract.
pub const BOND_WEI: u128 = 10_u128.pow(16);

/// What a judge that is deployed takes as the deposit of a challenge: 0.001 of the chain's coin, about what an answer costs
/// at 10 gwei a unit of gas. It pays the operator for answering.
const DEPOSIT_WEI: u128 = 10_u128.pow(15);

/// The environment variable that may hold the anchoring key.
const KEY_VARIABLE: &str = "VOUCHSAFE_ANCHORING_KEY";

/// Why no node was made.
#[derive(Debug, thiserror::Error)]
pub enum InitError {
    /// The node is made, its ledger is not open on the chain.
    #[error(
        "{source}. The folder is complete, only its ledger is not open yet: once that is mended, \
         `vouchsafe-node serve --data {}` opens it", .folder.display()
    )]
    NotOpened {
        /// The data folder.
        folder: PathBuf,
        /// What stood in the way.
        source: Box<RunError>,
    },
    /// The folder.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An argument, or a key; never the key itself.
    #[error("{0}")]
    Argument(String),
    /// The chain.
    #[error(transparent)]
    Anchor(#[from] AnchorError),
    /// The contract's deployment did not come to its end.
    #[error("the contract was not deployed: {0}")]
    Deployment(String),
}

/// Which chain a new node uses.
pub enum ChainChoice {
    /// The embedded development chain.
    Devnet,
    /// A chain behind endpoints.
    Evm(Box<EvmChoice>),
}

/// A chain behind endpoints.
pub struct EvmChoice {
    /// Asked in this order.
    pub endpoints: Vec<String>,
    /// EIP-155 id.
    pub chain_id: u64,
    /// The contract; a new one is deployed where there is none.
    pub contract: Option<Address>,
    /// The judge; a new one is deployed where there is none.
    pub judge: Option<Address>,
    /// Pays.
    pub key: AnchoringKey,
    /// The same as text, to be kept.
    pub key_text: Zeroizing<String>,
}

/// What was made.
pub struct Made {
    /// The ledger.
    pub ledger: dossier::Ledger,
    /// Signs receipts.
    pub operator_key: PublicKey,
    /// May take the bond, once the node serves and answers before it.
    pub judge: Address,
    /// The chain proves nothing to outsiders.
    pub development: bool,
}

/// Makes a node and opens its ledger.
pub async fn init(
    folder: &Folder,
    choice: ChainChoice,
    site: String,
    listen: SocketAddr,
    bond_wei: u128,
    anchor_interval_s: u64,
) -> Result<Made, InitError> {
    check_site(&site).map_err(|problem| InitError::Argument(format!("--site: {problem}")))?;
    let anchoring = AnchoringConfig::every(anchor_interval_s);
    anchoring.check().map_err(|problem| InitError::Argument(format!("--anchor-interval: {problem}")))?;
    folder.create()?;
    let operator = folder.draw_operator_key()?;
    let (chain, judge, opener) = match choice {
        ChainChoice::Devnet => {
            let key = Devnet::development_key(0).map_err(|error| InitError::Argument(error.to_string()))?;
            (ChainConfig::Devnet, Devnet::judge(), key.address())
        }
        ChainChoice::Evm(choice) => {
            let opener = choice.key.address();
            let (contract, judge, from_block) = find_contracts(&choice, bond_wei).await?;
            let EvmChoice { endpoints, chain_id, key_text, .. } = *choice;
            folder.save_anchoring_key(&key_text)?;
            let fees = FeeConfig::default();
            let chain =
                ChainConfig::Evm { chain_id, contract, endpoints, from_block, confirmations: 64, fees };
            (chain, judge, opener)
        }
    };
    let salt = Digest::new(*random::<32>()?);
    let ledger = LedgerConfig { opener, salt, bond_wei };
    let mut config = Config::new(site.trim_end_matches('/').to_owned(), listen, chain, Some(judge), ledger);
    config.anchoring = anchoring;
    folder.save(&config)?;
    let development = chain_of(&config).development;
    let done = open_ledger(folder, &Clock::system()).await;
    let ledger = done
        .map_err(|source| InitError::NotOpened { folder: folder.path().to_owned(), source: source.into() })?;
    Ok(Made { ledger, operator_key: operator.public(), judge, development })
}

/// The contract and the judge to use, and the first block that can hold events of the ledger.
async fn find_contracts(choice: &EvmChoice, bond_wei: u128) -> Result<(Address, Address, u64), InitError> {
    let at = |contract| -> Result<EvmChain<AnchoringKey>, InitError> {
        let endpoints = endpoints(&choice.endpoints).map_err(InitError::Argument)?;
        let chain = EvmChain::new(&EvmOptions::new(Chain::new(choice.chain_id, contract), endpoints))?;
        Ok(chain.signing_with(choice.key.clone()))
    };
    let nowhere = at(Address::new([0; 20]))?;
    let from_block = nowhere.head().await?.latest.number;
    let contract = match choice.contract {
        Some(contract) => contract,
        None => deployed(&nowhere, nowhere.deploy(bond_wei).await?).await?,
    };
    let chain = at(contract)?;
    let judge = match choice.judge {
        Some(judge) => judge,
        None => deployed(&chain, chain.deploy_judge(DEPOSIT_WEI).await?).await?,
    };
    // Whoever is put under another contract's judge by mistake has a bond that backs nothing.
    Judge::new(chain, judge).deposit_wei().await?;
    Ok((contract, judge, from_block))
}

async fn deployed(chain: &EvmChain<AnchoringKey>, deployment: Deployment) -> Result<Address, InitError> {
    let anchors::Submission::Sent { tx } = deployment.submission else {
        return Err(InitError::Deployment("another transaction of the account is on its way".to_owned()));
    };
    let (often, at_most) = (Duration::from_millis(500), Duration::from_mins(2));
    match wait_mined(chain, tx, often, at_most).await? {
        TxState::Mined { .. } => Ok(deployment.contract),
        other => Err(InitError::Deployment(format!("its transaction is {other:?}"))),
    }
}

/// Follows a transaction into a block; its finality is not waited for.
pub(crate) async fn wait_mined(
    chain: &EvmChain<AnchoringKey>,
    tx: Digest,
    often: Duration,
    at_most: Duration,
) -> Result<TxState, AnchorError> {
    let deadline = tokio::time::Instant::now() + at_most;
    loop {
        let state = follow(chain, tx, often, often).await?;
        let open = matches!(state, TxState::Pending | TxState::Unknown);
        if !open || tokio::time::Instant::now() > deadline {
            return Ok(state);
        }
        tokio::time::sleep(often).await;
    }
}

/// The anchoring key's text: from a file, from standard input, or from the environment.
pub fn anchoring_key_text(file: Option<&Path>) -> Result<Zeroizing<String>, InitError> {
    match file {
        Some(path) if path == Path::new("-") => {
            let mut text = Zeroizing::new(String::new());
            let read = std::io::stdin().read_to_string(&mut text);
            read.map_err(|error| InitError::Argument(format!("standard input: {error}")))?;
            Ok(text)
        }
        Some(path) => Ok(read_secret(path)?),
        None => std::env::var(KEY_VARIABLE).map(Zeroizing::new).map_err(|_| {
            InitError::Argument(format!("no anchoring key: give --anchoring-key FILE, or set {KEY_VARIABLE}"))
        }),
    }
}

/// The chain that a configuration names.
pub fn chain_of(config: &Config) -> Chain {
    match &config.chain {
        ChainConfig::Devnet => Devnet::chain(),
        ChainConfig::Evm { chain_id, contract, .. } => Chain::new(*chain_id, *contract),
    }
}

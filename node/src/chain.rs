//! The chain of a node: made from its configuration, and the opening of its ledger there.

use crate::config::{ChainConfig, Config, ConfigError, Folder, endpoints};
use crate::ledger::outbox::record_opening;
use crate::ledger::rows::number_key;
use crate::observe;
use crate::store::{Store, StoreError, Table};
use anchors::devnet::{Devnet, DevnetError};
use anchors::fraud::Judge;
use anchors::{
    AnchorError, AnchorWriter, AnchoringKey, Chain, Clock, EvmChain, EvmOptions, FinalityRule, LedgerFacts,
    Opening, Watch,
};
use protocol::PublicKey;
use protocol::checkpoint::Checkpoint;
use protocol::signing::KeyPair;
use std::sync::Arc;
use std::time::Duration;

/// Why the chain can not be used.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// The configuration is not in order.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// An address or a key is not in order; never the key itself.
    #[error("{0}")]
    Setting(String),
    /// The embedded chain's file.
    #[error(transparent)]
    Devnet(#[from] DevnetError),
    /// The chain did not answer, or refused.
    #[error(transparent)]
    Anchor(#[from] AnchorError),
    /// The opening was sent and is not in a block.
    #[error("the opening of the ledger is not in a block after {0} s: start again later, nothing is lost")]
    NotMined(u64),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A chain that is ready to be written.
pub struct Connected {
    /// Reads and writes it.
    pub writer: Arc<dyn AnchorWriter>,
    /// Who judges the ledger, where the configuration names somebody.
    pub judge: Option<Judge<AnchoringKey>>,
    /// The chain itself, where it lives in this process.
    pub devnet: Option<Arc<Devnet>>,
}

/// Makes the chain of a configuration. An external one is not asked anything yet: it may be down.
pub fn connect(folder: &Folder, config: &Config, clock: &Clock) -> Result<Connected, ChainError> {
    match &config.chain {
        ChainConfig::Devnet => {
            let devnet = Devnet::open(&folder.devnet(), clock.clone())?;
            let key = Devnet::development_key(0).map_err(|error| ChainError::Setting(error.to_string()))?;
            let chain = devnet.client().signing_with(key);
            Ok(Connected { judge: judge(&chain, config), writer: Arc::new(chain), devnet: Some(devnet) })
        }
        ChainConfig::Evm { .. } => {
            let mut options = evm_options(&config.chain).map_err(ChainError::Setting)?;
            options.watch = Watch::new(observe::endpoint_trouble);
            let text = folder.load_anchoring_key()?;
            let key =
                AnchoringKey::from_hex(&text).map_err(|error| ChainError::Setting(error.to_string()))?;
            let chain = EvmChain::new(&options)?.signing_with(key);
            Ok(Connected { judge: judge(&chain, config), writer: Arc::new(chain), devnet: None })
        }
    }
}

/// How an external chain of a configuration is reached; in words where it is none, or an address is not in order.
pub fn evm_options(chain: &ChainConfig) -> Result<EvmOptions, String> {
    let ChainConfig::Evm { chain_id, contract, endpoints: addresses, from_block, confirmations, fees } =
        chain
    else {
        let what = "the node anchors on its development chain, whose keys everybody knows: nothing is at stake there";
        return Err(what.to_owned());
    };
    let mut options = EvmOptions::new(Chain::new(*chain_id, *contract), endpoints(addresses)?);
    options.from_block = *from_block;
    options.finality = FinalityRule::Tag { else_confirmations: *confirmations };
    options.fees = (*fees).into();
    Ok(options)
}

/// What the ledger of this configuration is opened with.
pub fn opening(config: &Config, operator_key: PublicKey) -> Opening {
    Opening { salt: config.ledger.salt, operator_key, bond_wei: config.ledger.bond_wei }
}

fn judge(chain: &EvmChain<AnchoringKey>, config: &Config) -> Option<Judge<AnchoringKey>> {
    config.judge.map(|address| Judge::new(chain.clone(), address))
}

/// Whether the store knows that the ledger was opened.
pub fn is_opening_recorded(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.snapshot()?.get(Table::Checkpoints, &number_key(0))?.is_some())
}

/// Opens the ledger on its chain unless it is open there, and writes that down. Safe to repeat: whatever broke off is
/// carried on.
pub async fn ensure_opened(
    store: &dyn Store,
    writer: &dyn AnchorWriter,
    config: &Config,
    operator: &KeyPair,
    wait_s: u64,
) -> Result<(), ChainError> {
    if is_opening_recorded(store)? {
        return Ok(());
    }
    let facts = opened(writer, config, operator, wait_s).await?;
    let opened = Some((&facts.opened, facts.finality));
    Ok(record_opening(store, Checkpoint::genesis(facts.operator_key), opened)?)
}

async fn opened(
    writer: &dyn AnchorWriter,
    config: &Config,
    operator: &KeyPair,
    wait_s: u64,
) -> Result<LedgerFacts, ChainError> {
    let ledger = config.origin(writer.chain()).ledger();
    let opening = opening(config, operator.public());
    for second in 0..=wait_s {
        match writer.ledger(ledger).await {
            Ok(facts) => return Ok(facts),
            Err(AnchorError::NotFound(_)) => {}
            Err(error) => return Err(error.into()),
        }
        // Sending again while it is on its way sends nothing.
        if second == 0 {
            writer.open(&opening).await?;
        } else {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
    Err(ChainError::NotMined(wait_s))
}

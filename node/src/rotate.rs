//! Another key for anchoring: named on the contract by the ledger's opener, then put in the place of the old one.
//!
//! Safe to repeat: what broke off is carried on. The opener's key is never thrown away; without it nobody could name the
//! next anchorer or take the bond back.

use crate::config::{ChainConfig, Config, ConfigError, Folder, endpoints};
use crate::init::wait_mined;
use anchors::{
    AnchorError, AnchorReader as _, AnchoringKey, Chain, EvmChain, EvmOptions, Submission, TxState,
};
use protocol::Address;
use std::time::Duration;
use zeroize::Zeroizing;

/// Why the key was not changed.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// The data folder.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A key or an address is not in order; never the key itself.
    #[error("{0}")]
    Setting(String),
    /// The chain did not answer, or refused.
    #[error(transparent)]
    Anchor(#[from] AnchorError),
    /// Another key than the opener's was given.
    #[error(
        "the key is of account {given}, the ledger was opened by {opener}: give the opener's by --opener-key"
    )]
    NotTheOpener {
        /// Its account.
        given: Address,
        /// Whose key is due.
        opener: Address,
    },
    /// The transaction did not take effect.
    #[error(
        "the transaction that names the new anchorer {0}: run the same command again; nothing was changed here"
    )]
    NotNamed(String),
}

/// What was done.
#[derive(Debug)]
pub struct Rotated {
    /// Who anchored before.
    pub before: Address,
    /// Who anchors from now on.
    pub anchorer: Address,
}

/// Names the account of `new_key` the anchorer and makes it the folder's anchoring key. The node must not be running.
pub async fn rotate(
    folder: &Folder,
    config: &Config,
    opener_key: Zeroizing<String>,
    new_key: Zeroizing<String>,
) -> Result<Rotated, RotateError> {
    let ChainConfig::Evm { chain_id, contract, endpoints: addresses, .. } = &config.chain else {
        let what =
            "the node anchors on its development chain, whose keys everybody knows: there is none to change";
        return Err(RotateError::Setting(what.to_owned()));
    };
    let key =
        |text: &str| AnchoringKey::from_hex(text).map_err(|error| RotateError::Setting(error.to_string()));
    let (opener, anchorer) = (key(&opener_key)?, key(&new_key)?.address());
    if opener.address() != config.ledger.opener {
        return Err(RotateError::NotTheOpener { given: opener.address(), opener: config.ledger.opener });
    }
    let chain = Chain::new(*chain_id, *contract);
    let options = EvmOptions::new(chain, endpoints(addresses).map_err(RotateError::Setting)?);
    let chain_client = EvmChain::new(&options)?.signing_with(opener);
    let ledger = config.origin(chain).ledger();
    let before = chain_client.ledger(ledger).await?.anchorer;
    if before != anchorer {
        let Submission::Sent { tx } = chain_client.set_anchorer(ledger, anchorer).await? else {
            let what = "was not sent, because another one of that account is on its way";
            return Err(RotateError::NotNamed(what.to_owned()));
        };
        let (often, at_most) = (Duration::from_millis(500), Duration::from_mins(5));
        match wait_mined(&chain_client, tx, often, at_most).await? {
            TxState::Mined { .. } => {}
            other => return Err(RotateError::NotNamed(format!("is {other:?}"))),
        }
    }
    folder.save_opener_key(&opener_key)?;
    folder.save_anchoring_key(&new_key)?;
    Ok(Rotated { before, anchorer })
}

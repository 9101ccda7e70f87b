//! What the account that opened the ledger does beside anchoring: it names another anchoring key, adds to the bond, takes what
//! challengers paid, ends the ledger and takes the bond back.
//!
//! The opener's key is never thrown away; without it nobody could name the
//! next anchorer or take the bond back.

use crate::chain::evm_options;
use crate::config::{Config, ConfigError, Folder};
use crate::init::wait_mined;
use crate::ledger::rows::{Published, ReadError, key_number, number_key};
use crate::store::{Span, Store, StoreError, Table};
use anchors::fraud::Judge;
use anchors::{
    AnchorError, AnchorReader as _, AnchorWriter as _, AnchoringKey, Bond, EvmChain, Finality, Refusal,
    Submission, TxState,
};
use protocol::{Address, Digest, LedgerId};
use std::fmt::Debug;
use std::time::Duration;
use zeroize::Zeroizing;

/// Why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum OpenerError {
    /// The data folder.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The store.
    #[error(transparent)]
    Read(#[from] ReadError),
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
    /// The opener's account has not put the ledger under its judge.
    #[error(
        "the ledger is not under its judge {0} yet, which the opener's account sees to when the node serves: start the node \
         once with the key that it has; nothing was changed"
    )]
    NotUnderItsJudge(Address),
    /// Entries that no checkpoint on the chain covers: their receipts promise one.
    #[error(
        "{0} entries wait for an anchor that their receipts promise: keep steps away from the node, let it run until \
         vouchsafe_unanchored_entries is 0, stop it, and close then; nothing was changed"
    )]
    Unanchored(u64),
    /// The chain has a newer checkpoint than this store, or another one.
    #[error(
        "the chain's newest checkpoint, number {0}, is not one of this store: an old backup was put back, or another node \
         anchors this ledger; nothing was changed"
    )]
    OtherHistory(u64),
    /// The chain may still forget the newest checkpoint, and a closed ledger takes it no second time.
    #[error("the newest checkpoint, number {0}, is not final yet: wait until it is; nothing was changed")]
    NotFinal(u64),
    /// Every deposit was collected, or there was none.
    #[error(
        "no deposit is owed to {0}: each challenge that the node answers leaves one, and what was collected is not owed again"
    )]
    NothingOwed(Address),
    /// Another transaction of the account comes first.
    #[error(
        "transaction {0} of that account is on its way: run the same command again when it stands in a block"
    )]
    InFlight(u64),
    /// The transaction was refused in its block.
    #[error("transaction {tx} failed in its block: {why}; nothing was changed")]
    Failed {
        /// Its hash.
        tx: Digest,
        /// In the contract's words.
        why: Refusal,
    },
    /// The transaction is not in a block yet.
    #[error(
        "transaction {0} stands in no block after five minutes, and may still do so: see what `vouchsafe-node bond show` \
         says before you run the same command again"
    )]
    Waiting(Digest),
}

impl From<StoreError> for OpenerError {
    fn from(error: StoreError) -> Self {
        Self::Read(error.into())
    }
}

/// What was done.
#[derive(Debug)]
pub struct Rotated {
    /// Who anchored before.
    pub before: Address,
    /// Who anchors from now on.
    pub anchorer: Address,
}

/// What the opener has on the chain.
#[derive(Debug)]
pub struct Stake {
    /// What lies behind the ledger.
    pub bond: Bond,
    /// Wei of deposits, of challenges that were answered, which the opener has not collected.
    pub deposits_wei: u128,
}

/// What is at stake for the ledger of this configuration, by its chain.
pub async fn stake(config: &Config) -> Result<Stake, OpenerError> {
    let (client, ledger) = reader(config)?;
    stake_of(&client, ledger, config.judge).await
}

async fn stake_of<K: Clone + Debug + Send + Sync>(
    client: &EvmChain<K>,
    ledger: LedgerId,
    judge: Option<Address>,
) -> Result<Stake, OpenerError> {
    let bond = client.bond(ledger).await?;
    let deposits_wei = match judge {
        Some(judge) => Judge::new(client.clone(), judge).deposits_wei(bond.opener).await?,
        None => 0,
    };
    Ok(Stake { bond, deposits_wei })
}

fn reader(config: &Config) -> Result<(EvmChain, LedgerId), OpenerError> {
    let options = evm_options(&config.chain).map_err(OpenerError::Setting)?;
    Ok((EvmChain::new(&options)?, config.origin(options.chain).ledger()))
}

/// The opener's account on the ledger's chain.
pub struct Opener {
    client: EvmChain<AnchoringKey>,
    ledger: LedgerId,
    judge: Option<Address>,
}

impl Opener {
    /// The key must be the opener's.
    pub fn new(config: &Config, key: &str) -> Result<Self, OpenerError> {
        let (client, ledger) = reader(config)?;
        let key = account(key)?;
        if key.address() != config.ledger.opener {
            return Err(OpenerError::NotTheOpener { given: key.address(), opener: config.ledger.opener });
        }
        Ok(Self { client: client.signing_with(key), ledger, judge: config.judge })
    }

    /// Names the account of `new_key` the anchorer and makes it the folder's anchoring key. Safe to repeat: what broke off is
    /// carried on. The node must not be running.
    pub async fn rotate(
        &self,
        folder: &Folder,
        opener_key: &Zeroizing<String>,
        new_key: &Zeroizing<String>,
    ) -> Result<Rotated, OpenerError> {
        let anchorer = account(new_key)?.address();
        let before = self.client.ledger(self.ledger).await?.anchorer;
        if let Some(judge) = self.judge()
            && before == self.client.account()
            && !judge.is_judge_of(self.ledger).await?
        {
            return Err(OpenerError::NotUnderItsJudge(judge.address()));
        }
        if before != anchorer {
            self.done(self.client.set_anchorer(self.ledger, anchorer).await?).await?;
        }
        folder.save_opener_key(opener_key)?;
        folder.save_anchoring_key(new_key)?;
        Ok(Rotated { before, anchorer })
    }

    /// Adds to the bond.
    pub async fn top_up(&self, wei: u128) -> Result<(), OpenerError> {
        self.done(self.client.top_up(self.ledger, wei).await?).await
    }

    /// Ends the ledger for good, if all that its receipts promise is kept. The node must not be running.
    pub async fn close(&self, store: &dyn Store) -> Result<(), OpenerError> {
        let unanchored = self.unanchored(store).await?;
        if unanchored > 0 {
            return Err(OpenerError::Unanchored(unanchored));
        }
        self.done(self.client.close(self.ledger).await?).await
    }

    /// Takes the bond back.
    pub async fn withdraw(&self) -> Result<(), OpenerError> {
        self.done(self.client.withdraw(self.ledger).await?).await
    }

    /// Takes the deposits of challenges that were answered; gives what they came to, in wei.
    pub async fn collect(&self) -> Result<u128, OpenerError> {
        let account = self.client.account();
        let judge = self.judge().ok_or(OpenerError::NothingOwed(account))?;
        let wei = judge.deposits_wei(account).await?;
        if wei == 0 {
            return Err(OpenerError::NothingOwed(account));
        }
        self.done(judge.send(judge.collect_deposits()).await?).await?;
        Ok(wei)
    }

    /// What is at stake now.
    pub async fn stake(&self) -> Result<Stake, OpenerError> {
        stake_of(&self.client, self.ledger, self.judge).await
    }

    fn judge(&self) -> Option<Judge<AnchoringKey>> {
        self.judge.map(|judge| Judge::new(self.client.clone(), judge))
    }

    /// Entries of the store that no checkpoint of the chain covers for good.
    async fn unanchored(&self, store: &dyn Store) -> Result<u64, OpenerError> {
        let number = self.client.latest(self.ledger).await?.number;
        let newest = self.client.checkpoint(self.ledger, number).await?;
        let snapshot = store.snapshot()?;
        let ours = snapshot.get(Table::Checkpoints, &number_key(number))?;
        let ours = ours.map(|row| Published::decode(&row)).transpose()?;
        if ours.is_none_or(|ours| ours.checkpoint != newest.checkpoint) {
            return Err(OpenerError::OtherHistory(number));
        }
        let last = snapshot.last(Table::Entries, Span::all())?;
        let size = last.map_or(Ok(0), |row| key_number(Table::Entries, &row.key).map(|index| index + 1))?;
        match size.saturating_sub(newest.checkpoint.size) {
            0 if newest.finality != Finality::Final => Err(OpenerError::NotFinal(number)),
            unanchored => Ok(unanchored),
        }
    }

    /// Waits for the block.
    async fn done(&self, sent: Submission) -> Result<(), OpenerError> {
        let tx = match sent {
            Submission::Sent { tx } | Submission::Replaced { tx, .. } => tx,
            Submission::InFlight { nonce } => return Err(OpenerError::InFlight(nonce)),
            Submission::AlreadyAnchored => return Ok(()),
        };
        let (often, at_most) = (Duration::from_millis(500), Duration::from_mins(5));
        match wait_mined(&self.client, tx, often, at_most).await? {
            TxState::Mined { .. } => Ok(()),
            TxState::Failed { reason, .. } => Err(OpenerError::Failed { tx, why: reason }),
            TxState::Pending | TxState::Unknown => Err(OpenerError::Waiting(tx)),
        }
    }
}

fn account(key: &str) -> Result<AnchoringKey, OpenerError> {
    AnchoringKey::from_hex(key).map_err(|error| OpenerError::Setting(error.to_string()))
}

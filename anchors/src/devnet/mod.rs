//! A development chain inside this process: an EVM that runs the committed contract, a block a transaction.
//!
//! In scope: what `alloy`, `cast` and our own client ask of a chain, over JSON-RPC or within the process, and a file that
//! survives restarts. Not in scope: any proof to outsiders. Whoever runs it can rewrite it, its accounts are known to
//! everybody, and it says so: chain id 31337, `web3_clientVersion`, and [`Chain::development`](crate::Chain).

mod chain;
mod error;
mod execute;
mod genesis;
mod journal;
mod rpc;
mod trie;

pub use error::DevnetError;
pub use genesis::DEVELOPMENT_KEYS;

use crate::clock::Clock;
use crate::evm::{AnchoringKey, Cause, EvmChain, EvmOptions, Exchange, KeyError};
use crate::reader::{Chain, DEVELOPMENT_CHAIN_ID};
use async_trait::async_trait;
use chain::{Blocks, Refused};
use journal::Journal;
use protocol::Address;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The embedded development chain. Blocks are final at once; a block's time is the clock's, to the second, and never
/// goes back.
pub struct Devnet {
    clock: Clock,
    state: Mutex<State>,
}

struct State {
    blocks: Blocks,
    journal: Option<Journal>,
}

impl Devnet {
    /// The chain kept in this file; a new one, with the contract deployed, if there is none. The file belongs to one
    /// process at a time. Blocks: reads the whole file and runs its transactions again.
    pub fn open(path: &Path, clock: Clock) -> Result<Arc<Self>, DevnetError> {
        let (journal, blocks) = Journal::open(path, clock.now() / 1000)?;
        Ok(Self::with(clock, State { blocks, journal: Some(journal) }))
    }

    /// A new chain that is gone with the process.
    pub fn in_memory(clock: Clock) -> Arc<Self> {
        let blocks = Blocks::genesis(clock.now() / 1000);
        Self::with(clock, State { blocks, journal: None })
    }

    fn with(clock: Clock, state: State) -> Arc<Self> {
        Arc::new(Self { clock, state: Mutex::new(state) })
    }

    /// Its id, and the contract that lies on it from the first block on.
    pub fn chain() -> Chain {
        Chain::new(DEVELOPMENT_CHAIN_ID, crate::contract::address(genesis::contract()))
    }

    /// The judge that lies on it from the first block on.
    pub fn judge() -> Address {
        crate::contract::address(genesis::judge())
    }

    /// One of its ten funded accounts, the same as `anvil`'s; counted from 0. Everybody knows their keys.
    pub fn development_key(account: usize) -> Result<AnchoringKey, KeyError> {
        AnchoringKey::from_hex(DEVELOPMENT_KEYS.get(account).copied().unwrap_or_default())
    }

    /// Reads it within the process. With [`EvmChain::signing_with`] it is written, too.
    pub fn client(self: &Arc<Self>) -> EvmChain {
        let exchange: Arc<dyn Exchange> = Arc::new(InProcess(Arc::clone(self)));
        EvmChain::over(vec![exchange], &EvmOptions::new(Self::chain(), Vec::new()))
    }

    /// Answers a JSON-RPC request, or a batch of them, as the body of a POST to `/rpc`; empty if it asks for no answer.
    /// Blocks until what it wrote is on the disk: within async code, call it on a thread that may block.
    pub fn answer(&self, request: &[u8]) -> Vec<u8> {
        rpc::answer(self, request)
    }

    /// Executes a signed transaction in a block of its own. When it returns, the block is on the disk.
    fn send(&self, raw: &[u8]) -> Result<chain::Hash, Refused> {
        let tx = execute::decode(raw)?;
        let mut state = self.lock();
        let State { blocks, journal } = &mut *state;
        let next = blocks.execute(tx, self.clock.now() / 1000)?;
        let hash = next.tx_hash();
        if let Some(journal) = journal {
            journal.append(next.time(), raw, next.hash()).map_err(Refused::Unwritten)?;
        }
        // The block counts from here on: it is on the disk, and shown to everybody.
        blocks.push(next);
        Ok(hash)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Devnet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Devnet").field("chain", &Self::chain()).finish_non_exhaustive()
    }
}

struct InProcess(Arc<Devnet>);

#[async_trait]
impl Exchange for InProcess {
    fn name(&self) -> String {
        "the embedded development chain".to_owned()
    }

    async fn exchange(&self, request: Vec<u8>) -> Result<Vec<u8>, Cause> {
        let devnet = Arc::clone(&self.0);
        Ok(tokio::task::spawn_blocking(move || devnet.answer(&request)).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::AnchorError;
    use crate::reader::{AnchorReader as _, DEVELOPMENT_MINIMUM_BOND_WEI};
    use crate::writer::{AnchorWriter as _, Opening};
    use protocol::{Digest, PublicKey};

    #[tokio::test]
    async fn a_block_that_can_not_be_written_does_not_count() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("chain.jsonl");
        let devnet = Devnet::open(&path, Clock::new(|| 0)).expect("opens");
        let before = std::fs::read(&path).expect("reads");
        devnet.lock().journal.as_mut().expect("a journal").refuse_writes();
        let writer = devnet.client().signing_with(Devnet::development_key(0).expect("a key"));
        let (salt, operator_key) = (Digest::ZERO, PublicKey::NOBODY);
        let opening = Opening { salt, operator_key, bond_wei: DEVELOPMENT_MINIMUM_BOND_WEI };
        for reason in ["cannot write", "takes no more blocks"] {
            let error = writer.open(&opening).await.expect_err("fails");
            assert!(matches!(error, AnchorError::OutOfReach { .. }), "{error}");
            assert!(error.to_string().contains(reason), "{error}");
        }
        assert_eq!(writer.head().await.expect("answers").latest.number, 0);
        assert_eq!(std::fs::read(&path).expect("reads"), before);
    }
}

//! Where checkpoints are anchored: the chain as the rest of the product sees it.
//!
//! In scope: reading what a contract of docs/protocol.md section 12 anchored, writing to it, and telling three outcomes
//! apart everywhere: final, pending, out of reach; and the judge that takes an operator's bond ([`fraud`]). Implementations: [`EvmChain`] speaks to any EVM chain over JSON-RPC,
//! [`devnet`] is a development chain inside the process, [`MemoryChain`] fails on demand, for tests.
//! Out of scope: when to anchor and what to remember about it (the node's outbox), and what an anchored checkpoint
//! proves (`protocol::verify`).

#![forbid(unsafe_code)]

mod around;
mod clock;
mod contract;
#[cfg(feature = "devnet")]
pub mod devnet;
mod error;
pub mod evm;
mod follow;
pub mod fraud;
pub mod memory;
mod reader;
mod trusted;
mod writer;

pub use around::{Around, checkpoints_around};
pub use clock::Clock;
#[cfg(feature = "devnet")]
pub use devnet::{Devnet, DevnetError};
pub use error::{AnchorError, Missing, Refusal};
pub use evm::{AnchoringKey, Endpoint, EvmChain, EvmOptions, FeePolicy, FinalityRule, Trouble, Watch};
pub use follow::follow;
pub use fraud::JudgeRefusal;
pub use memory::{Fault, MemoryChain};
pub use reader::{
    AnchorReader, AnchoredCheckpoint, Block, Bond, Chain, DEVELOPMENT_CHAIN_ID, DEVELOPMENT_DEPOSIT_WEI,
    DEVELOPMENT_MINIMUM_BOND_WEI, Finality, Head, LedgerFacts, Phase, Place, Tip, TxState,
};
pub use trusted::{TrustedFacts, trusted_checkpoint};
pub use writer::{AnchorWriter, Opening, Submission};

//! Where checkpoints are anchored: the chain as the rest of the product sees it.
//!
//! In scope: reading what a contract of docs/protocol.md section 12 anchored, writing to it, and telling three outcomes
//! apart everywhere: final, pending, out of reach. Implementations: [`MemoryChain`] fails on demand, for tests.
//! Out of scope: when to anchor and what to remember about it (the node's outbox), and what an anchored checkpoint
//! proves (`protocol::verify`).

#![forbid(unsafe_code)]

mod clock;
mod error;
mod follow;
pub mod memory;
mod reader;
mod trusted;
mod writer;

pub use clock::Clock;
pub use error::{AnchorError, Missing, Refusal};
pub use follow::follow;
pub use memory::{Fault, MemoryChain};
pub use reader::{
    AnchorReader, AnchoredCheckpoint, Block, Chain, DEVELOPMENT_CHAIN_ID, Finality, Head, LedgerFacts, Phase,
    Place, Tip, TxState,
};
pub use trusted::{TrustedFacts, trusted_checkpoint};
pub use writer::{AnchorWriter, Opening, Submission};

//! The judge `FraudProofs` on an EVM chain (docs/protocol.md section 13): accusing, challenging, answering, and what
//! backs a ledger.
//!
//! In scope: call data out of `protocol::fraud`, what a call would cost and bring, its refusals in words, the events of
//! challenges. Out of scope: finding contradictions (`protocol::fraud::find`), when to answer (the node), and waiting
//! between commitment and report (the command).

mod calls;
mod code;
mod contract;
mod events;
mod judge;
mod refusal;
mod report;
mod walk;

pub use calls::{accusation, answer, challenge, commitment, proof_hash, reach, settle};
pub use events::{Raised, RaisedIn};
pub use judge::{ChallengeNow, Judge};
pub use refusal::{JudgeRefusal, Stand};
pub use report::{Call, Cost};
pub use walk::{WALK_LIMIT, walk};

#[cfg(feature = "devnet")]
pub(crate) use contract::FraudProofs;
pub(crate) use refusal::judge_refusal;

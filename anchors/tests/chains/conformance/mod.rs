//! The contracts of `AnchorReader` and `AnchorWriter`, held by all three chains: in memory, the embedded development
//! chain, and `anvil` over HTTP.

mod cases;

use crate::common::Time;
use crate::common::anvil::{Anvil, key};
use protocol::Address;
use std::sync::Arc;
use vouchsafe_anchors::{AnchorReader as _, AnchorWriter, Devnet, MemoryChain};

/// A chain under test.
trait Subject {
    /// The chain, seen from one of its accounts.
    fn writer(&self, account: usize) -> Arc<dyn AnchorWriter>;
    /// Makes everything so far final.
    async fn settle(&self);
    /// Lets at least two seconds of block time pass.
    async fn wait(&self);
}

struct InMemory(MemoryChain, Time);
struct Embedded(Arc<Devnet>, Time);

impl InMemory {
    fn start() -> Self {
        let time = Time::begin();
        Self(MemoryChain::new(time.clock()), time)
    }
}

impl Subject for InMemory {
    fn writer(&self, account: usize) -> Arc<dyn AnchorWriter> {
        Arc::new(self.0.seen_from(Address::new([u8::try_from(account).unwrap() + 1; 20])))
    }
    async fn settle(&self) {
        self.0.finalise();
    }
    async fn wait(&self) {
        self.1.pass(2_000);
    }
}

impl Embedded {
    fn start() -> Self {
        let time = Time::begin();
        let devnet = Devnet::in_memory(time.clock());
        Self(devnet, time)
    }
}

impl Subject for Embedded {
    fn writer(&self, account: usize) -> Arc<dyn AnchorWriter> {
        Arc::new(self.0.client().signing_with(key(account)))
    }
    async fn settle(&self) {
        assert!(self.0.client().head().await.unwrap().finalized.is_some());
    }
    async fn wait(&self) {
        self.1.pass(2_000);
    }
}

impl Subject for Anvil {
    fn writer(&self, account: usize) -> Arc<dyn AnchorWriter> {
        Arc::new(Anvil::writer(self, account))
    }
    async fn settle(&self) {
        self.mine(4).await;
    }
    async fn wait(&self) {
        self.ask("evm_increaseTime", serde_json::json!([2])).await;
        self.mine(1).await;
    }
}

/// Runs every case of the suite on a chain.
macro_rules! conforms {
    ($($chain:ident = $start:expr;)*) => { conforms!(@cases [$($chain = $start;)*]
        a_ledger_is_opened_once,
        an_opening_needs_its_bond,
        nothing_is_there_before_it_is_opened,
        checkpoints_follow_each_other,
        a_heartbeat_extends_nothing_and_is_anchored,
        another_previous_is_refused,
        another_number_is_refused,
        a_shrinking_log_is_refused,
        a_false_proof_is_refused,
        only_the_opener_anchors,
        a_repeated_anchor_says_that_it_stands,
        an_older_checkpoint_that_stands_is_recognised,
        checkpoints_are_read_back_by_number,
        old_checkpoints_are_read_after_the_ring_moved_on,
        finality_comes_and_stays,
        an_unknown_transaction_is_unknown,
        trusted_facts_are_those_of_the_chain,
        trusted_facts_come_from_the_right_chain_only,
        a_development_chain_says_so,
    ); };
    (@cases $chains:tt $($case:ident),* $(,)?) => { $(conforms!(@case $case $chains);)* };
    (@case $case:ident [$($chain:ident = $start:expr;)*]) => {
        mod $case {
            use super::*;
            $(#[tokio::test]
            async fn $chain() {
                cases::$case($start.await).await;
            })*
        }
    };
}

conforms! {
    memory = async { InMemory::start() };
    devnet = async { Embedded::start() };
    anvil = Anvil::start();
}

//! A ledger that is anchored on a development chain in memory: what honest endpoints say of it, and what they prove.

use anchors::{AnchorReader as _, AnchorWriter as _, Clock, Devnet, Opening};
use protocol::chain_proof::ChainProof;
use protocol::checkpoint::{Checkpoint, LedgerOrigin};
use protocol::signing::KeyPair;
use protocol::{Digest, LedgerId};
use std::sync::{Arc, LazyLock};

/// Checkpoints that stand, the opening counted.
pub const CHECKPOINTS: u64 = 3;

/// A chain and the one ledger on it.
pub struct LedgerOnChain {
    /// The chain.
    pub devnet: Arc<Devnet>,
    /// Where the ledger was opened.
    pub origin: LedgerOrigin,
    /// Its name.
    pub ledger: LedgerId,
    /// The transaction that anchored the newest checkpoint.
    pub tx: Digest,
    /// For each checkpoint, a block hash and what proves the checkpoint by it.
    pub proofs: Vec<(Digest, ChainProof)>,
}

/// It never changes.
pub static CHAIN: LazyLock<LedgerOnChain> = LazyLock::new(|| {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(anchored())
});

async fn anchored() -> LedgerOnChain {
    let devnet = Devnet::in_memory(Clock::new(|| 1_790_000_000_000));
    let key = Devnet::development_key(0).expect("a key");
    let chain = devnet.client().signing_with(key);
    let operator_key = KeyPair::from_seed(&[15; 32]).public();
    let opening = Opening { salt: Digest::new([7; 32]), operator_key, bond_wei: 10_u128.pow(16) };
    chain.open(&opening).await.expect("opened");
    let origin = chain.origin(opening.salt);
    let ledger = origin.ledger();
    let mut newest = Checkpoint::genesis(operator_key);
    for number in 1..CHECKPOINTS {
        // Heartbeats: a log without entries.
        let next = Checkpoint { number, previous: newest.hash(ledger), ..newest };
        chain.anchor(ledger, &newest, &next, &[]).await.expect("anchored");
        newest = next;
    }
    let mut proofs = Vec::new();
    for number in 0..CHECKPOINTS {
        let proof = chain.proof(&origin, number).await.expect("a proof");
        proofs.push((proof.header().expect("a header").hash, proof));
    }
    let tx = chain.checkpoint(ledger, newest.number).await.expect("a checkpoint").place.tx;
    LedgerOnChain { devnet, origin, ledger, tx, proofs }
}

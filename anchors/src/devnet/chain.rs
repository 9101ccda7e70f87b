//! Blocks and the state after the newest: what there is on the development chain.

use super::error::DevnetError;
use super::{execute, genesis, trie};
use alloy::consensus::proofs::{calculate_receipt_root, calculate_transaction_root};
use alloy::consensus::transaction::{Recovered, Transaction as _};
use alloy::consensus::{Eip658Value, Header, Receipt, ReceiptEnvelope, ReceiptWithBloom, TxEnvelope};
use alloy::primitives::{Address, B256, Bytes, Log, U256};
use revm::DatabaseCommit as _;
use revm::context::BlockEnv;
use revm::context::result::ResultAndState;
use revm::database::InMemoryDB;
use std::collections::HashMap;

/// A block or transaction hash.
pub(super) type Hash = B256;

/// Wei per gas in every block: constant, so that what a transaction costs is known.
pub(super) const BASE_FEE_WEI: u64 = 1_000_000_000;
pub(super) const BLOCK_GAS_LIMIT: u64 = 30_000_000;

/// Why something was not done.
#[derive(Debug)]
pub(super) enum Refused {
    /// The contract said no, with this data.
    Reverted(Bytes),
    /// It can not be executed at all.
    Invalid(String),
    /// It was executed, but its block could not be written; it does not count.
    Unwritten(DevnetError),
}

#[derive(Debug)]
pub(super) struct Block {
    pub header: Header,
    pub hash: Hash,
    /// None in the first block.
    pub mined: Option<Mined>,
}

/// A transaction and what came of it.
#[derive(Debug)]
pub(super) struct Mined {
    pub tx: Recovered<TxEnvelope>,
    pub receipt: ReceiptEnvelope,
    pub gas_used: u64,
    pub gas_price: u128,
    pub created: Option<Address>,
}

/// A block that is computed, but not yet part of the chain.
pub(super) struct NextBlock {
    block: Block,
    /// The state after it.
    state: InMemoryDB,
}

impl NextBlock {
    pub fn hash(&self) -> Hash {
        self.block.hash
    }

    /// Unix seconds.
    pub fn time(&self) -> u64 {
        self.block.header.timestamp
    }

    pub fn tx_hash(&self) -> Hash {
        self.block.mined.as_ref().map(|mined| *mined.tx.tx_hash()).unwrap_or_default()
    }
}

pub(super) struct Blocks {
    pub db: InMemoryDB,
    /// By number; there is always the first.
    chain: Vec<Block>,
    by_hash: HashMap<Hash, usize>,
    by_tx: HashMap<Hash, usize>,
}

impl Blocks {
    /// The first block, with the contract deployed, at this time (Unix seconds).
    pub fn genesis(time: u64) -> Self {
        let db = genesis::state();
        let header = Header {
            timestamp: time,
            gas_limit: BLOCK_GAS_LIMIT,
            base_fee_per_gas: Some(BASE_FEE_WEI),
            state_root: trie::state_root(&db),
            extra_data: Bytes::from_static(b"vouchsafe development chain"),
            ..Header::default()
        };
        let hash = header.hash_slow();
        let chain = vec![Block { header, hash, mined: None }];
        let by_hash = HashMap::from([(hash, 0)]);
        Self { db, chain, by_hash, by_tx: HashMap::new() }
    }

    pub fn newest(&self) -> &Block {
        &self.chain[self.chain.len() - 1]
    }

    pub fn number(&self) -> u64 {
        self.newest().header.number
    }

    pub fn by_number(&self, number: u64) -> Option<&Block> {
        self.chain.get(usize::try_from(number).ok()?)
    }

    pub fn by_hash(&self, hash: &Hash) -> Option<&Block> {
        self.chain.get(*self.by_hash.get(hash)?)
    }

    pub fn by_tx(&self, hash: &Hash) -> Option<&Block> {
        self.chain.get(*self.by_tx.get(hash)?)
    }

    /// Blocks from one number to another, both included, as far as they exist.
    pub fn range(&self, from: u64, to: u64) -> impl Iterator<Item = &Block> {
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let to = usize::try_from(to).unwrap_or(usize::MAX);
        self.chain.iter().take(to.saturating_add(1)).skip(from)
    }

    /// Where a call is run: after the newest block, at no cost. `time` is Unix seconds.
    pub fn question_block(&self, time: u64) -> BlockEnv {
        BlockEnv { basefee: 0, ..self.next_block(time) }
    }

    fn next_block(&self, time: u64) -> BlockEnv {
        let newest = &self.newest().header;
        BlockEnv {
            number: U256::from(newest.number + 1),
            timestamp: U256::from(time.max(newest.timestamp)),
            gas_limit: BLOCK_GAS_LIMIT,
            basefee: BASE_FEE_WEI,
            prevrandao: Some(B256::ZERO),
            ..BlockEnv::default()
        }
    }

    /// Computes the next block, which holds this transaction. `time` is Unix seconds.
    pub fn execute(&self, tx: Recovered<TxEnvelope>, time: u64) -> Result<NextBlock, Refused> {
        if self.by_tx.contains_key(tx.tx_hash()) {
            return Err(Refused::Invalid("already known".to_owned()));
        }
        let env = self.next_block(time);
        let time = env.timestamp.saturating_to();
        let ResultAndState { result, state: changes } =
            execute::run(&self.db, env, execute::environment(&tx)).map_err(execute::invalid)?;
        let mut state = self.db.clone();
        state.commit(changes);
        let mined = Mined {
            gas_used: result.tx_gas_used(),
            gas_price: tx.effective_gas_price(Some(BASE_FEE_WEI)),
            created: result.created_address(),
            receipt: receipt(&tx, result.is_success(), result.tx_gas_used(), result.into_logs()),
            tx,
        };
        let header = Header {
            parent_hash: self.newest().hash,
            number: self.number() + 1,
            timestamp: time,
            gas_limit: BLOCK_GAS_LIMIT,
            gas_used: mined.gas_used,
            base_fee_per_gas: Some(BASE_FEE_WEI),
            logs_bloom: *mined.receipt.logs_bloom(),
            state_root: trie::state_root(&state),
            transactions_root: calculate_transaction_root(std::slice::from_ref(mined.tx.inner())),
            receipts_root: calculate_receipt_root(std::slice::from_ref(&mined.receipt)),
            ..Header::default()
        };
        let hash = header.hash_slow();
        Ok(NextBlock { block: Block { header, hash, mined: Some(mined) }, state })
    }

    /// Makes a computed block part of the chain.
    pub fn push(&mut self, next: NextBlock) {
        let at = self.chain.len();
        self.by_hash.insert(next.hash(), at);
        self.by_tx.insert(next.tx_hash(), at);
        self.db = next.state;
        self.chain.push(next.block);
    }
}

fn receipt(tx: &TxEnvelope, success: bool, gas_used: u64, logs: Vec<Log>) -> ReceiptEnvelope {
    let receipt = Receipt { status: Eip658Value::Eip658(success), cumulative_gas_used: gas_used, logs };
    let receipt = ReceiptWithBloom::from(receipt);
    match tx {
        TxEnvelope::Legacy(_) => ReceiptEnvelope::Legacy(receipt),
        TxEnvelope::Eip2930(_) => ReceiptEnvelope::Eip2930(receipt),
        _ => ReceiptEnvelope::Eip1559(receipt),
    }
}

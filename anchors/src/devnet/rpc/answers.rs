//! Blocks, transactions, receipts and events as JSON-RPC shows them.

use crate::devnet::chain::{Block, Mined};
use alloy::consensus::transaction::Transaction as _;
use alloy::primitives::U256;
use alloy::rpc::types::{self as rpc, BlockTransactions, Log, Transaction, TransactionReceipt};

/// A block, with its transaction in full or its hash only.
pub(super) fn block(block: &Block, full: bool) -> rpc::Block {
    let transactions = if full {
        BlockTransactions::Full(block.mined.iter().map(|mined| transaction(block, mined)).collect())
    } else {
        BlockTransactions::Hashes(block.mined.iter().map(|mined| *mined.tx.tx_hash()).collect())
    };
    let header = rpc::Header {
        hash: block.hash,
        inner: block.header.clone(),
        total_difficulty: Some(U256::ZERO),
        size: None,
    };
    rpc::Block { header, uncles: Vec::new(), transactions, withdrawals: None }
}

/// A transaction and its place.
pub(super) fn transaction(block: &Block, mined: &Mined) -> Transaction {
    Transaction {
        inner: mined.tx.clone(),
        block_hash: Some(block.hash),
        block_number: Some(block.header.number),
        transaction_index: Some(0),
        effective_gas_price: Some(mined.gas_price),
        block_timestamp: Some(block.header.timestamp),
    }
}

/// What came of a transaction.
pub(super) fn receipt(block: &Block, mined: &Mined) -> TransactionReceipt {
    let mut events = events(block).into_iter();
    let inner =
        mined.receipt.clone().map_logs(|log| events.next().unwrap_or(Log { inner: log, ..Log::default() }));
    TransactionReceipt {
        inner,
        transaction_hash: *mined.tx.tx_hash(),
        transaction_index: Some(0),
        block_hash: Some(block.hash),
        block_number: Some(block.header.number),
        gas_used: mined.gas_used,
        effective_gas_price: mined.gas_price,
        blob_gas_used: None,
        blob_gas_price: None,
        from: mined.tx.signer(),
        to: mined.tx.to(),
        contract_address: mined.created,
    }
}

/// The events of a block.
pub(super) fn events(block: &Block) -> Vec<Log> {
    let Some(mined) = &block.mined else { return Vec::new() };
    let place = |(index, log): (usize, &alloy::primitives::Log)| Log {
        inner: log.clone(),
        block_hash: Some(block.hash),
        block_number: Some(block.header.number),
        block_timestamp: Some(block.header.timestamp),
        transaction_hash: Some(*mined.tx.tx_hash()),
        transaction_index: Some(0),
        log_index: u64::try_from(index).ok(),
        removed: false,
    };
    mined.receipt.logs().iter().enumerate().map(place).collect()
}

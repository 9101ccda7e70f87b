//! Finding events without asking for more blocks than an endpoint gives at a time.

use super::EvmChain;
use crate::error::AnchorError;
use alloy::primitives::B256;
use alloy::providers::Provider as _;
use alloy::rpc::types::{Filter, Log};

/// An event and where it stands.
#[derive(Debug)]
pub(super) struct Found {
    pub log: Log,
    pub tx: B256,
    pub block_number: u64,
    pub block_hash: B256,
}

impl<K> EvmChain<K> {
    /// The newest event that the filter takes, in blocks up to `newest`, searched backwards to the first block that can
    /// hold one. None is no proof that there is none: endpoints may keep no old events.
    pub(super) async fn find(&self, filter: &Filter, newest: u64) -> Result<Option<Found>, AnchorError> {
        let mut found = None;
        let is_found = |logs: Vec<Log>| {
            found = logs.into_iter().max_by_key(|log| log.block_number);
            found.is_some()
        };
        self.backwards(filter, newest, is_found).await?;
        found.map(|log| self.placed(log)).transpose()
    }

    /// Reads events backwards from block `newest`, until those of one answer are enough or no earlier block can hold one.
    pub(super) async fn backwards(
        &self,
        filter: &Filter,
        newest: u64,
        mut is_enough: impl FnMut(Vec<Log>) -> bool,
    ) -> Result<(), AnchorError> {
        let mut range = self.shared.log_range_blocks;
        let mut to = newest;
        loop {
            let from = to.saturating_sub(range - 1).max(self.shared.from_block);
            if from > to {
                return Ok(());
            }
            let page = filter.clone().from_block(from).to_block(to);
            match self.shared.provider.get_logs(&page).await.map_err(|error| self.failed(error)) {
                Ok(logs) => {
                    let is_enough = is_enough(logs.into_iter().filter(|log| !log.removed).collect());
                    if is_enough || from == self.shared.from_block {
                        return Ok(());
                    }
                    to = from - 1;
                }
                // Too many blocks for this endpoint, most likely; with one block the reason is another.
                Err(AnchorError::Declined { .. }) if range > 1 => range /= 2,
                Err(error) => return Err(error),
            }
        }
    }

    /// Every event that the filter takes in these blocks, both included, oldest first.
    pub(crate) async fn logs(&self, filter: &Filter, from: u64, to: u64) -> Result<Vec<Log>, AnchorError> {
        let mut range = self.shared.log_range_blocks;
        let mut next = from.max(self.shared.from_block);
        let mut all = Vec::new();
        while next <= to {
            let end = next.saturating_add(range - 1).min(to);
            let page = filter.clone().from_block(next).to_block(end);
            match self.shared.provider.get_logs(&page).await.map_err(|error| self.failed(error)) {
                Ok(logs) => {
                    all.extend(logs.into_iter().filter(|log| !log.removed));
                    next = end.saturating_add(1);
                }
                Err(AnchorError::Declined { .. }) if range > 1 => range /= 2,
                Err(error) => return Err(error),
            }
        }
        Ok(all)
    }

    fn placed(&self, log: Log) -> Result<Found, AnchorError> {
        match (log.transaction_hash, log.block_number, log.block_hash) {
            (Some(tx), Some(block_number), Some(block_hash)) => {
                Ok(Found { log, tx, block_number, block_hash })
            }
            _ => Err(AnchorError::OutOfReach {
                endpoint: self.shared.endpoints.clone(),
                cause: "it gave an event without its transaction or block".into(),
            }),
        }
    }
}

//! Which chain a node writes to, and what that may cost.

use anchors::FeePolicy;
use protocol::Address;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Which chain anchors the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "kind", deny_unknown_fields)]
pub enum ChainConfig {
    /// The development chain inside this process: it proves nothing to outsiders.
    Devnet,
    /// A chain behind JSON-RPC endpoints: of several, those that answer must agree.
    Evm {
        /// EIP-155 chain id.
        chain_id: u64,
        /// The `Anchors` contract.
        contract: Address,
        /// `http` or `https` addresses; they may hold access keys, so this file is for its owner alone.
        endpoints: Vec<String>,
        /// No block before this one holds events of the ledger.
        #[serde(default)]
        from_block: u64,
        /// Confirmations that count as final where the endpoint has no `finalized` block.
        #[serde(default = "default_confirmations")]
        confirmations: u64,
        /// What anchoring may cost.
        #[serde(default)]
        fees: FeeConfig,
    },
}

/// What a transaction may cost. One that waits is replaced by one that pays more, up to here and no further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FeeConfig {
    /// Gwei for a unit of gas at most, tip included; the gas price on a chain without base fee.
    pub max_fee_per_gas_gwei: u64,
    /// Gwei for a unit of gas that go to the block's maker at most.
    pub max_priority_fee_per_gas_gwei: u64,
    /// Seconds after which a transaction that waits is replaced.
    pub stuck_after_s: u64,
}

const GWEI: u128 = 1_000_000_000;

impl Default for FeeConfig {
    fn default() -> Self {
        let FeePolicy { max_fee_per_gas_wei, max_priority_fee_per_gas_wei, stuck_after } =
            FeePolicy::default();
        let gwei = |wei: u128| u64::try_from(wei / GWEI).unwrap_or(u64::MAX);
        Self {
            max_fee_per_gas_gwei: gwei(max_fee_per_gas_wei),
            max_priority_fee_per_gas_gwei: gwei(max_priority_fee_per_gas_wei),
            stuck_after_s: stuck_after.as_secs(),
        }
    }
}

impl From<FeeConfig> for FeePolicy {
    fn from(config: FeeConfig) -> Self {
        Self {
            max_fee_per_gas_wei: u128::from(config.max_fee_per_gas_gwei) * GWEI,
            max_priority_fee_per_gas_wei: u128::from(config.max_priority_fee_per_gas_gwei) * GWEI,
            stuck_after: Duration::from_secs(config.stuck_after_s),
        }
    }
}

const fn default_confirmations() -> u64 {
    64
}

//! Proofs of checkpoints that need nobody's word (docs/protocol.md section 10), from `eth_getProof` (EIP-1186).

use super::EvmChain;
use crate::contract;
use crate::error::AnchorError;
use alloy::eips::BlockNumberOrTag;
use alloy::primitives::{B256, Bytes};
use alloy::providers::Provider as _;
use alloy::rpc::types::Header;
use protocol::chain_proof::{ChainProof, slots};
use protocol::checkpoint::LedgerOrigin;
use std::fmt;

impl<K: fmt::Debug + Send + Sync> EvmChain<K> {
    /// A proof under the newest final block, or where that does not hold the checkpoint, or its state is not kept, under the
    /// newest of all. It was checked: an endpoint that gives another one is an error.
    pub(super) async fn read_proof(
        &self,
        origin: &LedgerOrigin,
        number: u64,
    ) -> Result<ChainProof, AnchorError> {
        self.shared.transport.doubt();
        let head = self.read_head().await?;
        if let Some(block) = head.finalized
            && let Ok(proof) = self.proof_in(block.number, origin, number).await
        {
            return Ok(proof);
        }
        self.proof_in(head.latest.number, origin, number).await
    }

    async fn proof_in(
        &self,
        block: u64,
        origin: &LedgerOrigin,
        number: u64,
    ) -> Result<ChainProof, AnchorError> {
        let header = self.header(block).await?;
        let ledger = origin.ledger();
        let keys = [slots::tip_key(ledger), slots::ring_key(ledger, number)];
        let keys = keys.map(|key| B256::new(*key.as_bytes())).to_vec();
        let given = self.shared.provider.get_proof(self.contract(), keys).number(block).await;
        let given = given.map_err(|error| self.failed(error))?;
        let nodes = |nodes: &[Bytes]| nodes.iter().map(|node| node.to_vec()).collect::<Vec<_>>();
        let way = |at: usize| given.storage_proof.get(at).map(|one| nodes(&one.proof)).unwrap_or_default();
        let (account, tip, slot) = (nodes(&given.account_proof), way(0), way(1));
        let proof = ChainProof { header: alloy::rlp::encode(&header.inner), account, tip, slot };
        let checked = proof.check(contract::digest(header.hash), origin, number);
        let unproven = |cause| AnchorError::Unproven { endpoint: self.shared.endpoints.clone(), cause };
        checked.map(|_| proof).map_err(unproven)
    }

    async fn header(&self, block: u64) -> Result<Header, AnchorError> {
        let found = self.shared.provider.get_block_by_number(BlockNumberOrTag::Number(block)).await;
        let found = found.map_err(|error| self.failed(error))?;
        found.map(|block| block.header).ok_or_else(|| AnchorError::Inconsistent {
            what: format!("block {block} was the newest a moment ago, and is not there"),
        })
    }
}

//! The judge as Rust knows it, generated from the committed artefact, and its structs out of `protocol::fraud`.

use crate::contract::{Anchors, to_contract, word};
use alloy::primitives::{B256, Bytes};
use protocol::Digest;
use protocol::checkpoint::Checkpoint;
use protocol::fraud::{Ask, AskedTree, ProvenEntry, ProvenHead, ProvenRecord, Shown};

mod generated {
    alloy::sol!(
        #[derive(Debug)]
        FraudProofs,
        "../contracts/artifacts/FraudProofs.json"
    );
}

pub(crate) use generated::FraudProofs;

pub(super) fn shown(shown: &Shown) -> FraudProofs::Shown {
    FraudProofs::Shown {
        ledger: word(shown.ledger.as_bytes()),
        checkpoint: checkpoint(&shown.checkpoint),
        newer: shown.newer.iter().map(checkpoint).collect(),
    }
}

/// The same struct as in `Anchors`; each contract's ABI has its own.
fn checkpoint(checkpoint: &Checkpoint) -> FraudProofs::Checkpoint {
    let Anchors::Checkpoint { number, size, vouchers, logRoot, headRoot, operatorKey, previous } =
        to_contract(checkpoint);
    FraudProofs::Checkpoint { number, size, vouchers, logRoot, headRoot, operatorKey, previous }
}

pub(super) fn entry(proven: &ProvenEntry) -> FraudProofs::ProvenEntry {
    FraudProofs::ProvenEntry {
        index: proven.index,
        entry: Bytes::copy_from_slice(&proven.entry.encode()),
        path: path(&proven.path),
    }
}

pub(super) fn head(proven: &ProvenHead) -> FraudProofs::ProvenHead {
    FraudProofs::ProvenHead {
        number: proven.number,
        chunk: Bytes::copy_from_slice(proven.chunk.encode()),
        path: path(&proven.path),
    }
}

pub(super) fn record(proven: &ProvenRecord) -> FraudProofs::ProvenRecord {
    FraudProofs::ProvenRecord {
        issue: entry(&proven.issue),
        leaf: proven.leaf,
        record: Bytes::copy_from_slice(&proven.record.encode()),
        path: path(&proven.path),
    }
}

pub(super) fn ask(ask: &Ask) -> FraudProofs::Ask {
    FraudProofs::Ask {
        ledger: word(ask.ledger.as_bytes()),
        tree: ask.tree.number(),
        root: word(ask.root.as_bytes()),
        size: ask.size,
        index: ask.index,
    }
}

/// What an event says was asked; `None` for a tree that this version does not know.
pub(super) fn asked(ask: &FraudProofs::Ask) -> Option<Ask> {
    Some(Ask {
        ledger: protocol::LedgerId::new(ask.ledger.0),
        tree: AskedTree::from_number(ask.tree)?,
        root: Digest::new(ask.root.0),
        size: ask.size,
        index: ask.index,
    })
}

pub(super) fn path(nodes: &[Digest]) -> Vec<B256> {
    nodes.iter().map(|node| word(node.as_bytes())).collect()
}

//! Stored trees, held against nodes that were made anew.

use super::as_fault;
use crate::ledger::rows::ReadError;
use crate::ledger::tiles::{HEIGHT, TileId, Tiles};
use protocol::Digest;
use protocol::merkle::NodeId;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The tiles in which one of these nodes is missing or another. Nodes of levels that are not stored are passed over.
pub fn differing<T: Tiles + Sync>(
    stored: &T,
    nodes: impl IntoIterator<Item = (NodeId, Digest)>,
) -> Result<Vec<TileId>, ReadError> {
    let mut due: BTreeMap<TileId, Vec<(NodeId, Digest)>> = BTreeMap::new();
    for (at, node) in nodes.into_iter().filter(|(at, _)| at.level.is_multiple_of(HEIGHT)) {
        due.entry(TileId::of(at)).or_default().push((at, node));
    }
    let differs = |(tile, nodes): (TileId, Vec<(NodeId, Digest)>)| {
        let stored = match stored.tile(tile) {
            Ok(stored) => stored,
            Err(error) => return as_fault(error).map(|_| Some(tile)),
        };
        let first = tile.index << HEIGHT;
        let is_stored = |(at, node): &(NodeId, Digest)| {
            let place = usize::try_from(at.index - first).unwrap_or(usize::MAX);
            stored.get(place) == Some(node)
        };
        Ok((!nodes.iter().all(is_stored)).then_some(tile))
    };
    let differing: Vec<Option<TileId>> = due.into_par_iter().map(differs).collect::<Result<_, _>>()?;
    Ok(differing.into_iter().flatten().collect())
}

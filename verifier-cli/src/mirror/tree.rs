//! A tree's tiles, each held against the root: first the right edge, from which the root follows, then every full tile
//! against the hash of it in the tile above.

use super::copy::{Copying, Problem};
use crate::public_data::TreeName;
use protocol::merkle::{NoSuchNode, NodeId, Nodes, Tree, TreeHead, root_of};
use protocol::public_data::{LEVELS, PART_WIDTH, Part, TileNodes, decode_tile, level_size};
use protocol::{Digest, Keccak};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

type Tile = Arc<[Digest]>;

/// A tree whose root is known. Holds its right edge and the tiles above the leaves: 33 bytes for 256 leaves.
pub struct VerifiedTree<'a> {
    copying: &'a Copying<'a>,
    name: TreeName,
    size: u64,
    tiles: Mutex<HashMap<(u8, u64), Tile>>,
}

impl<'a> VerifiedTree<'a> {
    /// The tree of this root, its right edge copied.
    pub fn open(copying: &'a Copying<'a>, name: TreeName, head: TreeHead<Digest>) -> Result<Self, Problem> {
        let edge = |anew| {
            let tile = |(level, part): (u8, Part)| {
                let path = name.tile(level, part);
                let check = |bytes: &[u8]| decode_tile(bytes, part).map_err(|error| error.to_string());
                let tile = if anew { copying.fetch_anew(path, check) } else { copying.obtain(path, check) };
                Ok(((level, part.index()), Tile::from(tile?)))
            };
            edge_of(head.size).map(tile).collect::<Result<HashMap<_, _>, Problem>>()
        };
        let leads = |tiles: &HashMap<(u8, u64), Tile>| {
            let nodes = TileNodes(|level, index| {
                tiles.get(&(level, index)).cloned().ok_or(NoSuchNode(NodeId { level, index }))
            });
            root_of::<Keccak, _>(&nodes, head.size) == Ok(head.root)
        };
        let mut tiles = edge(false)?;
        if !leads(&tiles) {
            let fresh = edge(true)?;
            for (level, part) in edge_of(head.size) {
                if fresh.get(&(level, part.index())) != tiles.get(&(level, part.index())) {
                    copying.name_damaged(name.tile(level, part));
                }
            }
            tiles = fresh;
        }
        if !leads(&tiles) {
            let problem = "with the tiles beside it, it leads to another root than the chain has";
            let Some((level, part)) = edge_of(head.size).last() else {
                return Err(NoSuchNode(NodeId::leaf(0)).into());
            };
            edge_of(head.size).for_each(|(level, part)| copying.discard(name.tile(level, part)));
            return Err(copying.does_not_fit(name.tile(level, part), problem));
        }
        Ok(Self { copying, name, size: head.size, tiles: Mutex::new(tiles) })
    }

    /// A tile of the tree.
    pub fn tile(&self, level: u8, index: u64) -> Result<Tile, Problem> {
        let known = self.tiles.lock().unwrap_or_else(PoisonError::into_inner).get(&(level, index)).cloned();
        if let Some(tile) = known {
            return Ok(tile);
        }
        let missing = NoSuchNode(NodeId { level, index });
        let part = Part::of(index, level_size(self.size, level)).ok_or(missing)?;
        let above = self.tile(level.saturating_add(1), index / PART_WIDTH)?;
        let place = usize::try_from(index % PART_WIDTH).unwrap_or(usize::MAX);
        let due = above.get(place).copied().ok_or(missing)?;
        let tile = self.copying.obtain(self.name.tile(level, part), |bytes| {
            let hashes = decode_tile(bytes, part).map_err(|error| error.to_string())?;
            if hashes.iter().copied().collect::<Tree<Keccak>>().root() == due {
                Ok(Tile::from(hashes))
            } else {
                Err("it is not the tile that the one above names".to_owned())
            }
        })?;
        if level > 0 {
            let mut tiles = self.tiles.lock().unwrap_or_else(PoisonError::into_inner);
            tiles.insert((level, index), Arc::clone(&tile));
        }
        Ok(tile)
    }
}

impl Nodes<Digest> for VerifiedTree<'_> {
    type Error = Problem;

    fn node(&self, at: NodeId) -> Result<Digest, Problem> {
        TileNodes(|level, index| self.tile(level, index)).node(at)
    }
}

/// The tiles that are not full, from the leaves upwards: from them alone the root follows.
pub fn edge_of(size: u64) -> impl DoubleEndedIterator<Item = (u8, Part)> {
    (0..LEVELS).filter_map(move |level| {
        let nodes = level_size(size, level);
        Some((level, Part::of(nodes / PART_WIDTH, nodes)?))
    })
}

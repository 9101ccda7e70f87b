//! A tree's tiles, each held against the root: first the right edge, from which the root follows, then every full tile
//! against the hash of it in the tile above.

use super::copy::{Copying, Fresh, Problem};
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
        let leads = |tiles: &HashMap<(u8, u64), Tile>| {
            let nodes = TileNodes(|level, index| {
                tiles.get(&(level, index)).cloned().ok_or(NoSuchNode(NodeId { level, index }))
            });
            root_of::<Keccak, _>(&nodes, head.size) == Ok(head.root)
        };
        let readable = |part: Part, bytes: &[u8]| {
            decode_tile(bytes, part).map(Tile::from).map_err(|error| error.to_string())
        };
        let fresh = Fresh::default();
        let mut tiles = HashMap::new();
        for (level, part) in edge_of(head.size) {
            let check = |bytes: &[u8]| readable(part, bytes);
            let tile = copying.obtain_noting(name.tile(level, part), check, &fresh)?;
            tiles.insert((level, part.index()), tile);
        }
        if !leads(&tiles) {
            // The source's, which take the place of the folder's once they are seen to lead to the root.
            let (mut anew, mut differing) = (HashMap::new(), Vec::new());
            for (level, part) in edge_of(head.size) {
                let path = name.tile(level, part);
                let bytes = copying.remote(path)?;
                let tile = readable(part, &bytes).map_err(|problem| copying.does_not_fit(path, problem))?;
                let place = (level, part.index());
                if tiles.get(&place) != Some(&tile) {
                    differing.push((path, bytes));
                }
                anew.insert(place, tile);
            }
            if !leads(&anew) {
                copying.discard(fresh);
                let problem = "with the tiles beside it, it leads to another root than the chain has";
                return Err(match edge_of(head.size).last() {
                    Some((level, part)) => copying.does_not_fit(name.tile(level, part), problem),
                    None => NoSuchNode(NodeId::leaf(0)).into(),
                });
            }
            for (path, bytes) in differing {
                copying.name_damaged(path);
                copying.keep(path, &bytes)?;
            }
            tiles = anew;
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

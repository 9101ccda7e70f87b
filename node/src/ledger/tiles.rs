//! Trees as they are stored: sixteen neighbouring nodes in a row, of every fourth level only. What lies between follows
//! from them, so a way up reads one row where it would read four, and a tree of n leaves has n/15 rows and not 2n.
//!
//! The log, the batches and the heads keep their trees like this; where a tile lies is theirs to say.

use super::rows::ReadError;
use protocol::merkle::{Frontier, NodeId, Nodes, TreeHash};
use protocol::{Digest, Keccak};
use std::ops::Range;

/// Levels from one stored level to the next.
pub const HEIGHT: u8 = 4;
/// Nodes in a full tile.
pub const WIDTH: usize = 1 << HEIGHT;

/// The place of a tile: the nodes from `16 * index` on, of a level that is a multiple of four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// The level of its nodes.
    pub level: u8,
    /// Counted from the left, from 0.
    pub index: u64,
}

impl TileId {
    /// The tile in which a node stands, or from which it follows.
    pub const fn of(at: NodeId) -> Self {
        let level = at.level / HEIGHT * HEIGHT;
        Self { level, index: at.index >> (HEIGHT - (at.level - level)) }
    }

    /// The places of its nodes.
    pub fn nodes(self) -> impl Iterator<Item = NodeId> {
        let first = self.index * WIDTH as u64;
        (first..first + WIDTH as u64).map(move |index| NodeId { level: self.level, index })
    }

    /// The node that follows from a full one.
    pub const fn top(self) -> NodeId {
        NodeId { level: self.level + HEIGHT, index: self.index }
    }

    /// Its key, where one tree has a table of its own.
    pub fn key(self) -> Vec<u8> {
        [[self.level].as_slice(), &self.index.to_be_bytes()].concat()
    }
}

impl std::fmt::Display for TileId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} on level {}", self.index, self.level)
    }
}

/// Digests as they stand in a row.
pub fn encode(nodes: &[Digest]) -> Vec<u8> {
    nodes.iter().flat_map(|node| *node.as_bytes()).collect()
}

/// The digests of a row; none where it is no row of whole digests.
pub fn decode(value: &[u8]) -> Option<Vec<Digest>> {
    let (digests, rest) = value.as_chunks::<32>();
    rest.is_empty().then(|| digests.iter().copied().map(Digest::new).collect())
}

/// Where the tiles of one tree are read from.
pub trait Tiles {
    /// The nodes at this place, as many of them as the tree has.
    fn tile(&self, at: TileId) -> Result<Vec<Digest>, ReadError>;
    /// What to say where that is less than there must be.
    fn damaged(&self, at: TileId) -> ReadError;

    /// Neighbouring nodes of a stored level.
    fn row(&self, level: u8, nodes: Range<u64>) -> Result<Vec<Digest>, ReadError> {
        let width = WIDTH as u64;
        let mut row = Vec::new();
        let mut next = nodes.start;
        while next < nodes.end {
            let at = TileId { level, index: next / width };
            let (begin, end) = (next % width, (nodes.end - at.index * width).min(width));
            let tile = self.tile(at)?;
            row.extend(part(&tile, begin..end).ok_or_else(|| self.damaged(at))?);
            next = (at.index + 1) * width;
        }
        Ok(row)
    }
}

impl<T: Tiles + ?Sized> Tiles for &T {
    fn tile(&self, at: TileId) -> Result<Vec<Digest>, ReadError> {
        (**self).tile(at)
    }
    fn damaged(&self, at: TileId) -> ReadError {
        (**self).damaged(at)
    }
}

/// The nodes of a tree that is stored in tiles, all levels of it.
pub struct Tiled<T>(pub T);

impl<T: Tiles> Nodes<Digest> for Tiled<T> {
    type Error = ReadError;

    fn node(&self, at: NodeId) -> Result<Digest, ReadError> {
        let tile = TileId::of(at);
        let above = at.level - tile.level;
        let begin = (at.index << above) % WIDTH as u64;
        let nodes = self.0.tile(tile)?;
        let below = part(&nodes, begin..begin + (1 << above)).ok_or_else(|| self.0.damaged(tile))?;
        Ok(top(below.to_vec()))
    }

    // A tile is read and hashed once, where one node after the other would do so for each level.
    fn siblings(
        &self,
        levels: Range<u8>,
        index: u64,
        size: u64,
        path: &mut Vec<Digest>,
    ) -> Result<u8, ReadError> {
        let mut level = levels.start;
        while level < levels.end && is_perfect(index, size, level) {
            let tile = TileId::of(NodeId { level, index: index >> level });
            let mut nodes = self.0.tile(tile)?;
            for here in tile.level..levels.end.min(tile.level + HEIGHT) {
                if here > tile.level {
                    nodes = above(&nodes);
                }
                if here < level {
                    continue;
                }
                if !is_perfect(index, size, here) {
                    return Ok(here);
                }
                let place = ((index >> here) ^ 1) % (WIDTH as u64 >> (here - tile.level));
                let node = usize::try_from(place).ok().and_then(|place| nodes.get(place));
                path.push(*node.ok_or_else(|| self.0.damaged(tile))?);
            }
            level = tile.level + HEIGHT;
        }
        Ok(level.min(levels.end))
    }
}

/// Whether the sibling on this level of the way up from leaf `index` is a perfect subtree of the first `size` leaves.
fn is_perfect(index: u64, size: u64, level: u8) -> bool {
    let above = |place: u64| place.checked_shr(level.into()).unwrap_or(0);
    above(index) ^ 1 < above(size)
}

fn part(nodes: &[Digest], range: Range<u64>) -> Option<&[Digest]> {
    nodes.get(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?)
}

fn above(nodes: &[Digest]) -> Vec<Digest> {
    let mut above = Vec::with_capacity(nodes.len() / 2);
    Keccak::nodes(nodes, &mut above);
    above
}

/// The root of a perfect subtree of these leaves, at least one.
pub fn top(mut nodes: Vec<Digest>) -> Digest {
    while nodes.len() > 1 {
        nodes = above(&nodes);
    }
    nodes.first().copied().unwrap_or(Digest::ZERO)
}

/// A tree that grows at its right edge, and those of its tiles that are not full yet.
#[derive(Debug, Clone)]
pub struct Growing<H: TreeHash> {
    tree: Frontier<H>,
    /// The lowest level that is stored.
    from: u8,
    /// The tile at the edge of each stored level, from `from` upwards.
    edge: Vec<Edge>,
}

#[derive(Debug, Clone, Default)]
struct Edge {
    nodes: Vec<Digest>,
    index: u64,
    /// Since it was given away last.
    has_grown: bool,
}

impl<H: TreeHash> Default for Growing<H> {
    fn default() -> Self {
        Self { tree: Frontier::default(), from: 0, edge: Vec::new() }
    }
}

impl<H: TreeHash<Output = Digest>> Growing<H> {
    /// A tree without leaves. Levels below `from`, a multiple of four, are not stored as tiles.
    pub fn from_level(from: u8) -> Self {
        Self { from, ..Self::default() }
    }

    /// The tree of the first `size` leaves of a stored one, all of whose levels are.
    pub fn load<T: Tiles>(tiles: &T, size: u64) -> Result<Self, ReadError> {
        let tree = Frontier::load(&Tiled(tiles), size)?;
        let mut edge = Vec::new();
        for level in (0..u8::try_from(u64::BITS).unwrap_or(u8::MAX)).step_by(HEIGHT.into()) {
            let nodes = size >> level;
            if nodes == 0 {
                break;
            }
            let index = nodes / WIDTH as u64;
            let nodes = tiles.row(level, index * WIDTH as u64..nodes)?;
            edge.push(Edge { nodes, index, has_grown: false });
        }
        Ok(Self { tree, from: 0, edge })
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The root over all leaves so far.
    pub fn root(&self) -> Digest {
        self.tree.root()
    }

    /// Appends leaves by their hashes; `put` is given every tile that they fill.
    pub fn append(&mut self, leaves: &[Digest], mut put: impl FnMut(TileId, &[Digest])) {
        let Self { tree, from, edge } = self;
        tree.extend(leaves, |at, node| {
            let Some(above) = at.level.checked_sub(*from).filter(|above| above % HEIGHT == 0) else { return };
            let place = usize::from(above / HEIGHT);
            if edge.len() <= place {
                edge.resize_with(place + 1, Edge::default);
            }
            let Some(tile) = edge.get_mut(place) else { return };
            tile.nodes.push(node);
            tile.has_grown = true;
            if tile.nodes.len() == WIDTH {
                put(TileId { level: at.level, index: tile.index }, &tile.nodes);
                *tile = Edge { index: tile.index + 1, ..Edge::default() };
            }
        });
    }

    /// Gives away the tiles that have grown since they were given away last, and are not full.
    pub fn give_rest(&mut self, mut put: impl FnMut(TileId, &[Digest])) {
        for (level, tile) in (self.from..).step_by(HEIGHT.into()).zip(&mut self.edge) {
            if std::mem::take(&mut tile.has_grown) {
                put(TileId { level, index: tile.index }, &tile.nodes);
            }
        }
    }
}

#[cfg(test)]
pub mod kept {
    //! Tiles in memory.
    use super::{Digest, Growing, Keccak, ReadError, TileId, Tiles};
    use crate::store::Table;
    use std::collections::BTreeMap;

    /// Those of one tree.
    #[derive(Default)]
    pub struct Kept(pub BTreeMap<TileId, Vec<Digest>>);

    impl Kept {
        /// Keeps what these leaves add to a tree.
        pub fn take(&mut self, tree: &mut Growing<Keccak>, leaves: &[Digest]) {
            tree.append(leaves, |at, nodes| drop(self.0.insert(at, nodes.to_vec())));
            tree.give_rest(|at, nodes| drop(self.0.insert(at, nodes.to_vec())));
        }

        /// The tree of these leaves.
        pub fn of(leaves: &[Digest]) -> Self {
            let mut kept = Self::default();
            kept.take(&mut Growing::default(), leaves);
            kept
        }
    }

    impl Tiles for Kept {
        fn tile(&self, at: TileId) -> Result<Vec<Digest>, ReadError> {
            self.0.get(&at).cloned().ok_or_else(|| self.damaged(at))
        }
        fn damaged(&self, at: TileId) -> ReadError {
            ReadError::damaged(Table::LogTiles, at)
        }
    }
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test stops at what it did not expect")]
mod tests {
    use super::kept::Kept;
    use super::*;
    use protocol::merkle::{Tree, inclusion_path, root_of};

    fn leaves(count: u64) -> Vec<Digest> {
        (0..count).map(|number| Keccak::leaf(&number.to_be_bytes())).collect()
    }

    #[test]
    fn a_tree_in_tiles_is_the_tree() {
        let leaves = leaves(600);
        let whole: Tree<Keccak> = leaves.iter().copied().collect();
        let (mut growing, mut kept) = (Growing::<Keccak>::default(), Kept::default());
        let mut rest = leaves.as_slice();
        // In pieces of all widths, so that tiles are given away at every fill.
        for width in 1.. {
            let (piece, later) = rest.split_at(width.min(rest.len()));
            kept.take(&mut growing, piece);
            let size = growing.size();
            assert_eq!(root_of::<Keccak, _>(&Tiled(&kept), size).expect("stored"), growing.root());
            let loaded = Growing::<Keccak>::load(&kept, size).expect("stored");
            assert_eq!((loaded.size(), loaded.root()), (size, growing.root()));
            let edges = |tree: &Growing<Keccak>| -> Vec<_> {
                tree.edge.iter().map(|edge| (edge.index, edge.nodes.clone())).collect()
            };
            assert_eq!(edges(&loaded), edges(&growing));
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        assert_eq!(kept.0.len(), 600_usize.div_ceil(16) + 37_usize.div_ceil(16) + 1, "no row but those");
        for size in [1, 2, 15, 16, 17, 255, 256, 257, 599, 600] {
            for index in (0..size).step_by(7).chain([size - 1]) {
                let path = inclusion_path::<Keccak, _>(&Tiled(&kept), index, size).expect("stored");
                assert_eq!(path, whole.inclusion_path(index, size), "{index} of {size}");
            }
        }
    }

    #[test]
    fn a_tile_that_lacks_a_node_is_damaged() {
        let mut kept = Kept::of(&leaves(16));
        kept.0.get_mut(&TileId { level: 0, index: 0 }).expect("a tile").pop();
        let tiled = Tiled(&kept);
        assert!(tiled.node(NodeId::leaf(14)).is_ok());
        for at in [NodeId::leaf(15), NodeId { level: 1, index: 7 }, NodeId { level: 3, index: 1 }] {
            assert!(matches!(tiled.node(at), Err(ReadError::Damaged { .. })), "{at:?}");
        }
        assert!(inclusion_path::<Keccak, _>(&tiled, 14, 16).is_err());
    }
}

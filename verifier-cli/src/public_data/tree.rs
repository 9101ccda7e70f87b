//! The nodes of a tree, from its tiles: so a path or a root can be made for any leaf and size that the data covers.

use super::{DataError, PublicData};
use protocol::Digest;
use protocol::merkle::{NodeId, Nodes};
use protocol::public_data::{DataPath, Part, TileNodes, level_size};
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// Which tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TreeName {
    /// The log.
    Log,
    /// The heads under the checkpoint of this number.
    Heads(u64),
}

impl TreeName {
    /// Where a tile of it lies.
    pub const fn tile(self, level: u8, part: Part) -> DataPath {
        match self {
            Self::Log => DataPath::LogTile { level, part },
            Self::Heads(checkpoint) => DataPath::HeadTile { checkpoint, level, part },
        }
    }
}

/// Tiles by level and index.
type Tiles = HashMap<(u8, u64), Rc<[Digest]>>;

/// The tree of `size` leaves as the data has it. Each tile is fetched once; none is held against anything.
pub struct TreeNodes<'a, D: PublicData + ?Sized> {
    data: &'a D,
    tree: TreeName,
    size: u64,
    tiles: RefCell<Tiles>,
}

impl<'a, D: PublicData + ?Sized> TreeNodes<'a, D> {
    /// The tree as it is when it has `size` leaves.
    pub fn new(data: &'a D, tree: TreeName, size: u64) -> Self {
        Self { data, tree, size, tiles: RefCell::default() }
    }

    fn tile(&self, level: u8, index: u64) -> Result<Rc<[Digest]>, DataError> {
        if let Some(tile) = self.tiles.borrow().get(&(level, index)) {
            return Ok(Rc::clone(tile));
        }
        // Beyond the last tile there are no nodes, which the caller says.
        let Some(part) = Part::of(index, level_size(self.size, level)) else { return Ok(Rc::default()) };
        let tile: Rc<[Digest]> = match self.tree {
            TreeName::Log => self.data.log_tile(level, part)?,
            TreeName::Heads(checkpoint) => self.data.head_tile(checkpoint, level, part)?,
        }
        .into();
        self.tiles.borrow_mut().insert((level, index), Rc::clone(&tile));
        Ok(tile)
    }
}

impl<D: PublicData + ?Sized> Nodes<Digest> for TreeNodes<'_, D> {
    type Error = DataError;

    fn node(&self, at: NodeId) -> Result<Digest, DataError> {
        TileNodes(|level, index| self.tile(level, index)).node(at)
    }
}

//! Tiles: the nodes of a tree in files of at most 256 hashes, as C2SP tlog-tiles cuts them, of height 8.
//!
//! Tile level `L` holds the nodes of tree level `8 * L`, all of them perfect subtrees; the levels between follow from
//! them. So a file never changes but by growing to the right, until it is full.

use super::{FormatError, Part};
use crate::digest::Digest;
use crate::keccak::Keccak;
use crate::merkle::{NoSuchNode, NodeId, Nodes, TreeHash as _};

/// Tile levels that a tree of fewer than 2^48 leaves can have.
pub const LEVELS: u8 = 6;
/// Tree levels in a tile.
pub const TILE_HEIGHT: u8 = 8;

/// How many nodes stand on a tile level of a tree of `size` leaves.
pub fn level_size(size: u64, level: u8) -> u64 {
    let height = u32::from(level).saturating_mul(u32::from(TILE_HEIGHT));
    size.checked_shr(height).unwrap_or(0)
}

/// All tiles of a tree of `size` leaves, with their levels: from the leaves upwards, each level from the left.
pub fn tiles_of(size: u64) -> impl Iterator<Item = (u8, Part)> {
    (0..LEVELS).flat_map(move |level| Part::all(level_size(size, level)).map(move |part| (level, part)))
}

/// A tile's bytes: its hashes, one after the other.
pub fn encode_tile(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// The hashes of a tile of this width.
pub fn decode_tile(bytes: &[u8], part: Part) -> Result<Vec<Digest>, FormatError> {
    let (hashes, _) = bytes.as_chunks::<32>();
    FormatError::check_width(bytes, part.width(), Digest::WIDTH)?;
    Ok(hashes.iter().copied().map(Digest::new).collect())
}

/// The nodes of a tree whose tiles a function gives, by tile level and index, as long as they are: so everything that
/// proves from stored nodes proves from tiles.
pub struct TileNodes<F>(pub F);

impl<F, T, E> Nodes<Digest> for TileNodes<F>
where
    F: Fn(u8, u64) -> Result<T, E>,
    T: AsRef<[Digest]>,
    E: From<NoSuchNode>,
{
    type Error = E;

    fn node(&self, at: NodeId) -> Result<Digest, E> {
        let missing = || E::from(NoSuchNode(at));
        let above = u32::from(at.level % TILE_HEIGHT);
        let width = 1_u64.checked_shl(above).unwrap_or(1);
        let first = at.index.checked_mul(width).ok_or_else(missing)?;
        let tile = (self.0)(at.level / TILE_HEIGHT, first / super::PART_WIDTH)?;
        let begin = usize::try_from(first % super::PART_WIDTH).unwrap_or(usize::MAX);
        let end = begin.saturating_add(usize::try_from(width).unwrap_or(usize::MAX));
        let mut row = tile.as_ref().get(begin..end).ok_or_else(missing)?.to_vec();
        while row.len() > 1 {
            let mut above = Vec::with_capacity(row.len() / 2);
            Keccak::nodes(&row, &mut above);
            row = above;
        }
        row.first().copied().ok_or_else(missing)
    }
}

//! Tree nodes kept in memory, because every proof asks for the upper ones again.
//!
//! A node of the log, of an issued batch, or of the heads under a published checkpoint never changes, so nothing here is
//! ever outdated. Only what is shown goes through here: a check of the store reads the store.

use protocol::Digest;
use protocol::merkle::{NodeId, Nodes};
use quick_cache::sync::Cache;

/// Nodes kept at most, over all trees: about 50 MiB, and all but the lowest levels of three trees of a million leaves.
const CAPACITY: usize = 1 << 19;

/// A tree of one ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Which {
    /// The log.
    Log,
    /// The batch that begins at this voucher.
    Batch(u64),
    /// The heads as of this checkpoint.
    Heads(u64),
}

/// The nodes that were read of late.
pub struct Remembered(Cache<(Which, NodeId), Digest>);

impl Default for Remembered {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl Remembered {
    /// A tree whose nodes are looked for here before they are read from where they are stored.
    pub fn before<N>(&self, which: Which, stored: N) -> Before<'_, N> {
        Before { remembered: self, which, stored }
    }
}

/// See [`Remembered::before`].
pub struct Before<'a, N> {
    remembered: &'a Remembered,
    which: Which,
    stored: N,
}

impl<N> Before<'_, N> {
    /// The tree as it is stored.
    pub const fn stored(&self) -> &N {
        &self.stored
    }
}

impl<N: Nodes<Digest>> Nodes<Digest> for Before<'_, N> {
    type Error = N::Error;

    fn node(&self, at: NodeId) -> Result<Digest, N::Error> {
        let place = (self.which, at);
        if let Some(node) = self.remembered.0.get(&place) {
            return Ok(node);
        }
        let node = self.stored.node(at)?;
        self.remembered.0.insert(place, node);
        Ok(node)
    }
}

//! The heads: recomputed from the entries, and where the anchored ones differ, the tiles and chunks that show it.

use super::copy::{Copying, Problem};
use super::report::Contradiction;
use super::tree::VerifiedTree;
use crate::public_data::TreeName;
use protocol::audit::HeadArray;
use protocol::checkpoint::Checkpoint;
use protocol::entry::Entry;
use protocol::heads::{Chunk, Head, chunks_for};
use protocol::lifecycle::Kind;
use protocol::merkle::TreeHead;
use protocol::public_data::{DataPath, Part, decode_chunks};

/// Chunks that are kept of one checkpoint whose heads differ: one is enough for a proof.
const EVIDENCE: usize = 4096;

/// The head array that follows from the entries so far.
#[derive(Default)]
pub struct Heads {
    array: HeadArray,
    given_up: bool,
}

impl Heads {
    /// Vouchers.
    pub fn len(&self) -> u64 {
        self.array.len()
    }

    /// A batch is not to be had: what follows from here on is not known.
    pub fn give_up(&mut self) {
        self.given_up = true;
    }

    /// What the next entry, at `index`, makes of them.
    pub fn entry(&mut self, index: u64, entry: &Entry) {
        // A status of no four bits is no head; an audit says what it is.
        let Some(head) = Head::new(entry.status, index).filter(|_| !self.given_up) else { return };
        if entry.kind() == Some(Kind::Issue) && entry.first == self.array.len() {
            self.array.push(entry.count, head);
        } else {
            self.array.fill(entry.first..entry.first.saturating_add(entry.count), head);
        }
    }

    /// What contradicts a checkpoint of exactly these entries, its evidence copied.
    pub fn differ_from(
        &mut self,
        checkpoint: &Checkpoint,
        copying: &Copying<'_>,
    ) -> Result<Option<Contradiction>, Problem> {
        if self.given_up {
            return Ok(None);
        }
        if self.array.root() == checkpoint.head_root && self.array.len() == checkpoint.vouchers {
            return Ok(None);
        }
        let size = chunks_for(checkpoint.vouchers);
        let head = TreeHead { size, root: checkpoint.head_root };
        let tree = VerifiedTree::open(copying, TreeName::Heads(checkpoint.number), head)?;
        let differing = self.array.differing(&tree, size, EVIDENCE)?;
        let mut parts: Vec<Part> = differing.iter().filter_map(|chunk| Part::holding(*chunk, size)).collect();
        parts.dedup();
        for part in parts {
            let leaves = tree.tile(0, part.index())?;
            let path = DataPath::HeadChunks { checkpoint: checkpoint.number, part };
            copying.obtain(path, |bytes| {
                let chunks = decode_chunks(bytes, part).map_err(|error| error.to_string())?;
                let fit = chunks.iter().map(Chunk::leaf).eq(leaves.iter().copied());
                if fit { Ok(()) } else { Err("its chunks are not those under the anchored root".to_owned()) }
            })?;
        }
        Ok(Some(Contradiction::heads(checkpoint, differing.first().copied())))
    }
}

//! The log: tiles against the root, entries against the tiles, and the entries in their order for what follows from them.

use super::batch;
use super::copy::{Copying, Problem};
use super::heads::Heads;
use super::report::Contradiction;
use super::tree::{VerifiedTree, edge_of};
use crate::public_data::{DataError, TreeName};
use protocol::checkpoint::Checkpoint;
use protocol::dossier::Step;
use protocol::entry::Entry;
use protocol::lifecycle::Kind;
use protocol::merkle::{Frontier, TreeHead};
use protocol::public_data::{DataPath, Part, decode_bundle};
use protocol::{Digest, Keccak};

/// Bundles on the way at a time: 16,384 entries.
const WINDOW: usize = 64;

/// What follows from the entries so far, held against each checkpoint at its size.
pub struct Replay<'a> {
    copying: &'a Copying<'a>,
    progress: &'a (dyn Fn(u64) + Sync),
    checkpoints: std::iter::Peekable<std::vec::IntoIter<Checkpoint>>,
    log: Frontier<Keccak>,
    heads: Heads<'a>,
    contradictions: Vec<Contradiction>,
    unavailable: Vec<DataError>,
}

impl<'a> Replay<'a> {
    /// Before the first entry; `checkpoints` are all of them, oldest first.
    pub fn new(
        copying: &'a Copying<'a>,
        checkpoints: Vec<Checkpoint>,
        progress: &'a (dyn Fn(u64) + Sync),
    ) -> Self {
        Self {
            copying,
            progress,
            checkpoints: checkpoints.into_iter().peekable(),
            log: Frontier::default(),
            heads: Heads::new(copying),
            contradictions: Vec::new(),
            unavailable: Vec::new(),
        }
    }

    /// What was found: the contradictions, and the files that are not to be had.
    pub fn into_findings(self) -> (Vec<Contradiction>, Vec<DataError>) {
        (self.contradictions, self.unavailable)
    }

    /// The next entry of the log.
    fn entry(&mut self, entry: &Entry) -> Result<(), Problem> {
        let index = self.log.size();
        if entry.kind() == Some(Kind::Issue) {
            match batch::copy(self.copying, index, entry, self.progress) {
                Ok(()) => {}
                // The heads follow from the entries alone, but no array is made longer than there are records.
                Err(Problem::Data(error)) if !error.is_out_of_reach() => {
                    self.heads.give_up();
                    self.unavailable.push(error);
                }
                Err(problem) => return Err(problem),
            }
        }
        self.log.append(entry.leaf(), |_, _| ());
        self.heads.entry(index, entry);
        self.hold_against_checkpoints()
    }

    /// Entries that are not to be had: their leaves are known from the tree, what they did is not.
    fn without(&mut self, leaves: &[Digest], error: DataError) -> Result<(), Problem> {
        self.heads.give_up();
        self.unavailable.push(error);
        for leaf in leaves {
            self.log.append(*leaf, |_, _| ());
            self.hold_against_checkpoints()?;
        }
        Ok(())
    }

    /// Holds what there is against the checkpoints of this size.
    fn hold_against_checkpoints(&mut self) -> Result<(), Problem> {
        let size = self.log.size();
        while let Some(checkpoint) = self.checkpoints.next_if(|checkpoint| checkpoint.size <= size) {
            if checkpoint.size < size || self.log.root() != checkpoint.log_root {
                self.contradictions.push(Contradiction::log(&checkpoint));
            }
            match self.heads.differ_from(&checkpoint) {
                Ok(found) => self.contradictions.extend(found),
                Err(Problem::Data(error)) if !error.is_out_of_reach() => {
                    self.contradictions.push(Contradiction::heads(&checkpoint, None));
                    self.unavailable.push(error);
                }
                Err(problem) => return Err(problem),
            }
        }
        Ok(())
    }
}

/// Copies the log under `newest` and plays it to `replay`.
pub fn copy(copying: &Copying<'_>, newest: &Checkpoint, replay: &mut Replay<'_>) -> Result<(), Problem> {
    let head = TreeHead { size: newest.size, root: newest.log_root };
    let tree = VerifiedTree::open(copying, TreeName::Log, head)?;
    replay.hold_against_checkpoints()?;
    let parts: Vec<Part> = Part::all(newest.size).collect();
    for window in parts.chunks(WINDOW) {
        let bundles = copying.each(window, |part| bundle(copying, &tree, *part));
        for (part, steps) in window.iter().zip(bundles) {
            match steps {
                Ok(steps) => steps.iter().try_for_each(|step| replay.entry(&step.entry))?,
                Err(Problem::Data(error)) if !error.is_out_of_reach() => {
                    replay.without(&tree.tile(0, part.index())?, error)?;
                }
                Err(problem) => return Err(problem),
            }
            (replay.progress)(part.width());
        }
    }
    Ok(())
}

/// A bundle whose entries are the leaves that the tree has, with the memos that they name.
fn bundle(copying: &Copying<'_>, tree: &VerifiedTree<'_>, part: Part) -> Result<Vec<Step>, Problem> {
    let leaves = tree.tile(0, part.index())?;
    copying.obtain(DataPath::Entries(part), |bytes| {
        let steps = decode_bundle(bytes, part).map_err(|error| error.to_string())?;
        for ((index, step), leaf) in (part.first()..).zip(&steps).zip(leaves.iter()) {
            fits(step, *leaf).map_err(|problem| format!("entry {index} {problem}"))?;
        }
        Ok(steps)
    })
}

fn fits(step: &Step, leaf: Digest) -> Result<(), &'static str> {
    if step.entry.leaf() != leaf {
        return Err("is not the one under the anchored root");
    }
    // The content of an Issue is its batch root; its batch is checked when it is copied.
    let issue = step.entry.kind() == Some(Kind::Issue);
    if issue || step.memo.fits(step.entry.content) { Ok(()) } else { Err("has another memo than it names") }
}

/// The files at the right edge of a log of `size` entries: the parts that are not full.
pub fn edge(size: u64) -> impl Iterator<Item = DataPath> {
    let tiles = edge_of(size).map(|(level, part)| DataPath::LogTile { level, part });
    let entries = edge_of(size).filter(|(level, _)| *level == 0).map(|(_, part)| DataPath::Entries(part));
    tiles.chain(entries)
}

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

/// What follows from the entries so far. Before the first of them unless one has been built up.
#[derive(Default)]
pub struct Reached {
    /// The newest checkpoint that was held against it.
    pub checkpoint: Option<Checkpoint>,
    log: Frontier<Keccak>,
    heads: Heads,
}

/// Goes on from where the entries were followed to, and holds what there is against each checkpoint at its size.
pub struct Replay<'a> {
    copying: &'a Copying<'a>,
    progress: &'a (dyn Fn(u64) + Sync),
    checkpoints: std::iter::Peekable<std::vec::IntoIter<Checkpoint>>,
    reached: Reached,
    contradictions: Vec<Contradiction>,
    unavailable: Vec<DataError>,
}

impl<'a> Replay<'a> {
    /// On from there; `checkpoints` are all that come after it, oldest first.
    pub fn new(
        copying: &'a Copying<'a>,
        reached: Reached,
        checkpoints: Vec<Checkpoint>,
        progress: &'a (dyn Fn(u64) + Sync),
    ) -> Self {
        progress(reached.log.size().saturating_add(reached.heads.len()));
        let checkpoints = checkpoints.into_iter().peekable();
        Self { copying, progress, checkpoints, reached, contradictions: Vec::new(), unavailable: Vec::new() }
    }

    /// How far it came, and what was found: the contradictions, and the files that are not to be had.
    pub fn into_findings(self) -> (Reached, Vec<Contradiction>, Vec<DataError>) {
        (self.reached, self.contradictions, self.unavailable)
    }

    /// The next entry of the log.
    fn entry(&mut self, entry: &Entry) -> Result<(), Problem> {
        let index = self.reached.log.size();
        if entry.kind() == Some(Kind::Issue) {
            match batch::copy(self.copying, index, entry, self.progress) {
                Ok(()) => {}
                // The heads follow from the entries alone, but no array is made longer than there are records.
                Err(Problem::Data(error)) if !error.is_out_of_reach() => {
                    self.reached.heads.give_up();
                    self.unavailable.push(error);
                }
                Err(problem) => return Err(problem),
            }
        }
        self.reached.log.append(entry.leaf(), |_, _| ());
        self.reached.heads.entry(index, entry);
        self.hold_against_checkpoints()
    }

    /// Entries that are not to be had: their leaves are known from the tree, what they did is not.
    fn without(&mut self, leaves: &[Digest], error: DataError) -> Result<(), Problem> {
        self.reached.heads.give_up();
        self.unavailable.push(error);
        for leaf in leaves {
            self.reached.log.append(*leaf, |_, _| ());
            self.hold_against_checkpoints()?;
        }
        Ok(())
    }

    /// Holds what there is against the checkpoints of this size.
    fn hold_against_checkpoints(&mut self) -> Result<(), Problem> {
        let Reached { checkpoint: newest, log, heads } = &mut self.reached;
        let size = log.size();
        while let Some(checkpoint) = self.checkpoints.next_if(|checkpoint| checkpoint.size <= size) {
            if checkpoint.size < size || log.root() != checkpoint.log_root {
                self.contradictions.push(Contradiction::log(&checkpoint));
            }
            match heads.differ_from(&checkpoint, self.copying) {
                Ok(found) => self.contradictions.extend(found),
                Err(Problem::Data(error)) if !error.is_out_of_reach() => {
                    self.contradictions.push(Contradiction::heads(&checkpoint, None));
                    self.unavailable.push(error);
                }
                Err(problem) => return Err(problem),
            }
            *newest = Some(checkpoint);
        }
        Ok(())
    }
}

/// Copies what the log under `newest` has beyond `replay`, and plays it to it.
pub fn copy(copying: &Copying<'_>, newest: &Checkpoint, replay: &mut Replay<'_>) -> Result<(), Problem> {
    let head = TreeHead { size: newest.size, root: newest.log_root };
    let tree = VerifiedTree::open(copying, TreeName::Log, head)?;
    replay.hold_against_checkpoints()?;
    let before = replay.reached.log.size();
    let parts: Vec<Part> = Part::all(newest.size).filter(|part| part.items().end > before).collect();
    for window in parts.chunks(WINDOW) {
        let bundles = copying.each(window, |part| bundle(copying, &tree, *part));
        for (part, steps) in window.iter().zip(bundles) {
            // Of the first part, some may have been played before.
            let new = part.items().start.max(before)..part.items().end;
            let played = usize::try_from(new.start.saturating_sub(part.first())).unwrap_or(usize::MAX);
            match steps {
                Ok(steps) => steps.iter().skip(played).try_for_each(|step| replay.entry(&step.entry))?,
                Err(Problem::Data(error)) if !error.is_out_of_reach() => {
                    let leaves = tree.tile(0, part.index())?;
                    replay.without(leaves.get(played..).unwrap_or_default(), error)?;
                }
                Err(problem) => return Err(problem),
            }
            (replay.progress)(new.end.saturating_sub(new.start));
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

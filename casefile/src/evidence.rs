//! What goes into a case: dossiers, checkpoints, receipts, and the files that the parties add.

use protocol::checkpoint::Checkpoint;
use protocol::dossier::{Anchored, Dossier, DossierCheckpoint, read_dossier_checkpoint};
use protocol::json::{At, JsonError, parse};
use protocol::receipt::Receipt;
use protocol::verify::{Finality, TrustedCheckpoint};
use protocol::{LedgerId, PublicKey};
use serde::Serialize;

/// Vouchers in one case: its report stays readable, and its making bounded.
pub const MAX_VOUCHERS: usize = 100;
/// Files that the parties add to one case.
pub const MAX_FILES: usize = 100;
/// Bytes of one added file.
pub const MAX_FILE_BYTES: u64 = 64 << 20;
/// Characters of a name: of a file, or of who adds it.
pub const MAX_NAME_CHARS: usize = 120;

/// Everything that a case is made from. Nothing else influences a byte of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    /// When the case was made, by the clock of who made it: Unix milliseconds.
    pub made_at: u64,
    /// What made it, for example `vouchsafe 0.1.0`.
    pub tool: String,
    /// One dossier a voucher, in the order in which they were asked for.
    pub dossiers: Vec<CaseDossier>,
    /// Checkpoints of their ledgers.
    pub checkpoints: Vec<ReadCheckpoint>,
    /// Receipts of entries in them.
    pub receipts: Vec<LedgerReceipt>,
    /// What the parties add.
    pub files: Vec<PartyFile>,
}

/// Why evidence makes no case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// A case is about something.
    #[error("a case needs at least one voucher")]
    NoVoucher,
    /// Too many vouchers.
    #[error("{0} vouchers are more than the {MAX_VOUCHERS} of one case: make several")]
    TooManyVouchers(usize),
    /// The same voucher twice.
    #[error("the voucher {0} is in the case twice")]
    Twice(PublicKey),
    /// Too many files.
    #[error("{0} files are more than the {MAX_FILES} of one case")]
    TooManyFiles(usize),
    /// An added file is too large.
    #[error("the file {name} has {size} bytes, more than the {MAX_FILE_BYTES} that a case takes")]
    LargeFile {
        /// Its name.
        name: String,
        /// Its size.
        size: u64,
    },
    /// A name that is empty or too long.
    #[error("a name of {0} characters: between 1 and {MAX_NAME_CHARS} are due")]
    Name(usize),
}

impl Evidence {
    /// Whether a case can be made of it.
    pub fn check(&self) -> Result<(), EvidenceError> {
        if self.dossiers.is_empty() {
            return Err(EvidenceError::NoVoucher);
        }
        if self.dossiers.len() > MAX_VOUCHERS {
            return Err(EvidenceError::TooManyVouchers(self.dossiers.len()));
        }
        if self.files.len() > MAX_FILES {
            return Err(EvidenceError::TooManyFiles(self.files.len()));
        }
        for (place, item) in self.dossiers.iter().enumerate() {
            let before = self.dossiers.get(..place).unwrap_or_default();
            if before.iter().any(|other| other.key() == item.key()) {
                return Err(EvidenceError::Twice(item.key()));
            }
        }
        self.files.iter().try_for_each(PartyFile::check)
    }

    /// The case's checkpoints of a ledger, by their numbers.
    pub fn checkpoints_of(&self, ledger: LedgerId) -> Vec<&ReadCheckpoint> {
        let mut found: Vec<_> =
            self.checkpoints.iter().filter(|read| read.trusted.ledger == ledger).collect();
        found.sort_by_key(|read| read.trusted.checkpoint.number);
        found
    }

    /// The case's own reading of the checkpoint that a dossier is under.
    pub fn checkpoint_under(&self, dossier: &Dossier) -> Option<&ReadCheckpoint> {
        let number = dossier.checkpoint.checkpoint.number;
        let of_it = |read: &&ReadCheckpoint| {
            read.trusted.ledger == dossier.ledger.id && read.trusted.checkpoint.number == number
        };
        self.checkpoints.iter().find(of_it)
    }
}

/// The number of the first checkpoint that holds the entry at `index`, of those up to `newest`: sizes only grow, so each
/// look rules out half of what is left. `size` gives a checkpoint's size; where it has none, the newest is the answer.
pub fn first_checkpoint_with<E>(
    index: u64,
    newest: u64,
    mut size: impl FnMut(u64) -> Result<Option<u64>, E>,
) -> Result<u64, E> {
    let (mut low, mut high) = (0, newest);
    while low < high {
        let middle = low.midpoint(high);
        match size(middle)? {
            Some(size) if size > index => high = middle,
            Some(_) => low = middle.saturating_add(1),
            None => return Ok(newest),
        }
    }
    Ok(high)
}

/// A dossier of the right shape with its exact text.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseDossier {
    text: String,
    dossier: Dossier,
}

impl CaseDossier {
    /// Reads a dossier file.
    pub fn read(text: impl Into<String>) -> Result<Self, JsonError> {
        let text = text.into();
        let dossier = Dossier::parse(&text)?;
        Ok(Self { text, dossier })
    }

    /// The file's exact text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it says.
    pub const fn dossier(&self) -> &Dossier {
        &self.dossier
    }

    /// Its voucher.
    pub const fn key(&self) -> PublicKey {
        self.dossier.voucher.key
    }
}

/// Where the one who made the case had a checkpoint from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CheckpointSource {
    /// Read from the chain.
    Chain,
    /// From a file.
    File,
    /// The node's word.
    Node,
}

impl CheckpointSource {
    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::File => "file",
            Self::Node => "node",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [Self::Chain, Self::File, Self::Node].into_iter().find(|source| source.name() == name)
    }
}

/// A checkpoint as the one who made the case read it. Its file has the form of a trusted checkpoint, so that a verifier
/// takes it as one, and says besides where it was read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ReadCheckpoint {
    /// The checkpoint, with the times of its block and of the next one's.
    #[serde(flatten)]
    pub trusted: TrustedCheckpoint,
    /// The transaction and block that hold it.
    pub anchored: Option<Anchored>,
    /// Where it was read.
    pub source: CheckpointSource,
    /// Whether it was final on its chain then.
    #[serde(rename = "final")]
    pub is_final: bool,
}

impl ReadCheckpoint {
    /// Reads the file.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let value = parse(text)?;
        let root = At::root(&value, "checkpoint");
        let DossierCheckpoint { anchored, .. } = read_dossier_checkpoint(&root)?;
        let source = root.member("source")?;
        let named = CheckpointSource::from_name(source.text()?);
        let finality = root.member("final")?;
        Ok(Self {
            trusted: TrustedCheckpoint::parse(text)?,
            anchored,
            source: named.ok_or_else(|| source.error("chain, file or node is due"))?,
            is_final: finality.boolean()?,
        })
    }

    /// The checkpoint.
    pub const fn checkpoint(&self) -> &Checkpoint {
        &self.trusted.checkpoint
    }

    /// How settled it was.
    pub const fn finality(&self) -> Finality {
        if self.is_final { Finality::Final } else { Finality::NotFinal }
    }

    /// When its block was made.
    pub fn block_time(&self) -> Option<u64> {
        self.trusted.block_time.or_else(|| self.anchored.map(|anchored| anchored.block_time))
    }
}

/// A receipt and the ledger that it is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LedgerReceipt {
    /// The ledger.
    pub ledger: LedgerId,
    /// The operator's promise.
    #[serde(flatten)]
    pub receipt: Receipt,
}

impl LedgerReceipt {
    /// Reads the file.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let value = parse(text)?;
        let root = At::root(&value, "receipt");
        let receipt = Receipt {
            index: root.member("index")?.integer()?,
            leaf: root.member("leaf")?.parsed()?,
            anchor_by: root.member("anchor_by")?.integer()?,
            signature: root.member("signature")?.parsed()?,
        };
        Ok(Self { ledger: root.member("ledger")?.parsed()?, receipt })
    }
}

/// A file that a party adds, by its hash; its bytes may join the archive later, elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyFile {
    /// Its name where it came from.
    pub name: String,
    /// Who adds it, in that party's own words.
    pub by: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

impl PartyFile {
    fn check(&self) -> Result<(), EvidenceError> {
        for name in [&self.name, &self.by] {
            let characters = name.chars().count();
            if !(1..=MAX_NAME_CHARS).contains(&characters) {
                return Err(EvidenceError::Name(characters));
            }
        }
        if self.size > MAX_FILE_BYTES {
            return Err(EvidenceError::LargeFile { name: self.name.clone(), size: self.size });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::first_checkpoint_with;

    #[test]
    fn the_first_checkpoint_with_an_entry_is_found_among_those_of_one_size_too() {
        let sizes = [0, 1, 1, 5, 5, 9];
        let size = |number: u64| Ok::<_, ()>(sizes.get(usize::try_from(number).unwrap_or(99)).copied());
        for (index, first) in [(0, 1), (1, 3), (4, 3), (5, 5), (8, 5)] {
            assert_eq!(first_checkpoint_with(index, 5, size), Ok(first), "{index}");
        }
        assert_eq!(first_checkpoint_with(0, 5, |_| Ok::<_, ()>(None)), Ok(5));
        assert_eq!(first_checkpoint_with(0, 5, |_| Err("silent")), Err("silent"));
    }
}

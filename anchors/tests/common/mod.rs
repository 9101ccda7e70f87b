//! What the suites share: chains to run on, a log that grows, and the tools of the contracts' folder.

#![allow(dead_code, reason = "each suite uses its part")]

pub mod anvil;
pub mod served;

use protocol::checkpoint::Checkpoint;
use protocol::merkle::{Tree, TreeHash as _};
use protocol::{Digest, Keccak, LedgerId, PublicKey};
use std::path::PathBuf;
use std::time::Duration;
use vouchsafe_anchors::{
    AnchorReader, AnchorWriter, Clock, DEVELOPMENT_MINIMUM_BOND_WEI, Opening, Submission, TxState,
};

/// A log that grows, and the checkpoints taken of it.
pub struct Log {
    pub ledger: LedgerId,
    pub tree: Tree<Keccak>,
    pub tip: Checkpoint,
}

pub const OPERATOR: PublicKey = PublicKey::new([7; 32]);

pub fn opening(salt: u8) -> Opening {
    Opening { salt: salted(salt), operator_key: OPERATOR, bond_wei: DEVELOPMENT_MINIMUM_BOND_WEI }
}

pub fn salted(salt: u8) -> Digest {
    Digest::new([salt; 32])
}

impl Log {
    /// Opens a ledger and begins its log.
    pub async fn open(writer: &dyn AnchorWriter, salt: u8) -> Self {
        let opening = opening(salt);
        let submission = writer.open(&opening).await.expect("opens");
        mined(writer, submission).await;
        Self::of(writer.origin(opening.salt).ledger())
    }

    /// The log of a ledger that has just been opened.
    pub fn of(ledger: LedgerId) -> Self {
        Self { ledger, tree: Tree::default(), tip: Checkpoint::genesis(OPERATOR) }
    }

    /// Appends entries and gives the next checkpoint with the proof that it extends the last one.
    pub fn grow(&mut self, entries: u64) -> (Checkpoint, Vec<Digest>) {
        for entry in 0..entries {
            self.tree.extend(&[Keccak::leaf(&(self.tree.size() + entry).to_be_bytes())]);
        }
        let next = Checkpoint {
            number: self.tip.number + 1,
            size: self.tree.size(),
            vouchers: self.tree.size() * 10,
            log_root: self.tree.root(),
            head_root: salted(u8::try_from(self.tree.size() % 251).expect("small")),
            operator_key: OPERATOR,
            previous: self.tip.hash(self.ledger),
        };
        (next, self.tree.consistency_path(self.tip.size, next.size))
    }

    /// Appends entries and anchors them; gives the checkpoint.
    pub async fn anchor(&mut self, writer: &dyn AnchorWriter, entries: u64) -> Checkpoint {
        let (next, proof) = self.grow(entries);
        let submission = writer.anchor(self.ledger, &self.tip, &next, &proof).await.expect("anchors");
        mined(writer, submission).await;
        self.tip = next;
        next
    }
}

/// Waits until what was sent is in a block: `anvil` mines a moment after it answered.
pub async fn mined(reader: &dyn AnchorReader, submission: Submission) -> Digest {
    let Submission::Sent { tx } = submission else { panic!("nothing was sent: {submission:?}") };
    for _ in 0..500 {
        match reader.transaction(tx).await.expect("an answer") {
            TxState::Mined { .. } => return tx,
            TxState::Pending | TxState::Unknown => tokio::time::sleep(Duration::from_millis(10)).await,
            failed @ TxState::Failed { .. } => panic!("{failed:?}"),
        }
    }
    panic!("{tx} is in no block after 5 s")
}

/// A clock that a test moves; it begins at 2026-11-21T00:00:00Z.
#[derive(Clone)]
pub struct Time(std::sync::Arc<std::sync::atomic::AtomicU64>);

pub const BEGINNING_MS: u64 = 1_795_219_200_000;

impl Time {
    pub fn begin() -> Self {
        Self(std::sync::Arc::new(BEGINNING_MS.into()))
    }

    pub fn clock(&self) -> Clock {
        let now = self.0.clone();
        Clock::new(move || now.load(std::sync::atomic::Ordering::Relaxed))
    }

    pub fn pass(&self, ms: u64) {
        self.0.fetch_add(ms, std::sync::atomic::Ordering::Relaxed);
    }
}

/// A program of the contracts' toolchain: where the variable says, or where `npm ci` put it.
pub fn tool(name: &str) -> PathBuf {
    let variable = name.to_uppercase();
    if let Some(path) = std::env::var_os(&variable) {
        return path.into();
    }
    // The packages' own start scripts leave their child behind when they are killed; this is the child.
    let packages = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../contracts/node_modules/@foundry-rs");
    let prefix = format!("{name}-");
    let entries = std::fs::read_dir(&packages).into_iter().flatten().flatten();
    let found = entries
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix))
        .map(|entry| entry.path().join("bin").join(name))
        .find(|path| path.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "no {name} in {}: run `npm ci` in contracts/, or set {variable} to its path",
            packages.display()
        )
    })
}

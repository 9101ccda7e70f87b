//! A node that fails at every write of its store and of its chain, and is started again each time: what it promised
//! holds, and it ends exactly where one ends that never failed.

use super::Refused;
use super::rows::Accepted;
use crate::anchoring::{Next, TurnError};
use crate::fixture::{Fixture, key};
use crate::fsck::fsck;
use crate::store::{Fault, MemoryStore, Store, StoreError};
use anchors::{AnchorReader as _, MemoryChain};
use protocol::checkpoint::Checkpoint;
use protocol::dossier;
use protocol::lifecycle::Kind;
use protocol::manifest::Flags;
use std::sync::Arc;
use std::time::Duration;

/// What a client or the clock does. Done again after a failure, as a client does that got no answer.
#[derive(Debug, Clone, Copy)]
enum Act {
    Issue { batch: u8, count: u64, first: u64 },
    Transfer { first: u64, count: u64 },
    Sell { prev: u64, number: u64, buyer: u8 },
    Anchor,
    Pass(u64),
}

const SCRIPT: [Act; 12] = [
    Act::Issue { batch: 1, count: 40, first: 0 },
    Act::Anchor,
    Act::Transfer { first: 2, count: 30 },
    Act::Sell { prev: 0, number: 35, buyer: 4 },
    Act::Sell { prev: 0, number: 35, buyer: 5 },
    Act::Pass(61),
    Act::Anchor,
    Act::Issue { batch: 2, count: 21, first: 40 },
    Act::Anchor,
    Act::Sell { prev: 3, number: 41, buyer: 6 },
    Act::Pass(61),
    Act::Anchor,
];

/// What is left in the end.
#[derive(Debug, PartialEq, Eq)]
struct End {
    entries: Vec<Accepted>,
    checkpoints: Vec<Checkpoint>,
    incidents: usize,
    writes: u64,
    sent: usize,
}

/// How much of what is staged and not committed a crash leaves behind.
#[derive(Debug, Clone, Copy)]
enum Left {
    Nothing,
    All,
}

/// A node that can be stopped hard and started again.
struct Node {
    fixture: Option<Fixture>,
    store: Option<Arc<MemoryStore>>,
    left: Left,
    promised: Vec<Accepted>,
    chain: MemoryChain,
    facts: dossier::Ledger,
    restarts: u32,
}

impl Node {
    async fn new(left: Left) -> Self {
        let store = Arc::new(MemoryStore::new().expect("a store"));
        let fixture = Fixture::on(Arc::clone(&store) as Arc<dyn Store>).await;
        let (chain, facts) = (fixture.chain.clone(), fixture.ledger.facts());
        let (fixture, store) = (Some(fixture), Some(store));
        Self { fixture, store, left, promised: Vec::new(), chain, facts, restarts: 0 }
    }

    fn fixture(&self) -> &Fixture {
        self.fixture.as_ref().expect("running")
    }

    fn store(&self) -> &MemoryStore {
        self.store.as_ref().expect("open")
    }

    /// Ends the process as a crash does and starts it again on what is left.
    async fn restart(&mut self) {
        self.restarts += 1;
        let fixture = self.fixture.take().expect("running");
        let now = fixture.now();
        drop(fixture);
        let mut held = self.store.take().expect("open");
        let store = loop {
            match Arc::try_unwrap(held) {
                Ok(store) => break store,
                // The sequencer's thread is on its way out.
                Err(again) => held = again,
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        let kept = match self.left {
            Left::Nothing => 0,
            Left::All => usize::MAX,
        };
        let disk = store.crash(kept);
        let store = Arc::new(disk.open().expect("free"));
        let below = Arc::clone(&store) as Arc<dyn Store>;
        self.fixture = Some(Fixture::reopened(below, self.chain.clone(), now, self.facts));
        self.store = Some(store);
    }

    /// Does an act until it is done, starting the node again where it must be.
    async fn act(&mut self, act: Act) {
        for _ in 0..3 {
            match self.attempt(act).await {
                Ok(()) => return,
                Err(Failed::Full) => {}
                Err(Failed::Hard) => self.restart().await,
            }
        }
        panic!("{act:?} is never done");
    }

    async fn attempt(&mut self, act: Act) -> Result<(), Failed> {
        let fixture = self.fixture();
        let outcome = match act {
            Act::Pass(seconds) => {
                fixture.pass(seconds);
                return Ok(());
            }
            Act::Anchor => return anchor(fixture).await,
            Act::Issue { batch, count, first } => {
                fixture.issue(&fixture.cards(batch, count, first, Flags::default())).await
            }
            Act::Transfer { first, count } => {
                let to = key(2).public();
                let step = fixture.step_after(0, Kind::Transfer, first, count, to, None, &[&fixture.issuer]);
                fixture.ledger.submit(step).await
            }
            Act::Sell { prev, number, buyer } => {
                let to = key(buyer).public();
                let step = fixture.step_after(prev, Kind::Sell, number, 1, to, None, &[&fixture.issuer]);
                fixture.ledger.submit(step).await
            }
        };
        match outcome {
            Ok(outcome) => {
                self.promised.push(outcome.accepted);
                Ok(())
            }
            Err(Refused::AlreadyMoved { incident: true, .. }) => Ok(()),
            Err(Refused::NotStored(error)) => Err(Failed::of(&error)),
            Err(Refused::Read(super::rows::ReadError::Store(error))) => Err(Failed::of(&error)),
            Err(other) => panic!("{act:?}: {other}"),
        }
    }

    /// Everything that must hold whatever happened, and what is left.
    async fn end(mut self) -> End {
        // What only the running process knew is not part of it.
        self.restart().await;
        let fixture = self.fixture();
        let view = fixture.ledger.view().expect("a view");
        for promised in &self.promised {
            let kept = view.entry(promised.state.index).expect("read");
            assert_eq!(kept.as_ref(), Some(promised), "a receipt that was given");
        }
        let found = fsck(&*self.store().snapshot().expect("a snapshot"), self.facts.id, |_, _| ());
        assert_eq!(found.expect("read").faults, Vec::<String>::new());
        let cut = view.checkpoints(0, 100).expect("read");
        for (number, published) in (0..).zip(&cut) {
            let said = self.chain.checkpoint(self.facts.id, number).await.expect("on the chain");
            assert_eq!(published.checkpoint, said.checkpoint, "the contract agrees");
            assert!(published.is_final, "checkpoint {number} is settled");
        }
        let newest = cut.last().expect("the opening").checkpoint;
        assert_eq!(self.chain.latest(self.facts.id).await.expect("a tip").number, newest.number);
        assert_eq!(view.unsettled().expect("read"), 0);
        let size = view.size().expect("read");
        let entries = (0..size).map(|index| view.entry(index).expect("read").expect("an entry"));
        End {
            entries: entries.collect(),
            checkpoints: cut.iter().map(|published| published.checkpoint).collect(),
            incidents: view.incidents(None, 100, usize::MAX).expect("read").len(),
            writes: self.store().faults().written(),
            sent: self.chain.transactions(),
        }
    }
}

/// How an act failed.
enum Failed {
    /// The store took nothing of it and goes on.
    Full,
    /// The process must be started again.
    Hard,
}

impl Failed {
    fn of(error: &StoreError) -> Self {
        match error {
            StoreError::Full { .. } => Self::Full,
            StoreError::Stopped { .. } => Self::Hard,
            other => panic!("{other}"),
        }
    }
}

async fn anchor(fixture: &Fixture) -> Result<(), Failed> {
    use super::cut::CutError;
    use super::rows::ReadError;
    for _ in 0..20 {
        match fixture.anchoring.turn().await {
            Ok(Next::Rest) => return Ok(()),
            Ok(Next::Again | Next::Poll) => {}
            Err(TurnError::Cut(CutError::Read(ReadError::Store(error)))) => return Err(Failed::of(&error)),
            // The node that lost the chain's answer is stopped on top of it.
            Err(TurnError::Chain(_)) => return Err(Failed::Hard),
            Err(other) => panic!("{other}"),
        }
    }
    panic!("the anchoring job does not come to rest");
}

async fn play(left: Left, prepare: impl FnOnce(&Node)) -> (End, u32) {
    let mut node = Node::new(left).await;
    prepare(&node);
    for act in SCRIPT {
        node.act(act).await;
    }
    let restarts = node.restarts;
    (node.end().await, restarts)
}

fn same(end: &End, undisturbed: &End, what: &str) {
    assert_eq!(end.entries, undisturbed.entries, "{what}");
    assert_eq!(end.checkpoints, undisturbed.checkpoints, "{what}");
    assert_eq!((end.incidents, end.sent), (undisturbed.incidents, undisturbed.sent), "{what}");
}

/// Writes before the script begins: the format row and the opening.
const WRITES_BEFORE: u64 = 2;

#[tokio::test]
async fn a_failure_at_any_write_of_the_store_changes_nothing_that_counts() {
    let (undisturbed, _) = play(Left::All, |_| ()).await;
    assert_eq!((undisturbed.entries.len(), undisturbed.checkpoints.len()), (5, 5));
    assert_eq!(undisturbed.incidents, 1);
    for nth in 1..=undisturbed.writes - WRITES_BEFORE {
        for fault in [Fault::Before, Fault::After, Fault::Full] {
            for left in [Left::Nothing, Left::All] {
                let what =
                    format!("write {nth} fails, {fault:?}, a crash leaves {left:?} of what was staged");
                let (end, restarts) = play(left, |node| node.store().faults().fail(nth, fault)).await;
                assert_eq!(restarts, u32::from(fault != Fault::Full), "{what}");
                same(&end, &undisturbed, &what);
            }
        }
    }
}

#[tokio::test]
async fn a_failure_at_any_write_of_the_chain_ends_in_the_same_checkpoints() {
    let (undisturbed, _) = play(Left::All, |_| ()).await;
    for nth in (1..).take(undisturbed.checkpoints.len() - 1) {
        for fault in [anchors::Fault::Before, anchors::Fault::After] {
            let what = format!("transaction {nth} fails, {fault:?}");
            let (end, restarts) = play(Left::Nothing, |node| node.chain.fail(nth, fault)).await;
            assert_eq!(restarts, 1, "{what}");
            same(&end, &undisturbed, &what);
        }
    }
}

#[tokio::test]
async fn a_failure_of_store_and_chain_at_once_ends_in_the_same_checkpoints() {
    let (undisturbed, _) = play(Left::All, |_| ()).await;
    for nth in 1..=undisturbed.writes - WRITES_BEFORE {
        let what = format!("write {nth} reaches the disk and all first answers of the chain are lost");
        let prepare = |node: &Node| {
            node.store().faults().fail(nth, Fault::After);
            node.chain.fail(1, anchors::Fault::After);
        };
        let (end, restarts) = play(Left::Nothing, prepare).await;
        assert!(restarts >= 2, "{what}");
        same(&end, &undisturbed, &what);
    }
}

//! Showing a leaf that is asked for on the chain (F8, docs/protocol.md section 13): what an operator must always be able to.

use super::batch::BatchTree;
use super::heads::HeadTree;
use super::reads::Reads as _;
use super::rows::{Published, ReadError};
use super::sequencer::LogTree;
use super::tiles::Tiled;
use super::view::View;
use crate::store::{Order, Span, Table};
use protocol::fraud::{Ask, AskedTree};
use protocol::heads::chunks_for;
use protocol::manifest::manifest_digest;
use protocol::merkle::inclusion_path;
use protocol::{Digest, Keccak};

/// The bytes of a leaf, and its path from there upwards.
pub type ShownLeaf = (Vec<u8>, Vec<Digest>);

impl View {
    /// What answers this ask; none where it is of no tree of this ledger.
    pub fn shown_for(&self, ask: &Ask) -> Result<Option<ShownLeaf>, ReadError> {
        let shown = match ask.tree {
            AskedTree::Log => self.shown_entry(ask)?,
            AskedTree::Heads => self.shown_chunk(ask)?,
            AskedTree::Batch => self.shown_batch_leaf(ask)?,
        };
        Ok(shown.filter(|(leaf, path)| ask.answered_by(leaf, path).is_ok()))
    }

    fn shown_entry(&self, ask: &Ask) -> Result<Option<ShownLeaf>, ReadError> {
        if ask.index >= ask.size || ask.size > self.size()? {
            return Ok(None);
        }
        let snapshot = self.snapshot();
        let entry = snapshot.known_entry(ask.index)?.state.entry;
        let path = inclusion_path::<Keccak, _>(&Tiled(LogTree(snapshot)), ask.index, ask.size)?;
        Ok(Some((entry.encode().to_vec(), path)))
    }

    /// Heads change, so the tree is the one of the checkpoint that anchored this root.
    fn shown_chunk(&self, ask: &Ask) -> Result<Option<ShownLeaf>, ReadError> {
        let snapshot = self.snapshot();
        for row in snapshot.rows(Table::Checkpoints, Span::all(), Order::Descending) {
            let checkpoint = Published::decode(&row?.value)?.checkpoint;
            if (checkpoint.head_root, checkpoint.vouchers) != (ask.root, ask.size) {
                continue;
            }
            let chunks = chunks_for(checkpoint.vouchers);
            if ask.index >= chunks {
                return Ok(None);
            }
            let tree = HeadTree::at(snapshot, checkpoint.number);
            let path = inclusion_path::<Keccak, _>(&Tiled(&tree), ask.index, chunks)?;
            return Ok(Some((tree.chunk(ask.index)?.encode().to_vec(), path)));
        }
        Ok(None)
    }

    fn shown_batch_leaf(&self, ask: &Ask) -> Result<Option<ShownLeaf>, ReadError> {
        let Some((first, batch)) = self.batch_by_root(ask.root)? else { return Ok(None) };
        if ask.size != batch.count || ask.index > batch.count {
            return Ok(None);
        }
        let snapshot = self.snapshot();
        let leaf = match ask.index.checked_sub(1) {
            None => [manifest_digest(&batch.manifest).as_bytes(), batch.terms.as_slice()].concat(),
            Some(place) => {
                let number = first.saturating_add(place);
                let record = snapshot.record(first, number)?;
                record.ok_or_else(|| ReadError::damaged(Table::Records, number))?.encode().to_vec()
            }
        };
        let nodes = Tiled(BatchTree::new(snapshot, first, &batch));
        let path = inclusion_path::<Keccak, _>(&nodes, ask.index, batch.count.saturating_add(1))?;
        Ok(Some((leaf, path)))
    }
}

#[cfg(test)]
mod tests {
    use crate::fixture::{Fixture, key};
    use protocol::checkpoint::Checkpoint;
    use protocol::fraud::{Ask, AskedTree};
    use protocol::heads::chunks_for;
    use protocol::lifecycle::Kind;
    use protocol::{Digest, LedgerId};

    /// Every leaf that a checkpoint stands for, as it would be asked for.
    fn asks(ledger: LedgerId, under: &Checkpoint, batches: &[(Digest, u64)]) -> Vec<Ask> {
        let of = |tree, root, size, leaves: u64| {
            (0..leaves).map(move |index| Ask { ledger, tree, root, size, index })
        };
        let log = of(AskedTree::Log, under.log_root, under.size, under.size);
        let heads = of(AskedTree::Heads, under.head_root, under.vouchers, chunks_for(under.vouchers));
        let batches = batches.iter().flat_map(|(root, count)| of(AskedTree::Batch, *root, *count, count + 1));
        log.chain(heads).chain(batches).collect()
    }

    #[tokio::test]
    async fn every_leaf_of_every_checkpoint_can_be_shown() {
        let fixture = Fixture::new().await;
        let cards = fixture.issued(37).await;
        let batches = [(cards.header.entry.content, 37)];
        fixture.anchor().await;
        for first in 0..5 {
            let step = fixture.step(Kind::Transfer, first * 3, 2, key(2).public(), &[&fixture.issuer]);
            fixture.ledger.submit(step).await.expect("handed on");
            fixture.pass(60);
            fixture.anchor().await;
        }
        let view = fixture.ledger.view().expect("a view");
        let ledger = fixture.ledger.facts().id;
        let checkpoints = view.checkpoints(1, 10).expect("read");
        assert_eq!(checkpoints.len(), 6);
        let mut shown = 0;
        for published in checkpoints {
            for ask in asks(ledger, &published.checkpoint, &batches) {
                let answer = view.shown_for(&ask).expect("read").unwrap_or_else(|| panic!("{ask:?}"));
                assert_eq!(ask.answered_by(&answer.0, &answer.1), Ok(()));
                shown += 1;
            }
        }
        assert_eq!(shown, (1..=6).sum::<u64>() + 6 * 3 + 6 * 38);
    }

    #[tokio::test]
    async fn what_is_of_no_tree_of_the_ledger_is_not_answered() {
        let fixture = Fixture::new().await;
        let cards = fixture.issued(20).await;
        fixture.anchor().await;
        let view = fixture.ledger.view().expect("a view");
        let (ledger, root) = (fixture.ledger.facts().id, cards.header.entry.content);
        let of =
            |tree, root, size, index| view.shown_for(&Ask { ledger, tree, root, size, index }).expect("read");
        for tree in [AskedTree::Log, AskedTree::Heads, AskedTree::Batch] {
            assert_eq!(of(tree, Digest::ZERO, 1, 0), None);
            assert_eq!(of(tree, Digest::ZERO, u64::MAX, u64::MAX), None);
        }
        assert!(of(AskedTree::Batch, root, 20, 20).is_some());
        assert_eq!(of(AskedTree::Batch, root, 20, 21), None);
        assert_eq!(of(AskedTree::Batch, root, 21, 1), None);
    }
}

//! A tree's hash on all cores: the same nodes, a wide row of them on several threads.

use protocol::merkle::TreeHash;
use rayon::prelude::{
    IndexedParallelIterator as _, ParallelIterator as _, ParallelSlice as _, ParallelSliceMut as _,
};
use std::marker::PhantomData;

/// `H`, on all cores where a row is wide enough to be worth it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AllCores<H>(PhantomData<H>);

/// Children that one thread hashes at a time: few enough to stay in its cache.
const SHARE: usize = 1 << 13;

impl<H: TreeHash<Output: Send + Sync>> TreeHash for AllCores<H> {
    type Output = H::Output;
    /// Wide rows, so that there is something to share out.
    const BLOCK: usize = 1 << 20;

    fn empty() -> H::Output {
        H::empty()
    }
    fn leaf(data: &[u8]) -> H::Output {
        H::leaf(data)
    }
    fn node(left: &H::Output, right: &H::Output) -> H::Output {
        H::node(left, right)
    }
    fn leaves(data: &[u8], width: usize) -> Vec<H::Output> {
        let share = width.max(1) * SHARE;
        let parts: Vec<Vec<H::Output>> = data.par_chunks(share).map(|part| H::leaves(part, width)).collect();
        parts.concat()
    }
    fn nodes(children: &[H::Output], parents: &mut Vec<H::Output>) {
        if children.len() <= SHARE {
            return H::nodes(children, parents);
        }
        let from = parents.len();
        parents.resize(from + children.len() / 2, H::empty());
        let Some(places) = parents.get_mut(from..) else { return };
        children.par_chunks(SHARE).zip(places.par_chunks_mut(SHARE / 2)).for_each_init(
            Vec::new,
            |row, (children, places)| {
                row.clear();
                H::nodes(children, row);
                places.copy_from_slice(row);
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::Keccak;
    use protocol::merkle::Tree;

    #[test]
    fn the_tree_is_the_same_on_all_cores() {
        for size in [0, 1, 2, 3, 8191, 8192, 8193, 40_000] {
            let bytes: Vec<u8> =
                (0..size * 8).map(|n: usize| n.to_le_bytes()[1] ^ n.to_le_bytes()[0]).collect();
            let leaves = <AllCores<Keccak>>::leaves(&bytes, 8);
            assert_eq!(leaves, Keccak::leaves(&bytes, 8));
            let (mut one, mut all) = (Tree::<Keccak>::default(), Tree::<AllCores<Keccak>>::default());
            one.extend(&leaves);
            all.extend(&leaves);
            assert_eq!(one.root(), all.root(), "{size} leaves");
        }
    }
}

//! The Merkle tree beside `rs_merkle` with the same tagged hash, as its users have it: over `sha3`.

use crate::Scale;
use crate::measure::{Figure, Goal, Pair, Spread, in_turn};
use crate::process::peak_of_this_process;
use protocol::keccak::many::{Instructions, hash_nodes};
use protocol::merkle::{Inclusion, Tree, TreeHash, TreeHead, verify_inclusion, verify_inclusions};
use protocol::{Digest, Keccak};
use rayon::prelude::{ParallelIterator as _, ParallelSlice as _};
use sha3::{Digest as _, Keccak256};
use std::hint::black_box;
use vouchsafe_node::all_cores::AllCores;

/// `rs_merkle` with the protocol's tags.
#[derive(Clone)]
struct Tagged;

impl rs_merkle::Hasher for Tagged {
    type Hash = [u8; 32];

    fn hash(data: &[u8]) -> [u8; 32] {
        Keccak256::new().chain_update([0]).chain_update(data).finalize().into()
    }

    fn concat_and_hash(left: &[u8; 32], right: Option<&[u8; 32]>) -> [u8; 32] {
        let both = |right: &[u8; 32]| {
            Keccak256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
        };
        right.map_or(*left, both)
    }
}

type Theirs = rs_merkle::MerkleTree<Tagged>;

/// The tree by the instructions of place `N` among those that this machine has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct By<const N: usize>;

impl<const N: usize> TreeHash for By<N> {
    type Output = Digest;

    fn empty() -> Digest {
        Keccak::empty()
    }
    fn leaf(data: &[u8]) -> Digest {
        Keccak::leaf(data)
    }
    fn node(left: &Digest, right: &Digest) -> Digest {
        Keccak::node(left, right)
    }
    fn nodes(children: &[Digest], parents: &mut Vec<Digest>) {
        if let Some(by) = Instructions::available().get(N) {
            hash_nodes(*by, 1, children, parents);
        }
    }
}

fn leaves(size: usize) -> (Vec<Digest>, Vec<[u8; 32]>) {
    let leaves: Vec<Digest> = (0..size).map(|n| Keccak::leaf(&n.to_be_bytes())).collect();
    let raw = leaves.iter().map(|leaf| *leaf.as_bytes()).collect();
    (leaves, raw)
}

/// All figures about trees.
pub fn figures(scale: Scale) -> Vec<Figure> {
    let size = if scale.small { 1 << 12 } else { 1 << 20 };
    let mut figures: Vec<Figure> = Instructions::available()
        .iter()
        .enumerate()
        .filter_map(|(place, by)| {
            let goal = match by.name() {
                name if name.starts_with("AVX-512") => 15.0,
                name if name.starts_with("AVX2") => 6.0,
                name if name.starts_with("portable") => 2.0,
                _ => return None,
            };
            let (measured, behind) = match place {
                0 => build::<By<0>>(scale, size),
                1 => build::<By<1>>(scale, size),
                2 => build::<By<2>>(scale, size),
                _ => build::<By<3>>(scale, size),
            };
            let what = format!("tree over {size} leaf hashes, all nodes kept, both cores, {}", by.name());
            let beside = "rs_merkle, the same tagged hash".to_owned();
            Some(Figure { what, beside, goal: Goal::AtLeast(goal), unit: "times as fast", measured, behind })
        })
        .collect();
    figures.push(memory(size));
    figures.extend(proofs(scale, size));
    figures
}

fn build<H: TreeHash<Output = Digest>>(scale: Scale, size: usize) -> (Spread, String) {
    let (leaves, raw) = leaves(size);
    let ours = || {
        let mut tree = Tree::<AllCores<H>>::default();
        tree.extend(&leaves);
        black_box(tree.root());
    };
    let theirs = || {
        black_box(Theirs::from_leaves(&raw).root());
    };
    let pair = in_turn(scale.rounds(), ours, theirs);
    (pair.times_as_fast(), pair.behind(1))
}

/// The peaks of two processes that do nothing but build one tree.
fn memory(size: usize) -> Figure {
    let peak = |which: &str| crate::process::probe(&["tree", which, &size.to_string()]);
    let (nothing, ours, theirs) = (peak("none"), peak("ours"), peak("rs_merkle"));
    let (ours, theirs) = (ours - nothing, theirs - nothing);
    Figure {
        what: format!("extra memory of that tree, its {size} leaves included"),
        beside: "rs_merkle".to_owned(),
        goal: Goal::AtMost(0.25),
        unit: "times as much",
        measured: Spread::single(ours / theirs),
        behind: format!("{ours:.0} MiB against {theirs:.0} MiB"),
    }
}

/// What a process of its own does for [`memory`]: says the peak of its memory in MiB.
pub fn probe(which: &str, size: usize) -> f64 {
    let (leaves, raw) = leaves(size);
    match which {
        "ours" => {
            let mut tree = Tree::<AllCores<Keccak>>::default();
            tree.extend(&leaves);
            black_box(&tree);
            peak_of_this_process()
        }
        "rs_merkle" => {
            let tree = Theirs::from_leaves(&raw);
            black_box(&tree);
            peak_of_this_process()
        }
        _ => {
            black_box((&leaves, &raw));
            peak_of_this_process()
        }
    }
}

fn proofs(scale: Scale, size: usize) -> Vec<Figure> {
    let (leaves, raw) = leaves(size);
    let tree: Tree<Keccak> = leaves.iter().copied().collect();
    let theirs = Theirs::from_leaves(&raw);
    let head = TreeHead { size: tree.size(), root: tree.root() };
    let asked = if scale.small { 100 } else { 100_000 };
    let places: Vec<usize> = (0..asked).map(|n| n * 7919 % size).collect();
    let indices: Vec<u64> = places.iter().map(|at| *at as u64).collect();
    let paths = tree.inclusion_paths(&indices, head.size);
    let their_paths: Vec<_> = places.iter().map(|at| theirs.proof(&[*at])).collect();
    let their_root = *head.root.as_bytes();

    let prove = |hundred: &[u64]| drop(black_box(tree.inclusion_paths(hundred, head.size)));
    let prove_theirs = || places.iter().for_each(|at| drop(black_box(theirs.proof(&[*at]))));
    let made = in_turn(scale.rounds(), || indices.par_chunks(100).for_each(prove), prove_theirs);
    let made_alone = in_turn(scale.rounds(), || indices.chunks(100).for_each(prove), prove_theirs);
    let check_theirs = || {
        for (at, path) in places.iter().zip(&their_paths) {
            assert!(path.verify(their_root, &[*at], raw.get(*at..=*at).unwrap_or_default(), size));
        }
    };
    let claims: Vec<_> = places
        .iter()
        .zip(&paths)
        .zip(places.iter().filter_map(|at| leaves.get(*at)))
        .map(|((at, path), leaf)| Inclusion { leaf_hash: *leaf, index: *at as u64, path })
        .collect();
    let one_by_one = || {
        for claim in &claims {
            let judged = verify_inclusion::<Keccak>(claim.leaf_hash, claim.index, head, claim.path);
            assert_eq!(judged, Ok(()));
        }
    };
    let check = |hundred: &[Inclusion<'_, Digest>]| {
        assert!(verify_inclusions::<Keccak>(head, hundred).iter().all(Result::is_ok));
    };
    let one = in_turn(scale.rounds(), one_by_one, check_theirs);
    let many = in_turn(scale.rounds(), || claims.par_chunks(100).for_each(check), check_theirs);
    let many_alone = in_turn(scale.rounds(), || claims.chunks(100).for_each(check), check_theirs);
    // With vectors a hundred proofs share them; without, a hundred are a hundred times one.
    let at_once = if Instructions::best().name().starts_with("AVX-512") { 12.0 } else { 1.8 };
    let figure = |what: &str, goal, pair: &Pair, alone: Option<&Pair>| Figure {
        what: format!("{what}, {size} leaves"),
        beside: "rs_merkle".to_owned(),
        goal: Goal::AtLeast(goal),
        unit: "times as fast",
        measured: pair.times_as_fast(),
        behind: alone.map_or_else(
            || format!("{} each", pair.behind(asked)),
            |one| {
                let ratio = one.times_as_fast().median;
                format!("{} each; on one core {ratio:.1} times: {}", pair.behind(asked), one.behind(asked))
            },
        ),
    };
    vec![
        figure("inclusion proofs made, a hundred at once, both cores", 20.0, &made, Some(&made_alone)),
        figure("inclusion proofs checked, one by one, one core", 1.8, &one, None),
        figure("inclusion proofs checked, a hundred at once, both cores", at_once, &many, Some(&many_alone)),
    ]
}

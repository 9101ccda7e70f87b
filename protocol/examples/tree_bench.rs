//! How fast the tree is, beside `rs_merkle`: `cargo run --release -p vouchsafe-protocol --example tree_bench -- 20`.
//! The argument is the binary logarithm of the number of leaves. Ratios mean something; seconds are this machine's.
#![expect(clippy::print_stdout, reason = "a measurement is there to be read")]
#![expect(clippy::cast_precision_loss, reason = "numbers for people")]

use std::hint::black_box;
use std::time::Instant;
use vouchsafe_protocol::merkle::{Frontier, Tree, TreeHash as _, TreeHead, verify_inclusion};
use vouchsafe_protocol::{Digest, Keccak};

/// `rs_merkle` with the protocol's tags, so that both do the same work.
#[derive(Clone)]
struct Tagged;

impl rs_merkle::Hasher for Tagged {
    type Hash = [u8; 32];
    fn hash(data: &[u8]) -> [u8; 32] {
        *Keccak::leaf(data).as_bytes()
    }
    fn concat_and_hash(left: &[u8; 32], right: Option<&[u8; 32]>) -> [u8; 32] {
        right.map_or(*left, |right| *Keccak::node(&Digest::new(*left), &Digest::new(*right)).as_bytes())
    }
}

/// The fastest of five rounds, in seconds.
fn fastest(mut work: impl FnMut()) -> f64 {
    let round = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64()
    };
    (0..5).map(round).fold(f64::INFINITY, f64::min)
}

fn main() {
    let levels: u32 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(20);
    let size = 1_u64 << levels;
    let leaves: Vec<Digest> = (0..size).map(|n| Keccak::leaf(&n.to_be_bytes())).collect();
    let raw: Vec<[u8; 32]> = leaves.iter().map(|leaf| *leaf.as_bytes()).collect();

    let theirs = fastest(|| {
        black_box(rs_merkle::MerkleTree::<Tagged>::from_leaves(black_box(&raw)).root());
    });
    let ours = fastest(|| {
        black_box(leaves.iter().copied().collect::<Tree<Keccak>>().root());
    });
    let edge = fastest(|| {
        let mut frontier = Frontier::<Keccak>::default();
        for leaf in &leaves {
            frontier.append(*leaf, |_, _| ());
        }
        black_box(frontier.root());
    });
    let hash = fastest(|| {
        for leaf in &leaves {
            black_box(Keccak::node(leaf, leaf));
        }
    });

    println!("{size} leaf hashes, one thread, fastest of five");
    println!("rs_merkle {:>8.0} ms, all nodes kept", theirs * 1e3);
    println!(
        "own tree  {:>8.0} ms, all nodes kept, many at once: {:.2} of rs_merkle",
        ours * 1e3,
        ours / theirs
    );
    println!(
        "frontier  {:>8.0} ms, root alone, one by one:       {:.2} of rs_merkle",
        edge * 1e3,
        edge / theirs
    );
    println!("a node costs {:.0} ns: {:.2} M hashes/s", hash / size as f64 * 1e9, size as f64 / hash / 1e6);

    let tree: Tree<Keccak> = leaves.iter().copied().collect();
    let head = TreeHead { size, root: tree.root() };
    let places: Vec<u64> = (0..10_000).map(|n| n * 7919 % size).collect();
    let make = fastest(|| {
        for at in &places {
            black_box(tree.inclusion_path(*at, size));
        }
    });
    let paths: Vec<_> = places.iter().map(|at| (*at, tree.inclusion_path(*at, size))).collect();
    let judge = fastest(|| {
        for (at, path) in &paths {
            let leaf = Keccak::leaf(&at.to_be_bytes());
            assert_eq!(verify_inclusion::<Keccak>(leaf, *at, head, path), Ok(()));
        }
    });
    let each = places.len() as f64;
    println!("a proof: made in {:.1} us, judged in {:.1} us", make / each * 1e6, judge / each * 1e6);
}

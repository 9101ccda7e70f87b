//! Why the tree is the project's own (docs/decisions/0003-own-tree-beside-rs_merkle.md): what `rs_merkle` accepts as it
//! is shipped, and what this crate says to the same.
//!
//! The forger picks everything that a prover picks: the leaf that is shown, its index, the number of leaves, the proof.
//! Only the root is honest. If one of these tests fails after an update of `rs_merkle`, it has become stricter: good, and
//! the decision is to be read again.

use rs_merkle::{Hasher, MerkleProof, MerkleTree};
use vouchsafe_protocol::merkle::{Tree, TreeHash, TreeHead, verify_inclusion};
use vouchsafe_protocol::{Digest, Keccak, keccak};

/// `rs_merkle` as its documentation shows it: a hash, and nothing else.
#[derive(Clone)]
struct AsShipped;

impl Hasher for AsShipped {
    type Hash = [u8; 32];
    fn hash(data: &[u8]) -> [u8; 32] {
        *keccak(&[data]).as_bytes()
    }
}

const LEAVES: [&[u8]; 4] = [b"one", b"two", b"three", b"four"];

fn shipped(leaves: &[&[u8]]) -> MerkleTree<AsShipped> {
    MerkleTree::from_leaves(&leaves.iter().map(|data| AsShipped::hash(data)).collect::<Vec<_>>())
}

fn join(left: [u8; 32], right: [u8; 32]) -> Vec<u8> {
    [left, right].concat()
}

fn pair(left: &[u8], right: &[u8]) -> Vec<u8> {
    join(AsShipped::hash(left), AsShipped::hash(right))
}

/// Whether `rs_merkle` accepts a leaf hash at index 0 of a tree of so many leaves.
fn accepts(root: [u8; 32], leaf: [u8; 32], size: usize, proof: Vec<[u8; 32]>) -> bool {
    MerkleProof::<AsShipped>::new(proof).verify(root, &[0], &[leaf], size)
}

/// Whether this crate accepts the same data at any place of a tree of any size up to 16, with nodes of the honest tree
/// as the path.
fn we_accept(data: &[u8], nodes: &[Digest]) -> bool {
    let root = LEAVES.iter().map(|leaf| Keccak::leaf(leaf)).collect::<Tree<Keccak>>().root();
    let paths = (0..=nodes.len()).map(|length| nodes.get(..length).unwrap_or_default());
    let places = (1..=16).flat_map(|size| (0..size).map(move |index| (size, index)));
    places.into_iter().any(|(size, index)| {
        let judge =
            |path| verify_inclusion::<Keccak>(Keccak::leaf(data), index, TreeHead { size, root }, path);
        paths.clone().any(|path| judge(path).is_ok())
    })
}

/// The inner nodes of this crate's tree over the leaves: over the first two, and over the last two.
fn our_pairs() -> [Digest; 2] {
    let [one, two, three, four] = LEAVES.map(Keccak::leaf);
    [Keccak::node(&one, &two), Keccak::node(&three, &four)]
}

#[test]
fn an_inner_node_passes_as_a_leaf() {
    let root = shipped(&LEAVES).root().unwrap_or_default();
    let [one, two, three, four] = LEAVES;
    let inner = AsShipped::hash(&pair(one, two));
    let sibling = AsShipped::hash(&pair(three, four));
    assert!(accepts(root, inner, 2, vec![sibling]), "rs_merkle refuses an inner node as a leaf now");
    let [inner, sibling] = our_pairs();
    assert!(!we_accept(inner.as_bytes(), &[sibling]));
}

#[test]
fn data_of_64_bytes_passes_as_a_leaf_that_nobody_put_in() {
    let root = shipped(&LEAVES).root().unwrap_or_default();
    let [one, two, three, four] = LEAVES;
    let forged = pair(one, two);
    let sibling = AsShipped::hash(&pair(three, four));
    assert!(accepts(root, AsShipped::hash(&forged), 2, vec![sibling]));
    let forged = [Keccak::leaf(one), Keccak::leaf(two)].map(|leaf| *leaf.as_bytes()).concat();
    assert!(!we_accept(&forged, &[our_pairs()[1]]));
}

#[test]
fn a_root_is_a_leaf_with_an_empty_proof() {
    let root = shipped(&LEAVES).root().unwrap_or_default();
    assert!(accepts(root, root, 1, Vec::new()));
    let [one, two, three, four] = LEAVES;
    let above = join(AsShipped::hash(&pair(one, two)), AsShipped::hash(&pair(three, four)));
    assert!(accepts(root, AsShipped::hash(&above), 1, Vec::new()), "there is even data that hashes to it");
    let above = our_pairs().map(|node| *node.as_bytes()).concat();
    assert!(!we_accept(&above, &[]));
}

#[test]
fn two_shapes_have_one_root() {
    let [one, two, three, _] = LEAVES;
    let merged = pair(one, two);
    let three_leaves = shipped(&[one, two, three]);
    let two_leaves = shipped(&[&merged, three]);
    assert_eq!(three_leaves.root(), two_leaves.root());
    let ours =
        |leaves: &[&[u8]]| leaves.iter().map(|leaf| Keccak::leaf(leaf)).collect::<Tree<Keccak>>().root();
    let merged = [Keccak::leaf(one), Keccak::leaf(two)].map(|leaf| *leaf.as_bytes()).concat();
    assert_ne!(ours(&[one, two, three]), ours(&[&merged, three]));
}

#[test]
fn surplus_nodes_make_a_second_proof_of_the_same_thing() {
    let tree = shipped(&LEAVES);
    let root = tree.root().unwrap_or_default();
    let leaf = AsShipped::hash(LEAVES[0]);
    let longer: Vec<_> = tree.proof(&[0]).proof_hashes().iter().copied().chain([[7; 32]]).collect();
    assert!(accepts(root, leaf, LEAVES.len(), longer));

    let ours: Tree<Keccak> = LEAVES.iter().map(|leaf| Keccak::leaf(leaf)).collect();
    let head = TreeHead { size: ours.size(), root: ours.root() };
    let path = ours.inclusion_path(0, head.size);
    let leaf = Keccak::leaf(LEAVES[0]);
    assert_eq!(verify_inclusion::<Keccak>(leaf, 0, head, &path), Ok(()));
    let longer: Vec<_> = path.into_iter().chain([Digest::new([7; 32])]).collect();
    assert!(verify_inclusion::<Keccak>(leaf, 0, head, &longer).is_err());
}

//! What a block hash proves: headers and the nodes below them, as anybody may send them. The first byte of an input chooses
//! what the others are: a header, a node that a header's state root names, or changes of a proof that the development
//! chain gave.

use crate::changes::Choices;
use crate::ledger_on_chain::{self, CHAIN};
use protocol::chain_proof::ChainProof;
use protocol::keccak;

const HEADER: u8 = b'H';
const NODE: u8 = b'N';
const CHANGED: u8 = b'M';

pub fn check(bytes: &[u8]) {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let alone = |header: Vec<u8>, account| ChainProof { header, account, tip: Vec::new(), slot: Vec::new() };
    match *choice {
        HEADER => {
            if let Ok(header) = alone(rest.to_vec(), Vec::new()).header() {
                assert_eq!(header.hash, keccak(&[rest]));
            }
        }
        NODE => {
            // Cut into nodes, of which the root names the first.
            let nodes: Vec<Vec<u8>> = rest.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            let header = header_over(&nodes[0]);
            let hash = keccak(&[&header]);
            let proof = alone(header, nodes);
            assert!(proof.header().is_ok(), "the header is whole");
            for number in 0..ledger_on_chain::CHECKPOINTS {
                assert!(proof.check(hash, &CHAIN.origin, number).is_err(), "a proof without its storage");
            }
        }
        CHANGED => changed(rest),
        _ => {}
    }
}

/// A header whose state root is the hash of this node; the other fields are small.
fn header_over(node: &[u8]) -> Vec<u8> {
    let root = [&[0xa0], keccak(&[node]).as_bytes().as_slice()].concat();
    let fields = [[1, 2, 3].as_slice(), &root, &[4; 11]].concat();
    let length = u8::try_from(fields.len()).expect("a short list");
    [&[0xc0 + length], fields.as_slice()].concat()
}

/// A changed proof under the same block holds no other checkpoint.
fn changed(bytes: &[u8]) {
    let mut choices = Choices::of(bytes);
    let number = choices.below(CHAIN.proofs.len());
    let (hash, honest) = &CHAIN.proofs[number];
    let mut proof = honest.clone();
    for _ in 0..=choices.below(4) {
        let foreign = &CHAIN.proofs[choices.below(CHAIN.proofs.len())].1;
        match choices.below(4) {
            0 => change(&mut proof.account, &foreign.tip, &mut choices),
            1 => change(&mut proof.tip, &foreign.slot, &mut choices),
            2 => change(&mut proof.slot, &foreign.slot, &mut choices),
            _ => flip(&mut proof.header, &mut choices),
        }
    }
    let check = |proof: &ChainProof| proof.check(*hash, &CHAIN.origin, number as u64);
    let due = check(honest).expect("the chain's own proof");
    if let Ok(proven) = check(&proof) {
        assert_eq!(proven, due, "another checkpoint is proven");
    }
}

/// Changes one node, or their order and number.
fn change(nodes: &mut Vec<Vec<u8>>, others: &[Vec<u8>], choices: &mut Choices<'_>) {
    let way = choices.below(6);
    let other = others.get(choices.below(others.len()));
    let at = choices.below(nodes.len());
    let Some(node) = nodes.get_mut(at) else { return };
    match (way, other) {
        (0, _) => drop(nodes.remove(at)),
        (1, _) => nodes.push(nodes[at].clone()),
        (2, _) => node.truncate(choices.below(node.len())),
        (3, Some(other)) => node.clone_from(other),
        (4, _) => nodes.swap(at, 0),
        _ => flip(node, choices),
    }
}

fn flip(bytes: &mut [u8], choices: &mut Choices<'_>) {
    let at = choices.below(bytes.len());
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << choices.below(8);
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for (number, (_, proof)) in (0..).zip(&CHAIN.proofs) {
        seeds.push([&[HEADER], proof.header.as_slice()].concat());
        for part in [&proof.account, &proof.tip, &proof.slot] {
            seeds.push([&[NODE], part.join(&b'\n').as_slice()].concat());
            seeds.extend(part.iter().map(|node| [&[NODE], node.as_slice()].concat()));
        }
        for change in 0..24_u8 {
            let choices = [0, number, 0, 1, 0, 0, 0, change % 4, 0, change, 0, change / 4, 7, change];
            seeds.push([&[CHANGED], choices.as_slice()].concat());
        }
    }
    seeds
}

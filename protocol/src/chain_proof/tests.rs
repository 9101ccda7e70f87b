//! Held against `alloy-trie`, which makes the tries and the proofs; and spoiled in every part.

use super::trie::{TrieError, lookup};
use super::{ChainProof, ChainProofError, Part, slots};
use crate::checkpoint::LedgerOrigin;
use crate::digest::{Address, Digest};
use alloy::consensus::Header;
use alloy::primitives::{Address as EvmAddress, B256, U256, keccak256};
use alloy_trie::proof::ProofRetainer;
use alloy_trie::{HashBuilder, Nibbles, TrieAccount};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Root of a trie, and the nodes on the way to a key, as the oracle makes them.
fn oracle(trie: &BTreeMap<[u8; 32], Vec<u8>>, key: &[u8; 32]) -> (Digest, Vec<Vec<u8>>) {
    let mut builder =
        HashBuilder::default().with_proof_retainer(ProofRetainer::from_iter([Nibbles::unpack(key)]));
    for (key, value) in trie {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    let root = Digest::new(builder.root().0);
    let nodes = builder.take_proof_nodes().into_nodes_sorted();
    (root, nodes.into_iter().map(|(_, node)| node.to_vec()).collect())
}

/// Keys that share their beginnings, so that there are extensions, and nodes short enough to be held by their parents.
fn key() -> impl Strategy<Value = [u8; 32]> {
    (prop::collection::vec(0..3_u8, 3), 0..2_u8, 0..32_usize).prop_map(|(begin, fill, at)| {
        let mut key = [fill; 32];
        key[..3].copy_from_slice(&begin);
        key[at] ^= 0x10;
        key
    })
}

fn entries() -> impl Strategy<Value = BTreeMap<[u8; 32], Vec<u8>>> {
    prop::collection::btree_map(key(), prop::collection::vec(1..=255_u8, 1..40), 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_key_of_any_trie_is_found_and_every_other_is_absent(trie in entries(), other in key()) {
        for asked in trie.keys().chain([&other]) {
            let (root, nodes) = oracle(&trie, asked);
            let held = trie.get(asked).map(Vec::as_slice);
            prop_assert_eq!(lookup(root, asked, &nodes), Ok(held));
        }
    }

    #[test]
    fn a_spoiled_way_never_shows_another_value(
        trie in entries(), at in any::<prop::sample::Index>(), bit in any::<prop::sample::Index>(), asked in key(),
    ) {
        let (root, mut nodes) = oracle(&trie, &asked);
        let held = lookup(root, &asked, &nodes).expect("holds").map(<[u8]>::to_vec);
        prop_assume!(!nodes.is_empty() && root != Digest::new(alloy_trie::EMPTY_ROOT_HASH.0));
        let node = at.index(nodes.len());
        let mut cut = nodes.clone();
        cut.truncate(node);
        let mut more = nodes.clone();
        more.push(vec![0xc0]);
        let bit = bit.index(nodes[node].len() * 8);
        nodes[node][bit / 8] ^= 1 << (bit % 8);
        for spoiled in [nodes, cut, more] {
            // What a parent holds in full may be listed or not, so a way without such a node still holds.
            if let Ok(found) = lookup(root, &asked, &spoiled) {
                prop_assert_eq!(found.map(<[u8]>::to_vec), held.clone());
            }
        }
    }

    #[test]
    fn no_bytes_lead_to_a_panic(header: Vec<u8>, nodes: Vec<Vec<u8>>) {
        let root = nodes.first().map_or(Digest::ZERO, |node| crate::keccak(&[node]));
        let _ = lookup(root, &[0; 32], &nodes);
        let hash = crate::keccak(&[&header]);
        let proof = ChainProof { header, account: nodes.clone(), tip: nodes.clone(), slot: nodes };
        let _ = proof.check(hash, &origin(), 3);
    }
}

fn origin() -> LedgerOrigin {
    let contract = Address::new([0xAC; 20]);
    LedgerOrigin { chain_id: 1, contract, opener: Address::new([1; 20]), salt: Digest::ZERO }
}

/// A chain's state with one ledger in it, at checkpoint `tip`.
struct World {
    accounts: BTreeMap<[u8; 32], Vec<u8>>,
    storage: BTreeMap<[u8; 32], Vec<u8>>,
}

const TIME: u64 = 1_795_219_200;

fn ring_hash(number: u64) -> Digest {
    crate::keccak(&[b"checkpoint", &number.to_be_bytes()])
}

impl World {
    fn at(tip: u64) -> Self {
        let ledger = origin().ledger();
        let mut slots = BTreeMap::new();
        for number in tip.saturating_sub(63)..=tip {
            slots.insert(slots::ring_key(ledger, number), *ring_hash(number).as_bytes());
        }
        let mut tip_word = [0; 32];
        tip_word[..6].copy_from_slice(&TIME.to_be_bytes()[2..]);
        tip_word[6..12].copy_from_slice(&tip.to_be_bytes()[2..]);
        tip_word[12..].copy_from_slice(&[0x0B; 20]);
        slots.insert(slots::tip_key(ledger), tip_word);
        // Other ledgers, other slots.
        slots.extend((0..50_u8).map(|n| (crate::keccak(&[&[n]]), [n + 1; 32])));
        let hashed = |(key, word): (Digest, [u8; 32])| {
            let value = alloy::rlp::encode(U256::from_be_bytes(word));
            (keccak256(key.as_bytes()).0, value)
        };
        let storage: BTreeMap<_, _> = slots.into_iter().map(hashed).collect();
        let mut world = Self { accounts: BTreeMap::new(), storage };
        for n in 0..60_u8 {
            world.account([n; 20], alloy_trie::EMPTY_ROOT_HASH);
        }
        let root = oracle(&world.storage, &[0; 32]).0;
        world.account([0xAC; 20], B256::new(*root.as_bytes()));
        world
    }

    fn account(&mut self, address: [u8; 20], storage_root: B256) {
        let account = TrieAccount::new(3, U256::from(7), storage_root, keccak256(b"code"));
        self.accounts.insert(keccak256(EvmAddress::new(address)).0, alloy::rlp::encode(account));
    }

    /// The proof of a checkpoint, and the hash of its block.
    fn proof(&self, number: u64) -> (ChainProof, Digest) {
        self.proof_of(&origin(), number)
    }

    fn proof_of(&self, origin: &LedgerOrigin, number: u64) -> (ChainProof, Digest) {
        let ledger = origin.ledger();
        let (state_root, account) = oracle(&self.accounts, &keccak256([0xAC; 20]).0);
        let header = Header {
            number: 21_000_000,
            timestamp: TIME + 24,
            state_root: B256::new(*state_root.as_bytes()),
            base_fee_per_gas: Some(7),
            ..Header::default()
        };
        let way = |key: Digest| oracle(&self.storage, &keccak256(key.as_bytes()).0).1;
        let (tip, slot) = (way(slots::tip_key(ledger)), way(slots::ring_key(ledger, number)));
        let bytes = alloy::rlp::encode(&header);
        (ChainProof { header: bytes, account, tip, slot }, Digest::new(header.hash_slow().0))
    }
}

#[test]
fn a_block_hash_leads_to_the_latest_checkpoint_and_its_time() {
    let (proof, block) = World::at(100).proof(100);
    let proven = proof.check(block, &origin(), 100).expect("holds");
    assert_eq!((proven.hash, proven.number, proven.tip), (ring_hash(100), 100, 100));
    assert_eq!((proven.block_time(), proven.superseded_by()), (Some(TIME * 1000), None));
    assert_eq!(
        (proven.block.number, proven.block.time, proven.block.hash),
        (21_000_000, (TIME + 24) * 1000, block)
    );
    assert_eq!(proof.header().expect("a header"), proven.block);
}

#[test]
fn an_older_checkpoint_is_shown_while_the_ring_keeps_it() {
    let world = World::at(100);
    for number in [99, 37] {
        let (proof, block) = world.proof(number);
        let proven = proof.check(block, &origin(), number).expect("holds");
        assert_eq!((proven.hash, proven.tip), (ring_hash(number), 100));
        assert_eq!((proven.block_time(), proven.superseded_by()), (None, Some(TIME * 1000)));
    }
    let (proof, block) = world.proof(36);
    let overwritten = ChainProofError::Overwritten { block: 21_000_000, tip: 100, number: 36 };
    assert_eq!(proof.check(block, &origin(), 36), Err(overwritten));
    let (proof, block) = world.proof(101);
    let not_yet = ChainProofError::NotYet { block: 21_000_000, tip: 100, number: 101 };
    assert_eq!(proof.check(block, &origin(), 101), Err(not_yet));
}

#[test]
fn a_proof_of_something_else_says_nothing() {
    let world = World::at(5);
    let (proof, block) = world.proof(5);
    let other = Digest::new([9; 32]);
    let other_block = ChainProofError::OtherBlock { shown: block, asked: other };
    assert_eq!(proof.check(other, &origin(), 5), Err(other_block));
    // Another contract, and another ledger: their keys lead elsewhere.
    let elsewhere = LedgerOrigin { contract: Address::new([3; 20]), ..origin() };
    let failed = proof.check(block, &elsewhere, 5).expect_err("another contract");
    assert!(
        matches!(
            failed,
            ChainProofError::Nodes { part: Part::Account, .. } | ChainProofError::NoContract { .. }
        ),
        "{failed}"
    );
    let another = LedgerOrigin { salt: Digest::new([1; 32]), ..origin() };
    let failed = proof.check(block, &another, 5).expect_err("another ledger");
    assert!(
        matches!(failed, ChainProofError::Nodes { part: Part::Tip, .. } | ChainProofError::NoLedger { .. }),
        "{failed}"
    );
    // The place of a neighbour.
    let (neighbour, _) = world.proof(4);
    let borrowed = ChainProof { slot: neighbour.slot, ..proof.clone() };
    let failed = borrowed.check(block, &origin(), 5).expect_err("another place");
    assert!(matches!(failed, ChainProofError::Nodes { part: Part::Slot, .. }), "{failed}");
    // A real proof that there is nothing.
    let (empty, block) = world.proof_of(&another, 5);
    let no_ledger = ChainProofError::NoLedger { block: 21_000_000, ledger: another.ledger() };
    assert_eq!(empty.check(block, &another, 5), Err(no_ledger));
}

#[test]
fn every_bit_of_a_proof_counts() {
    let (proof, block) = World::at(70).proof(64);
    let mut spoiled = 0;
    let mut spoil = |part: &dyn Fn(&mut ChainProof) -> &mut Vec<u8>| {
        let bytes = part(&mut proof.clone()).len();
        for at in (0..bytes).step_by(7) {
            let mut other = proof.clone();
            part(&mut other)[at] ^= 1 << (at % 8);
            assert!(other.check(block, &origin(), 64).is_err(), "byte {at}");
            spoiled += 1;
        }
    };
    spoil(&|proof| &mut proof.header);
    for node in 0..proof.account.len() {
        spoil(&move |proof| &mut proof.account[node]);
    }
    for node in 0..proof.tip.len() {
        spoil(&move |proof| &mut proof.tip[node]);
    }
    for node in 0..proof.slot.len() {
        spoil(&move |proof| &mut proof.slot[node]);
    }
    assert!(spoiled > 300, "{spoiled}");
    for less in [
        ChainProof { account: Vec::new(), ..proof.clone() },
        ChainProof { tip: Vec::new(), ..proof.clone() },
        ChainProof { slot: proof.slot[..1].to_vec(), ..proof.clone() },
        ChainProof { slot: [proof.slot.clone(), proof.tip.clone()].concat(), ..proof.clone() },
    ] {
        assert!(matches!(less.check(block, &origin(), 64), Err(ChainProofError::Nodes { .. })));
    }
    let missing = lookup(Digest::ZERO, &[0; 32], &[]);
    assert_eq!(missing, Err(TrieError::Missing));
}

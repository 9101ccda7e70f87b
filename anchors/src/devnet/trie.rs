//! The state as Ethereum's trie: its root, and what proves a part of it (EIP-1186).

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::rpc::types::serde_helpers::JsonStorageKey;
use alloy::rpc::types::{EIP1186AccountProofResponse, EIP1186StorageProof};
use alloy_trie::proof::ProofRetainer;
use alloy_trie::{HashBuilder, Nibbles, TrieAccount};
use revm::database::{DbAccount, InMemoryDB};
use std::collections::BTreeMap;

/// Values by the hashes of their keys.
type Trie = BTreeMap<B256, Vec<u8>>;

/// The root of the whole state.
pub(super) fn state_root(db: &InMemoryDB) -> B256 {
    root(&accounts(db))
}

/// What proves an account, and these words of its storage.
pub(super) fn prove(
    db: &InMemoryDB,
    address: Address,
    keys: &[JsonStorageKey],
) -> EIP1186AccountProofResponse {
    let account = db.cache.accounts.get(&address);
    let TrieAccount { nonce, balance, storage_root, code_hash, .. } =
        account.map(trie_account).unwrap_or_default();
    let words = account.map(storage).unwrap_or_default();
    let storage_proof = keys.iter().map(|key| EIP1186StorageProof {
        key: *key,
        value: account.and_then(|account| word(account, key)).unwrap_or_default(),
        proof: way(&words, keccak256(key.as_b256())),
    });
    EIP1186AccountProofResponse {
        address,
        balance,
        code_hash,
        nonce,
        storage_hash: storage_root,
        account_proof: way(&accounts(db), keccak256(address)),
        storage_proof: storage_proof.collect(),
    }
}

fn word(account: &DbAccount, key: &JsonStorageKey) -> Option<U256> {
    account.storage.get(&U256::from_be_bytes(key.as_b256().0)).copied()
}

fn accounts(db: &InMemoryDB) -> Trie {
    let there = db.cache.accounts.iter().filter(|(_, account)| !account.info.is_empty());
    there.map(|(address, account)| (keccak256(address), alloy::rlp::encode(trie_account(account)))).collect()
}

fn trie_account(account: &DbAccount) -> TrieAccount {
    let info = &account.info;
    TrieAccount::new(info.nonce, info.balance, root(&storage(account)), info.code_hash)
}

/// A word of zero is one that is not there.
fn storage(account: &DbAccount) -> Trie {
    let there = account.storage.iter().filter(|(_, word)| !word.is_zero());
    there.map(|(key, word)| (keccak256(B256::from(*key)), alloy::rlp::encode(word))).collect()
}

fn root(trie: &Trie) -> B256 {
    let mut builder = HashBuilder::default();
    for (key, value) in trie {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    builder.root()
}

/// The nodes from the root to a key, or to where it would be.
fn way(trie: &Trie, key: B256) -> Vec<Bytes> {
    let retainer = ProofRetainer::from_iter([Nibbles::unpack(key)]);
    let mut builder = HashBuilder::default().with_proof_retainer(retainer);
    for (key, value) in trie {
        builder.add_leaf(Nibbles::unpack(key), value);
    }
    builder.root();
    builder.take_proof_nodes().into_nodes_sorted().into_iter().map(|(_, node)| node).collect()
}

//! Ethereum's Merkle-Patricia trie: what a key holds under a root, shown by the nodes on its way.
//!
//! Keys are Keccak hashes, so all of them are 64 nibbles long and no branch holds a value of its own.

use super::rlp::{Item, RlpError};
use crate::digest::Digest;
use crate::keccak::keccak;

/// Why nodes show nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrieError {
    /// A node that its parent does not name by its hash.
    #[error("a node is not the one that its parent names")]
    OtherNode,
    /// The way leads on, the nodes do not.
    #[error("a node is missing")]
    Missing,
    /// Nodes behind the end of the way.
    #[error("there are nodes that the way does not need")]
    Surplus,
    /// Bytes that are no node.
    #[error("a node is malformed")]
    Malformed,
}

impl From<RlpError> for TrieError {
    fn from(_: RlpError) -> Self {
        Self::Malformed
    }
}

/// What `key` holds in the trie with this root; none if it is proven to hold nothing. `nodes` are those on the way from
/// the root; one that its parent holds in full may be left out.
pub fn lookup<'a>(root: Digest, key: &[u8; 32], nodes: &'a [Vec<u8>]) -> Result<Option<&'a [u8]>, TrieError> {
    let mut way = Way { nodes };
    let found = way.follow(root, &nibbles(key))?;
    if way.nodes.is_empty() { Ok(found) } else { Err(TrieError::Surplus) }
}

/// Where the next node lies.
enum Child<'a> {
    Nothing,
    Named(Digest),
    Held(Item<'a>),
}

/// What a node says about a way.
enum Step<'a> {
    /// The key holds nothing.
    Absent,
    /// The key holds this.
    Value(&'a [u8]),
    /// On to the next node, so many nibbles further.
    On(Child<'a>, usize),
}

struct Way<'a> {
    nodes: &'a [Vec<u8>],
}

impl<'a> Way<'a> {
    fn follow(&mut self, root: Digest, path: &[u8]) -> Result<Option<&'a [u8]>, TrieError> {
        // The root of a trie that holds nothing names the empty string.
        if root == keccak(&[&[0x80]]) && self.nodes.iter().all(|node| node == &[0x80]) {
            self.nodes = &[];
            return Ok(None);
        }
        let mut rest = path;
        let mut node = self.named(root)?;
        loop {
            let (child, taken) = match step(&node, rest)? {
                Step::Absent => return Ok(None),
                Step::Value(value) => return Ok(Some(value)),
                Step::On(child, taken) => (child, taken),
            };
            rest = rest.get(taken..).ok_or(TrieError::Malformed)?;
            node = match child {
                Child::Nothing => return Ok(None),
                Child::Named(hash) => self.named(hash)?,
                Child::Held(item) => self.held(item),
            };
        }
    }

    fn named(&mut self, hash: Digest) -> Result<Item<'a>, TrieError> {
        let (node, rest) = self.nodes.split_first().ok_or(TrieError::Missing)?;
        if keccak(&[node]) != hash {
            return Err(TrieError::OtherNode);
        }
        self.nodes = rest;
        Ok(Item::read(node)?)
    }

    /// A node that its parent holds; some provers list it once more.
    fn held(&mut self, item: Item<'a>) -> Item<'a> {
        if let Some((node, rest)) = self.nodes.split_first()
            && node == item.raw
        {
            self.nodes = rest;
        }
        item
    }
}

fn step<'a>(node: &Item<'a>, rest: &[u8]) -> Result<Step<'a>, TrieError> {
    let members = node.members()?;
    if members.len() == 17 {
        let nibble = rest.first().ok_or(TrieError::Malformed)?;
        let member = members.get(usize::from(*nibble)).ok_or(TrieError::Malformed)?;
        return Ok(Step::On(child(member)?, 1));
    }
    let [path, end] = members.as_slice() else { return Err(TrieError::Malformed) };
    let (path, is_leaf) = compact(path.bytes()?)?;
    if !rest.starts_with(&path) {
        return Ok(Step::Absent);
    }
    if is_leaf {
        return if path.len() == rest.len() {
            Ok(Step::Value(end.bytes()?))
        } else {
            Err(TrieError::Malformed)
        };
    }
    if path.is_empty() {
        return Err(TrieError::Malformed);
    }
    Ok(Step::On(child(end)?, path.len()))
}

fn child<'a>(member: &Item<'a>) -> Result<Child<'a>, TrieError> {
    if member.is_list() {
        return Ok(Child::Held(*member));
    }
    match member.bytes()? {
        [] => Ok(Child::Nothing),
        hash => Ok(Child::Named(Digest::from_slice(hash).map_err(|_| TrieError::Malformed)?)),
    }
}

/// The nibbles of a path as nodes write them, and whether it ends in a value.
fn compact(bytes: &[u8]) -> Result<(Vec<u8>, bool), TrieError> {
    let (first, rest) = bytes.split_first().ok_or(TrieError::Malformed)?;
    let mut path = match (first >> 4, first & 15) {
        (0 | 2, 0) => Vec::new(),
        (1 | 3, nibble) => vec![nibble],
        _ => return Err(TrieError::Malformed),
    };
    path.extend(nibbles(rest));
    Ok((path, first >> 5 == 1))
}

fn nibbles(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).collect()
}

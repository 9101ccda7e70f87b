//! What the chain holds of a checkpoint, shown by a block hash alone (docs/protocol.md section 10): from the header to the
//! state root, to the contract's account, to its storage, to the checkpoint hash in the ring and the ledger's tip.
//!
//! In scope: checking it, and its shape in a dossier. Out of scope: which block hash may be trusted; the asker says that.

mod rlp;
pub mod slots;
mod trie;

use crate::checkpoint::LedgerOrigin;
use crate::digest::{Address, Digest, LedgerId, bytes_to_hex};
use crate::json::{At, JsonError};
use crate::keccak::keccak;
use rlp::{Item, RlpError};
use serde::{Serialize, Serializer};
pub use trie::TrieError;

/// Where the fields lie in a header, on every fork so far.
const STATE_ROOT: usize = 3;
const NUMBER: usize = 8;
const TIMESTAMP: usize = 11;
/// Fields of the first headers; later forks only added behind them.
const LEAST_FIELDS: usize = 15;

/// A header and the nodes below it: the member `proof` of a dossier's checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChainProof {
    /// The block's header in RLP: its hash is the block's.
    #[serde(serialize_with = "hex")]
    pub header: Vec<u8>,
    /// From the state root to the contract's account.
    #[serde(serialize_with = "hex_list")]
    pub account: Vec<Vec<u8>>,
    /// From its storage root to the ledger's tip.
    #[serde(serialize_with = "hex_list")]
    pub tip: Vec<Vec<u8>>,
    /// From its storage root to the checkpoint's place in the ring.
    #[serde(serialize_with = "hex_list")]
    pub slot: Vec<Vec<u8>>,
}

/// A block as its header names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Header {
    /// The hash of the header.
    pub hash: Digest,
    /// Its number.
    pub number: u64,
    /// Its time, Unix milliseconds.
    pub time: u64,
    /// The root of everything that the chain holds after it.
    pub state_root: Digest,
}

/// What a block is proven to hold of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Proven {
    /// The block.
    pub block: Header,
    /// The ledger.
    pub ledger: LedgerId,
    /// The checkpoint's number.
    pub number: u64,
    /// Its hash.
    pub hash: Digest,
    /// The number of the ledger's latest checkpoint in that block: at most 63 more.
    pub tip: u64,
    /// The block time of the latest, Unix milliseconds.
    pub tip_time: u64,
}

impl Proven {
    /// The block time of the checkpoint, Unix milliseconds; known where it is the latest.
    pub fn block_time(&self) -> Option<u64> {
        (self.tip == self.number).then_some(self.tip_time)
    }

    /// When a later checkpoint was there, Unix milliseconds; none where it is the latest. The next one may have been
    /// anchored before.
    pub fn superseded_by(&self) -> Option<u64> {
        (self.tip != self.number).then_some(self.tip_time)
    }
}

/// Which part of a proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The contract's account.
    Account,
    /// The ledger's tip.
    Tip,
    /// The checkpoint's place in the ring.
    Slot,
}

impl Part {
    /// Its name in a dossier.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Tip => "tip",
            Self::Slot => "slot",
        }
    }
}

/// Why a block hash does not lead to a checkpoint hash. None of it says anything against a voucher: what cannot be
/// checked is unknown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainProofError {
    /// The header is that of another block.
    #[error(
        "the proof is under block {shown}, not under {asked}: give the hash of that block, or fetch a new proof"
    )]
    OtherBlock {
        /// The hash of the header.
        shown: Digest,
        /// The hash that was asked with.
        asked: Digest,
    },
    /// The header has the right hash, and is none that this version can read.
    #[error("the header of the block cannot be read: this chain is not supported")]
    Header,
    /// Nodes that do not lead from root to leaf.
    #[error("proof.{} does not hold: {why}", .part.name())]
    Nodes {
        /// Which part.
        part: Part,
        /// Why.
        why: TrieError,
    },
    /// There is no contract at the ledger's address in that block.
    #[error("block {block} has no contract at {contract}")]
    NoContract {
        /// Its number.
        block: u64,
        /// The address.
        contract: Address,
    },
    /// The contract holds no such ledger in that block.
    #[error("in block {block} the contract holds no ledger {ledger}")]
    NoLedger {
        /// Its number.
        block: u64,
        /// The ledger.
        ledger: LedgerId,
    },
    /// The ledger had not come so far.
    #[error("in block {block} the ledger is at checkpoint {tip}, before {number}")]
    NotYet {
        /// The block's number.
        block: u64,
        /// The latest checkpoint.
        tip: u64,
        /// The number asked for.
        number: u64,
    },
    /// The ring moved on, and its place holds another checkpoint.
    #[error("in block {block} the ledger is at checkpoint {tip}, and checkpoint {number} is overwritten")]
    Overwritten {
        /// The block's number.
        block: u64,
        /// The latest checkpoint.
        tip: u64,
        /// The number asked for.
        number: u64,
    },
}

impl ChainProof {
    /// The block that the proof is under, by its own word: where to look up a hash that can be trusted.
    pub fn header(&self) -> Result<Header, ChainProofError> {
        read_header(&self.header).map_err(|_| ChainProofError::Header)
    }

    /// What the block of this hash holds of checkpoint `number` of the ledger with this origin. Which chain the block is
    /// of is the asker's word: a header does not say.
    pub fn check(
        &self,
        block_hash: Digest,
        origin: &LedgerOrigin,
        number: u64,
    ) -> Result<Proven, ChainProofError> {
        let shown = keccak(&[&self.header]);
        if shown != block_hash {
            return Err(ChainProofError::OtherBlock { shown, asked: block_hash });
        }
        let block = self.header()?;
        let ledger = origin.ledger();
        let storage = self.storage_root(&block, &origin.contract)?;
        let no_ledger = ChainProofError::NoLedger { block: block.number, ledger };
        let word = |part, nodes, key| word_at(part, storage, nodes, key);
        let tip = word(Part::Tip, &self.tip, slots::tip_key(ledger))?.ok_or_else(|| no_ledger.clone())?;
        let (tip, tip_seconds) = slots::read_tip(&tip);
        if tip < number {
            return Err(ChainProofError::NotYet { block: block.number, tip, number });
        }
        if tip.saturating_sub(number) >= slots::RING {
            return Err(ChainProofError::Overwritten { block: block.number, tip, number });
        }
        let hash = word(Part::Slot, &self.slot, slots::ring_key(ledger, number))?.ok_or(no_ledger)?;
        let tip_time = tip_seconds.saturating_mul(1000);
        Ok(Proven { block, ledger, number, hash: Digest::new(hash), tip, tip_time })
    }

    fn storage_root(&self, block: &Header, contract: &Address) -> Result<Digest, ChainProofError> {
        let failed = |why| ChainProofError::Nodes { part: Part::Account, why };
        let key = keccak(&[contract.as_bytes()]);
        let account = trie::lookup(block.state_root, key.as_bytes(), &self.account).map_err(failed)?;
        let no_contract = ChainProofError::NoContract { block: block.number, contract: *contract };
        let account = account.ok_or(no_contract)?;
        read_storage_root(account).map_err(|error| failed(error.into()))
    }

    /// Reads the member of a dossier.
    pub fn read(at: &At<'_>) -> Result<Self, JsonError> {
        let nodes = |name| at.member(name)?.items()?.iter().map(At::bytes).collect::<Result<Vec<_>, _>>();
        Ok(Self {
            header: at.member("header")?.bytes()?,
            account: nodes("account")?,
            tip: nodes("tip")?,
            slot: nodes("slot")?,
        })
    }
}

/// The word under a key of the contract's storage; none where it is zero.
fn word_at(
    part: Part,
    root: Digest,
    nodes: &[Vec<u8>],
    key: Digest,
) -> Result<Option<[u8; 32]>, ChainProofError> {
    let failed = |why| ChainProofError::Nodes { part, why };
    let key = keccak(&[key.as_bytes()]);
    let Some(value) = trie::lookup(root, key.as_bytes(), nodes).map_err(failed)? else { return Ok(None) };
    let word = Item::read(value).and_then(|item| item.word());
    word.map(Some).map_err(|error| failed(error.into()))
}

fn read_header(bytes: &[u8]) -> Result<Header, RlpError> {
    let fields = Item::read(bytes)?.members()?;
    if fields.len() < LEAST_FIELDS {
        return Err(RlpError);
    }
    let field = |at: usize| fields.get(at).ok_or(RlpError);
    Ok(Header {
        hash: keccak(&[bytes]),
        number: field(NUMBER)?.number()?,
        time: field(TIMESTAMP)?.number()?.saturating_mul(1000),
        state_root: Digest::from_slice(field(STATE_ROOT)?.bytes()?).map_err(|_| RlpError)?,
    })
}

/// An account is `[nonce, balance, storage root, code hash]`.
fn read_storage_root(account: &[u8]) -> Result<Digest, RlpError> {
    let members = Item::read(account)?.members()?;
    let [_nonce, _balance, root, _code] = members.as_slice() else { return Err(RlpError) };
    Digest::from_slice(root.bytes()?).map_err(|_| RlpError)
}

fn hex<S: Serializer>(bytes: &[u8], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&bytes_to_hex(bytes))
}

fn hex_list<S: Serializer>(nodes: &[Vec<u8>], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(nodes.iter().map(|node| bytes_to_hex(node)))
}

#[cfg(test)]
mod tests;

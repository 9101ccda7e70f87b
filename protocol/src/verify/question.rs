//! What a verifier is asked with: the files of docs/protocol.md section 10 beside the dossier, read strictly.

use crate::chain_proof::Proven;
use crate::checkpoint::Checkpoint;
use crate::digest::{Address, Digest, LedgerId, PublicKey, bytes_from_hex};
use crate::dossier::read_checkpoint;
use crate::json::{At, Json, JsonError, parse};
use crate::voucher::{Stamp, order_reference};
use std::fmt;
use zeroize::Zeroizing;

/// A checkpoint from a source that the asker trusts: the chain, or a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct TrustedCheckpoint {
    /// The ledger.
    pub ledger: LedgerId,
    /// The checkpoint.
    #[serde(flatten)]
    pub checkpoint: Checkpoint,
    /// When its block was made, Unix milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_time: Option<u64>,
    /// When the next checkpoint's block was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub superseded_at: Option<u64>,
}

impl TrustedCheckpoint {
    /// Reads the file.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let value = parse(text)?;
        let root = At::root(&value, "trusted checkpoint");
        let time = |name| root.nullable(name)?.map(|time| time.integer()).transpose();
        Ok(Self {
            ledger: root.member("ledger")?.parsed()?,
            checkpoint: read_checkpoint(&root)?,
            block_time: time("block_time")?,
            superseded_at: time("superseded_at")?,
        })
    }
}

/// An order that the asker can show: only who knows salt and reference can open a memo's `order`.
#[derive(Clone, PartialEq, Eq)]
pub struct Order {
    /// The shop's reference.
    pub reference: String,
    /// 16 bytes.
    pub salt: [u8; 16],
}

impl Order {
    /// An order by its reference and the hex of its salt, with or without `0x`.
    pub fn from_hex(reference: &str, salt: &str) -> Option<Self> {
        let salt = if salt.starts_with("0x") { salt.to_owned() } else { format!("0x{salt}") };
        let salt = bytes_from_hex(&salt.to_ascii_lowercase()).ok()?.try_into().ok()?;
        Some(Self { reference: reference.to_owned(), salt })
    }

    /// The text that a memo's `order` has if it means this order.
    pub fn digest(&self) -> Option<Digest> {
        order_reference(&self.salt, &self.reference).ok()
    }
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Order(hidden)")
    }
}

/// The secrets that open a voucher, as they were delivered.
#[derive(Clone)]
pub struct Opening {
    /// The serial as given; empty where a code has none.
    pub serial: Zeroizing<String>,
    /// The code as given.
    pub code: Zeroizing<String>,
    /// The stamp.
    pub stamp: Stamp,
    /// The order under which it was bought.
    pub order: Option<Order>,
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening(hidden)")
    }
}

impl Opening {
    /// Reads the file.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let value = parse(text)?;
        let root = At::root(&value, "opening");
        let stamp = sixteen(&root.member("stamp")?)?;
        let order = match root.nullable("order")? {
            Some(order) => Some(Order {
                reference: order.member("reference")?.text()?.to_owned(),
                salt: sixteen(&order.member("salt")?)?,
            }),
            None => None,
        };
        Ok(Self {
            serial: Zeroizing::new(root.member("serial")?.text()?.to_owned()),
            code: Zeroizing::new(root.member("code")?.text()?.to_owned()),
            stamp: Stamp::new(stamp),
            order,
        })
    }
}

pub(crate) fn sixteen(at: &At<'_>) -> Result<[u8; 16], JsonError> {
    at.bytes()?.try_into().map_err(|_| at.error("16 bytes are due"))
}

/// A contract, and the ledgers on it that the asker trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedChain {
    /// EIP-155 chain id.
    pub chain_id: u64,
    /// The `Anchors` contract.
    pub contract: Address,
    /// Ledgers.
    pub ledgers: Vec<LedgerId>,
}

/// Whom the asker trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Contracts and ledgers.
    pub chains: Vec<TrustedChain>,
    /// Issuers by key, under the names that the policy gives them.
    pub issuers: Vec<(PublicKey, String)>,
    /// How old a checkpoint's block may be, in seconds.
    pub max_age_s: u64,
}

/// `max_age_s` where a policy has none: a day.
pub const DEFAULT_MAX_AGE_S: u64 = 86_400;

impl Policy {
    /// Reads the file.
    pub fn parse(text: &str) -> Result<Self, JsonError> {
        let value: Json = parse(text)?;
        let root = At::root(&value, "policy");
        let chain = |at: &At<'_>| {
            Ok(TrustedChain {
                chain_id: at.member("chain_id")?.integer()?,
                contract: at.member("contract")?.parsed()?,
                ledgers: at.member("ledgers")?.parsed_list()?,
            })
        };
        let issuer = |at: &At<'_>| Ok((at.member("key")?.parsed()?, at.member("name")?.text()?.to_owned()));
        Ok(Self {
            chains: root.member("chains")?.items()?.iter().map(chain).collect::<Result<_, _>>()?,
            issuers: root.member("issuers")?.items()?.iter().map(issuer).collect::<Result<_, _>>()?,
            max_age_s: match root.nullable("max_age_s")? {
                Some(age) => age.integer()?,
                None => DEFAULT_MAX_AGE_S,
            },
        })
    }

    /// Whether it names this ledger on this contract of this chain.
    pub fn names_ledger(&self, chain_id: u64, contract: &Address, ledger: &LedgerId) -> bool {
        self.chains.iter().any(|chain| {
            chain.chain_id == chain_id && chain.contract == *contract && chain.ledgers.contains(ledger)
        })
    }

    /// Whether it names this ledger at all: its id stands for its contract and chain.
    pub fn names(&self, ledger: &LedgerId) -> bool {
        self.chains.iter().any(|chain| chain.ledgers.contains(ledger))
    }

    /// The name that it gives an issuer.
    pub fn issuer_name(&self, key: &PublicKey) -> Option<&str> {
        self.issuers.iter().find(|(known, _)| known == key).map(|(_, name)| name.as_str())
    }
}

/// How settled the trusted checkpoint is on its chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finality {
    /// It can not disappear any more, or the asker vouches for it himself.
    Final,
    /// It is in a block that a reorganisation of the chain could still remove.
    NotFinal,
}

/// Everything that a verdict depends on.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// The dossier's text.
    pub dossier: &'a str,
    /// The trusted checkpoint, if any source could be asked.
    pub trusted: Option<&'a TrustedCheckpoint>,
    /// What a block whose hash the asker trusts is proven to hold of the dossier's checkpoint; counts where there is no
    /// trusted checkpoint.
    pub proven: Option<&'a Proven>,
    /// How settled it is.
    pub finality: Finality,
    /// The code with its stamp.
    pub opening: Option<&'a Opening>,
    /// The order; an opening's own counts where this is none.
    pub order: Option<&'a Order>,
    /// The key that the asker holds.
    pub my_key: Option<PublicKey>,
    /// Whom the asker trusts.
    pub policy: Option<&'a Policy>,
    /// The asker wants the state as of the checkpoint, however old.
    pub as_of: bool,
    /// The asker takes nothing but a final checkpoint.
    pub require_final: bool,
    /// The asker's clock, Unix milliseconds.
    pub now: u64,
}

impl<'a> Question<'a> {
    /// About a dossier alone, at this time: nothing is trusted, nothing shown, nothing asked for beyond it.
    pub const fn of(dossier: &'a str, now: u64) -> Self {
        Self {
            dossier,
            trusted: None,
            proven: None,
            finality: Finality::NotFinal,
            opening: None,
            order: None,
            my_key: None,
            policy: None,
            as_of: false,
            require_final: false,
            now,
        }
    }
}

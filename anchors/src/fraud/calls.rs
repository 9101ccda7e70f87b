//! Call data: an accusation is one function of the judge, a challenge one of three; and what a reporter commits to first.

use super::contract::{FraudProofs, ask as to_ask, entry, head, path, record, shown as to_shown};
use crate::contract::word;
use alloy::primitives::{Address as EvmAddress, Bytes, FixedBytes};
use alloy::sol_types::{SolCall, SolValue as _};
use protocol::fraud::{Accusation, Ask, Challenge, Fraud, Shown, Withheld};
use protocol::{Address, Digest, keccak};

/// An accusation as its function takes it.
struct Told {
    input: Vec<u8>,
    selector: [u8; 4],
    /// The ABI encoding of the arguments but checkpoint and salt.
    evidence: Vec<u8>,
}

/// The call of a function whose arguments are the checkpoint, what is shown, and the salt.
macro_rules! tell {
    ($accusation:ident, $salt:ident, $call:ident, $($field:ident: $value:expr),+) => {{
        $(let $field = $value;)+
        let evidence = ($($field.clone(),)+).abi_encode_params();
        let call = FraudProofs::$call { shown: to_shown(&$accusation.shown), $($field,)+ salt: word($salt.as_bytes()) };
        Told { input: call.abi_encode(), selector: FraudProofs::$call::SELECTOR, evidence }
    }};
}

fn told(accusation: &Accusation, salt: Digest) -> Told {
    match &accusation.fraud {
        Fraud::DoubleSpend { x, y } => tell!(accusation, salt, doubleSpendCall, x: entry(x), y: entry(y)),
        Fraud::IllegalStep { x, y } => tell!(accusation, salt, illegalStepCall, x: entry(x), y: entry(y)),
        Fraud::IllegalAlone { y } => tell!(accusation, salt, illegalAloneCall, y: entry(y)),
        Fraud::FalseLink { x, y } => tell!(accusation, salt, falseLinkCall, x: entry(x), y: entry(y)),
        Fraud::ForwardLink { y } => tell!(accusation, salt, forwardLinkCall, y: entry(y)),
        Fraud::StaleHead { y, head: h } => tell!(accusation, salt, staleHeadCall, y: entry(y), head: head(h)),
        Fraud::UncountedVoucher { y, number } => {
            tell!(accusation, salt, uncountedVoucherCall, y: entry(y), number: *number)
        }
        Fraud::ForgedHead { x, head: h } => {
            tell!(accusation, salt, forgedHeadCall, x: entry(x), head: head(h))
        }
        Fraud::HeadPastLog { head: h } => tell!(accusation, salt, headPastLogCall, head: head(h)),
        Fraud::DoubleIssue { x, y } => tell!(accusation, salt, doubleIssueCall, x: record(x), y: record(y)),
        Fraud::OverlappingNumbers { x, y } => {
            tell!(accusation, salt, overlappingNumbersCall, x: entry(x), y: entry(y))
        }
        Fraud::ClockBack { x, y } => tell!(accusation, salt, clockBackCall, x: entry(x), y: entry(y)),
    }
}

/// The call with which an accusation is made. The salt is the one of the commitment.
pub fn accusation(accusation: &Accusation, salt: Digest) -> Vec<u8> {
    told(accusation, salt).input
}

/// What a commitment names of an accusation: `keccak256(abi.encode(checkpointHash, selector, evidence))`. Neither the
/// way to the checkpoint nor the salt is part of it.
pub fn proof_hash(accusation: &Accusation) -> Digest {
    let Told { selector, evidence, .. } = told(accusation, Digest::ZERO);
    let hash = accusation.shown.checkpoint.hash(accusation.shown.ledger);
    let named = (word(hash.as_bytes()), FixedBytes::<4>::from(selector), Bytes::from(evidence));
    keccak(&[&named.abi_encode_params()])
}

/// What a reporter sends to `Anchors` two blocks before he shows anything: nobody can tell from it what he knows.
/// `proof_hash` is an accusation's, or the id of an ask.
pub fn commitment(reporter: Address, salt: Digest, proof_hash: Digest) -> Digest {
    let reporter = EvmAddress::new(*reporter.as_bytes());
    keccak(&[&(reporter, word(salt.as_bytes()), word(proof_hash.as_bytes())).abi_encode_params()])
}

/// The call with which a challenge is raised; the deposit is its value.
pub fn challenge(challenge: &Challenge, salt: Digest) -> Vec<u8> {
    let (shown, salt) = (to_shown(&challenge.shown), word(salt.as_bytes()));
    match &challenge.leaf {
        Withheld::Entry { index } => {
            FraudProofs::challengeEntryCall { shown, index: *index, salt }.abi_encode()
        }
        Withheld::Chunk { chunk } => {
            FraudProofs::challengeChunkCall { shown, chunk: *chunk, salt }.abi_encode()
        }
        Withheld::Record { issue, leaf } => {
            FraudProofs::challengeRecordCall { shown, issue: entry(issue), leaf: *leaf, salt }.abi_encode()
        }
    }
}

/// The call that shows a leaf that was asked for; the path leads upwards from it.
pub fn answer(ask: &Ask, leaf: &[u8], nodes: &[Digest]) -> Vec<u8> {
    let leaf = Bytes::copy_from_slice(leaf);
    FraudProofs::answerCall { ask: to_ask(ask), leaf, path: path(nodes) }.abi_encode()
}

/// The call that ends a challenge which nobody answered in time.
pub fn settle(ask: &Ask) -> Vec<u8> {
    FraudProofs::settleCall { ask: to_ask(ask) }.abi_encode()
}

/// The call that keeps a checkpoint for good as one that was anchored.
pub fn reach(shown: &Shown) -> Vec<u8> {
    FraudProofs::reachCall { shown: to_shown(shown) }.abi_encode()
}

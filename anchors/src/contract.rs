//! The contract as Rust knows it, generated from the committed artefact: one definition of its ABI and its bytecode.

use crate::error::Refusal;
use crate::fraud::{JudgeRefusal, judge_refusal};
use crate::reader::Phase;
use alloy::primitives::{B256, U256};
use alloy::sol_types::{Revert as RevertText, SolError as _, SolInterface as _};
use protocol::checkpoint::Checkpoint;
use protocol::{Address, Digest, LedgerId, PublicKey};

mod generated {
    alloy::sol!(
        #[derive(Debug)]
        Anchors,
        "../contracts/artifacts/Anchors.json"
    );
}

pub(crate) use generated::Anchors;
use generated::Anchors::AnchorsErrors as Errors;

/// A checkpoint in the contract's words.
pub(crate) fn to_contract(checkpoint: &Checkpoint) -> Anchors::Checkpoint {
    Anchors::Checkpoint {
        number: checkpoint.number,
        size: checkpoint.size,
        vouchers: checkpoint.vouchers,
        logRoot: word(checkpoint.log_root.as_bytes()),
        headRoot: word(checkpoint.head_root.as_bytes()),
        operatorKey: word(checkpoint.operator_key.as_bytes()),
        previous: word(checkpoint.previous.as_bytes()),
    }
}

/// A checkpoint as an event gave it.
pub(crate) fn from_contract(checkpoint: &Anchors::Checkpoint) -> Checkpoint {
    Checkpoint {
        number: checkpoint.number,
        size: checkpoint.size,
        vouchers: checkpoint.vouchers,
        log_root: digest(checkpoint.logRoot),
        head_root: digest(checkpoint.headRoot),
        operator_key: PublicKey::new(checkpoint.operatorKey.0),
        previous: digest(checkpoint.previous),
    }
}

/// Where a ledger stands, by the number that the contract gives it.
pub(crate) fn phase(number: u8) -> Option<Phase> {
    match number {
        0 => Some(Phase::Unopened),
        1 => Some(Phase::Open),
        2 => Some(Phase::Closed),
        3 => Some(Phase::Withdrawn),
        4 => Some(Phase::Slashed),
        _ => None,
    }
}

/// Why a call was refused, from the data that it reverted with: in the words of `Anchors`, or of a judge.
pub(crate) fn refusal(data: &[u8]) -> Refusal {
    if let Ok(error) = Errors::abi_decode(data) {
        return named(&error);
    }
    if let Some(refusal) = judge_refusal(data) {
        return Refusal::Judge(refusal);
    }
    match RevertText::abi_decode(data) {
        Ok(text) => Refusal::Other(text.reason),
        Err(_) if data.is_empty() => Refusal::Other("it reverted without a reason".to_owned()),
        Err(_) => Refusal::Other(format!("it reverted with 0x{}", alloy::hex::encode(data))),
    }
}

fn named(error: &Errors) -> Refusal {
    match error {
        Errors::WrongPhase(e) => match phase(e.phase) {
            Some(phase) => Refusal::WrongPhase { ledger: LedgerId::new(e.ledger.0), phase },
            None => Refusal::Other("the ledger is in a phase that this version does not know".to_owned()),
        },
        Errors::BondTooSmall(e) => Refusal::BondTooSmall { given: wei(e.given), minimum: wei(e.minimum) },
        Errors::NotAnchorer(e) => {
            Refusal::NotAnchorer { sender: address(e.sender), anchorer: address(e.anchorer) }
        }
        Errors::NotLatest(e) => Refusal::NotLatest { given: digest(e.given), latest: digest(e.latest) },
        Errors::PreviousMismatch(e) => {
            Refusal::PreviousMismatch { given: digest(e.given), expected: digest(e.expected) }
        }
        Errors::NumberNotNext(e) => Refusal::NumberNotNext { given: e.given, expected: e.expected },
        Errors::SizeShrank(e) => Refusal::SizeShrank { from: e.from, to: e.to },
        Errors::VouchersShrank(e) => Refusal::VouchersShrank { from: e.from, to: e.to },
        Errors::TooLarge(e) => Refusal::TooLarge { size: e.size, vouchers: e.vouchers },
        Errors::NotAnExtension(e) => {
            Refusal::NotAnExtension { from: e.from, to: e.to, nodes: e.nodes.saturating_to() }
        }
        Errors::NotOpener(e) => Refusal::NotOpener { sender: address(e.sender), opener: address(e.opener) },
        Errors::NotJudge(e) => Refusal::NotJudge { judge: address(e.sender) },
        Errors::NotInRing(e) => Refusal::NotInRing { number: e.number, latest: e.latest },
        // Judges say these two in the same words.
        Errors::NothingOwed(_) => Refusal::Judge(JudgeRefusal::NothingOwed),
        Errors::TransferFailed(_) => Refusal::Judge(JudgeRefusal::TransferFailed),
        Errors::TooYoung(e) => {
            Refusal::Judge(JudgeRefusal::TooYoung { committed: e.committed.saturating_to() })
        }
        Errors::StillHeard(e) => Refusal::StillHeard { until: e.withdrawableAt.saturating_to() },
    }
}

/// Wei as far as they can be counted in 128 bits: 3 * 10^20 ether.
pub(crate) fn wei(amount: U256) -> u128 {
    amount.saturating_to()
}

pub(crate) fn digest(word: B256) -> Digest {
    Digest::new(word.0)
}

pub(crate) fn word(bytes: &[u8; 32]) -> B256 {
    B256::new(*bytes)
}

pub(crate) fn to_address(account: Address) -> alloy::primitives::Address {
    alloy::primitives::Address::new(*account.as_bytes())
}

pub(crate) fn address(account: alloy::primitives::Address) -> Address {
    Address::new(account.into_array())
}

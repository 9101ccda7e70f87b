//! Why the judge refuses: its custom errors. Those of a rule are `protocol::fraud::Refused`, which says the same in Rust.

use super::contract::FraudProofs::FraudProofsErrors as Errors;
use crate::contract::{digest, wei};
use alloy::primitives::U256;
use alloy::sol_types::SolInterface as _;
use protocol::Digest;
use protocol::fraud::Refused;
use protocol::merkle::ProofError;

/// Where an ask stands. It only ever moves forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stand {
    /// Nobody asked.
    Unasked,
    /// The three days run, or are over and nobody settled.
    Pending,
    /// The leaf was shown.
    Answered,
    /// It was not, and the challenge was settled.
    Unanswered,
}

impl Stand {
    pub(super) const fn from_number(number: u8) -> Option<Self> {
        match number {
            0 => Some(Self::Unasked),
            1 => Some(Self::Pending),
            2 => Some(Self::Answered),
            3 => Some(Self::Unanswered),
            _ => None,
        }
    }
}

impl std::fmt::Display for Stand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unasked => "not asked",
            Self::Pending => "waiting for an answer",
            Self::Answered => "answered",
            Self::Unanswered => "settled without an answer",
        })
    }
}

/// Why the judge refuses a call, with its numbers. Times are Unix seconds, as the contract has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum JudgeRefusal {
    #[error("nothing is proven: {0}")]
    Unproven(Refused),
    #[error("a leaf of {given} bytes, {expected} are due")]
    WrongWidth { given: u64, expected: u64 },
    #[error("it is no judge of this ledger, so it can not take its bond")]
    NoJudge,
    #[error("the bond of this ledger is gone: it was withdrawn, or taken before")]
    NoBond,
    #[error(
        "the ledger was closed and its bond can leave at {leaves}: an ask that is answerable until {until} comes too late"
    )]
    HearingEnds { until: u64, leaves: u64 },
    #[error("a deposit of {given} wei, {expected} are due")]
    WrongDeposit { given: u128, expected: u128 },
    #[error("there is no commitment {commitment} that is two blocks old: commit, wait two blocks, try again")]
    NotCommitted { commitment: Digest },
    #[error("the commitment of block {committed} is not two blocks old: try again a block later")]
    TooYoung { committed: u64 },
    #[error("the challenge {id} is {stand}")]
    WrongStand { id: Digest, stand: Stand },
    #[error("an answer at {time} is too late: it was due by {until}")]
    TooLate { time: u64, until: u64 },
    #[error("at {time} it can still be answered: wait until {until} is over")]
    StillAnswerable { time: u64, until: u64 },
    #[error("this is not the leaf that {id} asks for")]
    NotTheLeaf { id: Digest },
    #[error("nothing is owed to this account")]
    NothingOwed,
    #[error("the account refuses the wei: nothing changed")]
    TransferFailed,
}

/// The judge's own words, if these are they.
pub(crate) fn judge_refusal(data: &[u8]) -> Option<JudgeRefusal> {
    let error = Errors::abi_decode(data).ok()?;
    let unproven = |refused| Some(JudgeRefusal::Unproven(refused));
    // The contract does not say which node of a path is wrong: it comes to another root.
    let cause = ProofError::Root;
    match error {
        Errors::NotAnchored(e) => unproven(Refused::Checkpoint { number: e.number }),
        Errors::NotPrevious(e) => unproven(Refused::Previous { number: e.number }),
        Errors::NotInLog(e) => unproven(Refused::Entry { index: e.index, cause }),
        Errors::NotInHeads(e) => unproven(Refused::Chunk { chunk: e.chunk, cause }),
        Errors::NotInBatch(e) => unproven(Refused::Record { leaf: e.leaf, cause }),
        Errors::NoHead(e) => unproven(Refused::NoHead { number: e.number, vouchers: e.vouchers }),
        Errors::NoLeaf(e) => unproven(Refused::NoLeaf { index: e.index, size: e.size }),
        Errors::SameEntry(e) => unproven(Refused::SameEntry { index: e.index }),
        Errors::IsIssue(e) => unproven(Refused::Issue { index: e.index }),
        Errors::NotIssue(e) => unproven(Refused::NotIssue { index: e.index }),
        Errors::Apart(e) => unproven(Refused::Apart { x: e.x, y: e.y }),
        Errors::OtherPrev(e) => unproven(Refused::OtherPrev { x: e.x, y: e.y }),
        Errors::NotLinked(e) => unproven(Refused::NotLinked { x: e.x, y: e.y, prev: e.prev }),
        Errors::Legal(e) => unproven(Refused::Legal { x: e.x, y: e.y }),
        Errors::LegalAlone(e) => unproven(Refused::LegalAlone { index: e.index }),
        Errors::Inside(e) => unproven(Refused::Inside { x: e.x, y: e.y }),
        Errors::LinksBack(e) => unproven(Refused::LinksBack { index: e.index, prev: e.prev }),
        Errors::NotCovered(e) => unproven(Refused::NotCovered { index: e.index, number: e.number }),
        Errors::Counted(e) => unproven(Refused::Counted { number: e.number, vouchers: e.vouchers }),
        Errors::Current(e) => unproven(Refused::Current { number: e.number, head: e.head, index: e.index }),
        Errors::OtherHead(e) => {
            unproven(Refused::OtherHead { number: e.number, head: e.head, index: e.index })
        }
        Errors::TrueHead(e) => unproven(Refused::TrueHead { number: e.number, index: e.index }),
        Errors::InLog(e) => unproven(Refused::InLog { number: e.number, head: e.head, size: e.size }),
        Errors::NotRecord(_) => unproven(Refused::NotRecord),
        Errors::SameNumber(e) => unproven(Refused::SameNumber { number: wei(e.number) }),
        Errors::OtherVoucher(e) => unproven(Refused::OtherVoucher { x: wei(e.x), y: wei(e.y) }),
        Errors::NotLater(e) => unproven(Refused::NotLater { x: e.x, y: e.y }),
        Errors::Clock(e) => unproven(Refused::Clock { x: e.x, y: e.y }),
        other => of_a_challenge(&other),
    }
}

fn of_a_challenge(error: &Errors) -> Option<JudgeRefusal> {
    Some(match error {
        Errors::WrongWidth(e) => {
            JudgeRefusal::WrongWidth { given: number(e.given), expected: number(e.expected) }
        }
        Errors::NoJudgeOf(_) => JudgeRefusal::NoJudge,
        Errors::NoBond(_) => JudgeRefusal::NoBond,
        Errors::HearingEnds(e) => {
            JudgeRefusal::HearingEnds { until: number(e.answerableUntil), leaves: number(e.withdrawableAt) }
        }
        Errors::WrongDeposit(e) => {
            JudgeRefusal::WrongDeposit { given: wei(e.given), expected: wei(e.expected) }
        }
        Errors::NotCommitted(e) => JudgeRefusal::NotCommitted { commitment: digest(e.commitment) },
        Errors::WrongStand(e) => {
            JudgeRefusal::WrongStand { id: digest(e.id), stand: Stand::from_number(e.stand)? }
        }
        Errors::TooLate(e) => {
            JudgeRefusal::TooLate { time: number(e.time), until: number(e.answerableUntil) }
        }
        Errors::StillAnswerable(e) => {
            JudgeRefusal::StillAnswerable { time: number(e.time), until: number(e.answerableUntil) }
        }
        Errors::NotTheLeaf(e) => JudgeRefusal::NotTheLeaf { id: digest(e.id) },
        Errors::NothingOwed(_) => JudgeRefusal::NothingOwed,
        Errors::TransferFailed(_) => JudgeRefusal::TransferFailed,
        _ => return None,
    })
}

fn number(word: U256) -> u64 {
    word.saturating_to()
}

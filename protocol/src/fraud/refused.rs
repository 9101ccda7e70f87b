//! Why an accusation does not hold.

use crate::merkle::ProofError;

/// The first demand of a rule that is not met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each message says what its fields are")]
pub enum Refused {
    #[error("checkpoint {number} is not the one that this ledger anchored")]
    Checkpoint { number: u64 },
    #[error("checkpoint {number} does not name the one shown before it")]
    Previous { number: u64 },
    #[error("entry {index} is not in the log: {cause}")]
    Entry { index: u64, cause: ProofError },
    #[error("chunk {chunk} is not in the head array: {cause}")]
    Chunk { chunk: u64, cause: ProofError },
    #[error("record {leaf} is not in the batch: {cause}")]
    Record { leaf: u64, cause: ProofError },
    #[error("a batch of {count} records has no tree of 64-bit size")]
    Batch { count: u64 },
    #[error("voucher {number} of {vouchers} has no head")]
    NoHead { number: u64, vouchers: u64 },
    #[error("leaf {index} of {size} does not exist")]
    NoLeaf { index: u64, size: u64 },
    #[error("this is not leaf {index}: {cause}")]
    Answer { index: u64, cause: ProofError },
    #[error("leaf {index} has not the form that such a leaf has")]
    Form { index: u64 },
    #[error("entry {index} is shown twice")]
    SameEntry { index: u64 },
    #[error("entry {index} is an Issue, which follows nothing")]
    Issue { index: u64 },
    #[error("entry {index} is no Issue")]
    NotIssue { index: u64 },
    #[error("entry {x} and entry {y} cover no common voucher")]
    Apart { x: u64, y: u64 },
    #[error("entry {x} and entry {y} follow different entries")]
    OtherPrev { x: u64, y: u64 },
    #[error("entry {y} follows entry {prev}, not entry {x}")]
    NotLinked { x: u64, y: u64, prev: u64 },
    #[error("entry {y} may follow entry {x}")]
    Legal { x: u64, y: u64 },
    #[error("entry {index} is legal by itself")]
    LegalAlone { index: u64 },
    #[error("entry {y} covers nothing that entry {x} does not")]
    Inside { x: u64, y: u64 },
    #[error("entry {index} follows entry {prev}, which is before it")]
    LinksBack { index: u64, prev: u64 },
    #[error("entry {index} does not cover voucher {number}")]
    NotCovered { index: u64, number: u64 },
    #[error("voucher {number} is among the {vouchers} that the checkpoint counts")]
    Counted { number: u64, vouchers: u64 },
    #[error("the head of voucher {number} points at entry {head}, which is not before entry {index}")]
    Current { number: u64, head: u64, index: u64 },
    #[error("the head of voucher {number} points at entry {head}, not at entry {index}")]
    OtherHead { number: u64, head: u64, index: u64 },
    #[error("the head of voucher {number} is what entry {index} says")]
    TrueHead { number: u64, index: u64 },
    #[error("the head of voucher {number} points at entry {head} of {size}")]
    InLog { number: u64, head: u64, size: u64 },
    #[error("leaf 0 of a batch is no record")]
    NotRecord,
    #[error("both records are of voucher number {number}")]
    SameNumber { number: u128 },
    #[error("the vouchers of numbers {x} and {y} have different keys")]
    OtherVoucher { x: u128, y: u128 },
    #[error("entry {y} does not stand after entry {x}")]
    NotLater { x: u64, y: u64 },
    #[error("the clock does not go back from {x} to {y}")]
    Clock { x: u64, y: u64 },
}

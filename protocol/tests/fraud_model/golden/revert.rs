//! The reasons for which nothing is proven, as the contract reverts with them: the selector of the custom error, then
//! its arguments as 32-byte words.

use vouchsafe_protocol::fraud::Refused;
use vouchsafe_protocol::keccak;

/// What `FraudProofs` reverts with. The two of a checkpoint that is not anchored never arise from a checkpoint alone.
pub fn data(refused: &Refused) -> Vec<u8> {
    match *refused {
        Refused::Checkpoint { number } => error("NotAnchored", &[number]),
        Refused::Previous { number } => error("NotPrevious", &[number]),
        Refused::Entry { index, .. } => error("NotInLog", &[index]),
        Refused::Chunk { chunk, .. } => error("NotInHeads", &[chunk]),
        Refused::Record { leaf, .. } => error("NotInBatch", &[leaf]),
        Refused::Batch { .. } => panic!("the contract has trees of 2^64 leaves: no case comes to this"),
        Refused::NoHead { number, vouchers } => error("NoHead", &[number, vouchers]),
        Refused::NoLeaf { index, size } => error("NoLeaf", &[index, size]),
        Refused::Answer { .. } | Refused::Form { .. } => panic!("an answer is refused in its own words"),
        Refused::SameEntry { index } => error("SameEntry", &[index]),
        Refused::Issue { index } => error("IsIssue", &[index]),
        Refused::NotIssue { index } => error("NotIssue", &[index]),
        Refused::Apart { x, y } => error("Apart", &[x, y]),
        Refused::OtherPrev { x, y } => error("OtherPrev", &[x, y]),
        Refused::NotLinked { x, y, prev } => error("NotLinked", &[x, y, prev]),
        Refused::Legal { x, y } => error("Legal", &[x, y]),
        Refused::LegalAlone { index } => error("LegalAlone", &[index]),
        Refused::Inside { x, y } => error("Inside", &[x, y]),
        Refused::LinksBack { index, prev } => error("LinksBack", &[index, prev]),
        Refused::NotCovered { index, number } => error("NotCovered", &[index, number]),
        Refused::Counted { number, vouchers } => error("Counted", &[number, vouchers]),
        Refused::Current { number, head, index } => error("Current", &[number, head, index]),
        Refused::OtherHead { number, head, index } => error("OtherHead", &[number, head, index]),
        Refused::TrueHead { number, index } => error("TrueHead", &[number, index]),
        Refused::InLog { number, head, size } => error("InLog", &[number, head, size]),
        Refused::NotRecord => error("NotRecord", &[]),
        Refused::SameNumber { number } => wide_error("SameNumber", &[number]),
        Refused::OtherVoucher { x, y } => wide_error("OtherVoucher", &[x, y]),
        Refused::NotLater { x, y } => error("NotLater", &[x, y]),
        Refused::Clock { x, y } => error("Clock", &[x, y]),
    }
}

fn error(name: &str, arguments: &[u64]) -> Vec<u8> {
    let words: Vec<u128> = arguments.iter().copied().map(u128::from).collect();
    encode(name, "uint64", &words)
}

/// Voucher numbers of forged ranges need more than 64 bits.
fn wide_error(name: &str, arguments: &[u128]) -> Vec<u8> {
    encode(name, "uint256", arguments)
}

fn encode(name: &str, width: &str, words: &[u128]) -> Vec<u8> {
    let signature = format!("{name}({})", vec![width; words.len()].join(","));
    let selector = keccak(&[signature.as_bytes()]).as_bytes()[..4].to_vec();
    let word = |value: &u128| [[0; 16], value.to_be_bytes()].concat();
    [selector, words.iter().flat_map(word).collect()].concat()
}

//! Why a step has its result: stable codes with their arguments and English text. Other languages are the surfaces'
//! business; they key their texts by the same codes.

use crate::lifecycle::Illegal;
use serde::Serialize;
use std::fmt;

macro_rules! reasons {
    ($($item:ident $code:literal $english:literal)*) => {
        /// The reasons that a step can give.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Reason { $(#[doc = $english] $item),* }

        impl Reason {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$item),*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$item => $code),* }
            }

            /// The English text; `{0}`, `{1}`, `{2}` stand for the arguments.
            pub const fn english(self) -> &'static str {
                match self { $(Self::$item => $english),* }
            }
        }
    };
}

reasons! {
    Malformed "malformed" "{0}"
    NoPolicy "no_policy" "no trust policy was given"
    LedgerNotInPolicy "ledger_not_in_policy" "ledger {0} of contract {1} on chain {2} is not in the policy"
    NoTrustedCheckpoint "no_trusted_checkpoint" "no checkpoint from a trusted source to hold it against"
    OtherNumber "other_number" "the trusted checkpoint is number {0}, the dossier is under number {1}"
    OtherCheckpoint "other_checkpoint" "the trusted source has another checkpoint {0}"
    Superseded "stale" "stale: superseded {0} minutes ago"
    TooOld "stale_age" "stale: anchored {0} minutes ago, at most {1} are allowed"
    NotInBatch "not_in_batch" "manifest and terms are not leaf 0 of the batch"
    OtherCount "other_count" "the terms are of {0} vouchers, the Issue entry of {1}"
    UnknownCritical "unknown_critical" "the manifest calls {0} critical, which this version does not know"
    NumberNotIssued "number_not_issued" "the Issue entry does not cover number {0}"
    RecordNotInBatch "record_not_in_batch" "the voucher is not in the batch under number {0}"
    EntryNotInLog "entry_not_in_log" "the entry is not at index {0} of the log"
    NotBegunByIssue "not_begun_by_issue" "the history does not begin with an Issue entry"
    NotLinked "not_linked" "the entry at index {0} does not continue the one at index {1}"
    MemoDiffers "memo_differs" "the memo of the entry at index {0} is not the one that was hashed"
    PastNotAfter "past_not_after" "the entry at index {0} is later than its signers allowed"
    FromTheFuture "from_the_future" "the entry at index {0} is later than the block that holds it"
    UnknownKind "unknown_kind" "the entry at index {0} is of kind {1}, which does not exist"
    NotAnIssue "not_an_issue" "the entry at index {0} is not a legal Issue"
    IllegalTransition "illegal_transition" "the entry at index {0}: {2} does not follow {1}"
    WrongStatus "wrong_status" "the entry at index {0} states status {1}, {2} is due"
    WrongRange "wrong_range" "the entry at index {0} covers {2} vouchers from number {1}, which it may not"
    WrongParty "wrong_party" "the entry at index {0} names a party that it may not"
    NoSeller "no_seller" "the entry at index {0} returns a voucher that nobody sold"
    NoUseLeft "no_use_left" "the entry at index {0} is a use too many: {1} of {2} stand"
    NotTransferable "not_transferable" "the entry at index {0} passes on what the terms bind to its owner"
    ClaimBeforeSale "claim_before_sale" "the entry at index {0} claims before any sale, against the terms"
    ClockBack "clock_back" "the entry at index {0} is earlier than the one before it"
    NotSigned "not_signed" "the entry at index {0} lacks the signature of the {1}"
    ChunkNotInTree "chunk_not_in_tree" "the chunk of heads is not in the head tree"
    PaddingNotZero "padding_not_zero" "the chunk holds a word beyond the last voucher"
    OtherHead "other_head" "the head says status {0} by entry {1}, the history another"
    PendingIndex "pending_index" "the pending entry at index {0} is not after the checkpoint and those before it"
    ReceiptLeaf "receipt_leaf" "the receipt at index {0} is for another entry"
    ReceiptSignature "receipt_signature" "the receipt at index {0} is not signed by the checkpoint's operator key"
    ReceiptPast "receipt_past" "the receipt at index {0} promises a time before the entry itself"
    PromiseBroken "promise_broken" "promise broken, keep this file: the entry at index {0} was to be anchored {1} minutes ago"
    OtherKey "other_key" "serial, code and stamp lead to another voucher"
    OtherLabel "other_label" "the label is not the one of this serial and stamp"
    StampUnfit "stamp_unfit" "the batch's codes carry a stamp exactly if its terms say so"
    IssuerNotInPolicy "issuer_not_in_policy" "issuer {0} is not in the policy"
    PastRedeemBy "past_redeem_by" "no longer honoured: its time to redeem is over"
    AbsenceUnsigned "absence_unsigned" "the statement is not signed by the checkpoint's operator key"
    AbsenceOther "absence_other" "the statement is about another voucher or checkpoint"
}

/// A reason with its arguments. Serialises as its English text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// Which.
    pub reason: Reason,
    /// What its text speaks of: numbers, names, keys; never a secret.
    pub args: Vec<String>,
}

impl Detail {
    /// A reason without arguments.
    pub fn plain(reason: Reason) -> Self {
        Self { reason, args: Vec::new() }
    }

    /// A reason with arguments.
    pub fn with<const N: usize>(reason: Reason, args: [&dyn fmt::Display; N]) -> Self {
        Self { reason, args: args.iter().map(ToString::to_string).collect() }
    }

    /// The text of a template with the arguments put in.
    pub fn fill(&self, template: &str) -> String {
        let numbered = self.args.iter().enumerate();
        numbered.fold(template.to_owned(), |text, (n, arg)| text.replace(&format!("{{{n}}}"), arg))
    }

    /// Why the entry at `index` is not legal.
    pub fn illegal(index: u64, why: Illegal) -> Self {
        match why {
            Illegal::Kind(kind) => Self::with(Reason::UnknownKind, [&index, &kind]),
            Illegal::Issue => Self::with(Reason::NotAnIssue, [&index]),
            Illegal::Transition { from, kind } => {
                Self::with(Reason::IllegalTransition, [&index, &from.name(), &kind.name()])
            }
            Illegal::Status { stated, due } => {
                Self::with(Reason::WrongStatus, [&index, &stated, &due.byte()])
            }
            Illegal::Count { first, count } => Self::with(Reason::WrongRange, [&index, &first, &count]),
            Illegal::Party => Self::with(Reason::WrongParty, [&index]),
            Illegal::NoSeller => Self::with(Reason::NoSeller, [&index]),
            Illegal::Uses { used, uses } => Self::with(Reason::NoUseLeft, [&index, &used, &uses]),
            Illegal::NotTransferable => Self::with(Reason::NotTransferable, [&index]),
            Illegal::ClaimBeforeSale => Self::with(Reason::ClaimBeforeSale, [&index]),
            Illegal::ClockBack { .. } => Self::with(Reason::ClockBack, [&index]),
        }
    }
}

impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fill(self.reason.english()))
    }
}

impl Serialize for Detail {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

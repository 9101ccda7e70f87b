//! Why a step has its result: stable codes with their arguments and English text. Other languages are the surfaces'
//! business; they key their texts by the same codes.

use crate::lifecycle::Illegal;
use serde::Serialize;
use std::fmt;

macro_rules! reasons {
    ($($item:ident $code:literal $english:literal)*) => {
        /// The reasons that a step of a verdict can give, and an audit.
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
    AbsenceNotInPolicy "absence_not_in_policy" "the statement is of ledger {0}, which is not in the policy"
    NotFinal "not_final" "the checkpoint is not final on its chain yet"
    AbsenceOther "absence_other" "the statement is about another voucher or checkpoint"
    DoubleSpend "double_spend" "the entry at index {0} leaves a state that the entry at index {1} left"
    IllegalStep "illegal_step" "the entry at index {0} does not follow the one at index {1} legally"
    IllegalAlone "illegal_alone" "the entry at index {0} is illegal whatever came before it"
    FalseLink "false_link" "the entry at index {0} covers more than the one at index {1}, which it follows"
    ForwardLink "forward_link" "the entry at index {0} follows none that stands before it"
    StaleHead "stale_head" "the anchored head of voucher {0} hides the entry at index {1}"
    UncountedVoucher "uncounted_voucher" "the entry at index {0} covers voucher {1}, which the checkpoint does not count"
    ForgedHead "forged_head" "the anchored head of voucher {0} says what the entry at index {1} does not"
    HeadPastLog "head_past_log" "the anchored head of voucher {0} points past the end of the log"
    DoubleIssue "double_issue" "the batches of the entries at index {0} and {1} hold one voucher at two numbers"
    OverlappingNumbers "overlapping_numbers" "the entry at index {0} gives out numbers of the entry at index {1}"
    SkippedNumber "skipped_number" "the entry at index {0} issues from number {1}, where {2} is next"
    NotLatest "not_latest" "the entry at index {0} follows one at index {1} that is not the latest of voucher {2}"
    RecordCount "record_count" "the batch of the entry at index {0} has {1} records, the entry says {2}"
    BadTerms "bad_terms" "the terms of the batch of the entry at index {0}: {1}"
    BadManifest "bad_manifest" "the manifest of the batch of the entry at index {0}: {1}"
    ReceiptBroken "receipt_broken" "the receipt for index {0} promises another entry than the log has there"
    AbsenceBroken "absence_broken" "the operator said that voucher {0} is not there: it was issued by the entry at index {1}"
    DataBehind "data_behind" "the data ends at checkpoint {0}, and {1} is anchored"
    EntryWithheld "entry_withheld" "the entry at index {0} of the anchored log can not be had"
    RecordWithheld "record_withheld" "leaf {1} of the batch of the entry at index {0} can not be had"
    ChunkWithheld "chunk_withheld" "chunk {0} of the heads of checkpoint {1} can not be had"
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

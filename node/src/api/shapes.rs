//! Shapes that are documented and never built here: bytes as text, and what `protocol` writes by itself. The tests hold
//! real answers against them.

#![expect(dead_code, reason = "the fields are read by the documentation alone")]

use std::borrow::Cow;
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{Object, Ref, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// A signature as it is given. `role` informs; a demand is met by the key.
#[derive(ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignatureRequest {
    /// In the signer's own words.
    role: String,
    /// The signer.
    key: Bytes32,
    /// Over the instruction (docs/protocol.md section 7).
    signature: Bytes64,
}

macro_rules! hex_shapes {
    ($($name:ident $pattern:literal $description:literal),* $(,)?) => { $(
        #[doc = $description]
        pub enum $name {}

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let text: Object = ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some($pattern))
                    .description(Some($description))
                    .build();
                text.into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($name).into()
            }
        }
    )* };
}

hex_shapes! {
    Bytes20 "^0x[0-9a-f]{40}$" "20 bytes, lower-case hex after 0x.",
    Bytes32 "^0x[0-9a-f]{64}$" "32 bytes, lower-case hex after 0x.",
    Bytes64 "^0x[0-9a-f]{128}$" "64 bytes, lower-case hex after 0x.",
    VoucherName "^(0x[0-9a-f]{64}|[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])$" "A voucher's key as 0x hex or base64url.",
    StepBytes "^0x(0[2-9]|0a)[0-9a-f]{50}0{16}[0-9a-f]{128}$"
        "The 98 bytes of a step (docs/protocol.md section 5): any kind but Issue, `at` = 0.",
    IssueBytes "^0x01[0-9a-f]{34}f{16}0{16}[0-9a-f]{128}$"
        "The 98 bytes of an Issue (docs/protocol.md section 5): no `prev`, `at` = 0.",
    Hex "^0x([0-9a-f]{2})*$" "Bytes, lower-case hex after 0x.",
}

/// A checkpoint as a verifier takes it from a source that he trusts (docs/protocol.md section 10).
#[derive(ToSchema)]
pub struct TrustedCheckpoint {
    ledger: Bytes32,
    number: u64,
    size: u64,
    vouchers: u64,
    log_root: Bytes32,
    head_root: Bytes32,
    operator_key: Bytes32,
    previous: Bytes32,
    #[schema(nullable = false)]
    block_time: Option<u64>,
    #[schema(nullable = false)]
    superseded_at: Option<u64>,
}

/// One voucher's evidence in one file (docs/protocol.md section 10). Unknown members are ignored.
#[derive(ToSchema)]
pub struct Dossier {
    /// "vouchsafe/dossier@1"
    format: String,
    ledger: super::views::LedgerNameView,
    checkpoint: DossierCheckpoint,
    manifest: DossierManifest,
    voucher: DossierVoucher,
    head: DossierHead,
    history: Vec<DossierEntry>,
    #[schema(nullable = false)]
    pending: Option<Vec<DossierPending>>,
    #[schema(nullable = false)]
    incidents: Option<Vec<DossierIncident>>,
}

/// What is judged: a dossier, and anything else too, for what is damaged has a verdict as well.
pub fn judged_dossier() -> RefOr<Schema> {
    let dossier = Ref::from_schema_name(Dossier::name());
    let anything = ObjectBuilder::new().schema_type(SchemaType::AnyValue).build();
    let described = "A dossier. Either this or `voucher`. One that is damaged, in its shape or its proofs, is no malformed \
                     request: its verdict is `refuted`.";
    Schema::AnyOf(AnyOfBuilder::new().item(dossier).item(anything).description(Some(described)).build())
        .into()
}

/// The checkpoint that all proofs run under, and a hint where it was anchored.
#[derive(ToSchema)]
pub struct DossierCheckpoint {
    number: u64,
    size: u64,
    vouchers: u64,
    log_root: Bytes32,
    head_root: Bytes32,
    operator_key: Bytes32,
    previous: Bytes32,
    anchored: Option<super::views::AnchoredView>,
    /// What proves it by the hash of a block alone; where it was asked for.
    proof: Option<ChainProof>,
}

/// A block's header in RLP, and trie nodes from its state root to what the contract holds (docs/protocol.md section 10).
#[derive(ToSchema)]
pub struct ChainProof {
    header: Hex,
    account: Vec<Hex>,
    tip: Vec<Hex>,
    slot: Vec<Hex>,
}

/// Manifest and terms, and the proof of leaf 0 of the batch.
#[derive(ToSchema)]
pub struct DossierManifest {
    text: String,
    terms: Hex,
    path: Vec<Bytes32>,
}

/// The record and its proof.
#[derive(ToSchema)]
pub struct DossierVoucher {
    number: u64,
    key: Bytes32,
    label: Bytes32,
    path: Vec<Bytes32>,
}

/// The chunk of heads that holds the voucher's word, and its proof.
#[derive(ToSchema)]
pub struct DossierHead {
    chunk: Hex,
    path: Vec<Bytes32>,
}

/// An anchored entry and its proof.
#[derive(ToSchema)]
pub struct DossierEntry {
    index: u64,
    entry: Hex,
    /// Null where there is none; absent where it is withheld.
    memo: Option<String>,
    signatures: Vec<super::views::SignatureView>,
    path: Vec<Bytes32>,
}

/// An accepted entry that is not anchored yet.
#[derive(ToSchema)]
pub struct DossierPending {
    index: u64,
    entry: Hex,
    memo: Option<String>,
    signatures: Vec<super::views::SignatureView>,
    receipt: DossierReceipt,
}

/// The operator's promise; its index is that of the entry beside it.
#[derive(ToSchema)]
pub struct DossierReceipt {
    leaf: Bytes32,
    anchor_by: u64,
    signature: Bytes64,
}

/// A refused second sale.
#[derive(ToSchema)]
pub struct DossierIncident {
    entry: Hex,
    memo: Option<String>,
    signatures: Vec<super::views::SignatureView>,
}

/// Whom the asker trusts (docs/protocol.md section 10). Unknown members are ignored.
#[derive(ToSchema)]
pub struct Policy {
    chains: Vec<PolicyChain>,
    issuers: Vec<PolicyIssuer>,
    /// Seconds; a day where absent.
    #[schema(maximum = 9_007_199_254_740_991_u64)]
    max_age_s: Option<u64>,
}

/// A contract and the ledgers on it that the asker trusts.
#[derive(ToSchema)]
pub struct PolicyChain {
    #[schema(maximum = 9_007_199_254_740_991_u64)]
    chain_id: u64,
    contract: Bytes20,
    ledgers: Vec<Bytes32>,
}

/// An issuer under the name that the policy gives him.
#[derive(ToSchema)]
pub struct PolicyIssuer {
    key: Bytes32,
    name: String,
}

/// What a verification found: the same report as that of the command.
#[derive(ToSchema)]
pub struct Report {
    /// A verdict of docs/protocol.md section 11.
    verdict: String,
    /// The exit code of a command that gives this verdict.
    exit: u8,
    /// Until when the chain vouches for it, Unix milliseconds.
    as_of: Option<u64>,
    steps: Vec<ReportStep>,
    voucher: Option<ReportVoucher>,
    /// Where there is no such voucher: the operator's signed word, on which `not_found` rests.
    #[schema(nullable = false)]
    absence: Option<super::views::AbsenceView>,
    /// Where there is no such voucher: the checkpoint that he speaks of.
    #[schema(nullable = false)]
    checkpoint: Option<TrustedCheckpoint>,
}

/// One step and its result.
#[derive(ToSchema)]
pub struct ReportStep {
    /// A code of docs/protocol.md section 10.
    code: String,
    /// `passed`, `failed`, `skipped` or `unknown`.
    result: String,
    /// Why, where it did not pass.
    detail: Option<String>,
    /// The stable word for why.
    reason: Option<String>,
}

/// What is known of the voucher.
#[derive(ToSchema)]
pub struct ReportVoucher {
    key: Bytes32,
    number: u64,
    ledger: Bytes32,
    checkpoint: u64,
    checkpoint_hash: Bytes32,
    chain_id: u64,
    development_chain: bool,
    issuer: Bytes32,
    issuer_name: Option<String>,
    issuer_says: Option<String>,
    product: Option<String>,
    /// Amount and currency.
    face_value: Option<Vec<String>>,
    redeem_by: Option<u64>,
    redeem_url: Option<String>,
    status: Option<u8>,
    holder: Option<Bytes32>,
    uses: u16,
    incidents: usize,
    history: Vec<HistoryLine>,
}

/// One entry of the chain of hands.
#[derive(ToSchema)]
pub struct HistoryLine {
    index: u64,
    /// Its name in docs/protocol.md section 6.
    kind: String,
    status: u8,
    /// The operator's clock, Unix milliseconds.
    at: u64,
    /// Who is in control afterwards; null where nobody is named.
    party: Option<Bytes32>,
    first: u64,
    count: u64,
    memo: Option<String>,
    /// Who truly signed.
    signed_by: Vec<Bytes32>,
    /// Whether an anchored checkpoint covers it.
    anchored: bool,
}

/// What `vouchsafe audit` came to. Further members are its auditor's.
#[derive(ToSchema)]
pub struct Audit {
    /// "vouchsafe/audit@1"
    format: String,
    /// The program that made it.
    tool: String,
    ledger: Bytes32,
    /// Number of the newest checkpoint that everything was held against.
    checkpoint: u64,
    /// Unix milliseconds.
    finished_at: u64,
    /// `clean`, `contradicted`, or `unchecked` where something could not be checked.
    result: String,
    /// Entries gone over.
    entries: u64,
    /// Vouchers gone over.
    vouchers: u64,
    /// What contradicts, the first thousand of it.
    contradictions: Vec<Object>,
}

/// A problem by RFC 9457. Further members depend on its type.
#[derive(ToSchema)]
pub struct Problem {
    /// Stable.
    r#type: ProblemType,
    /// The same for every occurrence.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What is wrong here, where, and what to do.
    detail: String,
}

/// The types of problems.
pub enum ProblemType {}

impl PartialSchema for ProblemType {
    fn schema() -> RefOr<Schema> {
        use super::problem::{Kind, URN};
        let line = |kind: &Kind| format!("- `{}` ({}):{}", kind.name(), kind.status(), kind.description());
        let lines: Vec<String> = Kind::ALL.iter().map(line).collect();
        let text: Object = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(Kind::ALL.iter().map(|kind| format!("{URN}{}", kind.name()))))
            .description(Some(lines.join("\n")))
            .build();
        text.into()
    }
}

impl ToSchema for ProblemType {
    fn name() -> Cow<'static, str> {
        "ProblemType".into()
    }
}

//! Steps: instructions of the parties, submitted one by one.

use super::problem::Problem;
use super::request::{RequestBody, Strict, expect_ledger, signatures};
use super::shapes::{Bytes32, StepBytes};
use super::views::{AcceptedStep, SignatureView};
use super::{Api, Shared};
use crate::ledger::{MEMO_LIMIT, Outcome, Refused, StepRequest};
use crate::observe;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use protocol::LedgerId;
use protocol::digest::bytes_to_hex;
use protocol::entry::{Entry, Signed};
use protocol::json::{At, JsonError};
use protocol::lifecycle::Kind as StepKind;
use utoipa::ToSchema;

/// A step: what its signers signed (docs/protocol.md section 7).
#[derive(Debug, ToSchema)]
#[schema(as = StepRequest, example = super::examples::step)]
#[serde(deny_unknown_fields)]
pub(super) struct StepBody {
    /// The ledger that is meant; another one's step is refused with a word for it rather than as unsigned.
    #[schema(value_type = Option<Bytes32>)]
    ledger: Option<LedgerId>,
    /// The 98 bytes with `at` = 0.
    #[schema(value_type = StepBytes)]
    entry: Entry,
    /// The memo's exact text; its hash is the entry's content. Null or absent where there is none.
    memo: Option<String>,
    /// At most 8.
    #[schema(value_type = Vec<SignatureView>, max_items = 8)]
    signatures: Vec<Signed>,
}

impl RequestBody for StepBody {
    const NAME: &str = "step";
    const MEMBERS: &[&str] = &["ledger", "entry", "memo", "signatures"];
    /// A memo whose every byte is escaped takes six times its size.
    const LIMIT: usize = 6 * MEMO_LIMIT + (32 << 10);

    fn read(at: &At<'_>, _: &str) -> Result<Self, JsonError> {
        Ok(Self {
            ledger: at.nullable("ledger")?.map(|ledger| ledger.parsed()).transpose()?,
            entry: entry(&at.member("entry")?)?,
            memo: at.nullable("memo")?.map(|memo| Ok(memo.text()?.to_owned())).transpose()?,
            signatures: signatures(&at.member("signatures")?)?,
        })
    }
}

/// Reads the 98 bytes of an entry.
pub(super) fn entry(at: &At<'_>) -> Result<Entry, JsonError> {
    let bytes = at.bytes()?;
    let wrong = || at.error(format!("{} bytes where {} are due", bytes.len(), Entry::WIDTH));
    Entry::decode(&bytes).ok_or_else(wrong)
}

/// Submits a step.
///
/// When the answer comes, the entry is on disk at its index. The same step submitted again gets the same answer, with
/// status 200.
#[utoipa::path(post, path = "/v1/steps", operation_id = "submit_step", tag = "vouchers", request_body = StepBody,
    responses(
        (status = 201, description = "It is in the log now.", body = AcceptedStep),
        (status = 200, description = "It was in the log before.", body = AcceptedStep)))]
pub(super) async fn submit(
    State(api): State<Shared>,
    Strict(body): Strict<StepBody>,
) -> Result<(StatusCode, Json<AcceptedStep>), Problem> {
    expect_ledger(body.ledger, api.state.ledger.facts().id)?;
    let kind = body.entry.kind();
    let StepBody { entry, memo, signatures, .. } = body;
    let outcome = api.state.ledger.submit(StepRequest { entry, memo, signatures }).await;
    let (status, outcome) = api.outcome(kind, outcome)?;
    let receipt = api.state.ledger.receipt(&outcome.accepted).into();
    let entry = bytes_to_hex(&outcome.accepted.state.entry.encode());
    Ok((status, Json(AcceptedStep { entry, receipt })))
}

impl Api {
    /// What came of an instruction: 201 where it is new, 200 where it stood before, or why it was refused.
    pub(super) fn outcome(
        &self,
        kind: Option<StepKind>,
        outcome: Result<Outcome, Refused>,
    ) -> Result<(StatusCode, Outcome), Problem> {
        let kind = kind.map_or("none", StepKind::name);
        match outcome {
            Ok(outcome) if outcome.repeated => {
                observe::step(kind, "repeated");
                Ok((StatusCode::OK, outcome))
            }
            Ok(outcome) => {
                observe::step(kind, "accepted");
                Ok((StatusCode::CREATED, outcome))
            }
            Err(refused) => {
                observe::step(kind, "refused");
                if let Refused::AlreadyMoved { winner, incident: true, .. } = &refused {
                    observe::incident(winner.state.index);
                }
                let problem = Problem::of(refused, |winner| self.state.ledger.receipt(winner));
                observe::refused_step(kind, problem.reason());
                Err(problem)
            }
        }
    }
}

//! Steps: instructions of the parties, submitted one by one or in lists.

use super::problem::Problem;
use super::rates::Asker;
use super::request::{RequestBody, Strict, expect_ledger, signatures};
use super::shapes::{Bytes32, SignatureRequest, StepBytes};
use super::views::{AcceptedStep, StepAnswer, StepAnswers};
use super::{Api, Shared, admit};
use crate::ledger::{Begun, MEMO_LIMIT, Outcome, Refused, StepRequest};
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
    #[schema(value_type = Vec<SignatureRequest>, max_items = 8)]
    signatures: Vec<Signed>,
}

impl RequestBody for StepBody {
    const NAME: &str = "step";
    const MEMBERS: &[&str] = &["ledger", "entry", "memo", "signatures"];
    /// A memo whose every byte is escaped takes six times its size.
    const LIMIT: usize = 6 * MEMO_LIMIT + (32 << 10);
    const PUBLISHES_MEMOS: bool = true;

    fn read(at: &At<'_>, _: &str) -> Result<Self, JsonError> {
        Self::of(at)
    }
}

impl StepBody {
    fn of(at: &At<'_>) -> Result<Self, JsonError> {
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
    Strict(body, _at_work): Strict<StepBody>,
) -> Result<(StatusCode, Json<AcceptedStep>), Problem> {
    expect_ledger(body.ledger, api.state.ledger.facts().id)?;
    let kind = body.entry.kind();
    let begun = api.state.ledger.begin(body.request());
    let (status, step) = api.taken(kind, begun).await?;
    Ok((status, Json(step)))
}

/// Most steps of one list.
const LIST: usize = 64;

/// Steps, each as it would be submitted alone.
#[derive(Debug, ToSchema)]
#[schema(as = StepsRequest, example = super::examples::steps)]
#[serde(deny_unknown_fields)]
pub(super) struct StepsBody {
    /// 1 to 64. None of them can follow another: the place of an entry is known when it is taken.
    #[schema(min_items = 1, max_items = 64)]
    steps: Vec<StepBody>,
}

impl RequestBody for StepsBody {
    const NAME: &str = "steps";
    const MEMBERS: &[&str] = &["steps"];
    /// 4 KiB a step, of which one without a memo takes less than one.
    const LIMIT: usize = LIST * (4 << 10);
    const PUBLISHES_MEMOS: bool = true;

    fn read(at: &At<'_>, _: &str) -> Result<Self, JsonError> {
        let list = at.member("steps")?;
        let steps = list.items()?;
        if steps.is_empty() || steps.len() > LIST {
            return Err(list.error(format!("{} steps where 1 to {LIST} are taken", steps.len())));
        }
        let one = |at: &At<'_>| at.refuse_others(StepBody::MEMBERS).and_then(|()| StepBody::of(at));
        Ok(Self { steps: steps.iter().map(one).collect::<Result<_, _>>()? })
    }
}

/// Submits up to 64 steps at a time.
///
/// Each is decided by itself, in the order of the list, and answered as it would be alone: that one is refused says
/// nothing of the others. When the answer comes, the entries of those that were taken are on disk. A list that can not be
/// read, or that has a step of another ledger, is refused as a whole, and nothing of it is taken; whatever else is wrong
/// with a step is said of that step.
#[utoipa::path(post, path = "/v1/steps/many", operation_id = "submit_steps", tag = "vouchers", request_body = StepsBody,
    responses((status = 200, description = "What came of each.", body = StepAnswers)))]
pub(super) async fn submit_many(
    State(api): State<Shared>,
    asker: Asker,
    Strict(body, _at_work): Strict<StepsBody>,
) -> Result<Json<StepAnswers>, Problem> {
    let _place = admit(&api.lists)?;
    let ledger = &api.state.ledger;
    body.steps.iter().try_for_each(|step| expect_ledger(step.ledger, ledger.facts().id))?;
    let mut line = Vec::with_capacity(body.steps.len());
    for (place, step) in body.steps.into_iter().enumerate() {
        let kind = step.entry.kind();
        // The request was counted as one when it came.
        let counted = if place == 0 { Ok(()) } else { api.rates.step(asker) };
        line.push(counted.map(|()| (kind, ledger.begin(step.request()))));
        // The signatures of one step take as long as a small request: others have their turn in between.
        tokio::task::yield_now().await;
    }
    let mut answers = Vec::with_capacity(line.len());
    for begun in line {
        let taken = match begun {
            Ok((kind, begun)) => api.taken(kind, begun).await,
            Err(problem) => Err(problem),
        };
        answers.push(StepAnswer::from(taken));
    }
    Ok(Json(StepAnswers { answers }))
}

impl StepBody {
    fn request(self) -> StepRequest {
        let Self { entry, memo, signatures, .. } = self;
        StepRequest { entry, memo, signatures }
    }
}

impl From<Result<(StatusCode, AcceptedStep), Problem>> for StepAnswer {
    fn from(taken: Result<(StatusCode, AcceptedStep), Problem>) -> Self {
        match taken {
            Ok((status, step)) => {
                Self { status: status.as_u16(), step: Some(step), problem: None, retry_after: None }
            }
            Err(problem) => {
                observe::refused(problem.name());
                Self {
                    status: problem.status(),
                    step: None,
                    retry_after: problem.retry_after_s(),
                    problem: Some(problem.into_json()),
                }
            }
        }
    }
}

impl Api {
    /// What came of a step that was begun, with its receipt.
    async fn taken(
        &self,
        kind: Option<StepKind>,
        begun: Result<Begun, Refused>,
    ) -> Result<(StatusCode, AcceptedStep), Problem> {
        let outcome = match begun {
            Ok(begun) => begun.outcome().await,
            Err(refused) => Err(refused),
        };
        let (status, outcome) = self.outcome(kind, outcome)?;
        let receipt = self.state.ledger.receipt(&outcome.accepted).into();
        let entry = bytes_to_hex(&outcome.accepted.state.entry.encode());
        Ok((status, AcceptedStep { entry, receipt }))
    }

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

//! The `OpenAPI` 3.1 description, made from the handlers and the types that they take and give. `docs/openapi.json` is
//! the same text, kept in step by a test.

use super::problem::{Kind, MEDIA_TYPE, URN};
use super::{
    absences, audits, batches, cases, checkpoints, data, entries, health, incidents, ledger, runs, shapes,
};
use super::{steps, verify, vouchers};
use axum::http::header;
use axum::response::IntoResponse;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::LazyLock;
use utoipa::openapi::path::Operation;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi};

/// The description as JSON.
pub fn text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        // Fails only on maps whose keys are no text, of which there are none.
        one_of_two(&Description::openapi().to_pretty_json().unwrap_or_default())
    });
    &TEXT
}

/// Either a voucher or a dossier is judged. `utoipa` has no place for that beside the members of an object, so it is
/// written into the text, which keeps the order that its reader is used to.
fn one_of_two(text: &str) -> String {
    let due = |one: &str, other: &str| {
        let properties = json!({ one: { "not": { "type": "null" } }, other: { "type": "null" } });
        json!({ "required": [one], "properties": properties })
    };
    let either = json!([{ "oneOf": [due("voucher", "dossier"), due("dossier", "voucher")] }]);
    let begin = "\"VerifyRequest\": {\n";
    text.replacen(begin, &format!("{begin}        \"allOf\": {either},\n"), 1)
}

/// This description.
#[utoipa::path(get, path = "/v1/openapi.json", operation_id = "openapi", tag = "health",
    responses((status = 200, description = "OpenAPI 3.1.", body = Object)))]
pub(super) async fn show() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text())
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Vouchsafe node",
        description = "A public life for prepaid codes: issued, handed on, sold, claimed, redeemed, each step signed by \
            whoever had the right to take it, kept in one append-only log whose roots a contract anchors.\n\n\
            Bytes are lower-case hex with 0x, integers plain digits below 2^53, times Unix milliseconds. Requests \
            refuse unknown members; answers may grow members. Whatever is not a success is a problem by RFC 9457. \
            Codes, stamps and serials never go to a node."
    ),
    paths(
        ledger::show, checkpoints::list, checkpoints::show, batches::list, batches::submit, batches::show, steps::submit, steps::submit_many, runs::list,
        vouchers::show, vouchers::dossier, vouchers::history, cases::make, verify::judge, entries::show, entries::receipt, incidents::list,
        absences::show, audits::latest, data::show, show, health::live, health::ready, health::metrics
    ),
    components(schemas(shapes::Problem, shapes::ProblemType)),
    modifiers(&Problems),
    tags(
        (name = "ledger", description = "The ledger and its checkpoints."),
        (name = "batches", description = "Taking in what suppliers issue."),
        (name = "vouchers", description = "Steps, and where vouchers stand."),
        (name = "log", description = "Entries, receipts, incidents."),
        (name = "data", description = "All that is needed to check the ledger, as static files."),
        (name = "health", description = "For those who run the node.")
    )
)]
struct Description;

/// The problems that an operation can be answered with, beside those of every one.
fn problems_of(operation: &str) -> &'static [Kind] {
    use Kind::{
        AlreadyMoved, DuplicateVoucher, Expired, FirstMoved, Illegal, Malformed, NoSuchVoucher, NotAnchored,
        NotFound, Present, SecretSent, Storage, TimedOut, TooLarge, TooLong, Unauthorised, WrongContentType,
        WrongLedger,
    };
    match operation {
        "ledger" | "metrics" => &[Storage],
        "checkpoints" | "batches" | "runs" | "incidents" => &[Malformed, Storage],
        "audit" | "data" => &[NotFound, Storage],
        "checkpoint" | "batch" | "entry" | "receipt" => &[Malformed, NotFound, Storage],
        "submit_batch" => &[
            Malformed,
            SecretSent,
            Unauthorised,
            TimedOut,
            FirstMoved,
            DuplicateVoucher,
            TooLarge,
            WrongContentType,
            WrongLedger,
            Illegal,
            Storage,
        ],
        "submit_step" => &[
            Malformed,
            SecretSent,
            Unauthorised,
            NotFound,
            TimedOut,
            AlreadyMoved,
            TooLarge,
            WrongContentType,
            WrongLedger,
            Illegal,
            Expired,
            Storage,
        ],
        "submit_steps" => &[Malformed, SecretSent, TimedOut, TooLarge, WrongContentType, WrongLedger],
        "voucher" | "history" => &[Malformed, NoSuchVoucher, TooLong, NotAnchored, Storage],
        "dossier" => &[Malformed, NotFound, NoSuchVoucher, TooLong, NotAnchored, Storage],
        "case" => &[
            Malformed,
            SecretSent,
            NoSuchVoucher,
            TimedOut,
            TooLarge,
            WrongContentType,
            TooLong,
            NotAnchored,
            Storage,
        ],
        "absence" => &[Malformed, Present, NotAnchored, Storage],
        "verify" => {
            &[Malformed, SecretSent, TimedOut, TooLarge, WrongContentType, TooLong, NotAnchored, Storage]
        }
        _ => &[],
    }
}

/// Adds the problems to the answers of each operation.
struct Problems;

impl Modify for Problems {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        for path in openapi.paths.paths.values_mut() {
            for operation in [&mut path.get, &mut path.post].into_iter().flatten() {
                add_problems(operation);
            }
        }
    }
}

fn add_problems(operation: &mut Operation) {
    let id = operation.operation_id.as_deref().unwrap_or_default();
    let special = problems_of(id);
    let is_for_operators = matches!(id, "live" | "ready" | "metrics");
    let counted = (!is_for_operators).then_some(Kind::RateLimited);
    let of_all = counted.into_iter().chain([Kind::Internal, Kind::Overloaded]);
    let mut by_status = BTreeMap::<u16, Vec<Kind>>::new();
    for kind in special.iter().copied().chain(of_all) {
        by_status.entry(kind.status()).or_default().push(kind);
    }
    for (status, kinds) in by_status {
        // Readiness says in its own members why it is not given.
        operation.responses.responses.entry(status.to_string()).or_insert_with(|| problem_answer(&kinds));
    }
}

fn problem_answer(kinds: &[Kind]) -> RefOr<Response> {
    let line = |kind: &Kind| format!("`{URN}{}`:{}", kind.name(), kind.description());
    let lines: Vec<String> = kinds.iter().map(line).collect();
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description(lines.join("\n\n")).content(MEDIA_TYPE, content).build().into()
}

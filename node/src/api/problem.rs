//! What the service says when it does not do as asked: problems by RFC 9457 with stable types, and the one mapping from
//! the ledger's refusals to them.

use super::views::StepView;
use crate::ledger::Refused;
use crate::ledger::rows::{Accepted, ReadError};
use crate::observe;
use crate::store::StoreError;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use protocol::json::JsonError;
use protocol::lifecycle::Illegal;
use protocol::receipt::Receipt;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// What a problem's `type` begins with.
pub const URN: &str = "urn:vouchsafe:problem:";
/// The media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $item:ident $name:literal $status:literal $title:literal),* $(,)?) => {
        /// The types of problems. Their names never change.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind { $($(#[doc = $doc])* $item),* }

        impl Kind {
            /// All of them, by status.
            pub const ALL: &[Self] = &[$(Self::$item),*];

            /// The stable name: what follows [`URN`].
            pub const fn name(self) -> &'static str {
                match self { $(Self::$item => $name),* }
            }

            /// HTTP status.
            pub const fn status(self) -> u16 {
                match self { $(Self::$item => $status),* }
            }

            /// The same for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$item => $title),* }
            }

            /// When it comes, and which members it has.
            pub const fn description(self) -> &'static str {
                match self { $(Self::$item => concat!($($doc),*)),* }
            }
        }
    };
}

kinds! {
    /// Wrong form, an unknown member, a wrong width, a body that is cut off. `detail` names the place.
    Malformed "malformed" 400 "The request is malformed",
    /// The request, or a memo in it, has a member that looks like a secret. Codes, stamps and serials never go to a node.
    SecretSent "secret-sent" 400 "The request carries a secret",
    /// A demanded signature is missing or is not valid for this instruction; `role` says whose.
    Unauthorised "unauthorised" 403 "A signature is missing",
    /// There is no such resource.
    NotFound "not-found" 404 "Not found",
    /// No entry issued this voucher: `absence` is the operator's signed word for it, under `checkpoint`.
    NoSuchVoucher "no-such-voucher" 404 "No such voucher",
    /// The route takes other methods.
    WrongMethod "wrong-method" 405 "Wrong method",
    /// The body did not come in time.
    TimedOut "timed-out" 408 "The request took too long to come",
    /// Another step came first: `winner` is it; `incident` says whether the attempt is kept.
    AlreadyMoved "already-moved" 409 "The voucher has moved on",
    /// Another batch came first: `first` is the voucher number to sign for.
    FirstMoved "first-moved" 409 "Another batch came first",
    /// A voucher stands twice: `voucher`, at `position` of the batch from 0; `in_ledger` says where it stood before.
    DuplicateVoucher "duplicate-voucher" 409 "A voucher stands twice",
    /// The voucher is in the ledger: there is nothing to be absent.
    Present "present" 409 "The voucher is in the ledger",
    /// The body is larger than is taken; `limit` is in bytes.
    TooLarge "too-large" 413 "The body is too large",
    /// The body is of another media type than the route takes.
    WrongContentType "wrong-content-type" 415 "Wrong content type",
    /// The request is meant for another ledger; `ledger` is this one.
    WrongLedger "wrong-ledger" 422 "Another ledger is meant",
    /// The life cycle or the terms forbid the step; `reason` is a stable word for why.
    Illegal "illegal" 422 "The step is not legal",
    /// The history of a voucher is longer than is shown in one piece.
    TooLong "too-long" 422 "The history is too long",
    /// The signers' `not_after` is over; `at` is the operator's clock.
    Expired "expired" 422 "The instruction has expired",
    /// One asker, or one voucher, was asked about too often: `limit` of node.toml, at `per_minute`. Come back after
    /// `Retry-After` seconds with the same request.
    RateLimited "rate-limited" 429 "Too often",
    /// A defect of the service. The answer's `x-request-id` finds it in the log.
    Internal "internal" 500 "Something is wrong with the service",
    /// More is at work than is taken at a time. Come back after `Retry-After` seconds with the same request.
    Overloaded "overloaded" 503 "Too much work at hand",
    /// The node can not store or read. Nothing that was confirmed is lost.
    Storage "storage" 503 "The store does not serve",
    /// The voucher is issued, but no anchored checkpoint covers it yet. Come back after `Retry-After` seconds.
    NotAnchored "not-anchored" 503 "Not anchored yet",
}

/// A problem as it is answered with.
#[derive(Debug)]
pub struct Problem {
    kind: Kind,
    detail: String,
    members: Map<String, Value>,
    retry_after: Option<Duration>,
}

/// Stands beside an answer that is a problem, for the log.
#[derive(Debug, Clone, Copy)]
pub struct Answered(pub Kind);

impl Problem {
    /// A problem of this type; `detail` says what is wrong here, where, and what to do.
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), members: Map::new(), retry_after: None }
    }

    /// A request that is not of the form that it should have.
    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(Kind::Malformed, detail)
    }

    /// A body of more than `limit` bytes.
    pub fn too_large(what: &str, limit: u64) -> Self {
        Self::new(Kind::TooLarge, format!("{what} is larger than {limit} bytes")).with("limit", &limit)
    }

    /// Adds a member.
    #[must_use]
    pub fn with(mut self, name: &str, value: &impl Serialize) -> Self {
        self.members.insert(name.to_owned(), json!(value));
        self
    }

    /// Why, in the stable word that says most: of the life cycle's refusals theirs, else the name.
    pub fn reason(&self) -> &str {
        self.members.get("reason").and_then(Value::as_str).unwrap_or(self.name())
    }

    /// Says when to come back.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The problem of a refusal; `receipt` gives that of an accepted entry.
    pub fn of(refused: Refused, receipt: impl FnOnce(&Accepted) -> Receipt) -> Self {
        let detail = refused.to_string();
        let problem = |kind| Self::new(kind, detail.clone());
        match refused {
            Refused::Malformed(_) => problem(Kind::Malformed),
            Refused::NoSuchNumber { vouchers, .. } => problem(Kind::NotFound).with("vouchers", &vouchers),
            Refused::AlreadyMoved { winner, incident, .. } => {
                let receipt = receipt(&winner);
                let winner = StepView::of(&winner, receipt);
                problem(Kind::AlreadyMoved).with("winner", &winner).with("incident", &incident)
            }
            Refused::Unlinked { latest, .. } => {
                problem(Kind::Illegal).with("reason", &"unlinked").with("latest", &latest)
            }
            Refused::MixedRange { .. } => problem(Kind::Illegal).with("reason", &"mixed_range"),
            Refused::Illegal(why) => problem(Kind::Illegal).with("reason", &reason(why)),
            Refused::Unauthorised { role } => problem(Kind::Unauthorised).with("role", &role.name()),
            Refused::Expired { not_after, at } => {
                problem(Kind::Expired).with("not_after", &not_after).with("at", &at)
            }
            Refused::FirstMoved { first, .. } => problem(Kind::FirstMoved).with("first", &first),
            Refused::DuplicateVoucher { voucher, position, in_ledger } => problem(Kind::DuplicateVoucher)
                .with("voucher", &voucher)
                .with("position", &position)
                .with("in_ledger", &in_ledger),
            Refused::Overloaded => problem(Kind::Overloaded).retry_after(Duration::from_secs(2)),
            Refused::Read(error) => error.into(),
            Refused::NotStored(error) => Self::storage("storing an entry", &error),
            Refused::Stopped => problem(Kind::Storage).retry_after(LONG),
        }
    }

    /// The store failed. The log gets all of it, the asker what he can act on: no path of this machine.
    pub fn storage(doing: &'static str, error: &StoreError) -> Self {
        observe::failed(doing, error);
        let detail = match error {
            StoreError::Full { .. } => "the disk of this node is full: nothing was stored, try again later",
            StoreError::Stopped { .. } => {
                "the store of this node takes no more writes; whether this one stands is known when it runs again: \
                 send it again then, it is never taken twice"
            }
            _ => "the store of this node does not serve: try again later",
        };
        Self::new(Kind::Storage, detail).retry_after(LONG)
    }

    /// The stable name of its type.
    pub const fn name(&self) -> &'static str {
        self.kind.name()
    }

    /// HTTP status.
    pub const fn status(&self) -> u16 {
        self.kind.status()
    }

    /// Whole seconds after which to come back, where that helps.
    pub fn retry_after_s(&self) -> Option<u64> {
        self.retry_after.map(|wait| wait.as_secs().max(1))
    }

    /// Its members.
    pub fn into_json(self) -> Value {
        let Self { kind, detail, mut members, .. } = self;
        members.insert("type".to_owned(), json!(format!("{URN}{}", kind.name())));
        members.insert("title".to_owned(), json!(kind.title()));
        members.insert("status".to_owned(), json!(kind.status()));
        members.insert("detail".to_owned(), json!(detail));
        Value::Object(members)
    }
}

/// The wait for what an operator must mend.
const LONG: Duration = Duration::from_mins(1);

/// The stable word for why a step is illegal.
fn reason(why: Illegal) -> &'static str {
    match why {
        Illegal::Kind(_) => "kind",
        Illegal::Issue => "issue",
        Illegal::Transition { .. } => "transition",
        Illegal::Status { .. } => "status",
        Illegal::Count { .. } => "count",
        Illegal::Party => "party",
        Illegal::NoSeller => "no_seller",
        Illegal::Uses { .. } => "uses",
        Illegal::NotTransferable => "not_transferable",
        Illegal::ClaimBeforeSale => "claim_before_sale",
        Illegal::ClockBack { .. } => "clock_back",
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Store(error) => Self::storage("reading the store", &error),
            ReadError::Damaged { .. } => {
                observe::failed("reading the store", &error);
                let detail = "the store of this node is damaged: its operator must look";
                Self::new(Kind::Storage, detail).retry_after(LONG)
            }
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::storage("reading the store", &error)
    }
}

impl From<JsonError> for Problem {
    fn from(error: JsonError) -> Self {
        Self::malformed(error.to_string())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (kind, wait_s) = (self.kind, self.retry_after_s());
        let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, self.into_json().to_string()).into_response();
        response.extensions_mut().insert(Answered(kind));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(wait_s) = wait_s {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(wait_s));
        }
        response
    }
}

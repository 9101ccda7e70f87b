//! Reading requests strictly: bodies, path segments, queries. Whatever does not fit is a problem that says where, and
//! repeats no value of a body or a path. Of a query it may: that stood in the address.

use super::problem::{Kind, Problem};
use super::{Place, Shared};
use crate::ledger::SIGNATURE_LIMIT;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::BodyExt as _;
use protocol::entry::Signed;
use protocol::json::{At, Json, JsonError, parse};
use protocol::{Digest, LedgerId, PublicKey};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// A sender who sends nothing for this long is given up.
const SILENCE: Duration = Duration::from_secs(30);
/// How long the rest of a refused body is taken and thrown away, so that its sender reads the answer: it costs no more
/// than taking it in would.
const LINGER: Duration = Duration::from_mins(1);
/// And how long nothing may come meanwhile.
const LINGER_SILENCE: Duration = Duration::from_secs(2);

/// The body of a request: its members, read strictly.
pub(super) trait RequestBody: Sized + Send {
    /// What it is, for errors.
    const NAME: &str;
    /// All members that it may have; others are refused.
    const MEMBERS: &[&str];
    /// Most bytes of its text.
    const LIMIT: usize;
    /// Whether the memos in it are to be published.
    const PUBLISHES_MEMOS: bool = false;

    /// Reads it. `text` is what `at` was read from.
    fn read(at: &At<'_>, text: &str) -> Result<Self, JsonError>;

    /// Reads it from its text.
    fn from_text(text: &str) -> Result<Self, Problem> {
        let value = parse(text)?;
        refuse_secrets(&value)?;
        if Self::PUBLISHES_MEMOS {
            refuse_secrets_in_memos(&value)?;
        }
        let at = At::root(&value, Self::NAME);
        at.refuse_others(Self::MEMBERS)?;
        Ok(Self::read(&at, text)?)
    }
}

/// A JSON body, and the place of its request among those at work, which is held until the handler is done.
pub(super) struct Strict<T>(pub T, pub Place);

impl<T: RequestBody> FromRequest<Shared> for Strict<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Shared) -> Result<Self, Problem> {
        let (parts, mut body) = request.into_parts();
        let read = async {
            expect_type(&parts.headers, "application/json")?;
            let came = collect(&mut body, T::NAME, T::LIMIT, &api.incoming).await?;
            let place = Place::take(&api.places)?;
            Ok(Self(T::from_text(utf8(&came.bytes, T::NAME)?)?, place))
        };
        let read = read.await;
        if read.is_err() {
            discard(&mut body).await;
        }
        read
    }
}

/// Refuses a body of another media type.
pub(super) fn expect_type(headers: &HeaderMap, due: &str) -> Result<(), Problem> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(due) {
        return Ok(());
    }
    Err(Problem::new(Kind::WrongContentType, format!("content-type {due} is due")).with("due", &due))
}

/// The text of a body or header line.
pub(super) fn utf8<'a>(bytes: &'a [u8], what: &str) -> Result<&'a str, Problem> {
    std::str::from_utf8(bytes)
        .map_err(|error| Problem::malformed(format!("{what}: not UTF-8 from byte {}", error.valid_up_to())))
}

/// The next bytes of a body; `None` at its end.
pub(super) async fn next_bytes(body: &mut Body) -> Result<Option<Bytes>, Problem> {
    next_within(body, SILENCE).await
}

/// The next bytes of a body, if they come in time.
pub(super) async fn next_within(body: &mut Body, wait: Duration) -> Result<Option<Bytes>, Problem> {
    loop {
        let frame = tokio::time::timeout(wait, body.frame()).await;
        let silent = |_| Problem::new(Kind::TimedOut, format!("no byte of the body came for {wait:?}"));
        match frame.map_err(silent)? {
            None => return Ok(None),
            Some(Err(_)) => return Err(Problem::malformed("the body was cut off before its end")),
            // Trailers say nothing here.
            Some(Ok(frame)) => {
                if let Ok(bytes) = frame.into_data() {
                    return Ok(Some(bytes));
                }
            }
        }
    }
}

/// KiB of bodies on their way in: eight of the largest, and many of the usual ones.
pub(super) const INCOMING: usize = 64 << 10;
/// Bytes of a body that are not counted: the number of connections bounds these.
const UNCOUNTED: usize = 16 << 10;
/// KiB that are counted at a time.
const STEP: u32 = 64;

/// A body, counted among those on their way as long as it is held.
pub(super) struct Incoming {
    pub bytes: Vec<u8>,
    counted: usize,
    held: Option<OwnedSemaphorePermit>,
}

impl Incoming {
    fn count(&mut self, incoming: &Arc<Semaphore>) -> Result<(), Problem> {
        while self.bytes.len() > UNCOUNTED && self.bytes.len() > self.counted {
            let more = Arc::clone(incoming).try_acquire_many_owned(STEP).map_err(|_| {
                Problem::new(
                    Kind::Overloaded,
                    "too many large requests are coming in: send the same one again",
                )
                .retry_after(Duration::from_secs(5))
            })?;
            self.counted = self.counted.saturating_add(STEP as usize * 1024);
            match &mut self.held {
                Some(held) => held.merge(more),
                None => self.held = Some(more),
            }
        }
        Ok(())
    }
}

/// A body of at most `limit` bytes.
pub(super) async fn collect(
    body: &mut Body,
    what: &str,
    limit: usize,
    incoming: &Arc<Semaphore>,
) -> Result<Incoming, Problem> {
    let mut all = Incoming { bytes: Vec::new(), counted: 0, held: None };
    while let Some(bytes) = next_bytes(body).await? {
        if all.bytes.len().saturating_add(bytes.len()) > limit {
            return Err(Problem::too_large(what, limit as u64));
        }
        all.bytes.extend_from_slice(&bytes);
        all.count(incoming)?;
    }
    Ok(all)
}

/// Takes the rest of a refused body and throws it away: a connection that is closed on unread bytes is reset, and the
/// sender never learns why.
pub(super) async fn discard(body: &mut Body) {
    let rest = async { while let Ok(Some(_)) = next_within(body, LINGER_SILENCE).await {} };
    // Whoever sends on for longer does not read answers anyway.
    let _ = tokio::time::timeout(LINGER, rest).await;
}

/// Refuses a request that carries a secret, whatever else is wrong with it: its sender must hear of it.
fn refuse_secrets(value: &Json) -> Result<(), Problem> {
    value.secret_member().map_or(Ok(()), |name| {
        let detail = format!(
            "the member {name:?} is refused: codes, stamps and serials never go to a node; open the code where it \
             is, with the command or the page"
        );
        Err(Problem::new(Kind::SecretSent, detail))
    })
}

/// The same of the memos in it: they stand in the log and in every mirror for ever.
fn refuse_secrets_in_memos(value: &Json) -> Result<(), Problem> {
    match value {
        Json::Object(members) => members.iter().try_for_each(|(name, value)| match value {
            Json::Text(memo) if name == "memo" => {
                parse(memo).ok().and_then(|memo| memo.secret_member()).map_or(Ok(()), |name| {
                    let detail = format!(
                        "memo: the member {name:?} is refused: everybody can read a memo, and codes, stamps and \
                         serials never go to a node; leave it out, and sign again"
                    );
                    Err(Problem::new(Kind::SecretSent, detail))
                })
            }
            value => refuse_secrets_in_memos(value),
        }),
        Json::List(items) => items.iter().try_for_each(refuse_secrets_in_memos),
        Json::Null | Json::Bool(_) | Json::Integer(_) | Json::Number(_) | Json::Text(_) => Ok(()),
    }
}

/// Refuses a request whose `ledger`, where it names one, is another.
pub(super) fn expect_ledger(named: Option<LedgerId>, ours: LedgerId) -> Result<(), Problem> {
    match named {
        Some(other) if other != ours => {
            let detail = format!("the request is for ledger {other}, this node keeps {ours}");
            Err(Problem::new(Kind::WrongLedger, detail).with("ledger", &ours))
        }
        _ => Ok(()),
    }
}

/// The signatures of an instruction.
pub(super) fn signatures(at: &At<'_>) -> Result<Vec<Signed>, JsonError> {
    let signed = |at: &At<'_>| {
        at.refuse_others(&["role", "key", "signature"])?;
        Ok(Signed {
            role: at.member("role")?.text()?.to_owned(),
            key: at.member("key")?.parsed()?,
            signature: at.member("signature")?.parsed()?,
        })
    };
    let given = at.items()?;
    if given.len() > SIGNATURE_LIMIT {
        return Err(at.error(format!("{} signatures: at most {SIGNATURE_LIMIT} are taken", given.len())));
    }
    given.iter().map(signed).collect()
}

/// A voucher by its key, as 0x hex or as links write it: a name in links may begin with 0x, too.
pub(super) fn voucher(text: &str) -> Option<PublicKey> {
    let in_link = || PublicKey::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok();
    text.parse().ok().or_else(in_link)
}

/// What can stand in a path.
pub(super) trait Segment: Sized {
    /// What is due, for errors.
    const DUE: &str;
    fn read(text: &str) -> Option<Self>;
}

impl Segment for Safe {
    const DUE: &str = "a number below 2^53";
    fn read(text: &str) -> Option<Self> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok())??;
        (number <= Self::MAX).then_some(Self(number))
    }
}

impl Segment for PublicKey {
    const DUE: &str = "a voucher key, 0x and 64 digits of lower-case hex or 43 characters of base64url,";
    fn read(text: &str) -> Option<Self> {
        voucher(text)
    }
}

impl Segment for Digest {
    const DUE: &str = "a digest, 0x and 64 digits of lower-case hex,";
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

/// An integer that every JSON reader keeps exactly: below 2^53.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Safe(u64);

impl Safe {
    /// The greatest.
    pub(super) const MAX: u64 = (1 << 53) - 1;

    pub(super) const fn get(self) -> u64 {
        self.0
    }
}

impl PartialSchema for Safe {
    fn schema() -> RefOr<Schema> {
        let integer = ObjectBuilder::new().schema_type(Type::Integer);
        let integer: Object = integer.minimum(Some(0)).maximum(Some(Self::MAX)).build();
        integer.into()
    }
}

impl ToSchema for Safe {}

impl<'de> Deserialize<'de> for Safe {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u64::deserialize(deserializer)?;
        let large = || D::Error::custom(format_args!("at most {} is taken", Self::MAX));
        if number <= Self::MAX { Ok(Self(number)) } else { Err(large()) }
    }
}

/// How many of a list are asked for: 1 to `MOST`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limit<const MOST: usize>(usize);

impl<const MOST: usize> Limit<MOST> {
    pub(super) const fn get(self) -> usize {
        self.0
    }
}

impl<'de, const MOST: usize> Deserialize<'de> for Limit<MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = usize::deserialize(deserializer)?;
        let wrong = || D::Error::custom(format_args!("1 to {MOST} are taken"));
        if (1..=MOST).contains(&number) { Ok(Self(number)) } else { Err(wrong()) }
    }
}

/// The one parameter of a path.
pub(super) struct Named<T>(pub T);

impl<T: Segment> FromRequestParts<Shared> for Named<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let found = text.ok().and_then(|Path(text)| T::read(&text));
        found.map(Self).ok_or_else(|| Problem::malformed(format!("{} is due in the path", T::DUE)))
    }
}

/// The parameters after the question mark; unknown ones are refused by their type.
pub(super) struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Shared> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Problem> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(error) => Err(Problem::malformed(error.body_text())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::voucher::link_name;

    #[test]
    fn a_voucher_is_read_in_both_forms_even_where_its_name_begins_with_0x() {
        let mut bytes = [7; 32];
        bytes[..3].copy_from_slice(&[0xd3, 0x1f, 0xab]);
        let key = PublicKey::new(bytes);
        assert!(link_name(&key).starts_with("0x"));
        assert_eq!(voucher(&link_name(&key)), Some(key));
        assert_eq!(voucher(&key.to_string()), Some(key));
        assert_eq!(voucher("0x1234"), None);
    }
}

//! What the parties wrote beside an entry: held against its hash, and the members that rules depend on.

use super::{Judged, Outcome};
use crate::dossier::{Memo, Step};
use crate::json::{At, Json, parse};
use crate::verify::detail::Reason;

/// The memo is the one that was hashed, and what it says about its time is kept.
pub(super) fn check_memo(step: &Step, index: u64) -> Judged {
    if !step.memo.fits(step.entry.content) {
        return Err(Outcome::failed(Reason::MemoDiffers, [&index]));
    }
    let Memo::Text(text) = &step.memo else { return Ok(()) };
    if not_after(text).is_some_and(|latest| step.entry.at > latest) {
        return Err(Outcome::failed(Reason::PastNotAfter, [&index]));
    }
    Ok(())
}

/// The `not_after` of a memo that is a JSON object with one. One that is no time is over at once: its signers wanted a
/// limit, and nobody can say that it is kept.
pub fn not_after(memo: &str) -> Option<u64> {
    let member = memo_member(memo, "not_after")?;
    Some(At::root(&member, "not_after").integer().unwrap_or(0))
}

/// The `order` of a memo that is a JSON object with one, as it is written; one that is no text means no order at all.
pub fn memo_order(memo: &str) -> Option<String> {
    let member = memo_member(memo, "order")?;
    Some(At::root(&member, "order").text().unwrap_or_default().to_owned())
}

fn memo_member(memo: &str, name: &str) -> Option<Json> {
    match parse(memo) {
        Ok(Json::Object(members)) => members.into_iter().find(|(key, _)| key == name).map(|(_, value)| value),
        _ => None,
    }
}

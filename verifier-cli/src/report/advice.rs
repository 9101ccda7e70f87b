//! What to do: for the verdict, and for each thing that could not be checked.

use super::{Telling, heading, verdict};
use crate::console::Console;
use crate::lang::Text;
use protocol::verify::{Outcome, Reason, Verdict};

pub(super) fn tell(telling: &Telling, console: &mut Console) {
    let mut lines = Vec::new();
    lines.extend(console.texts.attribute(&verdict::text(telling, console), "advice"));
    if telling.report.verdict == Verdict::GenuinePending && telling.require_final {
        lines.push(console.texts.get("note-final"));
    }
    let problem = telling.trusted.as_ref().and_then(|trusted| trusted.problem.as_ref());
    if let Some(problem) = problem {
        let what = console.texts.say(&problem.text);
        let advice = console.texts.attribute(&problem.text, "advice").unwrap_or_default();
        lines.push(format!("{what}. {advice}"));
    }
    for step in &telling.report.steps {
        if let Outcome::Unknown(detail) = &step.outcome
            && let Some(id) = advice_for(detail.reason)
            && (problem.is_none() || detail.reason != Reason::NoTrustedCheckpoint)
        {
            lines.push(console.texts.get(id));
        }
    }
    lines.extend(telling.cause.as_ref().and_then(|cause| console.texts.attribute(&cause.text, "advice")));
    lines.extend(notes(telling, console));
    heading(console, "heading-advice");
    for line in lines {
        console.line(&format!("  → {line}"));
    }
}

const fn advice_for(reason: Reason) -> Option<&'static str> {
    match reason {
        Reason::NoTrustedCheckpoint => Some("advice-no_trusted_checkpoint"),
        Reason::OtherNumber => Some("advice-other_number"),
        Reason::Superseded | Reason::TooOld => Some("advice-stale"),
        Reason::UnknownCritical => Some("advice-unknown_critical"),
        Reason::PromiseBroken => Some("advice-promise_broken"),
        // The verdict `untrusted_issuer` says what to do.
        _ => None,
    }
}

/// What limits every verdict.
fn notes(telling: &Telling, console: &Console) -> Vec<String> {
    let mut notes = Vec::new();
    let voucher = telling.report.voucher.as_ref();
    if telling.development || voucher.is_some_and(|voucher| voucher.development_chain) {
        notes.push(console.texts.get("note-development"));
    }
    if telling.as_of {
        notes.push(console.texts.get("note-as-of"));
    }
    if console.times.is_set() {
        let now = console.times.both(console.times.now());
        notes.push(console.texts.say(&Text::new("note-clock").with("now", now)));
    }
    notes
}

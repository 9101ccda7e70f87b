//! Each step with its result, and why where it did not pass.

use super::{Telling, heading};
use crate::console::{Console, Tone, columns, plain};
use crate::lang::{Language, Text, Texts};
use protocol::verify::{Detail, Outcome, Reason, StepCode};

/// What holds if this step passes.
pub fn step_name(code: StepCode) -> Text {
    Text::new(format!("step-{}", code.code().replace('.', "-")))
}

/// A detail in the language: its arguments put into the text that the language has for its reason.
pub fn detail_text(detail: &Detail, texts: &Texts) -> String {
    // English stands where the reasons are defined.
    let id = format!("detail-{}", detail.reason.code());
    let said = if texts.language() == Language::English || !texts.has(&id) {
        detail.to_string()
    } else {
        const NAMES: [&str; 3] = ["a0", "a1", "a2"];
        let args = NAMES.iter().zip(&detail.args).enumerate();
        let text = args.fold(Text::new(id), |text, (place, (name, arg))| {
            text.with(name, worded(detail.reason, place, arg, texts))
        });
        texts.say(&text)
    };
    plain(&said, 400)
}

/// Names of the protocol in the language's words.
fn worded(reason: Reason, place: usize, arg: &str, texts: &Texts) -> String {
    let id = match (reason, place) {
        (Reason::IllegalTransition, 1) => format!("status-{arg}"),
        (Reason::IllegalTransition, 2) => format!("kind-{arg}"),
        (Reason::NotSigned, 1) => format!("role-{}", arg.replace(' ', "-")),
        _ => return arg.to_owned(),
    };
    if texts.has(&id) { texts.say(&Text::new(id)) } else { arg.to_owned() }
}

pub(super) fn tell(telling: &Telling, console: &mut Console) {
    if telling.report.steps.is_empty() {
        return;
    }
    heading(console, "heading-steps");
    let rows: Vec<Vec<String>> = telling
        .report
        .steps
        .iter()
        .map(|step| {
            let (icon, _) = icon(&step.outcome);
            let result = console.texts.say(&Text::new(format!("result-{}", step.result())));
            let name = console.texts.say(&step_name(step.code));
            vec![format!("  {icon} {result}"), step.code.code().to_owned(), name]
        })
        .collect();
    for (line, step) in columns(&rows).into_iter().zip(&telling.report.steps) {
        let (_, tone) = icon(&step.outcome);
        let line = tone.map_or_else(|| line.clone(), |tone| console.paint.paint(tone, &line));
        console.line(&line);
        if let Some(detail) = step.detail() {
            let detail = detail_text(detail, &console.texts);
            console.line(&format!("      {detail}"));
        }
    }
}

const fn icon(outcome: &Outcome) -> (&'static str, Option<Tone>) {
    match outcome {
        Outcome::Passed => ("✔", None),
        Outcome::Failed(_) => ("✖", Some(Tone::Bad)),
        Outcome::Skipped => ("–", Some(Tone::Quiet)),
        Outcome::Unknown(_) => ("?", Some(Tone::Care)),
    }
}

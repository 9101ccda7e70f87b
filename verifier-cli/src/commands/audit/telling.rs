//! The report for people.

use crate::audit::{Found, Outcome, Report};
use crate::console::{Console, Tone, columns, plain};
use crate::lang::Text;
use crate::report::detail_text;
use std::path::Path;

/// Contradictions that are told one by one; the report in the folder lists more.
const MOST_TOLD: usize = 10;

/// Outcome first, then the figures, then what was found, then what to do.
pub fn tell(report: &Report, folder: &Path, console: &mut Console) {
    let outcome = Text::new(format!("audit-{}", report.result.name()))
        .with("ledger", report.ledger.to_string())
        .with("checkpoint", report.checkpoint.to_string())
        .with("contradictions", report.audited.contradictions);
    let (icon, tone) = match report.result {
        Outcome::Clean => ("✔", Tone::Good),
        Outcome::Contradicted => ("✖", Tone::Bad),
        Outcome::Unchecked => ("?", Tone::Care),
    };
    let line = format!("{icon} {}", console.texts.say(&outcome));
    let line = console.paint.paint(tone, &line);
    console.line(&line);
    figures(report, console);
    if report.passed_over_total > 0 {
        console.say(&passed_over(report.passed_over_total, &report.passed_over));
    }
    list(&report.found, "audit-heading-contradictions", report.audited.contradictions, console);
    list(&report.unchecked, "audit-heading-unchecked", report.unchecked.len() as u64, console);
    console.line("");
    let shown = plain(&folder.display().to_string(), 200);
    console.say(&Text::new("audit-kept").with("folder", shown));
    if let Some(file) = report.charge() {
        let path = plain(&folder.join(file).display().to_string(), 200);
        let text = if report.asks_operator() { "audit-challenge-withheld" } else { "audit-challenge" };
        console.say(&Text::new(text).with("path", path).with("source", plain(&report.source, 200)));
    }
    if let Some(text) = of_copy(report) {
        console.say(&text);
    }
    if report.found.iter().any(|found| found.rule.is_none()) {
        console.say(&Text::new("audit-evidence"));
    }
}

/// What to do where a copy lacks what the audit needs.
pub fn of_copy(report: &Report) -> Option<Text> {
    let text = || Text::new("audit-copy").with("source", plain(&report.source, 200));
    report.lacks_of_copy().then(text)
}

/// Which files held no receipts, the first of them by name.
pub fn passed_over(of: usize, names: &[String]) -> Text {
    let more = if of > names.len() { ", …" } else { "" };
    let names = plain(&names.join(", "), 400);
    Text::new("audit-passed-over").with("count", of).with("names", format!("{names}{more}"))
}

fn figures(report: &Report, console: &mut Console) {
    let rows = [
        ("audit-figure-source", report.source.clone()),
        ("audit-figure-anchored", report.anchored.to_string()),
        ("audit-figure-checkpoints", report.audited.checkpoints.to_string()),
        ("audit-figure-entries", report.entries.to_string()),
        ("audit-figure-vouchers", report.vouchers.to_string()),
        ("audit-figure-signatures", report.audited.signatures.to_string()),
        ("audit-figure-receipts", report.audited.receipts.to_string()),
    ];
    let rows: Vec<Vec<String>> = rows
        .into_iter()
        .map(|(name, value)| {
            let name = Text::new("label").with("name", Text::new(name));
            vec![format!("  {}", console.texts.say(&name)), plain(&value, 200)]
        })
        .collect();
    for line in columns(&rows) {
        console.line(&line);
    }
}

fn list(found: &[Found], heading: &'static str, of: u64, console: &mut Console) {
    if found.is_empty() {
        return;
    }
    console.line("");
    let heading = console.texts.say(&Text::new(heading).with("count", of));
    let heading = console.paint.paint(Tone::Strong, &heading);
    console.line(&heading);
    for item in found.iter().take(MOST_TOLD) {
        let said = match item.reason() {
            Some(detail) => detail_text(&detail, &console.texts),
            None => plain(&item.detail, 400),
        };
        let rule = item.rule.as_deref().map(|rule| format!("{rule}  ")).unwrap_or_default();
        console.line(&format!("  {rule}{said}"));
        if let Some(file) = &item.file {
            console.line(&format!("      → {}", plain(file, 200)));
        }
    }
    let more = of.saturating_sub(found.len().min(MOST_TOLD) as u64);
    if more > 0 {
        console.say(&Text::new("audit-more").with("count", more));
    }
}

//! Telling what a disclosure is worth: the standing, what it shows, what it proves and what it does not.

use super::names::who;
use super::steps::detail_text;
use super::{heading, labelled};
use crate::console::{Console, Tone, plain};
use crate::lang::Text;
use crate::source::Trusted;
use protocol::disclosure::{Disclosure, Fact, Judged, Opened, Standing};
use protocol::verify::{HistoryLine, Outcome, VoucherFacts};
use serde_json::{Value, json};

/// Columns that a serial or a reference may take.
const FOREIGN_COLUMNS: usize = 120;

/// A judged disclosure, to be told.
#[derive(Debug, Clone, Copy)]
pub struct DisclosureTelling<'a> {
    /// What was disclosed.
    pub disclosure: &'a Disclosure,
    /// What it is worth.
    pub judged: &'a Judged,
    /// What the dossier was held against.
    pub trusted: &'a Trusted,
}

impl DisclosureTelling<'_> {
    /// For machines.
    pub fn json(&self) -> Value {
        let Judged { standing, opened, report } = self.judged;
        let why = opened.as_ref().and_then(|opened| opened.as_ref().err());
        let (serial, order) = match &self.disclosure.fact {
            Fact::Serial { serial, .. } => (Some(serial), None),
            Fact::Order { order, .. } => (None, Some(&order.reference)),
        };
        json!({
            "standing": standing.name(),
            "exit": standing.exit(),
            "ledger": self.disclosure.ledger,
            "voucher": self.disclosure.voucher,
            "serial": serial,
            "order": order,
            "opens": opened.as_ref().is_some_and(Result::is_ok),
            "why": why.map(|why| json!({ "code": why.code(), "detail": why.to_string() })),
            "entries": self.entries(),
            "as_of": report.as_of,
            "held_against": self.trusted.source,
            "problem": self.trusted.problem.as_ref().map(|problem| problem.text.id()),
            "development_chain": report.voucher.as_ref().map(|voucher| voucher.development_chain),
            "steps": report.steps,
        })
    }

    /// For people.
    pub fn tell(&self, console: &mut Console) {
        let standing = Text::new(format!("standing-{}", self.judged.standing.name()));
        let (icon, tone) = match self.judged.standing {
            Standing::Proven => ("✔", Tone::Good),
            Standing::Unknown | Standing::UntrustedIssuer => ("?", Tone::Care),
            Standing::Refuted | Standing::Mismatch => ("✖", Tone::Bad),
        };
        let word = console.texts.say(&standing);
        let word = console.paint.paint(tone, &format!("{icon} {word}"));
        console.line(&word);
        if let Some(meaning) = console.texts.attribute(&standing, "meaning") {
            console.line(&format!("  {meaning}"));
        }
        for line in self.reasons(console) {
            console.line(&format!("  {line}"));
        }
        self.tell_fact(console);
        self.tell_limits(console);
    }

    /// Why it is not proven.
    fn reasons(&self, console: &Console) -> Vec<String> {
        let mut lines = Vec::new();
        if let Some(Err(why)) = &self.judged.opened {
            lines.push(console.texts.say(&Text::new(format!("unopened-{}", why.code()))));
        }
        lines.extend(self.trusted.problem.as_ref().map(|problem| console.texts.say(&problem.text)));
        if self.judged.standing != Standing::Proven {
            let details = self.judged.report.steps.iter().filter_map(|step| match &step.outcome {
                Outcome::Failed(detail) | Outcome::Unknown(detail) => Some(detail),
                Outcome::Passed | Outcome::Skipped => None,
            });
            lines.extend(details.map(|detail| detail_text(detail, &console.texts)));
        }
        lines
    }

    fn tell_fact(&self, console: &mut Console) {
        let value = |text: String| Text::new("value-node").with("node", text);
        let mut rows = vec![("fact-voucher", value(self.disclosure.voucher.to_string()))];
        match &self.disclosure.fact {
            Fact::Serial { serial, .. } => {
                rows.push(("fact-serial", value(plain(serial, FOREIGN_COLUMNS))));
            }
            Fact::Order { order, .. } => {
                rows.push(("fact-order", value(plain(&order.reference, FOREIGN_COLUMNS))));
            }
        }
        let opened = matches!(self.judged.opened, Some(Ok(_))) && self.judged.standing != Standing::Refuted;
        if let Some(voucher) = self.judged.report.voucher.as_ref().filter(|_| opened) {
            rows.push(("fact-issuer", who(&voucher.issuer, voucher, None)));
            rows.extend(self.entries().into_iter().map(|line| ("fact-step", step(line, voucher, console))));
        }
        heading(console, if opened { "heading-disclosed" } else { "heading-disclosed-claim" });
        labelled(console, rows);
    }

    /// The steps that the order names.
    fn entries(&self) -> Vec<&HistoryLine> {
        let (Some(Ok(Opened::Order { indices })), Some(voucher)) =
            (&self.judged.opened, &self.judged.report.voucher)
        else {
            return Vec::new();
        };
        voucher.history.iter().filter(|line| indices.contains(&line.index)).collect()
    }

    fn tell_limits(&self, console: &mut Console) {
        let of_serial = ["disclosure-limit-card", "disclosure-limit-who"];
        let of_order = ["disclosure-limit-delivery", "disclosure-limit-who"];
        let ids = match &self.disclosure.fact {
            Fact::Serial { .. } => of_serial,
            Fact::Order { .. } => of_order,
        };
        let mut lines: Vec<String> = ids.into_iter().map(|id| console.texts.get(id)).collect();
        if self.judged.report.voucher.as_ref().is_some_and(|voucher| voucher.development_chain) {
            lines.push(console.texts.get("note-development"));
        }
        heading(console, "heading-disclosure-limits");
        for line in lines {
            console.line(&format!("  → {line}"));
        }
    }
}

/// A step in one line: what, when, for which vouchers, signed by whom, and whether a checkpoint covers it.
fn step(line: &HistoryLine, voucher: &VoucherFacts, console: &Console) -> Text {
    let signers: Vec<String> =
        line.signed_by.iter().map(|key| console.texts.say(&who(key, voucher, None))).collect();
    let id = if line.anchored { "value-step" } else { "value-step-promised" };
    Text::new(id)
        .with("kind", Text::new(format!("kind-{}", line.kind)))
        .with("at", console.times.both(line.at))
        .with("count", line.count)
        .with("signers", signers.join(", "))
}

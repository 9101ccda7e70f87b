//! Telling what a voucher's state was at a time: who says so, what was certain then, what the operator's clock adds, and
//! what nobody can know.

use super::hands::hands;
use super::names::who;
use super::steps::detail_text;
use super::{heading, labelled, verdict};
use crate::console::{Console, Tone};
use crate::lang::Text;
use protocol::PublicKey;
use protocol::verify::{Bound, Certainty, HistoryLine, Outcome, Past, Reason, Verdict, VoucherFacts};
use serde_json::{Value, json};

/// A state at a time, to be told.
#[derive(Debug, Clone, Copy)]
pub struct PastTelling<'a> {
    /// The judgement.
    pub past: &'a Past,
    /// The asker's key.
    pub my_key: Option<PublicKey>,
}

impl PastTelling<'_> {
    /// For machines.
    pub fn json(&self) -> Value {
        let past = self.past;
        let voucher = past.report().and_then(|report| report.voucher.as_ref());
        json!({
            "verdict": past.verdict.name(),
            "exit": past.exit,
            "at": past.at,
            "certainty": past.certainty,
            "status": past.latest().map(|line| line.status),
            "certain_status": past.certain.last().map(|line| line.status),
            "holder": past.holder(),
            "before": past.before,
            "after": past.after,
            "certain": past.certain,
            "accepted": past.accepted,
            "later": past.later,
            "contradiction": past.contradiction,
            "voucher": voucher.map(|voucher| voucher.key),
            "number": voucher.map(|voucher| voucher.number),
            "ledger": voucher.map(|voucher| voucher.ledger),
            "development_chain": voucher.map(|voucher| voucher.development_chain),
            "dossiers": past.reports.iter().map(|report| json!({
                "checkpoint": report.voucher.as_ref().map(|voucher| voucher.checkpoint),
                "steps": report.steps,
            })).collect::<Vec<_>>(),
        })
    }

    /// For people.
    pub fn tell(&self, console: &mut Console) {
        self.tell_state(console);
        let Some(voucher) = self.past.report().and_then(|report| report.voucher.as_ref()) else { return };
        // What a refuted file says is worth nothing; two that contradict each other are both shown.
        if self.past.contradiction.is_some() {
            self.tell_contradiction(console);
        } else if self.past.verdict != Verdict::Refuted {
            self.tell_facts(voucher, console);
            self.tell_steps(voucher, console);
        }
        self.tell_limits(voucher, console);
    }

    fn tell_state(&self, console: &mut Console) {
        let past = self.past;
        let state = match (past.verdict, past.latest()) {
            (Verdict::Refuted, _) => Text::new("verdict-refuted"),
            (Verdict::NotFound, _) => Text::new("past-not-issued"),
            (_, Some(line)) if past.verdict != Verdict::Unknown || past.certainty != Certainty::Nobody => {
                verdict::status_text(line.status)
            }
            _ => Text::new("past-not-known"),
        };
        let title = Text::new("past-title").with("at", console.times.both(past.at)).with("state", state);
        let (icon, tone) = verdict::icon(past.verdict);
        let title = console.texts.say(&title);
        let title = console.paint.paint(tone, &format!("{icon} {title}"));
        console.line(&title);
        let failed = past.reports.iter().find_map(|report| report.failed_step());
        let meaning = match (past.verdict, past.contradiction, failed.and_then(|step| step.detail())) {
            (Verdict::Refuted, Some(index), _) => {
                Text::new("past-contradiction").with("index", index.to_string())
            }
            (Verdict::Refuted, None, Some(detail)) => {
                Text::new("past-refuted").with("detail", detail_text(detail, &console.texts))
            }
            _ => Text::new(match past.certainty {
                Certainty::Chain => "past-by-chain",
                Certainty::OperatorsClock => "past-by-clock",
                Certainty::Nobody => "past-by-nobody",
            }),
        };
        let meaning = console.texts.say(&meaning);
        console.line(&format!("  {meaning}"));
    }

    fn tell_contradiction(&self, console: &mut Console) {
        for voucher in self.past.reports.iter().filter_map(|report| report.voucher.as_ref()) {
            let title = Text::new("past-under").with("number", voucher.checkpoint.to_string());
            let title = console.texts.say(&title);
            console.line("");
            console.line(&console.paint.paint(Tone::Strong, &title));
            hands(&voucher.history, voucher, console);
        }
    }

    fn tell_steps(&self, voucher: &VoucherFacts, console: &mut Console) {
        for (title, lines) in [
            ("heading-past-certain", &self.past.certain),
            ("heading-past-accepted", &self.past.accepted),
            ("heading-past-later", &self.past.later),
        ] {
            if !lines.is_empty() {
                heading(console, title);
                hands(lines, voucher, console);
            }
        }
    }

    fn tell_facts(&self, voucher: &VoucherFacts, console: &mut Console) {
        let past = self.past;
        let value = |text: String| Text::new("value-node").with("node", text);
        let bound = |bound: Option<Bound>, console: &Console| match bound {
            Some(Bound { checkpoint, block_time, trusted }) => {
                let id = if trusted { "past-bound" } else { "past-bound-unheld" };
                let text = Text::new(id).with("number", checkpoint.to_string());
                text.with("at", console.times.both(block_time))
            }
            None => Text::new("past-no-bound"),
        };
        let mut rows = vec![
            ("fact-voucher", value(voucher.key.to_string())),
            ("fact-number", value(voucher.number.to_string())),
            ("fact-past-verdict", Text::new(format!("verdict-{}", past.verdict.name()))),
            ("fact-past-before", bound(past.before, console)),
            ("fact-past-after", bound(past.after, console)),
        ];
        if let Some(line) = past.certain.last() {
            rows.push(("fact-past-certain", verdict::status_text(line.status)));
        }
        if let Some(latest) = past.latest() {
            let holder = |line: &HistoryLine| match &line.party {
                Some(key) => who(key, voucher, self.my_key),
                None => Text::new("value-nobody"),
            };
            rows.push(("fact-past-holder", holder(latest)));
        }
        heading(console, "heading-past");
        labelled(console, rows);
    }

    /// What nobody can know of that time, and what limits the answer.
    fn tell_limits(&self, voucher: &VoucherFacts, console: &mut Console) {
        let past = self.past;
        let mut lines = Vec::new();
        let is_moved = !past.accepted.is_empty() || !past.later.is_empty();
        if past.certainty == Certainty::OperatorsClock {
            if is_moved {
                lines.push(console.texts.get("past-limit-between"));
            }
            if past.after.is_none() {
                lines.push(console.texts.get("past-limit-newest"));
            }
            if past.before.is_none() {
                lines.push(console.texts.get("past-limit-first"));
            }
        }
        if past.at > console.times.now() && past.certainty == Certainty::Nobody {
            lines.push(console.texts.get("past-limit-future"));
        }
        let mut told: Vec<Reason> = Vec::new();
        for step in past.reports.iter().flat_map(|report| &report.steps) {
            if let Outcome::Unknown(detail) = &step.outcome
                && !told.contains(&detail.reason)
            {
                told.push(detail.reason);
                lines.push(detail_text(detail, &console.texts));
            }
        }
        let advised = match past.verdict {
            Verdict::Refuted => past.contradiction.is_none(),
            verdict => verdict == Verdict::UntrustedIssuer,
        };
        let advice = Text::new(format!("verdict-{}", past.verdict.name()));
        lines.extend(advised.then(|| console.texts.attribute(&advice, "advice")).flatten());
        if voucher.development_chain {
            lines.push(console.texts.get("note-development"));
        }
        if console.times.is_set() {
            let now = console.times.both(console.times.now());
            lines.push(console.texts.say(&Text::new("note-clock").with("now", now)));
        }
        if lines.is_empty() {
            return;
        }
        heading(console, "heading-past-limits");
        for line in lines {
            let line = console.paint.paint(Tone::Quiet, &format!("  → {line}"));
            console.line(&line);
        }
    }
}

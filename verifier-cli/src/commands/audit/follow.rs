//! `vouchsafe audit --follow`: a monitor. It ends at the first contradiction, or when it is asked to; a chain or a source
//! that does not answer is waited for.

use super::metrics::Metrics;
use super::{Args, open, tell, telling, webhook, write_report};
use crate::audit::{Auditor, MOST_NAMED, Outcome, Receipts, Report};
use crate::commands::watch;
use crate::console::Console;
use crate::failure::Failure;
use crate::lang::Text;
use crate::report::detail_text;
use std::sync::atomic::{AtomicBool, Ordering};

/// What was seen so far.
#[derive(Default)]
struct Seen {
    /// Of all looks that came to their end.
    worst: Option<Outcome>,
    /// Checkpoint and outcome of the last of them.
    last: Option<(u64, Outcome)>,
    /// The last look failed: what was anchored since then was not looked at.
    is_failing: bool,
}

/// Watches.
pub fn run(args: &Args, receipts: Receipts, stop: &AtomicBool, console: &mut Console) -> Result<u8, Failure> {
    watch::needs_chain(&args.trust)?;
    let hook = webhook::address(args.webhook.as_deref())?;
    if !receipts.passed_over.is_empty() {
        let named = receipts.passed_over.get(..MOST_NAMED).unwrap_or(&receipts.passed_over);
        console.remark(&telling::passed_over(receipts.passed_over.len(), named));
    }
    let metrics = Metrics::default();
    if let Some(address) = args.metrics {
        let bound = metrics.serve(address)?;
        console.remark(&Text::new("audit-metrics").with("address", bound.to_string()));
    }
    let mut seen = Seen::default();
    let failed = |failure: &Failure| metrics.failed(failure);
    let found = watch::source(&args.data, args.interval, stop, &failed, console)?;
    let Some((data, ledger)) = found else { return Ok(seen.stopped(console)) };
    let mut auditor = open(args, data, ledger, receipts, console)?;
    while !stop.load(Ordering::Relaxed) {
        match look(&mut auditor, stop, &metrics, console) {
            Ok((report, is_over)) => {
                if report.result == Outcome::Contradicted {
                    if let Err(failure) = write_report(&auditor, &report) {
                        console.fail(&failure);
                    }
                    tell(args, &auditor, &report, console);
                    if let Some(hook) = hook {
                        webhook::post(&hook, &report, console);
                    }
                    return Ok(report.result.exit());
                }
                if is_over {
                    seen.take(&report, console);
                }
                if let Err(failure) = write_report(&auditor, &report) {
                    console.fail(&failure);
                }
            }
            Err(failure) => {
                seen.is_failing = true;
                console.fail(&failure);
            }
        }
        watch::wait(args.interval, stop);
    }
    Ok(seen.stopped(console))
}

impl Seen {
    fn take(&mut self, report: &Report, console: &mut Console) {
        let this = (report.checkpoint, report.result);
        if self.last != Some(this) {
            let text = Text::new(format!("audit-looked-{}", report.result.name()))
                .with("checkpoint", report.checkpoint.to_string())
                .with("entries", report.entries);
            console.remark(&text);
            for found in &report.unchecked {
                let reason = found.reason().map(|detail| detail_text(&detail, &console.texts));
                console.remark_line(&format!("  ? {}", reason.as_ref().unwrap_or(&found.detail)));
            }
            if let Some(text) = telling::of_copy(report) {
                console.remark(&text);
            }
        }
        self.worst = self.worst.max(Some(report.result));
        self.last = Some(this);
        self.is_failing = false;
    }

    /// Somebody asked it to stop: says the worst that was seen, and gives its exit code.
    fn stopped(&self, console: &mut Console) -> u8 {
        let worst = self.worst.filter(|_| !self.is_failing).unwrap_or(Outcome::Unchecked);
        let checkpoint = self.last.map_or(0, |(checkpoint, _)| checkpoint);
        let text = Text::new(format!("audit-stopped-{}", worst.name()));
        console.remark(&text.with("checkpoint", checkpoint.to_string()));
        worst.exit()
    }
}

/// What a look came to, and whether it says something: one that was broken off may not.
fn look(
    auditor: &mut Auditor,
    stop: &AtomicBool,
    metrics: &Metrics,
    console: &mut Console,
) -> Result<(Report, bool), Failure> {
    let round = auditor.round(stop, &mut |done, _| metrics.entries(done));
    let round = round.inspect_err(|failure| metrics.failed(failure))?;
    if let Some(failure) = &round.failure {
        metrics.failed(failure);
        console.fail(failure);
    }
    let report = Report::of(auditor, &round, console.times.now());
    metrics.looked(&report);
    Ok((report, !round.interrupted || !round.unchecked.is_empty()))
}

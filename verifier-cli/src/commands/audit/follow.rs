//! `vouchsafe audit --follow`: a monitor. It ends at the first contradiction, or when it is asked to; a chain or a source
//! that does not answer is waited for.

use super::metrics::Metrics;
use super::{Args, signals, tell, webhook, write_report};
use crate::audit::{Auditor, Outcome, Report};
use crate::console::Console;
use crate::failure::Failure;
use crate::lang::Text;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Watches.
pub fn run(args: &Args, auditor: &mut Auditor, console: &mut Console) -> Result<u8, Failure> {
    let stop = signals::stop_when_asked()?;
    let hook = webhook::address(args.webhook.as_deref())?;
    let metrics = Metrics::default();
    if let Some(address) = args.metrics {
        let bound = metrics.serve(address)?;
        console.remark(&Text::new("audit-metrics").with("address", bound.to_string()));
    }
    let mut last = None;
    while !stop.load(Ordering::Relaxed) {
        match look(auditor, &stop, &metrics, console) {
            Ok(report) => {
                if last != Some((report.checkpoint, report.result)) {
                    let text = Text::new("audit-looked")
                        .with("checkpoint", report.checkpoint.to_string())
                        .with("entries", report.entries);
                    console.remark(&text);
                    for found in &report.unchecked {
                        console.remark_line(&format!("  ? {}", found.detail));
                    }
                }
                last = Some((report.checkpoint, report.result));
                if report.result == Outcome::Contradicted {
                    tell(args, auditor, &report, console);
                    if let Some(hook) = hook {
                        webhook::post(&hook, &report, console);
                    }
                    return Ok(report.result.exit());
                }
            }
            Err(failure) => console.fail(&failure),
        }
        wait(Duration::from_secs(args.interval), &stop);
    }
    console.remark(&Text::new("audit-stopped"));
    Ok(0)
}

fn look(
    auditor: &mut Auditor,
    stop: &AtomicBool,
    metrics: &Metrics,
    console: &Console,
) -> Result<Report, Failure> {
    let round = auditor.round(stop, &mut |done, _| metrics.entries(done));
    let round = round.inspect_err(|failure| metrics.failed(failure))?;
    let report = Report::of(auditor, &round, console.times.now());
    metrics.looked(&report);
    write_report(auditor, &report)?;
    Ok(report)
}

fn wait(time: Duration, stop: &AtomicBool) {
    let until = Instant::now() + time;
    while Instant::now() < until && !stop.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(100).min(time));
    }
}

//! `vouchsafe mirror --follow`: a mirror that keeps up with its ledger until it is asked to stop. A chain or a source that
//! does not answer is waited for. A contradiction does not end it: evidence is what a mirror is for. What a new checkpoint
//! brings is copied and checked; all of the folder is checked at the start and once a day.

use super::{Args, Copier, Due};
use crate::commands::{signals, watch};
use crate::console::Console;
use crate::failure::{Failure, UNKNOWN};
use crate::lang::Text;
use crate::mirror::{CONTRADICTED, MirrorReport};
use protocol::checkpoint::Checkpoint;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Between two checks of all that the folder holds.
const CHECK: Duration = Duration::from_hours(24);

/// What came of it so far.
#[derive(Default)]
struct Seen {
    /// The last copy and what was looked.
    last: Option<(Checkpoint, MirrorReport)>,
    is_contradicted: bool,
    /// The last look failed: how far the chain is now is not known.
    is_failing: bool,
}

/// Keeps mirroring.
pub fn run(args: &Args, console: &mut Console) -> Result<u8, Failure> {
    watch::needs_chain(&args.trust)?;
    let stop = signals::stop_when_asked()?;
    let mut seen = Seen::default();
    let found = watch::source(&args.data, args.interval, &stop, &|_| (), console)?;
    let Some((source, ledger)) = found else { return Ok(seen.stopped(console)) };
    let mut copier = Copier::open(args, source, ledger)?;
    let mut checked = Instant::now();
    while !stop.load(Ordering::Relaxed) {
        let check_all = checked.elapsed() >= CHECK;
        if check_all {
            copier.mirror.check_all();
        }
        let looked = copier.due().and_then(|due| match seen.unchanged(&due).filter(|_| !check_all) {
            Some(report) => Ok(Some((due.checkpoint, report))),
            None => Ok(copier.copy(&due, &stop, console)?.map(|report| (due.checkpoint, report))),
        });
        match looked {
            Ok(Some((checkpoint, report))) => {
                if check_all {
                    checked = Instant::now();
                }
                if seen.take(checkpoint, &report) {
                    copier.tell(&report, console);
                }
            }
            // Somebody asked it to stop.
            Ok(None) => {}
            Err(failure) => {
                seen.is_failing = true;
                console.fail(&failure);
            }
        }
        watch::wait(args.interval, &stop);
    }
    Ok(seen.stopped(console))
}

impl Seen {
    /// The last report once more, where all that is due is in the folder already.
    fn unchanged(&self, due: &Due) -> Option<MirrorReport> {
        let (checkpoint, last) = self.last.as_ref()?;
        (last.is_whole() && *checkpoint == due.checkpoint).then(|| due.of(last.clone()))
    }

    /// Takes a report; says whether it is news.
    fn take(&mut self, checkpoint: Checkpoint, report: &MirrorReport) -> bool {
        let is_same = |(known, last): &(Checkpoint, MirrorReport)| {
            *known == checkpoint && (last.exit(), last.is_whole()) == (report.exit(), report.is_whole())
        };
        let is_news = report.damaged_count > 0 || !self.last.as_ref().is_some_and(is_same);
        self.is_contradicted |= report.exit() == CONTRADICTED;
        self.is_failing = false;
        // What was mended is told once.
        self.last =
            Some((checkpoint, MirrorReport { damaged: Vec::new(), damaged_count: 0, ..report.clone() }));
        is_news
    }

    /// The exit code: that of a contradiction that was seen, else of what the folder holds in the end.
    fn stopped(&self, console: &mut Console) -> u8 {
        console.remark(&Text::new("mirror-stopped"));
        match &self.last {
            _ if self.is_contradicted => CONTRADICTED,
            Some((_, last)) if !self.is_failing => last.exit(),
            _ => UNKNOWN,
        }
    }
}

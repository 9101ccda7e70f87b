//! The operator's clock: the system's at the start, carried on by the time that has passed since.
//!
//! A clock that is set while the node runs is not followed. An `at` too far ahead of the block that anchors it is refuted
//! by every verifier, and the log never goes back: an hour too much could not be undone. How far the two are apart is
//! said in the metrics; a restart takes over the system's time.
//!
//! A clock that is wrong at the start is told by what stands already: the log is never ahead of it, the chain's newest
//! block is about as old as now. With one that is further off than verifiers forgive, no step is taken.

use anchors::Clock;
use jiff::Timestamp;
use protocol::verify::GRACE_MS;
use rustix::time::{ClockId, clock_gettime};
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds that the system's clock is ahead of the one that was read last.
static AHEAD: AtomicI64 = AtomicI64::new(0);

/// This machine's clock can not be right. All times are Unix milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongClock {
    /// The log is ahead of it.
    #[error(
        "this machine's clock says {}, but entry {index} of the log was accepted at {}, {} s later: set the clock by NTP \
         and start again; if it is right now, the log was written under a wrong one, and only a backup from before \
         goes on", shown(*.now), shown(*.at), seconds(*.at, *.now)
    )]
    BehindLog {
        /// What the clock says.
        now: u64,
        /// The latest entry.
        index: u64,
        /// Its time.
        at: u64,
    },
    /// The chain's newest block is ahead of it.
    #[error(
        "this machine's clock says {}, but block {number} of the chain is of {}, {} s later: set the clock by NTP and \
         start again; until then no step is taken, for it would bear a time that is over",
        shown(*.now), shown(*.time), seconds(*.time, *.now)
    )]
    BehindChain {
        /// What the clock says.
        now: u64,
        /// The newest block.
        number: u64,
        /// Its time.
        time: u64,
    },
    /// It is ahead of the chain's newest block.
    #[error(
        "this machine's clock says {}, but the chain's newest block, {number}, is of {}, {} s before: set the clock by \
         NTP and start again, or, if it is right, name an endpoint that does not lag behind; until then no step is \
         taken, for every verifier refutes an entry that is ahead of its block",
        shown(*.now), shown(*.time), seconds(*.now, *.time)
    )]
    AheadOfChain {
        /// What the clock says.
        now: u64,
        /// The newest block.
        number: u64,
        /// Its time.
        time: u64,
    },
}

/// Holds the clock against the latest entry of the log.
pub fn hold_against_log(now: u64, index: u64, at: u64) -> Result<(), WrongClock> {
    if now.saturating_add(GRACE_MS) < at { Err(WrongClock::BehindLog { now, index, at }) } else { Ok(()) }
}

/// Holds the clock against the newest block of a chain whose blocks come by themselves.
pub fn hold_against_block(now: u64, number: u64, time: u64) -> Result<(), WrongClock> {
    if now.saturating_add(GRACE_MS) < time {
        return Err(WrongClock::BehindChain { now, number, time });
    }
    if time.saturating_add(GRACE_MS) < now {
        return Err(WrongClock::AheadOfChain { now, number, time });
    }
    Ok(())
}

fn shown(millis: u64) -> String {
    let time = Timestamp::from_millisecond(signed(millis));
    time.map_or_else(|_| format!("{millis} ms after 1970"), |time| time.to_string())
}

fn seconds(later: u64, earlier: u64) -> u64 {
    later.saturating_sub(earlier) / 1000
}

/// The operator's clock from now on.
pub fn steady() -> Clock {
    let system = Clock::system();
    let start = system.now();
    let since = since_boot();
    Clock::new(move || {
        let now = start.saturating_add(since_boot().saturating_sub(since));
        AHEAD.store(signed(system.now()).saturating_sub(signed(now)), Ordering::Relaxed);
        now
    })
}

/// How far the system's clock is ahead of the node's, milliseconds; negative where it is behind.
pub fn system_ahead_ms() -> i64 {
    AHEAD.load(Ordering::Relaxed)
}

/// Milliseconds since the machine started, its sleep included. Nobody can set it.
fn since_boot() -> u64 {
    let time = clock_gettime(ClockId::Boottime);
    let millis = i128::from(time.tv_sec) * 1000 + i128::from(time.tv_nsec) / 1_000_000;
    u64::try_from(millis).unwrap_or_default()
}

fn signed(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Clock, GRACE_MS, WrongClock, hold_against_block, hold_against_log, steady};

    #[test]
    fn a_clock_is_held_against_what_stands_within_what_verifiers_forgive() {
        let now = 1_790_000_000_000;
        for at in [0, now, now + GRACE_MS] {
            assert_eq!(hold_against_log(now, 7, at), Ok(()));
        }
        let late = now + GRACE_MS + 1;
        assert_eq!(hold_against_log(now, 7, late), Err(WrongClock::BehindLog { now, index: 7, at: late }));
        for time in [now - GRACE_MS, now, now + GRACE_MS] {
            assert_eq!(hold_against_block(now, 8, time), Ok(()));
        }
        let behind = hold_against_block(now, 8, late);
        assert_eq!(behind, Err(WrongClock::BehindChain { now, number: 8, time: late }));
        let time = now - GRACE_MS - 1;
        let ahead = hold_against_block(now, 8, time);
        assert_eq!(ahead, Err(WrongClock::AheadOfChain { now, number: 8, time }));
    }

    #[test]
    fn a_wrong_clock_is_told_with_both_times_and_what_to_do() {
        let now = 1_790_000_000_000;
        let year = 365 * 86_400_000;
        let said = hold_against_block(now + year, 8, now).expect_err("ahead").to_string();
        for word in ["2027-09-21T14:13:20Z", "2026-09-21T14:13:20Z", "31536000 s", "NTP", "endpoint"] {
            assert!(said.contains(word), "no {word} in {said}");
        }
        let said = hold_against_log(now, 7, now + year).expect_err("behind").to_string();
        for word in ["2027-09-21T14:13:20Z", "entry 7", "31536000 s", "NTP", "backup"] {
            assert!(said.contains(word), "no {word} in {said}");
        }
    }

    #[test]
    fn it_begins_with_the_systems_time_and_goes_on() {
        let (clock, system) = (steady(), Clock::system());
        let before = clock.now();
        assert!(before.abs_diff(system.now()) < 2000);
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(clock.now() >= before + 20);
    }
}

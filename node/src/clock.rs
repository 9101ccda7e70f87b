//! The operator's clock: the system's at the start, carried on by the time that has passed since.
//!
//! A clock that is set while the node runs is not followed. An `at` too far ahead of the block that anchors it is refuted
//! by every verifier, and the log never goes back: an hour too much could not be undone. How far the two are apart is
//! said in the metrics; a restart takes over the system's time.

use anchors::Clock;
use rustix::time::{ClockId, clock_gettime};
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds that the system's clock is ahead of the one that was read last.
static AHEAD: AtomicI64 = AtomicI64::new(0);

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
    use super::{Clock, steady};

    #[test]
    fn it_begins_with_the_systems_time_and_goes_on() {
        let (clock, system) = (steady(), Clock::system());
        let before = clock.now();
        assert!(before.abs_diff(system.now()) < 2000);
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(clock.now() >= before + 20);
    }
}

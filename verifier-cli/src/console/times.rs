//! The clock, and times as people read them: UTC, and beside it the local time where that differs.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Sets the clock, Unix milliseconds. For tests: their transcripts must not depend on the day they run.
pub const NOW_VARIABLE: &str = "VOUCHSAFE_NOW_MS";

/// A clock and a time zone.
#[derive(Debug, Clone)]
pub struct Times {
    zone: TimeZone,
    fixed_now: Option<u64>,
}

impl Times {
    /// The system's clock and zone (`TZ`).
    pub fn of_process() -> Self {
        let fixed_now = std::env::var(NOW_VARIABLE).ok().and_then(|text| text.parse().ok());
        Self { zone: TimeZone::system(), fixed_now }
    }

    /// With this zone, and a clock that stands still.
    pub const fn fixed(zone: TimeZone, now: u64) -> Self {
        Self { zone, fixed_now: Some(now) }
    }

    /// Now, Unix milliseconds.
    pub fn now(&self) -> u64 {
        let system = || u64::try_from(Timestamp::now().as_millisecond()).unwrap_or(0);
        self.fixed_now.unwrap_or_else(system)
    }

    /// Whether somebody set the clock.
    pub const fn is_set(&self) -> bool {
        self.fixed_now.is_some()
    }

    /// `2026-09-21 08:00:00 UTC`; the bare number of milliseconds where no calendar reaches it.
    pub fn utc(&self, at: u64) -> String {
        match timestamp(at) {
            Some(time) => time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
            None => format!("{at} ms"),
        }
    }

    /// `2026-09-21 16:00:00 +08:00`; none where it says the same as UTC.
    pub fn local(&self, at: u64) -> Option<String> {
        let local = timestamp(at)?.to_zoned(self.zone.clone());
        let differs = local.offset() != jiff::tz::Offset::UTC;
        differs.then(|| local.strftime("%Y-%m-%d %H:%M:%S %:z").to_string())
    }

    /// UTC, and the local time in brackets.
    pub fn both(&self, at: u64) -> String {
        match self.local(at) {
            Some(local) => format!("{} ({local})", self.utc(at)),
            None => self.utc(at),
        }
    }
}

fn timestamp(at: u64) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(at).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_with_the_local_time_beside_it() {
        let shanghai = Times::fixed(TimeZone::posix("<+08>-8").expect("a zone"), 0);
        assert_eq!(shanghai.both(1_789_977_600_000), "2026-09-21 08:00:00 UTC (2026-09-21 16:00:00 +08:00)");
        let utc = Times::fixed(TimeZone::UTC, 0);
        assert_eq!(utc.both(1_789_977_600_000), "2026-09-21 08:00:00 UTC");
        assert_eq!(utc.both(u64::MAX), "18446744073709551615 ms");
    }
}

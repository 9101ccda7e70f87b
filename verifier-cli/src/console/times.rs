//! The clock, and times as people read them: UTC, and beside it the local time where that differs.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

/// Sets the clock, Unix milliseconds. For tests: their transcripts must not depend on the day they run.
pub const NOW_VARIABLE: &str = "VOUCHSAFE_NOW_MS";

/// Digits of the shortest time that is read as Unix milliseconds: 1973 and later.
const MILLISECOND_DIGITS: usize = 12;

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

    /// A time as people write it, Unix milliseconds: RFC 3339, a date (its first moment), a date with a clock, Unix
    /// milliseconds. Without a zone it is the local one; `[Asia/Shanghai]` behind it names another.
    pub fn read(&self, text: &str) -> Option<u64> {
        let text = text.trim();
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            // Fewer digits are a year, a day without dashes, or seconds: as milliseconds they would be 1970.
            return text.parse().ok().filter(|_| text.len() >= MILLISECOND_DIGITS);
        }
        let time = if text.contains('[') {
            text.parse::<Zoned>().ok()?.timestamp()
        } else if let Ok(time) = text.parse::<Timestamp>() {
            time
        } else {
            text.parse::<DateTime>().ok()?.to_zoned(self.zone.clone()).ok()?.timestamp()
        };
        u64::try_from(time.as_millisecond()).ok()
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

    #[test]
    fn times_are_read_in_every_form_that_names_one_moment() {
        let shanghai = Times::fixed(TimeZone::posix("<+08>-8").expect("a zone"), 0);
        for (text, at) in [
            ("2026-09-21T08:00:00Z", 1_789_977_600_000),
            ("2026-09-21T08:00:00.25Z", 1_789_977_600_250),
            ("2026-09-21T16:00:00+08:00", 1_789_977_600_000),
            ("2026-09-21 16:00:00+08", 1_789_977_600_000),
            ("2026-09-21T16:00:00", 1_789_977_600_000),
            ("2026-09-21 16:00", 1_789_977_600_000),
            ("2026-09-21T08:00[UTC]", 1_789_977_600_000),
            ("2026-09-21", 1_789_920_000_000),
            ("1789977600000", 1_789_977_600_000),
            (" 1789977600000 ", 1_789_977_600_000),
        ] {
            assert_eq!(shanghai.read(text), Some(at), "{text}");
        }
    }

    #[test]
    fn what_names_no_moment_is_none() {
        let utc = Times::fixed(TimeZone::UTC, 0);
        for text in [
            "",
            "yesterday",
            "2026",
            "20260921",
            "1789977600",
            "2026-02-30",
            "2026-09-21T25:00:00Z",
            "1969-12-31T23:59:59Z",
            "99999999999999999999999",
            "2026-09-21[Nowhere/City]",
            "-1789977600000",
        ] {
            assert_eq!(utc.read(text), None, "{text}");
        }
    }
}

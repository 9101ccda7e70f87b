//! Times as manifests write them: RFC 3339 in the one form of docs/protocol.md section 0.

/// Unix milliseconds of `YYYY-MM-DDTHH:MM:SS[.fraction](Z|+HH:MM|-HH:MM)`, any fraction cut to milliseconds; `None` if
/// the text has another form or names no
/// real time. A time before 1970 is 0: it is over in any case.
pub fn parse_rfc3339(text: &str) -> Option<u64> {
    let (date, rest) = text.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let zone_at = rest.find(['Z', '+', '-'])?;
    let (clock, zone) = rest.split_at_checked(zone_at)?;
    let (seconds, fraction) = match clock.split_once('.') {
        Some((seconds, fraction)) => (seconds, Some(fraction)),
        None => (clock, None),
    };
    let [hour, minute, second] = numbers(seconds, ':', [2, 2, 2])?;
    let millis = fraction.map_or(Some(0), milliseconds)?;
    let real = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !real {
        return None;
    }
    let clock_seconds = hour.checked_mul(3600)?.checked_add(minute.checked_mul(60)?)?.checked_add(second)?;
    let seconds = days_since_1970(year, month, day)?
        .checked_mul(86_400)?
        .checked_add(clock_seconds)?
        .checked_sub(zone_seconds(zone)?)?;
    u64::try_from(seconds).map_or(Some(0), |seconds| seconds.checked_mul(1000)?.checked_add(millis))
}

/// Three numbers of exactly these many digits.
fn numbers(text: &str, separator: char, widths: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let mut found = [0; 3];
    for (number, width) in found.iter_mut().zip(widths) {
        let part = parts.next().filter(|part| part.len() == width)?;
        *number = digits(part)?;
    }
    parts.next().is_none().then_some(found)
}

fn digits(text: &str) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

fn milliseconds(fraction: &str) -> Option<u64> {
    let plain = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    let first_three: String = fraction.chars().chain("00".chars()).take(3).collect();
    if plain { first_three.parse().ok() } else { None }
}

fn zone_seconds(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, offset) = zone.split_at_checked(1)?;
    let (hours, minutes) = offset.split_once(':')?;
    let (hours, minutes) = match (hours.len(), minutes.len()) {
        (2, 2) => (digits(hours)?, digits(minutes)?),
        _ => return None,
    };
    let in_order = hours < 24 && minutes < 60;
    let seconds = hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?;
    match (in_order, sign) {
        (true, "+") => Some(seconds),
        (true, "-") => seconds.checked_neg(),
        _ => None,
    }
}

const fn is_leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

const fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days of whole years since 1970, then of whole months, then of this month.
fn days_since_1970(year: i64, month: i64, day: i64) -> Option<i64> {
    let before = year.checked_sub(1)?;
    let leaps = (before / 4).checked_sub(before / 100)?.checked_add(before / 400)?;
    let years = before.checked_mul(365)?.checked_add(leaps)?;
    let months: i64 = (1..month).map(|month| days_in(year, month)).sum();
    // 719,162 days lie between the first day of year 1 and the first of 1970.
    years.checked_add(months)?.checked_add(day)?.checked_sub(1)?.checked_sub(719_162)
}

#[cfg(test)]
mod tests {
    use super::parse_rfc3339;

    #[test]
    fn real_times_in_the_one_form_are_read() {
        for (text, millis) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59.9Z", 0),
            ("2026-09-21T08:00:00Z", 1_789_977_600_000),
            ("2000-02-29T23:59:59.999999+00:00", 951_868_799_999),
            ("2026-01-01T08:00:00.5+08:00", 1_767_225_600_500),
            ("2025-12-31T23:00:00-01:00", 1_767_225_600_000),
        ] {
            assert_eq!(parse_rfc3339(text), Some(millis), "{text}");
        }
    }

    #[test]
    fn every_other_form_is_refused() {
        for text in [
            "",
            "2026-09-21",
            "2026-09-21 08:00:00Z",
            "2026-09-21t08:00:00Z",
            "2026-09-21T08:00:00z",
            "2026-09-21T08:00:00",
            "2026-09-21T08:00Z",
            "2026-09-21T08:00:00.Z",
            "2026-09-21T08:00:60Z",
            "2026-09-21T24:00:00Z",
            "2026-02-29T08:00:00Z",
            "2026-13-01T08:00:00Z",
            "2026-00-01T08:00:00Z",
            "2026-9-21T08:00:00Z",
            "2026-09-21T08:00:00+0800",
            "2026-09-21T08:00:00+08:00x",
            "2026-09-21T08:00:00+24:00",
            "+026-09-21T08:00:00Z",
            "２026-09-21T08:00:00Z",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }
}

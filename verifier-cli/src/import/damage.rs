//! What a spreadsheet does to long numbers, recognised.
//!
//! Spreadsheets keep 15 digits of a number. Shown, more of them become `6.10979E+14`; written out, the rest become zeros.
//! Leading zeros that were lost are a matter of lengths (`layout`).

/// Digits that a spreadsheet keeps.
const KEPT_DIGITS: usize = 15;

/// Whether a spreadsheet wrote this in place of a serial or secret.
pub(super) fn is_damaged(field: &str) -> bool {
    is_error_cell(field) || is_scientific(field) || is_fraction(field) || is_grouped(field)
}

/// `#####` of a narrow column, and the error values.
fn is_error_cell(field: &str) -> bool {
    const ERRORS: [&str; 7] = ["#N/A", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#DIV/0!", "#NULL!"];
    field.starts_with("##") && field.bytes().all(|byte| byte == b'#') || ERRORS.contains(&field)
}

/// `6.10979E+14`, `6,1E14`, `6E+14`. Without sign and fraction it may be a code: `1E234567`.
fn is_scientific(field: &str) -> bool {
    let Some((mantissa, exponent)) = field.split_once(['e', 'E']) else { return false };
    let fraction = match mantissa.split_at_checked(1) {
        Some((digit, rest)) if all_digits(digit) => rest,
        _ => return false,
    };
    let power = exponent.strip_prefix(['+', '-']);
    let has_fraction = fraction.strip_prefix(['.', ',']).is_some_and(all_digits);
    (has_fraction || fraction.is_empty() && power.is_some())
        && all_digits(power.unwrap_or(exponent))
        && power.unwrap_or(exponent).len() <= 3
}

/// `319382613000000.0`
fn is_fraction(field: &str) -> bool {
    field.split_once('.').is_some_and(|(whole, fraction)| {
        whole.len() >= 6
            && all_digits(whole)
            && !fraction.is_empty()
            && fraction.bytes().all(|byte| byte == b'0')
    })
}

/// `319,382,613,000,000`
fn is_grouped(field: &str) -> bool {
    let mut groups = field.split(',');
    let leading = groups.next().is_some_and(|group| group.len() <= 3 && all_digits(group));
    let rest: Vec<bool> = groups.map(|group| group.len() == 3 && all_digits(group)).collect();
    leading && rest.len() >= 2 && rest.iter().all(|ok| *ok)
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether the digits behind the 15th are zeros; `None` for anything but a longer number.
fn is_rounded(field: &str) -> Option<bool> {
    let tail = field.get(KEPT_DIGITS..).filter(|tail| !tail.is_empty() && all_digits(field))?;
    Some(tail.bytes().all(|byte| byte == b'0'))
}

/// Whether a column was rounded: at least five of its values are numbers of at least `digits` digits, more than 15,
/// and nine in ten of those end in zeros behind the 15th digit. One such number proves nothing (one in ten 16-digit
/// numbers ends in zero), five of five are one chance in 10^5 or less.
pub(super) fn is_rounded_column<'c>(values: impl Iterator<Item = &'c str>, digits: usize) -> bool {
    let (mut long, mut rounded) = (0u64, 0u64);
    for value in values.filter(|value| value.len() >= digits).filter_map(is_rounded) {
        long += 1;
        rounded += u64::from(value);
    }
    long >= 5 && rounded * 10 >= long * 9
}

/// Whether this value of a rounded column lost digits.
pub(super) fn lost_digits(field: &str) -> bool {
    is_rounded(field) == Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_spreadsheets_write_is_damaged() {
        for field in [
            "6.10979E+14",
            "6,10979E+14",
            "6E+14",
            "1.6E17",
            "1e+21",
            "####",
            "#N/A",
            "319382613000000.0",
            "319,382,613,000,000",
        ] {
            assert!(is_damaged(field), "{field}");
        }
    }

    #[test]
    fn codes_are_not() {
        for field in [
            "319382613000000",
            "1E234567",
            "12E+34",
            "E+14",
            "",
            "#1234",
            "ABC.0",
            "1.5",
            "12,345",
            "6.1E+1234",
            "８E+14",
        ] {
            assert!(!is_damaged(field), "{field}");
        }
    }

    #[test]
    fn zeros_prove_rounding_only_together() {
        let rounded = [
            "1620224427500000",
            "8620224427523450",
            "3620224427500120",
            "2345678901234560",
            "1111111111111110",
        ];
        assert!(is_rounded_column(rounded.into_iter(), 16));
        assert!(!is_rounded_column(rounded.into_iter().take(4), 16));
        assert!(!is_rounded_column(rounded.into_iter(), 17));
        let honest = (0..100u64).map(|n| (16_202_244_275_000_000 + n * 7).to_string()).collect::<Vec<_>>();
        assert!(!is_rounded_column(honest.iter().map(String::as_str), 16));
    }
}

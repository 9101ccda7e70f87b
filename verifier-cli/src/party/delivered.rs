//! Writing the delivered line, `serial----code----link` (docs/protocol.md section 3), so that it reads back to the same
//! card. A line is divided at its first `----`; a card that holds one itself is written in its code form, which has no
//! hyphens.

use crate::source::{SEPARATOR, divide};
use protocol::voucher::CodeForm;
use zeroize::Zeroizing;

/// `serial----code`, or the code alone for a card without serial: as given where that reads back to the same card, else
/// in the code form; `None` if that does not read back either, which only the form `exact` can bring about.
pub fn card_text(form: CodeForm, serial: &str, code: &str) -> Option<Zeroizing<String>> {
    let (formed_serial, formed_code) = (form.apply(serial), form.apply(code));
    let joined = |serial: &str, code: &str| {
        let mut text = Zeroizing::new(String::with_capacity(serial.len() + SEPARATOR.len() + code.len()));
        if !serial.is_empty() {
            text.push_str(serial);
            text.push_str(SEPARATOR);
        }
        text.push_str(code);
        text
    };
    let reads_back = |text: &Zeroizing<String>| {
        let (serial, code) = divide(text.trim());
        form.apply(serial.trim()) == formed_serial && form.apply(code.trim()) == formed_code
    };
    [joined(serial, code), joined(&formed_serial, &formed_code)].into_iter().find(reads_back)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may stop at the first thing that is not as expected")]
    use super::*;
    use crate::source::DeliveredLine;
    use protocol::PublicKey;
    use protocol::voucher::{Stamp, secret_link};

    fn line(form: CodeForm, serial: &str, code: &str) -> Option<String> {
        // All bits set are hyphens and underscores: the worst link that there is.
        let (key, stamp) = (PublicKey::new([0xfb; 32]), Stamp::new([0xfb; 16]));
        let card = card_text(form, serial, code)?;
        Some(format!("{}----{}", *card, *secret_link("https://v.example", &key, &stamp)))
    }

    #[test]
    fn what_is_written_reads_back_to_the_same_card() {
        for (serial, code) in [
            ("10086", "1234 5678"),
            ("", "ABCDE-FGHJK-LMNPQ"),
            ("S-1-", "-code"),
            ("S----1", "12----34"),
            ("", "12----34"),
            ("", "1-----2"),
            ("", "https://game.example/1"),
        ] {
            for form in [CodeForm::Strip, CodeForm::StripUpper] {
                let read = DeliveredLine::parse(&line(form, serial, code).unwrap()).unwrap();
                assert_eq!(form.apply(&read.serial), form.apply(serial), "{serial} {code}");
                assert_eq!(form.apply(&read.code), form.apply(code), "{serial} {code}");
                assert!(read.link.stamp.is_some());
            }
        }
        let read = DeliveredLine::parse(&line(CodeForm::Exact, "S-1", "12-34").unwrap()).unwrap();
        assert_eq!((read.serial.as_str(), read.code.as_str()), ("S-1", "12-34"));
    }

    #[test]
    fn a_card_that_cannot_read_back_is_not_written() {
        assert_eq!(line(CodeForm::Exact, "", "12----34"), None);
        assert_eq!(line(CodeForm::Exact, "S-", "-1"), None);
        assert_eq!(line(CodeForm::Exact, " S", "1"), None);
    }
}

use super::*;
use std::io::Write;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Write for Said {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_panic_is_said_with_its_place_and_its_request_and_not_in_its_own_words() {
    let said = Said::default();
    let writer = said.clone();
    let log = tracing_subscriber::fmt().json().with_writer(move || writer.clone()).finish();
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(defect));
    let ended = tracing::subscriber::with_default(log, || {
        request("1f-7").in_scope(|| std::panic::catch_unwind(|| panic!("1234-5678-9012")))
    });
    std::panic::set_hook(usual);
    assert!(ended.is_err());
    let said = String::from_utf8(said.0.lock().expect("no panic").clone()).expect("UTF-8");
    for word in ["panicked", "node/src/observe/tests.rs:", "1f-7"] {
        assert!(said.contains(word), "no {word:?} in {said}");
    }
    assert!(!said.contains("1234"), "{said}");
}

#[test]
fn figures_of_the_ledger_are_those_given_and_counts_only_rise() {
    step("Sell", "accepted");
    chain_error(&AnchorError::Declined { endpoint: "x".to_owned(), code: 1, message: String::new() });
    let figures = LedgerFigures {
        entries: 12,
        vouchers: 1000,
        anchored_checkpoint: 3,
        anchored_entries: 10,
        lag_ms: 1500,
        outbox: 1,
    };
    let text = metrics(&figures);
    for line in [
        "vouchsafe_entries 12\n",
        "vouchsafe_anchored_checkpoint 3\n",
        "vouchsafe_unanchored_entries 2\n",
        "vouchsafe_anchoring_lag_seconds 1.5\n",
        "vouchsafe_chain_errors_total{reason=\"declined\"} ",
        "vouchsafe_steps_total{kind=\"Sell\",result=\"accepted\"} ",
        "# EOF\n",
    ] {
        assert!(text.contains(line), "{line:?} is missing in\n{text}");
    }
}

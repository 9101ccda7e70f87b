//! Every golden disclosure opens what the independent implementation expects, and nothing else; none holds a secret.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use serde_json::Value;
use vouchsafe_protocol::digest::bytes_from_hex;
use vouchsafe_protocol::disclosure::{Disclosure, Fact, Judged, Opened, Standing, judge};
use vouchsafe_protocol::verify::{Finality, Order, Policy, Question, TrustedCheckpoint};
use vouchsafe_protocol::voucher::Stamp;
use vouchsafe_protocol::{LedgerId, PublicKey};

mod vectors;
use vectors::load;

/// The golden dossiers, and what they are judged with.
struct Golden {
    file: Value,
    trusted: TrustedCheckpoint,
    policy: Policy,
}

impl Golden {
    fn read() -> Self {
        let file = load("disclosures.json");
        let origin = &file["dossiers"]["sold"]["ledger"];
        let policy = serde_json::json!({
            "chains": [{ "chain_id": origin["chain_id"], "contract": origin["contract"], "ledgers": [origin["id"]] }],
            "issuers": [{ "key": file["made_with"]["issuer"], "name": "Studio" }],
        });
        let trusted = TrustedCheckpoint::parse(&file["trusted_checkpoint"].to_string()).unwrap();
        Self { trusted, policy: Policy::parse(&policy.to_string()).unwrap(), file }
    }

    fn cases(&self) -> &[Value] {
        self.file["cases"].as_array().unwrap()
    }

    fn judged(&self, disclosure: &Disclosure, dossier: &str, held: bool, with_policy: bool) -> Judged {
        let dossier = self.file["dossiers"][dossier].to_string();
        judge(
            disclosure,
            &Question {
                trusted: held.then_some(&self.trusted),
                finality: Finality::Final,
                policy: with_policy.then_some(&self.policy),
                as_of: true,
                ..Question::of(&dossier, 1_790_000_060_000)
            },
        )
    }

    /// The secrets of the voucher and of the order, as they are written.
    fn secret(&self, name: &str) -> &str {
        self.file["made_with"][name].as_str().unwrap()
    }
}

fn disclosure(case: &Value) -> Disclosure {
    Disclosure::parse(&case["disclosure"].to_string()).unwrap()
}

#[test]
fn golden_disclosures_open_what_they_say() {
    let golden = Golden::read();
    assert!(golden.cases().len() >= 20);
    for case in golden.cases() {
        let judged = golden.judged(&disclosure(case), case["dossier"].as_str().unwrap(), true, true);
        let expect = &case["expect"];
        assert_eq!(judged.standing.name(), expect["standing"], "{}", case["desc"]);
        let (opens, why) = match judged.opened.unwrap() {
            Ok(Opened::Serial) => (Value::from("serial"), Value::Null),
            Ok(Opened::Order { indices }) => (Value::from(indices), Value::Null),
            Err(error) => (Value::Null, Value::from(error.code())),
        };
        assert_eq!((&opens, &why), (&expect["opens"], &expect["why"]), "{}", case["desc"]);
    }
}

#[test]
fn a_disclosure_is_worth_no_more_than_the_dossier_beside_it() {
    let golden = Golden::read();
    let proven = golden.cases().iter().filter(|case| case["expect"]["standing"] == "proven");
    for case in proven {
        let (disclosure, dossier) = (disclosure(case), case["dossier"].as_str().unwrap());
        let standing = |held, with_policy| golden.judged(&disclosure, dossier, held, with_policy).standing;
        assert_eq!(standing(false, true), Standing::Unknown, "{}", case["desc"]);
        assert_eq!(standing(true, false), Standing::UntrustedIssuer, "{}", case["desc"]);
    }
}

#[test]
fn what_is_no_disclosure_is_refused_with_its_place() {
    let golden = Golden::read();
    for case in golden.file["malformed"].as_array().unwrap() {
        let error = Disclosure::parse(case["text"].as_str().unwrap()).expect_err(&case["desc"].to_string());
        let place = case["place"].as_str().unwrap();
        assert!(error.place.starts_with(place), "{}: {error}", case["desc"]);
    }
}

#[test]
fn a_made_disclosure_is_the_golden_one_and_holds_no_secret() {
    let golden = Golden::read();
    let base = &golden.cases()[0]["disclosure"];
    let ledger: LedgerId = base["ledger"].as_str().unwrap().parse().unwrap();
    let voucher: PublicKey = base["voucher"].as_str().unwrap().parse().unwrap();
    let stamp: [u8; 16] = bytes_from_hex(golden.secret("stamp")).unwrap().try_into().unwrap();
    let serial = Disclosure::of_serial(ledger, voucher, golden.secret("serial"), &Stamp::new(stamp));
    assert_eq!(serial, disclosure(&golden.cases()[0]));
    let order = &golden.file["made_with"]["order"];
    let salt = order["salt"].as_str().unwrap();
    let order = Order::from_hex(order["reference"].as_str().unwrap(), salt).unwrap();
    let order = Disclosure::of_order(ledger, voucher, order, None);
    assert_eq!(golden.judged(&order, "sold", true, true).standing, Standing::Proven);
    for made in [&serial, &order] {
        let text = serde_json::to_string(made).unwrap();
        assert_eq!(&Disclosure::parse(&text).unwrap(), made);
        let digits = |hex: &str| hex.trim_start_matches("0x").to_owned();
        for secret in [golden.secret("stamp"), golden.secret("code")] {
            assert!(!text.contains(&digits(secret)), "{text}");
        }
        let shown = format!("{made:?}");
        assert!(!shown.contains(&digits(golden.secret("label_key"))) && !shown.contains(salt), "{shown}");
    }
    assert!(matches!(order.fact, Fact::Order { memo: None, .. }));
}

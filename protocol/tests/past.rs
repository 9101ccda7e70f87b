//! The state at every golden time is the one that the independent implementation expects.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use serde_json::{Value, json};
use vouchsafe_protocol::verify::{
    Bound, Certainty, Finality, HistoryLine, Past, PastError, PastQuestion, Policy, Question,
    TrustedCheckpoint, Verdict, status_at,
};

mod vectors;
use vectors::load;

/// The golden ledger.
struct Golden {
    file: Value,
    policy: Policy,
}

impl Golden {
    fn read() -> Self {
        let file = load("status.json");
        let origin = &file["ledger"];
        let policy = json!({
            "chains": [{ "chain_id": origin["chain_id"], "contract": origin["contract"], "ledgers": [origin["id"]] }],
            "issuers": [{ "key": file["issuer"], "name": "Studio" }],
        });
        Self { policy: Policy::parse(&policy.to_string()).unwrap(), file }
    }

    fn trusted(&self, name: &str) -> TrustedCheckpoint {
        TrustedCheckpoint::parse(&self.file["trusted"][name].to_string()).unwrap()
    }

    /// A dossier with its trusted checkpoint: that of its name, else that of its number.
    fn sight(&self, name: &str) -> (String, TrustedCheckpoint) {
        let number = name.split(',').next().unwrap();
        let source = if self.file["trusted"][name].is_null() { number } else { name };
        (self.file["dossiers"][name].to_string(), self.trusted(source))
    }

    fn past(&self, at: u64, now: u64, dossiers: &[&str], checkpoints: &[&str]) -> Result<Past, PastError> {
        let sights: Vec<_> = dossiers.iter().map(|name| self.sight(name)).collect();
        self.judged(at, now, &sights, checkpoints)
    }

    fn judged(
        &self,
        at: u64,
        now: u64,
        sights: &[(String, TrustedCheckpoint)],
        checkpoints: &[&str],
    ) -> Result<Past, PastError> {
        let questions: Vec<_> =
            sights.iter().map(|(dossier, trusted)| self.question(dossier, Some(trusted))).collect();
        let checkpoints: Vec<_> = checkpoints.iter().map(|name| self.trusted(name)).collect();
        status_at(&PastQuestion { at, dossiers: &questions, checkpoints: &checkpoints, now })
    }

    fn question<'a>(&'a self, dossier: &'a str, trusted: Option<&'a TrustedCheckpoint>) -> Question<'a> {
        Question {
            trusted,
            finality: Finality::Final,
            policy: Some(&self.policy),
            ..Question::of(dossier, 0)
        }
    }
}

fn names(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect()
}

fn indices(lines: &[HistoryLine]) -> Value {
    lines.iter().map(|line| line.index).collect::<Vec<_>>().into()
}

fn number(bound: Option<Bound>) -> Value {
    bound.map(|bound| bound.checkpoint).into()
}

#[test]
fn the_state_at_every_golden_time_is_the_expected_one() {
    let golden = Golden::read();
    let cases = golden.file["cases"].as_array().unwrap();
    assert!(cases.len() > 40);
    for case in cases {
        let (at, now) = (case["at"].as_u64().unwrap(), case["now"].as_u64().unwrap());
        let past = golden.past(at, now, &names(&case["dossiers"]), &names(&case["checkpoints"])).unwrap();
        let expect = case["expect"].as_object().unwrap();
        let found = json!({
            "verdict": past.verdict.name(),
            "certainty": past.certainty,
            "before": number(past.before),
            "after": number(past.after),
            "certain": indices(&past.certain),
            "accepted": indices(&past.accepted),
            "later": indices(&past.later),
            "contradiction": past.contradiction,
        });
        for (name, value) in expect {
            assert_eq!(&found[name], value, "{}: {name} in {found}", case["desc"]);
        }
        assert_eq!(past.exit, past.verdict.exit());
    }
}

#[test]
fn what_does_not_belong_together_is_an_error() {
    let golden = Golden::read();
    let at = 1_790_000_200_000;
    assert_eq!(golden.past(at, at, &[], &[]).unwrap_err(), PastError::Nothing);
    assert_eq!(golden.past(at, at, &["3", "5, of voucher 0"], &[]).unwrap_err(), PastError::Mixed);
    let (mut early, late) = (golden.sight("3"), golden.sight("5"));
    early.1.block_time = Some(late.1.block_time.unwrap() + 1);
    let disordered = golden.judged(at, at, &[early.clone(), late.clone()], &[]).unwrap_err();
    assert_eq!(disordered, PastError::Disordered { earlier: 3, later: 5 });
    early.1.block_time = None;
    assert_eq!(golden.judged(at, at, &[early], &[]).unwrap_err(), PastError::Untimed { number: 3 });
}

#[test]
fn without_a_trusted_checkpoint_nobody_vouches() {
    let golden = Golden::read();
    let mut dossier: Value = serde_json::from_str(&golden.sight("3").0).unwrap();
    let place = json!({ "tx": "0x".to_owned() + &"11".repeat(32), "block_number": 1,
        "block_hash": "0x".to_owned() + &"22".repeat(32), "block_time": 1_790_000_180_000_u64 });
    dossier["checkpoint"]["anchored"] = place;
    let text = dossier.to_string();
    let questions = [golden.question(&text, None)];
    let at = 1_790_000_190_000;
    let past = status_at(&PastQuestion { at, dossiers: &questions, checkpoints: &[], now: at }).unwrap();
    assert_eq!(past.certainty, Certainty::Nobody);
    assert_eq!(past.before.map(|bound| bound.trusted), Some(false));
    // A sale counts against the voucher whoever tells it, as in every verdict.
    assert_eq!(past.verdict, Verdict::Sold);
}

#[test]
fn a_file_that_is_no_dossier_is_refuted_and_told_by_its_step() {
    let golden = Golden::read();
    let (_, trusted) = golden.sight("3");
    let past = golden.judged(0, 0, &[("{}".to_owned(), trusted)], &[]).unwrap();
    assert_eq!(past.verdict, Verdict::Refuted);
    assert_eq!(past.report().unwrap().failed_step().unwrap().code.code(), "format.valid");
}

#[test]
fn a_checkpoint_that_may_vanish_leaves_nothing_genuine() {
    let golden = Golden::read();
    let (dossier, trusted) = golden.sight("2");
    let question = Question { finality: Finality::NotFinal, ..golden.question(&dossier, Some(&trusted)) };
    let at = 1_790_000_125_000;
    let past =
        |question| status_at(&PastQuestion { at, dossiers: &[question], checkpoints: &[], now: at }).unwrap();
    assert_eq!((past(question).verdict, past(question).exit), (Verdict::GenuinePending, 0));
    assert_eq!(past(Question { require_final: true, ..question }).exit, 3);
}

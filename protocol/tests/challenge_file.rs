//! Challenge files: what is written is what is read, and each damaged file says where it is damaged.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use ledgers::{Ledger, View, party};
use serde_json::{Value, json};
use vouchsafe_protocol::checkpoint::{Checkpoint, LedgerOrigin};
use vouchsafe_protocol::fraud::file::{ChallengeFile, Charge};
use vouchsafe_protocol::fraud::{Accusation, Challenge, Fraud, LedgerView as _, Rule, Shown, Withheld};
use vouchsafe_protocol::{Address, Digest};

fn origin() -> LedgerOrigin {
    let (contract, opener) = (Address::new([2; 20]), Address::new([3; 20]));
    LedgerOrigin { chain_id: 31337, contract, opener, salt: Digest::new([4; 32]) }
}

/// Two checkpoints after the one of the view.
fn shown(view: &View) -> Shown {
    let (ledger, checkpoint) = (origin().ledger(), view.checkpoint());
    let next = |before: &Checkpoint| Checkpoint {
        number: before.number + 1,
        previous: before.hash(ledger),
        ..*before
    };
    let newer = vec![next(&checkpoint), next(&next(&checkpoint))];
    Shown { ledger, checkpoint, newer }
}

/// One charge of each kind. What is charged need not be true: the file does not judge.
fn charges() -> Vec<Charge> {
    let mut ledger = Ledger::default();
    ledger.issue(20, party(0), 10);
    ledger.issue(4, party(1), 20);
    let view = ledger.view();
    let (x, y) = (|| view.entry_proof(0), || view.entry_proof(1));
    let head = || view.head_proof(17);
    let record = |leaf| view.record_proof(0, leaf);
    let frauds = vec![
        Fraud::DoubleSpend { x: x(), y: y() },
        Fraud::IllegalStep { x: x(), y: y() },
        Fraud::IllegalAlone { y: y() },
        Fraud::FalseLink { x: x(), y: y() },
        Fraud::ForwardLink { y: y() },
        Fraud::StaleHead { y: y(), head: head() },
        Fraud::UncountedVoucher { y: y(), number: u64::MAX },
        Fraud::ForgedHead { x: x(), head: head() },
        Fraud::HeadPastLog { head: head() },
        Fraud::DoubleIssue { x: record(1), y: record(20) },
        Fraud::OverlappingNumbers { x: x(), y: y() },
        Fraud::ClockBack { x: x(), y: y() },
    ];
    let leaves = vec![
        Withheld::Entry { index: 1 },
        Withheld::Chunk { chunk: 1 },
        Withheld::Record { issue: y(), leaf: 0 },
    ];
    let accused = frauds.into_iter().map(|fraud| Accusation { shown: shown(&view), fraud });
    let asked = leaves.into_iter().map(|leaf| Challenge { shown: shown(&view), leaf });
    accused.map(Charge::Accusation).chain(asked.map(Charge::Challenge)).collect()
}

fn text(charge: Charge) -> String {
    ChallengeFile { origin: origin(), charge }.to_text()
}

#[test]
fn what_is_written_is_what_is_read() {
    let mut kinds = Vec::new();
    for charge in charges() {
        let text = text(charge.clone());
        let read = ChallengeFile::parse(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
        assert_eq!(read, ChallengeFile { origin: origin(), charge });
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["ledger"]["id"], origin().ledger().to_string());
        assert_eq!(value["newer"].as_array().unwrap().len(), 2);
        kinds.push((value["rule"].clone(), value["proof"]["kind"].clone()));
    }
    let rules = Rule::ALL.iter().map(|rule| rule.code());
    for rule in rules {
        assert!(kinds.iter().any(|(written, _)| *written == rule), "no charge of {rule} in {kinds:?}");
    }
}

#[test]
fn number_beyond_all_plain_integers_is_written_in_hex() {
    let uncounted = charges().into_iter().find(|charge| {
        matches!(charge, Charge::Accusation(Accusation { fraud: Fraud::UncountedVoucher { .. }, .. }))
    });
    let value: Value = serde_json::from_str(&text(uncounted.unwrap())).unwrap();
    assert_eq!(value["proof"]["number"], "0xffffffffffffffff");
}

#[test]
fn damaged_file_says_where() {
    let spoil = |text: &str, at: &str, value: Value| {
        let mut file: Value = serde_json::from_str(text).unwrap();
        *file.pointer_mut(at).unwrap() = value;
        ChallengeFile::parse(&file.to_string()).unwrap_err().to_string()
    };
    let all: Vec<String> = charges().into_iter().map(text).collect();
    let of = |kind: &str| all.iter().find(|text| text.contains(&format!("\"kind\": \"{kind}\""))).unwrap();
    for (kind, at, value, error) in [
        ("double_spend", "/format", json!("vouchsafe/dossier@1"), "challenge.format: "),
        ("double_spend", "/rule", json!("F2"), "challenge.rule: a proof of this kind is of F1"),
        ("double_spend", "/ledger/salt", json!(Digest::ZERO), "challenge.ledger.id: "),
        ("double_spend", "/checkpoint/size", json!(-1), "challenge.checkpoint.size: "),
        ("double_spend", "/newer/1/previous", json!("0x00"), "challenge.newer[1].previous: "),
        ("double_spend", "/proof/kind", json!("theft"), "challenge.proof.kind: "),
        ("double_spend", "/proof/x/entry", json!("0x00"), "challenge.proof.x.entry: 98 bytes are due"),
        ("double_spend", "/proof/y", Value::Null, "challenge.proof.y: "),
        ("double_spend", "/proof/y/path/0", json!("0xAB"), "challenge.proof.y.path[0]: "),
        ("stale_head", "/proof/head/chunk", json!("0x00"), "challenge.proof.head.chunk: 128 bytes are due"),
        ("stale_head", "/proof/head/number", json!(1.5), "challenge.proof.head.number: "),
        ("uncounted_voucher", "/proof/number", json!("0x01"), "challenge.proof.number: 8 bytes are due"),
        ("double_issue", "/proof/x/record", json!("0x00"), "challenge.proof.x.record: 64 bytes are due"),
        ("withheld_record", "/proof/leaf", json!("1"), "challenge.proof.leaf: "),
    ] {
        let said = spoil(of(kind), at, value);
        assert!(said.starts_with(error), "{kind} {at}: {said}");
    }
    assert!(ChallengeFile::parse("{").is_err());
    assert!(ChallengeFile::parse("[]").is_err());
    let twice = of("clock_back").replacen("\"format\"", "\"format\": \"\", \"format\"", 1);
    assert!(ChallengeFile::parse(&twice).unwrap_err().to_string().contains("stands twice"));
}

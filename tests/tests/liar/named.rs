//! Lies that no rule proves at once: the audit names each, ends with the exit code of a contradiction, and keeps evidence.
//! Of a false count there is besides a leaf that nobody can show, and that takes the bond in the end.

use crate::withheld::is_never_shown;
use ledgers::published::{Published, ShownBatch, operator};
use protocol::digest::bytes_to_hex;
use protocol::receipt::Receipt;
use serde_json::{Value, json};
use vouchsafe_tests::Anvil;
use vouchsafe_tests::liar::{Liar, named};

/// An evidence file of a contradiction of this code.
fn evidence(liar: &Liar, told: &Published, code: &str, index: u64) -> Value {
    let text = std::fs::read_to_string(liar.kept(&format!("evidence-{code}-{index}.json"))).unwrap();
    let kept: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&kept["format"], &kept["code"]), (&json!("vouchsafe/evidence@1"), &json!(code)));
    assert_eq!((&kept["ledger"]["id"], &kept["source"]), (&json!(liar.ledger()), &json!("data")));
    assert_eq!(kept["checkpoint"], json!(told.newest()), "under what was anchored");
    let step = told.step(index);
    assert_eq!(kept["entry"]["entry"], bytes_to_hex(&step.entry.encode()));
    assert_eq!(kept["entry"]["signatures"], json!(step.signatures));
    kept
}

#[tokio::test]
async fn a_forged_signature_is_named_and_kept() {
    let anvil = Anvil::start().await;
    let mut liar = Liar::open(&anvil).await;
    let mut told = liar.story();
    // Under the sale by the shop: what the issuer signed for something else.
    told.steps[2].signatures[0].signature = told.steps[1].signatures[0].signature;
    liar.anchor(&told).await;
    let report = liar.audited(&[], 30).await;
    assert_eq!(
        named(&report, "contradictions"),
        [("not_signed", None, Some("evidence-not_signed-2.json"))],
        "{report:#}"
    );
    assert_eq!(
        (&report["contradictions"][0]["index"], &report["contradictions"][0]["voucher"]),
        (&json!(2), &json!(3))
    );
    let kept = evidence(&liar, &told, "not_signed", 2);
    assert_eq!(
        kept["prev"]["entry"],
        bytes_to_hex(&told.step(1).entry.encode()),
        "what its signer had to sign over"
    );
}

#[tokio::test]
async fn a_receipt_that_he_does_not_keep_is_named_and_kept() {
    let anvil = Anvil::start().await;
    let mut liar = Liar::open(&anvil).await;
    let told = liar.story();
    liar.anchor(&told).await;
    let (ledger, leaf) = (liar.ledger(), |index| told.step(index).entry.leaf());
    let in_time = u64::MAX >> 11;
    let given = [
        Receipt::sign(&operator(), ledger, 1, leaf(1), in_time),
        Receipt::sign(&operator(), ledger, 2, leaf(1), in_time),
        // Due an hour before any block of this chain.
        Receipt::sign(&operator(), ledger, 5, leaf(5), told.step(0).entry.at),
    ];
    let lines: Vec<String> = given.iter().map(|receipt| json!({ "receipt": receipt }).to_string()).collect();
    let words = liar.folder().join("words");
    std::fs::create_dir(&words).unwrap();
    std::fs::write(words.join("receipts.ndjson"), lines.join("\n")).unwrap();

    let report = liar.audited(&["--receipts", "words"], 30).await;
    assert_eq!(report["receipts"], 3);
    let broken = [
        ("receipt_broken", None, Some("evidence-receipt_broken-2.json")),
        ("promise_broken", None, Some("evidence-promise_broken-5.json")),
    ];
    assert_eq!(named(&report, "contradictions"), broken, "{report:#}");
    for (code, receipt) in [("receipt_broken", &given[1]), ("promise_broken", &given[2])] {
        assert_eq!(evidence(&liar, &told, code, receipt.index)["receipt"], json!(receipt));
    }
}

/// An Issue entry that says ten, over fewer or more records.
async fn counts_ten(records: u64) {
    let anvil = Anvil::start().await;
    let mut liar = Liar::open(&anvil).await;
    let mut told = liar.story();
    let shown = ShownBatch { terms: ShownBatch::of(40..50).terms, ..ShownBatch::of(40..40 + records) };
    told.issue_as(40..50, shown);
    told.anchor();
    liar.anchor(&told).await;
    let report = liar.audited(&[], 30).await;
    let first = named(&report, "contradictions")[0];
    assert_eq!(first, ("record_count", None, Some("evidence-record_count-6.json")), "{report:#}");
    evidence(&liar, &told, "record_count", 6);
    let shown = &told.batches[&6];
    let kept = |what: &str| std::fs::read(liar.kept(&format!("evidence-record_count-6.{what}"))).unwrap();
    assert_eq!(kept("records").len() as u64, records * 64);
    assert_eq!((kept("manifest"), kept("terms")), (shown.manifest.clone().into_bytes(), shown.terms.clone()));

    let [("record_withheld", Some("F8"), Some(file))] = named(&report, "unchecked")[..] else {
        panic!("{report:#}")
    };
    is_never_shown(&anvil, &liar, &liar.kept(file)).await;
}

#[tokio::test]
async fn a_batch_of_fewer_records_than_it_counts_is_named_and_kept() {
    counts_ten(9).await;
}

#[tokio::test]
async fn a_batch_of_more_records_than_it_counts_is_named_and_kept() {
    counts_ten(11).await;
}

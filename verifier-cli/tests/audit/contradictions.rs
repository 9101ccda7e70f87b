//! Each lie is found, named, and shown in a file; an honest ledger is clean.

use crate::made::{NOW, opened, origin, story, trusted};
use crate::run::Folder;
use ledgers::published::{ShownBatch, pair, voucher, word};
use protocol::digest::bytes_to_hex;
use protocol::dossier::Memo;
use protocol::fraud::Withheld;
use protocol::fraud::file::Charge;
use protocol::lifecycle::Kind;
use protocol::receipt::{Absence, Receipt};
use serde_json::{Value, json};

/// The contradictions by their codes, the first as the report lists it.
fn found(report: &Value) -> (Vec<&str>, &Value) {
    let list = report["contradictions"].as_array().unwrap();
    assert_eq!(report["contradictions_total"], list.len());
    (list.iter().map(|found| found["code"].as_str().unwrap()).collect(), &list[0])
}

#[test]
fn honest_ledger_is_clean_and_is_not_gone_over_twice() {
    let made = story();
    let folder = Folder::of(&made);
    let report = folder.audit(0);
    assert_eq!(report["result"], "clean");
    assert_eq!((&report["entries"], &report["vouchers"]), (&json!(6), &json!(40)));
    assert_eq!((&report["signatures"], &report["checkpoints"]), (&json!(7), &json!(5)));
    assert_eq!(report["checkpoint_hash"], json!(made.newest().hash(origin().ledger())));
    // The entries are not asked for again.
    folder.remove("data/tile/entries");
    assert_eq!(folder.audit(0)["signatures"], 7);
    let told = folder.run("audit --from data --trusted-checkpoint trusted.json --out audit --lang zh");
    assert!(told.out.contains("没有问题") && told.err.contains("接着上次的审计"), "{}{}", told.out, told.err);
}

#[test]
fn ledger_that_grew_is_gone_on_with() {
    let mut made = story();
    let folder = Folder::of(&made);
    folder.audit(0);
    made.claim(30, 0);
    made.take(Kind::Redeem, 4, 3..4, 2, &pair("buyer", 0), None, &[pair("issuer", 0)]);
    made.anchor();
    folder.remove("data");
    made.write(&folder.path("data"));
    std::fs::write(folder.path("trusted.json"), trusted(&made)).unwrap();
    let report = folder.audit(30);
    let (codes, first) = found(&report);
    assert_eq!(codes, ["double_spend"], "{report:#}");
    assert_eq!((&first["index"], &first["rule"]), (&json!(7), &json!("F1")));
    folder.challenge(&made, first);
    let told = folder.run("audit --from data --trusted-checkpoint trusted.json --out audit");
    assert_eq!(told.exit, Some(30));
    assert!(
        told.out.contains("1 contradictions") && told.out.contains("vouchsafe challenge"),
        "{}",
        told.out
    );
}

#[test]
fn structural_lies_are_proven_by_files_that_a_judge_takes() {
    let issuer = || pair("issuer", 0);
    let mut spent = story();
    spent.take(Kind::Transfer, 1, 3..4, 5, &pair("shop", 1), None, &[pair("buyer", 0)]);
    let mut wide = story();
    wide.take(Kind::Transfer, 1, 19..25, 1, &pair("shop", 1), None, &[pair("shop", 0)]);
    let mut alone = story();
    alone.take(Kind::Use, 1, 22..24, 0, &issuer(), None, &[issuer()]);
    let mut back = story();
    let entry = back.take(Kind::Transfer, 1, 30..31, 0, &pair("shop", 1), None, &[issuer()]);
    back.steps[usize::try_from(entry).unwrap()].entry.at = 5;
    for (mut made, code, rule) in [
        (spent, "illegal_step", "F2"),
        (wide, "false_link", "F3"),
        (alone, "illegal_alone", "F2a"),
        (back, "clock_back", "F9"),
    ] {
        made.anchor();
        let folder = Folder::of(&made);
        let report = folder.audit(30);
        let list = report["contradictions"].as_array().unwrap();
        let named = list.iter().find(|found| found["code"] == code);
        let named = named.unwrap_or_else(|| panic!("no {code} in {report:#}"));
        assert_eq!((&named["rule"], &named["index"]), (&json!(rule), &json!(6)));
        folder.challenge(&made, named);
    }
}

#[test]
fn hidden_redemption_is_proven_under_its_checkpoint_long_after() {
    let mut made = story();
    let (hiding, heads) = made.checkpoints.pop().unwrap();
    assert_eq!(heads[3], word(4, 5));
    made.heads[3] = word(2, 2);
    made.anchor();
    made.heads[3] = word(4, 5);
    for _ in 0..70 {
        made.anchor();
    }
    let folder = Folder::of(&made);
    let report = folder.audit(30);
    let (codes, first) = found(&report);
    assert_eq!(codes, ["stale_head"]);
    assert_eq!((&first["checkpoint"], &first["voucher"]), (&json!(hiding.number), &json!(3)));
    let file = folder.challenge(&made, first);
    assert_eq!(file.charge.shown().checkpoint.number, hiding.number);
    assert_eq!(file.charge.shown().anchored_number(), made.newest().number - 32);
}

#[test]
fn forged_head_and_padding_are_found() {
    let mut made = story();
    made.heads[39] = word(4, 3);
    made.anchor();
    let folder = Folder::of(&made);
    let report = folder.audit(30);
    let (codes, first) = found(&report);
    assert_eq!(codes, ["forged_head"]);
    folder.challenge(&made, first);

    let mut padded = story();
    padded.heads.resize(41, word(1, 0));
    padded.anchor_counting(40);
    let folder = Folder::of(&padded);
    let report = folder.audit(30);
    assert_eq!(found(&report).0, ["padding_not_zero"]);
    let file = folder.challenge(&padded, &report["unchecked"][0]);
    let Charge::Challenge(challenge) = file.charge else { panic!("{report:#}") };
    assert_eq!(challenge.leaf, Withheld::Chunk { chunk: 2 });
}

#[test]
fn what_no_rule_hears_of_is_named_with_its_evidence() {
    let mut forged = story();
    forged.steps[2].signatures[0].signature = forged.steps[1].signatures[0].signature;
    let mut unsigned = story();
    unsigned.steps[2].signatures.clear();
    let mut memo = story();
    memo.steps[1].memo = Memo::Text("{\"price\":\"1.00\"}".to_owned());
    let mut late = story();
    late.take(
        Kind::Transfer,
        1,
        30..31,
        0,
        &pair("shop", 1),
        Some("{\"not_after\":5}"),
        &[pair("issuer", 0)],
    );
    late.anchor();
    let mut used = story();
    used.take(Kind::Use, 1, 21..22, 4, &pair("issuer", 0), None, &[pair("issuer", 0)]);
    used.anchor();
    let mut future = story();
    future.take(Kind::Transfer, 1, 30..31, 0, &pair("shop", 1), None, &[pair("issuer", 0)]);
    future.steps[6].entry.at = NOW + 700_000;
    future.anchor();
    for (made, code, index) in [
        (forged, "not_signed", 2),
        (unsigned, "not_signed", 2),
        (memo, "memo_differs", 1),
        (late, "past_not_after", 6),
        (used, "no_use_left", 6),
        (future, "from_the_future", 6),
    ] {
        let folder = Folder::of(&made);
        let report = folder.audit(30);
        let (codes, first) = found(&report);
        assert_eq!(codes, [code], "{report:#}");
        assert_eq!((&first["index"], &first["rule"]), (&json!(index), &Value::Null));
        let evidence: Value =
            serde_json::from_str(&folder.read(&format!("audit/{}", first["file"].as_str().unwrap())))
                .unwrap();
        assert_eq!((&evidence["format"], &evidence["code"]), (&json!("vouchsafe/evidence@1"), &json!(code)));
        let step = &made.steps[usize::try_from(index).unwrap()];
        assert_eq!(evidence["entry"]["entry"], bytes_to_hex(&step.entry.encode()));
        assert_eq!(evidence["entry"]["signatures"], json!(step.signatures));
        assert_eq!(evidence["prev"]["index"], step.entry.prev);
    }
}

#[test]
fn batch_of_another_count_is_kept_as_evidence() {
    for records in [9, 11] {
        let mut made = opened();
        let shown = story().batches[&0].clone();
        let shown = ShownBatch { records: shown.records[..records].to_vec(), ..shown };
        made.issue_as(0..10, shown);
        made.anchor();
        let folder = Folder::of(&made);
        let report = folder.audit(30);
        let (codes, _) = found(&report);
        assert!(codes.contains(&"record_count") && codes.contains(&"other_count"), "{report:#}");
        let kept = std::fs::read(folder.path("audit/evidence-record_count-0.records")).unwrap();
        assert_eq!(kept.len(), records * 64);
        let file = folder.challenge(&made, &report["unchecked"][0]);
        assert!(matches!(file.charge, Charge::Challenge(_)), "a leaf that nobody can show: {report:#}");
    }
}

#[test]
fn one_voucher_at_two_numbers_is_proven() {
    let mut made = story();
    let mut shown = made.batches[&0].clone();
    shown.records.reverse();
    made.issue_as(40..80, shown);
    made.anchor();
    let folder = Folder::of(&made);
    let report = folder.audit(30);
    let (codes, first) = found(&report);
    assert_eq!(codes, ["double_issue"], "{report:#}");
    folder.challenge(&made, first);
}

#[test]
fn broken_words_of_the_operator_are_found() {
    let made = story();
    let folder = Folder::of(&made);
    let (operator, ledger) = (pair("operator", 0), origin().ledger());
    let leaf = |index: usize| made.steps[index].entry.leaf();
    let kept = Receipt::sign(&operator, ledger, 1, leaf(1), NOW + 60_000);
    let broken = Receipt::sign(&operator, ledger, 2, leaf(1), NOW + 60_000);
    let late = Receipt::sign(&operator, ledger, 5, leaf(5), NOW - 600_000);
    let foreign = Receipt::sign(&pair("stranger", 0), ledger, 3, leaf(1), NOW);
    let lines: Vec<String> = [kept, broken, late, foreign]
        .iter()
        .map(|receipt| json!({ "receipt": receipt }).to_string())
        .collect();
    std::fs::create_dir(folder.path("words")).unwrap();
    std::fs::write(folder.path("words/receipts.ndjson"), lines.join("\n") + "\n{\"cut").unwrap();
    let absent = |number| Absence::sign(&operator, ledger, voucher(number), made.newest().hash(ledger), NOW);
    for (name, number) in [("lied", 7), ("true", 99)] {
        let report = json!({ "verdict": "not_found", "absence": absent(number) });
        std::fs::write(folder.path(&format!("words/{name}.json")), report.to_string()).unwrap();
    }
    let report = folder.audit_with("--receipts words", 30);
    let (codes, _) = found(&report);
    assert_eq!(codes, ["absence_broken", "receipt_broken", "promise_broken"], "{report:#}");
    assert_eq!(report["receipts"], 5);
    assert_eq!((&report["passed_over_total"], &report["passed_over"]), (&json!(0), &json!([])));
    let evidence: Value = serde_json::from_str(&folder.read("audit/evidence-receipt_broken-2.json")).unwrap();
    assert_eq!(evidence["receipt"], json!(broken));
    assert_eq!(evidence["entry"]["entry"], bytes_to_hex(&made.steps[2].entry.encode()));
}

#[test]
fn files_that_hold_no_word_of_the_operator_are_counted_and_named() {
    let made = story();
    let folder = Folder::of(&made);
    std::fs::create_dir(folder.path("words")).unwrap();
    folder.audit_with("--receipts words", 0);
    let kept =
        Receipt::sign(&pair("operator", 0), origin().ledger(), 1, made.steps[1].entry.leaf(), NOW + 60_000);
    std::fs::write(folder.path("words/one.json"), json!({ "receipt": kept }).to_string()).unwrap();
    for number in 10..22 {
        std::fs::write(folder.path(&format!("words/photo-{number}.jpg")), "no receipt").unwrap();
    }
    let report = folder.audit_with("--receipts words", 0);
    assert_eq!((&report["receipts"], &report["passed_over_total"]), (&json!(1), &json!(12)));
    let named = report["passed_over"].as_array().unwrap();
    assert_eq!((named.len(), &named[0]), (10, &json!("photo-10.jpg")), "{report:#}");
    let typed = "audit --from data --trusted-checkpoint trusted.json --out audit --receipts words";
    let told = folder.run(typed).out;
    assert!(told.contains("12 (photo-10.jpg") && told.contains("photo-19.jpg, …"), "{told}");
    let told = folder.run(&format!("{typed} --lang zh")).out;
    assert!(told.contains("12 个（photo-10.jpg"), "{told}");
}

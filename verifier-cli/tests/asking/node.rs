//! Asking a node: what is sent to it, and what its answers are worth.

use crate::made::{BUYER, CODE, Made, OPERATOR, SERIAL, pair};
use crate::run::{Folder, NOW};
use crate::server::{Answer, nowhere, serve};
use protocol::LedgerId;
use protocol::receipt::Absence;
use protocol::verify::TrustedCheckpoint;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

type Requests = Arc<Mutex<Vec<String>>>;

/// A node that has one answer, and what it was asked.
fn node(answer: Answer) -> (String, Requests) {
    let requests = Requests::default();
    let kept = Arc::clone(&requests);
    let address = serve(move |method, path, body| {
        kept.lock().unwrap().push(format!("{method} {path} {}", String::from_utf8_lossy(body)));
        answer.clone()
    });
    (address, requests)
}

fn dossier_of(made: &Made) -> Answer {
    (200, serde_json::to_vec(&made.dossier()).unwrap())
}

fn problem(status: u16, name: &str, mut members: Value) -> Answer {
    members["type"] = json!(format!("urn:vouchsafe:problem:{name}"));
    members["title"] = json!("a title");
    members["status"] = json!(status);
    (status, members.to_string().into_bytes())
}

fn absence_of(made: &Made, operator: u8, voucher: u8) -> Answer {
    let ledger = made.origin.ledger();
    let checkpoint = made.trusted();
    let hash = checkpoint.checkpoint.hash(ledger);
    let absence = Absence::sign(&pair(operator), ledger, pair(voucher).public(), hash, NOW - 1000);
    problem(404, "no-such-voucher", json!({ "absence": absence, "checkpoint": checkpoint }))
}

const HELD: &str = "--trusted-checkpoint trusted.json --policy policy.json";

#[test]
fn a_delivered_line_is_judged_and_nothing_of_it_but_the_key_leaves_the_machine() {
    let made = Made::on_paper("");
    let (address, requests) = node(dossier_of(&made));
    let line = Made::line(&address);
    let folder = made.folder().with("line.txt", format!("\u{feff}\n  {line}\r\n \n"));
    for ran in [
        folder.run_with(&format!("verify {HELD} --json"), &line),
        folder.run_with(&format!("verify - {HELD} --json"), &format!("\n{line}\n")),
        folder.run(&format!("verify --line-file line.txt {HELD} --json")),
        folder.run(&format!("verify line.txt {HELD} --json")),
    ] {
        let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
        assert_eq!(report["verdict"], "genuine_unclaimed", "{report:#}");
        let opens = report["steps"].as_array().unwrap().iter().find(|step| step["code"] == "code.opens");
        assert_eq!(opens.unwrap()["result"], "passed");
        assert_eq!(report["node"], address);
        assert!(!ran.out.contains(CODE) && !ran.out.contains(SERIAL) && !ran.err.contains(CODE), "{ran:?}");
    }
    let requests = requests.lock().unwrap().join("\n");
    assert_eq!(requests.lines().count(), 4);
    assert!(requests.contains(&format!("GET /v1/vouchers/{}/dossier ", Made::name())), "{requests}");
    assert!(!requests.contains(CODE) && !requests.contains(SERIAL) && !requests.contains('#'), "{requests}");
}

#[test]
fn a_line_with_a_wrong_code_is_a_mismatch() {
    let made = Made::on_paper("");
    let (address, _) = node(dossier_of(&made));
    let line = Made::line(&address).replace(CODE, "3962520037848960");
    let folder = made.folder();
    assert_eq!(folder.run_with(&format!("verify {HELD}"), &line).exit, 20);
    let folder = folder.with("line.txt", &line);
    assert_eq!(folder.run(&format!("verify dossier.json --line-file line.txt {HELD}")).exit, 20);
}

#[test]
fn of_several_lines_none_is_judged() {
    let made = Made::on_paper("");
    let (address, requests) = node(dossier_of(&made));
    let line = Made::line(&address);
    let three = format!("{line}\n\n{line}\r\nnext line\n");
    let folder = made.folder().with("lines.txt", &three);
    for ran in [
        folder.run(&format!("verify lines.txt {HELD}")),
        folder.run(&format!("verify --line-file lines.txt {HELD}")),
        folder.run(&format!("verify dossier.json --line-file lines.txt {HELD}")),
        folder.run_with(&format!("verify {HELD}"), &three),
        folder.run_with(&format!("verify - {HELD}"), &three),
        folder.run_with("disclose serial dossier.json", &three),
    ] {
        assert_eq!((ran.exit, ran.out.as_str()), (2, ""), "{ran:?}");
        assert!(ran.err.contains("3 lines") && ran.err.contains("by itself"), "{ran:?}");
        assert!(!ran.err.contains(CODE) && !ran.err.contains(SERIAL), "{ran:?}");
    }
    assert!(requests.lock().unwrap().is_empty());
}

#[test]
fn a_line_whose_link_was_cut_before_the_hash_is_no_mismatch() {
    let made = Made::on_paper("");
    let (address, _) = node(dossier_of(&made));
    let whole = Made::line(&address);
    let cut = whole.split('#').next().unwrap();
    let wrong_code = cut.replace(CODE, "3962520037848960");
    let folder = made.folder().with("nobody.json", r#"{"chains": [], "issuers": []}"#);
    for line in [cut, &format!("{cut}#"), &wrong_code] {
        let folder = made.folder().with("line.txt", line);
        for ran in [
            folder.run_with(&format!("verify {HELD} --json"), line),
            folder.run(&format!("verify --line-file line.txt {HELD}")),
            folder.run(&format!("verify dossier.json --line-file line.txt {HELD}")),
            folder.run("verify dossier.json --line-file line.txt --trusted-checkpoint trusted.json"),
            folder.run("disclose serial dossier.json --lines line.txt"),
        ] {
            assert_eq!((ran.exit, ran.out.as_str()), (2, ""), "{ran:?}");
            assert!(ran.err.contains("the link is cut off: the part after # is missing"), "{ran:?}");
            assert!(ran.err.contains("Ask for the whole line") && !ran.err.contains(SERIAL), "{ran:?}");
        }
    }
    let ran = folder.run_with("verify --policy nobody.json --trusted-checkpoint trusted.json", cut);
    assert_eq!(ran.exit, 2, "whoever is trusted: {ran:?}");
    let mut trusted = made.trusted();
    trusted.checkpoint.head_root = protocol::Digest::new([6; 32]);
    let refuted = made.folder().with_json("trusted.json", &trusted);
    let ran = refuted.run_with(&format!("verify {HELD}"), cut);
    assert_eq!(ran.exit, 30, "what is wrong before the code comes first: {ran:?}");
}

#[test]
fn a_voucher_is_named_by_key_or_link_and_the_node_by_option_link_or_environment() {
    let made = Made::on_paper("");
    let (address, _) = node(dossier_of(&made));
    let (key, name) = (Made::key(), Made::name());
    let folder = made.folder();
    for line in [
        format!("verify {key} --node {address} {HELD}"),
        format!("verify {name} --node {address}/ {HELD}"),
        format!("verify {address}/v/{name} {HELD}"),
        format!("verify {}/v/{name} --node {address} {HELD}", nowhere()),
    ] {
        assert_eq!(folder.run(&line).exit, 0, "{line}");
    }
    let none = folder.run(&format!("verify {key} {HELD}"));
    assert_eq!(none.exit, 2);
    assert!(none.err.contains("VOUCHSAFE_NODE"), "{none:?}");
    let folder = folder.set("VOUCHSAFE_NODE", &address);
    assert_eq!(folder.run(&format!("verify {key} {HELD}")).exit, 0);
}

#[test]
fn a_node_out_of_reach_is_unknown() {
    let made = Made::on_paper("");
    let report = made.folder().report(&format!("verify {} --node {} {HELD}", Made::key(), nowhere()));
    assert_eq!((&report["verdict"], &report["exit"]), (&json!("unknown"), &json!(3)));
    assert_eq!(report["problem"]["code"], "error-node-out-of-reach");
}

#[test]
fn a_dossier_that_the_node_refuses_is_no_answer() {
    let made = Made::on_paper("");
    let (address, _) =
        node(problem(404, "not-found", json!({ "detail": "there is no anchored checkpoint 99" })));
    let ran =
        made.folder().run(&format!("dossier {} --node {address} --checkpoint 99 --out d.json", Made::key()));
    assert_eq!(ran.exit, 3, "{ran:?}");
    assert!(ran.err.contains("there is no anchored checkpoint 99"), "{ran:?}");
}

#[test]
fn answers_that_are_none_are_unknown() {
    for (answer, code) in [
        ((0, Vec::new()), "error-node-out-of-reach"),
        ((200, b"\xff".to_vec()), "error-node-unreadable"),
        ((200, b"<html>".to_vec()), "error-node-unreadable"),
        ((404, b"<html>".to_vec()), "error-node-unreadable"),
        (problem(503, "overloaded", json!({})), "error-node-busy"),
        (problem(400, "malformed", json!({})), "error-node-refuses"),
        (problem(503, "not-anchored", json!({})), "not-anchored"),
        ((200, b"{}".to_vec()), "error-not-a-dossier"),
        (dossier_of(&Made::on_paper(r#","redeem_by":"soon""#)), "error-not-a-dossier"),
    ] {
        let made = Made::on_paper("");
        let (address, _) = node(answer);
        let report = made.folder().report(&format!("verify {} --node {address} {HELD}", Made::key()));
        assert_eq!((&report["verdict"], &report["problem"]["code"]), (&json!("unknown"), &json!(code)));
    }
}

#[test]
fn a_dossier_of_another_voucher_is_no_answer() {
    let made = Made::on_paper("");
    let (address, _) = node(dossier_of(&made));
    let other = pair(BUYER).public();
    let report = made.folder().report(&format!("verify {other} --node {address} {HELD}"));
    assert_eq!((&report["verdict"], &report["exit"]), (&json!("unknown"), &json!(3)));
    assert_eq!(report["problem"]["code"], "error-not-a-dossier");
}

#[test]
fn a_trusted_checkpoint_of_another_ledger_says_nothing() {
    let made = Made::on_paper("");
    let folder = made.folder();
    let trusted = TrustedCheckpoint { ledger: LedgerId::new([6; 32]), ..made.trusted() };
    let folder = folder.with_json("trusted.json", &trusted);
    let report = folder.report(&format!("verify dossier.json {HELD}"));
    assert_eq!((&report["verdict"], &report["exit"]), (&json!("unknown"), &json!(3)), "{report:#}");
    assert_eq!(report["problem"]["code"], "checkpoint-other-ledger", "{report:#}");
}

#[test]
fn an_old_absence_is_no_not_found() {
    let made = Made::on_paper("");
    let asked = pair(BUYER).public();
    let superseded = TrustedCheckpoint { superseded_at: Some(NOW - 700_000), ..made.trusted() };
    let old = TrustedCheckpoint { block_time: Some(NOW - 90_000_000), ..made.trusted() };
    for trusted in [superseded, old] {
        let folder = made.folder().with_json("trusted.json", &trusted);
        let (address, _) = node(absence_of(&made, OPERATOR, BUYER));
        let line = format!("verify {asked} --node {address} {HELD}");
        let report = folder.report(&line);
        assert_eq!((&report["verdict"], &report["exit"]), (&json!("unknown"), &json!(3)), "{report:#}");
        assert_eq!(report["problem"]["code"], "absence-unproven");
        let as_of = folder.report(&format!("{line} --as-of"));
        assert_eq!(as_of["verdict"], "not_found", "that is what was said then");
    }
}

#[test]
fn not_found_counts_with_the_operators_signature_alone() {
    let made = Made::on_paper("");
    let asked = pair(BUYER).public();
    let run = |folder: &Folder, answer: Answer, more: &str| {
        let (address, _) = node(answer);
        folder.report(&format!("verify {asked} --node {address} {more}"))
    };
    let folder = made.folder();
    let proven = run(&folder, absence_of(&made, OPERATOR, BUYER), HELD);
    assert_eq!((&proven["verdict"], &proven["exit"]), (&json!("not_found"), &json!(21)));
    assert_eq!(proven["as_of"], made.trusted().block_time.unwrap());
    assert_eq!(proven["absence"]["voucher"], json!(asked));

    for (answer, more, code) in [
        (absence_of(&made, OPERATOR, BUYER), "", "absence-nothing-to-hold-against"),
        (problem(404, "no-such-voucher", json!({})), HELD, "absence-not-signed"),
        (absence_of(&made, BUYER, BUYER), HELD, "absence-unproven"),
        (absence_of(&made, OPERATOR, OPERATOR), HELD, "absence-unproven"),
        (
            absence_of(&made, OPERATOR, BUYER),
            "--trusted-checkpoint trusted.json --policy other.json",
            "absence-unproven",
        ),
    ] {
        let folder = made.folder().with("other.json", r#"{"chains": [], "issuers": []}"#);
        let report = run(&folder, answer, more);
        assert_eq!((&report["verdict"], &report["problem"]["code"]), (&json!("unknown"), &json!(code)));
        assert_eq!(report["exit"], 3);
    }
}

#[test]
fn a_node_that_was_asked_too_often_is_asked_again_after_the_time_that_it_names() {
    let made = Made::on_paper("");
    let asked = Arc::new(Mutex::new(0));
    let count = Arc::clone(&asked);
    let dossier = dossier_of(&made);
    let limited =
        problem(429, "rate-limited", json!({ "detail": "come back in 1 s", "limit": "reads_per_address" }));
    let address = serve(move |_, _, _| {
        let mut asked = count.lock().unwrap();
        *asked += 1;
        if *asked == 1 { limited.clone() } else { dossier.clone() }
    });
    let ran = made.folder().run_with(&format!("verify - {HELD} --json"), &Made::line(&address));
    let report: Value = serde_json::from_str(&ran.out).unwrap_or_else(|_| panic!("{ran:?}"));
    assert_eq!(report["verdict"], "genuine_unclaimed", "{report:#}");
    assert_eq!(*asked.lock().unwrap(), 2);
    assert!(ran.err.contains("waiting 1 s"), "{ran:?}");
}

#[test]
fn what_vouch_prints_is_a_policy_that_verify_takes() {
    let made = Made::on_paper("");
    let (id, origin) = (made.origin.ledger(), made.origin);
    let view = json!({
        "ledger": { "id": id, "chain_id": origin.chain_id, "contract": origin.contract, "opener": origin.opener,
            "salt": origin.salt },
        "operator_key": pair(OPERATOR).public(), "size": 1, "vouchers": 1, "site": "https://node.example",
        "development_chain": true, "anchor_interval_s": 60, "checkpoint": null, "now": NOW,
    });
    let (address, _) = node((200, view.to_string().into_bytes()));
    let issuer = made.dossier().history[0].step.entry.party.to_string();
    let folder = made.folder();
    let ran = folder.run(&format!("vouch --key {issuer} --name Studio --node {address}"));
    assert_eq!(ran.exit, 0, "{ran:?}");
    assert!(ran.err.contains("/.well-known/vouchsafe.json"), "{ran:?}");
    let folder = folder.with("published.json", &ran.out);
    let judged = folder
        .run_with("verify dossier.json --trusted-checkpoint trusted.json --policy published.json --json", "");
    let report: Value = serde_json::from_str(&judged.out).unwrap_or_else(|_| panic!("{judged:?}"));
    assert_eq!(
        (&report["verdict"], &report["voucher"]["issuer_name"]),
        (&json!("genuine_unclaimed"), &json!("Studio"))
    );
    assert_eq!(report.get("domain"), None, "nobody was asked");
    let wrong = folder.run(&format!("vouch --key me --name Studio --node {address}"));
    assert_eq!(wrong.exit, 2, "{wrong:?}");
}

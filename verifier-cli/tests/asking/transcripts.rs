//! Golden transcripts: what the command says, word for word, in both languages. `UPDATE_TRANSCRIPTS=1` writes them anew.

use crate::made::{BUYER, Made, OPERATOR, pair};
use crate::run::{Folder, NOW};
use crate::server::serve;
use crate::vectors;
use serde_json::json;
use std::path::{Path, PathBuf};

const HELD: &str = "verify dossier.json --trusted-checkpoint trusted.json --policy policy.json";

fn file(language: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/asking/transcripts/{language}/{name}.txt"))
}

/// Runs in both languages and compares with the stored transcripts. `hidden` stands in for what differs each time.
fn check_with(name: &str, folder: &Folder, line: &str, hidden: &[(&str, &str)]) {
    for language in ["en", "zh"] {
        let ran = folder.run(&format!("{line} --lang {language}"));
        let text = format!("$ vouchsafe {line}\n{}{}[exit {}]\n", ran.out, ran.err, ran.exit);
        let text = hidden.iter().fold(text, |text, (real, shown)| text.replace(real, shown));
        let path = file(language, name);
        if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &text).unwrap();
        }
        let stored = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(text, stored, "{}: if this is meant, run with UPDATE_TRANSCRIPTS=1", path.display());
    }
}

pub fn check(name: &str, folder: &Folder, line: &str) {
    check_with(name, folder, line, &[]);
}

#[test]
fn verdicts_on_golden_dossiers() {
    let owner = vectors::owner("ok-claimed-and-given-away");
    let stranger = format!("0x{}", "07".repeat(32));
    for (name, vector, more) in [
        ("genuine", "ok-claimed-and-given-away", format!(" --my-key {owner}")),
        ("genuine-unclaimed", "ok-untouched", " --opening opening.json".to_owned()),
        ("spent", "ok-redeemed", String::new()),
        ("spent-by-uses", "ok-multi-use-spent", String::new()),
        ("voided", "ok-voided-from-hold", String::new()),
        ("sold", "ok-claimed-and-given-away", String::new()),
        ("sold-before-and-pending", "ok-returned-then-claim-pending", String::new()),
        ("resale-suspected", "ok-claimed-and-given-away", format!(" --my-key {stranger}")),
        ("mismatch", "bad-wrong-code", " --opening opening.json".to_owned()),
        ("stale", "ok-stale-checkpoint", String::new()),
        ("refuted-head", "bad-padding", String::new()),
        ("refuted-signature", "bad-signature-dropped", String::new()),
        ("refuted-step", "bad-log-resold-after-redeem", String::new()),
        ("refuted-checkpoint", "bad-other-root", String::new()),
    ] {
        check(name, &vectors::folder(vector), &format!("{HELD}{more}"));
    }
    let format = vectors::folder("bad-format");
    check("refuted-format", &format, "verify dossier.json --trusted-checkpoint trusted.json");
    let untouched = vectors::folder("ok-untouched");
    check("unknown", &untouched, "verify dossier.json --policy policy.json");
    check("untrusted-issuer", &untouched, "verify dossier.json --trusted-checkpoint trusted.json");
}

#[test]
fn verdicts_on_made_dossiers() {
    let sold = || Made::on_paper("").transferred().sold(None, "A-1");
    check("on-hold", &Made::on_paper("").transferred().held().folder(), HELD);
    check("expired", &Made::on_paper(r#","redeem_by":"2026-01-01T00:00:00Z""#).folder(), HELD);
    check("second-sale-refused", &sold().with_incident("A-2").folder(), HELD);
}

#[test]
fn histories() {
    let line = "history dossier.json --trusted-checkpoint trusted.json --policy policy.json";
    check("history", &vectors::folder("ok-redeemed"), line);
    check("history-pending", &vectors::folder("ok-returned-then-claim-pending"), "history dossier.json");
    let resold = Made::on_paper("").transferred().sold(None, "A-1").with_incident("A-2");
    check("history-second-sale", &resold.folder(), line);
    check("history-refuted", &vectors::folder("bad-signature-dropped"), line);
}

#[test]
fn a_voucher_that_is_not_there() {
    let made = Made::on_paper("");
    let (ledger, asked) = (made.origin.ledger(), pair(BUYER).public());
    let hash = made.checkpoint().hash(ledger);
    let absence = protocol::receipt::Absence::sign(&pair(OPERATOR), ledger, asked, hash, NOW);
    let problem = json!({ "type": "urn:vouchsafe:problem:no-such-voucher", "title": "none", "status": 404,
        "absence": absence, "checkpoint": made.trusted() });
    let node = serve(move |_, _, _| (404, problem.to_string().into_bytes()));
    let hidden = [(node.as_str(), "http://127.0.0.1:8080")];
    let line = format!("verify {asked} --node {node}");
    check_with("not-found", &made.folder(), &format!("{line} --trusted-checkpoint trusted.json"), &hidden);
    check_with("not-found-unproven", &made.folder(), &line, &hidden);
}

#[test]
fn a_node_out_of_reach() {
    let made = Made::on_paper("");
    let node = crate::server::nowhere();
    let hidden = [(node.as_str(), "http://127.0.0.1:8080")];
    check_with(
        "node-out-of-reach",
        &made.folder(),
        &format!("verify {} --node {node}", Made::key()),
        &hidden,
    );
}

#[test]
fn refusals() {
    let folder = Folder::new();
    check_with(
        "secret-argument",
        &folder,
        "verify 2849279424136244----3962520037848969",
        &[("2849279424136244----3962520037848969", "SERIAL----CODE")],
    );
    check("no-such-file", &folder, "verify missing.json");
    check("help", &folder, "verify --help");
}

//! Every verdict of docs/protocol.md section 11, with its exit code.

use crate::made::{BUYER, Made, SALT, pair};
use crate::run::{Folder, NOW};
use crate::vectors;
use protocol::verify::Verdict;
use serde_json::Value;

const HELD: &str = "verify dossier.json --trusted-checkpoint trusted.json --policy policy.json";

fn expect(folder: &Folder, line: &str, verdict: Verdict) -> Value {
    let report = folder.report(line);
    assert_eq!(report["verdict"], verdict.name(), "{line}: {report:#}");
    assert_eq!(report["exit"], verdict.exit(), "{line}");
    report
}

fn hex_salt() -> String {
    protocol::digest::bytes_to_hex(&SALT).split_off(2)
}

#[test]
fn golden_dossiers_lead_to_the_verdicts_of_their_state() {
    let owner = vectors::owner("ok-claimed-and-given-away");
    let stranger = format!("0x{}", "07".repeat(32));
    for (name, more, verdict) in [
        ("ok-untouched", "", Verdict::GenuineUnclaimed),
        ("ok-untouched", " --opening opening.json", Verdict::GenuineUnclaimed),
        ("ok-redeemed", "", Verdict::Spent),
        ("ok-voided", "", Verdict::Voided),
        ("ok-claimed-held-released-returned", "", Verdict::SoldBefore),
        ("ok-claimed-and-given-away", "", Verdict::Sold),
        ("ok-claimed-and-given-away", &format!(" --my-key {owner}"), Verdict::Genuine),
        ("ok-claimed-and-given-away", &format!(" --my-key {stranger}"), Verdict::ResaleSuspected),
        ("ok-stale-checkpoint", "", Verdict::Unknown),
        ("bad-wrong-code", " --opening opening.json", Verdict::Mismatch),
        ("bad-padding", "", Verdict::Refuted),
        ("bad-signature", "", Verdict::Refuted),
    ] {
        expect(&vectors::folder(name), &format!("{HELD}{more}"), verdict);
    }
}

#[test]
fn without_a_trusted_checkpoint_nothing_is_believed() {
    let folder = vectors::folder("ok-untouched");
    let report = expect(&folder, "verify dossier.json --policy policy.json", Verdict::Unknown);
    assert_eq!(report["steps"][2]["code"], "checkpoint.anchored");
    assert_eq!(report["steps"][2]["result"], "unknown");
    assert_eq!(report["held_against"], "none");
    let told = folder.run("verify dossier.json --policy policy.json").out;
    assert!(told.contains("--rpc URL") && told.contains("--trusted-checkpoint FILE"), "{told}");
    assert!(!told.contains("no redemption recorded"), "{told}");
}

#[test]
fn without_a_policy_nobody_vouches_for_the_issuer() {
    let folder = vectors::folder("ok-untouched");
    expect(&folder, "verify dossier.json --trusted-checkpoint trusted.json", Verdict::UntrustedIssuer);
}

#[test]
fn a_frozen_voucher_is_on_hold() {
    let folder = Made::on_paper("").transferred().held().folder();
    expect(&folder, HELD, Verdict::OnHold);
}

#[test]
fn past_its_time_it_is_expired() {
    let made = Made::on_paper(r#","redeem_by":"2026-01-01T00:00:00Z""#);
    expect(&made.folder(), HELD, Verdict::Expired);
}

#[test]
fn the_order_decides_where_nobody_is_named() {
    let folder = Made::on_paper("").transferred().sold(None, "A-1").folder();
    expect(&folder, HELD, Verdict::Sold);
    let salt = hex_salt();
    expect(&folder, &format!("{HELD} --order A-1 --salt {salt}"), Verdict::GenuineUnclaimed);
    expect(&folder, &format!("{HELD} --order A-1 --salt 0x{salt}"), Verdict::GenuineUnclaimed);
    expect(&folder, &format!("{HELD} --order A-2 --salt {salt}"), Verdict::ResaleSuspected);
}

#[test]
fn a_refused_second_sale_makes_it_suspected() {
    let made = Made::on_paper("").transferred().sold(None, "A-1").with_incident("A-2");
    let report = expect(
        &made.folder(),
        &format!("{HELD} --order A-1 --salt {}", hex_salt()),
        Verdict::ResaleSuspected,
    );
    assert_eq!(report["voucher"]["incidents"], 1);
}

#[test]
fn sold_to_ones_own_key_it_is_genuine() {
    let buyer = pair(BUYER).public();
    let folder = Made::on_paper("").transferred().sold(Some(buyer), "A-1").folder();
    expect(&folder, &format!("{HELD} --my-key {buyer}"), Verdict::Genuine);
}

#[test]
fn a_superseded_checkpoint_is_stale_unless_asked_as_of() {
    let made = Made::on_paper("");
    let mut trusted = made.trusted();
    trusted.superseded_at = Some(NOW - 11 * 60_000);
    let folder = made.folder().with_json("trusted.json", &trusted);
    let report = expect(&folder, HELD, Verdict::Unknown);
    assert_eq!(report["steps"][2]["reason"], "stale");
    expect(&folder, &format!("{HELD} --as-of"), Verdict::GenuineUnclaimed);
}

#[test]
fn the_report_for_machines_has_the_documented_members() {
    let report = vectors::folder("ok-redeemed").report(HELD);
    for member in
        ["verdict", "exit", "as_of", "steps", "voucher", "held_against", "finality", "node", "problem"]
    {
        assert!(report.get(member).is_some(), "{member}");
    }
    let steps = report["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 14);
    for step in steps {
        assert!(step["code"].is_string() && step["result"].is_string() && step.get("detail").is_some());
    }
}

#[test]
fn unspent_is_only_ever_said_with_a_time() {
    let folder = Made::on_paper("").folder();
    let told = folder.run(HELD).out;
    let time = "2026-09-21 14:12:20 UTC (2026-09-21 22:12:20 +08:00)";
    assert!(told.contains(&format!("no redemption recorded as of {time}")), "{told}");
    assert!(!told.to_lowercase().contains("unspent"), "{told}");
}

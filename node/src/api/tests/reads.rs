//! What the ledger shows of itself.

use super::Site;
use crate::fixture::{BEGIN, key};
use protocol::lifecycle::Kind;
use protocol::voucher::link_name;
use protocol::{Digest, PublicKey};
use serde_json::json;

#[tokio::test]
async fn a_fresh_ledger_stands_at_its_opening() {
    let site = Site::new().await;
    let ledger = site.get("/v1/ledger").await.with(200);
    let facts = site.fixture.ledger.facts();
    assert_eq!(ledger["ledger"]["id"], facts.id.to_string());
    assert_eq!(ledger["ledger"]["salt"], facts.origin.salt.to_string());
    assert_eq!(ledger["size"], 0);
    assert_eq!(ledger["vouchers"], 0);
    assert_eq!(ledger["site"], "https://vouchsafe.example");
    assert_eq!(ledger["development_chain"], true);
    assert_eq!(ledger["checkpoint"]["number"], 0);
    assert_eq!(ledger["checkpoint"]["finality"], "final");
    assert_eq!(ledger["now"], BEGIN);
}

#[tokio::test]
async fn checkpoints_come_in_pages_with_where_they_stand() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    site.fixture.anchor().await;
    site.fixture.pass(3600);
    site.fixture.anchor().await;
    let all = site.get("/v1/checkpoints").await.with(200);
    assert_eq!(all["checkpoints"].as_array().map(Vec::len), Some(3));
    assert_eq!(all["checkpoints"][1]["size"], 1);
    assert_eq!(all["checkpoints"][2]["previous"], all["checkpoints"][1]["hash"]);
    assert_eq!(all["checkpoints"][1]["superseded_at"], all["checkpoints"][2]["anchored"]["block_time"]);
    assert_eq!(all.get("next"), None);
    let page = site.get("/v1/checkpoints?from=1&limit=1").await.with(200);
    assert_eq!(page["checkpoints"], json!([all["checkpoints"][1]]));
    assert_eq!(page["next"], 2);
    assert_eq!(site.get("/v1/checkpoints/1").await.with(200), all["checkpoints"][1]);
    site.get("/v1/checkpoints/9").await.problem("not-found");
    site.get("/v1/checkpoints/-1").await.problem("malformed");
    site.get("/v1/checkpoints?limit=many").await.problem("malformed");
    site.get("/v1/checkpoints?form=1").await.problem("malformed");
}

#[tokio::test]
async fn a_checkpoint_on_its_way_is_pending_and_unknown_while_the_chain_is_out_of_reach() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    site.fixture.anchoring.turn().await.expect("cut");
    let cut = site.get("/v1/checkpoints/1").await.with(200);
    assert_eq!((&cut["finality"], &cut["anchored"]), (&json!("pending"), &json!(null)));
    let (told, standing) = tokio::sync::watch::channel(crate::anchoring::Standing::default());
    let mut state = site.state.clone();
    state.standing = standing;
    told.send_modify(|standing| standing.problem = Some("the chain is out of reach".to_owned()));
    let cut_off = Site { router: super::router(state), ..site };
    assert_eq!(cut_off.get("/v1/checkpoints/1").await.with(200)["finality"], "unknown");
    assert_eq!(cut_off.get("/v1/checkpoints/0").await.with(200)["finality"], "final");
    let ready = cut_off.get("/readyz").await.with(200);
    assert_eq!(ready["chain_reached"], false, "steps are still taken: {ready}");
}

#[tokio::test]
async fn runs_split_where_histories_differ_and_are_clipped_to_the_range() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let shop = key(2);
    let step = site.fixture.step(Kind::Transfer, 5, 10, shop.public(), &[&site.fixture.issuer]);
    site.submit(&step).await.with(201);
    let runs = site.get("/v1/runs?first=3&count=9").await.with(200);
    let bounds = |n: usize| (runs["runs"][n]["first"].as_u64(), runs["runs"][n]["count"].as_u64());
    assert_eq!((bounds(0), bounds(1)), ((Some(3), Some(2)), (Some(5), Some(7))));
    assert_eq!(runs["runs"].as_array().map(Vec::len), Some(2));
    assert_eq!(runs["runs"][1]["party"], shop.public().to_string());
    assert_eq!(runs["runs"][1]["leaf"], site.get("/v1/receipts/1").await.with(200)["leaf"]);
    assert_eq!(site.get("/v1/runs?first=20&count=9").await.with(200)["runs"], json!([]));
    site.get("/v1/runs?first=3").await.problem("malformed");
    site.get("/v1/runs?first=3&count=18446744073709551616").await.problem("malformed");
}

#[tokio::test]
async fn more_runs_than_fit_say_where_to_ask_on() {
    let site = Site::new().await;
    let cards = site.fixture.cards(1, 1002, 0, protocol::manifest::Flags::default());
    site.fixture.issue(&cards).await.expect("issued");
    for number in (0..1002).step_by(2) {
        let step = site.fixture.step(Kind::Transfer, number, 1, key(2).public(), &[&site.fixture.issuer]);
        site.fixture.ledger.submit(step).await.expect("handed on");
    }
    let page = site.get("/v1/runs?first=0&count=5000").await.with(200);
    assert_eq!(page["runs"].as_array().map(Vec::len), Some(1000));
    assert_eq!(page["next"], 1000);
    let rest = site.get("/v1/runs?first=1000&count=4000").await.with(200);
    assert_eq!(rest["runs"].as_array().map(Vec::len), Some(2));
    assert_eq!(rest.get("next"), None);
}

#[tokio::test]
async fn a_voucher_is_found_by_both_forms_of_its_key() {
    let site = Site::new().await;
    let cards = site.fixture.issued(20).await;
    let voucher = cards.keys[7];
    let before = site.get(&format!("/v1/vouchers/{voucher}")).await.with(200);
    assert_eq!(before["checkpoint"], 0);
    assert_eq!(before["pending"], 1);
    site.get(&format!("/v1/vouchers/{voucher}/dossier")).await.problem("not-anchored");
    site.fixture.anchor().await;
    let after = site.get(&format!("/v1/vouchers/{}", link_name(&voucher))).await.with(200);
    assert_eq!(after["voucher"], voucher.to_string());
    assert_eq!(after["number"], 7);
    assert_eq!(after["status"], 1);
    assert_eq!(after["party"], site.fixture.issuer.public().to_string());
    assert_eq!(after["batch_root"], cards.header.entry.content.to_string());
    assert_eq!(
        (&after["checkpoint"], &after["pending"], &after["incidents"]),
        (&json!(1), &json!(0), &json!(0))
    );
}

#[tokio::test]
async fn a_dossier_is_given_under_any_anchored_checkpoint_that_covers_the_issue() {
    let site = Site::new().await;
    let cards = site.fixture.issued(20).await;
    site.fixture.anchor().await;
    let sale = site.fixture.step(Kind::Sell, 7, 1, PublicKey::NOBODY, &[&site.fixture.issuer]);
    site.submit(&sale).await.with(201);
    let path = format!("/v1/vouchers/{}/dossier", cards.keys[7]);
    let pending = site.get(&path).await.with(200);
    assert_eq!(pending["pending"].as_array().map(Vec::len), Some(1));
    site.fixture.pass(60);
    site.fixture.anchor().await;
    let newest = site.get(&path).await.with(200);
    assert_eq!((&newest["checkpoint"]["number"], newest.get("pending")), (&json!(2), None));
    assert_eq!(newest["history"].as_array().map(Vec::len), Some(2));
    let older = site.get(&format!("{path}?checkpoint=1")).await.with(200);
    assert_eq!(older["history"].as_array().map(Vec::len), Some(1));
    site.get(&format!("{path}?checkpoint=0")).await.problem("not-found");
    site.get(&format!("{path}?checkpoint=7")).await.problem("not-found");
    let history = site.get(&format!("/v1/vouchers/{}/history", cards.keys[7])).await.with(200);
    let lines = history["history"].as_array().expect("a list");
    assert_eq!(lines.iter().map(|line| line["kind"].clone()).collect::<Vec<_>>(), ["Issue", "Sell"]);
    assert_eq!(lines[1]["signed_by"], json!([site.fixture.issuer.public()]));
    assert_eq!(lines[1]["anchored"], true);
}

#[tokio::test]
async fn a_voucher_that_was_never_issued_is_denied_over_the_operators_signature() {
    let site = Site::new().await;
    let cards = site.fixture.issued(20).await;
    let stranger = key(9).public();
    for path in ["", "/dossier", "/history"] {
        let problem = site.get(&format!("/v1/vouchers/{stranger}{path}")).await.problem("no-such-voucher");
        assert_eq!(problem["absence"]["voucher"], stranger.to_string());
    }
    let absent = site.get(&format!("/v1/absences/{stranger}")).await.with(200);
    let trusted = protocol::verify::TrustedCheckpoint::parse(&absent["checkpoint"].to_string());
    let trusted = trusted.expect("of the form of a trusted checkpoint");
    let said = |member: &str| absent["absence"][member].as_str().expect("a text").to_owned();
    let absence = protocol::receipt::Absence {
        voucher: said("voucher").parse().expect("a key"),
        checkpoint_hash: said("checkpoint_hash").parse().expect("a digest"),
        at: absent["absence"]["at"].as_u64().expect("a time"),
        signature: said("signature").parse().expect("a signature"),
    };
    assert_eq!(trusted.ledger, site.fixture.ledger.facts().id);
    let question = protocol::verify::AbsenceQuestion {
        absence: &absence,
        voucher: &stranger,
        trusted: &trusted,
        finality: protocol::verify::Finality::Final,
        policy: None,
        as_of: false,
        now: absence.at,
    };
    protocol::verify::verify_absence(&question).expect("signed");
    let present = site.get(&format!("/v1/absences/{}", cards.keys[0])).await.problem("present");
    assert_eq!(present["number"], 0);
    for wrong in ["0x12", "0xZZ", "%ff", "abc", "AAAA"] {
        site.get(&format!("/v1/vouchers/{wrong}")).await.problem("malformed");
    }
}

#[tokio::test]
async fn entries_and_receipts_are_given_by_index() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let entry = site.get("/v1/entries/0").await.with(200);
    assert_eq!(entry["receipt"], site.get("/v1/receipts/0").await.with(200));
    assert_eq!(entry["signatures"][0]["role"], "issuer");
    site.get("/v1/entries/1").await.problem("not-found");
    site.get("/v1/receipts/1").await.problem("not-found");
    site.get("/v1/receipts/first").await.problem("malformed");
    site.get("/v1/receipts/%20").await.problem("malformed");
    site.get(&format!("/v1/batches/{}", Digest::ZERO)).await.problem("not-found");
    site.get("/v1/batches/0x00").await.problem("malformed");
}

#[tokio::test]
async fn the_audit_that_node_toml_names_is_shown_as_it_is() {
    let site = Site::new().await;
    site.get("/v1/audits/latest").await.problem("not-found");
    let path = site.spool.path().join("audit.json");
    let state = super::ApiState { audit_report: Some(path.clone()), ..site.state.clone() };
    let site = Site { router: super::router(state), ..site };
    site.get("/v1/audits/latest").await.problem("not-found");
    let mut report = json!({
        "format": "vouchsafe/audit@1", "tool": "vouchsafe 0.1.0", "ledger": site.fixture.ledger.facts().id,
        "checkpoint": 3, "finished_at": BEGIN, "result": "clean", "entries": 12, "vouchers": 20, "contradictions": [],
    });
    std::fs::write(&path, report.to_string()).expect("written");
    let shown = site.get("/v1/audits/latest").await;
    assert_eq!(shown.text, report.to_string());
    report["ledger"] = json!(Digest::ZERO);
    for wrong in [report.to_string(), "{}".to_owned(), "\u{1}".to_owned()] {
        std::fs::write(&path, wrong).expect("written");
        site.get("/v1/audits/latest").await.problem("storage");
    }
}

#[tokio::test]
async fn a_long_history_is_shown_whole_or_refused_with_where_it_is() {
    const STEPS: u64 = 70;
    let site = Site::new().await;
    let cards = site.with_long_history(STEPS).await;
    let voucher = link_name(&cards.keys[3]);
    let shown = site.get(&format!("/v1/vouchers/{voucher}")).await.with(200);
    assert_eq!((&shown["index"], &shown["pending"]), (&json!(STEPS), &json!(0)));
    let length = Some(1 + usize::try_from(STEPS).expect("small"));
    for path in ["dossier", "history"] {
        let shown = site.get(&format!("/v1/vouchers/{voucher}/{path}")).await.with(200);
        assert_eq!(shown["history"].as_array().map(Vec::len), length, "{path}");
    }
    let judged = site.post("/v1/verify", &json!({ "voucher": voucher })).await.with(200);
    assert_eq!(judged["verdict"], "untrusted_issuer");
    let case = json!({ "vouchers": [voucher] });
    assert_eq!(site.post("/v1/cases", &case).await.status, 200);
    // Twenty such would be too much in one piece.
    let case = json!({ "vouchers": cards.keys.iter().map(link_name).collect::<Vec<_>>() });
    let refused = site.post("/v1/cases", &case).await.problem("too-long");
    assert!(refused["detail"].as_str().expect("words").contains("fewer vouchers"));
}

#[tokio::test]
async fn a_page_of_large_incidents_ends_before_it_is_too_large() {
    const SALES: u64 = 80;
    let site = Site::new().await;
    site.fixture.issued(SALES).await;
    let memo = json!({ "note": "x".repeat(16 * 1024 - 11) }).to_string();
    for number in 0..SALES {
        // Against one entry, only a few are kept.
        let (shop, issuer) = (key(2), &site.fixture.issuer);
        let given = site.fixture.step(Kind::Transfer, number, 1, shop.public(), &[issuer]);
        let index = site.submit(&given).await.with(201)["receipt"]["index"].as_u64().expect("its index");
        for buyer in [4, 5] {
            let to = key(buyer).public();
            let sale = site.fixture.step_after(index, Kind::Sell, number, 1, to, Some(&memo), &[&shop]);
            site.submit(&sale).await;
        }
    }
    let first = site.get("/v1/incidents?limit=1000").await.with(200);
    let count = |page: &serde_json::Value| page["incidents"].as_array().map_or(0, Vec::len);
    assert!((60..70).contains(&count(&first)), "{}", count(&first));
    let next = first["next"].as_str().expect("more");
    let rest = site.get(&format!("/v1/incidents?limit=1000&from={next}")).await.with(200);
    assert_eq!(
        (count(&first) + count(&rest), rest.get("next")),
        (usize::try_from(SALES).expect("small"), None)
    );
}

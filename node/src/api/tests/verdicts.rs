//! Verdicts: the report of `protocol::verify` against the chain, and never with a code.

use super::{Site, changed};
use crate::fixture::key;
use protocol::PublicKey;
use protocol::lifecycle::Kind;
use serde_json::{Value, json};

fn policy(site: &Site) -> Value {
    let facts = site.fixture.ledger.facts();
    let origin = facts.origin;
    json!({
        "chains": [{ "chain_id": origin.chain_id, "contract": origin.contract, "ledgers": [facts.id] }],
        "issuers": [{ "key": site.fixture.issuer.public(), "name": "Studio" }],
        "hint": "unknown members of a policy are ignored",
    })
}

#[tokio::test]
async fn a_voucher_is_judged_as_the_command_judges_it() {
    let site = Site::new().await;
    let cards = site.fixture.issued(20).await;
    let body = json!({ "voucher": cards.keys[3], "policy": policy(&site) });
    site.post("/v1/verify", &body).await.problem("not-anchored");
    site.fixture.anchor().await;
    let report = site.post("/v1/verify", &body).await.with(200);
    let expected = site.fixture.judge(&cards.keys[3], None).await;
    assert_eq!(report, serde_json::to_value(&expected).expect("JSON"));
    assert_eq!(report["verdict"], "genuine_unclaimed");

    let (owner, code) = (key(3), site.fixture.voucher_key(&cards, 3));
    let claim = site.fixture.step(Kind::Claim, 3, 1, owner.public(), &[&code, &owner]);
    site.submit(&claim).await.with(201);
    assert_eq!(site.post("/v1/verify", &body).await.with(200)["verdict"], "sold");
    let mine = changed(&body, "my_key", json!(owner.public()));
    assert_eq!(site.post("/v1/verify", &mine).await.with(200)["verdict"], "genuine");
    let without = changed(&body, "policy", Value::Null);
    let without = changed(&without, "my_key", json!(owner.public()));
    assert_eq!(site.post("/v1/verify", &without).await.with(200)["verdict"], "untrusted_issuer");
}

#[tokio::test]
async fn a_dossier_is_judged_by_its_own_bytes() {
    let site = Site::new().await;
    let cards = site.fixture.issued(20).await;
    site.fixture.anchor().await;
    let dossier = site.get(&format!("/v1/vouchers/{}/dossier", cards.keys[3])).await.with(200);
    let body = json!({ "dossier": dossier, "policy": policy(&site) });
    assert_eq!(site.post("/v1/verify", &body).await.with(200)["verdict"], "genuine_unclaimed");
    let label = dossier["voucher"]["label"].as_str().expect("a text").to_owned();
    let flipped = if label.ends_with('0') { "1" } else { "0" };
    let mut spoiled = body.clone();
    spoiled["dossier"]["voucher"]["label"] = json!(format!("{}{flipped}", &label[..label.len() - 1]));
    let report = site.post("/v1/verify", &spoiled).await.with(200);
    assert_eq!((&report["verdict"], &report["exit"]), (&json!("refuted"), &json!(30)));
    let failed = report["steps"].as_array().expect("steps").iter().find(|step| step["result"] == "failed");
    assert_eq!(failed.expect("one failed")["code"], "voucher.included");
    let report = site.post("/v1/verify", &json!({ "dossier": { "format": "?" } })).await.with(200);
    assert_eq!((&report["verdict"], &report["voucher"]), (&json!("refuted"), &json!(null)));
}

#[tokio::test]
async fn a_chain_out_of_reach_is_unknown_and_never_refutes() {
    let site = Site::new().await;
    let cards = site.fixture.issued(20).await;
    site.fixture.anchor().await;
    site.fixture.chain.set_unreachable(true);
    let body = json!({ "voucher": cards.keys[3], "policy": policy(&site) });
    let report = site.post("/v1/verify", &body).await.with(200);
    assert_eq!((&report["verdict"], &report["exit"]), (&json!("unknown"), &json!(3)));
    site.fixture.chain.set_unreachable(false);
    assert_eq!(site.post("/v1/verify", &body).await.with(200)["verdict"], "genuine_unclaimed");
}

#[tokio::test]
async fn an_old_checkpoint_is_stale_unless_asked_as_of() {
    let site = Site::new().await;
    let cards = site.fixture.issued(20).await;
    site.fixture.anchor().await;
    site.fixture.pass(86_400 * 2);
    let body = json!({ "voucher": cards.keys[3], "policy": policy(&site) });
    assert_eq!(site.post("/v1/verify", &body).await.with(200)["verdict"], "unknown");
    let as_of = changed(&body, "as_of", json!(true));
    assert_eq!(site.post("/v1/verify", &as_of).await.with(200)["verdict"], "genuine_unclaimed");
}

#[tokio::test]
async fn a_voucher_that_was_never_issued_is_not_found_by_the_operators_word() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let report = site.post("/v1/verify", &json!({ "voucher": key(9).public() })).await.with(200);
    assert_eq!((&report["verdict"], &report["exit"]), (&json!("not_found"), &json!(21)));
    assert_eq!(report["absence"]["voucher"], key(9).public().to_string());
    assert_eq!(report["checkpoint"]["number"], 0);
    site.fixture.pass(86_400 * 2);
    let old = site.post("/v1/verify", &json!({ "voucher": key(9).public() })).await.with(200);
    assert_eq!((&old["verdict"], &old["exit"]), (&json!("unknown"), &json!(3)));
}

#[tokio::test]
async fn codes_never_go_to_a_node() {
    let site = Site::new().await;
    let cards = site.fixture.issued(20).await;
    for member in ["code", "stamp", "serial", "opening"] {
        let body = changed(&json!({ "voucher": cards.keys[3] }), member, json!("ABCD-EFGH-1234"));
        let reply = site.post("/v1/verify", &body).await;
        assert!(!reply.text.contains("ABCD"), "{}", reply.text);
        let detail = reply.problem("secret-sent")["detail"].to_string();
        assert!(detail.contains("never go to a node"), "{detail}");
    }
    let hidden = json!({ "dossier": { "extras": [{ "code": "ABCD-EFGH-1234" }] } });
    site.post("/v1/verify", &hidden).await.problem("secret-sent");
}

#[tokio::test]
async fn a_question_of_the_wrong_form_is_refused() {
    let site = Site::new().await;
    let cards = site.fixture.issued(20).await;
    let voucher = cards.keys[3];
    for (body, place) in [
        (json!({}), "either a voucher or a dossier is due"),
        (json!({ "voucher": voucher, "dossier": {} }), "either a voucher or a dossier is due"),
        (json!({ "voucher": "0x12" }), "request.voucher: a voucher key is due"),
        (json!({ "voucher": voucher, "as_of": 1 }), "request.as_of: true or false is due"),
        (json!({ "voucher": voucher, "my_key": "me" }), "request.my_key"),
        (
            json!({ "voucher": voucher, "policy": { "chains": [] } }),
            "policy: the member \"issuers\" is missing",
        ),
        (json!({ "voucher": voucher, "strict": true }), "unknown member \"strict\""),
    ] {
        let detail = site.post("/v1/verify", &body).await.problem("malformed")["detail"].to_string();
        assert!(detail.replace('\\', "").contains(place), "{detail} does not say {place}");
    }
    let large = format!("{{\"dossier\":\"{}\"}}", "x".repeat(8 << 20));
    site.post_text("/v1/verify", "application/json", large).await.problem("too-large");
    site.post_text("/v1/verify", "text/json", "{}").await.problem("wrong-content-type");
    let sale = site.fixture.step(Kind::Sell, 3, 1, PublicKey::NOBODY, &[&site.fixture.issuer]);
    site.submit(&sale).await.with(201);
}

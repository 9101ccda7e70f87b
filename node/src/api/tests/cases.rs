//! Case files: made here, and checked as anybody checks one.

use super::Site;
use crate::fixture::key;
use axum::body::Body;
use axum::http::Request;
use casefile::{Finding, Held, Opened, Trust};
use protocol::lifecycle::Kind;
use protocol::verify::{Finality, TrustedCheckpoint};
use serde_json::{Value, json};

async fn made(site: &Site, body: &Value) -> Opened {
    let request = Request::post("/v1/cases").header("content-type", "application/json");
    let reply = site.send(request.body(Body::from(body.to_string())).expect("a request")).await;
    assert_eq!(reply.status.as_u16(), 200, "{}", reply.text);
    assert_eq!(reply.headers["content-type"], "application/zip");
    Opened::read(&reply.bytes).expect("a case")
}

#[tokio::test]
async fn a_case_holds_against_the_chain_and_awaits_the_files_that_never_came_here() {
    let site = Site::new().await;
    let cards = site.fixture.issued(20).await;
    site.fixture.anchor().await;
    let shop = key(7);
    let handed = site.fixture.step(Kind::Transfer, 3, 1, shop.public(), &[&site.fixture.issuer]);
    site.submit(&handed).await.with(201);
    site.fixture.pass(60);
    site.fixture.anchor().await;
    let file = json!({ "name": "../chat 1.png", "by": "买家", "size": 3, "sha256": "ab".repeat(32) });
    let body = json!({ "vouchers": [cards.keys[3], cards.keys[4]], "files": [file] });
    let opened = made(&site, &body).await;
    let evidence = opened.evidence().expect("whole evidence");
    assert_eq!((evidence.dossiers.len(), evidence.checkpoints.len(), evidence.receipts.len()), (2, 3, 2));
    let mut trust = Trust::default();
    for (origin, number) in opened.checkpoints() {
        let facts = anchors::trusted_checkpoint(&site.fixture.chain, &origin, number).await.expect("facts");
        trust.held.push(Held { trusted: TrustedCheckpoint::from(&facts), finality: Finality::Final });
    }
    let checks = opened.judge(&trust);
    let open: Vec<_> = checks.iter().filter(|check| check.finding != Finding::Passed).collect();
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!(open[0].member, "files/01-.._chat_1.png");
    assert_eq!(open[0].result(), "unknown");
}

#[tokio::test]
async fn what_makes_no_case_is_refused() {
    let site = Site::new().await;
    let cards = site.fixture.issued(30).await;
    let of = |keys: &[protocol::PublicKey]| json!({ "vouchers": keys });
    site.post("/v1/cases", &of(&cards.keys[..1])).await.problem("not-anchored");
    site.fixture.anchor().await;
    for body in [
        of(&[]),
        of(&cards.keys[..21]),
        of(&[cards.keys[0], cards.keys[0]]),
        json!({ "vouchers": ["0x12"] }),
        json!({ "vouchers": [cards.keys[0]], "files": [{ "name": "a", "by": "b", "size": 1, "sha256": "00" }] }),
        json!({ "vouchers": [cards.keys[0]], "files": [{ "name": "", "by": "b", "size": 1, "sha256": "00".repeat(32) }] }),
        json!({ "vouchers": [cards.keys[0]], "clock": 1 }),
    ] {
        site.post("/v1/cases", &body).await.problem("malformed");
    }
    site.post("/v1/cases", &of(&[key(9).public()])).await.problem("no-such-voucher");
    site.post("/v1/cases", &json!({ "vouchers": [cards.keys[0]], "code": "1" })).await.problem("secret-sent");
    site.get("/v1/cases").await.problem("wrong-method");
}

//! Batches: taken in as a stream, once, and gone from the disk whatever happens.

use super::{Site, Then, changed, sending, signatures_json};
use crate::api::UPLOADS;
use crate::fixture::Cards;
use crate::ledger::rows::number_key;
use crate::store::{Table, WriteSet};
use axum::body::Body;
use axum::http::Request;
use protocol::PublicKey;
use protocol::digest::bytes_to_hex;
use protocol::lifecycle::Kind as StepKind;
use protocol::manifest::Flags;
use serde_json::{Value, json};

const TYPE: &str = "application/octet-stream";

pub(super) fn line(cards: &Cards) -> Value {
    let header = &cards.header;
    json!({
        "manifest": header.manifest,
        "terms": bytes_to_hex(&header.terms.encode()),
        "entry": bytes_to_hex(&header.entry.encode()),
        "signatures": signatures_json(&header.signatures),
    })
}

fn body(line: &Value, records: &[u8]) -> Vec<u8> {
    [line.to_string().as_bytes(), b"\n", records].concat()
}

impl Site {
    async fn issue(&self, body: impl Into<Body>) -> super::Reply {
        let reply = self.post_text("/v1/batches", TYPE, body).await;
        let left = self.spool.path().read_dir().expect("a folder").count();
        assert_eq!(left, 0, "nothing of an upload is left");
        reply
    }
}

#[tokio::test]
async fn a_batch_is_taken_in_once() {
    let site = Site::new().await;
    let cards = site.fixture.cards(1, 300, 0, Flags::default());
    let root = cards.header.entry.content;
    site.get(&format!("/v1/batches/{root}")).await.problem("not-found");
    let whole = body(&line(&cards), &cards.records);
    let taken = site.issue(whole.clone()).await.with(201);
    assert_eq!(
        (&taken["first"], &taken["count"], &taken["already"]),
        (&json!(0), &json!(300), &json!(false))
    );
    let again = site.issue(whole).await.with(200);
    assert_eq!(again, changed(&taken, "already", json!(true)));
    let batch = site.get(&format!("/v1/batches/{root}")).await.with(200);
    assert_eq!(batch["manifest"], cards.header.manifest);
    assert_eq!(batch["issuer"], site.fixture.issuer.public().to_string());
    assert_eq!((&batch["first"], &batch["count"], &batch["index"]), (&json!(0), &json!(300), &json!(0)));
    site.fixture.anchor().await;
    let last = cards.keys[299];
    let dossier = site.get(&format!("/v1/vouchers/{last}/dossier")).await.with(200);
    assert_eq!(dossier["voucher"]["number"], 299);
}

#[tokio::test]
async fn a_batch_may_come_in_pieces_of_any_size() {
    let site = Site::new().await;
    let cards = site.fixture.cards(1, 40, 0, Flags::default());
    let whole = body(&line(&cards), &cards.records);
    site.issue(sending(whole.chunks(61).map(<[u8]>::to_vec), Then::End)).await.with(201);
}

#[tokio::test]
async fn records_too_few_too_many_or_cut_off_are_refused_with_numbers() {
    let site = Site::new().await;
    let cards = site.fixture.cards(1, 40, 0, Flags::default());
    let line = line(&cards);
    let short = site.issue(body(&line, &cards.records[..40 * 64 - 1])).await.problem("malformed");
    assert_eq!(
        short["detail"],
        "the terms are of 40 vouchers, so 2560 bytes of records are due: 2559 bytes came"
    );
    let long = [cards.records.as_slice(), &[0]].concat();
    let long = site.issue(body(&line, &long)).await.problem("malformed");
    assert_eq!(long["detail"], "the terms are of 40 vouchers, so 2560 bytes of records are due: more came");
    let none = site.issue(line.to_string()).await.problem("malformed");
    assert_eq!(
        none["detail"],
        "the body ends within its first line: one line of JSON is due, then the records"
    );
    let begun = body(&line, &cards.records[..640]);
    let cut = site.issue(sending([begun], Then::CutOff)).await.problem("malformed");
    assert_eq!(cut["detail"], "the body was cut off before its end");
    assert_eq!(site.get("/v1/ledger").await.with(200)["vouchers"], 0);
    site.issue(body(&line, &cards.records)).await.with(201);
}

#[tokio::test]
async fn a_line_of_the_wrong_form_is_refused() {
    let site = Site::new().await;
    let cards = site.fixture.cards(1, 40, 0, Flags::default());
    let good = line(&cards);
    let sent = async |line: &Value| site.issue(body(line, &cards.records)).await;
    for (member, value, place) in [
        ("terms", json!("0x00"), "batch.terms"),
        ("manifest", json!("{}"), "manifest"),
        ("manifest", json!(3), "batch.manifest: a text is due"),
        ("entry", json!("0x00"), "batch.entry: 1 bytes where 98 are due"),
        ("signatures", Value::Null, "\"signatures\" is missing"),
        ("records", json!(40), "unknown member \"records\""),
    ] {
        let detail = sent(&changed(&good, member, value)).await.problem("malformed")["detail"].to_string();
        assert!(detail.replace('\\', "").contains(place), "{detail} does not say {place}");
    }
    sent(&changed(&good, "signatures", json!([]))).await.problem("unauthorised");
    sent(&changed(&good, "ledger", json!(protocol::Digest::ZERO))).await.problem("wrong-ledger");
    sent(&changed(&good, "stamp", json!("0x00"))).await.problem("secret-sent");
    let other = site.fixture.cards(2, 40, 0, Flags::default());
    let detail = site.issue(body(&good, &other.records)).await.problem("malformed")["detail"].to_string();
    assert!(detail.contains("another batch root"), "{detail}");
    let long = changed(&good, "manifest", json!("x".repeat(256 << 10)));
    let problem = sent(&long).await.problem("too-large");
    assert_eq!(problem["limit"], 256 << 10);
    site.post_text("/v1/batches", "application/json", good.to_string()).await.problem("wrong-content-type");
}

#[tokio::test]
async fn a_batch_larger_than_the_node_takes_is_refused_before_its_records() {
    let site = Site::new().await;
    let cards = site.fixture.cards(1, 501, 0, Flags::default());
    let problem = site.issue(body(&line(&cards), &[])).await.problem("too-large");
    assert_eq!(problem["limit"], 500 * 64);
}

#[tokio::test]
async fn a_voucher_twice_in_a_batch_or_in_the_ledger_is_refused_with_its_position() {
    let site = Site::new().await;
    let cards = site.fixture.cards(1, 40, 0, Flags::default());
    site.issue(body(&line(&cards), &cards.records)).await.with(201);
    let stale = site.fixture.cards(2, 40, 0, Flags::default());
    let problem = site.issue(body(&line(&stale), &stale.records)).await.problem("first-moved");
    assert_eq!(problem["first"], 40);
    // The same cards under other terms: another batch, the same vouchers.
    let flags = Flags { transferable: true, ..Flags::default() };
    let twice = site.fixture.cards(1, 40, 40, flags);
    let problem = site.issue(body(&line(&twice), &twice.records)).await.problem("duplicate-voucher");
    assert_eq!((&problem["position"], &problem["in_ledger"]), (&json!(0), &json!(true)));
    assert_eq!(problem["voucher"], cards.keys[0].to_string());
}

#[tokio::test]
async fn a_spool_that_can_not_be_written_loses_nothing() {
    let mut site = Site::new().await;
    let mut state = site.state.clone();
    state.spool = site.spool.path().join("gone");
    site.router = super::router(state);
    let cards = site.fixture.cards(1, 40, 0, Flags::default());
    let reply = site.issue(body(&line(&cards), &cards.records)).await;
    assert_eq!(reply.headers["retry-after"], "60");
    assert!(!reply.text.contains("gone"), "no path of the machine is told: {}", reply.text);
    reply.problem("storage");
}

#[tokio::test]
async fn uploads_beyond_those_at_work_are_sent_away() {
    let site = Site::new().await;
    let cards = site.fixture.cards(1, 40, 0, Flags::default());
    let begun = line(&cards).to_string().into_bytes();
    let mut at_work = Vec::new();
    for _ in 0..UPLOADS {
        let request = Request::post("/v1/batches").header("content-type", TYPE);
        let request = request.body(sending([begun.clone()], Then::Silence)).expect("a request");
        let router = site.router.clone();
        at_work.push(tokio::spawn(tower::ServiceExt::oneshot(router, request)));
    }
    tokio::task::yield_now().await;
    let sent_away = site.issue(body(&line(&cards), &cards.records)).await;
    assert_eq!(sent_away.headers["retry-after"], "2");
    sent_away.problem("overloaded");
    for task in at_work {
        task.abort();
    }
    tokio::task::yield_now().await;
    site.issue(body(&line(&cards), &cards.records)).await.with(201);
}

#[tokio::test]
async fn batches_are_listed_from_either_end_with_the_states_of_their_vouchers() {
    let site = Site::new().await;
    assert_eq!(site.get("/v1/batches").await.with(200), json!({ "batches": [] }));
    for (seed, count, first) in [(1, 40, 0), (2, 7, 40), (3, 1, 47)] {
        let cards = site.fixture.cards(seed, count, first, Flags::default());
        site.fixture.issue(&cards).await.expect("issued");
    }
    let issuer = &site.fixture.issuer;
    for (kind, first, count) in
        [(StepKind::Sell, 0, 30), (StepKind::Redeem, 5, 10), (StepKind::Void, 38, 2), (StepKind::Hold, 41, 3)]
    {
        let party = if kind == StepKind::Sell { PublicKey::NOBODY } else { party_of(&site, first).await };
        site.submit(&site.fixture.step(kind, first, count, party, &[issuer])).await.with(201);
    }
    let all = site.get("/v1/batches").await.with(200);
    let firsts: Vec<_> =
        all["batches"].as_array().expect("a list").iter().map(|one| one["first"].as_u64()).collect();
    assert_eq!(firsts, [Some(0), Some(40), Some(47)]);
    assert_eq!(
        all["batches"][0]["vouchers"],
        json!({ "in_trade": 8, "sold": 20, "claimed": 0, "redeemed": 10, "voided": 2, "on_hold": 0 })
    );
    assert_eq!(all["batches"][1]["vouchers"]["on_hold"], 3);
    let root = all["batches"][1]["batch_root"].as_str().expect("a root");
    let whole = site.get(&format!("/v1/batches/{root}")).await.with(200);
    assert_eq!((&whole["first"], &whole["issuer"]), (&json!(40), &all["batches"][1]["issuer"]));
    let newest = site.get("/v1/batches?order=newest&limit=2").await.with(200);
    assert_eq!(newest["batches"], json!([all["batches"][2], all["batches"][1]]));
    let rest = site.get(&format!("/v1/batches?order=newest&from={}", newest["next"])).await.with(200);
    assert_eq!(rest, json!({ "batches": [all["batches"][0]] }));
    let second = site.get("/v1/batches?from=1&limit=1").await.with(200);
    assert_eq!((&second["batches"][0], &second["next"]), (&all["batches"][1], &json!(47)));
    for wrong in ["limit=0", "limit=101", "order=best", "from=-1", "from=9007199254740992"] {
        site.get(&format!("/v1/batches?{wrong}")).await.problem("malformed");
    }
}

async fn party_of(site: &Site, number: u64) -> PublicKey {
    let run = site.get(&format!("/v1/runs?first={number}&count=1")).await.with(200);
    run["runs"][0]["party"].as_str().expect("a key").parse().expect("a key")
}

#[tokio::test]
async fn a_batch_without_counts_is_counted_when_the_node_starts() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let sale = site.fixture.step(StepKind::Sell, 3, 4, PublicKey::NOBODY, &[&site.fixture.issuer]);
    site.submit(&sale).await.with(201);
    let kept = site.get("/v1/batches").await.with(200);
    let mut gone = WriteSet::new();
    gone.delete(Table::Censuses, number_key(0));
    site.fixture.store.commit(gone).expect("committed");
    site.get("/v1/batches").await.problem("storage");
    crate::ledger::census::complete(&*site.fixture.store).expect("counted");
    assert_eq!(site.get("/v1/batches").await.with(200), kept);
}

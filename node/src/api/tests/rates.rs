//! Who asks too often is told when to come back; who he is, is the proxies' word only where they are known.

use super::{Reply, Site};
use crate::api::router;
use crate::config::RateConfig;
use crate::fixture::{Fixture, key};
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use protocol::PublicKey;
use protocol::lifecycle::Kind;
use std::net::SocketAddr;

const NONE: RateConfig = RateConfig {
    reads_per_address: 0,
    files_per_address: 0,
    steps_per_address: 0,
    reads_per_voucher: 0,
    proxies: Vec::new(),
};

async fn site(rates: RateConfig) -> Site {
    let site = Site::of(Fixture::new().await);
    let state = super::ApiState { rates, ..site.state.clone() };
    Site { router: router(state.clone()), state, ..site }
}

/// Asks from an address; `named` are the lines of `X-Forwarded-For`.
async fn ask(site: &Site, from: &str, named: &[&str], path: &str) -> Reply {
    let peer: SocketAddr = from.parse().expect("an address");
    let mut request = Request::get(path).extension(ConnectInfo(peer));
    for line in named {
        request = request.header("x-forwarded-for", *line);
    }
    let request = request.body(Body::empty()).expect("a request");
    site.send(request).await
}

fn assert_limited(reply: Reply, limit: &str) {
    let wait: u64 = reply.headers["retry-after"].to_str().expect("ASCII").parse().expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    let problem = reply.problem("rate-limited");
    assert_eq!((&problem["status"], &problem["limit"]), (&429.into(), &limit.into()));
    assert!(problem["detail"].as_str().is_some_and(|text| text.contains(&format!("come back in {wait} s"))));
}

#[tokio::test]
async fn an_address_that_asks_too_often_waits_and_others_do_not() {
    let site = site(RateConfig { reads_per_address: 2, ..NONE }).await;
    for _ in 0..2 {
        ask(&site, "192.0.2.1:1000", &[], "/v1/ledger").await.with(200);
    }
    assert_limited(ask(&site, "192.0.2.1:2000", &[], "/v1/runs?first=0&count=1").await, "reads_per_address");
    assert_limited(ask(&site, "[::ffff:192.0.2.1]:1", &[], "/v1/ledger").await, "reads_per_address");
    ask(&site, "192.0.2.2:1000", &[], "/v1/ledger").await.with(200);
    // Whoever runs the node is never locked out of its health.
    ask(&site, "192.0.2.1:1000", &[], "/healthz").await.with(200);
    let metrics = ask(&site, "192.0.2.1:1000", &[], "/metrics").await.text;
    assert!(metrics.contains("vouchsafe_rate_limited_total{limit=\"reads_per_address\"} "), "{metrics}");
}

#[tokio::test]
async fn each_step_of_a_list_counts() {
    let site = site(RateConfig { steps_per_address: 3, ..NONE }).await;
    site.fixture.issued(20).await;
    let sale = |number| site.fixture.step(Kind::Sell, number, 1, PublicKey::NOBODY, &[&site.fixture.issuer]);
    let sales: Vec<_> = (0..5).map(sale).collect();
    let answers = site.submit_many(&sales.iter().collect::<Vec<_>>()).await;
    let statuses: Vec<_> = answers.iter().filter_map(|answer| answer["status"].as_u64()).collect();
    assert_eq!(statuses, [201, 201, 201, 429, 429]);
    assert!(answers[3]["retry_after"].as_u64().is_some_and(|wait| (1..=60).contains(&wait)));
    assert_eq!(answers[3]["problem"]["limit"], "steps_per_address");
    assert_limited(site.submit(&sales[3]).await, "steps_per_address");
}

#[tokio::test]
async fn a_household_of_ipv6_is_one_asker() {
    let site = site(RateConfig { reads_per_address: 1, ..NONE }).await;
    ask(&site, "[2001:db8:0:7::1]:1000", &[], "/v1/ledger").await.with(200);
    assert_limited(ask(&site, "[2001:db8:0:7:ffff::9]:1", &[], "/v1/ledger").await, "reads_per_address");
    ask(&site, "[2001:db8:0:8::1]:1000", &[], "/v1/ledger").await.with(200);
}

#[tokio::test]
async fn whom_a_proxy_speaks_for_is_believed_of_known_ones_alone() {
    let proxies = vec!["10.0.0.0/8".parse().expect("a network")];
    let site = site(RateConfig { reads_per_address: 1, proxies, ..NONE }).await;
    ask(&site, "10.0.0.1:1", &["198.51.100.1"], "/v1/ledger").await.with(200);
    ask(&site, "10.0.0.1:1", &["198.51.100.2, 10.9.9.9"], "/v1/ledger").await.with(200);
    ask(&site, "10.0.0.1:1", &["[2001:db8::1]:443"], "/v1/ledger").await.with(200);
    // What the asker himself wrote before the proxy is not read.
    let forged = ["203.0.113.9, 198.51.100.1", "203.0.113.9, 198.51.100.2:4000, 10.1.1.1"];
    for line in forged {
        assert_limited(ask(&site, "10.0.0.2:1", &[line], "/v1/ledger").await, "reads_per_address");
    }
    let lines = ["203.0.113.9", "198.51.100.1"];
    assert_limited(ask(&site, "10.0.0.2:1", &lines, "/v1/ledger").await, "reads_per_address");
    ask(&site, "192.0.2.1:1", &["203.0.113.1"], "/v1/ledger").await.with(200);
    assert_limited(ask(&site, "192.0.2.1:1", &["203.0.113.2"], "/v1/ledger").await, "reads_per_address");
    ask(&site, "10.0.0.3:1", &["nobody"], "/v1/ledger").await.with(200);
    assert_limited(ask(&site, "10.0.0.3:1", &["unknown"], "/v1/ledger").await, "reads_per_address");
}

#[tokio::test]
async fn a_voucher_is_asked_about_so_often_whether_it_is_there_or_not() {
    let site = site(RateConfig { reads_per_voucher: 20, ..NONE }).await;
    let cards = site.fixture.issued(20).await;
    site.fixture.anchor().await;
    for (voucher, status) in [(cards.keys[3], 200), (key(9).public(), 404)] {
        for path in ["", "/dossier"] {
            ask(&site, "192.0.2.1:1", &[], &format!("/v1/vouchers/{voucher}{path}")).await.with(status);
        }
        let path = format!("/v1/vouchers/{voucher}/history");
        assert_limited(ask(&site, "192.0.2.1:1", &[], &path).await, "reads_per_voucher_and_address");
        // Its part is a tenth: nine others may ask, whoever tries to be in their way.
        for other in 2..=10 {
            for _ in 0..2 {
                ask(&site, &format!("192.0.2.{other}:1"), &[], &path).await.with(status);
            }
        }
        assert_limited(ask(&site, "192.0.2.11:1", &[], &path).await, "reads_per_voucher");
    }
    let body = serde_json::json!({ "voucher": cards.keys[3] });
    site.post("/v1/verify", &body).await.problem("rate-limited");
    let body = serde_json::json!({ "vouchers": [cards.keys[4], cards.keys[3]] });
    site.post("/v1/cases", &body).await.problem("rate-limited");
}

#[tokio::test]
async fn steps_are_counted_apart_from_questions_and_their_bodies_read_to_the_end() {
    let site = site(RateConfig { reads_per_address: 1, steps_per_address: 2, ..NONE }).await;
    for _ in 0..2 {
        site.post("/v1/steps", &serde_json::json!({})).await.problem("malformed");
    }
    site.post("/v1/steps", &serde_json::json!({})).await.problem("rate-limited");
    site.post_text("/v1/batches", "application/octet-stream", "x".repeat(1 << 20))
        .await
        .problem("rate-limited");
    site.get("/v1/ledger").await.with(200);
    site.get("/v1/ledger").await.problem("rate-limited");
}

//! What all requests together may hold in memory: bodies on their way in, answers on their way out, places at work.

use super::batches::line;
use super::serving::Disk;
use super::{Site, Then, sending};
use crate::api::UPLOADS;
use crate::fixture::Fixture;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use protocol::manifest::Flags;
use protocol::voucher::link_name;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tower::ServiceExt as _;

/// Far more than can be on its way at a time.
const MANY: usize = 200;

#[tokio::test]
async fn answers_that_nobody_takes_leave_no_room_for_more_of_their_size() {
    let site = Site::new().await;
    let cards = site.with_long_history(70).await;
    let large = format!("/v1/vouchers/{}/dossier", link_name(&cards.keys[3]));
    let ask = async |asker: u8| {
        let mut request = Request::get(&large).body(Body::empty()).expect("a request");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([203, 0, 113, asker], 1024))));
        site.router.clone().oneshot(request).await.expect("infallible")
    };
    let mut untaken = Vec::new();
    let mut fill = async |asker| {
        let before = untaken.len();
        loop {
            let response = ask(asker).await;
            if response.status() != 200 {
                assert_eq!(response.status(), 503);
                assert_eq!(response.headers()["retry-after"], "5");
                return untaken.len() - before;
            }
            untaken.push(response);
            assert!(untaken.len() < MANY, "each takes more than a megabyte");
        }
    };
    let (one, other) = (fill(1).await, fill(2).await);
    assert!(one > 32 && other > 32, "{one} and {other}");
    assert!(fill(3).await < 2, "two have taken all but a rest");
    site.get(&format!("/v1/vouchers/{}/dossier", link_name(&cards.keys[17]))).await.with(200);
    untaken.pop();
    site.get(&large).await.with(200);
    // What was promised is whole, in whatever pieces it comes.
    let promised: usize =
        untaken[0].headers()["content-length"].to_str().expect("ASCII").parse().expect("a number");
    let body = axum::body::to_bytes(untaken.swap_remove(0).into_body(), usize::MAX).await.expect("a body");
    assert_eq!(body.len(), promised);
}

#[tokio::test]
async fn bodies_that_never_end_leave_room_for_small_ones() {
    let site = Site::new().await;
    let post = |body: Body| {
        let request = Request::post("/v1/verify").header("content-type", "application/json");
        site.router.clone().oneshot(request.body(body).expect("a request"))
    };
    let mut slow = Vec::new();
    for _ in 0..MANY {
        let most = sending([vec![b' '; 8 << 20]], Then::Silence);
        slow.push(tokio::spawn(post(most)));
    }
    tokio::task::yield_now().await;
    let large = post(Body::from(vec![b' '; 100 << 10])).await.expect("infallible");
    assert_eq!(
        (large.status().as_u16(), &large.headers()["retry-after"]),
        (503, &"5".parse().expect("ASCII"))
    );
    let small = post(Body::from("{}")).await.expect("infallible");
    assert_eq!(small.status(), 400, "read, and found to be nothing");
    for sender in slow {
        sender.abort();
    }
}

#[tokio::test]
async fn who_sends_a_batch_and_leaves_holds_his_place_until_it_is_decided() {
    let busy = Arc::new(AtomicBool::new(false));
    let site = Site::of(Fixture::on(Arc::new(Disk::new(&Arc::default(), &busy))).await);
    let cards = site.fixture.cards(1, 40, 0, Flags::default());
    let upload = || {
        let body = [line(&cards).to_string().as_bytes(), b"\n", &cards.records].concat();
        let request = Request::post("/v1/batches").header("content-type", "application/octet-stream");
        site.router.clone().oneshot(request.body(Body::from(body)).expect("a request"))
    };
    busy.store(true, Ordering::SeqCst);
    for _ in 0..UPLOADS {
        // Long enough for the whole of it to come in; then its sender is gone.
        assert!(tokio::time::timeout(Duration::from_millis(100), upload()).await.is_err());
    }
    let refused = tokio::time::timeout(Duration::from_secs(10), upload()).await.expect("an answer at once");
    assert_eq!(refused.expect("infallible").status(), 503);
    busy.store(false, Ordering::SeqCst);
    let begun = Instant::now();
    while upload().await.expect("infallible").status() != 200 {
        assert!(begun.elapsed() < Duration::from_secs(30), "the places stay taken");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

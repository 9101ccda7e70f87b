//! What every request goes through, health, metrics, and the description itself.

use super::{Site, Then, batches, conform, sending};
use crate::api::problem::Kind;
use crate::api::request::RequestBody;
use crate::api::{blocking, layers, openapi, request, steps, upload, verify};
use crate::fixture::Fixture;
use crate::store::{MemoryStore, Snapshot, Store, StoreError, WriteSet};
use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::response::IntoResponse as _;
use axum::routing::get;
use http_body_util::BodyExt as _;
use protocol::PublicKey;
use protocol::lifecycle::Kind as StepKind;
use protocol::manifest::Flags;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tower::ServiceExt as _;

/// A store on a disk that is full, or takes its time, when a test says so.
#[derive(Debug)]
pub(super) struct Disk {
    below: MemoryStore,
    full: Arc<AtomicBool>,
    busy: Arc<AtomicBool>,
}

impl Disk {
    pub(super) fn new(full: &Arc<AtomicBool>, busy: &Arc<AtomicBool>) -> Self {
        let below = MemoryStore::new().expect("a store");
        Self { below, full: Arc::clone(full), busy: Arc::clone(busy) }
    }

    fn take(&self, write: impl FnOnce() -> Result<(), StoreError>) -> Result<(), StoreError> {
        while self.busy.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.check_room(1)?;
        write()
    }
}

impl Store for Disk {
    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        self.below.snapshot()
    }
    fn commit(&self, writes: WriteSet) -> Result<(), StoreError> {
        self.take(|| self.below.commit(writes))
    }
    fn stage(&self, writes: WriteSet) -> Result<(), StoreError> {
        self.take(|| self.below.stage(writes))
    }
    fn check_room(&self, needed: u64) -> Result<(), StoreError> {
        if self.full.load(Ordering::SeqCst) {
            return Err(StoreError::Full { path: "/srv/hidden".into(), free: 0, needed });
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_full_disk_refuses_and_loses_nothing() {
    let full = Arc::new(AtomicBool::new(false));
    let site = Site::of(Fixture::on(Arc::new(Disk::new(&full, &Arc::default()))).await);
    site.fixture.issued(20).await;
    let sale = site.fixture.step(StepKind::Sell, 3, 1, PublicKey::NOBODY, &[&site.fixture.issuer]);
    full.store(true, Ordering::SeqCst);
    let refused = site.submit(&sale).await;
    assert_eq!(refused.headers["retry-after"], "60");
    assert!(!refused.text.contains("/srv/hidden"), "no path of the machine is told: {}", refused.text);
    let detail = refused.problem("storage")["detail"].to_string();
    assert!(detail.contains("disk of this node is full"), "{detail}");
    let ready = site.get("/readyz").await.with(503);
    assert_eq!((&ready["ready"], &ready["store_writable"]), (&json!(false), &json!(false)));
    site.get("/v1/entries/0").await.with(200);
    // No byte of an upload is kept for which there is no room.
    let cards = site.fixture.cards(2, 40, 20, Flags::default());
    let line = batches::line(&cards).to_string().into_bytes();
    let upload = sending([line, b"\n".to_vec(), cards.records[..64].to_vec()], Then::Silence);
    let refused = site.post_text("/v1/batches", "application/octet-stream", upload).await;
    assert!(refused.problem("storage")["detail"].to_string().contains("disk of this node is full"));
    full.store(false, Ordering::SeqCst);
    site.submit(&sale).await.with(201);
}

#[tokio::test]
async fn a_store_that_stopped_says_so_and_still_answers_reads() {
    let store = MemoryStore::new().expect("a store");
    let faults = store.faults();
    let site = Site::of(Fixture::on(Arc::new(store)).await);
    site.fixture.issued(20).await;
    faults.fail(1, crate::store::Fault::Before);
    let sale = site.fixture.step(StepKind::Sell, 3, 1, PublicKey::NOBODY, &[&site.fixture.issuer]);
    for _ in 0..2 {
        let problem = site.submit(&sale).await.problem("storage");
        assert!(problem["detail"].to_string().contains("send it again"), "{problem}");
    }
    site.get("/v1/entries/0").await.with(200);
    site.get("/readyz").await.with(503);
}

#[tokio::test]
async fn a_halted_node_is_alive_and_not_ready_and_says_why() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    let sale = site.fixture.step(StepKind::Sell, 3, 1, PublicKey::NOBODY, &[&site.fixture.issuer]);
    let ready = site.get("/readyz").await.with(200);
    assert_eq!((&ready["ready"], &ready["halted"]), (&json!(true), &json!(null)));
    site.fixture.ledger.set_halted(Some("the chain has another history".to_owned()));
    site.submit(&sale).await.problem("storage");
    let ready = site.get("/readyz").await.with(503);
    assert_eq!((&ready["store_writable"], &ready["sequencer_alive"]), (&json!(true), &json!(true)));
    assert_eq!(ready["halted"], "the chain has another history");
    site.get("/healthz").await.with(200);
    site.fixture.ledger.set_halted(None);
    site.get("/readyz").await.with(200);
    site.submit(&sale).await.with(201);
}

#[tokio::test]
async fn health_and_metrics_tell_how_the_node_stands() {
    let site = Site::new().await;
    assert_eq!(site.get("/healthz").await.with(200), json!({ "live": true }));
    let ready = site.get("/readyz").await.with(200);
    assert_eq!((&ready["ready"], &ready["chain_reached"]), (&json!(true), &json!(null)));
    site.fixture.issued(20).await;
    site.fixture.anchor().await;
    assert_eq!(site.get("/readyz").await.with(200)["chain_reached"], true);
    let sale = site.fixture.step(StepKind::Sell, 3, 1, PublicKey::NOBODY, &[&site.fixture.issuer]);
    site.submit(&sale).await.with(201);
    site.fixture.pass(30);
    let metrics = site.get("/metrics").await;
    assert_eq!(metrics.headers["content-type"], crate::observe::METRICS_TYPE);
    for line in [
        "vouchsafe_entries ",
        "vouchsafe_vouchers ",
        "vouchsafe_unanchored_entries ",
        "vouchsafe_anchoring_lag_seconds ",
        "vouchsafe_outbox_checkpoints ",
        "vouchsafe_steps_total{kind=\"Sell\",result=\"accepted\"} ",
        "vouchsafe_request_duration_seconds_bucket{le=\"0.03\",method=\"POST\",route=\"/v1/steps\",status=\"201\"} ",
    ] {
        assert!(metrics.text.contains(line), "{line:?} is missing in\n{}", metrics.text);
    }
}

#[tokio::test]
async fn figures_of_the_ledger_are_read_from_it() {
    let site = Site::new().await;
    site.fixture.issued(20).await;
    site.fixture.anchor().await;
    let sale = site.fixture.step(StepKind::Sell, 3, 1, PublicKey::NOBODY, &[&site.fixture.issuer]);
    site.submit(&sale).await.with(201);
    site.fixture.pass(30);
    let view = site.fixture.ledger.view().expect("a view");
    let figures = crate::api::health::figures(&view, site.fixture.now()).expect("figures");
    assert_eq!((figures.entries, figures.vouchers, figures.outbox), (2, 20, 0));
    assert_eq!((figures.anchored_checkpoint, figures.anchored_entries), (1, 1));
    assert_eq!(figures.lag_ms, 30_000);
}

#[tokio::test]
async fn unknown_routes_and_methods_are_problems_too() {
    let site = Site::new().await;
    for path in ["/other", "/v1", "/v2/ledger", "/v1/vouchers", "/rpc"] {
        site.get(path).await.problem("not-found");
    }
    for (method, path) in [("DELETE", "/v1/ledger"), ("GET", "/v1/verify"), ("PUT", "/v1/batches")] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
        site.send(request).await.problem("wrong-method");
    }
}

#[tokio::test]
async fn a_panic_is_a_problem_and_what_it_says_is_not_told() {
    let routes = Router::new().route("/panics", get(async || -> &'static str { panic!("SECRET") }));
    let surrounded: Router = layers::surround(routes);
    let request = Request::get("/panics").body(Body::empty()).expect("a request");
    let response = surrounded.oneshot(request).await.expect("infallible");
    assert_eq!(response.status(), 500);
    let text = response.into_body().collect().await.expect("a body").to_bytes();
    let problem: Value = serde_json::from_slice(&text).expect("JSON");
    assert_eq!(problem["type"], "urn:vouchsafe:problem:internal");
    assert!(!problem.to_string().contains("SECRET"));
    let in_reading = blocking(|| -> Result<(), _> { panic!("while reading") }).await;
    assert_eq!(in_reading.expect_err("a problem").into_response().status(), 500);
}

#[tokio::test]
async fn what_takes_too_long_is_broken_off() {
    let slow = get(async || tokio::time::sleep(Duration::from_mins(1)).await);
    let gate = layers::Gate { time: Some(Duration::from_millis(20)), ..layers::Gate::default() };
    let router: Router = gate.around(Router::new().route("/slow", slow));
    let request = Request::get("/slow").body(Body::empty()).expect("a request");
    let response = router.oneshot(request).await.expect("infallible");
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (503, &"5".parse().expect("ASCII"))
    );
    let mut silent = sending([b"{".to_vec()], Then::Silence);
    let wait = Duration::from_millis(20);
    assert!(request::next_within(&mut silent, wait).await.expect("a piece").is_some());
    let problem = request::next_within(&mut silent, wait).await.expect_err("silence");
    assert_eq!(problem.into_response().status(), 408);
}

#[tokio::test]
async fn a_development_chain_is_served_where_there_is_one() {
    let site = Site::new().await;
    let mut state = site.state.clone();
    state.devnet = Some(anchors::Devnet::in_memory(site.fixture.ledger.clock().clone()));
    let router = super::router(state);
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "eth_chainId", "params": [] }).to_string();
    let request = |content_type: &str| {
        Request::post("/rpc")
            .header("content-type", content_type)
            .body(Body::from(call.clone()))
            .expect("a request")
    };
    let response = router.clone().oneshot(request("application/json")).await.expect("infallible");
    let answer = response.into_body().collect().await.expect("a body").to_bytes();
    let answer: Value = serde_json::from_slice(&answer).expect("JSON");
    assert_eq!(answer["result"], "0x7a69");
    let response = router.oneshot(request("text/plain")).await.expect("infallible");
    assert_eq!(response.status(), 415);
}

/// `UPDATE_OPENAPI=1 cargo test -p vouchsafe-node` writes the file anew.
#[test]
fn the_committed_description_is_the_generated_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/openapi.json");
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(path, format!("{}\n", openapi::text())).expect("written");
    }
    let committed = std::fs::read_to_string(path).expect("docs/openapi.json");
    let committed: Value = serde_json::from_str(&committed).expect("JSON");
    assert_eq!(&committed, conform::document(), "run the tests with UPDATE_OPENAPI=1 and commit the file");
}

#[test]
fn the_description_is_whole() {
    let document = conform::document();
    assert_eq!(document["openapi"], "3.1.0");
    let mut references = BTreeSet::new();
    collect_references(document, &mut references);
    for reference in references {
        let name = reference.strip_prefix("#/components/schemas/").expect("a schema");
        assert!(document["components"]["schemas"][name].is_object(), "{reference} leads nowhere");
    }
    let told = document["paths"].to_string();
    for kind in Kind::ALL {
        // A route that does not exist, or not with this method, has no operation to tell of it.
        let everywhere = *kind == Kind::WrongMethod;
        assert!(everywhere || told.contains(kind.name()), "no operation tells of {}", kind.name());
        assert!(document["components"]["schemas"]["ProblemType"].to_string().contains(kind.name()));
    }
}

fn collect_references(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            into.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| collect_references(member, into));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_references(item, into)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn documented<T: RequestBody>(schema: &Value) {
    let properties = schema["properties"].as_object().expect("properties");
    let named: BTreeSet<&str> = properties.keys().map(String::as_str).collect();
    assert_eq!(named, T::MEMBERS.iter().copied().collect(), "{} takes what is documented", T::NAME);
    let example = &schema["example"];
    assert_eq!(conform::shape(schema, example), Ok(()), "{example}");
    assert!(T::from_text(&example.to_string()).is_ok(), "the example of a {} is read", T::NAME);
}

#[test]
fn requests_take_what_is_documented_and_their_examples_are_read() {
    let document = conform::document();
    let schemas = &document["components"]["schemas"];
    documented::<steps::StepBody>(&schemas["StepRequest"]);
    documented::<verify::VerifyBody>(&schemas["VerifyRequest"]);
    assert!(schemas["VerifyRequest"]["allOf"][0]["oneOf"].is_array(), "one of two is due");
    let batch =
        &document["paths"]["/v1/batches"]["post"]["requestBody"]["content"]["application/octet-stream"];
    documented::<upload::BatchLine>(&batch["schema"]);
}

#[tokio::test]
async fn a_page_of_another_origin_may_ask_and_read_when_to_come_back() {
    let site = Site::new().await;
    let ask = Request::get("/v1/ledger").header("origin", "null").body(Body::empty()).expect("a request");
    let reply = site.send(ask).await;
    assert_eq!(reply.headers["access-control-allow-origin"], "*");
    let told = reply.headers["access-control-expose-headers"].to_str().expect("ASCII");
    assert!(told.contains("retry-after"), "{told}");
    let preflight = Request::builder()
        .method("OPTIONS")
        .uri("/v1/steps")
        .header("origin", "https://saved.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type")
        .body(Body::empty())
        .expect("a request");
    let response = site.router.clone().oneshot(preflight).await.expect("infallible");
    assert_eq!(response.status(), 200);
    let headers = response.headers();
    assert_eq!(headers["access-control-allow-headers"], "content-type");
    assert!(headers.get("access-control-allow-credentials").is_none());
    let health = Request::get("/metrics").header("origin", "null").body(Body::empty()).expect("a request");
    assert!(!site.send(health).await.headers.contains_key("access-control-allow-origin"));
}

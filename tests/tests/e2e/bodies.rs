//! Requests that are wrong in every way that a client can be: each is answered with a problem of its type in one line, and
//! changes nothing.

use crate::scene::Scene;
use protocol::PublicKey;
use protocol::digest::bytes_to_hex;
use protocol::entry::{Entry, Signed};
use protocol::lifecycle::{Kind, Status};
use protocol::manifest::{Flags, Terms, manifest_digest};
use protocol::merkle::Tree;
use protocol::signing::KeyPair;
use protocol::voucher::{Record, Stamp};
use protocol::{Digest, Keccak, LedgerId};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use vouchsafe_tests::Answer;

/// Demands a problem of this type, told in one line.
#[track_caller]
fn refused(answer: Answer, status: u16, name: &str) -> Value {
    let answer = answer.is(status);
    assert_eq!(answer.kind.as_deref(), Some("application/problem+json"), "{}", answer.text());
    let problem = answer.json();
    assert_eq!(problem["type"], format!("urn:vouchsafe:problem:{name}"), "{problem}");
    assert_eq!(problem["status"], status, "{problem}");
    let detail = problem["detail"].as_str().unwrap();
    assert!(!detail.is_empty() && !detail.contains('\n'), "{problem}");
    problem
}

/// A signed sale of voucher 0 as the API takes it.
async fn signed_sale(scene: &Scene, options: &str) -> Value {
    scene.types(&format!("sell --range 0 --key issuer.key --sign-only step.json {options}"), 0).await;
    let file: Value = serde_json::from_str(&scene.read("step.json")).unwrap();
    std::fs::remove_file(scene.file("step.json")).unwrap();
    let instruction = &file["instructions"][0];
    json!({ "entry": instruction["entry"], "memo": instruction["memo"], "signatures": instruction["signatures"] })
}

#[tokio::test]
async fn a_step_is_taken_only_if_it_is_whole_and_meant_for_here_and_now() {
    let scene = Scene::on_devnet().await;
    scene.issuer().await;
    scene.issue("stock", 2, "").await;
    let size = scene.size().await;
    let http = scene.node.http();
    let step = signed_sale(&scene, "--order ORDER-1").await;
    let with = |place: &str, value: Value| {
        let mut step = step.clone();
        match step.pointer_mut(place) {
            Some(member) => *member = value,
            None => step[place.trim_start_matches('/')] = value,
        }
        step
    };
    let text = step.to_string();
    for cut in [0, 1, text.len() / 2, text.len() - 1] {
        refused(http.post_bytes("/v1/steps", "application/json", &text[..cut]).await, 400, "malformed");
    }
    refused(http.post_bytes("/v1/steps", "application/json", [0xff, 0xfe, b'{']).await, 400, "malformed");
    refused(http.post_bytes("/v1/steps", "text/plain", text.clone()).await, 415, "wrong-content-type");
    let twice = format!("{{\"memo\":null,{}", &text[1..]);
    refused(http.post_bytes("/v1/steps", "application/json", twice).await, 400, "malformed");
    let huge = with("/memo", json!("x".repeat(2 << 20)));
    let problem = refused(http.post("/v1/steps", &huge).await, 413, "too-large");
    assert!(problem["limit"].is_u64(), "{problem}");
    let problem = refused(http.post("/v1/steps", &with("/surplus", json!(1))).await, 400, "malformed");
    assert!(problem["detail"].as_str().unwrap().contains("surplus"), "{problem}");
    let entry = step["entry"].as_str().unwrap();
    for (place, value) in [
        ("/entry", json!(entry[..entry.len() - 2])),
        ("/entry", json!(format!("{entry}00"))),
        ("/entry", json!(entry.to_uppercase())),
        ("/entry", json!(7)),
        ("/signatures/0/key", json!("0x00")),
        ("/signatures/0/signature", json!("0x00")),
        ("/signatures", json!({})),
        ("/memo", json!(["no text"])),
    ] {
        refused(http.post("/v1/steps", &with(place, value)).await, 400, "malformed");
    }
    let elsewhere = with("/ledger", json!(format!("0x{}", "11".repeat(32))));
    let problem = refused(http.post("/v1/steps", &elsewhere).await, 422, "wrong-ledger");
    assert_eq!(problem["ledger"], scene.node.ledger.as_str());
    let problem = refused(http.post("/v1/steps", &with("/signatures", json!([]))).await, 403, "unauthorised");
    assert_eq!(problem["role"], "holder");
    let secret = with("/code", json!("1234-5678"));
    let problem = refused(http.post("/v1/steps", &secret).await, 400, "secret-sent");
    assert!(!problem.to_string().contains("1234"), "{problem}");
    let late = signed_sale(&scene, "--order ORDER-2 --not-after 1000").await;
    refused(http.post("/v1/steps", &late).await, 422, "expired");
    scene.types("sell --range 0 --order ORDER-3 --not-after 1000 --key issuer.key", 1).await;
    assert_eq!(scene.size().await, size, "something was taken");

    let taken = http.post("/v1/steps", &step).await.is(201).json();
    assert_eq!(
        http.post("/v1/steps", &step).await.is(200).json(),
        taken,
        "a repetition gets the same receipt"
    );
    refused(http.post("/v1/steps", &late).await, 409, "already-moved");
    assert_eq!(scene.size().await, size + 1);
    scene.in_order().await;
}

#[tokio::test]
async fn what_is_no_resource_is_a_problem_too() {
    let scene = Scene::on_devnet().await;
    let http = scene.node.http();
    for (path, status, name) in [
        ("/v1/nothing", 404, "not-found"),
        ("/v1/vouchers/short", 400, "malformed"),
        ("/v1/vouchers/0xzz/dossier", 400, "malformed"),
        ("/v1/entries/-1", 400, "malformed"),
        ("/v1/entries/99999999999999999999999", 400, "malformed"),
        ("/v1/entries/12345", 404, "not-found"),
        ("/v1/runs?first=0", 400, "malformed"),
        ("/v1/incidents?what=0", 400, "malformed"),
        ("/v1/steps", 405, "wrong-method"),
    ] {
        refused(http.get(path).await, status, name);
    }
    let long = format!("/v1/vouchers/{}", "A".repeat(20_000));
    assert!(http.get(&long).await.status >= 400);
    refused(http.post("/v1/verify", &json!({ "voucher": 1 })).await, 400, "malformed");
    refused(http.post("/v1/verify", &json!({})).await, 400, "malformed");
    scene.in_order().await;
}

/// A batch made here, byte by byte.
struct Made {
    line: Value,
    records: Vec<u8>,
}

impl Made {
    fn new(scene: &Scene, count: u64, first: u64) -> Self {
        let issuer = KeyPair::from_seed(&[9; 32]);
        let ledger: LedgerId = scene.node.ledger.parse().unwrap();
        let terms =
            Terms::new(count, 1, Flags { stamped: true, ..Flags::default() }, vec![], vec![]).unwrap();
        let manifest = json!({
            "format": "vouchsafe/manifest@1", "issuer": { "name": "Telecom" }, "product": { "sku": "P", "title": "P" },
            "code_form": "exact", "source_digest": Digest::ZERO, "created_at": "2026-09-21T08:00:00Z", "tool": "test",
        })
        .to_string();
        let record = |number: u64| {
            let stamp = Stamp::new([u8::try_from(number + 1).unwrap(); 16]);
            Record::of(&issuer.public(), &stamp, &number.to_string(), "1").unwrap()
        };
        let leaves = (0..count).map(|number| record(number).leaf());
        let tree: Tree<Keccak> =
            std::iter::once(terms.leaf(manifest_digest(&manifest))).chain(leaves).collect();
        let entry = Entry {
            kind: Kind::Issue.byte(),
            status: Status::InTrade.byte(),
            first,
            count,
            prev: Entry::NO_PREV,
            at: 0,
            party: issuer.public(),
            content: tree.root(),
        };
        let signed = Signed::new("issuer", &issuer, &entry.instruction(ledger, Digest::ZERO));
        let line = json!({
            "manifest": manifest,
            "terms": bytes_to_hex(&terms.encode()),
            "entry": bytes_to_hex(&entry.encode()),
            "signatures": [signed],
        });
        Self { line, records: (0..count).flat_map(|number| record(number).encode()).collect() }
    }

    fn body(&self) -> Vec<u8> {
        [self.line.to_string().as_bytes(), b"\n", &self.records].concat()
    }
}

#[tokio::test]
async fn a_batch_is_taken_only_whole_once_and_for_the_next_numbers() {
    let scene = Scene::on_devnet().await;
    let http = scene.node.http();
    let send = async |body: Vec<u8>| http.post_bytes("/v1/batches", "application/octet-stream", body).await;
    let batch = Made::new(&scene, 20, 0);
    let body = batch.body();
    let line = batch.line.to_string().len();
    for cut in [0, 10, line, line + 1, line + 1 + 64 * 7, line + 1 + 64 * 7 + 13, body.len() - 1] {
        refused(send(body[..cut].to_vec()).await, 400, "malformed");
    }
    let longer = [body.as_slice(), &[0; 64]].concat();
    refused(send(longer).await, 400, "malformed");
    refused(send(vec![b' '; 2 << 20]).await, 413, "too-large");
    refused(
        http.post_bytes("/v1/batches", "application/json", body.clone()).await,
        415,
        "wrong-content-type",
    );
    let with = |member: &str, value: Value| {
        let mut line = batch.line.clone();
        line[member] = value;
        Made { line, records: batch.records.clone() }.body()
    };
    let problem = refused(send(with("surplus", json!(1))).await, 400, "malformed");
    assert!(problem["detail"].as_str().unwrap().contains("surplus"), "{problem}");
    refused(send(with("terms", json!("0x00"))).await, 400, "malformed");
    refused(send(with("ledger", json!(format!("0x{}", "11".repeat(32))))).await, 422, "wrong-ledger");
    refused(send(with("signatures", json!([]))).await, 403, "unauthorised");
    let mut swapped = batch.records.clone();
    swapped.rotate_left(64);
    let swapped = Made { line: batch.line.clone(), records: swapped };
    assert!(send(swapped.body()).await.status >= 400, "other records than the root says");
    let mut twice = Made::new(&scene, 20, 0);
    twice.records.copy_within(0..64, 64);
    assert!(send(twice.body()).await.status >= 400, "a voucher twice");
    refused(send(Made::new(&scene, 20, 5).body()).await, 409, "first-moved");
    cut_off_in_the_middle(&scene, &body).await;
    assert_eq!(scene.size().await, 0, "something was taken");

    let taken = send(body.clone()).await.is(201).json();
    assert_eq!(taken["already"], false);
    let again = send(body).await.is(200).json();
    assert_eq!((&again["already"], &again["receipt"]), (&json!(true), &taken["receipt"]));
    let problem = refused(send(Made::new(&scene, 10, 20).body()).await, 409, "duplicate-voucher");
    let voucher: Option<PublicKey> = problem["voucher"].as_str().and_then(|key| key.parse().ok());
    assert!(voucher.is_some() && problem["position"] == 0, "{problem}");
    assert_eq!(scene.size().await, 1);
    let spool = scene.node.data().join("spool");
    assert_eq!(std::fs::read_dir(spool).unwrap().count(), 0, "uploads are left behind");
    scene.in_order().await;
}

/// A sender whose connection breaks before the body that it announced has come.
async fn cut_off_in_the_middle(scene: &Scene, body: &[u8]) {
    let address = scene.node.url().trim_start_matches("http://");
    let mut connection = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /v1/batches HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/octet-stream\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(&body[..body.len() / 2]).await.unwrap();
    connection.shutdown().await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer:?}");
}

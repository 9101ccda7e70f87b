//! A node that is asked to end while it is at work: what is at hand is answered, what lies idle is closed, it ends in order,
//! and nobody can keep it from that.

use protocol::PublicKey;
use protocol::lifecycle::Kind;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use vouchsafe_tests::{Given, Issuer, Node, Outcome};

const UPLOAD: (&str, &str) = ("/v1/batches", "application/octet-stream");
const STEP: (&str, &str) = ("/v1/steps", "application/json");

/// A node with one batch of four.
async fn at_work() -> (Node, Issuer, Given) {
    let mut node = Node::on_devnet(&["--anchor-interval", "1"]).await;
    node.start().await;
    let issuer = Issuer::new(1, &node.ledger);
    let Outcome::Accepted(issue) = issuer.issue(node.http(), &issuer.batch(1, 0, 4)).await else {
        panic!("not issued")
    };
    (node, issuer, issue)
}

fn address(node: &Node) -> String {
    node.url().trim_start_matches("http://").to_owned()
}

/// Reads until it has heard this.
async fn hears(stream: &mut TcpStream, text: &str) {
    let mut said = Vec::new();
    while !String::from_utf8_lossy(&said).contains(text) {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await.unwrap();
        assert!(count > 0, "closed after {}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&piece[..count]);
    }
}

/// A request of which half was sent, and which the node is at: it has asked for the rest.
async fn half_sent(address: &str, (path, kind): (&str, &str), body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: node\r\nexpect: 100-continue\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    hears(&mut stream, "HTTP/1.1 100 Continue\r\n\r\n").await;
    stream.write_all(&body[..length / 2]).await.unwrap();
    stream
}

#[tokio::test]
async fn requests_at_hand_are_answered_and_idle_connections_are_closed() {
    let (mut node, issuer, issue) = at_work().await;
    let address = address(&node);
    let mut idle = TcpStream::connect(&address).await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: node\r\n\r\n").await.unwrap();
    hears(&mut idle, "{\"live\":true}").await;
    let batch = issuer.batch(2, 4, 4);
    let sale = issuer.step(&issue, Kind::Sell, (0, 1), PublicKey::NOBODY, &[issuer.key()]);
    let upload = half_sent(&address, UPLOAD, batch.body()).await;
    let step = half_sent(&address, STEP, sale.body()).await;

    let stopping = tokio::spawn(async move { (node.stop().await, node) });
    assert_eq!(idle.read(&mut [0]).await.unwrap(), 0, "an idle connection is kept");
    assert!(TcpStream::connect(&address).await.is_err(), "a node that ends takes new connections");
    for (mut stream, body) in [(upload, batch.body()), (step, sale.body())] {
        stream.write_all(&body[body.len() / 2..]).await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert!(said.starts_with("HTTP/1.1 201 ") && said.contains("\"receipt\""), "{said}");
    }
    let (status, mut node) = stopping.await.unwrap();
    assert_eq!(status.code(), Some(0));
    node.fsck().await.exits(0);
    node.start().await;
    assert_eq!(node.http().get("/v1/ledger").await.is(200).json()["size"], 3, "what was answered stands");
    assert!(node.stop().await.success());
}

#[tokio::test]
async fn a_client_who_never_finishes_keeps_no_node_from_ending_in_order() {
    let (mut node, issuer, _) = at_work().await;
    let _never = half_sent(&address(&node), UPLOAD, issuer.batch(2, 4, 4).body()).await;
    assert_eq!(node.stop().await.code(), Some(0));
    node.fsck().await.exits(0);
    node.start().await;
    assert_eq!(node.http().get("/v1/ledger").await.is(200).json()["size"], 1, "half a batch is none");
    assert!(node.stop().await.success());
}

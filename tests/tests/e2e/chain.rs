//! A chain that is down when it is needed: when a node is made, when it starts, while it works. Steps are taken all the
//! same, everything is anchored when the chain is back, and whoever asks meanwhile is told `unknown`, never `refuted`.

use crate::scene::{Scene, one_clear_line};
use protocol::verify::Verdict;
use std::net::SocketAddr;
use std::path::Path;
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use vouchsafe_tests::{Anvil, Node, Program, Run, free_port, until};

/// A way to the chain that can be cut.
struct Way {
    address: SocketAddr,
    to: String,
    open: Option<JoinHandle<()>>,
}

impl Way {
    /// Not open yet.
    fn to(anvil: &Anvil) -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        Self { address, to: anvil.url().trim_start_matches("http://").to_owned(), open: None }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    async fn open(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        let to = self.to.clone();
        self.open = Some(tokio::spawn(async move {
            // Dropped with this task, and its connections with it.
            let mut connections = tokio::task::JoinSet::new();
            while let Ok((mut here, _)) = listener.accept().await {
                let to = to.clone();
                connections.spawn(async move {
                    if let Ok(mut there) = TcpStream::connect(to).await {
                        let _ = tokio::io::copy_bidirectional(&mut here, &mut there).await;
                    }
                });
            }
        }));
    }

    async fn cut(&mut self) {
        let open = self.open.take().unwrap();
        open.abort();
        let _ = open.await;
    }
}

#[tokio::test]
async fn a_chain_that_goes_away_and_comes_back_costs_nothing_but_time() {
    let anvil = Anvil::start().await;
    let mut way = Way::to(&anvil);
    way.open().await;
    let node = Node::on_rpc(&way.url(), &["--anchor-interval", "1"]).await;
    let mut scene = Scene::of(node, anvil.url().to_owned()).await;
    scene.issuer().await;
    let batch = scene.issue("stock", 3, "").await;
    scene.anchored(&batch.vouchers[0], "dossier.json").await;
    anvil.mine(3).await;

    way.cut().await;
    scene.types("sell --range 0 --order ORDER-1 --key issuer.key", 0).await;
    let late = scene.issue("late", 2, "").await;
    // What was anchored before stands; the sale since is promised by receipt.
    scene.verdict(&batch.vouchers[0].to_string(), Verdict::Sold).await;
    let unanchored = scene.verdict(&late.vouchers[0].to_string(), Verdict::Unknown).await;
    assert_eq!(unanchored["problem"]["code"], "not-anchored", "{unanchored}");
    until_reached(&scene, false).await;

    let status = scene.node.stop().await;
    assert!(status.success(), "a node stops without its chain: {status}");
    scene.node.start().await;
    scene.types("sell --range 1 --order ORDER-2 --key issuer.key", 0).await;
    let asked = format!("verify {} --rpc {} --policy policy.json", batch.vouchers[2], way.url());
    let report = scene.judged(&asked, Verdict::Unknown, 3).await;
    assert_eq!(report["problem"]["code"], "chain-out-of-reach", "{report}");

    way.open().await;
    until_reached(&scene, true).await;
    for voucher in [&batch.vouchers[1], &late.vouchers[1]] {
        scene.anchored(voucher, "dossier.json").await;
    }
    anvil.mine(3).await;
    scene.verdict(&batch.vouchers[1].to_string(), Verdict::Sold).await;
    scene.verdict(&late.vouchers[1].to_string(), Verdict::GenuineUnclaimed).await;
    scene.in_order().await;
}

/// Waits until the node says whether it reaches its chain. It stays ready either way: it takes steps.
async fn until_reached(scene: &Scene, reached: bool) {
    until(&format!("the node says chain_reached: {reached}"), async || {
        let said = scene.node.http().get("/readyz").await.is(200).json();
        (said["chain_reached"] == reached).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_node_is_made_later_when_the_chain_is_down_or_another_one() {
    let anvil = Anvil::start().await;
    let mut way = Way::to(&anvil);
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("node");
    let key = Anvil::funded_key();
    let down = init(&way, &data, "31337").input(key).end().await.exits(1);
    one_clear_line(&down.stderr, &["vouchsafe-node: ", &way.address.to_string()]);
    let no_key = init(&way, &data, "31337").input("not a key").end().await.exits(2);
    one_clear_line(&no_key.stderr, &["vouchsafe-node: "]);
    assert!(!no_key.stderr.contains("not a key"), "{}", no_key.stderr);

    let nowhere = init(&way, &data, "31337").env("VOUCHSAFE_RPC", "").input(key).end().await.exits(2);
    one_clear_line(&nowhere.stderr, &["--rpc", "VOUCHSAFE_RPC"]);

    way.open().await;
    let other = init(&way, &data, "1").input(key).end().await.exits(1);
    one_clear_line(&other.stderr, &["31337"]);
    init(&way, &data, "31337").input(key).end().await.exits(0);
    let again = init(&way, &data, "31337").input(key).end().await.exits(1);
    one_clear_line(&again.stderr, &["holds a node already", "choose another folder"]);
}

fn init(way: &Way, data: &Path, chain_id: &str) -> Run {
    let address = format!("127.0.0.1:{}", free_port());
    let url = way.url();
    let chain = ["--chain-id", chain_id, "--deploy", "--anchoring-key", "-"];
    Run::new(Program::Node, ["init", "--listen", &address])
        .args(chain)
        .env("VOUCHSAFE_RPC", url)
        .args(["--data".as_ref(), data.as_os_str()])
}

//! Every verdict, reached by commands alone and held against an independent chain; and the same with the node gone.

use crate::scene::{Batch, Scene};
use anchors::{Chain, trusted_checkpoint};
use jiff::Timestamp;
use protocol::PublicKey;
use protocol::dossier::Dossier;
use protocol::verify::{TrustedCheckpoint, Verdict};
use serde_json::{Value, json};
use vouchsafe_tests::{Anvil, until};

/// Blocks after which what was anchored is final on this chain.
const FINAL: u64 = 3;

struct Stock {
    scene: Scene,
    anvil: Anvil,
    batch: Batch,
    buyer: PublicKey,
}

impl Stock {
    async fn new(cards: u64, terms: &str) -> Self {
        let anvil = Anvil::start().await;
        let scene = Scene::on_anvil(&anvil).await;
        scene.issuer().await;
        let buyer = scene.key("buyer", "").await;
        let batch = scene.issue("stock", cards, terms).await;
        Self { scene, anvil, batch, buyer }
    }

    /// Waits until all is anchored and final.
    async fn settled(&self, number: usize) -> Dossier {
        let dossier = self.scene.anchored(&self.batch.vouchers[number], "settled.json").await;
        self.anvil.mine(FINAL).await;
        dossier
    }

    async fn ask(&self, number: usize, options: &str, verdict: Verdict) -> Value {
        self.scene.verdict(&format!("{} {options}", self.batch.vouchers[number]), verdict).await
    }
}

#[tokio::test]
async fn genuine_and_everything_that_a_verdict_waits_for() {
    let stock = Stock::new(3, "").await;
    let Stock { scene, anvil, batch, buyer } = &stock;
    scene.anchored(&batch.vouchers[0], "settled.json").await;
    stock.ask(0, "", Verdict::GenuinePending).await;
    let typed = format!("verify {} --rpc {} --policy policy.json --final", batch.vouchers[0], anvil.url());
    scene.judged(&typed, Verdict::GenuinePending, 3).await;
    anvil.mine(FINAL).await;
    stock.ask(0, "--final", Verdict::GenuineUnclaimed).await;
    let typed = format!("verify {} --rpc {}", batch.vouchers[0], anvil.url());
    scene.judged(&typed, Verdict::UntrustedIssuer, 22).await;
    let typed = format!("verify {} --policy policy.json", batch.vouchers[0]);
    scene.judged(&typed, Verdict::Unknown, 3).await;

    scene.types(&format!("sell --range 1 --to {buyer} --key issuer.key"), 0).await;
    stock.ask(1, &format!("--my-key {buyer}"), Verdict::Genuine).await;
    stock.ask(1, "", Verdict::Sold).await;
    let other = scene.key("other", "").await;
    stock.ask(1, &format!("--my-key {other}"), Verdict::ResaleSuspected).await;
    stock.scene.in_order().await;
}

#[tokio::test]
async fn a_sale_under_an_order_opens_for_that_order_alone() {
    let stock = Stock::new(2, "").await;
    let told = stock.scene.types("sell --range 0 --order ORDER-1 --key issuer.key --json", 0).await.json();
    let salt = told["order"]["salt"].as_str().unwrap().to_owned();
    stock.settled(0).await;
    stock.ask(0, "", Verdict::Sold).await;
    stock.ask(0, &format!("--order ORDER-1 --salt {salt}"), Verdict::GenuineUnclaimed).await;
    stock.ask(0, &format!("--order ORDER-2 --salt {salt}"), Verdict::ResaleSuspected).await;
    stock.scene.write("delivered.txt", &stock.batch.lines[0]);
    let report = stock.scene.verdict("--line-file delivered.txt", Verdict::Sold).await;
    let opens = report["steps"].as_array().unwrap().iter().find(|step| step["code"] == "code.opens").unwrap();
    assert_eq!(opens["result"], "passed");
    stock.scene.in_order().await;
}

#[tokio::test]
async fn claimed_passed_on_used_up_and_spent() {
    let stock = Stock::new(2, "--uses 3 --transferable").await;
    let Stock { scene, batch, buyer, .. } = &stock;
    scene.write("delivered.txt", &batch.lines[0]);
    scene.types("claim --lines delivered.txt --key buyer.key", 0).await;
    let friend = scene.key("friend", "").await;
    scene.types(&format!("transfer --range 0 --to {friend} --key buyer.key"), 0).await;
    // The number is signed for when the batch is anchored, and not before.
    stock.settled(0).await;
    for order in 1..3 {
        let used = format!("use --lines delivered.txt --presented --order VISIT-{order} --key issuer.key");
        scene.types(&used, 0).await;
    }
    let beyond = scene.types("use --range 0 --order VISIT-3 --key issuer.key", 1).await;
    assert!(beyond.stderr.contains("use"), "{}", beyond.stderr);
    stock.settled(0).await;
    stock.ask(0, &format!("--my-key {friend}"), Verdict::Genuine).await;
    stock.ask(0, &format!("--my-key {buyer}"), Verdict::ResaleSuspected).await;
    scene.types("redeem --range 0 --order VISIT-3 --key issuer.key", 0).await;
    stock.settled(0).await;
    stock.ask(0, &format!("--my-key {friend}"), Verdict::Spent).await;
    let after = scene.types("sell --range 0 --key issuer.key", 1).await;
    assert!(after.stderr.contains("redeemed"), "{}", after.stderr);
    stock.scene.in_order().await;
}

#[tokio::test]
async fn frozen_released_and_called_back_by_two() {
    let anvil = Anvil::start().await;
    let scene = Scene::on_anvil(&anvil).await;
    scene.issuer().await;
    let arbiter = scene.key("arbiter", "").await;
    let buyer = scene.key("buyer", "").await;
    let batch = scene.issue("stock", 2, &format!("--arbiter {arbiter}")).await;
    let stock = Stock { scene, anvil, batch, buyer };
    let scene = &stock.scene;
    scene.types("hold --range 0 --key issuer.key", 0).await;
    stock.settled(0).await;
    stock.ask(0, "", Verdict::OnHold).await;
    scene.types("release --range 0 --key issuer.key", 1).await;
    scene.types("release --range 0 --key arbiter.key", 0).await;
    stock.settled(0).await;
    stock.ask(0, "", Verdict::GenuineUnclaimed).await;
    scene.types("hold --range 0 --key arbiter.key", 0).await;
    scene.types("void --range 0 --key issuer.key", 1).await;
    scene.types("void --range 0 --key issuer.key --sign-only void.json", 0).await;
    scene.types("void --from void.json --key arbiter.key", 0).await;
    stock.settled(0).await;
    stock.ask(0, "", Verdict::Voided).await;
    stock.scene.in_order().await;
}

#[tokio::test]
async fn returned_to_its_seller_and_sold_twice_by_him() {
    let stock = Stock::new(3, "").await;
    let Stock { scene, buyer, .. } = &stock;
    scene.types(&format!("sell --range 0 --to {buyer} --key issuer.key"), 0).await;
    scene.types("return --range 0 --key buyer.key", 1).await;
    scene.types("return --range 0 --key buyer.key --sign-only back.json", 0).await;
    scene.types("return --from back.json --key issuer.key", 0).await;

    scene.types("sell --range 1 --order ORDER-1 --key issuer.key --sign-only kept.json", 0).await;
    scene.types("sell --range 1 --order ORDER-2 --key issuer.key", 0).await;
    let refused = scene.types("sell --from kept.json --key issuer.key --json", 1).await.json();
    let refused = &refused["refused"][0];
    assert_eq!(refused["reason"], "already-moved", "{refused}");
    assert!(refused["evidence"]["receipt"]["signature"].is_string(), "{refused}");

    let dossier = stock.settled(1).await;
    assert_eq!(dossier.incidents.len(), 1);
    stock.ask(0, "", Verdict::SoldBefore).await;
    stock.ask(1, "", Verdict::ResaleSuspected).await;
    let incidents = scene.node.http().get("/v1/incidents").await.is(200).json();
    assert_eq!(incidents["incidents"].as_array().unwrap().len(), 1, "{incidents}");
    stock.scene.in_order().await;
}

#[tokio::test]
async fn foreign_forged_and_expired() {
    let stock = Stock::new(2, "").await;
    let Stock { scene, batch, .. } = &stock;
    stock.settled(0).await;
    let link = &batch.lines[0][batch.lines[0].find("http").unwrap()..];
    scene.write("forged.txt", &format!("stock99999999----0000000000000000----{link}\n"));
    scene.verdict("--line-file forged.txt", Verdict::Mismatch).await;
    let report = scene.verdict(&format!("0x{}", "ab".repeat(32)), Verdict::NotFound).await;
    assert!(report["absence"]["signature"].is_string(), "{report}");

    let soon = scene.node.http().get("/v1/ledger").await.json()["now"].as_u64().unwrap() + 5000;
    let soon_text = rfc3339(soon);
    let brief = scene.issue("brief", 1, &format!("--redeem-by {soon_text}")).await;
    scene.anchored(&brief.vouchers[0], "brief.json").await;
    stock.anvil.mine(FINAL).await;
    until("it is over", async || {
        let now = scene.node.http().get("/v1/ledger").await.json()["now"].as_u64().unwrap();
        (now > soon + 1000).then_some(())
    })
    .await;
    scene.verdict(&brief.vouchers[0].to_string(), Verdict::Expired).await;

    let waiting = scene.issue("waiting", 1, "--claims-after-sale").await;
    scene.write("early.txt", &waiting.lines[0]);
    scene.types("claim --lines early.txt --key buyer.key", 1).await;
    stock.scene.in_order().await;
}

/// A time as options take it, to the second.
fn rfc3339(at: u64) -> String {
    Timestamp::from_second(i64::try_from(at / 1000).unwrap()).unwrap().to_string()
}

#[tokio::test]
async fn one_file_is_enough_when_the_node_is_gone_and_an_altered_one_is_refuted() {
    let mut stock = Stock::new(20, "").await;
    stock.scene.types("sell --range 5 --order ORDER-1 --key issuer.key", 0).await;
    stock.scene.types("redeem --range 5 --order TOPUP-1 --key issuer.key", 0).await;
    let dossier = stock.settled(5).await;
    let number = dossier.checkpoint.checkpoint.number;
    let origin = dossier.ledger.origin;
    let reader = stock.anvil.reader(Chain::new(origin.chain_id, origin.contract));
    let facts = trusted_checkpoint(&reader, &origin, number).await.unwrap();
    let trusted = serde_json::to_string(&TrustedCheckpoint::from(&facts)).unwrap();
    let scene = &stock.scene;
    scene.write("trusted.json", &trusted);

    scene.anchored(&stock.batch.vouchers[6], "fresh.json").await;
    let text = scene.read("settled.json");
    let mut with_more: Value = serde_json::from_str(&text).unwrap();
    with_more["a member of tomorrow"] = json!({ "unknown": true });
    scene.write("more.json", &with_more.to_string());
    scene.verdict("./more.json", Verdict::Spent).await;
    alter_every_proof(scene, &with_more).await;

    let said = stock.scene.node.process().said();
    assert!(!said.contains("panicked"), "{said}");
    assert!(stock.scene.node.stop().await.success());
    let scene = &stock.scene;
    scene.verdict("settled.json", Verdict::Spent).await;
    let offline = "verify settled.json --trusted-checkpoint trusted.json --policy policy.json";
    scene.judged(offline, Verdict::Spent, 10).await;
    let rpc = stock.anvil.url().to_owned();
    stock.anvil.kill().await;
    let typed = format!("verify ./fresh.json --rpc {rpc} --policy policy.json");
    let report = scene.judged(&typed, Verdict::Unknown, 3).await;
    assert_eq!(report["problem"]["code"], "chain-out-of-reach", "{report}");
    scene.judged(offline, Verdict::Spent, 10).await;
}

/// One digit of every proof in turn: each is refuted.
async fn alter_every_proof(scene: &Scene, dossier: &Value) {
    for (place, step) in [
        ("/ledger/salt", "format.valid"),
        ("/checkpoint/log_root", "checkpoint.anchored"),
        ("/manifest/path/0", "manifest.included"),
        ("/voucher/path/0", "voucher.included"),
        ("/history/1/path/0", "history.included"),
        ("/history/1/signatures/0/signature", "history.authorised"),
        ("/head/chunk", "head.current"),
    ] {
        let mut altered = dossier.clone();
        let member = altered.pointer_mut(place).unwrap_or_else(|| panic!("no {place}"));
        let mut digits: Vec<char> = member.as_str().unwrap().chars().collect();
        digits[20] = if digits[20] == '0' { '1' } else { '0' };
        *member = digits.into_iter().collect::<String>().into();
        scene.write("altered.json", &altered.to_string());
        let report = scene.verdict("./altered.json", Verdict::Refuted).await;
        let steps = report["steps"].as_array().unwrap();
        let failed = steps.iter().find(|step| step["result"] == "failed").unwrap();
        assert_eq!(failed["code"], step, "{place}");
    }
}

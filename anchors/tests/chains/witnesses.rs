//! Several endpoints of one chain, `anvil`, behind which stand honest, late, silent and lying ones.

use crate::common::anvil::{Anvil, key};
use crate::common::{Log, served};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};
use vouchsafe_anchors::{
    AnchorError, AnchorReader as _, AnchorWriter as _, EvmChain, EvmOptions, Trouble, Watch,
};

/// What was told of the endpoints.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<(String, Trouble)>>>);

impl Told {
    fn watch(&self) -> Watch {
        let told = self.clone();
        Watch::new(move |endpoint, trouble| told.0.lock().unwrap().push((endpoint.to_owned(), trouble)))
    }

    fn of(&self, trouble: Trouble) -> Vec<String> {
        let told = self.0.lock().unwrap();
        let mut named: Vec<_> =
            told.iter().filter(|(_, said)| *said == trouble).map(|(name, _)| name.clone()).collect();
        named.sort();
        named.dedup();
        named
    }

    fn nothing(&self) -> bool {
        self.0.lock().unwrap().is_empty()
    }
}

/// A chain that began an hour ago, with a ledger at checkpoint 2, and its client over these endpoints.
async fn begun(blocks_ago_s: u64) -> (Anvil, Log) {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs();
    let anvil = Anvil::with(&["--timestamp", &(now - blocks_ago_s).to_string()]).await;
    let writer = anvil.writer(0);
    let mut log = Log::open(&writer, 1).await;
    log.anchor(&writer, 2).await;
    log.anchor(&writer, 2).await;
    (anvil, log)
}

fn client(anvil: &Anvil, urls: &[&str], told: &Told) -> EvmChain {
    let options = served::options(anvil.chain, urls);
    let options = EvmOptions { timeout: Duration::from_secs(5), watch: told.watch(), ..options };
    EvmChain::new(&options).unwrap()
}

/// Scheme, host and port.
fn name(url: &str) -> String {
    url.trim_end_matches("/rpc").trim_end_matches('/').to_owned()
}

fn is_call_of(asked: &Value, selector: &str) -> bool {
    let input = asked["params"][0]["input"].as_str().or(asked["params"][0]["data"].as_str());
    asked["method"] == "eth_call" && input.is_some_and(|input| input.starts_with(selector))
}

/// `latest(bytes32)`.
const LATEST: &str = "0x79feb107";

/// An endpoint that knows no block after this one.
async fn late(anvil: &Anvil, block: u64) -> String {
    let number = format!("{block:#x}");
    let request = move |asked: &mut Value| {
        let text = asked.to_string();
        for tag in ["latest", "finalized"] {
            if text.contains(&format!("\"{tag}\"")) {
                *asked = serde_json::from_str(&text.replace(&format!("\"{tag}\""), &format!("{number:?}")))
                    .unwrap();
            }
        }
    };
    served::altering(&anvil.url, request, |_, _| ()).await
}

#[tokio::test]
async fn honest_ones_agree_on_everything() {
    let (anvil, log) = begun(3600).await;
    let other = served::altering(&anvil.url, |_| (), |_, _| ()).await;
    let told = Told::default();
    let both = client(&anvil, &[&anvil.url, &other], &told);
    let one = anvil.client();
    assert_eq!(both.latest(log.ledger).await.unwrap(), one.latest(log.ledger).await.unwrap());
    assert_eq!(both.head().await.unwrap(), one.head().await.unwrap());
    assert_eq!(both.ledger(log.ledger).await.unwrap(), one.ledger(log.ledger).await.unwrap());
    for number in 0..=2 {
        let read = both.checkpoint(log.ledger, number).await.unwrap();
        assert_eq!(read, one.checkpoint(log.ledger, number).await.unwrap());
    }
    // One of them says no time with an event.
    let timeless = |_: &Value, given: &mut Value| {
        for log in given["result"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
            log.remove("blockTimestamp");
        }
    };
    let timeless = served::altering(&anvil.url, |_| (), timeless).await;
    let times = client(&anvil, &[&anvil.url, &timeless], &told).anchor_times(log.ledger, 1).await.unwrap();
    assert_eq!(times.keys().copied().collect::<Vec<_>>(), [1, 2]);
    for (number, time) in times {
        assert_eq!(time, one.checkpoint(log.ledger, number).await.unwrap().place.block_time);
    }
    let none = both.latest(protocol::LedgerId::new([9; 32])).await.unwrap_err();
    assert!(matches!(none, AnchorError::NotFound(_)), "{none:?}");
    assert!(told.nothing());
}

#[tokio::test]
async fn one_that_lies_about_a_checkpoint_makes_it_unknown_and_both_are_named() {
    let (anvil, log) = begun(3600).await;
    let truth = log.tip.hash(log.ledger).to_string();
    let truth = truth.trim_start_matches("0x").to_owned();
    // Another hash for the latest checkpoint, and another operator key in its event.
    let lie = move |_: &Value, given: &mut Value| {
        let text = given.to_string().replace(&truth, &"5a".repeat(32));
        *given = serde_json::from_str(&text).unwrap();
    };
    let liar = served::altering(&anvil.url, |_| (), lie).await;
    let told = Told::default();
    for urls in [[&anvil.url, &liar], [&liar, &anvil.url]] {
        let both = client(&anvil, &urls.map(String::as_str), &told);
        let error = both.latest(log.ledger).await.unwrap_err();
        let AnchorError::Disagreement { first, second, what } = &error else { panic!("{error:?}") };
        assert!(error.is_transient() && what.contains("number 2"), "{error}");
        assert_eq!([first.clone(), second.clone()], urls.map(|url| name(url)));
    }
    let mut both = [name(&anvil.url), name(&liar)];
    both.sort();
    assert_eq!(told.of(Trouble::Disagrees), both);
}

#[tokio::test]
async fn one_that_hides_the_newest_checkpoint_is_no_proof_of_absence() {
    let (anvil, log) = begun(3600).await;
    // Its newest block is the true one, but the contract of long ago answers.
    let request = |asked: &mut Value| {
        if is_call_of(asked, LATEST) {
            asked["params"][1] = json!("0x3");
        }
    };
    let hides = served::altering(&anvil.url, request, |_, _| ()).await;
    let told = Told::default();
    let both = client(&anvil, &[&hides, &anvil.url], &told);
    for error in
        [both.latest(log.ledger).await.unwrap_err(), both.checkpoint(log.ledger, 2).await.unwrap_err()]
    {
        assert!(matches!(error, AnchorError::Disagreement { .. }), "{error:?}");
    }
    assert_eq!(told.of(Trouble::Disagrees).len(), 2);
    // Nothing is sent on a contradiction.
    let mut log = log;
    let (next, proof) = log.grow(1);
    let error = both.signing_with(key(0)).anchor(log.ledger, &log.tip, &next, &proof).await.unwrap_err();
    assert!(matches!(error, AnchorError::Disagreement { .. }), "{error:?}");
}

#[tokio::test]
async fn one_that_keeps_transactions_to_itself_keeps_nothing_from_the_chain() {
    let (anvil, mut log) = begun(3600).await;
    // It says that it took the transaction, and drops it.
    let (chain, sent) = (anvil.url.clone(), Arc::new(Mutex::new(0)));
    let count = Arc::clone(&sent);
    let request = move |asked: &mut Value| {
        if asked["method"] == "eth_sendRawTransaction" {
            *count.lock().unwrap() += 1;
            *asked = json!({ "jsonrpc": "2.0", "id": asked["id"], "method": "eth_chainId", "params": [] });
        }
    };
    let drops = served::altering(&chain, request, |_, _| ()).await;
    let told = Told::default();
    for urls in [[drops.as_str(), &chain], [&chain, &drops]] {
        let both = client(&anvil, &urls, &told).signing_with(key(0));
        log.anchor(&both, 1).await;
    }
    assert_eq!((anvil.client().latest(log.ledger).await.unwrap().number, *sent.lock().unwrap()), (4, 2));
}

#[tokio::test]
async fn one_that_fell_behind_is_passed_over_and_named() {
    let (anvil, mut log) = begun(3600).await;
    let late = late(&anvil, 4).await;
    anvil.ask("evm_increaseTime", json!([1800])).await;
    log.anchor(&anvil.writer(0), 2).await;
    let told = Told::default();
    let both = client(&anvil, &[&late, &anvil.url], &told);
    assert_eq!(both.latest(log.ledger).await.unwrap().number, 3);
    assert_eq!(both.checkpoint(log.ledger, 3).await.unwrap().checkpoint, log.tip);
    assert_eq!(told.of(Trouble::Lags), [name(&late)]);
    assert!(told.of(Trouble::Disagrees).is_empty());
    // One that claims a block of the future makes nobody else late.
    let future = |asked: &Value, given: &mut Value| {
        if asked["method"] == "eth_getBlockByNumber" && asked["params"][0] == "latest" {
            given["result"]["timestamp"] = json!("0xffffffff");
        }
        if is_call_of(asked, LATEST) {
            let text = given.to_string().replace(&format!("{:064x}", 3), &format!("{:064x}", 4));
            *given = serde_json::from_str(&text).unwrap();
        }
    };
    let liar = served::altering(&anvil.url, |_| (), future).await;
    let error = client(&anvil, &[&liar, &anvil.url], &told).latest(log.ledger).await.unwrap_err();
    assert!(matches!(error, AnchorError::Disagreement { .. }), "{error:?}");
}

#[tokio::test]
async fn one_that_is_silent_is_passed_over_and_named() {
    let (anvil, log) = begun(3600).await;
    let gone = "http://127.0.0.1:9/v3/0123456789abcdef";
    let told = Told::default();
    let both = client(&anvil, &[gone, &anvil.url], &told);
    assert_eq!(both.latest(log.ledger).await.unwrap().number, 2);
    assert_eq!(told.of(Trouble::NoAnswer), ["http://127.0.0.1:9"], "never with its path");
}

#[tokio::test]
async fn a_chain_id_that_changed_stops_reading_and_writing() {
    let (anvil, mut log) = begun(3600).await;
    let changed = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&changed);
    let answer = move |asked: &Value, given: &mut Value| {
        if asked["method"] == "eth_chainId" && switch.load(Ordering::Relaxed) {
            given["result"] = json!("0x1");
        }
    };
    let url = served::altering(&anvil.url, |_| (), answer).await;
    let told = Told::default();
    let writer = client(&anvil, &[&url], &told).signing_with(key(0));
    assert_eq!(writer.latest(log.ledger).await.unwrap().number, 2);
    changed.store(true, Ordering::Relaxed);
    let (next, proof) = log.grow(1);
    for error in [
        writer.latest(log.ledger).await.unwrap_err(),
        writer.checkpoint(log.ledger, 1).await.unwrap_err(),
        writer.ledger(log.ledger).await.unwrap_err(),
        writer.anchor(log.ledger, &log.tip, &next, &proof).await.unwrap_err(),
        writer.open(&crate::common::opening(2)).await.unwrap_err(),
    ] {
        assert!(matches!(error, AnchorError::WrongChain { expected: 31337, actual: 1, .. }), "{error:?}");
    }
    assert_eq!(told.of(Trouble::WrongChain), [name(&url)]);
    assert_eq!(anvil.client().latest(log.ledger).await.unwrap().number, 2);
    changed.store(false, Ordering::Relaxed);
    log.tree = protocol::merkle::Tree::default();
    assert_eq!(writer.latest(log.ledger).await.unwrap().number, 2, "and goes on when it is right again");
}

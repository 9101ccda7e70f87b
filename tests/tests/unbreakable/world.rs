//! A node under faults, the parties that load it, and what they were promised.

use anchors::{AnchorReader as _, Chain, DEVELOPMENT_CHAIN_ID, EvmChain, EvmOptions};
use protocol::lifecycle::{Kind, Status};
use protocol::signing::KeyPair;
use protocol::{LedgerId, PublicKey};
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use vouchsafe_tests::{Anvil, Attempt, Batch, Faults, Given, Http, Issuer, Node, Outcome, Random, until};

/// Vouchers of a batch: enough for its tree to have stored nodes.
const BATCH: u64 = 24;

/// A voucher as its holder knows it.
pub struct Held {
    pair: KeyPair,
    number: u64,
    latest: Given,
    /// Sent, and not answered: it may stand or not.
    open: Option<Attempt>,
}

/// A node, what fails below it, and everybody who was promised something.
pub struct World {
    pub node: Node,
    pub faults: Faults,
    chain: EvmChain,
    /// Lives as long as the world, where it is not the node's own.
    _anvil: Option<Anvil>,
    issuer: Arc<Issuer>,
    operator: PublicKey,
    held: Vec<Held>,
    open_batch: Option<Batch>,
    batches: u64,
    /// How many were issued, by what was promised.
    pub vouchers: u64,
    /// Every receipt that anybody was ever given.
    pub promised: Vec<Given>,
}

impl World {
    /// On the embedded chain, whose file lies on the failing disk, too.
    pub async fn on_devnet() -> Self {
        let node = Node::on_devnet(&["--anchor-interval", "1"]).await;
        let rpc = format!("{}/rpc", node.url());
        Self::of(node, rpc, None, true).await
    }

    /// The same with nothing below the node: what remembers a power cut's prey holds files and memory of its own.
    pub async fn in_peace() -> Self {
        let node = Node::on_devnet(&["--anchor-interval", "1"]).await;
        let rpc = format!("{}/rpc", node.url());
        Self::of(node, rpc, None, false).await
    }

    /// On an independent chain.
    pub async fn on_anvil() -> Self {
        let anvil = Anvil::start().await;
        let node = Node::on_anvil(&anvil, &["--anchor-interval", "1"]).await;
        let rpc = anvil.url().to_owned();
        Self::of(node, rpc, Some(anvil), true).await
    }

    async fn of(mut node: Node, rpc: String, anvil: Option<Anvil>, can_fail: bool) -> Self {
        node.answer_all();
        let port = anvil.as_ref().map(|anvil| anvil.url().rsplit(':').next().unwrap().parse().unwrap());
        let faults = Faults::new();
        if can_fail {
            faults.track();
            node.under(&faults, port);
        }
        node.start().await;
        let said = node.http().get("/v1/ledger").await.is(200).json();
        let operator = said["operator_key"].as_str().unwrap().parse().unwrap();
        assert!(node.stop().await.success());
        let contract = node.contract.to_lowercase().parse().unwrap();
        let options = EvmOptions::new(Chain::new(DEVELOPMENT_CHAIN_ID, contract), vec![rpc.parse().unwrap()]);
        Self {
            issuer: Arc::new(Issuer::new(1, &node.ledger)),
            chain: EvmChain::new(&options).unwrap(),
            node,
            faults,
            _anvil: anvil,
            operator,
            held: Vec::new(),
            open_batch: None,
            batches: 0,
            vouchers: 0,
            promised: Vec::new(),
        }
    }

    /// Has parties step, and the issuer issue, until `steps` were taken or the node gives no answers. Promises are kept
    /// in mind.
    pub async fn load(&mut self, random: &mut Random, steps: u64) {
        const WORKERS: usize = 6;
        let stop = Arc::new(AtomicBool::new(false));
        let mut shares: Vec<Vec<Held>> = (0..WORKERS).map(|_| Vec::new()).collect();
        for (place, held) in self.held.drain(..).enumerate() {
            shares[place % WORKERS].push(held);
        }
        let issuing = issue(Arc::clone(&self.issuer), self.node.http().clone(), self.next_batch());
        let issuing = tokio::spawn(issuing);
        let working = shares.into_iter().map(|share| {
            let worker = Worker {
                issuer: Arc::clone(&self.issuer),
                node: self.node.http().clone(),
                random: Random::new(random.below(u64::MAX)),
                stop: Arc::clone(&stop),
            };
            tokio::spawn(worker.work(share, steps / WORKERS as u64))
        });
        for share in working.collect::<Vec<_>>() {
            let (held, promised) = share.await.unwrap();
            self.held.extend(held);
            self.promises(promised);
        }
        let (batch, given) = issuing.await.unwrap();
        match given {
            Some(given) => self.issued(batch, given),
            None => self.open_batch = Some(batch),
        }
    }

    fn next_batch(&mut self) -> Batch {
        self.open_batch.take().unwrap_or_else(|| {
            self.batches += 1;
            self.issuer.batch(self.batches, self.vouchers, BATCH)
        })
    }

    fn issued(&mut self, batch: Batch, given: Given) {
        for (number, pair) in (batch.first..).zip(batch.vouchers) {
            self.held.push(Held { pair, number, latest: given.clone(), open: None });
        }
        self.vouchers += BATCH;
        self.promises(vec![given]);
    }

    fn promises(&mut self, given: Vec<Given>) {
        for given in given {
            assert!(given.is_signed_by(&self.operator, self.issuer.ledger()), "a receipt nobody signed");
            self.promised.push(given);
        }
    }

    /// Holds the node to what it promised from the `from`-th promise on. Breaks off where it gives no answers.
    pub async fn honours(&self, from: usize) -> bool {
        for given in &self.promised[from..] {
            if given.honoured(self.node.http()).await.is_err() {
                return false;
            }
        }
        true
    }

    /// Loads until the fault that is planned has come.
    pub async fn load_until_it_fails(&mut self, random: &mut Random, steps: u64) {
        const LOADS: usize = 20;
        for _ in 0..LOADS {
            self.load(random, steps).await;
            if self.faults.fired() {
                return;
            }
        }
        panic!("the planned fault did not come in {LOADS} loads of {steps} steps");
    }

    /// Waits until everything is anchored. Breaks off where the node gives no answers.
    pub async fn is_anchored(&self) -> bool {
        until("all is anchored", async || {
            let Ok(said) = self.node.http().try_get("/v1/ledger").await else { return Some(false) };
            let said = said.is(200).json();
            (said["checkpoint"]["size"] == said["size"]).then_some(true)
        })
        .await
    }

    /// Holds what the node says of its checkpoints against the contract.
    pub async fn agrees_with_its_chain(&self) {
        assert!(self.is_anchored().await, "a node at peace gives no answer");
        let ledger: LedgerId = self.issuer.ledger();
        let said = self.checkpoints().await;
        let tip = self.chain.latest(ledger).await.unwrap();
        let mut before = None;
        for (number, said) in (0..=tip.number).zip(&said) {
            let on_chain = self.chain.checkpoint(ledger, number).await.unwrap();
            assert_eq!(said["hash"], on_chain.hash.to_string(), "checkpoint {number}");
            assert_eq!(said["number"], number);
            assert!(
                before.is_none_or(|before| on_chain.checkpoint.previous == before),
                "checkpoint {number}"
            );
            before = Some(on_chain.hash);
        }
        assert_eq!(before, Some(tip.hash), "the node knows all that the contract has");
    }

    /// Every checkpoint that the node shows, a few at a time: so that short runs follow pages, too.
    async fn checkpoints(&self) -> Vec<Value> {
        let (mut shown, mut next) = (Vec::new(), Some(0));
        while let Some(from) = next {
            let path = format!("/v1/checkpoints?limit=9&from={from}");
            let page = self.node.http().get(&path).await.is(200).json();
            shown.extend(page["checkpoints"].as_array().unwrap().iter().cloned());
            next = page["next"].as_u64();
            assert!(
                next.is_none_or(|next| next == shown.len() as u64),
                "after {} comes {next:?}",
                shown.len()
            );
        }
        shown
    }
}

/// Issues a batch. None where nobody can know whether it stands.
async fn issue(issuer: Arc<Issuer>, node: Http, batch: Batch) -> (Batch, Option<Given>) {
    match issuer.issue(&node, &batch).await {
        Outcome::Accepted(given) => (batch, Some(given)),
        Outcome::NoAnswer(_) | Outcome::Later => (batch, None),
        other => panic!("a batch from number {}: {other:?}", batch.first),
    }
}

struct Worker {
    issuer: Arc<Issuer>,
    node: Http,
    random: Random,
    /// Set by the first who got no answer.
    stop: Arc<AtomicBool>,
}

impl Worker {
    async fn work(mut self, mut share: Vec<Held>, steps: u64) -> (Vec<Held>, Vec<Given>) {
        let mut promised = Vec::new();
        for _ in 0..steps {
            if share.is_empty() || self.stop.load(Ordering::SeqCst) {
                break;
            }
            let place = usize::try_from(self.random.below(share.len() as u64)).unwrap();
            let held = &mut share[place];
            let Some(attempt) = held.open.take().or_else(|| self.next(held)) else { continue };
            match attempt.submit(&self.node).await {
                Outcome::Accepted(given) => {
                    held.latest = given.clone();
                    promised.push(given);
                }
                Outcome::NoAnswer(_) => {
                    held.open = Some(attempt);
                    self.stop.store(true, Ordering::SeqCst);
                }
                Outcome::Later => held.open = Some(attempt),
                // Nobody else moves this voucher.
                other => panic!("voucher {}: {other:?}", held.number),
            }
        }
        (share, promised)
    }

    /// A step that the voucher can take now; none once it is redeemed.
    fn next(&mut self, held: &Held) -> Option<Attempt> {
        let issuer = self.issuer.key();
        let range = (held.number, 1);
        let status = Status::from_byte(held.latest.entry.status).unwrap();
        let step =
            |kind, party, by: &[&KeyPair]| Some(self.issuer.step(&held.latest, kind, range, party, by));
        let draw = self.random.below(8);
        match (status, draw) {
            (Status::InTrade, 0..=3) | (Status::Claimed, 0..=6) => {
                step(Kind::Transfer, issuer.public(), &[issuer])
            }
            (Status::InTrade, 4 | 5) => step(Kind::Sell, PublicKey::NOBODY, &[issuer]),
            (Status::InTrade | Status::Sold, _) => step(Kind::Claim, issuer.public(), &[&held.pair, issuer]),
            (Status::Claimed, _) => step(Kind::Redeem, held.latest.entry.party, &[issuer]),
            _ => None,
        }
    }
}

//! Whether a voucher costs the same when the ledger is large: batches of one size on a ledger that grows around them.
//!
//! The ledger is filled with random records: their codes are nobody's business here, and the node does not see them anyway.

use crate::Scale;
use crate::http::{all, request};
use crate::issue::{issue, make_issuer, write_cards};
use crate::measure::{Figure, Goal, Spread, in_words, number};
use crate::process::peak;
use crate::runtime;
use protocol::digest::bytes_to_hex;
use protocol::entry::{Entry, Signed};
use protocol::lifecycle::{Kind, Status};
use protocol::manifest::{Flags, Terms, manifest_digest};
use protocol::merkle::{Frontier, TreeHash as _};
use protocol::signing::KeyPair;
use protocol::{Digest, Keccak, LedgerId, PublicKey};
use serde_json::json;
use std::ops::Range;
use std::time::Instant;
use tempfile::TempDir;
use vouchsafe_tests::Node;

const CONNECTIONS: usize = 16;

/// What a node may take while batches of a million vouchers come in, whatever is in its ledger: docs/operations.md states it.
const STATED_MIB: f64 = 400.0;

/// Figures of a ledger that grows a hundredfold.
pub fn figures(scale: Scale) -> Vec<Figure> {
    runtime().block_on(grow(scale))
}

async fn grow(scale: Scale) -> Vec<Figure> {
    let (measured, filling, times) = if scale.small { (500, 1_000, 3) } else { (100_000, 1_100_000, 9) };
    let mut small = Vec::new();
    for _ in 0..rounds(scale) {
        let (node, mut ledger) = Growing::on_a_new_node().await;
        ledger.take_in(&node, measured).await;
        small.push(ledger.both(&node, measured).await);
    }
    let (mut node, mut ledger) = Growing::on_a_new_node().await;
    ledger.take_in(&node, measured).await;
    let (mut small_peak, mut small_at) = (f64::NAN, 0);
    for filled in 0..times {
        ledger.take_in(&node, filling).await;
        if filled == 0 {
            ledger.fill_cache(&node, scale).await;
            small_peak = peak(&node.process().id().to_string());
            small_at = ledger.first;
        }
    }
    let large_from = ledger.first;
    let mut large = Vec::new();
    for _ in 0..rounds(scale) {
        large.push(ledger.both(&node, measured).await);
    }
    ledger.fill_cache(&node, scale).await;
    let large_peak = peak(&node.process().id().to_string());
    let times = |what: &str, goal, of: fn(&Both) -> f64| {
        let (small, large): (Vec<f64>, Vec<f64>) =
            (small.iter().map(of).collect(), large.iter().map(of).collect());
        let each = |seconds: &[f64]| in_words(Spread::of(seconds.to_vec()).median / number(measured));
        Figure {
            what: format!("{what}, {measured} at a time on a ledger of {large_from}"),
            beside: format!("the same on a ledger of {measured}"),
            goal,
            unit: "times as long",
            behind: format!("{} against {}", each(&large), each(&small)),
            measured: Spread::of(large.iter().zip(&small).map(|(large, small)| large / small).collect()),
        }
    };
    vec![
        times("time a voucher from file to durable receipt", Goal::AtMost(1.3), |both| both.issued),
        times("the node's part of it: records that are there already", Goal::Open, |both| both.taken_in),
        Figure {
            what: format!("peak memory of the node at {} vouchers", ledger.first),
            beside: format!(
                "what docs/operations.md states for any number of them; batches of {filling} were taken in, and the cache of \
                 blocks is full"
            ),
            goal: Goal::AtMost(STATED_MIB),
            unit: "MiB",
            measured: Spread::single(large_peak),
            behind: format!("VmHWM; {small_peak:.0} MiB at {small_at}"),
        },
    ]
}

fn rounds(scale: Scale) -> usize {
    scale.rounds().min(5)
}

/// Seconds of one batch: issued by the command, and of random records that the node takes in.
struct Both {
    issued: f64,
    taken_in: f64,
}

/// What a record of this number is made of.
fn random(number: u64, what: &[u8]) -> [u8; 32] {
    *protocol::keccak(&[what, &number.to_be_bytes()]).as_bytes()
}

struct Growing {
    issuer: KeyPair,
    id: LedgerId,
    /// Vouchers of the ledger.
    first: u64,
    /// Cards that were issued.
    cards: usize,
    /// Numbers of the vouchers that are not cards, but random records.
    random: Vec<Range<u64>>,
}

impl Growing {
    async fn on_a_new_node() -> (Node, Self) {
        let mut node = Node::on_devnet(&[]).await;
        node.log_to_a_file();
        node.answer_all();
        node.start().await;
        let id = node.ledger.parse().expect("a ledger");
        (node, Self { issuer: KeyPair::from_seed(&[5; 32]), id, first: 0, cards: 0, random: Vec::new() })
    }

    /// Seconds in which the node takes in a batch of random records.
    async fn take_in(&mut self, node: &Node, count: usize) -> f64 {
        let body = self.batch(count as u64);
        let numbers = self.first..self.first + count as u64;
        self.first = numbers.end;
        self.random.push(numbers);
        let start = Instant::now();
        node.http().post_bytes("/v1/batches", "application/octet-stream", body).await.is(201);
        start.elapsed().as_secs_f64()
    }

    /// Seconds in which the command issues a file of cards.
    async fn issue(&mut self, node: &Node, count: usize) -> f64 {
        let folder = TempDir::new().expect("a folder");
        make_issuer(&folder).await;
        write_cards(&folder, self.cards..self.cards + count);
        let start = Instant::now();
        issue(&folder, node).await;
        let took = start.elapsed().as_secs_f64();
        self.cards += count;
        self.first += count as u64;
        took
    }

    /// One batch of either kind.
    async fn both(&mut self, node: &Node, count: usize) -> Both {
        let issued = self.issue(node, count).await;
        Both { issued, taken_in: self.take_in(node, count).await }
    }

    /// Asks for vouchers all over the ledger, until the node's cache of blocks holds what it may.
    async fn fill_cache(&self, node: &Node, scale: Scale) {
        let asked = if scale.small { 100 } else { 50_000 };
        let step = usize::try_from(self.first / asked).expect("a step").max(1);
        let path = |number| format!("/v1/vouchers/{}", PublicKey::new(random(number, b"key")));
        let requests: Vec<Vec<u8>> = self
            .random
            .iter()
            .cloned()
            .flatten()
            .step_by(step)
            .map(|number| request("GET", &path(number), ""))
            .collect();
        let address = node.url().trim_start_matches("http://");
        all(address, &requests, CONNECTIONS, 200).await;
    }

    fn batch(&self, count: u64) -> Vec<u8> {
        let manifest = json!({
            "format": "vouchsafe/manifest@1", "issuer": { "name": "Bench" }, "product": { "sku": "B", "title": "B" },
            "code_form": "strip", "source_digest": Digest::ZERO, "created_at": "2026-01-01T00:00:00Z", "tool": "bench",
            "note": self.first,
        })
        .to_string();
        let flags = Flags { stamped: true, ..Flags::default() };
        let terms = Terms::new(count, 1, flags, Vec::new(), Vec::new()).expect("terms");
        let records: Vec<u8> = (self.first..self.first + count)
            .flat_map(|number| [random(number, b"key"), random(number, b"label")])
            .flatten()
            .collect();
        let mut tree = Frontier::<Keccak>::default();
        tree.append(terms.leaf(manifest_digest(&manifest)), |_, _| ());
        tree.extend(&Keccak::leaves(&records, 64), |_, _| ());
        let entry = Entry {
            kind: Kind::Issue.byte(),
            status: Status::InTrade.byte(),
            first: self.first,
            count,
            prev: Entry::NO_PREV,
            at: 0,
            party: self.issuer.public(),
            content: tree.root(),
        };
        let instruction = entry.instruction(self.id, Digest::ZERO);
        let signatures = [Signed::new("issuer", &self.issuer, &instruction)];
        let head = json!({
            "manifest": manifest, "terms": bytes_to_hex(&terms.encode()), "entry": bytes_to_hex(&entry.encode()),
            "signatures": signatures,
        });
        [format!("{head}\n").into_bytes(), records].concat()
    }
}

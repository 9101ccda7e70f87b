//! Whether a voucher costs the same when the ledger is large: batches of one size on a ledger that grows around them.
//!
//! The records are random: their codes are nobody's business here, and the node does not see them anyway.

use crate::Scale;
use crate::http::{all, request};
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
use std::time::Instant;
use vouchsafe_tests::Node;

const CONNECTIONS: usize = 16;

/// Figures of a ledger that grows a hundredfold.
pub fn figures(scale: Scale) -> Vec<Figure> {
    runtime().block_on(grow(scale))
}

async fn grow(scale: Scale) -> Vec<Figure> {
    let (measured, filling, times) = if scale.small { (500, 1_000, 3) } else { (100_000, 1_100_000, 9) };
    let mut node = Node::on_devnet(&[]).await;
    node.answer_all();
    node.start().await;
    let mut ledger = Growing {
        issuer: KeyPair::from_seed(&[5; 32]),
        id: node.ledger.parse().expect("a ledger"),
        first: 0,
    };
    ledger.issue(&node, measured).await;
    let small = ledger.issue_several(&node, measured, scale).await;
    let (mut small_peak, mut small_at) = (f64::NAN, 0);
    for filled in 0..times {
        ledger.issue(&node, filling).await;
        if filled == 0 {
            ledger.fill_cache(&node, scale).await;
            small_peak = peak(&node.process().id().to_string());
            small_at = ledger.first;
        }
    }
    let large_from = ledger.first;
    let large = ledger.issue_several(&node, measured, scale).await;
    ledger.fill_cache(&node, scale).await;
    let large_peak = peak(&node.process().id().to_string());
    let each = |seconds: &[f64]| in_words(Spread::of(seconds.to_vec()).median / number(measured));
    vec![
        Figure {
            what: format!("time a voucher, in batches of {measured} on a ledger of {large_from}"),
            beside: format!("the same batches on a ledger of {measured}"),
            goal: Goal::AtMost(1.3),
            unit: "times as long",
            measured: Spread::of(large.iter().zip(&small).map(|(large, small)| large / small).collect()),
            behind: format!("{} against {}", each(&large), each(&small)),
        },
        Figure {
            what: format!("peak memory of the node at {} vouchers", ledger.first),
            beside: format!(
                "at {small_at} of them; batches of {filling} were taken in, and the cache of blocks is full"
            ),
            goal: Goal::AtMost(1.1),
            unit: "times as much",
            measured: Spread::single(large_peak / small_peak),
            behind: format!("{large_peak:.0} MiB against {small_peak:.0} MiB"),
        },
    ]
}

/// What a record of this number is made of.
fn random(number: u64, what: &[u8]) -> [u8; 32] {
    *protocol::keccak(&[what, &number.to_be_bytes()]).as_bytes()
}

struct Growing {
    issuer: KeyPair,
    id: LedgerId,
    first: u64,
}

impl Growing {
    /// Seconds in which the node takes in a batch of random records.
    async fn issue(&mut self, node: &Node, count: usize) -> f64 {
        let body = self.batch(count as u64);
        self.first += count as u64;
        let start = Instant::now();
        node.http().post_bytes("/v1/batches", "application/octet-stream", body).await.is(201);
        start.elapsed().as_secs_f64()
    }

    /// Seconds of several batches, one after the other.
    async fn issue_several(&mut self, node: &Node, count: usize, scale: Scale) -> Vec<f64> {
        let mut seconds = Vec::new();
        for _ in 0..scale.rounds().min(5) {
            seconds.push(self.issue(node, count).await);
        }
        seconds
    }

    /// Asks for vouchers all over the ledger, until the node's cache of blocks holds what it may.
    async fn fill_cache(&self, node: &Node, scale: Scale) {
        let asked = if scale.small { 100 } else { 50_000 };
        let step = usize::try_from(self.first / asked).expect("a step").max(1);
        let path = |number| format!("/v1/vouchers/{}", PublicKey::new(random(number, b"key")));
        let requests: Vec<Vec<u8>> =
            (0..self.first).step_by(step).map(|number| request("GET", &path(number), "")).collect();
        let address = node.url().trim_start_matches("http://");
        all(address, &requests, CONNECTIONS, &[200]).await;
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

//! Claims by 64 clients, each with two signatures, beside checking those signatures and doing nothing else.

use crate::http::{all, request};
use crate::issue::{Issued, until_anchored};
use crate::measure::{Figure, Goal, Spread, in_words, number, seconds};
use protocol::digest::bytes_to_hex;
use protocol::entry::{Entry, Signed};
use protocol::lifecycle::{Kind, Status};
use protocol::signing::{KeyPair, verify_signature};
use rayon::prelude::{IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};
use serde_json::json;

const CLIENTS: usize = 64;
/// Claims in a list.
const LIST: usize = 64;
/// The first warms up, the last is left for later.
const SHARES: usize = 10;

/// A claim, signed and ready to go.
struct Claim {
    body: String,
    instruction: Vec<u8>,
    signatures: Vec<Signed>,
}

/// Claims all vouchers of the batch but a last share, round by round, in lists and one by one in turn, and measures each
/// round beside its signatures.
pub async fn figures(issued: &Issued) -> Vec<Figure> {
    let claimant = KeyPair::from_seed(&[9; 32]);
    let keys = issued.keys();
    let (mut in_lists, mut one_by_one) = (Pace::default(), Pace::default());
    let share = keys.len() / SHARES;
    for (round, keys) in keys.chunks(share).take(SHARES - 1).enumerate() {
        let claims = claims(issued, round * share, keys, &claimant);
        let (listed, alone) = claims.split_at(claims.len() / 2);
        in_lists.take(round, listed, send_in_lists(issued, listed).await);
        one_by_one.take(round, alone, send_alone(issued, alone).await);
    }
    until_anchored(&issued.node, "size", share * (SHARES - 1) + 1).await;
    let what = format!("claims, two signatures and a durable receipt each, {CLIENTS} clients");
    vec![
        in_lists.figure(format!("{what}, {LIST} in a request"), Goal::AtLeast(0.6)),
        one_by_one.figure("the same, each in a request of its own".to_owned(), Goal::Open),
    ]
}

/// How fast claims are taken, round by round.
#[derive(Default)]
struct Pace {
    ratios: Vec<f64>,
    rate: f64,
    bare: f64,
}

impl Pace {
    /// A round that took so many seconds; the first warms up.
    fn take(&mut self, round: usize, claims: &[Claim], took: f64) {
        let checked = seconds(|| check(claims));
        if round > 0 {
            (self.rate, self.bare) = (number(claims.len()) / took, number(claims.len()) / checked);
            self.ratios.push(checked / took);
        }
    }

    fn figure(self, what: String, goal: Goal) -> Figure {
        let Self { ratios, rate, bare } = self;
        let each = in_words(1.0 / rate);
        Figure {
            what,
            beside: "checking those signatures on both cores and nothing else".to_owned(),
            goal,
            unit: "of its rate",
            measured: Spread::of(ratios),
            behind: format!(
                "{rate:.0}/s against {bare:.0}/s; the clients run on the same cores ({each} a claim)"
            ),
        }
    }
}

/// Claims the last share.
pub async fn last_share(issued: &Issued) {
    let keys = issued.keys();
    let first = keys.len() / SHARES * (SHARES - 1);
    let keys = keys.get(first..).unwrap_or_default();
    send_in_lists(issued, &claims(issued, first, keys, &KeyPair::from_seed(&[9; 32]))).await;
}

async fn send_alone(issued: &Issued, claims: &[Claim]) -> f64 {
    let requests = claims.iter().map(|claim| request("POST", "/v1/steps", &claim.body));
    let requests: Vec<_> = requests.collect();
    all(&issued.address, &requests, CLIENTS, 201).await
}

/// A list is answered with 200 whatever came of its steps, so the log must have grown by each of them.
async fn send_in_lists(issued: &Issued, claims: &[Claim]) -> f64 {
    let list = |claims: &[Claim]| {
        let bodies: Vec<&str> = claims.iter().map(|claim| claim.body.as_str()).collect();
        request("POST", "/v1/steps/many", &format!(r#"{{"steps":[{}]}}"#, bodies.join(",")))
    };
    let requests: Vec<_> = claims.chunks(LIST).map(list).collect();
    let before = log_size(issued).await;
    let took = all(&issued.address, &requests, CLIENTS, 200).await;
    assert_eq!(log_size(issued).await, before + claims.len() as u64, "every claim is taken");
    took
}

async fn log_size(issued: &Issued) -> u64 {
    let said = issued.node.http().get("/v1/ledger").await.is(200).json();
    said["size"].as_u64().expect("a size")
}

fn claims(issued: &Issued, first: usize, keys: &[KeyPair], claimant: &KeyPair) -> Vec<Claim> {
    let leaf = issued.issue_leaf();
    let claim = |(at, voucher): (usize, &KeyPair)| {
        let entry = Entry {
            kind: Kind::Claim.byte(),
            status: Status::Claimed.byte(),
            first: (first + at) as u64,
            count: 1,
            prev: 0,
            at: 0,
            party: claimant.public(),
            content: protocol::Digest::ZERO,
        };
        let instruction = entry.instruction(issued.ledger, leaf);
        let signatures = vec![
            Signed::new("voucher", voucher, &instruction),
            Signed::new("claimant", claimant, &instruction),
        ];
        let body = json!({ "entry": bytes_to_hex(&entry.encode()), "memo": null, "signatures": signatures });
        Claim { body: body.to_string(), instruction, signatures }
    };
    keys.par_iter().enumerate().map(claim).collect()
}

fn check(claims: &[Claim]) {
    let valid = |claim: &Claim| {
        let valid = |signed: &Signed| verify_signature(&signed.key, &claim.instruction, &signed.signature);
        claim.signatures.iter().all(valid)
    };
    assert!(claims.par_iter().all(valid), "the signatures are valid");
}

/// Seconds in which all cores check the signatures of a claim of each voucher, told from those of a share of them.
pub fn bare_checks(issued: &Issued) -> f64 {
    let keys = issued.keys();
    let share = &keys[..keys.len().div_ceil(SHARES)];
    let claims = claims(issued, 0, share, &KeyPair::from_seed(&[9; 32]));
    seconds(|| check(&claims)) * number(keys.len()) / number(claims.len())
}

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
/// The first warms up, the last is left for later.
const SHARES: usize = 10;

/// A claim, signed and ready to go.
struct Claim {
    request: Vec<u8>,
    instruction: Vec<u8>,
    signatures: Vec<Signed>,
}

/// Claims all vouchers of the batch but a last share, round by round, and measures each round beside its signatures.
pub async fn figures(issued: &Issued) -> Vec<Figure> {
    let claimant = KeyPair::from_seed(&[9; 32]);
    let keys = issued.keys();
    let mut ratios = Vec::new();
    let (mut rate, mut bare) = (0.0, 0.0);
    let share = keys.len() / SHARES;
    for (round, keys) in keys.chunks(share).take(SHARES - 1).enumerate() {
        let claims = claims(issued, round * share, keys, &claimant);
        let took = send(issued, &claims).await;
        let checked = seconds(|| check(&claims));
        if round > 0 {
            rate = number(claims.len()) / took;
            bare = number(claims.len()) / checked;
            ratios.push(rate / bare);
        }
    }
    until_anchored(&issued.node, "size", share * (SHARES - 1) + 1).await;
    vec![Figure {
        what: format!("claims, two signatures and a durable receipt each, {CLIENTS} clients"),
        beside: "checking those signatures on both cores and nothing else".to_owned(),
        goal: Goal::AtLeast(0.6),
        unit: "of its rate",
        measured: Spread::of(ratios),
        behind: format!(
            "{rate:.0}/s against {bare:.0}/s; the clients run on the same cores ({} a claim)",
            in_words(1.0 / rate)
        ),
    }]
}

/// Claims the last share.
pub async fn last_share(issued: &Issued) {
    let keys = issued.keys();
    let first = keys.len() / SHARES * (SHARES - 1);
    let keys = keys.get(first..).unwrap_or_default();
    send(issued, &claims(issued, first, keys, &KeyPair::from_seed(&[9; 32]))).await;
}

async fn send(issued: &Issued, claims: &[Claim]) -> f64 {
    let requests: Vec<Vec<u8>> = claims.iter().map(|claim| claim.request.clone()).collect();
    all(&issued.address, &requests, CLIENTS, &[201]).await
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
        Claim { request: request("POST", "/v1/steps", &body.to_string()), instruction, signatures }
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

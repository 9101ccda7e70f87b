//! The operator's word that there is no such voucher: believed only when it is signed, and held against a checkpoint that
//! the asker trusts.

use super::trust::{TrustArgs, Trusted};
use crate::failure::Failure;
use crate::lang::Text;
use crate::node_client::{NodeClient, Problem};
use anchors::DEVELOPMENT_CHAIN_ID;
use protocol::receipt::Absence;
use protocol::verify::{AbsenceQuestion, Detail, Policy, TrustedCheckpoint, verify_absence};
use protocol::{Digest, PublicKey, Signature};
use serde::Deserialize;

/// What such a word is worth.
#[derive(Debug, Clone)]
pub enum Absent {
    /// It is the operator's, as of a checkpoint that the asker trusts.
    Proven {
        /// That checkpoint.
        trusted: Box<TrustedCheckpoint>,
        /// The word, to be kept as evidence.
        absence: Absence,
        /// The checkpoint was read from a chain for development.
        development: bool,
    },
    /// It proves nothing, for this reason.
    Unproven(Unproven),
}

/// Why the word proves nothing.
#[derive(Debug, Clone)]
pub enum Unproven {
    /// In words of the command.
    Said(Text),
    /// The chain was out of reach.
    Chain(Failure),
    /// The protocol's judgement.
    Judged(Detail),
}

/// The members of a `no-such-voucher` problem.
#[derive(Deserialize)]
struct Statement {
    absence: Signed,
    checkpoint: Numbered,
}

#[derive(Deserialize)]
struct Signed {
    voucher: PublicKey,
    checkpoint_hash: Digest,
    at: u64,
    signature: Signature,
}

#[derive(Deserialize)]
struct Numbered {
    number: u64,
}

/// Judges what the node said of this voucher. Asks the node where its ledger was opened, and the chain for the checkpoint.
/// `as_of` takes a checkpoint however old.
pub fn judge_absence(
    client: &NodeClient,
    voucher: &PublicKey,
    problem: &Problem,
    trust: &TrustArgs,
    policy: Option<&Policy>,
    as_of: bool,
    now: u64,
) -> Result<Absent, Failure> {
    let unproven = |id: &'static str| Ok(Absent::Unproven(Unproven::Said(Text::new(id))));
    if !trust.is_given() {
        return unproven("absence-nothing-to-hold-against");
    }
    let Ok(Statement { absence, checkpoint }) = serde_json::from_value(problem.members.clone()) else {
        return unproven("absence-not-signed");
    };
    let Signed { voucher: of, checkpoint_hash, at, signature } = absence;
    let absence = Absence { voucher: of, checkpoint_hash, at, signature };
    let (source, development) = match trust.of_file()? {
        Some(checkpoint) => (Trusted::of_file(checkpoint), false),
        None => match client.ledger().map(|view| view.ledger.origin()) {
            Ok(Some(origin)) => {
                let development = origin.chain_id == DEVELOPMENT_CHAIN_ID;
                (trust.checkpoint(&origin, checkpoint.number)?, development)
            }
            Ok(None) => return unproven("absence-ledger-name"),
            Err(error) => return Ok(Absent::Unproven(Unproven::Chain(error.into()))),
        },
    };
    let Trusted { checkpoint: Some(trusted), finality, .. } = source else {
        let failure = source.problem.unwrap_or_else(|| Failure::unknown("error-no-trust"));
        return Ok(Absent::Unproven(Unproven::Chain(failure)));
    };
    let question =
        AbsenceQuestion { absence: &absence, voucher, trusted: &trusted, finality, policy, as_of, now };
    Ok(match verify_absence(&question) {
        Ok(()) => Absent::Proven { trusted: Box::new(trusted), absence, development },
        Err(detail) => Absent::Unproven(Unproven::Judged(detail)),
    })
}

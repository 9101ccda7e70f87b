//! Words for steps: what stands in the way, who was first.

use crate::console::{Console, plain};
use crate::lang::{Arg, Text};
use crate::party::receipts::{Operator, StepView};
use crate::party::step::Refusal;
use protocol::entry::Entry;
use protocol::lifecycle::{Kind, Role, Status};
use protocol::receipt::Receipt;
use protocol::{Digest, PublicKey};

/// The word for a kind.
pub fn kind_text(kind: Kind) -> Text {
    Text::new(format!("kind-{}", kind.name()))
}

fn status_text(status: Status) -> Text {
    Text::new(format!("status-{}", status.name()))
}

/// The word for a role that a node names; as it says it, should it be none of section 6.
pub fn role_text(name: &str) -> Arg {
    match ROLES.iter().find(|role| **role == name) {
        Some(role) => Text::new(format!("role-{}", role.replace(' ', "-"))).into(),
        None => plain(name, 40).into(),
    }
}

/// The roles by which a node names a missing signature.
const ROLES: [&str; 9] = [
    Role::Issuer.name(),
    Role::Holder.name(),
    Role::Owner.name(),
    Role::Voucher.name(),
    Role::Claimant.name(),
    Role::Seller.name(),
    Role::Redeemer.name(),
    Role::Arbiter.name(),
    Role::IssuerOrArbiter.name(),
];

/// A party as a key, or "nobody named".
pub fn party_text(party: PublicKey) -> Text {
    if party == PublicKey::NOBODY {
        Text::new("party-nobody")
    } else {
        Text::new("party-key-name").with("key", party.to_string())
    }
}

/// Neighbouring vouchers by their numbers.
pub fn vouchers_text(first: u64, count: u64) -> Text {
    let id = if count == 1 { "party-vouchers-one" } else { "party-vouchers-many" };
    let last = first.saturating_add(count.saturating_sub(1));
    Text::new(id).with("first", first.to_string()).with("last", last.to_string())
}

/// Why a step is not asked for.
pub fn refusal_text(refusal: Refusal, kind: Kind) -> Text {
    match refusal {
        Refusal::Transition { from } => {
            super::with_kind("party-refused-transition", kind).with("status", status_text(from))
        }
        Refusal::UnknownStatus(status) => Text::new("party-refused-status").with("status", status),
        Refusal::NotYours { party } => {
            super::with_kind("party-refused-not-yours", kind).with("party", party_text(party))
        }
        Refusal::SoldToAnother { party } => {
            Text::new("party-refused-sold-to-another").with("party", party_text(party))
        }
        Refusal::NoSeller => Text::new("party-refused-no-seller"),
        Refusal::ByAnother => super::with_kind("party-refused-by-another", kind),
    }
}

/// What machines call a refusal.
pub const fn refusal_name(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::Transition { .. } => "transition",
        Refusal::UnknownStatus(_) => "unknown-status",
        Refusal::NotYours { .. } => "not-yours",
        Refusal::SoldToAnother { .. } => "sold-to-another",
        Refusal::NoSeller => "no-seller",
        Refusal::ByAnother => "by-another",
    }
}

/// The evidence of the step that stands in the way, in words; `prev_leaf` is the leaf hash before it, where it is known:
/// then its signatures are checked too.
pub fn evidence(
    winner: &StepView,
    prev_leaf: Option<Digest>,
    operator: &Operator,
    console: &Console,
) -> Vec<Text> {
    let Some(entry) = winner.entry() else { return vec![Text::new("party-winner-unreadable")] };
    let kind = entry.kind().map_or_else(|| Text::new("party-kind-unknown"), kind_text);
    let stands = Text::new("party-winner-stands")
        .with("kind", kind)
        .with("index", winner.index.to_string())
        .with("time", console.times.both(entry.at))
        .with("party", party_text(entry.party));
    let mut lines = vec![stands, receipt_text(&entry, winner, operator)];
    if let Some(leaf) = prev_leaf {
        let signers = protocol::entry::signers(&winner.signatures, &entry.instruction(operator.ledger, leaf));
        for signer in signers {
            lines.push(Text::new("party-winner-signed-by").with("key", signer.to_string()));
        }
    }
    if let Some(memo) = &winner.memo {
        lines.push(Text::new("party-winner-memo").with("memo", plain(memo, 400)));
    }
    lines
}

fn receipt_text(entry: &Entry, winner: &StepView, operator: &Operator) -> Text {
    let receipt = Receipt::from(winner.receipt);
    match operator.check(entry, entry, &receipt) {
        Ok(()) => Text::new("party-winner-receipt"),
        Err(wrong) => Text::new("party-winner-receipt-wrong").with("problem", Text::new(wrong.id())),
    }
}

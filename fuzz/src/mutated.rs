//! A valid dossier that was changed in its structure: it may hide what is not anchored yet, and never say anything else.
//!
//! The bytes are a list of changes: which golden dossier, then for each change what, where, and with which other part. So
//! nearly every input still parses, which bytes flipped at random in a text hardly ever do.

use crate::changes::{self, Choices, changed};
use crate::seeds;
use protocol::dossier::{Dossier, Memo, Step};
use protocol::verify::{
    Finality, Question, StepCode, StepReport, TrustedCheckpoint, incident_stands, verify,
};
use serde_json::Value;
use std::sync::LazyLock;

/// A dossier that holds, with the checkpoint that it holds under.
struct Golden {
    value: Value,
    dossier: Dossier,
    trusted: TrustedCheckpoint,
}

static GOLDEN: LazyLock<Vec<Golden>> = LazyLock::new(|| {
    let cases = seeds::dossiers().into_iter().filter(|case| case["expect"]["ok"] == true);
    let golden = |case: Value| Golden {
        dossier: Dossier::parse(&case["dossier"].to_string()).expect("a dossier"),
        trusted: TrustedCheckpoint::parse(&case["trusted_checkpoint"].to_string()).expect("a checkpoint"),
        value: case["dossier"].clone(),
    };
    cases.map(golden).collect()
});

pub fn check(bytes: &[u8]) {
    let mut choices = Choices::of(bytes);
    let golden = &GOLDEN[choices.below(GOLDEN.len())];
    let value = changed(&golden.value, &mut choices, |which| &GOLDEN[which % GOLDEN.len()].value);
    let text = value.to_string();
    let report = verify(&Question {
        trusted: Some(&golden.trusted),
        finality: Finality::Final,
        as_of: true,
        ..Question::of(&text, golden.trusted.block_time.unwrap_or(1_790_003_700_000))
    });
    // What could not be checked is not accepted; without a policy that is so of the two steps of trust.
    let trust = [StepCode::LedgerTrusted, StepCode::IssuerTrusted];
    let unknown = |step: &StepReport| step.result() == "unknown" && !trust.contains(&step.code);
    if report.failed_step().is_some() || report.steps.iter().any(unknown) {
        return;
    }
    let changed = Dossier::parse(&text).expect("what was accepted parses");
    assert_means_the_same(&golden.dossier, &changed);
    assert_signed(&changed);
}

/// An incident that stands is a sale that its holder signed: a refused one, or one whose acceptance is hidden.
fn assert_signed(changed: &Dossier) {
    let signed = |dossier: &Dossier| {
        let pending = dossier.pending.iter().map(|item| item.step.entry);
        let history = dossier.history.iter().map(|item| item.step.entry);
        dossier.incidents.iter().map(|step| step.entry).chain(pending).chain(history).collect::<Vec<_>>()
    };
    for incident in changed.incidents.iter().filter(|incident| incident_stands(changed, incident)) {
        let is_known = GOLDEN.iter().any(|golden| signed(&golden.dossier).contains(&incident.entry));
        assert!(is_known, "an incident that nobody signed: {:?}", incident.entry);
    }
}

/// What an accepted dossier says is what the one said that it was made of; less, where the rest is not anchored.
fn assert_means_the_same(before: &Dossier, after: &Dossier) {
    assert_eq!(after.ledger.id, before.ledger.id, "another ledger");
    assert_eq!(after.checkpoint.checkpoint, before.checkpoint.checkpoint, "another checkpoint");
    assert_eq!(after.manifest.text, before.manifest.text, "another manifest");
    assert_eq!(after.manifest.terms, before.manifest.terms, "other terms");
    let name = |dossier: &Dossier| (dossier.voucher.number, dossier.voucher.key, dossier.voucher.label);
    assert_eq!(name(after), name(before), "another voucher");
    assert_eq!(after.head.chunk, before.head.chunk, "other heads");
    assert_eq!(after.history.len(), before.history.len(), "another history");
    for (after, before) in after.history.iter().zip(&before.history) {
        assert_eq!(after.index, before.index, "another place");
        assert_same_step(&after.step, &before.step);
    }
    assert!(after.pending.len() <= before.pending.len(), "an entry that nobody promised");
    for (after, before) in after.pending.iter().zip(&before.pending) {
        assert_eq!((after.index, after.receipt), (before.index, before.receipt), "another promise");
        assert_same_step(&after.step, &before.step);
    }
}

fn assert_same_step(after: &Step, before: &Step) {
    assert_eq!(after.entry, before.entry, "another entry");
    let is_same = after.memo == before.memo || after.memo == Memo::Withheld;
    assert!(is_same, "another memo: {:?} for {:?}", after.memo, before.memo);
}

/// Changes of each kind, spread over the dossiers.
pub fn seeds() -> Vec<Vec<u8>> {
    changes::seeds()
}

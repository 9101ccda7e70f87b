//! A valid dossier that was changed in its structure: it may hide what is not anchored yet, and says else what the ledger
//! says under that checkpoint, of the one voucher or of another.
//!
//! The bytes are a list of changes: which golden dossier, then for each change what, where, and with which other part. So
//! nearly every input still parses, which bytes flipped at random in a text hardly ever do.

use crate::changes::{self, Choices, changed};
use crate::seeds;
use protocol::digest::bytes_from_hex;
use protocol::dossier::{Dossier, Memo, Step};
use protocol::entry::Entry;
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

/// The whole log of the ledger that the golden dossiers are of.
static LOG: LazyLock<Vec<Logged>> = LazyLock::new(|| {
    let ledger = seeds::vectors("ledger.json");
    let logged = |entry: &Value| Logged {
        entry: entry["encoded"]
            .as_str()
            .and_then(|hex| Entry::decode(&bytes_from_hex(hex).ok()?))
            .expect("an entry"),
        memo: entry["memo"].as_str().map_or(Memo::None, |text| Memo::Text(text.to_owned())),
    };
    ledger["entries"].as_array().expect("entries").iter().map(logged).collect()
});

/// An entry of the log, and what its parties wrote.
struct Logged {
    entry: Entry,
    memo: Memo,
}

impl Logged {
    /// Whether a dossier shows this, its memo perhaps withheld.
    fn is(&self, step: &Step) -> bool {
        step.entry == self.entry && (step.memo == self.memo || step.memo == Memo::Withheld)
    }
}

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
    assert_of_the_checkpoint(&changed, &golden.dossier);
    assert_says_what_the_log_says(&changed);
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

fn assert_of_the_checkpoint(changed: &Dossier, made_of: &Dossier) {
    assert_eq!(changed.ledger.id, made_of.ledger.id, "another ledger");
    assert_eq!(changed.checkpoint.checkpoint, made_of.checkpoint.checkpoint, "another checkpoint");
}

/// Enough parts of another voucher's dossier make one of that voucher: then it is held against what is true of that one.
fn assert_says_what_the_log_says(changed: &Dossier) {
    let number = changed.voucher.number;
    let name = |dossier: &Dossier| {
        let Dossier { voucher, manifest, .. } = dossier;
        (voucher.number, voucher.key, voucher.label, manifest.text.clone(), manifest.terms.clone())
    };
    let is_issued = GOLDEN.iter().any(|golden| name(&golden.dossier) == name(changed));
    assert!(is_issued, "a voucher that nobody issued: {:?}", changed.voucher);
    let size = changed.checkpoint.checkpoint.size;
    let (anchored, promised): (Vec<_>, Vec<_>) = (0..)
        .zip(&*LOG)
        .filter(|(_, logged)| logged.entry.covers(number))
        .partition(|(index, _)| *index < size);
    assert_eq!(changed.history.len(), anchored.len(), "another history");
    for (item, (index, logged)) in changed.history.iter().zip(&anchored) {
        assert!(item.index == *index && logged.is(&item.step), "another entry at {index}: {item:?}");
    }
    assert!(changed.pending.len() <= promised.len(), "an entry that nobody promised");
    for (item, (index, logged)) in changed.pending.iter().zip(&promised) {
        assert!(item.index == *index && logged.is(&item.step), "another promise at {index}: {item:?}");
    }
}

/// Changes of each kind, spread over the dossiers.
pub fn seeds() -> Vec<Vec<u8>> {
    changes::seeds()
}

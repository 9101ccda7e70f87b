//! Every golden dossier is judged as the independent implementation expects, each bad one at exactly the named step.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use proptest::prelude::*;
use serde_json::Value;
use vouchsafe_protocol::chain_proof::{Header, Proven};
use vouchsafe_protocol::dossier::Dossier;
use vouchsafe_protocol::entry::Entry;
use vouchsafe_protocol::verify::{
    Finality, Opening, Outcome, Policy, Question, Report, TrustedChain, TrustedCheckpoint, Verdict,
    VoucherFacts, verify,
};

use vouchsafe_protocol::{Digest, PublicKey};

mod vectors;
use vectors::{folder, load};

/// A dossier with what it is judged with, as the vectors hold it.
struct Golden {
    name: String,
    dossier: String,
    trusted: TrustedCheckpoint,
    opening: Option<Opening>,
    expect: Value,
    now: u64,
}

impl Golden {
    fn read(name: &str) -> Self {
        let case = load(&format!("dossiers/{name}.json"));
        let dossier = case["dossier"].to_string();
        let opening = &case["opening"];
        Self {
            name: name.to_owned(),
            trusted: TrustedCheckpoint::parse(&case["trusted_checkpoint"].to_string()).unwrap(),
            opening: (!opening.is_null()).then(|| Opening::parse(&opening.to_string()).unwrap()),
            expect: case["expect"].clone(),
            now: newest_entry(&case["dossier"]) + 60_000,
            dossier,
        }
    }

    fn all() -> Vec<Self> {
        let files = std::fs::read_dir(folder().join("dossiers")).unwrap();
        let name = |file: std::fs::DirEntry| file.path().file_stem().unwrap().to_string_lossy().into_owned();
        files.map(|file| Self::read(&name(file.unwrap()))).collect()
    }

    fn question(&self) -> Question<'_> {
        Question {
            trusted: Some(&self.trusted),
            finality: Finality::Final,
            opening: self.opening.as_ref(),
            ..Question::of(&self.dossier, self.now)
        }
    }
}

fn newest_entry(dossier: &Value) -> u64 {
    let items = |name: &str| dossier[name].as_array().cloned().unwrap_or_default();
    let at = |item: &Value| {
        let bytes = vouchsafe_protocol::digest::bytes_from_hex(item["entry"].as_str()?).ok()?;
        Entry::decode(&bytes).map(|entry| entry.at)
    };
    items("history").iter().chain(&items("pending")).filter_map(at).max().unwrap_or_default()
}

fn failed_step(report: &Report) -> Option<&'static str> {
    report.steps.iter().find(|step| matches!(step.outcome, Outcome::Failed(_))).map(|step| step.code.code())
}

fn unknown_steps(report: &Report) -> Vec<&'static str> {
    let unknown = report.steps.iter().filter(|step| matches!(step.outcome, Outcome::Unknown(_)));
    unknown.map(|step| step.code.code()).filter(|code| !code.ends_with(".trusted")).collect()
}

#[test]
fn each_golden_dossier_is_judged_as_expected() {
    let (mut good, mut bad) = (0, 0);
    for golden in Golden::all() {
        let report = verify(&golden.question());
        if golden.expect["ok"].as_bool().unwrap() {
            assert_eq!(failed_step(&report), None, "{}: {:?}", golden.name, report.steps);
            let facts = report.voucher.as_ref().unwrap();
            assert_eq!(
                u64::from(facts.status.unwrap()),
                golden.expect["status"].as_u64().unwrap(),
                "{}",
                golden.name
            );
            assert_eq!(facts.history.last().unwrap().index, golden.expect["last_index"].as_u64().unwrap());
            let expected: Vec<_> = golden.expect["unknown"]
                .as_array()
                .unwrap()
                .iter()
                .map(|code| code.as_str().unwrap())
                .collect();
            assert_eq!(unknown_steps(&report), expected, "{}", golden.name);
            good += 1;
        } else {
            let expected = golden.expect["failed_step"].as_str();
            assert_eq!(failed_step(&report), expected, "{}: {:?}", golden.name, report.steps);
            let verdict = if expected == Some("code.opens") { Verdict::Mismatch } else { Verdict::Refuted };
            assert_eq!(report.verdict, verdict, "{}", golden.name);
            bad += 1;
        }
    }
    assert!(good >= 15 && bad >= 60, "{good} good and {bad} bad dossiers found");
}

#[test]
fn a_dossier_that_is_written_again_is_the_same() {
    for golden in Golden::all().iter().filter(|golden| golden.name.starts_with("ok-")) {
        let dossier = Dossier::parse(&golden.dossier).unwrap();
        let written = serde_json::to_string(&dossier).unwrap();
        assert_eq!(Dossier::parse(&written).unwrap(), dossier, "{}", golden.name);
    }
}

fn policy_for(golden: &Golden) -> Policy {
    let dossier = Dossier::parse(&golden.dossier).unwrap();
    let origin = dossier.ledger.origin;
    let chain = TrustedChain {
        chain_id: origin.chain_id,
        contract: origin.contract,
        ledgers: vec![dossier.ledger.id],
    };
    let issuer = dossier.history[0].step.entry.party;
    Policy { chains: vec![chain], issuers: vec![(issuer, "Studio".to_owned())], max_age_s: 86_400 }
}

/// The verdict on a golden dossier under a policy that trusts its ledger and issuer.
fn verdict_with(name: &str, change: impl FnOnce(&mut Question<'_>)) -> (Verdict, u8) {
    let golden = Golden::read(name);
    let policy = policy_for(&golden);
    let mut question = Question { policy: Some(&policy), ..golden.question() };
    change(&mut question);
    let report = verify(&question);
    (report.verdict, report.exit)
}

#[test]
fn verdicts_follow_state_and_what_was_shown() {
    let owner = |name: &str| {
        let dossier = Dossier::parse(&Golden::read(name).dossier).unwrap();
        let pending = dossier.pending.last().map(|item| item.step.entry.party);
        pending.unwrap_or_else(|| dossier.history.last().unwrap().step.entry.party)
    };
    let mine = owner("ok-claimed-and-given-away");
    let stranger = PublicKey::new([7; 32]);
    assert_eq!(verdict_with("ok-untouched", |_| ()), (Verdict::GenuineUnclaimed, 0));
    assert_eq!(verdict_with("ok-redeemed", |_| ()), (Verdict::Spent, 10));
    assert_eq!(verdict_with("ok-multi-use-spent", |_| ()), (Verdict::Spent, 10));
    assert_eq!(verdict_with("ok-voided", |_| ()), (Verdict::Voided, 13));
    assert_eq!(verdict_with("ok-claimed-held-released-returned", |_| ()), (Verdict::SoldBefore, 12));
    assert_eq!(verdict_with("ok-claimed-and-given-away", |_| ()), (Verdict::Sold, 11));
    assert_eq!(verdict_with("ok-claimed-and-given-away", |q| q.my_key = Some(mine)), (Verdict::Genuine, 0));
    assert_eq!(
        verdict_with("ok-claimed-and-given-away", |q| q.my_key = Some(stranger)),
        (Verdict::ResaleSuspected, 12)
    );
    assert_eq!(verdict_with("ok-untouched", |q| q.trusted = None), (Verdict::Unknown, 3));
    assert_eq!(verdict_with("ok-untouched", |q| q.policy = None), (Verdict::UntrustedIssuer, 22));
    assert_eq!(verdict_with("ok-stale-checkpoint", |_| ()), (Verdict::Unknown, 3));
    let pending = |q: &mut Question<'_>| q.finality = Finality::NotFinal;
    assert_eq!(verdict_with("ok-untouched", pending), (Verdict::GenuinePending, 0));
    let only_final = |q: &mut Question<'_>| {
        q.finality = Finality::NotFinal;
        q.require_final = true;
    };
    assert_eq!(verdict_with("ok-untouched", only_final), (Verdict::GenuinePending, 3));
    assert_eq!(verdict_with("bad-wrong-code", |_| ()), (Verdict::Mismatch, 20));
    assert_eq!(verdict_with("bad-padding", |_| ()), (Verdict::Refuted, 30));
}

#[test]
fn a_superseded_or_old_checkpoint_is_unknown_unless_asked_as_of() {
    let golden = Golden::read("ok-untouched");
    let policy = policy_for(&golden);
    let judge = |trusted: TrustedCheckpoint, as_of: bool| {
        verify(&Question { trusted: Some(&trusted), policy: Some(&policy), as_of, ..golden.question() })
    };
    let superseded = |minutes: u64| TrustedCheckpoint {
        superseded_at: Some(golden.now - minutes * 60_000),
        ..golden.trusted
    };
    assert_eq!(judge(superseded(9), false).verdict, Verdict::GenuineUnclaimed);
    let stale = judge(superseded(11), false);
    assert_eq!(stale.verdict, Verdict::Unknown);
    assert_eq!(stale.steps[2].detail().unwrap().to_string(), "stale: superseded 11 minutes ago");
    assert_eq!(judge(superseded(11), true).verdict, Verdict::GenuineUnclaimed);
    let aged =
        |age_s: u64| TrustedCheckpoint { block_time: Some(golden.now - age_s * 1000), ..golden.trusted };
    assert_eq!(judge(aged(86_400), true).verdict, Verdict::Refuted, "entries later than their block");
    assert_eq!(judge(aged(60), false).verdict, Verdict::GenuineUnclaimed);
}

#[test]
fn a_block_vouches_for_what_it_is_proven_to_hold() {
    let golden = Golden::read("ok-untouched");
    let policy = policy_for(&golden);
    let TrustedCheckpoint { ledger, checkpoint, .. } = golden.trusted;
    let block = Header { hash: Digest::ZERO, number: 9, time: golden.now, state_root: Digest::ZERO };
    let (number, hash) = (checkpoint.number, checkpoint.hash(ledger));
    let holds = Proven { block, ledger, number, hash, tip: number, tip_time: golden.now - 60_000 };
    let judge = |proven: Proven, as_of: bool| {
        let question = golden.question();
        let proven = Some(&proven);
        verify(&Question { trusted: None, proven, policy: Some(&policy), as_of, ..question })
    };
    let report = judge(holds, false);
    assert_eq!((report.verdict, report.as_of), (Verdict::GenuineUnclaimed, Some(golden.now - 60_000)));
    let other = judge(Proven { hash: Digest::ZERO, ..holds }, false);
    assert_eq!((other.verdict, failed_step(&other)), (Verdict::Refuted, Some("checkpoint.anchored")));
    let elsewhere = judge(Proven { number: number + 1, tip: number + 1, ..holds }, false);
    assert_eq!(elsewhere.verdict, Verdict::Unknown);
    // The next one stands since a minute; of two later ones, nobody knows since when the first does.
    let next = Proven { tip: number + 1, ..holds };
    assert_eq!(judge(next, false).verdict, Verdict::GenuineUnclaimed);
    assert_eq!(judge(Proven { tip_time: golden.now - 660_000, ..next }, false).verdict, Verdict::Unknown);
    let far = Proven { tip: number + 2, ..holds };
    assert_eq!(
        (judge(far, false).verdict, unknown_steps(&judge(far, false))),
        (Verdict::Unknown, vec!["checkpoint.anchored"])
    );
    assert_eq!(judge(far, true).verdict, Verdict::GenuineUnclaimed);
    assert_eq!(judge(far, true).as_of, None, "its own time is not shown");
    // Entries later than the block that holds them.
    let early = Proven { tip_time: golden.now - 86_400_000, ..next };
    assert_eq!(failed_step(&judge(early, true)), Some("history.legal"));
}

/// The anchored chain of hands: index, kind, status and party of each entry.
fn anchored_hands(facts: &VoucherFacts) -> Vec<(u64, String, u8, Option<PublicKey>)> {
    let anchored = facts.history.iter().filter(|line| line.anchored);
    anchored.map(|line| (line.index, line.kind.clone(), line.status, line.party)).collect()
}

/// What nobody may say otherwise: the voucher, and the anchored chain of hands. A change can hide what may be absent:
/// pending entries and memos.
fn assert_means_the_same(before: &Report, after: &Report, what: &str) {
    let (before, after) = (before.voucher.as_ref().unwrap(), after.voucher.as_ref().unwrap());
    assert_eq!(before.key, after.key, "{what}");
    assert_eq!(anchored_hands(before), anchored_hands(after), "{what}");
}

/// The JSON pointers of all parts: members of objects, and items of lists, at any depth.
fn parts(value: &Value) -> Vec<String> {
    let under = |name: &str, part: &Value| -> Vec<String> {
        let deeper = parts(part).into_iter().map(|deeper| format!("/{name}{deeper}"));
        std::iter::once(format!("/{name}")).chain(deeper).collect()
    };
    match value {
        Value::Object(members) => members.iter().flat_map(|(name, part)| under(name, part)).collect(),
        Value::Array(items) => {
            (0..).zip(items).flat_map(|(n, part): (u32, _)| under(&n.to_string(), part)).collect()
        }
        _ => Vec::new(),
    }
}

/// The dossier without that part.
fn without(dossier: &str, part: &str) -> String {
    let mut value: Value = serde_json::from_str(dossier).unwrap();
    let (parent, name) = part.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Object(members) => drop(members.remove(name)),
        Value::Array(items) => drop(items.remove(name.parse().unwrap())),
        _ => unreachable!("a part is in something"),
    }
    value.to_string()
}

#[test]
fn what_may_be_left_out_changes_no_meaning() {
    let (mut accepted, mut refused) = (0, 0);
    for golden in Golden::all().into_iter().filter(|golden| golden.expect["ok"] == true) {
        let before = verify(&golden.question());
        for part in parts(&serde_json::from_str(&golden.dossier).unwrap()) {
            let altered = without(&golden.dossier, &part);
            let after = verify(&Question { dossier: &altered, ..golden.question() });
            if after.failed_step().is_some() {
                refused += 1;
                continue;
            }
            assert_means_the_same(&before, &after, &format!("{} without {part}", golden.name));
            accepted += 1;
        }
    }
    assert!(accepted >= 50 && refused >= 1000, "{accepted} accepted, {refused} refused");
}

proptest! {
    #[test]
    fn no_byte_flip_is_accepted_with_another_meaning(pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let golden: Vec<_> = ["ok-redeemed", "ok-untouched", "ok-returned-then-claim-pending"].into_iter().map(Golden::read).collect();
        let golden = &golden[pick.index(golden.len())];
        let mut bytes = golden.dossier.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let Ok(altered) = String::from_utf8(bytes) else { return Ok(()) };
        let before = verify(&golden.question());
        let after = verify(&Question { dossier: &altered, ..golden.question() });
        if after.failed_step().is_none() {
            assert_means_the_same(&before, &after, &golden.name);
        }
    }

    #[test]
    fn any_text_is_judged_without_panic(text in "\\PC{0,400}") {
        let golden = Golden::read("ok-untouched");
        let report = verify(&Question { dossier: &text, ..golden.question() });
        prop_assert_eq!(report.verdict, Verdict::Refuted);
    }
}

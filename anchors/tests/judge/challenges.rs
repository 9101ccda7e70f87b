//! F8 on the chain: raised, answered, settled, collected.

use crate::common::{salted, served};
use crate::court::{Court, OPERATOR_ACCOUNT, REPORTER, STRANGER, judge_refusal};
use ledgers::View;
use ledgers::story::story;
use protocol::fraud::{Ask, Challenge, Shown, Withheld};
use protocol::{Digest, LedgerId};
use serde_json::json;
use std::sync::Arc;
use vouchsafe_anchors::fraud::{Judge, Stand};
use vouchsafe_anchors::{
    AnchorError, AnchorReader as _, DEVELOPMENT_DEPOSIT_WEI as DEPOSIT, DEVELOPMENT_MINIMUM_BOND_WEI as BOND,
    Devnet, JudgeRefusal, Phase,
};

const THREE_DAYS_MS: u64 = 3 * 86_400_000;

/// Each kind of leaf, with what answers for it.
fn leaves(view: &View) -> Vec<(Withheld, Vec<u8>, Vec<Digest>)> {
    let entry = view.entry_proof(5);
    let chunk = view.head_proof(17);
    let record = view.record_proof(1, 3);
    let of = |leaf| Withheld::Record { issue: view.entry_proof(1), leaf };
    vec![
        (Withheld::Entry { index: 5 }, entry.entry.encode().to_vec(), entry.path),
        (Withheld::Chunk { chunk: 1 }, chunk.chunk.encode().to_vec(), chunk.path),
        (of(3), record.record.encode().to_vec(), record.path),
        (of(0), vec![0; 45], view.batch_path(1, 0)),
    ]
}

async fn raise(court: &Court, challenge: &Challenge) -> Ask {
    let ask = challenge.ask().expect("there is such a leaf");
    court.commit(REPORTER, salted(1), ask.id()).await;
    let judge = court.judge(REPORTER);
    let deposit = judge.deposit_wei().await.unwrap();
    court.send(REPORTER, judge.ask_for(challenge, salted(1), deposit)).await.expect("is raised");
    ask
}

#[tokio::test]
async fn an_answered_challenge_keeps_the_bond() {
    let view = story().view();
    let mut court = Court::new();
    let shown = court.anchor(&view).await;
    let (judge, operator) = (court.judge(REPORTER), court.judge(OPERATOR_ACCOUNT));
    for (leaf, bytes, path) in leaves(&view) {
        let ask = raise(&court, &Challenge { shown: shown.clone(), leaf }).await;
        let now = judge.challenge(ask.id()).await.unwrap();
        assert_eq!((now.stand, now.challenger), (Stand::Pending, judge.account()));
        assert_eq!(ask.answered_by(&bytes, &path), Ok(()));
        let damaged = operator.answer(&ask, &bytes[1..], &path);
        let refused = operator.simulate(&damaged, operator.account()).await.expect_err("refused");
        assert_eq!(judge_refusal(refused), JudgeRefusal::NotTheLeaf { id: ask.id() });

        court.send(OPERATOR_ACCOUNT, operator.answer(&ask, &bytes, &path)).await.expect("answers");
        assert_eq!(judge.challenge(ask.id()).await.unwrap().stand, Stand::Answered);
        let newest = judge.chain().head().await.unwrap().latest.number;
        assert_eq!(judge.answered(&ask, 0, newest).await.unwrap(), Some(bytes));
    }
    court.time.pass(THREE_DAYS_MS + 1000);
    assert_eq!(judge.bond(shown.ledger).await.unwrap().phase, Phase::Open);
    assert_eq!(operator.deposits_wei(operator.account()).await.unwrap(), 4 * DEPOSIT);
    court.send(OPERATOR_ACCOUNT, operator.collect_deposits()).await.expect("is paid");
    assert_eq!(operator.deposits_wei(operator.account()).await.unwrap(), 0);

    let newest = judge.chain().head().await.unwrap().latest.number;
    let seen = judge.raised(shown.ledger, Some(0)).await.unwrap();
    let raised = seen.challenges;
    assert!(seen.is_whole && raised.len() == 4);
    assert!(raised.is_sorted_by_key(|raised| raised.block_number));
    // Three days are over since they were raised, but for the hour that a block may be moved by.
    let first = judge.first_answerable_block(judge.chain().head().await.unwrap().latest).await.unwrap();
    assert!(first <= raised[0].block_number, "{first}");
    court.time.pass(3_600_000);
    court.commit(STRANGER, salted(2), Digest::ZERO).await;
    let first = judge.first_answerable_block(judge.chain().head().await.unwrap().latest).await.unwrap();
    assert!((raised[3].block_number + 1..=newest).contains(&first), "{first} of {newest}");
    assert_eq!(judge.raised(LedgerId::new([9; 32]), Some(0)).await.unwrap().challenges, []);
}

#[tokio::test]
async fn no_endpoint_alone_hides_a_challenge() {
    let view = story().view();
    let mut court = Court::new();
    let shown = court.anchor(&view).await;
    let ask = raise(&court, &Challenge { shown: shown.clone(), leaf: Withheld::Entry { index: 5 } }).await;
    let honest = served::devnet(Arc::clone(&court.devnet)).await;
    // It knows no event, and answers each view as if nothing had ever been written.
    let hides = served::behind(Arc::clone(&court.devnet), |asked| match asked["method"].as_str() {
        Some("eth_getLogs") => Some(json!({ "result": [] })),
        Some("eth_call") => Some(json!({ "result": format!("0x{}", "0".repeat(4 * 64)) })),
        _ => None,
    })
    .await;
    let gone = "http://127.0.0.1:1/rpc".to_owned();
    for (urls, is_whole) in [([&hides, &honest], true), ([&honest, &hides], true), ([&honest, &gone], false)]
    {
        let judge = Judge::new(served::client(&urls.map(String::as_str)), Devnet::judge());
        let seen = judge.raised(shown.ledger, Some(0)).await.unwrap();
        assert_eq!((seen.challenges.len(), seen.is_whole), (1, is_whole));
        assert_eq!(seen.challenges[0].ask, ask);
        assert_eq!(judge.is_pending(ask.id()).await.unwrap(), Some(true));
        // What is not pending is over only where nobody is silent.
        let other = judge.is_pending(salted(9)).await.unwrap();
        assert_eq!(other, is_whole.then_some(false));
    }
    let silent = Judge::new(served::client(&[&gone, &gone]), Devnet::judge());
    assert!(matches!(silent.raised(shown.ledger, None).await, Err(AnchorError::OutOfReach { .. })));
    assert!(matches!(silent.is_pending(ask.id()).await, Err(AnchorError::OutOfReach { .. })));
}

#[tokio::test]
async fn an_unanswered_challenge_takes_the_bond_when_its_time_is_over() {
    let view = story().view();
    let mut court = Court::new();
    let shown = court.anchor(&view).await;
    let judge = court.judge(REPORTER);
    let ask = raise(&court, &Challenge { shown: shown.clone(), leaf: Withheld::Entry { index: 5 } }).await;
    let until = judge.challenge(ask.id()).await.unwrap().until;
    let early = judge.simulate(&judge.settle(&ask), judge.account()).await.expect_err("too early");
    let JudgeRefusal::StillAnswerable { until: said, .. } = judge_refusal(early) else {
        panic!("other words")
    };
    assert_eq!(said * 1000, until);

    court.time.pass(THREE_DAYS_MS + 1000);
    let answer = view.entry_proof(5);
    let late = judge.answer(&ask, &answer.entry.encode(), &answer.path);
    let late = judge.simulate(&late, judge.account()).await.expect_err("too late");
    assert!(matches!(judge_refusal(late), JudgeRefusal::TooLate { .. }));
    court.send(STRANGER, judge.settle(&ask)).await.expect("anybody may");
    assert_eq!(judge.bond(shown.ledger).await.unwrap().phase, Phase::Slashed);
    assert_eq!(judge.reward_wei(judge.account()).await.unwrap(), BOND / 2);
    assert_eq!(judge.deposits_wei(judge.account()).await.unwrap(), DEPOSIT, "the deposit comes back");
    let again = judge.simulate(&judge.settle(&ask), judge.account()).await.expect_err("once");
    let settled = JudgeRefusal::WrongStand { id: ask.id(), stand: Stand::Unanswered };
    assert_eq!(judge_refusal(again), settled);
}

#[tokio::test]
async fn a_challenge_wants_commitment_deposit_and_a_judge_of_the_ledger() {
    let view = story().view();
    let mut court = Court::new();
    let shown = court.anchor(&view).await;
    let judge = court.judge(REPORTER);
    let challenge = Challenge { shown: shown.clone(), leaf: Withheld::Chunk { chunk: 0 } };
    let refused = async |challenge: &Challenge, wei| {
        let call = judge.ask_for(challenge, salted(1), wei);
        judge_refusal(judge.simulate(&call, judge.account()).await.expect_err("refused"))
    };
    let wrong = JudgeRefusal::WrongDeposit { given: DEPOSIT - 1, expected: DEPOSIT };
    assert_eq!(refused(&challenge, DEPOSIT - 1).await, wrong);
    assert!(matches!(refused(&challenge, DEPOSIT).await, JudgeRefusal::NotCommitted { .. }));
    let beyond = Challenge { shown: shown.clone(), leaf: Withheld::Chunk { chunk: 2 } };
    let none = protocol::fraud::Refused::NoLeaf { index: 2, size: 2 };
    assert_eq!(beyond.ask(), Err(none));
    assert_eq!(refused(&beyond, DEPOSIT).await, JudgeRefusal::Unproven(none));
    raise(&court, &challenge).await;
    let pending = refused(&challenge, DEPOSIT).await;
    assert!(matches!(pending, JudgeRefusal::WrongStand { stand: Stand::Pending, .. }), "{pending:?}");

    assert_eq!(judge.chain().judges(shown.ledger).await.unwrap(), vec![Devnet::judge()]);
    let nobody = Judge::new(court.devnet.client(), Devnet::chain().contract);
    let error = nobody.deposit_wei().await.expect_err("that is no judge");
    assert!(error.to_string().contains("no judge of"), "{error}");
    let foreign = Shown { ledger: LedgerId::new([9; 32]), ..shown };
    assert!(!judge.is_judge_of(foreign.ledger).await.unwrap());
}

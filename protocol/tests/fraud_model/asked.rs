//! F8 in Rust: which leaves can be asked for, and what answers.

use ledgers::story::story;
use ledgers::{View, at};
use vouchsafe_protocol::fraud::{Ask, AskedTree, Challenge, LedgerView as _, Refused, Shown, Withheld};
use vouchsafe_protocol::heads::{Chunk, Head};
use vouchsafe_protocol::merkle::{ProofError, TreeHash as _};
use vouchsafe_protocol::{Digest, Keccak, LedgerId, keccak};

const LEDGER: LedgerId = LedgerId::new([7; 32]);

fn asked(view: &View, leaf: Withheld) -> Result<Ask, Refused> {
    let shown = Shown { ledger: LEDGER, checkpoint: view.checkpoint(), newer: Vec::new() };
    let anchored = shown.checkpoint.hash(LEDGER);
    Challenge { shown, leaf }.check(anchored)
}

fn record(view: &View, issue: u64, leaf: u64) -> Result<Ask, Refused> {
    asked(view, Withheld::Record { issue: view.entry_proof(issue), leaf })
}

#[test]
fn a_challenge_names_a_leaf_that_the_checkpoint_has() {
    let view = story().view();
    let entry = |index| asked(&view, Withheld::Entry { index });
    let chunk = |chunk| asked(&view, Withheld::Chunk { chunk });
    assert_eq!(entry(7).map(|ask| (ask.tree, ask.size, ask.index)), Ok((AskedTree::Log, 8, 7)));
    assert_eq!(entry(8), Err(Refused::NoLeaf { index: 8, size: 8 }));
    assert_eq!(chunk(1).map(|ask| (ask.tree, ask.size, ask.index)), Ok((AskedTree::Heads, 24, 1)));
    assert_eq!(chunk(2), Err(Refused::NoLeaf { index: 2, size: 2 }));
    let content = view.ledger.entries[1].content;
    let due = Ask { ledger: LEDGER, tree: AskedTree::Batch, root: content, size: 4, index: 4 };
    assert_eq!(record(&view, 1, 4), Ok(due));
    assert_eq!(record(&view, 1, 5), Err(Refused::NoLeaf { index: 5, size: 4 }));
    assert_eq!(record(&view, 2, 1), Err(Refused::NotIssue { index: 2 }));

    let shown = Shown { ledger: LEDGER, checkpoint: view.checkpoint(), newer: Vec::new() };
    let challenge = Challenge { shown, leaf: Withheld::Entry { index: 7 } };
    assert_eq!(challenge.check(Digest::ZERO), Err(Refused::Checkpoint { number: 7 }));
}

#[test]
fn an_answer_is_the_leaf_at_its_place() {
    let view = story().view();
    let ask = asked(&view, Withheld::Entry { index: 7 }).unwrap();
    let shown = view.entry_proof(7);
    assert_eq!(ask.answered_by(&shown.entry.encode(), &shown.path), Ok(()));
    let other = view.entry_proof(6);
    let refused = Err(Refused::Answer { index: 7, cause: ProofError::Root });
    assert_eq!(ask.answered_by(&other.entry.encode(), &other.path), refused);

    let ask = asked(&view, Withheld::Chunk { chunk: 1 }).unwrap();
    let shown = view.head_proof(20);
    assert_eq!(ask.answered_by(shown.chunk.encode(), &shown.path), Ok(()));
    assert_eq!(
        ask.answered_by(view.head_proof(3).chunk.encode(), &shown.path),
        Err(Refused::Answer { index: 1, cause: ProofError::Root })
    );

    for leaf in 1..=4 {
        let shown = view.record_proof(1, leaf);
        let ask = record(&view, 1, leaf).unwrap();
        assert_eq!(ask.answered_by(&shown.record.encode(), &shown.path), Ok(()));
    }
    let path = view.batch_path(1, 0);
    assert_eq!(record(&view, 1, 0).unwrap().answered_by(&[0; 45], &path), Ok(()));
}

/// An ask for the only leaf of a tree, as an operator could have anchored it.
fn alone(tree: AskedTree, size: u64, leaf: &[u8]) -> Ask {
    Ask { ledger: LEDGER, tree, root: Keccak::leaf(leaf), size, index: 0 }
}

#[test]
fn a_leaf_of_another_form_answers_nothing() {
    let form = Err(Refused::Form { index: 0 });
    for width in [97, 98, 99] {
        let leaf = vec![1; width];
        let judged = alone(AskedTree::Log, 1, &leaf).answered_by(&leaf, &[]);
        assert_eq!(judged, if width == 98 { Ok(()) } else { form });
    }
    let mut chunk = Chunk::default();
    chunk.set(3, Head::new(1, 9).unwrap());
    for (vouchers, judged) in [(3, form), (4, Ok(())), (16, Ok(()))] {
        assert_eq!(
            alone(AskedTree::Heads, vouchers, chunk.encode()).answered_by(chunk.encode(), &[]),
            judged
        );
    }
    assert_eq!(alone(AskedTree::Heads, 16, &[0; 127]).answered_by(&[0; 127], &[]), form);

    for (redeemers, arbiters, width) in [(0, 0, 45), (1, 0, 77), (2, 3, 205), (255, 255, 45 + 32 * 510)] {
        for (more, judged) in [(0, Ok(())), (1, form)] {
            let mut leaf = vec![0; width + more];
            (leaf[43], leaf[44]) = (redeemers, arbiters);
            let mut ask = alone(AskedTree::Batch, 0, &leaf);
            assert_eq!(ask.answered_by(&leaf, &[]), judged);
            ask.size = u64::MAX;
            assert_eq!(ask.answered_by(&leaf, &[]), Err(Refused::Batch { count: u64::MAX }));
        }
    }
    let short = alone(AskedTree::Batch, 0, &[0; 44]);
    assert_eq!(short.answered_by(&[0; 44], &[]), form);

    let record = [0; 64];
    let root = Keccak::node(&keccak(&[b"manifest"]), &Keccak::leaf(&record[..63]));
    let ask = Ask { root, size: 1, index: 1, ..short };
    assert_eq!(ask.answered_by(&record[..63], &[keccak(&[b"manifest"])]), Err(Refused::Form { index: 1 }));
}

#[test]
fn an_ask_is_named_by_all_that_it_says() {
    let view = story().view();
    let mut ids = Vec::new();
    for index in 0..view.ledger.size() {
        ids.push(asked(&view, Withheld::Entry { index }).unwrap().id());
    }
    ids.push(asked(&view, Withheld::Chunk { chunk: 0 }).unwrap().id());
    ids.push(record(&view, 0, 0).unwrap().id());
    let mut unique = ids.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), at(view.ledger.size()) + 2);
    // The contract's own words for the same ask: `keccak256(abi.encode(ask))`.
    let ask = Ask { ledger: LEDGER, tree: AskedTree::Batch, root: Digest::ZERO, size: 1, index: 2 };
    let words = [[7; 32], word(2), [0; 32], word(1), word(2)].concat();
    assert_eq!(ask.id(), keccak(&[&words]));
}

fn word(number: u8) -> [u8; 32] {
    let mut word = [0; 32];
    word[31] = number;
    word
}

use super::{begin, keys, settle};
use crate::config::Folder;
use crate::fixture::{Fixture, OPERATOR, key};
use crate::ledger::rows::Published;
use crate::ledger::{Refused, StepRequest};
use crate::run::RunError;
use protocol::PublicKey;
use protocol::lifecycle::Kind;
use protocol::verify::Verdict;
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use tempfile::TempDir;

/// A folder with the key of every fixture's operator.
fn folder() -> (TempDir, Folder) {
    let place = tempfile::tempdir().expect("a folder");
    let folder = Folder::new(place.path());
    let text = OPERATOR.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("written");
        text
    });
    let path = place.path().join("operator.key");
    std::fs::write(&path, text).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).expect("changed");
    (place, folder)
}

fn newest(fixture: &Fixture) -> Published {
    fixture.ledger.view().expect("a view").latest_anchored().expect("read").expect("a checkpoint")
}

fn handed_on(fixture: &Fixture, first: u64) -> StepRequest {
    fixture.step(Kind::Transfer, first, 1, key(2).public(), &[&fixture.issuer])
}

/// The dossier of this voucher proves it, and the word that another is not there is signed by whom its checkpoint names.
async fn assert_proves(fixture: &Fixture, voucher: &PublicKey, verdict: Verdict) {
    assert_eq!(fixture.judge(voucher, None).await.verdict, verdict);
    let view = fixture.ledger.view().expect("a view");
    let (under, _) = view.latest_settled(fixture.now()).expect("read").expect("a checkpoint");
    let absence = view.absence(key(9).public(), &under, fixture.now()).expect("the key is at hand");
    assert!(absence.is_signed_by(&under.checkpoint.operator_key, fixture.ledger.facts().id));
}

#[tokio::test]
async fn steps_wait_until_the_checkpoint_that_names_the_next_key_is_final() {
    let before = Fixture::new().await;
    let cards = before.issued(20).await;
    before.anchor().await;
    before.ledger.submit(handed_on(&before, 3)).await.expect("handed on");
    let (_place, folder) = folder();
    let begun = begin(&folder, &*before.store).expect("drawn");
    let next = begun.next.expect("drawn");
    let again = begin(&folder, &*before.store).expect("the same");
    assert_eq!((begun.current, begun.next), (again.current, again.next));
    assert_ne!(begun.current, next);

    let fixture = before.restarted(keys(&folder, &*before.store).expect("both"));
    assert!(fixture.ledger.halted().expect("why").contains("being changed"));
    let refused = fixture.ledger.submit(handed_on(&fixture, 4)).await;
    assert!(matches!(refused, Err(Refused::Stopped)), "{refused:?}");
    // What is pending is still promised by the key that the newest checkpoint names.
    assert_proves(&fixture, &cards.keys[3], Verdict::GenuineUnclaimed).await;

    fixture.chain.hold_finality();
    for _ in 0..4 {
        fixture.anchoring.turn().await.expect("a turn");
    }
    let named = newest(&fixture);
    assert_eq!((named.checkpoint.operator_key, named.checkpoint.size), (next, 2));
    assert!(!named.is_final && !settle(&folder, &fixture.ledger).expect("looked"));
    assert!(fixture.ledger.halted().is_some());
    assert_proves(&fixture, &cards.keys[3], Verdict::GenuineUnclaimed).await;
    fixture.pass(3600);
    assert_proves(&fixture, &cards.keys[3], Verdict::GenuineUnclaimed).await;

    fixture.chain.finalise();
    fixture.anchor().await;
    assert!(settle(&folder, &fixture.ledger).expect("looked"));
    assert_eq!(fixture.ledger.halted(), None);
    let outcome = fixture.ledger.submit(handed_on(&fixture, 4)).await.expect("handed on");
    let receipt = fixture.ledger.receipt(&outcome.accepted);
    assert!(receipt.is_signed_by(&next, fixture.ledger.facts().id));
    assert_proves(&fixture, &cards.keys[4], Verdict::GenuineUnclaimed).await;
    assert!(!folder.next_operator_key().exists());
    let key = keys(&folder, &*fixture.store).expect("one");
    assert_eq!((key.current().public(), key.is_changing()), (next, false));
}

#[tokio::test]
async fn a_change_is_carried_on_from_wherever_it_was_broken_off() {
    let before = Fixture::new().await;
    before.issued(20).await;
    before.anchor().await;
    let (_place, folder) = folder();
    let begun = begin(&folder, &*before.store).expect("drawn");
    let next = begun.next.expect("drawn");
    before.chain.hold_finality();
    // After each turn of the job the node is killed.
    let mut anchored = false;
    for _ in 0..4 {
        let fixture = before.restarted(keys(&folder, &*before.store).expect("both"));
        assert!(fixture.ledger.halted().is_some());
        fixture.anchoring.turn().await.expect("a turn");
        anchored |= newest(&fixture).checkpoint.operator_key == next;
    }
    assert!(anchored);
    // Who puts the next key in its place by hand waits all the same.
    let (place, by_hand) = self::folder();
    std::fs::copy(folder.next_operator_key(), place.path().join("operator.key")).expect("copied");
    let waiting = keys(&by_hand, &*before.store).expect("the next alone");
    assert!(waiting.is_changing() && waiting.current().public() == next);
    let waiting = before.restarted(waiting);
    assert!(waiting.ledger.halted().is_some() && !settle(&by_hand, &waiting.ledger).expect("looked"));
    before.chain.finalise();
    let fixture = before.restarted(keys(&folder, &*before.store).expect("both"));
    fixture.anchor().await;
    assert!(settle(&by_hand, &waiting.ledger).expect("looked") && waiting.ledger.halted().is_none());
    assert!(folder.next_operator_key().exists(), "killed before the file was moved");
    let completed = begin(&folder, &*before.store).expect("completed");
    assert_eq!((completed.current, completed.next), (next, None));
    let fixture = before.restarted(keys(&folder, &*before.store).expect("the next alone"));
    assert!(!folder.next_operator_key().exists());
    fixture.ledger.submit(handed_on(&fixture, 4)).await.expect("handed on");
    let view = fixture.ledger.view().expect("a view");
    assert_eq!(newest(&fixture).checkpoint.number, 2, "one checkpoint for the change");
    assert!(view.checkpoint(3).expect("read").is_none());
}

#[tokio::test]
async fn without_the_key_that_the_newest_checkpoint_names_nothing_starts() {
    let fixture = Fixture::new().await;
    let (place, folder) = folder();
    std::fs::write(place.path().join("operator.key"), "11".repeat(32)).expect("written");
    for is_drawn in [false, true] {
        match keys(&folder, &*fixture.store) {
            Err(RunError::WrongKey { due, .. }) => assert_eq!(due, fixture.ledger.operator().due()),
            other => panic!("{other:?}"),
        }
        assert!(begin(&folder, &*fixture.store).is_err());
        assert_eq!(folder.next_operator_key().exists(), is_drawn);
        folder.draw_next_operator_key().expect("drawn by an earlier change");
    }
}

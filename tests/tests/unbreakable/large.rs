//! A batch so large that its names go into table files of their own, past the journal: whatever ends the node while it is
//! taken in, the batch is in whole or not at all, and can be sent again.

use crate::world::World;
use crate::{choices, rounds};
use vouchsafe_tests::{Act, Effect, Issuer, Outcome};

/// More than the store keeps with everything else.
const VOUCHERS: u64 = 70_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stderr, reason = "what came of a long run is its result")]
async fn a_large_batch_is_in_whole_or_not_at_all() {
    let mut random = choices();
    let mut world = World::on_devnet().await;
    let issuer = Issuer::new(2, &world.node.ledger);
    // One that nothing happens to shows how much there is to break.
    world.node.start().await;
    world.faults.count(Effect::ALL);
    let before = world.faults.seen();
    let batch = issuer.batch(1, 0, VOUCHERS);
    assert!(matches!(issuer.issue(world.node.http(), &batch).await, Outcome::Accepted(_)));
    let effects = world.faults.seen() - before;
    assert!(world.node.stop().await.success());

    let batch = issuer.batch(2, VOUCHERS, VOUCHERS);
    let acts = [Act::KillBefore, Act::KillHalfway, Act::KillAfter, Act::PowerCut];
    let mut ended = 0;
    for round in 0..rounds("VOUCHSAFE_KILL_ROUNDS", 4) {
        // The next life: each of the acts in its turn.
        let act = acts[usize::try_from(round).unwrap() % acts.len()];
        world.node.start().await;
        let nth = 1 + random.below(effects);
        world.faults.at(nth, Effect::ALL, act);
        let outcome = issuer.issue(world.node.http(), &batch).await;
        if world.faults.fired() {
            world.node.is_killed().await;
            ended += 1;
        } else {
            assert!(matches!(outcome, Outcome::Accepted(_)), "{act:?} at {nth} of {effects}: {outcome:?}");
            world.node.kill().await;
        }
        world.faults.none();
        let found = world.node.fsck().await;
        assert_eq!(found.exit, Some(0), "{act:?} at {nth} of {effects}: {}\n{}", found.stdout, found.stderr);
    }
    eprintln!("{ended} lives ended somewhere in {effects} effects");
    assert!(ended > 0, "nothing ever ended a node");
    world.node.start().await;
    let Outcome::Accepted(given) = issuer.issue(world.node.http(), &batch).await else {
        panic!("the batch is not taken in any more");
    };
    assert_eq!((given.index, given.entry.first), (1, VOUCHERS));
    for number in [0, 1, VOUCHERS - 1] {
        let voucher = batch.vouchers[usize::try_from(number).unwrap()].public();
        let path = format!("/v1/vouchers/{voucher}");
        let said = world.node.http().get(&path).await.is(200).json();
        assert_eq!(said["number"].as_u64(), Some(VOUCHERS + number));
    }
    assert!(world.node.stop().await.success());
    world.node.fsck().await.exits(0);
}

//! Disks and clocks that fail below a running node: what it can not keep it does not promise, and what it promised it
//! finds again.

use crate::world::World;
use crate::{choices, rounds};
use vouchsafe_tests::{Act, Anvil, Effect, Issuer, Node, Outcome};

const STEPS: u64 = 60;

/// The node is started again on a disk that is whole, and looked at from end to end.
async fn is_whole_again(world: &mut World) {
    world.faults.none();
    let found = world.node.fsck().await;
    assert_eq!(found.exit, Some(0), "{}\n{}", found.stdout, found.stderr);
    world.node.start().await;
    assert!(world.honours(0).await, "a node at peace gives no answer");
    world.agrees_with_its_chain().await;
}

/// A disk that fails at some moment under load, once or for good; then the node loses its power.
async fn fails(act: Act, kinds: &[Effect]) {
    let mut random = choices();
    let mut world = World::on_devnet().await;
    let mut failed_at_work = 0;
    let lasts = matches!(act, Act::BrokenForGood | Act::FullForGood);
    for _ in 0..rounds("VOUCHSAFE_FAULT_ROUNDS", 4) {
        world.faults.none();
        let is_start = random.below(6) == 0;
        if is_start {
            world.faults.at(1 + random.below(6), kinds, act);
        }
        if world.node.comes_up().await {
            world.faults.at(1 + random.below(40), kinds, act);
            world.load_until_it_fails(&mut random, STEPS).await;
            failed_at_work += 1;
            if lasts {
                // At the latest when it has looked again.
                world.node.is_unready().await;
            }
            let alive = world.node.http().get("/healthz").await.status;
            assert_eq!(alive, 200, "a node that can not write is alive");
            // What a failed sync may have lost is lost now.
            world.faults.at(1, Effect::ALL, Act::PowerCut);
            world.load(&mut random, STEPS).await;
            world.node.kill().await;
        } else {
            let said = world.node.process().said();
            assert!(said.contains("vouchsafe-node: ") && !said.contains("panicked"), "{said}");
        }
        is_whole_again(&mut world).await;
        world.load(&mut random, STEPS).await;
        assert!(world.node.stop().await.success());
    }
    assert!(failed_at_work > 0, "the disk never failed while the node ran");
    assert!(world.promised.len() > 20, "too little was promised to say anything");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_fail_once_break_no_promise() {
    fails(Act::Broken, &[Effect::Write]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writes_that_fail_for_good_break_no_promise() {
    fails(Act::BrokenForGood, &[Effect::Write]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn syncs_that_fail_break_no_promise() {
    fails(Act::Broken, &[Effect::Sync]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_that_is_full_from_some_moment_on_breaks_no_promise() {
    fails(Act::FullForGood, Effect::FILES).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn short_writes_are_finished() {
    let mut random = choices();
    let mut world = World::on_devnet().await;
    for _ in 0..4 {
        world.faults.at(1 + random.below(50), &[Effect::Write], Act::Short);
        world.node.start().await;
        let before = world.promised.len();
        world.load_until_it_fails(&mut random, STEPS).await;
        assert!(world.promised.len() > before, "nothing was promised");
        assert!(world.node.stop().await.success());
    }
    is_whole_again(&mut world).await;
}

/// How far the node sees the system's clock ahead of its own.
async fn clock_ahead_s(world: &World) -> f64 {
    let metrics = world.node.http().get("/metrics").await.is(200).text();
    let ahead = metrics.lines().find_map(|line| line.strip_prefix("vouchsafe_clock_ahead_seconds "));
    ahead.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_that_jump_never_set_the_log_back_and_stop_no_anchoring() {
    let mut random = choices();
    let mut world = World::on_devnet().await;
    world.node.start().await;
    let hour: i32 = 3_600_000;
    for shift in [0, hour, -hour, 24 * hour, -24 * hour, 0] {
        world.faults.shift_clock(shift.into());
        let (ahead, due) = (clock_ahead_s(&world).await, f64::from(shift) / 1000.0);
        assert!((ahead - due).abs() < 30.0, "{ahead} s ahead after a shift by {due} s");
        world.load(&mut random, STEPS).await;
        assert!(world.is_anchored().await, "shifted by {shift} ms");
    }
    let mut given = world.promised.clone();
    given.sort_by_key(|given| given.index);
    let spread = given.last().unwrap().entry.at - given[0].entry.at;
    assert!(spread < hour.unsigned_abs().into(), "the log followed a clock that was set: {spread} ms");
    for pair in given.windows(2) {
        assert!(pair[0].entry.at <= pair[1].entry.at, "entry {}", pair[1].index);
    }
    assert!(world.node.stop().await.success());
    is_whole_again(&mut world).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_is_older_than_the_chain_is_refused_with_what_to_do() {
    let anvil = Anvil::start().await;
    let mut node = Node::on_anvil(&anvil, &["--anchor-interval", "1"]).await;
    let issuer = Issuer::new(1, &node.ledger);
    node.start().await;
    let batch = issuer.batch(1, 0, 30);
    assert!(matches!(issuer.issue(node.http(), &batch).await, Outcome::Accepted(_)));
    node.is_anchored(1).await;
    assert!(node.stop().await.success());
    let store = node.data().join("store");
    let backup = tempfile::TempDir::new().unwrap();
    copied(&store, backup.path());

    node.start().await;
    let batch = issuer.batch(2, 30, 30);
    assert!(matches!(issuer.issue(node.http(), &batch).await, Outcome::Accepted(_)));
    node.is_anchored(2).await;
    assert!(node.stop().await.success());
    std::fs::remove_dir_all(&store).unwrap();
    std::fs::create_dir(&store).unwrap();
    copied(backup.path(), &store);
    assert!(!node.comes_up().await, "an old backup takes steps");
    let said = node.process().said();
    for word in ["vouchsafe-node: ", "checkpoint", "old backup was put back", "vouchsafe-node rebuild"] {
        assert!(said.contains(word), "no {word:?} in {said}");
    }
    assert!(!said.contains("panicked"), "{said}");
}

/// The journal that a node writes to.
fn journal(node: &Node) -> std::path::PathBuf {
    let inside = std::fs::read_dir(node.data().join("store/engine")).unwrap();
    let mut journals: Vec<_> = inside.map(|entry| entry.unwrap().path()).collect();
    journals.retain(|path| path.extension().is_some_and(|kind| kind == "jnl"));
    journals.sort();
    journals.pop().unwrap()
}

/// A bit of what was promised flips while the node is down, after a kill or a stop in good order. A node that went on
/// without the sets behind it would give their indices to others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flipped_bit_stops_the_start_and_put_back_every_promise_holds() {
    let mut random = choices();
    let mut world = World::in_peace().await;
    let mut refused = 0;
    for round in 0..rounds("VOUCHSAFE_FLIP_ROUNDS", 8) {
        world.node.start().await;
        world.load(&mut random, STEPS).await;
        if round % 2 == 0 {
            world.node.kill().await;
        } else {
            assert!(world.node.stop().await.success());
        }
        let journal = journal(&world.node);
        let good = std::fs::read(&journal).unwrap();
        let written = good.iter().rposition(|byte| *byte != 0).unwrap() as u64;
        // In one round of two where the newest entries are, which nothing has anchored.
        let reach = if round % 4 < 2 { written.min(4000) } else { written };
        let at = usize::try_from(written - random.below(reach)).unwrap();
        let mut flipped = good.clone();
        flipped[at] ^= 1 << random.below(8);
        std::fs::write(&journal, &flipped).unwrap();
        let found = world.node.fsck().await;
        if world.node.comes_up().await {
            // The order of the last write set, which may be any that is later.
            assert_eq!(found.exit, Some(0), "byte {at}: {}\n{}", found.stdout, found.stderr);
            assert!(world.honours(0).await, "a node at peace gives no answer");
            assert!(world.node.stop().await.success());
            continue;
        }
        refused += 1;
        let said = world.node.process().said();
        for word in ["vouchsafe-node: ", "damaged", "restore a backup"] {
            assert!(said.contains(word), "byte {at}: no {word:?} in {said}");
        }
        assert!(!said.contains("panicked"), "{said}");
        assert_ne!(found.exit, Some(0), "byte {at}: {}", found.stdout);
        assert!(std::fs::read(&journal).unwrap() == flipped, "byte {at}: a refusal changed the journal");
        std::fs::write(&journal, &good).unwrap();
    }
    assert!(refused > 0, "no start was refused");
    is_whole_again(&mut world).await;
}

fn copied(from: &std::path::Path, to: &std::path::Path) {
    let from = format!("{}/.", from.display());
    let status = std::process::Command::new("cp").args(["-a", &from]).arg(to).status();
    assert!(status.is_ok_and(|status| status.success()), "cp");
}

//! A node that is killed again and again: at random moments, and before, within and after each thing that it does to its
//! disk and its chain; or that loses its power, and with it whatever it had not synced.
//!
//! `make kill ROUNDS=2000` for as many rounds; a few run with every `make test`.

use crate::world::World;
use crate::{choices, rounds};
use std::time::Duration;
use vouchsafe_tests::{Act, Effect, Node, Random};

/// Steps of a round in which nobody is killed by a fault: then it ends with a kill from outside.
const STEPS: u64 = 90;
/// Effects that a round has, roughly: a kill is planned somewhere among them.
const EFFECTS: u64 = 110;
/// Effects of a start, roughly.
const STARTING: u64 = 30;
/// Effects that every start has, and that none has.
const FIRST: u64 = 4;
const LATE: u64 = 200;
/// Rounds on one ledger: every one looks at all of it.
const WORLD: u64 = 25;

/// How a round ends.
#[derive(Debug, Clone, Copy)]
enum End {
    /// By the `nth` effect.
    Effect(u64, Act),
    /// So long after it is ready.
    Moment(Duration),
}

/// Of ten rounds in a row three end at a moment, two by a power cut, one at the start for sure, and one at work.
fn end(number: u64, random: &mut Random) -> End {
    let effects = if random.below(5) == 0 { STARTING } else { EFFECTS };
    let kill = *random.one_of(&[Act::KillBefore, Act::KillHalfway, Act::KillAfter]);
    match number % 10 {
        0 | 4 | 7 => End::Moment(Duration::from_micros(random.below(250_000))),
        1 | 5 => End::Effect(1 + random.below(effects), Act::PowerCut),
        2 => End::Effect(1 + random.below(FIRST), kill),
        3 => End::Effect(LATE + random.below(LATE), kill),
        _ => End::Effect(1 + random.below(effects), kill),
    }
}

#[derive(Debug, Default)]
struct Tally {
    rounds: u64,
    by_effect: u64,
    at_start: u64,
    by_power: u64,
    from_outside: u64,
    promises: u64,
}

/// One life of the node, from its start to its death.
async fn round(world: &mut World, random: &mut Random, tally: &mut Tally, known: usize) {
    let end = end(tally.rounds, random);
    match end {
        End::Effect(nth, act) => world.faults.at(nth, Effect::ALL, act),
        End::Moment(_) => world.faults.none(),
    }
    let is_up = world.node.comes_up().await;
    if is_up && world.honours(known).await {
        match end {
            End::Effect(..) => world.load_until_it_fails(random, STEPS).await,
            End::Moment(moment) => {
                let killing = killer(&mut world.node, moment);
                world.load(random, 10 * STEPS).await;
                killing.await.unwrap();
            }
        }
    }
    tally.rounds += 1;
    if let End::Effect(_, act) = end {
        assert!(world.faults.fired(), "it ended without its fault:\n{}", world.node.process().said());
        world.node.is_killed().await;
        tally.by_effect += 1;
        tally.at_start += u64::from(!is_up);
        tally.by_power += u64::from(act == Act::PowerCut);
    } else {
        assert!(is_up, "the node ended by itself:\n{}", world.node.process().said());
        world.node.kill().await;
        tally.from_outside += 1;
    }
    world.faults.none();
}

/// Kills from outside, beside what goes on.
fn killer(node: &mut Node, moment: Duration) -> tokio::task::JoinHandle<()> {
    let killing = node.process().killer();
    tokio::spawn(async move {
        tokio::time::sleep(moment).await;
        killing();
    })
}

/// Lives of one ledger, and the look back at the end.
async fn lives(mut world: World, lives: u64, random: &mut Random, tally: &mut Tally) {
    let mut known = 0;
    for _ in 0..lives {
        let before = world.promised.len();
        round(&mut world, random, tally, known).await;
        // What is promised now is looked at in the next life.
        known = before;
        let found = world.node.fsck().await;
        assert_eq!(found.exit, Some(0), "{}\n{}", found.stdout, found.stderr);
    }
    world.node.start().await;
    assert!(world.honours(0).await, "a node at peace gives no answer");
    world.load(random, STEPS).await;
    world.agrees_with_its_chain().await;
    assert!(world.honours(0).await, "a node at peace gives no answer");
    let said = world.node.process().said();
    assert!(!said.contains("panicked"), "{said}");
    assert!(world.node.stop().await.success(), "{said}");
    world.node.fsck().await.exits(0);
    tally.promises += world.promised.len() as u64;
    assert!(world.vouchers > 0, "nothing was ever issued");
}

/// Lives that do little: a batch, a few steps, a checkpoint for both. Each is ended one effect later than the one before,
/// until no effect is left: so every write, sync and name of the store, and every word to the chain, was the last. Gives
/// how many were ended by each act.
async fn walked(mut world: World, acts: &[Act], stride: u64, random: &mut Random) -> Vec<u64> {
    let (mut known, mut quiet) = (0, 0);
    let mut kills = vec![0; acts.len()];
    let first = 1 + random.below(stride);
    for nth in (0..).map(|step| first + step * stride) {
        for (place, act) in acts.iter().enumerate() {
            let before = world.promised.len();
            world.faults.at(nth, Effect::ALL, *act);
            if world.node.comes_up().await && world.honours(known).await {
                world.load(random, 6).await;
                world.is_anchored().await;
            }
            known = before;
            if !world.faults.fired() {
                world.faults.none();
                world.agrees_with_its_chain().await;
                assert!(world.node.stop().await.success());
                world.node.fsck().await.exits(0);
                quiet += 1;
                if quiet > 2 * acts.len() {
                    return kills;
                }
                continue;
            }
            world.node.is_killed().await;
            kills[place] += 1;
            world.faults.none();
            let found = world.node.fsck().await;
            assert_eq!(found.exit, Some(0), "effect {nth}, {act:?}:\n{}\n{}", found.stdout, found.stderr);
        }
    }
    unreachable!("a life has an end")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stderr, reason = "what came of a long run is its result")]
async fn a_kill_at_every_effect_of_a_life_breaks_no_promise() {
    let mut random = choices();
    let all = std::env::var("VOUCHSAFE_KILL_ROUNDS").is_ok();
    let acts = [Act::KillBefore, Act::KillHalfway, Act::KillAfter, Act::PowerCut];
    // A life has some 25 effects on the embedded chain, and some 150 on another, most of them words to it.
    for (on_anvil, everyday, least) in [(false, 4, 12), (true, 16, 64)] {
        let (acts, stride) = if all { (&acts[..], 1) } else { (&acts[2..], everyday) };
        let world = if on_anvil { World::on_anvil().await } else { World::on_devnet().await };
        let kills = walked(world, acts, stride, &mut random).await;
        eprintln!("{acts:?} ended {kills:?} lives, every {stride}th effect");
        assert!(kills.iter().all(|kills| kills * stride >= least), "{acts:?} ended {kills:?} lives");
    }
}

#[expect(clippy::print_stderr, reason = "what came of a long run is its result")]
async fn killed(all: u64, on_anvil: bool) {
    let mut random = choices();
    let mut tally = Tally::default();
    // The first four rounds have one end of each kind.
    let all = all.max(4);
    while tally.rounds < all {
        let world = if on_anvil { World::on_anvil().await } else { World::on_devnet().await };
        let lives_now = WORLD.min(all - tally.rounds);
        lives(world, lives_now, &mut random, &mut tally).await;
        eprintln!("{tally:?}");
    }
    let Tally { by_effect, at_start, by_power, from_outside, promises, .. } = tally;
    assert!(
        [by_effect - at_start, at_start, by_power, from_outside, promises].iter().all(|count| *count > 0),
        "{tally:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_at_any_moment_break_no_promise() {
    killed(rounds("VOUCHSAFE_KILL_ROUNDS", 25), false).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kills_at_any_moment_break_no_promise_on_an_independent_chain() {
    killed(rounds("VOUCHSAFE_KILL_ROUNDS", 25).div_ceil(4), true).await;
}

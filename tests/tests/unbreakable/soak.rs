//! Hours of work at full load: what the node holds of its machine does not grow with what it has done.
//!
//! `make soak SECONDS=3600`; the result is written to `target/soak.json`. With every `make test` a few seconds of it.

use crate::world::World;
use crate::{choices, rounds};
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use vouchsafe_tests::{Footprint, PATIENCE, Program, Run, repository};

/// Memory that may come and go: what the store writes out and merges in the background, and its cache, are bounded by
/// `FjallOptions`; they are warm after the first half of a long run.
const SWING_KIB: u64 = 96 << 10;
/// Files that may come and go: connections, and table files that are merged.
const SWING_FILES: u64 = 120;
/// In a short run the store's buffers still fill, with about 1.3 KiB for each promise: so much, and a little for all.
const FILLING_KIB: u64 = 3;
const FILLING_AT_ALL_KIB: u64 = 8 << 10;
/// Files of a short run: a table file for so many promises, and a little for all.
const PROMISES_A_FILE: u64 = 1000;
const FILES_AT_ALL: u64 = 20;

/// What the node held, and of how much work.
#[derive(Debug, Clone, Copy, Default)]
struct Sample {
    seconds: u64,
    promises: u64,
    resident_kib: u64,
    files: u64,
}

impl Sample {
    fn of(begun: Instant, promises: usize, held: Footprint) -> Self {
        let Footprint { resident_kib, files } = held;
        Self {
            seconds: begun.elapsed().as_secs(),
            promises: promises as u64,
            resident_kib,
            files: files as u64,
        }
    }

    /// The most of each.
    fn most(samples: &[Self]) -> Self {
        samples.iter().fold(Self::default(), |most, one| Self {
            seconds: most.seconds.max(one.seconds),
            promises: most.promises.max(one.promises),
            resident_kib: most.resident_kib.max(one.resident_kib),
            files: most.files.max(one.files),
        })
    }

    fn shown(&self) -> Value {
        let Self { seconds, promises, resident_kib, files } = self;
        json!({ "seconds": seconds, "promises": promises, "resident_kib": resident_kib, "files": files })
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stderr, reason = "a long run says how it goes")]
async fn at_work_for_long_the_node_holds_no_more_of_its_machine() {
    let seconds = rounds("VOUCHSAFE_SOAK_SECONDS", 15);
    let mut random = choices();
    let mut world = World::in_peace().await;
    world.node.start().await;
    let begun = Instant::now();
    let mut samples: Vec<Sample> = Vec::new();
    let mut told = 0;
    while begun.elapsed().as_secs() < seconds {
        world.load(&mut random, 600).await;
        samples.push(Sample::of(begun, world.promised.len(), world.node.process().footprint()));
        let minute = begun.elapsed().as_secs() / 60;
        if minute > told {
            told = minute;
            eprintln!("minute {minute}: {} promises, {:?}", world.promised.len(), samples.last());
        }
    }
    assert!(samples.len() >= 4, "{samples:?}");
    let (first, second) = samples.split_at(samples.len() / 2);
    let (first, second) = (Sample::most(first), Sample::most(second));
    let result = json!({
        "first_half": first.shown(),
        "second_half": second.shown(),
        "samples": samples.iter().step_by((samples.len() / 60).max(1)).map(Sample::shown).collect::<Vec<_>>(),
    });
    let file = repository().join("target/soak.json");
    std::fs::write(&file, format!("{result:#}\n")).unwrap();
    eprintln!("most in the first half {first:?}, in the second {second:?}: {}", file.display());
    world.agrees_with_its_chain().await;
    assert!(world.node.stop().await.success());
    // It reads again all that was written in the whole time.
    let fsck = Run::new(Program::Node, ["fsck", "--data"]).args([world.node.data()]);
    fsck.at_most(PATIENCE + 4 * Duration::from_secs(seconds)).end().await.exits(0);
    let more = second.promises - first.promises;
    let swing_kib = SWING_KIB.min(FILLING_AT_ALL_KIB + FILLING_KIB * more);
    let swing_files = SWING_FILES.min(FILES_AT_ALL + more / PROMISES_A_FILE);
    assert!(second.resident_kib <= first.resident_kib + swing_kib, "memory grows: {result:#}");
    assert!(second.files <= first.files + swing_files, "files grow: {result:#}");
}

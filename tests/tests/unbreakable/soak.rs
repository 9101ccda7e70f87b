//! Hours of work at full load: what the node holds of its machine does not grow with what it has done.
//!
//! `make soak SECONDS=3600`; the result is written to `target/soak.json`. With every `make test` a few seconds of it.

use crate::world::World;
use crate::{choices, rounds};
use serde_json::json;
use std::time::{Duration, Instant};
use vouchsafe_tests::{Footprint, repository};

/// Memory that may come and go: what the store writes out and merges in the background, and its cache, are bounded by
/// `FjallOptions`; they are warm after the first half.
const SWING_KIB: u64 = 96 << 10;
/// Files that may come and go: connections, and table files that are merged.
const SWING_FILES: usize = 120;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[expect(clippy::print_stderr, reason = "a long run says how it goes")]
async fn at_work_for_long_the_node_holds_no_more_of_its_machine() {
    let seconds = rounds("VOUCHSAFE_SOAK_SECONDS", 15);
    let mut random = choices();
    let mut world = World::in_peace().await;
    world.node.start().await;
    let begun = Instant::now();
    let mut samples: Vec<(Duration, Footprint)> = Vec::new();
    let mut told = 0;
    while begun.elapsed().as_secs() < seconds {
        world.load(&mut random, 600).await;
        samples.push((begun.elapsed(), world.node.process().footprint()));
        let minute = begun.elapsed().as_secs() / 60;
        if minute > told {
            told = minute;
            eprintln!("minute {minute}: {} promises, {:?}", world.promised.len(), samples.last());
        }
    }
    let promises = world.promised.len();
    world.agrees_with_its_chain().await;
    assert!(world.node.stop().await.success());
    world.node.fsck().await.exits(0);
    let middle = samples.len() / 2;
    let most = |samples: &[(Duration, Footprint)]| {
        let kib = samples.iter().map(|(_, held)| held.resident_kib).max().unwrap_or_default();
        (kib, samples.iter().map(|(_, held)| held.files).max().unwrap_or_default())
    };
    let (first, second) = (most(&samples[..middle]), most(&samples[middle..]));
    let result = json!({
        "seconds": begun.elapsed().as_secs(), "promises": promises,
        "first_half": { "resident_kib": first.0, "files": first.1 },
        "second_half": { "resident_kib": second.0, "files": second.1 },
        "samples": samples.iter().step_by((samples.len() / 60).max(1))
            .map(|(at, held)| json!([at.as_secs(), held.resident_kib, held.files])).collect::<Vec<_>>(),
    });
    let file = repository().join("target/soak.json");
    std::fs::write(&file, format!("{result:#}\n")).unwrap();
    eprintln!(
        "{promises} promises; most in the first half {first:?}, in the second {second:?}: {}",
        file.display()
    );
    if seconds >= 300 {
        assert!(second.0 <= first.0 + SWING_KIB, "memory grows: {result:#}");
        assert!(second.1 <= first.1 + SWING_FILES, "files grow: {result:#}");
    }
}

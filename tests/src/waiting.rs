//! Waiting for what will come, and saying what could not be looked at.

use crate::{PATIENCE, repository};
use std::io::Write as _;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Asks again and again until there is an answer; `what` is said if none comes.
pub async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        sleep(Duration::from_millis(20)).await;
    }
}

/// Says what this run does not check, and why. `make test` says it once more at its end.
#[expect(clippy::print_stderr, reason = "what a run leaves out must not go unsaid")]
pub fn left_out(what: &str, why: &str) {
    let line = format!("{what}: {why}\n");
    eprint!("NOT CHECKED: {line}");
    let file = std::fs::File::options().create(true).append(true).open(repository().join("target/left-out"));
    file.and_then(|mut file| file.write_all(line.as_bytes())).expect("target/left-out");
}

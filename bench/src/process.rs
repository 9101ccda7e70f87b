//! What the system says of processes: their peak memory, the folders that they fill.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The peak of this process's memory, in MiB.
pub fn peak_of_this_process() -> f64 {
    peak("self")
}

/// The peak of a process's memory so far, in MiB; NaN where it has ended or the system does not say.
pub fn peak(process: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let kib = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: Option<f64> = kib.and_then(|text| text.split_whitespace().next()?.parse().ok());
    kib.map_or(f64::NAN, |kib| kib / 1024.0)
}

/// Waits until a process is at rest: what it does behind its answers has come to an end, or a minute has passed.
pub async fn until_at_rest(process: &str) {
    let mut before = ticks(process);
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let now = ticks(process);
        if now - before < 5 {
            break;
        }
        before = now;
    }
}

/// Hundredths of a second that a process has had of all cores.
fn ticks(process: &str) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// Runs this program again for one measurement in a process of its own: the number that it prints.
pub fn probe(arguments: &[&str]) -> f64 {
    let this = std::env::current_exe().expect("the path of this program");
    let said = Command::new(this).arg("--probe").args(arguments).output().expect("a process");
    let text = String::from_utf8_lossy(&said.stdout);
    text.trim().parse().unwrap_or_else(|_| {
        panic!("the probe {arguments:?} said {text:?}: {}", String::from_utf8_lossy(&said.stderr))
    })
}

/// Bytes on the disk below a folder.
pub fn bytes_below(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = |entry: std::fs::DirEntry| {
        let facts = entry.metadata().ok()?;
        Some(if facts.is_dir() { bytes_below(&entry.path()) } else { allocated(&facts) })
    };
    entries.filter_map(bytes).sum()
}

#[cfg(unix)]
fn allocated(facts: &std::fs::Metadata) -> u64 {
    use std::os::unix::fs::MetadataExt as _;
    facts.blocks() * 512
}

#[cfg(not(unix))]
fn allocated(facts: &std::fs::Metadata) -> u64 {
    facts.len()
}

//! How fast an audit is beside the bare rate of its signature checks. Measured on demand:
//! `AUDIT_ENTRIES=1000000 cargo test --release -p vouchsafe-cli --test audit speed -- --ignored --nocapture`.
//! The share of processor time says what all else costs, on a busy machine, too; the share of elapsed time besides how well it
//! is spread over the cores.

use crate::made::{opened, origin};
use crate::run::Folder;
use ledgers::published::pair;
use protocol::Digest;
use protocol::lifecycle::Kind;
use protocol::signing::verify_signature;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};
use std::time::Instant;

#[test]
#[ignore = "takes minutes, and means something in a release build alone"]
#[expect(clippy::print_stderr, reason = "it is what the test is for")]
fn audit_beside_the_bare_rate_of_signature_checks() {
    let entries = std::env::var("AUDIT_ENTRIES").map_or(100_000, |text| text.parse().unwrap());
    let mut made = opened();
    made.issue(entries);
    let (issuer, shop) = (pair("issuer", 0), pair("shop", 0));
    for number in 0..entries {
        let signers = [pair("issuer", 0)];
        made.take(Kind::Transfer, 1, number..number + 1, 0, &shop, Some("{\"price\":\"9.50\"}"), &signers);
        if number % 100_000 == 0 {
            made.anchor();
        }
    }
    made.anchor();
    let folder = Folder::of(&made);
    let prev = made.steps[0].entry.leaf();
    assert_ne!(prev, Digest::ZERO);
    for round in 0..3 {
        let (begin, worked) = (Instant::now(), processor_ticks(Of::This));
        let valid = made.steps[1..].par_iter().filter(|step| {
            let instruction = step.entry.instruction(origin().ledger(), prev);
            verify_signature(&issuer.public(), &instruction, &step.signatures[0].signature)
        });
        assert_eq!(valid.count() as u64, entries);
        let bare = (begin.elapsed(), processor_ticks(Of::This) - worked);
        let (begin, worked) = (Instant::now(), processor_ticks(Of::Children));
        let report = folder.audit_with("--fresh", 0);
        let audit = (begin.elapsed(), processor_ticks(Of::Children) - worked);
        assert_eq!(report["signatures"], entries + 1);
        let elapsed = bare.0.as_secs_f64() / audit.0.as_secs_f64() * 100.0;
        let worked = bare.1 * 100 / audit.1.max(1);
        eprintln!(
            "round {round}: bare {:.2?}, audit {:.2?}: {elapsed:.0} % of the bare rate, {worked} % by processor time",
            bare.0, audit.0
        );
    }
}

#[derive(Clone, Copy)]
enum Of {
    This,
    Children,
}

/// Processor time of this process, or of those that it waited for, in the kernel's ticks.
fn processor_ticks(of: Of) -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, fields) = stat.rsplit_once(") ").unwrap();
    // The third field is the first here: user and system time are the 14th and 15th, of children the two after.
    let from = match of {
        Of::This => 11,
        Of::Children => 13,
    };
    fields.split(' ').skip(from).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

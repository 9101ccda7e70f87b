//! Watching a ledger for good: what every command shares that looks at it again and again until it is asked to stop.

use crate::console::Console;
use crate::failure::Failure;
use crate::public_data::{DataArgs, PublicData};
use crate::source::TrustArgs;
use protocol::dossier::Ledger;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// A source and its ledger.
pub type Found = (Box<dyn PublicData>, Ledger);

/// A file stays as it is: only a chain can be followed.
pub fn needs_chain(trust: &TrustArgs) -> Result<(), Failure> {
    if trust.trusted_checkpoint.is_some() {
        return Err(Failure::usage("error-follow-needs-chain"));
    }
    if trust.endpoints()?.is_empty() {
        return Err(Failure::usage("error-follow-no-chain"));
    }
    Ok(())
}

/// The source and its ledger, as soon as it answers; none where somebody asks to stop before. `failed` hears of each time
/// that it did not.
pub fn source(
    args: &DataArgs,
    interval: u64,
    stop: &AtomicBool,
    failed: &dyn Fn(&Failure),
    console: &mut Console,
) -> Result<Option<Found>, Failure> {
    while !stop.load(Ordering::Relaxed) {
        match args.open().and_then(|data| Ok((data.ledger()?, data))) {
            Ok((ledger, data)) => return Ok(Some((data, ledger))),
            Err(failure) if failure.text.id().starts_with("error-data-") => {
                failed(&failure);
                console.fail(&failure);
            }
            Err(failure) => return Err(failure),
        }
        wait(interval, stop);
    }
    Ok(None)
}

/// Waits until the next look is due, or somebody asks to stop.
pub fn wait(seconds: u64, stop: &AtomicBool) {
    let until = Instant::now() + Duration::from_secs(seconds);
    while Instant::now() < until && !stop.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(100));
    }
}

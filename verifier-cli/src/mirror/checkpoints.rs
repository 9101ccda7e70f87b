//! The checkpoints: one is known from the chain, and each names the one before.

use super::copy::{Copying, Problem};
use crate::public_data::{DataError, PublicData};
use protocol::LedgerId;
use protocol::checkpoint::Checkpoint;
use protocol::public_data::{DataPath, decode_checkpoint};

/// Checkpoints on the way at a time.
const WINDOW: u64 = 256;

/// The newest checkpoint up to `number` that the source has: asked from there downwards in steps that double, then between
/// the last two answers. None where it has not even the opening.
pub fn newest_there(source: &dyn PublicData, number: u64) -> Result<Option<u64>, DataError> {
    let has = |number| match source.checkpoint(number) {
        Ok(_) => Ok(true),
        Err(error) if error.is_missing() => Ok(false),
        Err(error) => Err(error),
    };
    let (mut there, mut step) = (number, 1_u64);
    let mut missing = number.saturating_add(1);
    while !has(there)? {
        if there == 0 {
            return Ok(None);
        }
        missing = there;
        there = there.saturating_sub(step);
        step = step.saturating_mul(2);
    }
    while missing.saturating_sub(there) > 1 {
        let middle = there.saturating_add(missing.saturating_sub(there) / 2);
        if has(middle)? {
            there = middle;
        } else {
            missing = middle;
        }
    }
    Ok(Some(there))
}

/// The checkpoints from number `first` up to the newest, oldest first, each held against the `previous` of the one after
/// it.
pub fn copy(
    copying: &Copying<'_>,
    ledger: LedgerId,
    first: u64,
    newest: &Checkpoint,
) -> Result<Vec<Checkpoint>, Problem> {
    let same = |due: &Checkpoint| {
        let due = *due;
        move |bytes: &[u8]| match decode_checkpoint(bytes, due.number) {
            Ok(found) if found == due => Ok(found),
            Ok(_) => Err("it is not the checkpoint that the chain has".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    };
    let mut found = vec![copying.obtain(DataPath::Checkpoint(newest.number), same(newest))?];
    while let Some(after) = found.last().copied().filter(|after| after.number > first) {
        let window: Vec<u64> = (after.number.saturating_sub(WINDOW).max(first)..after.number).rev().collect();
        // Which content is due is known only from the one after it: first whatever is there, then the check.
        let fetched = copying.each(&window, |number| {
            let path = DataPath::Checkpoint(*number);
            copying.obtain(path, |bytes| decode_checkpoint(bytes, *number).map_err(|error| error.to_string()))
        });
        let mut due = after.previous;
        for (number, checkpoint) in window.into_iter().zip(fetched) {
            let path = DataPath::Checkpoint(number);
            let is_due = |checkpoint: &Checkpoint| checkpoint.hash(ledger) == due;
            let checkpoint = match checkpoint? {
                checkpoint if is_due(&checkpoint) => checkpoint,
                _ => {
                    copying.name_damaged(path);
                    copying.fetch_anew(path, |bytes| match decode_checkpoint(bytes, number) {
                        Ok(found) if is_due(&found) => Ok(found),
                        Ok(_) => Err("it is not the checkpoint that the next one names".to_owned()),
                        Err(error) => Err(error.to_string()),
                    })?
                }
            };
            due = checkpoint.previous;
            found.push(checkpoint);
        }
    }
    found.reverse();
    Ok(found)
}

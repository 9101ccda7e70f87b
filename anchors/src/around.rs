//! The checkpoints on both sides of a time: what a verifier holds the state at that time against.

use crate::error::AnchorError;
use crate::reader::AnchorReader;
use crate::trusted::{TrustedFacts, trusted_checkpoint};
use protocol::checkpoint::LedgerOrigin;

/// The checkpoints beside a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Around {
    /// The last whose block is at or before the time; none before the ledger was opened.
    pub before: Option<TrustedFacts>,
    /// The first whose block is after it; none after the newest.
    pub after: Option<TrustedFacts>,
}

/// Finds them by halving: about as many questions as the number of checkpoints has binary digits. `at` is Unix ms.
pub async fn checkpoints_around(
    reader: &dyn AnchorReader,
    origin: &LedgerOrigin,
    at: u64,
) -> Result<Around, AnchorError> {
    let asked = |number| trusted_checkpoint(reader, origin, number);
    let first = asked(0).await?;
    if first.block_time > at {
        return Ok(Around { before: None, after: Some(first) });
    }
    let tip = reader.latest(origin.ledger()).await?;
    // `before` is at or before the time, `beyond` after it or one past the newest.
    let (mut before, mut beyond) = (first, tip.number.saturating_add(1));
    while beyond - before.checkpoint.number > 1 {
        let middle = asked(before.checkpoint.number.midpoint(beyond)).await?;
        if middle.block_time <= at {
            before = middle;
        } else {
            beyond = middle.checkpoint.number;
        }
    }
    let after = if beyond <= tip.number { Some(asked(beyond).await?) } else { None };
    Ok(Around { before: Some(before), after })
}

//! Waiting for a transaction, for those who have nothing else to do meanwhile (the node's anchoring job polls instead).

use crate::error::AnchorError;
use crate::reader::{AnchorReader, Finality, TxState};
use protocol::Digest;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Asks about `tx` every `interval` until it is final (`Mined` or `Failed`) or `at_most` has passed, and gives the last
/// answer: so `Pending`, `Unknown` or a pending finality mean that time ran out. An error of the last attempt is
/// returned; earlier ones that may pass are waited out.
pub async fn follow(
    reader: &dyn AnchorReader,
    tx: Digest,
    interval: Duration,
    at_most: Duration,
) -> Result<TxState, AnchorError> {
    let deadline = Instant::now() + at_most;
    loop {
        let state = reader.transaction(tx).await;
        let settled = match &state {
            Ok(TxState::Mined { finality, .. } | TxState::Failed { finality, .. }) => {
                *finality == Finality::Final
            }
            Ok(TxState::Unknown | TxState::Pending) => false,
            Err(error) => !error.is_transient(),
        };
        if settled || Instant::now() + interval > deadline {
            return state;
        }
        sleep(interval).await;
    }
}

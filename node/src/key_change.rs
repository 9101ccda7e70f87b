//! Changing the operator's key: which one signs receipts stands in each checkpoint (docs/protocol.md section 8).
//!
//! The next key is drawn beside the one that signs. A node that starts with both takes no steps; its next checkpoint, of
//! all that was accepted before, names the next key. Once that one is final, and no reader can be shown a newer entry under
//! an older checkpoint, the next key takes the place of the other and steps are taken again. Each of these can be broken off
//! and is done again at the next start.

use crate::config::{ConfigError, Folder};
use crate::ledger::outbox::latest_final;
use crate::ledger::rows::ReadError;
use crate::ledger::{Ledger, OperatorKeys, cut};
use crate::observe;
use crate::run::RunError;
use crate::store::Store;
use protocol::PublicKey;
use std::time::Duration;
use tokio::sync::watch;

/// Between two looks whether the checkpoint with the next key is final.
const LOOK: Duration = Duration::from_secs(1);

/// The keys of a ledger whose store is known to be in order with its chain. Receipts are held against the key of the
/// newest checkpoint: another one signs what nobody can use.
pub fn keys(folder: &Folder, store: &dyn Store) -> Result<OperatorKeys, RunError> {
    let current = folder.load_operator_key()?;
    let snapshot = store.snapshot()?;
    let due = cut::latest(&*snapshot)?.checkpoint.operator_key;
    let settled = latest_final(&*snapshot)?;
    match folder.load_next_operator_key()? {
        Some(next) if is_final(settled, &next.public()) => {
            folder.adopt_next_operator_key()?;
            Ok(next.into())
        }
        Some(next) if [current.public(), next.public()].contains(&due) => {
            Ok(OperatorKeys::changing(current, next))
        }
        // Put there by hand, or the chain took back what it had called final.
        None if current.public() == due && settled.is_some() && !is_final(settled, &due) => {
            Ok(OperatorKeys::waiting(current))
        }
        None if current.public() == due => Ok(current.into()),
        _ => Err(RunError::WrongKey { folder: folder.path().to_owned(), found: current.public(), due }),
    }
}

/// What a change that has begun is about.
#[derive(Debug)]
pub struct Begun {
    /// The key that signs until it is done.
    pub current: PublicKey,
    /// The key that takes its place; none where an earlier change was only now completed, and none was drawn.
    pub next: Option<PublicKey>,
}

/// Draws the next key, unless one was drawn before. The store is that of the folder, held for as long as this takes: a
/// node at work would go on with the old key.
pub fn begin(folder: &Folder, store: &dyn Store) -> Result<Begun, RunError> {
    let was_drawn = folder.next_operator_key().exists();
    let keys = keys(folder, store)?;
    let current = keys.current().public();
    let is_completed = was_drawn && !keys.is_changing();
    let next = if is_completed { None } else { Some(folder.draw_next_operator_key()?.public()) };
    Ok(Begun { current, next })
}

/// Waits until the checkpoint that names the next key is final, and has it sign from then on.
pub async fn complete(folder: Folder, ledger: Ledger, mut stop: watch::Receiver<bool>) {
    let operator = ledger.operator();
    if operator.is_changing() {
        observe::operator_key_changes(&operator.due());
    }
    while ledger.operator().is_changing() {
        match settle(&folder, &ledger) {
            Ok(true) => observe::operator_key_changed(&ledger.operator().due()),
            Ok(false) => {}
            Err(error) => observe::operator_key_stays(&error),
        }
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Whether the change is done. The file goes first: a crash between the two leaves a node that starts with the next key.
fn settle(folder: &Folder, ledger: &Ledger) -> Result<bool, SettleError> {
    let found = latest_final(&*ledger.store().snapshot().map_err(ReadError::from)?)?;
    let done = is_final(found, &ledger.operator().due());
    if done {
        // It may be in its place already: by hand, or by an attempt whose end could not be synced.
        if folder.load_operator_key()?.public() != ledger.operator().due() {
            folder.adopt_next_operator_key()?;
        }
        ledger.change_operator_key();
    }
    Ok(done)
}

#[derive(Debug, thiserror::Error)]
enum SettleError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Config(#[from] ConfigError),
}

fn is_final(newest: Option<crate::ledger::rows::Published>, key: &PublicKey) -> bool {
    newest.is_some_and(|newest| newest.checkpoint.operator_key == *key)
}

#[cfg(test)]
mod tests;

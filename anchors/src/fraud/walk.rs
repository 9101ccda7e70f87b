//! A way to an old checkpoint that is too long for one transaction, walked in several.

use protocol::fraud::Shown;

/// Checkpoints after S in one transaction: 500 take 112 kB of the 128 KiB that nodes pass on, and some 3 million gas.
pub const WALK_LIMIT: usize = 500;

/// What to reach first, in this order, and then S with so few checkpoints after it that it fits a transaction.
/// Nothing where S is near enough as it is.
pub fn walk(shown: &Shown) -> (Vec<Shown>, Shown) {
    let mut steps = Vec::new();
    let mut rest = shown.clone();
    while rest.newer.len() > WALK_LIMIT {
        // The last ones, from one that is known to be anchored down to the one that the next step begins at.
        let newer = rest.newer.split_off(rest.newer.len() - WALK_LIMIT);
        let Some(checkpoint) = rest.newer.last().copied() else { break };
        steps.push(Shown { ledger: shown.ledger, checkpoint, newer });
    }
    (steps, rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::checkpoint::Checkpoint;
    use protocol::{LedgerId, PublicKey};

    fn chain(length: usize) -> Shown {
        let ledger = LedgerId::new([7; 32]);
        let checkpoint = Checkpoint::genesis(PublicKey::new([1; 32]));
        let mut newer: Vec<Checkpoint> = Vec::new();
        for _ in 0..length {
            let before = newer.last().unwrap_or(&checkpoint);
            let (number, previous) = (before.number + 1, before.hash(ledger));
            newer.push(Checkpoint { number, previous, ..*before });
        }
        Shown { ledger, checkpoint, newer }
    }

    #[test]
    fn every_step_hangs_on_the_one_before_it() {
        for length in [0, 1, WALK_LIMIT, WALK_LIMIT + 1, 2 * WALK_LIMIT, 2 * WALK_LIMIT + 7] {
            let whole = chain(length);
            let (steps, last) = walk(&whole);
            assert_eq!(steps.len(), length.saturating_sub(1) / WALK_LIMIT, "{length} checkpoints");
            let mut known = whole.newer.last().unwrap_or(&whole.checkpoint).hash(whole.ledger);
            for step in steps.iter().chain([&last]) {
                assert!(step.newer.len() <= WALK_LIMIT);
                assert_eq!(step.reaches(known), Ok(()), "{length} checkpoints");
                known = step.checkpoint.hash(whole.ledger);
            }
            assert_eq!(last.checkpoint, whole.checkpoint);
        }
    }
}

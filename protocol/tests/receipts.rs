//! Whom a receipt binds where the operator's key changed (docs/protocol.md section 9).

use vouchsafe_protocol::checkpoint::Checkpoint;
use vouchsafe_protocol::receipt::Receipt;
use vouchsafe_protocol::signing::KeyPair;
use vouchsafe_protocol::{Digest, LedgerId, PublicKey};

const LEDGER: LedgerId = LedgerId::new([7; 32]);

fn checkpoint(number: u64, size: u64, operator_key: PublicKey) -> Checkpoint {
    let (log_root, head_root, previous) = (Digest::ZERO, Digest::ZERO, Digest::ZERO);
    Checkpoint { number, size, vouchers: 0, log_root, head_root, operator_key, previous }
}

#[test]
fn a_receipt_binds_by_the_key_of_its_time_and_by_later_ones() {
    let [first, second, stranger] = [1, 2, 3].map(|seed| KeyPair::from_seed(&[seed; 32]));
    // The third is of the same size as the second, and names the other key.
    let history = [(0, 0, &first), (1, 10, &first), (2, 10, &second), (3, 30, &second)];
    let history = history.map(|(number, size, key)| checkpoint(number, size, key.public()));
    let binds = |by: &KeyPair, index: u64, under: &[Checkpoint]| {
        Receipt::sign(by, LEDGER, index, Digest::ZERO, 0).binds_under(under, LEDGER)
    };
    for index in [0, 9, 10, 29, 30, u64::MAX] {
        assert_eq!(binds(&first, index, &history), index < 10, "the first at {index}");
        assert!(binds(&second, index, &history), "the second at {index}");
        assert!(!binds(&stranger, index, &history), "a stranger at {index}");
        let mut turned = history;
        turned.reverse();
        assert_eq!(binds(&first, index, &turned), index < 10, "in any order");
    }
    // Of a history with gaps, what is there decides.
    assert!(binds(&first, 10, &[history[1], history[3]]));
    assert!(!binds(&first, 9, &history[2..]) && !binds(&first, 9, &[]));
    let elsewhere = Receipt::sign(&second, LedgerId::new([8; 32]), 9, Digest::ZERO, 0);
    assert!(!elsewhere.binds_under(&history, LEDGER));
}

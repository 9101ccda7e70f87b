//! The operator's word that there is no such voucher, and what the asker's policy says to it.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use vouchsafe_protocol::checkpoint::Checkpoint;
use vouchsafe_protocol::receipt::Absence;
use vouchsafe_protocol::signing::KeyPair;
use vouchsafe_protocol::verify::{
    AbsenceQuestion, Finality, Policy, Reason, TrustedCheckpoint, verify_absence,
};
use vouchsafe_protocol::{Address, LedgerId};

#[test]
fn absence_of_a_ledger_that_the_policy_does_not_name_proves_nothing() {
    let (operator, ledger, now) = (KeyPair::from_seed(&[1; 32]), LedgerId::new([2; 32]), 1_790_000_000_000);
    let voucher = KeyPair::from_seed(&[3; 32]).public();
    let checkpoint = Checkpoint::genesis(operator.public());
    let absence = Absence::sign(&operator, ledger, voucher, checkpoint.hash(ledger), now);
    let trusted = TrustedCheckpoint { ledger, checkpoint, block_time: Some(now), superseded_at: None };
    let judge = |named: Option<LedgerId>| {
        let contract = Address::new([4; 20]);
        let policy = named.map(|named| {
            let chain = format!(r#"{{"chain_id": 1, "contract": "{contract}", "ledgers": ["{named}"]}}"#);
            Policy::parse(&format!(r#"{{"chains": [{chain}], "issuers": []}}"#)).unwrap()
        });
        let (finality, as_of) = (Finality::Final, false);
        let policy = policy.as_ref();
        let question = AbsenceQuestion {
            absence: &absence,
            voucher: &voucher,
            trusted: &trusted,
            finality,
            policy,
            as_of,
            now,
        };
        verify_absence(&question).map_err(|detail| detail.reason)
    };
    assert_eq!(judge(None), Ok(()));
    assert_eq!(judge(Some(ledger)), Ok(()));
    assert_eq!(judge(Some(LedgerId::new([5; 32]))), Err(Reason::AbsenceNotInPolicy));
}

//! An audit that was interrupted goes on where it stopped, and says all the while how far it is.

use crate::made::{opened, origin};
use crate::run::Folder;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use vouchsafe_cli::audit::{Anchored, Auditor, Folder as AuditFolder, Receipts};
use vouchsafe_cli::public_data::FolderData;
use vouchsafe_cli::source::TrustArgs;

/// The audit of the folder, as far as it came.
fn auditor(folder: &Folder) -> Auditor {
    let trust = TrustArgs { trusted_checkpoint: Some(folder.path("trusted.json")), rpc: Vec::new() };
    let data = Arc::new(FolderData::new(folder.path("data")));
    let anchored = Anchored::open(&trust, &origin()).unwrap();
    let kept = AuditFolder::open(&folder.path("audit")).unwrap();
    Auditor::open(data, anchored, kept, origin(), Receipts::default()).0
}

#[test]
fn audit_that_is_interrupted_goes_on_where_it_stopped() {
    let mut made = opened();
    made.issue(600);
    for number in 0..600 {
        made.claim(number, 0);
    }
    made.anchor();
    let folder = Folder::of(&made);
    let mut audit = auditor(&folder);
    assert_eq!(audit.sizes(), (0, 0));
    // Somebody asks it to stop after the first two bundles.
    let (stop, mut seen) = (AtomicBool::new(false), Vec::new());
    let watch = &mut |done, of| {
        seen.push((done, of));
        stop.store(done >= 512, Ordering::Relaxed);
    };
    let round = audit.round(&stop, watch).unwrap();
    assert!(round.interrupted && round.unchecked.is_empty());
    assert_eq!(seen[seen.len() - 3..], [(0, 601), (256, 601), (512, 601)]);
    drop(audit);

    // What was gone over is not asked for again.
    folder.remove("data/batch");
    folder.remove("data/tile/entries/000");
    folder.remove("data/tile/entries/001");
    let mut audit = auditor(&folder);
    assert_eq!(audit.sizes(), (512, 600));
    let round = audit.round(&AtomicBool::new(false), &mut |_, _| ()).unwrap();
    assert!(!round.interrupted && round.unchecked.is_empty(), "{round:?}");
    assert_eq!(audit.sizes(), (601, 600));
    let audited = audit.progress().audited;
    assert_eq!((audited.signatures, audited.contradictions), (1201, 0), "each of them once");
}

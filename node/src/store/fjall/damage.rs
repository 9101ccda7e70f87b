//! Journals that a disk damaged after they were synced: the start is refused, and nothing is changed by it.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;

use super::super::{Store as _, StoreError, Table, WriteSet};
use super::FjallStore;
use super::tests::{
    COMMITS, copy_damaged, files, flushed, last_commit, numbered_commits, put, refusal, unconfirm,
};

/// The journals of a closed store, and what is written in the only one.
fn journals(path: &Path) -> Vec<std::path::PathBuf> {
    let is_journal = |file: &std::path::PathBuf| file.extension().is_some_and(|kind| kind == "jnl");
    files(&path.join("engine")).into_iter().filter(is_journal).collect()
}

fn written(path: &Path) -> Vec<u8> {
    let mut bytes = fs::read(&journals(path)[0]).unwrap();
    let written = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    bytes.truncate(written);
    bytes
}

/// Where each write set of a journal begins, and where the last one ends: fjall ends each with four bytes of its own.
fn ends(journal: &[u8]) -> Vec<usize> {
    let trailer = |at: &usize| journal[..*at].ends_with(b"FJL\x03");
    std::iter::once(0).chain((1..=journal.len()).filter(trailer)).collect()
}

fn begin_of_last(journal: &[u8]) -> usize {
    let sets = ends(journal);
    sets[sets.len() - 2]
}

#[test]
fn a_flipped_bit_in_the_journal_is_refused_and_can_be_flipped_back() {
    let place = tempfile::tempdir().unwrap();
    let (whole, path) = (place.path().join("whole"), place.path().join("flipped"));
    numbered_commits(&whole, 40);
    let journal = written(&whole);
    let last = begin_of_last(&journal);
    for at in (0..journal.len()).step_by(331) {
        copy_damaged(&whole, &path, &|journal| journal[at] ^= 1 << (at % 8));
        let damaged = fs::read(&journals(&path)[0]).unwrap();
        match FjallStore::open(&path) {
            Err(error) => {
                assert!(matches!(error, StoreError::Corrupt { .. }), "byte {at}: {error:?}");
                assert!(
                    fs::read(&journals(&path)[0]).unwrap() == damaged,
                    "byte {at}: the journal was changed"
                );
            }
            // fjall's number of the last set, which may be any that is greater.
            Ok(store) => assert!(at >= last && last_commit(&store) == Some(COMMITS - 1), "byte {at}: opened"),
        }
        fs::write(&journals(&path)[0], &journal).unwrap();
        assert_eq!(last_commit(&FjallStore::open(&path).unwrap()), Some(COMMITS - 1), "byte {at}");
        fs::remove_dir_all(&path).unwrap();
    }
}

/// With the record of what was confirmed behind, as after a power cut, the sets still speak for those before them.
#[test]
fn a_flipped_bit_before_the_last_write_set_is_refused_without_the_record() {
    let place = tempfile::tempdir().unwrap();
    let (whole, path) = (place.path().join("whole"), place.path().join("flipped"));
    numbered_commits(&whole, 40);
    let journal = written(&whole);
    let last = begin_of_last(&journal);
    for at in (0..journal.len()).step_by(307) {
        copy_damaged(&whole, &path, &|journal| journal[at] ^= 1 << (at % 8));
        unconfirm(&path);
        match FjallStore::open(&path) {
            Err(error) => assert!(matches!(error, StoreError::Corrupt { .. }), "byte {at}: {error:?}"),
            // Nothing tells it from a set that the power cut tore.
            Ok(store) if at >= last => assert!(last_commit(&store) >= Some(COMMITS - 2), "byte {at}"),
            Ok(_) => panic!("byte {at} of {}: opened", journal.len()),
        }
        fs::remove_dir_all(&path).unwrap();
    }
}

/// fjall begins a new journal when one is long, and reads them all: each must go on where the one before it ended.
#[test]
fn a_set_that_is_missing_between_two_journals_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store");
    numbered_commits(&path, 40);
    let first = journals(&path)[0].clone();
    let second = first.with_file_name("9.jnl");
    let journal = written(&path);
    let sets = ends(&journal);
    let middle = sets.len() / 2;
    let put = |end: usize, begin: usize| {
        fs::write(&first, &journal[..sets[end]]).unwrap();
        fs::write(&second, &journal[sets[begin]..]).unwrap();
        unconfirm(&path);
    };
    put(middle, middle + 1);
    let error = refusal(&path).to_string();
    assert!(error.contains("were confirmed and are not there"), "{error}");
    put(middle, middle - 1);
    let error = refusal(&path).to_string();
    assert!(error.contains("9.jnl: the write sets before and at byte 0 are out of order"), "{error}");
    put(middle, middle);
    assert_eq!(last_commit(&FjallStore::open(&path).unwrap()), Some(COMMITS - 1));
}

#[test]
fn a_journal_that_is_gone_is_missed() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store");
    flushed(&path);
    for journal in journals(&path) {
        fs::remove_file(journal).unwrap();
    }
    let error = refusal(&path);
    assert!(error.to_string().contains("were confirmed and are not there"), "{error}");
}

#[test]
fn a_damaged_record_of_what_was_confirmed_is_no_reason_to_refuse() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store");
    numbered_commits(&path, 40);
    let record = path.join("engine/confirmed");
    let good = fs::read(&record).unwrap();
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1 << (at % 8);
        fs::write(&record, bad).unwrap();
        assert_eq!(last_commit(&FjallStore::open(&path).unwrap()), Some(COMMITS - 1), "byte {at}");
        assert_eq!(fs::read(&record).unwrap(), good, "written anew");
    }
}

/// A killed process leaves the record as it was after the last commit that returned.
#[test]
fn every_commit_is_noted_before_it_returns_and_no_staged_set_is() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store");
    let store = FjallStore::open(&path).unwrap();
    let noted = || fs::read(path.join("engine/confirmed")).unwrap()[8..16].to_vec();
    let before = noted();
    store.stage(put(Table::Entries, b"a", b"1")).unwrap();
    assert_eq!(noted(), before);
    store.commit(put(Table::Entries, b"b", b"2")).unwrap();
    let after = noted();
    assert!(after > before, "{before:?} {after:?}");
    store.commit(WriteSet::new()).unwrap();
    assert_eq!(noted(), after, "nothing was written");
}

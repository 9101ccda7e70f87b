//! Proofs that were good until somebody touched them: none may hold.

use vouchsafe_protocol::checkpoint::Checkpoint;
use vouchsafe_protocol::fraud::{Fraud, ProvenEntry, ProvenHead, ProvenRecord};
use vouchsafe_protocol::heads::{CHUNK_WORDS, Head};
use vouchsafe_protocol::{Digest, keccak};

/// Everything that a proof shows, to be touched.
#[derive(Default)]
struct Parts<'a> {
    entries: Vec<&'a mut ProvenEntry>,
    heads: Vec<&'a mut ProvenHead>,
    records: Vec<&'a mut ProvenRecord>,
}

fn parts(fraud: &mut Fraud) -> Parts<'_> {
    match fraud {
        Fraud::DoubleSpend { x, y }
        | Fraud::IllegalStep { x, y }
        | Fraud::FalseLink { x, y }
        | Fraud::OverlappingNumbers { x, y }
        | Fraud::ClockBack { x, y } => Parts { entries: vec![x, y], ..Parts::default() },
        Fraud::IllegalAlone { y } | Fraud::ForwardLink { y } | Fraud::UncountedVoucher { y, .. } => {
            Parts { entries: vec![y], ..Parts::default() }
        }
        Fraud::StaleHead { y: entry, head } | Fraud::ForgedHead { x: entry, head } => {
            Parts { entries: vec![entry], heads: vec![head], ..Parts::default() }
        }
        Fraud::HeadPastLog { head } => Parts { heads: vec![head], ..Parts::default() },
        Fraud::DoubleIssue { x, y } => Parts { records: vec![x, y], ..Parts::default() },
    }
}

fn entries(fraud: &mut Fraud) -> Vec<&mut ProvenEntry> {
    let Parts { entries, records, .. } = parts(fraud);
    entries.into_iter().chain(records.into_iter().map(|record| &mut record.issue)).collect()
}

fn heads(fraud: &mut Fraud) -> Vec<&mut ProvenHead> {
    parts(fraud).heads
}

fn records(fraud: &mut Fraud) -> Vec<&mut ProvenRecord> {
    parts(fraud).records
}

fn paths(fraud: &mut Fraud) -> Vec<&mut Vec<Digest>> {
    let Parts { entries, heads, records } = parts(fraud);
    let of_entries = entries.into_iter().map(|entry| &mut entry.path);
    let of_heads = heads.into_iter().map(|head| &mut head.path);
    let of_records = records.into_iter().flat_map(|record| [&mut record.path, &mut record.issue.path]);
    of_entries.chain(of_heads).chain(of_records).collect()
}

fn flip(digest: &mut Digest) {
    *digest = keccak(&[digest.as_bytes()]);
}

/// Touches one part after the other in each of the ways, and counts.
fn refused_each<T>(
    fraud: &Fraud,
    shown: &Checkpoint,
    parts_of: for<'a> fn(&'a mut Fraud) -> Vec<&'a mut T>,
    ways: &[fn(&mut T, &Checkpoint)],
) -> usize {
    let number = parts_of(&mut fraud.clone()).len();
    for (way, part) in (0..ways.len()).flat_map(|way| (0..number).map(move |part| (way, part))) {
        let mut spoiled = fraud.clone();
        ways[way](parts_of(&mut spoiled)[part], shown);
        assert_ne!(&spoiled, fraud);
        assert!(spoiled.judge(shown).is_err(), "way {way}, part {part}: {spoiled:?}");
    }
    number
}

/// Surplus, missing and foreign proof nodes; another place, one beyond the size; other content; other checkpoints.
pub fn assert_spoiled_proofs_are_refused(fraud: &Fraud, shown: &Checkpoint) {
    refused_each(
        fraud,
        shown,
        paths,
        &[
            |path, _| path.push(keccak(&[b"surplus"])),
            |path, _| path.insert(0, keccak(&[b"surplus"])),
            |path, _| assert!(path.pop().is_some(), "every case has trees of more than one leaf"),
            |path, _| assert_ne!(path.remove(0), Digest::ZERO),
            |path, _| path.iter_mut().for_each(flip),
            |path, _| path.last_mut().into_iter().for_each(flip),
        ],
    );
    let with_entries = refused_each(
        fraud,
        shown,
        entries,
        &[
            |entry, shown| entry.index = shown.size,
            |entry, _| entry.index += 1,
            |entry, _| entry.index ^= 1,
            |entry, _| entry.entry.at ^= 1,
            |entry, _| flip(&mut entry.entry.content),
        ],
    );
    let with_heads = refused_each(
        fraud,
        shown,
        heads,
        &[
            |head, _| head.number += CHUNK_WORDS,
            |head, shown| head.number = shown.vouchers,
            |head, _| {
                head.chunk.set(head.number, Head::from_word(head.chunk.word_of(head.number).word() ^ 1));
            },
            |head, _| head.chunk.set(head.number + 1, Head::PADDING),
        ],
    );
    refused_each(
        fraud,
        shown,
        records,
        &[
            |record, _| record.leaf += 1,
            |record, _| record.leaf = 0,
            |record, _| flip(&mut record.record.label),
        ],
    );
    let mut other = *shown;
    flip(&mut other.log_root);
    assert!(with_entries == 0 || fraud.judge(&other).is_err(), "another log: {fraud:?}");
    let mut other = *shown;
    flip(&mut other.head_root);
    assert!(with_heads == 0 || fraud.judge(&other).is_err(), "other heads: {fraud:?}");
    let smaller = Checkpoint { size: shown.size / 2, ..*shown };
    assert!(with_entries == 0 || fraud.judge(&smaller).is_err(), "another size: {fraud:?}");
}

//! What is read from bytes: entries, terms, records, chunks of the head array. Whatever is read is written again as it was.

use crate::seeds;
use protocol::digest::bytes_from_hex;
use protocol::entry::Entry;
use protocol::heads::{CHUNK_WORDS, Chunk, Head};
use protocol::manifest::Terms;
use protocol::voucher::Record;

pub fn check(bytes: &[u8]) {
    if let Some(entry) = Entry::decode(bytes) {
        assert_eq!(entry.encode(), bytes);
        assert_eq!(entry.covers(entry.first), entry.count > 0);
        assert!(entry.is_inside(&entry));
        assert_eq!(entry.without_clock().at, 0);
    }
    if let Ok(terms) = Terms::decode(bytes) {
        assert_eq!(terms.encode(), bytes);
        assert!(terms.count() > 0 && (1..=100).contains(&terms.uses()));
    }
    if let Some(record) = Record::decode(bytes) {
        assert_eq!(record.encode(), bytes);
    }
    if let Some(chunk) = Chunk::decode(bytes) {
        let mut copy = Chunk::default();
        for (number, word) in (0..CHUNK_WORDS).zip(chunk.words()) {
            assert_eq!(Head::from_word(word.word()), chunk.word_of(number));
            copy.set(number, word);
        }
        assert_eq!(copy.encode(), bytes);
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut add = |hex: &serde_json::Value| {
        found.extend(hex.as_str().and_then(|text| bytes_from_hex(text).ok()));
    };
    for case in seeds::dossiers() {
        let dossier = &case["dossier"];
        add(&dossier["manifest"]["terms"]);
        add(&dossier["head"]["chunk"]);
        for item in dossier["history"].as_array().into_iter().flatten() {
            add(&item["entry"]);
        }
    }
    found.sort();
    found.dedup();
    found
}

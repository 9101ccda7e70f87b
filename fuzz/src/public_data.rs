//! Files of public data, and their paths: a mirror reads them from anybody. Whatever is read is written again, and read as
//! the same.

use crate::seeds;
use protocol::dossier::Dossier;
use protocol::public_data::{
    DataPath, Part, decode_bundle, decode_checkpoint, decode_chunks, decode_ledger, decode_manifest,
    decode_records, decode_terms, decode_tile, encode_bundle, encode_checkpoint, encode_chunks,
    encode_ledger, encode_records, encode_tile,
};

pub fn check(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(path) = text.parse::<DataPath>()
    {
        assert_eq!(path.to_string(), text, "two paths for one file");
    }
    for width in [1, 2, 255, 256] {
        let part = Part::new(3, width).expect("a part");
        if let Ok(steps) = decode_bundle(bytes, part) {
            assert_eq!(steps.len(), usize::from(width));
            assert_eq!(decode_bundle(&encode_bundle(&steps), part), Ok(steps));
        }
        if let Ok(hashes) = decode_tile(bytes, part) {
            assert_eq!(encode_tile(&hashes), bytes);
        }
        if let Ok(chunks) = decode_chunks(bytes, part) {
            assert_eq!(encode_chunks(&chunks), bytes);
        }
        if let Ok(records) = decode_records(bytes, u64::from(width)) {
            assert_eq!(encode_records(&records), bytes);
        }
    }
    if let Ok(text) = decode_manifest(bytes) {
        assert_eq!(text.as_bytes(), bytes);
    }
    if let Ok(terms) = decode_terms(bytes) {
        assert_eq!(terms.encode(), bytes);
    }
    if let Ok(ledger) = decode_ledger(bytes) {
        assert_eq!(decode_ledger(&encode_ledger(&ledger)), Ok(ledger));
    }
    for number in 0..4 {
        if let Ok(checkpoint) = decode_checkpoint(bytes, number) {
            assert_eq!(decode_checkpoint(&encode_checkpoint(&checkpoint), number), Ok(checkpoint));
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut found: Vec<Vec<u8>> = ["tile/entries/x001/234.p/17", "head/3/tile/1/000", "batch/7/records/2"]
        .map(|path| path.as_bytes().to_vec())
        .into();
    for case in seeds::dossiers().iter().take(20) {
        let Ok(dossier) = Dossier::parse(&case["dossier"].to_string()) else { continue };
        found.push(encode_ledger(&dossier.ledger));
        found.push(encode_checkpoint(&dossier.checkpoint.checkpoint));
        found.push(encode_chunks(&[dossier.head.chunk]));
        found.push(encode_tile(&dossier.head.path));
        found.push(encode_bundle(dossier.history.iter().map(|item| &item.step)));
    }
    found.sort();
    found.dedup();
    found
}

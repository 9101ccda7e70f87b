//! Voucher, life cycle, signature and ledger vectors of an independent implementation.
#![expect(clippy::unwrap_used, reason = "a test stops at what it did not expect")]

use serde_json::Value;
use vouchsafe_protocol::checkpoint::{Checkpoint, LedgerOrigin};
use vouchsafe_protocol::digest::bytes_from_hex;
use vouchsafe_protocol::entry::{Entry, memo_content};
use vouchsafe_protocol::heads::{Chunk, Head, chunk_of, chunks_for};
use vouchsafe_protocol::lifecycle::{Kind, Status};
use vouchsafe_protocol::merkle::{Tree, TreeHead, verify_consistency};
use vouchsafe_protocol::signing::verify_signature;
use vouchsafe_protocol::voucher::{
    CodeForm, Record, Stamp, StampSecret, label, order_reference, voucher_key,
};
use vouchsafe_protocol::{Digest, Keccak, LedgerId, PublicKey, Signature};

mod vectors;
use vectors::{digest, digests, load};

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is a text"))
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(value: &Value, name: &str) -> T {
    text(value, name).parse().unwrap()
}

fn bytes<const N: usize>(value: &Value, name: &str) -> [u8; N] {
    bytes_from_hex(text(value, name)).unwrap().try_into().unwrap()
}

#[test]
fn golden_vouchers_have_their_stamps_keys_and_labels() {
    let vectors = load("voucher.json");
    for case in vectors["stamped"].as_array().unwrap() {
        let form = CodeForm::from_name(text(case, "code_form")).unwrap();
        let (serial, code) = (form.apply(text(case, "serial")), form.apply(text(case, "code")));
        assert_eq!(serial.as_str(), text(case, "formed_serial"));
        assert_eq!(code.as_str(), text(case, "formed_code"));
        let secret = StampSecret::new(bytes(case, "stamp_secret"));
        let generation = u16::try_from(case["generation"].as_u64().unwrap()).unwrap();
        let stamp = secret.stamp(parsed(case, "ledger"), generation, &serial, &code).unwrap();
        assert_eq!(*stamp.expose(), bytes::<16>(case, "stamp"));
        let issuer: PublicKey = parsed(case, "issuer");
        let record = Record::of(&issuer, &stamp, &serial, &code).unwrap();
        assert_eq!(record.key, parsed(case, "key"));
        assert_eq!(record.label, digest(&case["label"]));
        assert_eq!(record.leaf(), digest(&case["record_leaf"]));
        assert_eq!(Record::decode(&record.encode()), Some(record));
    }
    let bare = &vectors["bare"];
    let (serial, code) = (text(bare, "serial"), text(bare, "code"));
    let key = voucher_key(&parsed(bare, "issuer"), &Stamp::NONE, serial, code).unwrap().public();
    assert_eq!(key, parsed(bare, "key"));
    assert_eq!(label(&Stamp::NONE, serial).unwrap(), digest(&bare["label"]));
    let source = &vectors["source_digest"];
    let secret = StampSecret::new(bytes(source, "stamp_secret"));
    assert_eq!(secret.source_digest(&bytes(source, "sha256")), digest(&source["source_digest"]));
    let order = &vectors["order"];
    let salted = order_reference(&bytes(order, "salt"), text(order, "reference")).unwrap();
    assert_eq!(salted, digest(&order["order"]));
}

#[test]
fn the_transition_table_is_the_golden_one_and_nothing_more() {
    let vectors = load("lifecycle.json");
    for (name, byte) in vectors["kinds"].as_object().unwrap() {
        let kind = Kind::from_byte(u8::try_from(byte.as_u64().unwrap()).unwrap()).unwrap();
        assert_eq!(kind.name(), name);
    }
    let legal = vectors["legal"].as_array().unwrap();
    let mut transitions = 0;
    for kind in Kind::ALL {
        for status in Status::ALL {
            let golden = legal
                .iter()
                .find(|case| case["kind"] == kind.name() && case["status"] == status.byte())
                .map(|case| u8::try_from(case["next"].as_u64().unwrap()).unwrap());
            assert_eq!(status.after(*kind).map(Status::byte), golden, "{kind:?} after {status:?}");
            transitions += usize::from(golden.is_some());
        }
    }
    assert_eq!(transitions, legal.len());
}

#[test]
fn signatures_on_which_libraries_differ_are_judged_strictly() {
    let vectors = load("ed25519.json");
    for case in vectors.as_array().unwrap() {
        let message = bytes_from_hex(text(case, "message")).unwrap();
        let signature: Signature = parsed(case, "signature");
        let valid = verify_signature(&parsed(case, "key"), &message, &signature);
        assert_eq!(valid, case["valid"].as_bool().unwrap(), "{}", case["desc"]);
    }
}

fn golden_ledger(vectors: &Value) -> LedgerId {
    let ledger = &vectors["ledger"];
    let origin = LedgerOrigin {
        chain_id: ledger["chain_id"].as_u64().unwrap(),
        contract: parsed(ledger, "contract"),
        opener: parsed(ledger, "opener"),
        salt: parsed(ledger, "salt"),
    };
    let id = parsed(ledger, "id");
    assert_eq!(origin.ledger(), id);
    id
}

#[test]
fn golden_entries_have_their_bytes_instructions_and_signatures() {
    let vectors = load("ledger.json");
    let ledger = golden_ledger(&vectors);
    let entries = vectors["entries"].as_array().unwrap();
    for case in entries {
        let entry = Entry::decode(&bytes_from_hex(text(case, "encoded")).unwrap()).unwrap();
        assert_eq!(entry.kind().unwrap().name(), text(case, "kind"));
        assert_eq!(entry.leaf(), digest(&case["leaf"]));
        assert_eq!(vouchsafe_protocol::digest::bytes_to_hex(&entry.encode()), text(case, "encoded"));
        let prev = case["prev"].as_u64();
        assert_eq!(entry.prev, prev.unwrap_or(Entry::NO_PREV));
        let prev_leaf =
            prev.map_or(Digest::ZERO, |prev| digest(&entries[usize::try_from(prev).unwrap()]["leaf"]));
        let instruction = entry.instruction(ledger, prev_leaf);
        assert_eq!(instruction, bytes_from_hex(text(case, "instruction")).unwrap());
        for signed in case["signatures"].as_array().unwrap() {
            let signature: Signature = parsed(signed, "signature");
            assert!(verify_signature(&parsed(signed, "key"), &instruction, &signature));
        }
        if entry.kind() != Some(Kind::Issue) {
            assert_eq!(entry.content, memo_content(case["memo"].as_str()));
        }
    }
}

fn checkpoint(case: &Value) -> Checkpoint {
    let number = |name: &str| case[name].as_u64().unwrap();
    Checkpoint {
        number: number("number"),
        size: number("size"),
        vouchers: number("vouchers"),
        log_root: digest(&case["log_root"]),
        head_root: digest(&case["head_root"]),
        operator_key: parsed(case, "operator_key"),
        previous: digest(&case["previous"]),
    }
}

#[test]
fn golden_checkpoints_have_their_hashes_roots_and_proofs() {
    let vectors = load("ledger.json");
    let ledger = golden_ledger(&vectors);
    let entries = vectors["entries"].as_array().unwrap();
    let log: Tree<Keccak> = entries.iter().map(|case| digest(&case["leaf"])).collect();
    let genesis = checkpoint(&vectors["genesis"]);
    assert_eq!(genesis, Checkpoint::genesis(genesis.operator_key));
    assert_eq!(genesis.hash(ledger), digest(&vectors["genesis"]["checkpoint_hash"]));
    let mut before = genesis;
    for case in vectors["checkpoints"].as_array().unwrap() {
        let next = checkpoint(case);
        assert_eq!(next.hash(ledger), digest(&case["checkpoint_hash"]));
        assert_eq!(next.previous, before.hash(ledger));
        let path = digests(&case["consistency"]);
        assert_eq!(log.consistency_path(before.size, next.size), path);
        let from = TreeHead { size: before.size, root: before.log_root };
        let to = TreeHead { size: next.size, root: next.log_root };
        assert_eq!(verify_consistency::<Keccak>(from, to, &path), Ok(()));
        before = next;
    }
    let words = vectors["heads_at_last_checkpoint"].as_array().unwrap();
    let mut chunks = vec![Chunk::default(); usize::try_from(chunks_for(before.vouchers)).unwrap()];
    for (number, word) in (0_u64..).zip(words) {
        let word = u64::from_str_radix(&word.as_str().unwrap()[2..], 16).unwrap();
        chunks[usize::try_from(chunk_of(number)).unwrap()].set(number, Head::from_word(word));
    }
    let heads: Tree<Keccak> = chunks.iter().map(Chunk::leaf).collect();
    assert_eq!(heads.root(), before.head_root);
}

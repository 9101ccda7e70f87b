//! Public data: every path and file both ways, and what is refused.

use proptest::prelude::*;
use vouchsafe_protocol::checkpoint::{Checkpoint, LedgerOrigin};
use vouchsafe_protocol::dossier::{Ledger, Memo, Step};
use vouchsafe_protocol::entry::{Entry, Signed, memo_content};
use vouchsafe_protocol::heads::{Chunk, Head};
use vouchsafe_protocol::merkle::{NoSuchNode, NodeId, Nodes as _, Tree, TreeHash as _, root_of};
use vouchsafe_protocol::public_data::{
    DataPath, FormatError, LEVELS, Part, RECORDS_PER_FILE, TileNodes, decode_bundle, decode_checkpoint,
    decode_chunks, decode_ledger, decode_records, decode_tile, encode_bundle, encode_checkpoint,
    encode_chunks, encode_ledger, encode_records, encode_tile, level_size, record_file, record_files,
    tiles_of,
};
use vouchsafe_protocol::voucher::Record;
use vouchsafe_protocol::{Address, Digest, Keccak, PublicKey, Signature, keccak};

fn part(index: u64, width: u16) -> Part {
    Part::new(index, width).expect("a part")
}

#[test]
fn paths_are_written_in_one_way_and_read_back() {
    let big = part(1_234_067, 256);
    for (path, text) in [
        (DataPath::Ledger, "ledger.json"),
        (DataPath::Checkpoint(0), "checkpoint/0"),
        (DataPath::LogTile { level: 0, part: big }, "tile/0/x001/x234/067"),
        (DataPath::LogTile { level: 5, part: part(0, 1) }, "tile/5/000.p/1"),
        (DataPath::Entries(part(1000, 256)), "tile/entries/x001/000"),
        (DataPath::Entries(part(999, 255)), "tile/entries/999.p/255"),
        (DataPath::Manifest(17), "batch/17/manifest"),
        (DataPath::Terms(17), "batch/17/terms"),
        (DataPath::Records { batch: 17, file: 3 }, "batch/17/records/3"),
        (DataPath::HeadTile { checkpoint: 4, level: 1, part: part(2, 3) }, "head/4/tile/1/002.p/3"),
        (DataPath::HeadChunks { checkpoint: 4, part: big }, "head/4/chunks/x001/x234/067"),
    ] {
        assert_eq!(path.to_string(), text);
        assert_eq!(text.parse(), Ok(path));
    }
}

#[test]
fn other_spellings_and_places_are_no_paths() {
    for text in [
        "",
        "/",
        "ledger.json/",
        "/ledger.json",
        "checkpoint/",
        "checkpoint/00",
        "checkpoint/+1",
        "checkpoint/9007199254740992",
        "checkpoint/18446744073709551616",
        "tile/0",
        "tile/0/",
        "tile/6/000",
        "tile/00/000",
        "tile/0/0",
        "tile/0/0000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x1/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p",
        "tile/0/000.p/1/2",
        "tile/0/x001/x099/x511/x627/776",
        "tile/entries/../000",
        "batch/1/records",
        "batch/1/records/x000",
        "batch/../ledger.json",
        "head/1/chunks",
        "head/1/tile/0",
    ] {
        assert!(text.parse::<DataPath>().is_err(), "{text}");
    }
}

#[test]
fn narrower_part_of_the_log_is_the_beginning_of_a_wider_one() {
    let tile = DataPath::LogTile { level: 1, part: part(7, 2) };
    assert_eq!(tile.wider(3), Some(DataPath::LogTile { level: 1, part: part(7, 3) }));
    let bundle = DataPath::Entries(part(7, 2));
    assert_eq!(bundle.wider(256), Some(DataPath::Entries(part(7, 256))));
    for width in [0, 1, 2, 257, 1 << 16] {
        assert_eq!((tile.wider(width), bundle.wider(width)), (None, None), "{width}");
    }
    assert_eq!(tile.cut(&[5; 96]), Some([5; 64].as_slice()));
    assert_eq!(tile.cut(&[5; 63]), None);
    assert_eq!(bundle.cut(b"a\n\nc\nd"), Some(b"a\n\n".as_slice()));
    assert_eq!(bundle.cut(b"a\nb"), None);
    // Under one checkpoint there is one width.
    let head = DataPath::HeadTile { checkpoint: 1, level: 0, part: part(0, 2) };
    assert_eq!((head.wider(3), head.cut(&[5; 96])), (None, None));
    assert_eq!((DataPath::Terms(1).wider(3), DataPath::Ledger.wider(3)), (None, None));
}

proptest! {
    #[test]
    fn every_part_is_read_back(index in 0_u64..(1 << 40), width in 1_u16..=256, level in 0..LEVELS) {
        let path = DataPath::LogTile { level, part: part(index, width) };
        prop_assert_eq!(path.to_string().parse(), Ok(path));
    }

    #[test]
    fn no_text_makes_a_reader_fall(text in "[a-z0-9./x]{0,40}") {
        let _ = text.parse::<DataPath>();
    }
}

#[test]
fn parts_cover_a_row_and_end_with_it() {
    assert_eq!(Part::all(0).count(), 0);
    let parts: Vec<_> = Part::all(513).map(Part::items).collect();
    assert_eq!(parts, [0..256, 256..512, 512..513]);
    assert_eq!(Part::of(2, 512), None);
    assert_eq!(Part::of(u64::MAX, u64::MAX), None);
    assert_eq!(Part::holding(512, 513), Part::new(2, 1));
    assert_eq!(Part::holding(513, 513), None);
    assert_eq!((Part::new(0, 0), Part::new(0, 257), Part::new(1 << 40, 1)), (None, None, None));
}

fn leaf(index: u64) -> Digest {
    keccak(&[&index.to_be_bytes()])
}

#[test]
fn tiles_prove_what_the_tree_proves() {
    for size in [0_u64, 1, 2, 255, 256, 257, 511, 512, 700, 65_536, 66_000] {
        let tree: Tree<Keccak> = (0..size).map(leaf).collect();
        let tiles: std::collections::HashMap<(u8, u64), Vec<Digest>> = tiles_of(size)
            .map(|(level, part)| {
                let node = |index| tree.node(NodeId { level: level * 8, index }).expect("complete");
                ((level, part.index()), part.items().map(node).collect())
            })
            .collect();
        let nodes = TileNodes(|level, index| {
            let missing = NoSuchNode(NodeId { level, index });
            tiles.get(&(level, index)).cloned().ok_or(missing)
        });
        assert_eq!(root_of::<Keccak, _>(&nodes, size), Ok(tree.root()), "{size}");
        for index in (0..size).step_by(97) {
            let path = vouchsafe_protocol::merkle::inclusion_path::<Keccak, _>(&nodes, index, size);
            assert_eq!(path, Ok(tree.inclusion_path(index, size)), "{index} of {size}");
        }
        assert!(nodes.node(NodeId::leaf(size)).is_err());
    }
}

#[test]
fn a_level_has_the_nodes_that_are_complete() {
    assert_eq!((level_size(65_536, 2), level_size(65_535, 2), level_size(u64::MAX, 255)), (1, 0, 0));
    assert_eq!(tiles_of(66_000).count(), 258 + 2 + 1);
}

#[test]
fn tiles_of_another_width_are_refused() {
    let hashes: Vec<Digest> = (0..3).map(leaf).collect();
    let bytes = encode_tile(&hashes);
    assert_eq!(decode_tile(&bytes, part(9, 3)), Ok(hashes));
    for (width, given) in [(2, &bytes[..]), (4, &bytes[..]), (3, &bytes[..95]), (3, &[][..])] {
        let width = part(9, width);
        let expected = width.width() * 32;
        assert_eq!(decode_tile(given, width), Err(FormatError::Width { expected, actual: given.len() }));
    }
}

fn step(kind: u8, memo: Option<&str>) -> Step {
    let entry = Entry {
        kind,
        status: 0xff,
        first: u64::MAX,
        count: 0,
        prev: 3,
        at: u64::MAX,
        party: PublicKey::NOBODY,
        content: memo_content(memo),
    };
    let signed = Signed {
        role: "buyer \"\n".to_owned(),
        key: PublicKey::new([7; 32]),
        signature: Signature::new([9; 64]),
    };
    Step {
        entry,
        memo: memo.map_or(Memo::None, |text| Memo::Text(text.to_owned())),
        signatures: vec![signed.clone(), signed],
    }
}

#[test]
fn bundles_keep_every_entry_as_it_is_written() {
    // Kinds and statuses that section 6 does not list are evidence: they must arrive.
    let steps = [step(0, None), step(200, Some("{\"a\":\n\"订单\"}")), step(1, Some(""))];
    let bytes = encode_bundle(&steps);
    assert_eq!(bytes.split(|byte| *byte == b'\n').count(), 4, "three lines, each ended");
    assert_eq!(decode_bundle(&bytes, part(1, 3)).as_deref(), Ok(&steps[..]));
}

#[test]
fn bundles_cut_off_or_grown_or_spoiled_are_refused_with_the_place() {
    let bytes = encode_bundle(&[step(1, None), step(2, None)]);
    let lines = |given: &[u8], width| match decode_bundle(given, part(1, width)) {
        Err(FormatError::Lines { actual, .. }) => actual,
        other => panic!("{other:?}"),
    };
    assert_eq!(lines(&bytes, 1), 2);
    assert_eq!(lines(&bytes, 3), 2);
    assert_eq!(lines(&bytes[..bytes.len() - 1], 2), 2);
    assert_eq!(lines(b"", 1), 0);
    let said = |given: Vec<u8>| decode_bundle(&given, part(1, 2)).expect_err("refused").to_string();
    let text = String::from_utf8(bytes.clone()).expect("UTF-8");
    assert!(said(text.replacen("\"entry\":\"0x", "\"entry\":\"0xab", 1).into()).starts_with("entry 256: "));
    assert!(said(text.replacen("\"memo\":null,", "", 1).into()).contains("memo"));
    assert!(said(text.replacen("\"role\":", "\"rule\":", 1).into()).contains("role"));
    let mut broken = bytes;
    broken[5] = 0xff;
    assert_eq!(said(broken), "byte 5 is not UTF-8");
}

#[test]
fn the_ledger_and_its_checkpoints_are_read_back() {
    let origin = LedgerOrigin {
        chain_id: 31337,
        contract: Address::new([1; 20]),
        opener: Address::new([2; 20]),
        salt: Digest::new([3; 32]),
    };
    let ledger = Ledger::opened_at(origin);
    let text = encode_ledger(&ledger);
    assert_eq!(decode_ledger(&text), Ok(ledger));
    let other = String::from_utf8(text).expect("UTF-8").replace("31337", "31338");
    assert!(decode_ledger(other.as_bytes()).is_err(), "the name is recomputed");
    assert!(decode_ledger(other.replace("data@1", "data@2").as_bytes()).is_err());
    let checkpoint = Checkpoint { number: 5, ..Checkpoint::genesis(PublicKey::new([4; 32])) };
    let text = encode_checkpoint(&checkpoint);
    assert_eq!(decode_checkpoint(&text, 5), Ok(checkpoint));
    let wrong = decode_checkpoint(&text, 6).expect_err("another number").to_string();
    assert_eq!(wrong, "checkpoint.number: 6 is due");
}

#[test]
fn records_and_chunks_keep_their_widths() {
    let record = |byte| Record { key: PublicKey::new([byte; 32]), label: Digest::new([byte; 32]) };
    let records = [record(1), record(2)];
    let bytes = encode_records(&records);
    assert_eq!(decode_records(&bytes, 2).as_deref(), Ok(&records[..]));
    assert!(decode_records(&bytes, 3).is_err());
    assert!(decode_records(&bytes[..127], 2).is_err());
    let count = RECORDS_PER_FILE * 2 + 5;
    assert_eq!(record_files(count), 3);
    let widths = [0, 1, 2, 3, u64::MAX].map(|file| record_file(file, count));
    assert_eq!(widths, [RECORDS_PER_FILE, RECORDS_PER_FILE, 5, 0, 0]);
    let mut chunk = Chunk::default();
    chunk.set(3, Head::new(5, 77).expect("fits"));
    let chunks = [chunk, Chunk::default()];
    let bytes = encode_chunks(&chunks);
    assert_eq!(decode_chunks(&bytes, part(0, 2)).as_deref(), Ok(&chunks[..]));
    assert!(decode_chunks(&bytes, part(0, 1)).is_err());
}

#[test]
fn a_tile_of_one_is_the_root_of_a_tree_of_its_leaves() {
    let data = b"an entry";
    let hash = Keccak::leaf(data);
    let nodes = TileNodes(|_, _| Ok::<_, NoSuchNode>([hash]));
    assert_eq!(root_of::<Keccak, _>(&nodes, 1), Ok(hash));
}
